"""What makes an entry odd to whoever signs it. Flags, not blocks: people do work nights and weekends.

Each flag has one place: a column of `_JUDGED`, in SQL for any number of entries at once, and its words in
`_words`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from workers.entries import clock
from workers.models import HourEntry
from workers.models.ledger_rules import LIVE

LONG_DAY = 12 * 60
#: Days between the work and its sending.
LATE = 30
#: How far back a person's pattern is read, and fewer days of work than make one.
PATTERN = timedelta(days=90)
FEWEST = 10
SATURDAY = 5
#: Minutes by which a day may differ from the usual one, however alike a person's days are.
USUAL = 120
#: More minutes in person of different people than one day has, which nobody can have seen.
SEEN = 24 * 60


@dataclass(frozen=True)
class Week:
    """What waits of one worker and week, Monday to Sunday; `odd`: how many of the entries are."""

    worker_id: int
    monday: date
    entries: int
    minutes: int
    odd: int


def flags(entries: Sequence[HourEntry]) -> dict[int, list[str]]:
    """Entry id -> the reasons why it is odd, for those that are; one query however many there are."""
    if not entries:
        return {}
    waiting = HourEntry.objects.filter(pk__in=[entry.pk for entry in entries])
    return {pk: _words(row) for pk, row in _judged(waiting) if row["odd"]}


def weeks(waiting: QuerySet[HourEntry]) -> list[Week]:
    """The entries by worker and week: those with odd entries first, then by name and week."""
    sql, params = _sql(waiting)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            {sql}
            SELECT j.worker_id, date_trunc('week', j.day)::date, count(*), sum(j.minutes)::int,
                count(*) FILTER (WHERE j.odd)
            FROM judged j JOIN workers_worker w ON w.id = j.worker_id
            GROUP BY 1, 2, w.family_name, w.given_name
            ORDER BY count(*) FILTER (WHERE j.odd) = 0, w.family_name, w.given_name, 1, 2
            """,  # noqa: S608 (the query of a queryset, with parameters)
            params,
        )
        return [Week(*row) for row in cursor.fetchall()]


def more_than_seen(waiting: QuerySet[HourEntry], *, signer: User) -> list[tuple[date, int, int]]:
    """Days of which `signer` would have signed for more work in person than one can see.

    (day, minutes, workers) for days on which entries of several workers, waiting or signed by them, add up
    to more than a day has.
    """
    sql, params = _sql(waiting)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            {sql}
            SELECT e.day, sum(e.minutes)::int, count(DISTINCT e.worker_id)
            FROM (SELECT DISTINCT worker_id FROM waiting) w
            CROSS JOIN (SELECT DISTINCT day FROM waiting) d
            JOIN workers_hourentry e ON e.worker_id = w.worker_id AND e.day = d.day
            WHERE e.mode = 'in_person' AND NOT e.superseded AND (
                e.status = 'approved' AND e.decided_by_id = %s
                OR e.id IN (SELECT id FROM waiting WHERE amends_id IS NULL)
            )
            GROUP BY 1 HAVING sum(e.minutes) > %s AND count(DISTINCT e.worker_id) > 1 ORDER BY 1
            """,  # noqa: S608
            [*params, signer.pk, SEEN],
        )
        return cursor.fetchall()


def _judged(waiting: QuerySet[HourEntry]) -> list[tuple[int, dict[str, Any]]]:
    sql, params = _sql(waiting)
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} SELECT * FROM judged", params)  # noqa: S608
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return [(row["id"], row) for row in rows]


def _words(row: dict[str, Any]) -> list[str]:
    found = []
    if row["long"]:
        found.append(_("%(hours)s on one day") % {"hours": clock(row["day_minutes"])})
    elif row["far"]:
        found.append(
            _("%(hours)s on one day, usually %(usual)s")
            % {"hours": clock(row["day_minutes"]), "usual": clock(round(row["usual"]))}
        )
    if row["late"]:
        found.append(_("sent %(n)s days after the work") % {"n": row["days_late"]})
    if row["weekend"]:
        found.append(_("a weekend, unlike before"))
    if row["elsewhere"]:
        found.append(_("hours for another employer on the same day"))
    return found


def _sql(waiting: QuerySet[HourEntry]) -> tuple[str, list[Any]]:
    """The common table expressions, up to `judged`, over the entries of a queryset."""
    rows = waiting.order_by().values(
        "id", "worker_id", "day", "minutes", "amends_id", "submitted_at", "recorded_at",
        at_employer=F("employment__employer"),
    )  # fmt: skip
    sql, params = rows.query.sql_with_params()
    return _JUDGED.format(waiting=sql), list(params)


# Of an amendment the day is told as if it stood in the place of the entry that it amends.
_JUDGED = f"""
    WITH waiting AS MATERIALIZED ({{waiting}}),
    taken AS (
        SELECT e.worker_id, e.day, sum(e.minutes) AS minutes, array_agg(DISTINCT j.employer_id) AS employers
        FROM (SELECT DISTINCT worker_id, day FROM waiting) w
        JOIN LATERAL (
            SELECT * FROM workers_hourentry e WHERE e.worker_id = w.worker_id AND e.day = w.day AND {LIVE}
        ) e ON true
        JOIN workers_employment j ON j.id = e.employment_id
        GROUP BY 1, 2
    ),
    usual AS (
        SELECT worker_id, count(*) AS days, avg(minutes) AS minutes, stddev_pop(minutes) AS spread,
            count(*) FILTER (WHERE extract(isodow FROM day) > {SATURDAY}) AS weekends
        FROM (
            SELECT e.worker_id, e.day, sum(e.minutes) AS minutes
            FROM (SELECT worker_id, min(day) AS since FROM waiting GROUP BY 1) w
            JOIN workers_hourentry e ON e.worker_id = w.worker_id
                AND e.day < w.since AND e.day >= w.since - {PATTERN.days}
            WHERE e.status = 'approved' AND NOT e.superseded
            GROUP BY 1, 2
        ) a_day
        GROUP BY 1 HAVING count(*) >= {FEWEST}
    ),
    measured AS (
        SELECT w.*, usual.minutes AS usual, usual.spread,
            coalesce(taken.minutes, 0) + CASE
                WHEN w.amends_id IS NULL THEN 0
                ELSE w.minutes - CASE WHEN amended.day = w.day THEN amended.minutes ELSE 0 END
            END AS day_minutes,
            (coalesce(w.submitted_at, w.recorded_at) AT TIME ZONE 'UTC')::date - w.day AS days_late,
            extract(isodow FROM w.day) > {SATURDAY} AND usual.weekends = 0 AS weekend,
            coalesce(array_remove(taken.employers, w.at_employer) <> '{{{{}}}}', false) AS elsewhere
        FROM waiting w
        LEFT JOIN taken ON taken.worker_id = w.worker_id AND taken.day = w.day
        LEFT JOIN usual ON usual.worker_id = w.worker_id
        LEFT JOIN workers_hourentry amended ON amended.id = w.amends_id
    ),
    judged AS (
        SELECT m.*, long OR far OR late OR weekend OR elsewhere AS odd
        FROM (
            SELECT id, worker_id, day, minutes, day_minutes, days_late, usual, elsewhere,
                day_minutes > {LONG_DAY} AS long,
                coalesce(day_minutes > usual + greatest(3 * spread, {USUAL}), false) AS far,
                days_late > {LATE} AS late, coalesce(weekend, false) AS weekend
            FROM measured
        ) m
    )
"""  # noqa: S608 (names and numbers of our own)
