"""Hours that count only while a level was held, and only inside the leaf's window.

Few workers hold a level that a leaf names, so each span of days is looked up by worker: its whole months in
the totals, its broken months in the ledger.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .hours import WAY, Days
from .sql import SQL, every, join, relation, sql

if TYPE_CHECKING:
    from .plan import Plan

MEASURES = {
    "minutes": [("sum(minutes)", "")],
    "months": [("count(DISTINCT date_trunc('month', day))", "")],
    "span": [("min(day)", "_first"), ("max(day)", "_last")],
}


def _windows(plan: Plan) -> dict[Days, int]:
    """Each window of a tenure, numbered."""
    return {
        days: n for n, days in enumerate(dict.fromkeys(days for _, _, days, _ in plan.hours.asked(held=True)))
    }


def relations(plan: Plan) -> list[SQL]:
    """The days on which each worker held a level, cut to the windows of the leaves."""
    by_day = {days for sort, _, days, _ in plan.hours.asked(held=True) if sort == "span"}
    cuts = [
        {"k": k, "n": days.tenure, "first": days.first, "last": days.last, "by_day": days in by_day}
        for days, k in _windows(plan).items()
    ]
    if not cuts:
        return []
    return [relation("cut", "k int, n int, first date, last date, by_day bool", cuts), sql(COUNTING)]


# What is stated here and issued there may overlap: a day counts once. `by_day`: nothing from the totals.
COUNTING = """
    counting AS (
        SELECT k, worker_id, lower(days) AS first, upper(days) - 1 AS last,
            by_day OR EXISTS (SELECT FROM late WHERE late.worker_id = held.worker_id) AS by_day,
            date_trunc('month', lower(days) + interval '1 month' - interval '1 day')::date AS whole_first,
            date_trunc('month', upper(days))::date AS whole_end
        FROM (
            SELECT cut.k, cut.by_day, span.worker_id, unnest(range_agg(daterange(
                greatest(span.first, cut.first), least(span.last, cut.last), '[]'
            ))) AS days
            FROM span JOIN cut ON cut.n = span.n
            WHERE greatest(span.first, cut.first) <= least(span.last, cut.last)
            GROUP BY cut.k, cut.by_day, span.worker_id
        ) AS held
    )
"""

# OFFSET 0 has each span looked up by the index of its worker, whatever the planner thinks of their number.
ENTRIES = f"""
    SELECT counting.k, counting.worker_id, total.* FROM counting CROSS JOIN LATERAL (
        SELECT month AS day, minutes, {WAY}, domain FROM workers_total total
        WHERE total.worker_id = counting.worker_id AND standing = 'counted'
            AND month >= counting.whole_first AND month < counting.whole_end
        OFFSET 0
    ) AS total
    WHERE NOT counting.by_day
    UNION ALL
    SELECT counting.k, counting.worker_id, entry.* FROM counting
    CROSS JOIN LATERAL (
        SELECT counting.first, counting.last WHERE counting.by_day
        UNION ALL
        SELECT counting.first, least(counting.last, counting.whole_first - 1)
        WHERE NOT counting.by_day AND counting.first < counting.whole_first
        UNION ALL
        SELECT counting.whole_end, counting.last
        WHERE NOT counting.by_day AND counting.whole_first <= counting.whole_end
            AND counting.whole_end <= counting.last
    ) AS broken(first, last)
    CROSS JOIN LATERAL (
        SELECT day, minutes, {WAY}, domain FROM workers_hourentry entry
        WHERE entry.worker_id = counting.worker_id AND day BETWEEN broken.first AND broken.last
            AND status = 'approved' AND NOT superseded
        OFFSET 0
    ) AS entry
"""


def query(plan: Plan) -> SQL | None:
    """A row for each worker with the figures of the hours worked while holding a level."""
    asked = plan.hours.asked(held=True)
    if not asked:
        return None
    windows = _windows(plan)
    columns = []
    for sort, which, days, name in asked:
        inside = every([sql("k = {}", windows[days]), *which.conditions()])
        for measure, ending in MEASURES[sort]:
            columns.append(sql(f"{measure} FILTER (WHERE {{}}) AS {name}{ending}", inside))
    return sql(
        "SELECT worker_id, {} FROM ({}) AS entry GROUP BY worker_id", join(", ", columns), sql(ENTRIES)
    )
