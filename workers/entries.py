"""What is checked of hours before they are stored, with the sentence for the field at fault.

The database holds the same rules (see models/ledger_rules.py). These say them in words, and which other
entry stands in the way; those hold when two people write at once.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Self
from uuid import UUID

from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import prepared
from accounts.models import User
from accounts.reading import zone_of
from accounts.refusals import Refused
from workers.models import Employment, HourEntry, Worker
from workers.models.hours import DAY_MINUTES
from workers.models.ledger_rules import LIVE
from workers.words import Mode


@dataclass(frozen=True, kw_only=True)
class NewHours:
    """Hours as somebody hands them in. What is empty is taken from the job."""

    employment: Employment
    day: date
    minutes: int
    domain: str
    starts: time | None = None
    mode: str = Mode.IN_PERSON
    work: str = ""
    pay: str = ""
    state: str = ""
    practicum: bool = False
    note: str = ""
    client_id: UUID | None = None
    draft: bool = False

    def entry(self, worker: Worker) -> HourEntry:
        """As a row of the ledger, not stored yet."""
        entry = HourEntry(
            worker=worker,
            employment=self.employment,
            day=self.day,
            minutes=self.minutes,
            domain=self.domain,
            starts=self.starts,
            mode=self.mode,
            work=self.work or self.employment.work,
            pay=self.pay or self.employment.pay,
            state=self.state or self.employment.state,
            practicum=self.practicum,
            note=self.note,
        )
        if self.client_id:
            entry.client_id = self.client_id
        return entry


#: What of an entry its worker says; the rest is what became of it.
CONTENT = (
    "employment_id",
    "day",
    "starts",
    "minutes",
    "work",
    "domain",
    "mode",
    "pay",
    "state",
    "practicum",
    "note",
)


def content(entry: HourEntry) -> tuple[object, ...]:
    """What two sendings of one entry must agree on."""
    return tuple(getattr(entry, name) for name in CONTENT)


class Beside:
    """The hours that already take up a worker's days, which new ones are weighed against."""

    def __init__(self, entries: Iterable[HourEntry] = ()) -> None:
        self._days: dict[date, list[HourEntry]] = defaultdict(list)
        for entry in entries:
            self.add(entry)

    @classmethod
    def of(cls, worker: Worker, days: Collection[date], *, without: Collection[int] = ()) -> Self:
        """What stands in the ledger on these days, but for the entries `without`."""
        entries = HourEntry.objects.live().filter(worker=worker, day__in=set(days))
        if without:
            entries = entries.exclude(pk__in=without)
        return cls(entries.select_related("employment__employer"))

    def add(self, entry: HourEntry) -> None:
        self._days[entry.day].append(entry)

    def total_with(self, entry: HourEntry) -> int:
        """The minutes that its day would hold."""
        return entry.minutes + sum(other.minutes for other in self._days[entry.day])

    def problem(self, entry: HourEntry) -> Refused | None:
        """An overlap, or more than a day holds."""
        if other := self.overlapping(entry):
            return Refused(
                _("Overlaps with %(entry)s.") % {"entry": in_words(other)},
                field="starts",
            )
        total = self.total_with(entry)
        if total > DAY_MINUTES:
            return Refused(
                _("With these, %(day)s would hold %(hours)s: a day has 24 hours.")
                % {"day": date_format(entry.day), "hours": clock(total)},
                field="minutes",
            )
        return None

    def overlapping(self, entry: HourEntry) -> HourEntry | None:
        """The entry that shares a minute of clock time with this one; of several the earliest."""
        shared = (other for other in self._days[entry.day] if overlap(entry, other))
        return min(shared, key=lambda other: other.starts or time(), default=None)


def near(worker: Worker, new: Collection[NewHours]) -> tuple[dict[UUID, HourEntry], Beside]:
    """What stands under the ids of these hours, and what takes up their days; one query."""
    ids = {one.client_id for one in new if one.client_id}
    stored, beside = {}, Beside()
    for live, *row in prepared.rows(_NEAR, [worker.pk, list(ids), list({one.day for one in new})]):
        entry = prepared.made(HourEntry, row)
        entry.worker = worker
        if entry.client_id in ids:
            stored[entry.client_id] = entry
        if live:
            beside.add(entry)
    return stored, beside


_NEAR = f"""
    SELECT {LIVE}, {prepared.columns(HourEntry, "h")} FROM workers_hourentry h
    WHERE worker_id = %s AND (client_id = ANY (%s::uuid[]) OR day = ANY (%s::date[]))
"""  # noqa: S608


def problem(entry: HourEntry, *, beside: Beside, now: datetime) -> Refused | None:
    """What is wrong with an entry, or None. `now` is the person's own clock."""
    return _length(entry) or _future(entry, now) or _job(entry) or beside.problem(entry)


def _length(entry: HourEntry) -> Refused | None:
    if not 1 <= entry.minutes <= DAY_MINUTES:
        return Refused(_("Hours are from 1 minute to 24 hours a day."), field="minutes")
    if entry.starts and _begin(entry) + entry.minutes > DAY_MINUTES:
        return Refused(
            _("These hours run past midnight: log the part after it on the next day."), field="minutes"
        )
    return None


def _future(entry: HourEntry, now: datetime) -> Refused | None:
    if entry.day > now.date():
        return Refused(_("This day is still to come."), field="day")
    if entry.starts and entry.day == now.date() and entry.starts > now.time():
        return Refused(
            _("%(time)s is still to come.") % {"time": time_format(entry.starts)},
            field="starts",
        )
    return None


def _job(entry: HourEntry) -> Refused | None:
    job = entry.employment
    if job.worker_id != entry.worker_id:
        return Refused(_("This is not one of your jobs."), field="employment")
    if entry.day < job.started_on:
        return Refused(
            _("This job began on %(day)s.") % {"day": date_format(job.started_on)},
            field="day",
        )
    if job.ended_on and entry.day > job.ended_on:
        return Refused(
            _("This job ended on %(day)s.") % {"day": date_format(job.ended_on)},
            field="day",
        )
    return None


def overlap(one: HourEntry, other: HourEntry) -> bool:
    """Whether two entries of one day share a minute of clock time."""
    if one.starts is None or other.starts is None:
        return False
    a, b = _begin(one), _begin(other)
    return a < b + other.minutes and b < a + one.minutes


def _begin(entry: HourEntry) -> int:
    # To the second, as the database compares: 09:00:30 may stand there.
    starts = entry.starts or time()
    return starts.hour * 60 + starts.minute + bool(starts.second)


def in_words(entry: HourEntry) -> str:
    """For a sentence: "9 a.m.-12:30 p.m., Peer specialist, Hopewell"."""
    if entry.starts is None:
        return f"{clock(entry.minutes)}, {entry.employment}"
    end = (datetime.combine(entry.day, entry.starts, UTC) + timedelta(minutes=entry.minutes)).time()
    return f"{time_format(entry.starts)}–{time_format(end)}, {entry.employment}"


def clock(minutes: int) -> str:
    """Minutes as hours, in letters that every language reads: "25 h", "7 h 30 min"."""
    hours, rest = divmod(minutes, 60)
    return " ".join(part for part in (f"{hours} h" if hours else "", f"{rest} min" if rest else "") if part)


def own_time(worker: Worker, by: User, at: datetime) -> datetime:
    """The moment on the worker's own clock; on that of whoever logs where the worker has no account."""
    return at.astimezone(zone_of(worker.user or by))


#: What the database refuses, said at the field. It speaks only when two wrote at once, or past the checks.
RULES = {
    "hours_stored_once": (
        "client_id",
        gettext_lazy("These hours were sent twice in the same moment. Try again."),
    ),
    "hours_whole_minutes_of_one_day": (
        "minutes",
        gettext_lazy("Hours are from 1 minute to 24 hours a day."),
    ),
    "hours_end_on_their_day": (
        "minutes",
        gettext_lazy("These hours run past midnight: log the part after it on the next day."),
    ),
    "hours_not_in_the_future": ("day", gettext_lazy("This day is still to come.")),
    "hours_within_employment": ("day", gettext_lazy("The job had not begun or had ended by that day.")),
    "hours_do_not_overlap": ("starts", gettext_lazy("These hours overlap with others.")),
    "workday_at_most_24_hours": ("minutes", gettext_lazy("A day has 24 hours.")),
    "hours_approved_are_final": (
        None,
        gettext_lazy("Approved hours are final. They can be amended, never edited or deleted."),
    ),
    "hours_amended_once": (None, gettext_lazy("Some of these hours were amended in the meantime.")),
    "hours_signed_under_their_agreement": (
        None,
        gettext_lazy("The supervision ended in the meantime, before some of these days."),
    ),
    "hours_not_approved_by_oneself": (None, gettext_lazy("Nobody approves their own hours.")),
}
