"""One worker against one requirement, as everything that shows progress needs it.

    assess(standard.requirement, facts.record(authority_id), on=day, catalogue=catalogue(day))

Goals (`certification.progress`) and employers' rungs (`ladder.readiness`) store what it answers.
"""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.db.models import Count, Max

from certification.models import Level, Standard
from certification.models.progress import ProgressBase
from certification.outlook import Outlook, look_ahead
from certification.requirements.case import Catalogue, LevelInfo, training_asked
from certification.requirements.explain import explain
from certification.requirements.findings import Finding, Unit
from certification.requirements.language import Requirement
from certification.requirements.nearest import can_apply, keeps_out
from certification.requirements.record import Record


@dataclass(frozen=True)
class Assessment:
    """What `ProgressBase` stores, and the outlook at the worker's pace."""

    on: date
    finding: Finding
    can_apply: bool
    remaining_minutes: int
    outlook: Outlook

    @property
    def values(self) -> dict[str, Any]:
        """The fields of `ProgressBase`."""
        return {
            "on": self.on,
            "verdict": self.finding.verdict.value,
            "can_apply": self.can_apply,
            "remaining_minutes": self.remaining_minutes,
            "reached_on": self.outlook.ahead.reached_on,
            "tree": self.finding.to_json(),
        }


#: The columns that `Assessment.values` fills, for bulk upserts.
FIELDS = (*(f.name for f in ProgressBase._meta.fields if f.name != "computed_at"), "computed_at")


def assess(
    requirement: Requirement,
    record: Record,
    *,
    on: date,
    catalogue: Catalogue,
    level: str | None = None,
    jurisdiction: str | None = None,
) -> Assessment:
    """`level` and `jurisdiction` say whose requirement it is, as for `explain`."""
    finding = explain(requirement, record, on, catalogue, level=level, jurisdiction=jurisdiction)
    return Assessment(
        on=on,
        finding=finding,
        can_apply=can_apply(finding),
        remaining_minutes=remaining_minutes(finding),
        outlook=look_ahead(
            requirement, finding, record, on=on, catalogue=catalogue, level=level, jurisdiction=jurisdiction
        ),
    )


def remaining_minutes(finding: Finding) -> int:
    """The least that is still to be worked on the nearest way: the largest gap of one requirement of hours.

    Not their sum, as the same hour can count toward several of them.
    """
    gaps = (
        int(leaf.remaining)
        for leaf in keeps_out(finding)
        if leaf.kind == "experience"
        and leaf.unit == Unit.MINUTES
        and not isinstance(leaf.remaining, str | None)
    )
    return max(gaps, default=0)


def catalogue(on: date) -> Catalogue:
    """What judging needs of every level, by the standards in force on a day. One query if nothing changed."""
    return catalogues(on)[on]


def catalogues(*days: date) -> dict[date, Catalogue]:
    """The same for several days, still one query."""
    version = Standard.objects.aggregate(
        newest=Max("pk"), withdrawn=Count("withdrawn_at"), levels=Max("level")
    )
    return {on: _catalogue(on, tuple(version.values())) for on in days}


@lru_cache(maxsize=4)
def _catalogue(on: date, _version: tuple[Any, ...]) -> Catalogue:
    asked = {
        standard.level_id: training_asked(standard.requirement)
        for standard in Standard.objects.in_force(on).only("level_id", "requires")
    }
    levels = Level.objects.values_list("pk", "code", "role", "program__jurisdiction__code")
    return Catalogue(
        {code: LevelInfo(code, role, jurisdiction, asked.get(pk)) for pk, code, role, jurisdiction in levels}
    )
