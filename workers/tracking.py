"""The background tracking: takes the marks that triggers leave, and brings totals and findings up to date.

The broker only carries wake-ups. What is to be done stands in `workers_mark`, so a lost message, a killed
worker or a broker that is down delays the work and loses none of it.
"""

import logging
import math
import threading
import time
from collections.abc import Collection
from itertools import chain

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils.module_loading import import_string
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from workers.models import Mark

log = logging.getLogger(__name__)

#: Workers a batch: large enough to share the queries, small enough that a batch takes well under a second.
BATCH = 100
#: How many of the oldest marks a drain looks through for workers that no other drain has taken.
WINDOW = 20


class TrackingError(Exception):
    """A batch was undone because one of its workers could not be tracked."""

    def __init__(self, worker_ids: list[int]) -> None:
        super().__init__(f"workers {worker_ids}")
        self.worker_ids = worker_ids


def wake() -> None:
    """Tell the background worker that there are marks. For `transaction.on_commit`; never raises.

    Of many wakes in a moment the first is sent at once and one more after `settings.TRACKING_QUIET`, which
    speaks for all between. Without a broker the sweep of the beat finds the marks later.
    """
    if _alarm.may_ring():
        _send()


def _send() -> None:
    from workers.tasks import track

    try:
        track.delay()
    except (KombuError, RedisError, OSError):
        log.warning("the broker cannot be reached; the next sweep takes the marks")


class _Alarm:
    """Rings at once, then not again before the quiet is over; what was asked meanwhile rings once, then."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.last = -math.inf
        self.waiting = False

    def may_ring(self) -> bool:
        with self.lock:
            quiet = self.last + settings.TRACKING_QUIET - time.monotonic()
            if quiet <= 0:
                self.last = time.monotonic()
                return True
            if not self.waiting:
                self.waiting = True
                later = threading.Timer(quiet, self._ring)
                later.daemon = True  # lost with the process, the sweep finds the marks
                later.start()
            return False

    def _ring(self) -> None:
        with self.lock:
            # Whoever asks from here on may have been too late for this one.
            self.waiting, self.last = False, time.monotonic()
        _send()


_alarm = _Alarm()


def drain(limit: int = BATCH, *, aside: Collection[int] = ()) -> int:
    """Track up to `limit` workers that have marks, and return how many; doing it twice changes nothing.

    Workers that another drain holds, and those in `aside`, are passed over. All or nothing: raises
    TrackingError with the workers of the batch when a follower fails on their facts.
    """
    with transaction.atomic():
        workers = _take(limit, aside)
        if not workers:
            return 0
        # From here on a change of these workers' facts leaves a new mark, which this statement does not see.
        Mark.objects.filter(worker__in=workers).delete()
        try:
            rewrite_totals(workers)
            for follower in settings.TRACKING_FOLLOWERS:
                import_string(follower)(workers)
        except (OperationalError, InterfaceError):  # the database's own trouble, not the workers'
            raise
        except Exception as problem:
            raise TrackingError(workers) from problem
    return len(workers)


def drain_all(limit: int = BATCH) -> int:
    """Track until no marks are left that can be worked off, and return how many workers were tracked.

    A worker whose facts nothing can be made of does not hold up the others: their marks stay for the next
    run, and the log says so.
    """
    done, aside = 0, list[int]()
    while True:
        try:
            tracked = drain(limit, aside=aside)
        except TrackingError as problem:
            if limit == 1:
                log.exception("worker %s could not be tracked", problem.worker_ids[0])
                aside += problem.worker_ids
            limit = 1  # one by one finds whose facts they are
            continue
        if not tracked:
            return done
        done += tracked


def _take(limit: int, aside: Collection[int]) -> list[int]:
    # The row of the worker is the lock. It leaves foreign keys alone, so people go on writing meanwhile.
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT worker.id FROM workers_worker worker
            WHERE worker.id = ANY (ARRAY(
                SELECT oldest.worker_id FROM (
                    SELECT id, worker_id FROM workers_mark
                    WHERE worker_id <> ALL (%(aside)s::bigint[]) ORDER BY id LIMIT %(window)s
                ) oldest GROUP BY oldest.worker_id ORDER BY min(oldest.id)
            ))
            ORDER BY worker.id LIMIT %(limit)s FOR NO KEY UPDATE SKIP LOCKED
            """,
            {"aside": list(aside), "window": limit * WINDOW, "limit": limit},
        )
        return list(chain.from_iterable(cursor.fetchall()))


def rewrite_totals(worker_ids: Collection[int]) -> None:
    """Make the totals and tallies of these workers what their ledgers say.

    Rows that are right already stay untouched.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TOTALS, {"workers": list(worker_ids)})


# An amendment that waits would take the place of hours that already count: only new hours wait beside them.
# Of a tally every month from the first to the last has its place, also one without work.
_TOTALS = """
    WITH fresh AS MATERIALIZED (
        SELECT worker_id, date_trunc('month', day)::date AS month,
            CASE status WHEN 'approved' THEN 'counted' ELSE 'waiting' END AS standing,
            work, domain, pay, state, supervised, practicum,
            sum(minutes) AS minutes, min(day) AS first_day, max(day) AS last_day
        FROM workers_hourentry
        WHERE worker_id = ANY (%(workers)s)
            AND (status = 'approved' AND NOT superseded OR status = 'submitted' AND amends_id IS NULL)
        GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
    ), gone AS (
        DELETE FROM workers_total total
        WHERE total.worker_id = ANY (%(workers)s) AND NOT EXISTS (
            SELECT FROM fresh WHERE (fresh.worker_id, fresh.month, fresh.standing, fresh.work, fresh.domain,
                fresh.pay, fresh.state, fresh.supervised, fresh.practicum)
            = (total.worker_id, total.month, total.standing, total.work, total.domain,
                total.pay, total.state, total.supervised, total.practicum)
        )
    ), written AS (
        INSERT INTO workers_total AS total
            (worker_id, month, standing, work, domain, pay, state, supervised, practicum, minutes)
        SELECT worker_id, month, standing, work, domain, pay, state, supervised, practicum, minutes FROM fresh
        ON CONFLICT (worker_id, month, standing, work, domain, pay, state, supervised, practicum)
        DO UPDATE SET minutes = excluded.minutes WHERE total.minutes <> excluded.minutes
    ), monthly AS (
        SELECT worker_id, work, CASE GROUPING(domain) WHEN 1 THEN '*' ELSE domain END AS domain,
            pay, state, supervised, practicum, month,
            sum(minutes) AS minutes, min(first_day) AS first_day, max(last_day) AS last_day
        FROM fresh WHERE standing = 'counted'
        GROUP BY GROUPING SETS (
            (worker_id, work, pay, state, supervised, practicum, month, domain),
            (worker_id, work, pay, state, supervised, practicum, month)
        )
        HAVING GROUPING(domain) = 1 OR domain <> '*'
    ), career AS (
        SELECT monthly.*,
            sum(minutes) OVER way AS so_far,
            lead(month, 1, (month + interval '1 month')::date) OVER way AS next
        FROM monthly
        WINDOW way AS (
            PARTITION BY worker_id, work, domain, pay, state, supervised, practicum ORDER BY month
        )
    ), tally AS MATERIALIZED (
        SELECT worker_id, work, domain, pay, state, supervised, practicum, min(month) AS began,
            array_agg(so_far::int ORDER BY place) AS minutes,
            string_agg(CASE WHEN place = month THEN '1' ELSE '0' END, '' ORDER BY place) AS months,
            min(first_day) AS first_day, max(last_day) AS last_day
        FROM career
        CROSS JOIN LATERAL generate_series(month, next - interval '1 day', interval '1 month') AS place
        GROUP BY 1, 2, 3, 4, 5, 6, 7
    ), forgotten AS (
        DELETE FROM workers_tally old
        WHERE old.worker_id = ANY (%(workers)s) AND NOT EXISTS (
            SELECT FROM tally WHERE (tally.worker_id, tally.work, tally.domain, tally.pay, tally.state,
                tally.supervised, tally.practicum)
            = (old.worker_id, old.work, old.domain, old.pay, old.state, old.supervised, old.practicum)
        )
    )
    INSERT INTO workers_tally AS old
        (worker_id, work, domain, pay, state, supervised, practicum,
            began, minutes, months, first_day, last_day)
    SELECT worker_id, work, domain, pay, state, supervised, practicum,
        began, minutes, months, first_day, last_day
    FROM tally
    ON CONFLICT (worker_id, work, domain, pay, state, supervised, practicum)
    DO UPDATE SET began = excluded.began, minutes = excluded.minutes, months = excluded.months,
        first_day = excluded.first_day, last_day = excluded.last_day
    WHERE (old.began, old.minutes, old.months, old.first_day, old.last_day)
        <> (excluded.began, excluded.minutes, excluded.months, excluded.first_day, excluded.last_day)
"""
