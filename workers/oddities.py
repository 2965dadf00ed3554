"""What makes an entry odd to whoever signs it. Flags, not blocks: people do work nights and weekends."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext as _

from workers.entries import clock
from workers.models import HourEntry

LONG_DAY = 12 * 60
LATE = timedelta(days=30)
#: How far back a person's pattern of weekends is read.
PATTERN = timedelta(days=90)
#: Fewer entries than this are no pattern.
FEWEST = 10
SATURDAY = 5


def flags(entries: Sequence[HourEntry]) -> dict[int, list[str]]:
    """Entry id -> the reasons why it is odd, for those that are; two queries however many there are."""
    if not entries:
        return {}
    workers = {entry.worker_id for entry in entries}
    days = _days(workers, {entry.day for entry in entries})
    rested = _never_on_weekends(workers, min(entry.day for entry in entries))
    found: dict[int, list[str]] = defaultdict(list)
    for entry in entries:
        minutes, employers = days.get((entry.worker_id, entry.day), (entry.minutes, 1))
        if minutes > LONG_DAY:
            found[entry.pk].append(_("%(hours)s on one day") % {"hours": clock(minutes)})
        sent = entry.submitted_at or entry.recorded_at
        if sent.date() - entry.day > LATE:
            days_late = (sent.date() - entry.day).days
            found[entry.pk].append(_("sent %(n)s days after the work") % {"n": days_late})
        if entry.day.weekday() >= SATURDAY and entry.worker_id in rested:
            found[entry.pk].append(_("a weekend, unlike before"))
        if employers > 1:
            found[entry.pk].append(_("hours for another employer on the same day"))
    return dict(found)


def _days(workers: set[int], days: set[date]) -> dict[tuple[int, date], tuple[int, int]]:
    """(worker, day) -> minutes and number of employers."""
    rows = (
        HourEntry.objects.live()
        .filter(worker__in=workers, day__in=days)
        .order_by()
        .values_list("worker", "day")
        .annotate(total=Sum("minutes"), employers=Count("employment__employer", distinct=True))
    )
    return {(worker, day): (total, employers) for worker, day, total, employers in rows}


def _never_on_weekends(workers: set[int], before: date) -> set[int]:
    """Workers whose approved hours of the time before show a pattern without weekends."""
    rows = (
        HourEntry.objects.counted()
        .filter(worker__in=workers, day__lt=before, day__gte=before - PATTERN)
        .order_by()
        .values("worker")
        .annotate(days=Count("pk"), weekends=Count("pk", filter=Q(day__iso_week_day__gt=SATURDAY)))
    )
    return {row["worker"] for row in rows if row["days"] >= FEWEST and not row["weekends"]}
