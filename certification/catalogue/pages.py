"""What the public pages and the API read of the catalogue."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet

from certification.models import Jurisdiction, Level, Program, Standard
from certification.requirements.difference import Change, difference

OPEN = Q(programs__withdrawn_at=None, programs__levels__withdrawn_at=None)


def jurisdictions(text: str = "", status: str = "") -> QuerySet[Jurisdiction]:
    """With `level_count`, by name; `text` is looked for in names, titles and abbreviations."""
    found = Jurisdiction.objects.annotate(level_count=Count("programs__levels", filter=OPEN, distinct=True))
    found = found.order_by("name")
    if status:
        found = found.filter(status=status)
    if text:
        found = found.filter(Q(name__icontains=text) | Q(pk__in=levels(text).values("program__jurisdiction")))
    return found


def levels(text: str = "") -> QuerySet[Level]:
    """The open levels whose own or whose program's title or abbreviation holds `text`."""
    found = Level.objects.open().select_related("program__jurisdiction", "program__authority")
    if text:
        found = found.filter(
            Q(title__icontains=text)
            | Q(abbreviation__icontains=text)
            | Q(program__title__icontains=text)
            | Q(program__abbreviation__icontains=text)
        )
    return found


def programs(jurisdiction: Jurisdiction, on: date) -> QuerySet[Program]:
    """The open programs of a jurisdiction; each level in its `shown` has `current`: one version or none."""
    in_force = Prefetch("standards", Standard.objects.in_force(on), to_attr="current")
    shown = Level.objects.filter(withdrawn_at=None).prefetch_related(in_force)
    return (
        jurisdiction.programs.filter(withdrawn_at=None)
        .select_related("authority")
        .prefetch_related(Prefetch("levels", shown, to_attr="shown"))
    )


@dataclass(frozen=True)
class Version:
    """A version of a level among the others: what changed from the one before it, None for the first."""

    standard: Standard
    changes: list[Change] | None
    is_current: bool

    @property
    def last_day(self) -> date | None:
        ends = self.standard.in_force.upper
        return date.fromordinal(ends.toordinal() - 1) if ends else None


def versions(level: Level, on: date) -> list[Version]:
    """All published versions of a level, the latest first."""
    ordered = sorted(level.standards.published(), key=lambda one: one.in_force.lower)
    told = [
        Version(
            one,
            difference(before.requirement, one.requirement) if before else None,
            is_current=on in one.in_force,
        )
        for before, one in zip([None, *ordered], ordered, strict=False)
    ]
    return told[::-1]


def published(code: str, revision: str = "") -> Standard | None:
    """A standard by its code: the latest revision, or the one named."""
    found = Standard.objects.filter(code=code, status=Standard.Status.PUBLISHED)
    if revision:
        found = found.filter(revision=int(revision) if revision.isdecimal() and len(revision) < 5 else 0)
    return found.select_related("level__program__jurisdiction").order_by("revision").last()


def as_data(standard: Standard) -> dict[str, Any]:
    """A standard for other programs: what the catalogue writes, and which level and revision it is."""
    return {
        "level": standard.level.code,
        "jurisdiction": standard.level.program.jurisdiction.code,
        "revision": standard.revision,
        "in_force": {
            "from": standard.in_force.lower.isoformat(),
            "until": standard.in_force.upper.isoformat() if standard.in_force.upper else None,
            "stated": standard.in_force_stated,
        },
        "withdrawn": standard.withdrawn_at is not None,
        **standard.to_data(),
    }
