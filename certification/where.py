"""Where a worker could be certified: every standard in force held against one record.

    found = where.survey(worker, on=day)
    found.prospects      # one a level, the least missing first
    found.places         # by jurisdiction, for the map

"Near" is a rule, not a feeling: everything that is missing can be handed in, or is hours of work, supervision
or training, at most 250 of them together.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property

from django.db import models
from django.utils.translation import gettext_lazy as _

from certification import records
from certification.assessment import catalogue
from certification.goal_pages import good_today
from certification.models import Level, Standard
from certification.requirements.explain import explain
from certification.requirements.findings import Finding, Verdict
from certification.requirements.language import Requirement, parse
from certification.requirements.nearest import can_apply, distance, hours_can_fill, keeps_out
from certification.requirements.record import Record
from workers.models import Worker

#: Minutes of work, supervision and training together that may be missing where a level is near.
NEAR = 250 * 60


class Standing(models.TextChoices):
    """How far a worker is from a level, the best first."""

    HELD = "held", _("You hold it")
    MET = "met", _("Met")
    NEAR = "near", _("Near")
    FAR = "far", _("Far")
    NONE = "none", _("No standard known")


RANKS = {standing: rank for rank, standing in enumerate(Standing)}


@dataclass(frozen=True)
class Prospect:
    """One level with what its standard in force finds. `missing` keeps the worker out, on the nearest way."""

    level_id: int
    level: str
    title: str
    role: str
    program: str
    jurisdiction: str
    jurisdiction_name: str
    standard_id: int
    standard: str
    standing: Standing
    verdict: Verdict
    can_apply: bool
    missing: tuple[Finding, ...]
    minutes: int
    """Hours of all kinds that are missing, added up, in whole minutes."""

    @property
    def role_name(self) -> str:
        return str(Level.Role(self.role).label)

    @property
    def by_missing(self) -> tuple[int, int, int, str, str]:
        return RANKS[self.standing], len(self.missing), self.minutes, self.jurisdiction_name, self.title

    @property
    def by_hours(self) -> tuple[int, int, int, str, str]:
        return RANKS[self.standing], self.minutes, len(self.missing), self.jurisdiction_name, self.title

    @property
    def by_state(self) -> tuple[str, int, int, int, str]:
        return self.jurisdiction_name, *self.by_missing[:3], self.title


@dataclass(frozen=True)
class Survey:
    """All levels that a worker could aim at on a day, by what is missing."""

    on: date
    prospects: tuple[Prospect, ...]

    @cached_property
    def places(self) -> dict[str, Prospect]:
        """By jurisdiction, its level that least is missing for."""
        farthest_first = sorted(self.prospects, key=lambda one: one.by_missing, reverse=True)
        return {one.jurisdiction: one for one in farthest_first}

    def chosen(self, *, role: str = "", state: str = "", standing: str = "") -> "Survey":
        """Those of one role, jurisdiction or standing."""
        return Survey(
            self.on,
            tuple(
                one
                for one in self.prospects
                if (not role or one.role == role)
                and (not state or one.jurisdiction == state)
                and (not standing or one.standing == standing)
            ),
        )


def survey(worker: Worker, *, on: date) -> Survey:
    """Every open level that has a standard in force, judged for one worker. Twelve queries at most."""
    standards = list(in_force(on))
    known = catalogue(on)
    trees = requirements(standards)
    seen_by = Eyes(records.load([worker.pk], on=on)[worker.pk])
    held = good_today(worker)
    found = (
        prospect(
            standard,
            explain(
                trees[standard.digest],
                seen_by.authority(standard.level.program.authority_id),
                on,
                known,
                level=standard.level.code,
                jurisdiction=standard.level.program.jurisdiction.code,
            ),
            is_held=standard.level_id in held,
        )
        for standard in standards
    )
    return Survey(on, tuple(sorted(found, key=lambda one: one.by_missing)))


def in_force(on: date) -> models.QuerySet[Standard]:
    """What open levels ask on a day, as far as sources tell; without the trees, see `requirements`."""
    return (
        Standard.objects.in_force(on)
        .filter(requires__isnull=False, level__withdrawn_at=None, level__program__withdrawn_at=None)
        .select_related("level__program__jurisdiction")
        .only(
            "code",
            "digest",
            "level__code",
            "level__title",
            "level__role",
            "level__program__title",
            "level__program__authority_id",
            "level__program__jurisdiction__code",
            "level__program__jurisdiction__name",
        )
        .order_by("pk")
    )


def prospect(standard: Standard, finding: Finding, *, is_held: bool) -> Prospect:
    missing = tuple(keeps_out(finding))
    level = standard.level
    return Prospect(
        level_id=level.pk,
        level=level.code,
        title=level.title,
        role=level.role,
        program=level.program.title,
        jurisdiction=level.program.jurisdiction.code,
        jurisdiction_name=level.program.jurisdiction.name,
        standard_id=standard.pk,
        standard=standard.code,
        standing=Standing.HELD if is_held else standing_of(finding, missing),
        verdict=finding.verdict,
        can_apply=can_apply(finding),
        missing=missing,
        minutes=hours_missing(missing),
    )


def standing_of(finding: Finding, missing: Iterable[Finding]) -> Standing:
    """Met, near or far, by the rule at the head of this module."""
    if finding.verdict == Verdict.MET:
        return Standing.MET
    missing = list(missing)
    near = all(can_be_handed_in(leaf) or hours_can_fill(leaf) for leaf in missing)
    return Standing.NEAR if near and hours_missing(missing) <= NEAR else Standing.FAR


def can_be_handed_in(leaf: Finding) -> bool:
    return not leaf.computed and not leaf.forbidden


def hours_missing(missing: Iterable[Finding]) -> int:
    """In whole minutes. One hour may count toward two of them: rather too far than too near."""
    return -(-distance(list(missing))[2] // Fraction(1))


class Eyes:
    """One worker's record as each authority sees it.

    Authorities that have accepted nothing of it all see the same, which is made once.
    """

    def __init__(self, facts: records.Facts) -> None:
        self.facts = facts
        self.accepting = {one for stated in facts.statements for one in stated.accepted_by}
        self.records: dict[int, Record] = {}

    def authority(self, authority_id: int) -> Record:
        who = authority_id if authority_id in self.accepting else 0
        if who not in self.records:
            self.records[who] = self.facts.record(who)
        return self.records[who]


#: By the digest of its standard: what is published never changes, so it is read and parsed once a process.
_PARSED: dict[str, Requirement] = {}
MOST_PARSED = 5_000


def requirements(standards: Iterable[Standard]) -> Mapping[str, Requirement]:
    """The trees of published standards by their digest. One query where some are new to this process."""
    unknown = [one.pk for one in standards if one.digest not in _PARSED]
    if unknown:
        if len(_PARSED) > MOST_PARSED:
            _PARSED.clear()
            return requirements(standards)
        found = Standard.objects.filter(pk__in=unknown).values_list("digest", "requires")
        _PARSED.update((digest, parse(asked)) for digest, asked in found)
    return _PARSED
