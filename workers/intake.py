"""Many hours at once: checked and stored in sets, for imports and for other systems' batches.

    results = intake.take([NewHours(employment=job, day=monday, minutes=480, ...), ...], by=olive)
    results[0].entry_id, results[0].created, results[0].problems

The rules are those of `workers/entries.py`. One bad row does not stop the others. Who may hand in hours of
whom is asked by the caller; here it is only seen that a job is the worker's.

Rows stand in a temporary table while they are weighed (workers/staging.py), so that the number of statements
does not grow with the number of rows.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, TypeVar
from uuid import UUID, uuid4

from django.db import IntegrityError, OperationalError, connection, transaction
from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _

from accounts import trail
from accounts.models import Organisation, User
from accounts.refusals import Refused
from accounts.scopes import System
from workers import staging, tracking
from workers.entries import RULES, Beside, NewHours
from workers.models import Employment, HourEntry
from workers.models.hours import DAY_MINUTES
from workers.models.ledger_rules import LIVE
from workers.staging import SAID, STAGED

Status = HourEntry.Status
Value = TypeVar("Value")

#: How often rows are weighed again because somebody wrote in the same moment.
ATTEMPTS = 4


@dataclass(frozen=True)
class Problem:
    """What is wrong with a row: the name of the field, and a sentence in the reader's language.

    `beside` is the id of the entry of the ledger that stands in the way, where one does.
    """

    field: str
    message: str
    beside: int | None = None


@dataclass
class Result:
    """What became of a row: stored now (`created`), stored before (`entry_id` only), or `problems`.

    A row whose `client_id` is stored with other content has both: the `entry_id` that is stored, and a
    problem at `client_id`.
    """

    entry_id: int | None = None
    created: bool = False
    problems: list[Problem] = field(default_factory=list)

    @property
    def stored(self) -> bool:
        return self.entry_id is not None and not self.problems


def take(
    rows: Sequence[NewHours],
    *,
    by: User | System,
    at: datetime | None = None,
    seen_by: Organisation | None = None,
) -> list[Result]:
    """Store what is right of `rows` and say of each what became of it, in their order.

    Each is stored in the record of its job's worker; a row without a `client_id` gets one. With `seen_by`
    sentences tell nothing of the worker's hours elsewhere. Leaves a line in the trail for each stored entry.
    """
    at = at or timezone.now()

    def attempt() -> tuple[list[Result], dict[int, int]]:
        staging.stage(_staged(place, new) for place, new in enumerate(rows))
        staging.lock_workers()
        found = weigh(by=by, at=at, seen_by=seen_by)
        results = [Result(problems=found.get(place, [])) for place in range(len(rows))]
        _name_stored(results)
        created = store(at=at)
        for place, entry_id in created.items():
            results[place].entry_id, results[place].created = entry_id, True
        _name_repeated(results)
        return results, created

    with transaction.atomic():
        results, created = attempted(attempt)
        trail.record_ids("hours.logged", model=HourEntry, ids=created.values(), by=by)
        transaction.on_commit(tracking.wake)
    return results


def content_id(worker_id: int, said: Iterable[Any]) -> UUID:
    """An id that follows from what is said of an entry (the values of `SAID` but for the note).

    The same hours handed in twice have the same id, and so are stored once.
    """
    text = "|".join(str(value) for value in (worker_id, *said))
    return UUID(bytes=hashlib.md5(text.encode(), usedforsecurity=False).digest(), version=5)


def _staged(place: int, new: NewHours) -> tuple[Any, ...]:
    """The values of `STAGED`: what `NewHours.entry` makes of a row."""
    job = new.employment
    return (
        place,
        job.worker_id,
        new.client_id or uuid4(),
        new.draft,
        job.pk,
        new.day,
        new.starts,
        new.minutes,
        new.work or job.work,
        new.domain,
        new.mode,
        new.pay or job.pay,
        new.state or job.state,
        new.practicum,
        new.note,
    )


# One after another: the steps of `take`, which an import takes by itself


def attempted(body: Callable[[], Value]) -> Value:
    """What `body` gives, which weighs and stores; tried again where somebody wrote in the same moment.

    Each attempt is a transaction of its own. Raises Refused when the database goes on to refuse.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with transaction.atomic():
                return body()
        except (IntegrityError, OperationalError) as problem:
            rule = _in_the_same_moment(problem)
            if rule is None:
                raise
            if attempt == ATTEMPTS:
                name, message = RULES.get(rule, (None, _("Somebody else wrote here in the same moment.")))
                raise Refused(message, field=name) from problem
    raise AssertionError


def _in_the_same_moment(error: BaseException) -> str | None:
    """The rule that the database refused by, or `deadlock`; None for what another attempt does not mend."""
    diagnosis = getattr(error.__cause__, "diag", None)
    if isinstance(error, IntegrityError) and diagnosis and diagnosis.constraint_name in RULES:
        return str(diagnosis.constraint_name)
    if isinstance(error, OperationalError) and diagnosis and diagnosis.sqlstate == "40P01":
        return "deadlock"
    return None


def weigh(
    *,
    by: User | System,
    at: datetime,
    seen_by: Organisation | None = None,
    source_id: int | None = None,
) -> dict[int, list[Problem]]:
    """Place -> what is wrong with the row, for those that cannot be stored.

    Says in the table what became of each: `new`, `present` or in `conflict` with what is stored under its id,
    `repeated` in these rows, or `wrong`. With `source_id`, of the import whose rows these are, what somebody
    else stored under another id, of the same job, day and time, is present as well.
    """
    _find_stored()
    if source_id:
        _find_alike(source_id)
    found = _broken_rules(by=by, at=at)
    _mark_wrong(found)
    found |= _find_repeated()
    crowded = _crowded(seen_by)
    _mark_wrong(crowded)
    for place, problems in crowded.items():
        found[place] = problems
    return found


def store(*, at: datetime, source_id: int | None = None) -> dict[int, int]:
    """Put what is new and right into the ledger. Returns place -> id of the entry."""
    columns, values, params = _columns(at=at, source_id=source_id)
    with connection.cursor() as cursor:
        # In the order in which others write too, so that two writers cannot block each other.
        cursor.execute(
            f"""
            WITH stored AS (
                INSERT INTO workers_hourentry ({columns})
                SELECT {values} FROM intake WHERE outcome = 'new' ORDER BY worker_id, day, starts, place
                RETURNING id, worker_id, client_id
            )
            SELECT place, stored.id FROM stored JOIN intake USING (worker_id, client_id)
            WHERE outcome = 'new'
            """,  # noqa: S608
            params,
        )
        return dict(cursor.fetchall())


def _columns(*, at: datetime, source_id: int | None) -> tuple[str, str, list[Any]]:
    """Columns of the ledger, what each takes, and the parameters in that."""
    taken: dict[str, tuple[str, list[Any]]] = {name: (name, []) for name in ("worker_id", "client_id", *SAID)}
    taken["status"] = ("CASE WHEN draft THEN %s ELSE %s END", [Status.DRAFT, Status.SUBMITTED])
    taken["submitted_at"] = ("CASE WHEN draft THEN NULL ELSE %s::timestamptz END", [at])
    taken["recorded_at"] = ("%s", [at])
    taken["source_id"] = ("%s", [source_id])
    for column in HourEntry._meta.concrete_fields:
        if not (column.primary_key or column.has_db_default() or column.attname in taken):
            taken[column.attname] = ("%s", [column.get_default()])
    values = [value for value, _params in taken.values()]
    return ", ".join(taken), ", ".join(values), [one for _value, params in taken.values() for one in params]


# What is wrong


_SAME = " AND ".join(f"h.{name} IS NOT DISTINCT FROM s.{name}" for name in SAID)


def _find_stored() -> None:
    """Rows whose id is in the ledger already, with the same content or another."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE intake s
            SET outcome = CASE WHEN {_SAME} THEN 'present' ELSE 'conflict' END, entry_id = h.id
            FROM intake own CROSS JOIN LATERAL (
                -- One by one through the index: else a ledger that is not large yet is read from end to end.
                SELECT * FROM workers_hourentry stored
                WHERE stored.worker_id = own.worker_id AND stored.client_id = own.client_id LIMIT 1
            ) h
            WHERE s.place = own.place
            """  # noqa: S608
        )


def _find_alike(source_id: int) -> None:
    """Rows that somebody logged by hand, or another file brought."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE intake s SET outcome = 'present', entry_id = h.id
            FROM (SELECT * FROM workers_hourentry WHERE {LIVE}) h
            WHERE s.outcome = 'new' AND (h.worker_id, h.day) = (s.worker_id, s.day)
                AND h.employment_id = s.employment_id AND h.minutes = s.minutes AND h.domain = s.domain
                AND h.starts IS NOT DISTINCT FROM s.starts AND h.source_id IS DISTINCT FROM %s
            """,  # noqa: S608
            [source_id],
        )


def _find_repeated() -> dict[int, list[Problem]]:
    """Rows whose id an earlier one has; where they say something else, that is a problem."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE intake s SET outcome = CASE WHEN {_SAME} THEN 'repeated' ELSE 'wrong' END
            FROM (
                SELECT DISTINCT ON (worker_id, client_id) * FROM intake
                WHERE outcome = 'new' ORDER BY worker_id, client_id, place
            ) h
            WHERE s.worker_id = h.worker_id AND s.client_id = h.client_id AND s.place > h.place
                AND s.outcome = 'new'
            RETURNING s.place, s.outcome
            """  # noqa: S608
        )
        rows = cursor.fetchall()
    return {place: [_sentence("conflict")] for place, outcome in rows if outcome == "wrong"}


_BROKEN = f"""
    SELECT place, started_on, ended_on, starts, broken FROM (
        SELECT s.place, s.starts, e.started_on, e.ended_on, array_remove(ARRAY[
            CASE WHEN s.outcome = 'conflict' THEN 'conflict' END,
            CASE WHEN s.minutes NOT BETWEEN 1 AND {DAY_MINUTES} THEN 'length' END,
            CASE WHEN s.minutes <= {DAY_MINUTES}
                AND extract(epoch FROM s.starts) + s.minutes * 60 > {DAY_MINUTES * 60} THEN 'midnight' END,
            CASE WHEN s.day > own.now::date THEN 'future' END,
            CASE WHEN s.day = own.now::date AND s.starts > own.now::time THEN 'later' END,
            CASE WHEN e.worker_id IS DISTINCT FROM s.worker_id THEN 'job' END,
            CASE WHEN s.day < e.started_on THEN 'before' END,
            CASE WHEN s.day > e.ended_on THEN 'after' END
        ], NULL) AS broken
        FROM intake s
        LEFT JOIN workers_employment e ON e.id = s.employment_id
        LEFT JOIN workers_worker w ON w.id = s.worker_id
        LEFT JOIN accounts_user u ON u.id = w.user_id
        CROSS JOIN LATERAL (
            SELECT %s::timestamptz AT TIME ZONE coalesce(u.time_zone, %s) AS now
        ) own
        WHERE s.outcome IN ('new', 'conflict')
    ) weighed WHERE cardinality(broken) > 0
"""  # noqa: S608


def _broken_rules(*, by: User | System, at: datetime) -> dict[int, list[Problem]]:
    """The rules that each row keeps or breaks by itself; sentences as in workers/entries.py."""
    with connection.cursor() as cursor:
        cursor.execute(_BROKEN, [at, "UTC" if isinstance(by, System) else by.time_zone])
        rows = cursor.fetchall()
    return {
        place: [_sentence(rule, began=began, ended=ended, starts=starts) for rule in broken]
        for place, began, ended, starts, broken in rows
    }


def _sentence(
    rule: str, *, began: date | None = None, ended: date | None = None, starts: time | None = None
) -> Problem:
    match rule:
        case "conflict":
            return Problem("client_id", _("Other hours were stored under this id before."))
        case "length":
            return Problem("minutes", _("Hours are from 1 minute to 24 hours a day."))
        case "midnight":
            return Problem(
                "minutes", _("These hours run past midnight: log the part after it on the next day.")
            )
        case "future":
            return Problem("day", _("This day is still to come."))
        case "later":
            return Problem("starts", _("%(time)s is still to come.") % {"time": time_format(starts or "")})
        case "before":
            return Problem("day", _("This job began on %(day)s.") % {"day": date_format(began or "")})
        case "after":
            return Problem("day", _("This job ended on %(day)s.") % {"day": date_format(ended or "")})
    return Problem("employment", _("This is not one of the worker's jobs."))


def _mark_wrong(found: dict[int, list[Problem]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE intake SET outcome = 'wrong' WHERE outcome = 'new' AND place = ANY (%s)", [list(found)]
        )


# Days on which something overlaps, or that would hold more than 24 hours. There are few, and on them one row
# decides about the next: they are gone through in order, by the same rule as a single entry.
_CROWDED = f"""
    WITH fresh AS MATERIALIZED (
        SELECT worker_id, day, starts, minutes, place,
            extract(epoch FROM starts) AS begins, extract(epoch FROM starts) + minutes * 60 AS ends
        FROM intake WHERE outcome = 'new'
    ), crowded AS (
        SELECT worker_id, day FROM fresh GROUP BY worker_id, day
        HAVING sum(minutes) + coalesce((
            SELECT d.minutes FROM workers_workday d WHERE d.worker_id = fresh.worker_id AND d.day = fresh.day
        ), 0) > {DAY_MINUTES}
        UNION
        SELECT worker_id, day FROM (
            SELECT worker_id, day, begins < max(ends) OVER (
                PARTITION BY worker_id, day ORDER BY begins, place
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            ) AS collides FROM fresh WHERE starts IS NOT NULL
        ) pair WHERE collides
        UNION
        SELECT s.worker_id, s.day FROM fresh s
        JOIN (
            SELECT worker_id, day, starts, minutes FROM workers_hourentry
            WHERE starts IS NOT NULL AND {LIVE}
        ) h USING (worker_id, day)
        WHERE s.starts IS NOT NULL AND extract(epoch FROM h.starts) < s.ends
            AND s.begins < extract(epoch FROM h.starts) + h.minutes * 60
    )
    SELECT {", ".join(f"s.{name}" for name in STAGED)}
    FROM intake s JOIN crowded USING (worker_id, day) WHERE s.outcome = 'new' ORDER BY s.place
"""  # noqa: S608


def _crowded(seen_by: Organisation | None) -> dict[int, list[Problem]]:
    with connection.cursor() as cursor:
        cursor.execute(_CROWDED)
        rows = [dict(zip(STAGED, row, strict=True)) for row in cursor.fetchall()]
    if not rows:
        return {}
    jobs = Employment.objects.select_related("employer").in_bulk({row["employment_id"] for row in rows})
    beside = _ledgers_beside(rows)
    found = {}
    for row in rows:
        entry = HourEntry(**{name: row[name] for name in ("worker_id", *SAID)})
        entry.employment = jobs[entry.employment_id]
        own = beside[entry.worker_id]
        if problem := _collision(entry, own, seen_by):
            found[row["place"]] = [problem]
        else:
            own.add(entry)
    return found


def _ledgers_beside(rows: list[dict[str, Any]]) -> dict[int, Beside]:
    stored = HourEntry.objects.live().filter(
        worker__in={row["worker_id"] for row in rows}, day__in={row["day"] for row in rows}
    )
    of_worker: dict[int, Beside] = defaultdict(Beside)
    for entry in stored.select_related("employment__employer"):
        of_worker[entry.worker_id].add(entry)
    return of_worker


def _collision(entry: HourEntry, beside: Beside, seen_by: Organisation | None) -> Problem | None:
    refused = beside.problem(entry)
    if refused is None:
        return None
    other = beside.overlapping(entry)
    message = refused.message
    if seen_by and other is None:
        message = _("A day has 24 hours.")
    elif seen_by and other and other.employment.employer_id != seen_by.pk:
        message, other = _("Overlaps with other hours of this worker."), None
    return Problem(refused.field or "", message, beside=other.pk if other else None)


# What became of it


def _name_stored(results: list[Result]) -> None:
    """The entries that stood there before, also where what they say differs."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT place, entry_id FROM intake WHERE entry_id IS NOT NULL")
        for place, entry_id in cursor.fetchall():
            results[place].entry_id = entry_id


def _name_repeated(results: list[Result]) -> None:
    """A row that says what an earlier one says shares what became of that one."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT s.place, min(first.place) FROM intake s
            JOIN intake first USING (worker_id, client_id)
            WHERE s.outcome = 'repeated' AND first.outcome <> 'repeated' AND first.place < s.place
            GROUP BY s.place
            """
        )
        for place, first in cursor.fetchall():
            results[place].entry_id = results[first].entry_id
            results[place].problems = results[first].problems
