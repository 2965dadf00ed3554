"""Calendar files (ICS): what took place within some days, with repeated events written out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import islice
from typing import Any

from dateutil.rrule import rrulestr
from django.utils.translation import gettext as _
from icalendar import Calendar

from accounts.refusals import Refused
from workers.sheets import decoded

#: Events of one file, repeated ones written out.
MOST_EVENTS = 5_000
#: How far apart the first and the last day asked for may lie.
LONGEST_SPAN = timedelta(days=366)
#: How often one event is looked at; rules that repeat within a day are not ours.
MOST_REPEATS = 50_000
#: Days that all repeated events of a file may be looked at together: a rule may fit none of its days.
MOST_DAYS = 10_000_000
_OFTEN = re.compile(r"FREQ=(SECONDLY|MINUTELY|HOURLY)|BYHOUR|BYMINUTE|BYSECOND", re.IGNORECASE)
_NEVER_ON = re.compile(r"INTERVAL=[+-]?0*(;|$)", re.IGNORECASE)


@dataclass(frozen=True)
class Happening:
    """One event on one day, by the person's own clock. `minutes` may be none or run past midnight."""

    day: date
    starts: time
    minutes: int
    title: str


def is_calendar(start: bytes) -> bool:
    return start.lstrip(b"\xef\xbb\xbf \r\n\t").upper().startswith(b"BEGIN:VCALENDAR")


def happenings(data: bytes, *, first: date, last: date, zone: tzinfo) -> list[Happening]:
    """What took place from `first` to `last`, in order. Whole days, cancelled and free time are left out."""
    try:
        return _happenings(data, first, last, zone)
    except Refused:
        raise
    except Exception as problem:  # the reader fails in many ways on what is no calendar, or a broken one
        raise Refused(_("This calendar file cannot be read."), field="file") from problem


def _happenings(data: bytes, first: date, last: date, zone: tzinfo) -> list[Happening]:
    events = Calendar.from_ical(decoded(data)).walk("VEVENT")
    moved = _moved(events)
    _check_reach(events, last)
    found: list[Happening] = []
    for event in events:
        found += islice(_of(event, moved, first, last, zone), MOST_EVENTS + 1 - len(found))
        if len(found) > MOST_EVENTS:
            raise Refused(
                _("There are more than %(most)s events in these days. Choose fewer days.")
                % {"most": f"{MOST_EVENTS:,}"},
                field="first",
            )
    return sorted(found, key=lambda one: (one.day, one.starts))


def _check_reach(events: list[Any], last: date) -> None:
    """That it can be looked at in a moment, whatever its rules say: each is followed day by day."""
    begun = (_moment(event.get("DTSTART")) for event in events if event.get("RRULE") is not None)
    if sum(max((last - at.date()).days, 0) for at in begun if at) > MOST_DAYS:
        raise Refused(
            _("This calendar repeats too many events over too many years. Send it in parts."), field="file"
        )


def _moved(events: list[Any]) -> set[tuple[str, datetime]]:
    """Single times of repeated events that stand in the file as events of their own."""
    moved = set()
    for event in events:
        at = _moment(event.get("RECURRENCE-ID"))
        if at:
            moved.add((str(event.get("UID", "")), at.astimezone(UTC)))
    return moved


def _of(
    event: Any, moved: set[tuple[str, datetime]], first: date, last: date, zone: tzinfo
) -> Iterator[Happening]:
    begins = _moment(event.get("DTSTART"), zone)
    left_out = (
        str(event.get("STATUS", "")).upper() == "CANCELLED" or str(event.get("TRANSP", "")) == "TRANSPARENT"
    )
    if begins is None or left_out:
        return
    minutes = _length(event, begins, zone)
    single = event.get("RECURRENCE-ID") is not None
    for at in [begins] if single else _repeats(event, begins, first, last, zone):
        local = at.astimezone(zone)
        if not first <= local.date() <= last:
            continue
        if not single and (str(event.get("UID", "")), at.astimezone(UTC)) in moved:
            continue
        clock = local.time().replace(second=0, microsecond=0, tzinfo=None)
        yield Happening(local.date(), clock, minutes, str(event.get("SUMMARY", "")))


def _moment(value: Any, zone: tzinfo = UTC) -> datetime | None:
    """A moment in time; None for whole days and for what is none."""
    at = getattr(value, "dt", None)
    if not isinstance(at, datetime):
        return None
    return at if at.tzinfo else at.replace(tzinfo=zone)


def _length(event: Any, begins: datetime, zone: tzinfo) -> int:
    ends = _moment(event.get("DTEND"), zone)
    length = getattr(event.get("DURATION"), "dt", None)
    if ends:
        length = ends.astimezone(UTC) - begins.astimezone(UTC)
    return int(length.total_seconds() // 60) if isinstance(length, timedelta) else 0


def _repeats(event: Any, begins: datetime, first: date, last: date, zone: tzinfo) -> Iterator[datetime]:
    rule = event.get("RRULE")
    if rule is None:
        yield begins
        return
    rules = rule if isinstance(rule, list) else [rule]
    left_out = {at.astimezone(UTC) for at in _dates(event.get("EXDATE"), zone)}
    for one in rules:
        yield from (at for at in _by_rule(one, begins, last) if at.astimezone(UTC) not in left_out)


def _by_rule(rule: Any, begins: datetime, last: date) -> Iterator[datetime]:
    """The times of a rule up to the last day, on the clock of the event's own place."""
    text = rule.to_ical().decode()
    if _OFTEN.search(text):
        raise Refused(
            _("An event repeats more than once a day. Take it out of the calendar file."), field="file"
        )
    if _NEVER_ON.search(text):
        raise _unreadable_rule()
    # Its own end is kept if it comes first; without one a rule could go on for thousands of years.
    place = begins.tzinfo
    until = re.search(r"UNTIL=(\d{8})(T\d{6}Z?)?;?", text)
    text = re.sub(r"UNTIL=[^;]*;?", "", text).strip(";")
    end = datetime.combine(last, time(23, 59, 59))
    if until:
        end = min(end, _until(until[1], until[2] or "", place))
    try:
        # A count alone is no end: a rule that fits no day would be followed to the year 9999.
        count = re.search(r"COUNT=(\d{1,9})", text)
        text = re.sub(r"COUNT=[^;]*;?", "", text).strip(";")
        times = rrulestr(f"{text};UNTIL={end:%Y%m%dT%H%M%S}", dtstart=begins.replace(tzinfo=None))
        for at in islice(times, min(int(count[1]), MOST_REPEATS) if count else MOST_REPEATS):
            if at > end:
                return
            yield at.replace(tzinfo=place)
    except (ValueError, TypeError, OverflowError, KeyError, AttributeError, IndexError) as problem:
        raise _unreadable_rule() from problem


def _unreadable_rule() -> Refused:
    return Refused(
        _("An event repeats in a way that cannot be read. Take it out of the calendar file."), field="file"
    )


def _until(day: str, clock: str, place: Any) -> datetime:
    text = f"{day}{clock.strip('TZ') or '235959'}"
    try:
        at = datetime.strptime(text, "%Y%m%d%H%M%S")  # noqa: DTZ007
    except ValueError as problem:
        raise _unreadable_rule() from problem
    return at.replace(tzinfo=UTC).astimezone(place).replace(tzinfo=None) if clock.endswith("Z") else at


def _dates(value: Any, zone: tzinfo) -> Iterator[datetime]:
    for group in value if isinstance(value, list) else [value]:
        for one in getattr(group, "dts", ()):
            if at := _moment(one, zone):
                yield at
