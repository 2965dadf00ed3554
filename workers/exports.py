"""What leaves as CSV: a worker's own record, and an employer's hours; streamed, whatever their number."""

import io
import zipfile
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Organisation
from workers import statements
from workers.models import HourEntry, Worker
from workers.sheets import csv_lines

#: Rows that are fetched at once.
PART = 2_000

Lines = Iterator[str]


def hours_of(worker: Worker) -> Lines:
    """Every entry of a worker's ledger, the oldest first; amended ones and returned ones too."""
    head = [*_said_head(), _("Note"), _("Id")]
    entries = HourEntry.objects.filter(worker=worker).order_by("day", "pk")
    return csv_lines(
        _headed(head, ([*_said(entry), entry.note, str(entry.client_id)] for entry in _all(entries)))
    )


def hours_at(employer: Organisation, *, first: date | None = None, last: date | None = None) -> Lines:
    """The hours of an employer's people, worked for this employer, but for drafts and private notes."""
    head = [_("Worker"), _("Record number"), *_said_head()]
    entries = HourEntry.objects.filter(employment__employer=employer).exclude(status=HourEntry.Status.DRAFT)
    if first:
        entries = entries.filter(day__gte=first)
    if last:
        entries = entries.filter(day__lte=last)
    found = _all(entries.order_by("worker__family_name", "worker__given_name", "worker", "day", "pk"))
    return csv_lines(
        _headed(head, ([entry.worker.full_name, entry.worker.uid, *_said(entry)] for entry in found))
    )


def _all(entries: QuerySet[HourEntry]) -> Iterator[HourEntry]:
    joined = entries.select_related("worker", "employment__employer", "decided_by", "signature")
    return joined.iterator(chunk_size=PART)


def _headed(head: list[Any], rows: Iterator[list[Any]]) -> Iterator[list[Any]]:
    yield head
    yield from rows


def _said_head() -> list[str]:
    """The heads of `_said`."""
    return [
        _("Day"),
        _("From"),
        _("Minutes"),
        _("What you did"),
        _("How"),
        _("Kind of work"),
        _("Paid or volunteer"),
        _("State"),
        _("Employer"),
        _("Job"),
        _("Status"),
        _("Supervised"),
        _("Signed by"),
        _("Signed on"),
        _("Replaced"),
    ]


def _said(entry: HourEntry) -> list[Any]:
    signer = entry.signature.name if entry.signature else str(entry.decided_by or "")
    return [
        entry.day.isoformat(),
        entry.starts.isoformat("minutes") if entry.starts else "",
        entry.minutes,
        entry.get_domain_display(),
        entry.get_mode_display(),
        entry.get_work_display(),
        entry.get_pay_display(),
        entry.state,
        entry.employment.employer.name,
        entry.employment.title,
        entry.get_status_display(),
        _yes(entry.supervised),
        signer,
        entry.decided_on.date().isoformat() if entry.decided_on else "",
        _yes(entry.superseded),
    ]


def _yes(value: bool) -> str:
    return _("yes") if value else _("no")


def record(worker: Worker) -> bytes:
    """Hours, jobs, supervision and qualifications as CSV files in one ZIP."""
    parts: dict[str, Lines] = {
        "hours.csv": hours_of(worker),
        "jobs.csv": csv_lines(_jobs(worker)),
        "supervision.csv": csv_lines(_sessions(worker)),
        "qualifications.csv": csv_lines(_statements(worker)),
    }
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as files:
        for name, lines in parts.items():
            with files.open(name, "w") as file:
                for line in lines:
                    file.write(line.encode())
    return written.getvalue()


def _jobs(worker: Worker) -> Iterator[list[Any]]:
    yield [
        _("Employer"),
        _("Job"),
        _("Kind of work"),
        _("Paid or volunteer"),
        _("State"),
        _("First day"),
        _("Last day"),
        _("Confirmed"),
    ]
    for job in worker.employments.select_related("employer"):
        yield [
            job.employer.name,
            job.title,
            job.get_work_display(),
            job.get_pay_display(),
            job.state,
            job.started_on,
            job.ended_on,
            _yes(job.confirmed_on is not None),
        ]


def _sessions(worker: Worker) -> Iterator[list[Any]]:
    yield [_("Day"), _("Minutes"), _("Format"), _("Subject"), _("Supervisor"), _("Employer"), _("Confirmed")]
    for one in worker.sessions.select_related("agreement__supervisor", "agreement__employer"):
        yield [
            one.day,
            one.minutes,
            one.get_format_display(),
            one.get_domain_display(),
            str(one.agreement.supervisor),
            one.agreement.employer.name,
            _yes(one.confirmed_on is not None),
        ]


def _statements(worker: Worker) -> Iterator[list[Any]]:
    yield [_("Kind"), _("What"), _("Name"), _("Date"), _("Valid until"), _("Minutes"), _("Amount")]
    for one in statements.of(worker):
        yield [one.get_kind_display(), one.code_words, one.name, one.day, one.until, one.minutes, one.amount]
