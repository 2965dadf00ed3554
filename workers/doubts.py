"""What is asked once before hours are stored. Nothing here stands in the way: "log anyway" stores them.

The same things catch a signer's eye later (`oddities`); a slip of the finger is best found at once.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from django.db.models import Sum
from django.utils.translation import gettext as _

from workers.entries import NewHours, clock
from workers.models import HourEntry, Worker
from workers.oddities import FEWEST, LONG_DAY, PATTERN, SATURDAY

#: A day this many times as long as the usual one, and longer by this many minutes, is unlike it.
TIMES, LONGER = 2, 180


@dataclass(frozen=True)
class Doubt:
    """A question about one of the entries, by its place in the list."""

    place: int
    message: str


def about(worker: Worker, entries: Sequence[NewHours]) -> list[Doubt]:
    """What looks like a slip, in the order of the entries; one query however many there are."""
    if not entries:
        return []
    known = _days(worker, entries)
    new: dict[date, int] = defaultdict(int)
    for entry in entries:
        new[entry.day] += entry.minutes
    before = {day: minutes for day, minutes in known.items() if day not in new}
    found, asked = [], set()
    for place, entry in enumerate(entries):
        if entry.day in asked:
            continue
        asked.add(entry.day)
        total = known.get(entry.day, 0) + new[entry.day]
        found += [Doubt(place, message) for message in _of_a_day(entry.day, total, before)]
    return found


def _days(worker: Worker, entries: Sequence[NewHours]) -> dict[date, int]:
    """Day -> minutes in the ledger, for the days asked about and the time before them."""
    days = [entry.day for entry in entries]
    # What is sent again is there already: it must not be added to itself.
    again = [entry.client_id for entry in entries if entry.client_id]
    rows = (
        HourEntry.objects.live()
        .filter(worker=worker, day__gte=min(days) - PATTERN, day__lte=max(days))
        .exclude(client_id__in=again)
        .order_by()
        .values_list("day")
        .annotate(total=Sum("minutes"))
    )
    return dict(rows)


def _of_a_day(day: date, total: int, before: dict[date, int]) -> list[str]:
    if total > LONG_DAY:
        return [_("%(hours)s on one day: is that right?") % {"hours": clock(total)}]
    pattern = {past: minutes for past, minutes in before.items() if past < day and day - past <= PATTERN}
    if len(pattern) < FEWEST:
        return []
    usual = int(median(pattern.values()))
    if total > usual * TIMES and total > usual + LONGER:
        return [
            _("%(hours)s is much more than your usual %(usual)s a day.")
            % {"hours": clock(total), "usual": clock(usual)}
        ]
    if day.weekday() >= SATURDAY and not any(past.weekday() >= SATURDAY for past in pattern):
        return [_("This is a weekend, and you have not worked on weekends lately.")]
    return []
