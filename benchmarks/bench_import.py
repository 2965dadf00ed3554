"""A confirmed file of 100,000 rows of hours, against COPY of as many into the same table."""

import io
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice
from time import perf_counter
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Membership, User
from accounts.roles import Role
from benchmarks import population
from benchmarks.measuring import Row
from tests.stack import Stack
from workers import import_work, imports
from workers.models import HourEntry, Import, Mark

ROWS = 100_000
WORKERS = 400
#: Every other entry has a time of day, whose overlaps the table must watch.
MINUTES = 210


def rows(stack: Stack) -> Iterator[Row]:
    stack.kill_worker()  # else it would work on the file, and on the marks, at the same time
    limit = ROWS / _copy(_people("Copied"))
    team = _people("Imported")
    found = _uploaded(team)
    checked = _seconds(lambda: import_work.go_on(found.pk))
    found.refresh_from_db()
    assert (found.status, found.wrong) == ("ready", 0), found.problem  # else there is nothing to measure
    imports.confirm(found, by=found.uploaded_by)
    ours = ROWS / _seconds(import_work.work)
    found.refresh_from_db()
    assert found.stored == ROWS
    print(f"checking {ROWS:,} rows took {checked:.1f} s before", file=sys.stderr)
    Mark.objects.all().delete()
    stack.start_worker()
    yield Row("import of 100,000 rows, confirmed", ours, limit, "rows/s", goal=0.5, better="higher")


def _people(name: str) -> population.Population:
    return population.people(workers=WORKERS, entries=0, name=name)


def _days() -> Iterator[tuple[int, date, str | None]]:
    """Place of the worker, day, beginning."""
    today = timezone.now().date()
    for back in range(1, ROWS // WORKERS + 1):
        for place in range(WORKERS):
            yield place, today - timedelta(days=back), "09:00" if (back + place) % 2 else None


def _seconds(action: object) -> float:
    begun = perf_counter()
    action()  # type: ignore[operator]
    return perf_counter() - begun


def _copy(team: population.Population) -> float:
    """Seconds of one COPY, all its rows ready, with the table's indexes and triggers."""
    jobs = {worker.pk: worker.employments.get() for worker in team.workers}
    now = timezone.now().isoformat()
    lines = io.StringIO()
    for place, day, starts in islice(_days(), ROWS):
        worker = team.workers[place]
        job = jobs[worker.pk]
        cells = [worker.pk, job.pk, uuid4(), day, starts or "\\N", MINUTES, job.work, "advocacy", "in_person"]
        cells += [job.pay, job.state, "f", "", "submitted", now, now, "", "f", "f"]
        lines.write("\t".join(map(str, cells)) + "\n")
    columns = (
        "worker_id, employment_id, client_id, day, starts, minutes, work, domain, mode, pay, state,"
        " practicum, note, status, recorded_at, submitted_at, reason, supervised, superseded"
    )
    text = lines.getvalue()

    def copy() -> None:
        with (
            transaction.atomic(),
            connection.cursor() as cursor,
            cursor.copy(f"COPY {HourEntry._meta.db_table} ({columns}) FROM STDIN") as copying,
        ):
            copying.write(text)

    return _seconds(copy)


def _uploaded(team: population.Population) -> Import:
    emails = dict(User.objects.filter(worker__in=team.workers).values_list("worker", "email"))
    lines = [
        f"{emails[team.workers[place].pk]},{day:%m/%d/%Y},{starts or ''},3:30,Advocacy"
        for place, day, starts in islice(_days(), ROWS)
    ]
    text = "\n".join(["Worker,Date,Start,Hours,Activity", *lines])
    manager = population.a_user("manager@imported.example", "Maya", "Manager")
    Membership.objects.create(user=manager, organisation=team.employer, role=Role.MANAGER)
    file = SimpleUploadedFile("hours.csv", text.encode())
    found = imports.upload(kind="hours", file=file, by=manager, organisation=team.employer)
    imports.choose(found, by=manager)
    return found
