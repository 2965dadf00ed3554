"""Whom a requirement is judged for, on which day, and what is known of levels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from .language import AnyOf, AtLeast, Not, Requirement
from .leaves import Leaf, Training
from .record import CredentialRow, Record
from .values import Minutes

STATE_PEER_CERTIFICATION = "state_peer_certification"
CERTIFIED_ROLES = frozenset({"practitioner", "advanced"})


@dataclass(frozen=True)
class LevelInfo:
    """What judging needs of a level: of US or US-XX, and the training its standard asks."""

    code: str
    role: str
    jurisdiction: str
    training_minutes: Minutes | None = None


@dataclass(frozen=True)
class Catalogue:
    """The levels known, by code."""

    levels: Mapping[str, LevelInfo] = field(default_factory=dict)

    def names_level(self, slug: str) -> bool:
        """Whether an `after` names a level rather than an event such as employment.

        Without a catalogue the writing decides: codes of levels carry a hyphen, events do not.
        """
        return slug in self.levels if self.levels else "-" in slug

    def kinds_of(self, row: CredentialRow) -> frozenset[str]:
        """The kinds a credential is of: the one stated, and what its level makes it."""
        level = self.levels.get(row.level or "")
        role, jurisdiction = (level.role, level.jurisdiction) if level else (row.role, row.state)
        kinds = {row.kind} if row.kind else set()
        if role in CERTIFIED_ROLES and jurisdiction not in (None, "US"):
            kinds.add(STATE_PEER_CERTIFICATION)
        return frozenset(kinds)

    def training_of(self, row: CredentialRow) -> Minutes | None:
        """The training behind a credential: what its row says, or else what its level's standard asks."""
        level = self.levels.get(row.level or "")
        if row.training_minutes is None and level:
            return level.training_minutes
        return row.training_minutes

    def state_of(self, row: CredentialRow) -> str | None:
        level = self.levels.get(row.level or "")
        return row.state or (level.jurisdiction if level else None)


NO_CATALOGUE = Catalogue()


@dataclass(frozen=True)
class Case:
    """One judgement: a record on a day, for a level of a jurisdiction where the requirement is of one."""

    record: Record
    on: date
    catalogue: Catalogue = NO_CATALOGUE
    level: str | None = None
    jurisdiction: str | None = None

    def held(self, code: str) -> list[tuple[date, date]]:
        """The spans of days on which the worker held a level."""
        rows: Iterable[CredentialRow] = self.record.credentials
        return [span for row in rows if row.level == code and row.accepted for span in row.held()]

    def term_start(self) -> date | None:
        """When the worker's current credential of the level judged was issued or last renewed."""
        starts = [
            row.term_start(self.on)
            for row in self.record.credentials
            if row.level == self.level and self.level and row.accepted and row.in_term(self.on)
        ]
        return max((start for start in starts if start), default=None)


def training_asked(requirement: Requirement | None) -> Minutes | None:
    """The least hours of training a requirement asks, in minutes; None where it asks for none by hours."""
    if requirement is None:
        return None
    return _asked(requirement) or None


def _asked(node: Requirement) -> Minutes:
    if isinstance(node, Leaf):
        return (node.minutes or 0) if isinstance(node, Training) else 0
    if isinstance(node, Not):
        return 0
    branches = sorted(_asked(child) for child in node.of)
    if isinstance(node, AnyOf):
        return branches[0]
    return sum(branches[: node.count] if isinstance(node, AtLeast) else branches)
