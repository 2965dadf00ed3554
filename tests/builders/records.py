"""Records of the requirement language stored as rows, in a few statements for any number of them.

Triggers sleep meanwhile, for these lives keep to no timetable: what a record spreads over years may stand
here in a few long days, its first and its last among them and one in each month between.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from math import ceil
from typing import Any

from django.db import connection

from accounts.models import Organisation, User
from certification.models import Acceptance, Authority
from certification.requirements.record import ExperienceRow, Record, SupervisionRow, split
from tests.builders.stating import statements_of
from workers import tracking
from workers.models import Agreement, Employment, HourEntry, Mark, Statement, SupervisionSession, Worker
from workers.models.hours import DAY_MINUTES
from workers.models.supervision import Basis

THEN = datetime(2026, 1, 1, tzinfo=UTC)
ALWAYS = date(1990, 1, 1)


def store(
    records: Sequence[Record], *, authority: Authority, employer: Organisation, signer: User
) -> list[int]:
    """The workers' ids, in the order of the records. Everything accepted is so by the authority."""
    workers = Worker.objects.bulk_create(
        Worker(given_name="Ana", family_name="Rivera", born_on=one.born) for one in records
    )
    with asleep():
        # In no state, and over: it counts for nothing but as the place of the hours.
        jobs = Employment.objects.bulk_create(
            Employment(worker=one, employer=employer, title="Peer", started_on=ALWAYS, ended_on=ALWAYS)
            for one in workers
        )
        signed = Agreement.objects.bulk_create(
            Agreement(
                worker=one, supervisor=signer, employer=employer, started_on=ALWAYS, made_by=signer,
                basis="qualified-supervisor",
            )
            for one in workers
        )  # fmt: skip
        each = list(zip(records, jobs, signed, strict=True))
        HourEntry.objects.bulk_create(
            HourEntry(
                worker=job.worker, employment=job, agreement=under, status="approved", decided_by=signer,
                decided_on=THEN, recorded_at=THEN + timedelta(days=3650), **fields,
            )
            for one, job, under in each for row in one.experience for fields in _entries(row)
        )  # fmt: skip
        SupervisionSession.objects.bulk_create(
            SupervisionSession(
                worker=job.worker, agreement=under, confirmed_by=signer, confirmed_on=THEN, **fields
            )
            for one, job, under in each
            for row in one.supervision
            for fields in _sessions(row)
        )
        _statements(each, authority, signer)
        tracking.rewrite_totals([one.pk for one in workers])
        Mark.objects.filter(worker__in=workers).delete()
    return [one.pk for one in workers]


@contextmanager
def asleep() -> Iterator[None]:
    """No triggers."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield
        cursor.execute("SET LOCAL session_replication_role = origin")


def _entries(row: ExperienceRow) -> Iterator[dict[str, Any]]:
    if row.start is None or row.end is None:
        return
    days = _days(row.start, row.end)
    minutes = max(int(row.minutes), len(days))
    longest = max(1, min(DAY_MINUTES, minutes // len(days)))
    parts = split(minutes, row.domain or "other", row.by_domain)
    pieces = [(slug, size) for slug, share in parts.items() for size in _pieces(int(share), longest)]
    for n, (slug, size) in enumerate(pieces):
        yield {
            "day": days[n % len(days)],
            "minutes": size,
            "work": row.work or "peer_support",
            "domain": slug,
            "pay": row.pay or "paid",
            "state": row.state or "US-HI",
            "practicum": bool(row.practicum),
            "supervised": bool(row.supervised),
        }


def _days(start: date, end: date) -> list[date]:
    """The first and the last, and the first of each month between."""
    months = (end.year - start.year) * 12 + end.month - start.month
    between = [date(start.year + n // 12, n % 12 + 1, 1) for n in range(start.month, start.month + months)]
    return list(dict.fromkeys([start, *(day for day in between if day < end), end]))


def _pieces(minutes: int, longest: int) -> Iterator[int]:
    for done in range(0, minutes, longest):
        yield min(longest, minutes - done)


def _sessions(row: SupervisionRow) -> Iterator[dict[str, Any]]:
    """As many sessions as the row says; their breakdown stands in the first of them."""
    if row.on is None:
        return
    minutes = int(row.minutes)
    count = row.sessions if row.sessions is not None else ceil(minutes / DAY_MINUTES)
    sizes = [minutes // count + (n < minutes % count) for n in range(count)] if count else []
    topics = {slug: int(share) for slug, share in row.by_domain}
    for n, size in enumerate(sizes):
        yield {
            "day": row.on,
            "minutes": max(1, size),
            "format": row.format or "individual",
            "domain": row.domain or "other",
            "topics": {} if n else topics,
            "basis": row.by or Basis.NOT_QUALIFIED,
        }


def _statements(each: list[tuple[Record, Employment, Agreement]], authority: Authority, signer: User) -> None:
    # The database takes no learning without a topic; where all topics count, any will do.
    stated = [
        (job.worker, fields)
        for one, job, _ in each
        for _, fields in statements_of(
            replace(
                one,
                continuing_education=tuple(
                    replace(row, topic=row.topic or "general") for row in one.continuing_education
                ),
            )
        )
    ]
    made = Statement.objects.bulk_create(Statement(worker=worker, **fields) for worker, fields in stated)
    Acceptance.objects.bulk_create(
        Acceptance(
            authority=authority, worker=one.worker, statement=one, accepted_by=signer, accepted_on=THEN
        )
        for one in made
    )
