"""From the rows of a file to hours: whose they are, at which job, and what is wrong with them."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.reading import zone_of
from accounts.refusals import Refused
from workers import calendars, intake, staging
from workers.cells import Reading, plain
from workers.columns import Field, fields_of
from workers.models import Employment, Import, ImportProblem
from workers.models.hours import DAY_MINUTES
from workers.sheets import Cell, in_text, is_empty, rows
from workers.words import Mode

Weight = ImportProblem.Weight
LONG_DAY = 12 * 60


@dataclass(frozen=True)
class Said:
    """A sentence about a row: which field, what stood there, and whether it keeps the row out."""

    field: str
    message: str
    found: str = ""
    weight: str = Weight.ERROR


@dataclass
class Row:
    """A row as it was read: `place` is its number in the file, the header's row counted."""

    place: int
    cells: list[Cell]
    values: dict[str, Any]
    said: list[Said]

    @property
    def right(self) -> bool:
        return not any(one.weight == Weight.ERROR for one in self.said)

    def wrong(self, field: str, message: str, found: str = "") -> None:
        self.said.append(Said(field, message, found))


def read(found: Import) -> Iterator[Row]:
    """The rows of a file below its header, each field read; empty rows are left out."""
    fields = fields_of(found.kind, employer=found.organisation_id is not None)
    how = Reading(dates=found.reading.get("dates", "mdy"), unit=found.reading.get("unit", "hours"))
    columns = found.reading["columns"]
    with found.file.open("rb") as file:
        for place, cells in enumerate(rows(file), 1):
            if place <= found.reading["head"] or is_empty(cells):
                continue
            row = Row(place, cells, {}, [])
            for field in fields:
                _read(row, field, columns.get(field.name), how)
            yield row


def _read(row: Row, field: Field, column: int | None, how: Reading) -> None:
    cell = row.cells[column] if column is not None and column < len(row.cells) else None
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        if field.needed:
            row.wrong(field.name, _("This is needed."))
        return
    try:
        row.values[field.name] = field.read(cell, how)
    except Refused as refusal:
        row.wrong(field.name, refusal.message, in_text(cell)[:200])


# Whose hours


class People:
    """The workers whose hours a file may hold, found by email address, record number or name."""

    def __init__(self, found: Import) -> None:
        jobs = Employment.objects.select_related("worker__user", "employer")
        if found.worker_id:
            jobs = jobs.filter(worker=found.worker_id)
        else:
            jobs = jobs.filter(employer=found.organisation_id)
        self.own = found.worker_id
        self.jobs: dict[int, list[Employment]] = defaultdict(list)
        self._by: dict[str, set[int]] = defaultdict(set)
        for job in jobs:
            worker = job.worker
            self.jobs[worker.pk].append(job)
            names = [worker.uid.hex, worker.full_name, f"{worker.family_name} {worker.given_name}"]
            for name in names:
                self._by[plain(name)].add(worker.pk)
            if worker.user:
                self._by[worker.user.email.casefold()].add(worker.pk)

    def worker(self, row: Row) -> int | None:
        """The worker of a row; what is wrong is said in it."""
        if self.own:
            return self.own
        named = row.values.get("worker")
        if named is None:
            return None
        found = (
            self._by.get(named.casefold())
            or self._by.get(plain(named))
            or self._by.get(plain(named).replace(" ", ""))
        )
        if not found:
            row.wrong("worker", _("Nobody of this name or address says that they work for you."), named)
            return None
        if len(found) > 1:
            row.wrong("worker", _("Several people have this name. Write the email address."), named)
            return None
        return next(iter(found))

    def job(self, worker_id: int, row: Row, default: int | None) -> Employment | None:
        """The job of a row: the one named, else the one chosen for the file, else the one of that day."""
        jobs = self.jobs.get(worker_id, [])
        if named := row.values.get("job"):
            jobs = [
                job
                for job in jobs
                if plain(named) in (plain(job.title), plain(job.employer.name), plain(str(job)))
            ]
            if not jobs:
                row.wrong("job", _("There is no such job in the record."), named)
                return None
        elif default:
            return next((job for job in jobs if job.pk == default), None)
        day = row.values.get("day")
        if day:
            jobs = [job for job in jobs if job.started_on <= day <= (job.ended_on or date.max)] or jobs[:1]
        if len(jobs) > 1 and day:
            row.wrong("job", _("There were several jobs on this day. Add a column that names the job."))
            return None
        return jobs[0] if jobs else None


#: The columns of `workers_importrow` that hours take, in order.
STAGED = ("source_id", *staging.STAGED)


def of_hours(found: Import) -> Iterator[tuple[Row, tuple[Any, ...] | None]]:
    """Each row with what is staged of it, or None where it is wrong."""
    if found.kind == Import.Kind.CALENDAR:
        yield from _of_calendar(found)
        return
    people = People(found)
    for row in read(found):
        job = None
        if worker_id := people.worker(row):
            job = people.job(worker_id, row, found.reading.get("job"))
        _length(row)
        if job is None and row.right:
            row.wrong("job", _("There is no job in the record for this day."))
        yield row, _staged(found, row, job) if job and row.right else None


def _length(row: Row) -> None:
    """Minutes from what the row says: a length, a beginning and an end, or both if they agree."""
    starts, ends, minutes = (row.values.get(name) for name in ("starts", "ends", "minutes"))
    if any(one.field in ("starts", "ends", "minutes") for one in row.said):
        return
    if starts and ends:
        between = _clock(ends) - _clock(starts)
        if ends == time() and starts != ends:
            between += DAY_MINUTES
        if between <= 0:
            row.wrong(
                "ends",
                _("The end comes before the beginning: log the part after midnight on the next day."),
                f"{starts:%H:%M}–{ends:%H:%M}",
            )
        elif minutes is None:
            row.values["minutes"] = between
        elif minutes > between:
            row.wrong(
                "minutes",
                _("This is more than lies between the beginning and the end (%(n)s min).") % {"n": between},
                str(minutes),
            )
    elif minutes is None:
        row.wrong("minutes", _("Say how long it took: a length, or a beginning and an end."))
    minutes = row.values.get("minutes")
    if minutes is not None and not 1 <= minutes <= DAY_MINUTES:
        row.wrong("minutes", _("Hours are from 1 minute to 24 hours a day."), str(minutes))
    elif minutes is not None and minutes > LONG_DAY:
        row.said.append(Said("minutes", _("More than 12 hours on one day."), weight=Weight.WARNING))


def _clock(at: time) -> int:
    return at.hour * 60 + at.minute


def _staged(found: Import, row: Row, job: Employment, *, draft: bool = False) -> tuple[Any, ...]:
    say = row.values
    said = (
        job.pk,
        say["day"],
        say.get("starts"),
        say["minutes"],
        job.work,
        say.get("domain") or found.reading["domain"],
        say.get("mode") or Mode.IN_PERSON,
        job.pay,
        job.state,
        False,
    )
    client_id = intake.content_id(job.worker_id, said)
    return (found.pk, row.place, job.worker_id, client_id, draft, *said, say.get("note", ""))


def _of_calendar(found: Import) -> Iterator[tuple[Row, tuple[Any, ...] | None]]:
    """Events as drafts. Their titles, which may name people, are kept only where the worker chose that."""
    how = found.reading
    job = Employment.objects.select_related("employer").get(pk=how["job"], worker=found.worker_id)
    first, last = date.fromisoformat(how["first"]), date.fromisoformat(how["last"])
    with found.file.open("rb") as file:
        data = file.read()
    word = plain(how.get("word", ""))
    events = calendars.happenings(data, first=first, last=last, zone=zone_of(found.uploaded_by))
    for place, event in enumerate((one for one in events if word in plain(one.title)), 1):
        kept = event.title.replace("\0", "")[:300] if how.get("titles") else ""
        cells: list[Cell] = [event.day, event.starts, event.minutes, kept]
        row = Row(
            place,
            cells,
            {"day": event.day, "starts": event.starts, "minutes": event.minutes, "note": kept},
            [],
        )
        _length_of_event(row)
        if row.right and not job.started_on <= event.day <= (job.ended_on or date.max):
            row.wrong(
                "day", _("This job had not begun or had ended on %(day)s.") % {"day": date_format(event.day)}
            )
        yield row, _staged(found, row, job, draft=True) if row.right else None


def _length_of_event(row: Row) -> None:
    if not row.values["minutes"]:
        row.wrong("minutes", _("This event has no length."))
    elif _clock(row.values["starts"]) + row.values["minutes"] > DAY_MINUTES:
        row.wrong("minutes", _("These hours run past midnight: log the part after it on the next day."))
