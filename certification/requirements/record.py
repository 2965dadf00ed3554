"""A worker's record: the facts that requirements are judged by. catalogue/RECORD.md defines its file form.

From a file, what is stated counts as accepted. From the database a fact that nobody accepted yet has
`accepted=False`, and hours that no supervisor approved yet have `pending=True`: they never count.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property
from typing import Any, Generic, TypeVar

from .ledger import Ledger
from .values import Minutes, tidy

T = TypeVar("T")

Parts = tuple[tuple[str, Minutes], ...]
"""A breakdown: (slug, minutes)."""


@dataclass(frozen=True)
class Fact(Generic[T]):
    """One stated fact, and whether a person accepted it. `id` names the row it came from."""

    value: T
    accepted: bool = True
    id: str = ""


@dataclass(frozen=True)
class Schooling:
    """A level of education reached (`leaves.SCHOOLING`)."""

    level: str | None = None
    field: str | None = None
    accepted: bool = True
    id: str = ""


@dataclass(frozen=True)
class Place:
    """A state in which the worker lives or works, for which share of the time (all of it unless said)."""

    state: str
    share_percent: Minutes | None = None
    accepted: bool = True
    id: str = ""

    @property
    def share(self) -> Minutes:
        return 100 if self.share_percent is None else self.share_percent


@dataclass(frozen=True)
class CredentialRow:
    """A credential held, here or elsewhere.

    `suspended` lists the periods (first day, first day good again or None) in which it was not good;
    a revocation is a suspension without an end. `accepted=False` is a credential of another body that the
    worker stated and nobody has verified.
    """

    level: str | None = None
    kind: str | None = None
    role: str | None = None
    training_minutes: Minutes | None = None
    state: str | None = None
    issued: date | None = None
    renewed: date | None = None
    expires: date | None = None
    suspended: tuple[tuple[date, date | None], ...] = ()
    accepted: bool = True
    id: str = ""

    def in_term(self, on: date) -> bool:
        """Issued by that day and not yet past its last day, whether suspended or not."""
        return (self.issued is None or self.issued <= on) and (self.expires is None or on <= self.expires)

    def suspended_on(self, on: date) -> bool:
        return any(start <= on and (until is None or on < until) for start, until in self.suspended)

    def active_on(self, on: date) -> bool:
        return self.in_term(on) and not self.suspended_on(on)

    def term_start(self, on: date) -> date | None:
        """The day on which it was issued or last renewed, as known on a day."""
        return self.renewed if self.renewed and self.renewed <= on else self.issued

    def held(self) -> list[tuple[date, date]]:
        """The spans of days, both counted, on which it was active; none where its issue is not recorded."""
        if self.issued is None:
            return []
        spans, start, last = [], self.issued, self.expires or date.max
        for off, until in sorted(self.suspended, key=lambda span: span[0]):
            if off > start:
                spans.append((start, min(last, off - timedelta(days=1))))
            if until is None:
                return [span for span in spans if span[0] <= span[1]]
            start = max(start, until)
        return [span for span in [*spans, (start, last)] if span[0] <= span[1]]


@dataclass(frozen=True)
class TrainingRow:
    topic: str | None = None
    minutes: Minutes = 0
    by_topic: Parts = ()
    approved: bool | None = None
    completed: date | None = None
    days: Minutes | None = None
    mode: str | None = None
    provider: str | None = None
    name: str | None = None
    accepted: bool = True
    id: str = ""


@dataclass(frozen=True)
class ExperienceRow:
    """Hours of work, spread evenly over the days `start` to `end`, both counted."""

    work: str | None = None
    minutes: Minutes = 0
    supervised: bool | None = None
    pay: str | None = None
    start: date | None = None
    end: date | None = None
    state: str | None = None
    domain: str | None = None
    by_domain: Parts = ()
    practicum: bool | None = None
    pending: bool = False
    id: str = ""


@dataclass(frozen=True)
class SupervisionRow:
    """Supervision received on a day."""

    minutes: Minutes = 0
    by: str | None = None
    on: date | None = None
    domain: str | None = None
    by_domain: Parts = ()
    sessions: int | None = None
    format: str | None = None
    pending: bool = False
    id: str = ""


@dataclass(frozen=True)
class ExamRow:
    name: str
    passed: date | None = None
    percent: Minutes | None = None
    accepted: bool = True
    id: str = ""


@dataclass(frozen=True)
class EducationRow:
    """Continuing education."""

    minutes: Minutes = 0
    topic: str | None = None
    by_topic: Parts = ()
    on: date | None = None
    provider: str | None = None
    mode: str | None = None
    accepted: bool = True
    id: str = ""


@dataclass(frozen=True)
class ReferenceRow:
    """References handed in; `by` is the referee's kind, None where they are of whatever kind is asked."""

    by: str | None = None
    count: int = 1
    accepted: bool = True
    id: str = ""


@dataclass(frozen=True)
class Record:
    """All that is known of one worker. Empty tuples and None are facts not recorded."""

    born: date | None = None
    schooling: tuple[Schooling, ...] = ()
    lived_experience: tuple[Fact[str], ...] = ()
    recovery: tuple[Fact[date], ...] = ()
    lives_in: tuple[Place, ...] = ()
    works_in: tuple[Place, ...] = ()
    credentials: tuple[CredentialRow, ...] = ()
    training: tuple[TrainingRow, ...] = ()
    experience: tuple[ExperienceRow, ...] = ()
    supervision: tuple[SupervisionRow, ...] = ()
    exams: tuple[ExamRow, ...] = ()
    continuing_education: tuple[EducationRow, ...] = ()
    references: tuple[ReferenceRow, ...] = ()
    attestations: tuple[Fact[str], ...] = ()
    background_checks: tuple[Fact[date], ...] = ()
    qualifications: tuple[Fact[str], ...] = ()
    documents: tuple[Fact[str], ...] = ()
    fees_paid: tuple[Fact[Minutes], ...] = ()
    employment: tuple[Fact[str], ...] = ()

    @cached_property
    def ledger(self) -> Ledger:
        """The experience rows, indexed once for every leaf that sums them."""
        return Ledger(self.experience)

    def to_data(self) -> dict[str, Any]:
        """What stands under `worker:` in a record file: every fact stated, no hours still pending."""
        from .record_files import record_data

        return record_data(self)


def split(minutes: Minutes, own: str | None, parts: Parts) -> dict[str | None, Minutes]:
    """The minutes of a row by topic or domain; what the breakdown leaves over belongs to the row's own."""
    if not parts:
        return {own: tidy(minutes)}
    shares: dict[str | None, Minutes] = {}
    for slug, share in parts:
        shares[slug] = tidy(Fraction(shares.get(slug, 0)) + share)
    rest = tidy(Fraction(minutes) - sum(shares.values()))
    if rest:
        shares[own] = tidy(Fraction(shares.get(own, 0)) + rest)
    return shares
