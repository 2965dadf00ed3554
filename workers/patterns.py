"""Patterns that repeat by week. They fill in the week view; a person looks at it and sends it."""

from collections.abc import Collection, Iterable
from datetime import date, time
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import trail
from accounts.models import User
from accounts.policy import Permission, require
from accounts.refusals import Refused, translate
from workers.models import Employment, Pattern, Worker
from workers.words import Mode

MOST = 20
RULES = {
    "pattern_of_days_of_the_week": ("weekdays", gettext_lazy("Choose at least one day.")),
    "pattern_whole_minutes_of_one_day": ("hours", gettext_lazy("Hours are from 1 minute to 24 hours a day.")),
    "pattern_ends_on_its_day": ("hours", gettext_lazy("These hours would run past midnight.")),
}


def add(
    *,
    employment: Employment,
    by: User,
    weekdays: Collection[int],
    minutes: int,
    domain: str,
    starts: time | None = None,
    mode: str = Mode.IN_PERSON,
) -> Pattern:
    """Keep a pattern. `weekdays` are ISO days, Monday 1 to Sunday 7."""
    require(by, Permission.RECORD_KEEP, on=employment)
    with translate(RULES):
        if of(employment.worker).count() >= MOST:
            raise Refused(_("You can keep 20 patterns. Delete one that you no longer need."))
        pattern = Pattern.objects.create(
            employment=employment,
            weekdays=sorted(set(weekdays)),
            starts=starts,
            minutes=minutes,
            domain=domain,
            mode=mode,
        )
        trail.record("pattern.added", subject=pattern, by=by)
    return pattern


@transaction.atomic
def discard(pattern: Pattern, *, by: User) -> None:
    """Forget a pattern. What was logged with its help stays."""
    require(by, Permission.RECORD_KEEP, on=pattern)
    trail.record("pattern.discarded", subject=pattern, by=by)
    pattern.delete()


def of(worker: Worker) -> Any:
    """A worker's patterns, with their jobs."""
    return Pattern.objects.filter(employment__worker=worker).select_related("employment__employer")


def on_days(patterns: Iterable[Pattern], days: Iterable[date]) -> list[tuple[date, Pattern]]:
    """Which pattern falls on which of these days, while its job lasts; in the order of the days."""
    kept = list(patterns)
    return [
        (day, pattern)
        for day in days
        for pattern in kept
        if day.isoweekday() in pattern.weekdays and _employed(pattern.employment, day)
    ]


def _employed(job: Employment, day: date) -> bool:
    return job.started_on <= day and (job.ended_on is None or day <= job.ended_on)
