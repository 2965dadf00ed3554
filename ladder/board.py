"""The readiness board of an employer: who is ready for which rung, now, soon or later, and what is missing.

A fixed number of queries, however many workers: counts in one, one page of rows in another.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, TypedDict

from django.db import models
from django.db.models import Case, Count, OuterRef, Q, Value
from django.db.models import When as If
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from certification.requirements.findings import Verdict
from ladder.models import Placement, Readiness, Rung

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class Timed(TypedDict):
        when: str


SOON, YEAR = timedelta(days=90), timedelta(days=365)


class When(models.TextChoices):
    """When a worker will be ready, at the pace of the last 90 days."""

    NOW = "now", _("Ready now")
    SOON = "soon", _("Within 90 days")
    YEAR = "year", _("Within a year")
    LATER = "later", _("Later")
    BESIDES = "besides", _("More than hours is missing")


@dataclass(frozen=True)
class Line:
    """One rung of the board: how many workers are how near. `counts` in the order of `When`."""

    rung: Rung
    counts: tuple[tuple[When, int], ...]

    @property
    def total(self) -> int:
        return sum(count for _when, count in self.counts)


def rows(employer: Organisation, *, on: date) -> "models.QuerySet[WithAnnotations[Readiness, Timed]]":
    """Readiness of everyone who works for `employer`, for its own rungs, each with its `when`."""
    return with_when(Readiness.objects.of_employers([employer.pk], on=on), on=on)


def with_when(
    found: models.QuerySet[Readiness], *, on: date
) -> "models.QuerySet[WithAnnotations[Readiness, Timed]]":
    """Each with its `when`."""
    return found.annotate(
        when=Case(
            If(verdict=Verdict.MET, then=Value(When.NOW)),
            If(reached_on__lte=on + SOON, then=Value(When.SOON)),
            If(reached_on__lte=on + YEAR, then=Value(When.YEAR)),
            If(Q(reached_on__isnull=False) | Q(remaining_minutes__gt=0), then=Value(When.LATER)),
            default=Value(When.BESIDES),
            output_field=models.CharField(),
        )
    )


def lines(employer: Organisation, *, on: date) -> list[Line]:
    """The rungs of `employer` that anybody is on the way to, with their counts. Two queries."""
    counted = rows(employer, on=on).values_list("rung", "when").annotate(Count("pk"))
    counts: dict[int, dict[str, int]] = {}
    for rung, when, count in counted:
        counts.setdefault(rung, {})[when] = count
    rungs = Rung.objects.filter(pk__in=counts).select_related("track__ladder")
    return [
        Line(rung, tuple((when, counts[rung.pk].get(when, 0)) for when in When))
        for rung in rungs.order_by("track__ladder__title", "height", "track__position")
    ]


def people(
    employer: Organisation, *, on: date, rung: int | None = None, when: str | None = None
) -> "models.QuerySet[WithAnnotations[Readiness, Timed]]":
    """The rows to list, for one rung or one `When` or all, with the worker and where they stand.

    Whoever is ready comes first, then by how soon; among equals the higher rung.
    """
    here = Placement.objects.on(on).filter(worker=OuterRef("worker"), employer=employer)
    found = rows(employer, on=on).select_related("worker", "rung")
    if rung is not None:
        found = found.filter(rung=rung)
    if when:
        found = found.filter(when=when)
    soonest = Case(*(If(when=when, then=Value(n)) for n, when in enumerate(When)))
    return found.order_by(soonest, "reached_on", "-rung__height", "worker__family_name", "pk").annotate(
        stands_on=here.values("rung__title")[:1],
        placement=here.values("pk")[:1],
    )
