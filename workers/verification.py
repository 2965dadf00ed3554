"""Whether the ledger is what was accepted: every chain, every accepted row, every total, every seal.

All is written down again from the rows, in SQL, and compared with what is stored. Nothing that the database
keeps as code (functions, triggers) is used, for it could have been changed too.
"""

import math
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils.module_loading import import_string

from workers import seals
from workers.canonical import FINGERPRINT_OF_ALL_SQL
from workers.chaining import Facts, header, sha256
from workers.models import Mark, Seal
from workers.models.ledger_rules import LIVE

#: Breaks that are named; the first of them is what matters.
MOST = 100


@dataclass(frozen=True)
class Break:
    """Something that is not as it was accepted. `worker_id` and `position` are None for seals and totals."""

    check: str
    worker_id: int | None
    position: int | None
    subject: str
    expected: str
    found: str

    def __str__(self) -> str:
        where = [
            f"worker {self.worker_id}" if self.worker_id is not None else "",
            f"position {self.position}" if self.position is not None else "",
            self.subject,
        ]
        place = ", ".join(part for part in where if part)
        return f"{self.check}: {place}: expected {self.expected}, found {self.found}"


@dataclass
class Result:
    """`counts`: how many there are of what was looked at. `behind`: workers whose totals are not due yet."""

    breaks: list[Break]
    counts: dict[str, int] = field(default_factory=dict)
    behind: int = 0
    last_seal: str = ""

    @property
    def first(self) -> Break | None:
        return self.breaks[0] if self.breaks else None


def verify(*, workers: Collection[int] | None = None, kept: Collection[str] = ()) -> Result:
    """Look at all, or at `workers` alone, as of one moment.

    `kept` are lines of seals, "NUMBER:ROOT", that were kept outside the database. Seals are only looked at
    when all is.
    """
    with _one_moment():
        breaks = [
            Break(name, *row)
            for name, sql in _checks()
            for row in _rows(sql, workers=None if workers is None else list(workers), most=MOST)
        ]
        if workers is None:
            breaks += _seals(kept)
        result = Result(breaks=sorted(breaks, key=_place), counts=_counts(workers))
        result.behind = Mark.objects.values("worker").distinct().count()
        last = Seal.objects.last()
        result.last_seal = str(last) if last else ""
    return result


@contextmanager
def _one_moment() -> Iterator[None]:
    """One view of the database for all questions; that of the caller's transaction where there is one."""
    own = not connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if own:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SET LOCAL work_mem = '128MB'")
        cursor.execute("SET LOCAL jit = off")
        yield


def _rows(sql: str, **params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def _place(found: Break) -> tuple[float, float]:
    """The first worker's first link comes first; what is about nobody, last."""
    return (
        math.inf if found.worker_id is None else found.worker_id,
        math.inf if found.position is None else found.position,
    )


def _counts(workers: Collection[int] | None) -> dict[str, int]:
    ((links, chains, entries, minutes),) = _rows(
        """
        SELECT
            (SELECT count(*) FROM workers_chainlink l WHERE {l}),
            (SELECT count(*) FROM workers_chainhead l WHERE {l}),
            count(*), coalesce(sum(minutes), 0)
        FROM workers_hourentry l WHERE {l} AND status = 'approved' AND NOT superseded
        """.format(l=_OF_THESE.format(column="l.worker_id")),  # noqa: S608 (names of our own)
        workers=None if workers is None else list(workers),
    )
    return {"links": links, "chains": chains, "counted entries": entries, "counted minutes": int(minutes)}


# Checks: each a question that yields (worker_id, position, subject, expected, found) for what is wrong.


def _checks() -> Iterator[tuple[str, str]]:
    facts: list[Facts] = [import_string(path) for path in settings.CHAINED_FACTS]
    known = ", ".join(f"'{kind}'" for one in facts for kind in one.kinds)
    yield "link", _LINKS.format(known=known)
    yield "end of chain", _HEADS
    for one in facts:
        kinds = ", ".join(f"'{kind}'" for kind in one.kinds)
        yield "accepted row", _FACTS.format(kinds=kinds, facts=one.of(one.table))
    yield "signature", _SIGNATURES
    yield "day", _DAYS
    yield "total", _TOTALS
    yield "career", _TALLIES


_OF_THESE = "(%(workers)s::bigint[] IS NULL OR {column} = ANY (%(workers)s::bigint[]))"
_IN_ORDER = " ORDER BY 1, 2 NULLS LAST LIMIT %(most)s"
_SHORT = "left(encode({}, 'hex'), 16)"

_LINKS = (
    f"""
    SELECT l.worker_id, l.place, l.kind || ' ' || l.subject,
        CASE WHEN l.position <> l.place THEN 'a link at this position'
            WHEN l.kind NOT IN ({{known}}) THEN 'a known kind'
            ELSE {_SHORT.format("l.due")} END,
        CASE WHEN l.position <> l.place THEN 'position ' || l.position
            WHEN l.kind NOT IN ({{known}}) THEN l.kind
            ELSE {_SHORT.format("l.hash")} END
    FROM (
        SELECT l.*, row_number() OVER chain AS place,
            sha256(coalesce(lag(l.hash) OVER chain, '') || convert_to({header("l")}, 'UTF8')) AS due
        FROM workers_chainlink l
        WHERE {_OF_THESE.format(column="l.worker_id")}
        WINDOW chain AS (PARTITION BY l.worker_id ORDER BY l.position)
    ) l
    WHERE l.position <> l.place OR l.hash <> l.due OR l.kind NOT IN ({{known}})
    """  # noqa: S608 (names of our own)
    + _IN_ORDER
)

_HEADS = (
    f"""
    SELECT worker_id, greatest(h.position, l.position), 'end of the chain',
        coalesce(h.position || ' ' || {_SHORT.format("h.hash")}, 'no chain'),
        coalesce(l.position || ' ' || {_SHORT.format("l.hash")}, 'no link')
    FROM (SELECT * FROM workers_chainhead WHERE {_OF_THESE.format(column="worker_id")}) h
    FULL JOIN (
        SELECT DISTINCT ON (worker_id) worker_id, position, hash FROM workers_chainlink
        WHERE {_OF_THESE.format(column="worker_id")} ORDER BY worker_id, position DESC
    ) l USING (worker_id)
    WHERE h.position IS DISTINCT FROM l.position OR h.hash IS DISTINCT FROM l.hash
    """  # noqa: S608 (names of our own)
    + _IN_ORDER
)

_FACTS = (
    f"""
    SELECT coalesce(l.worker_id, f.worker_id), l.position, kind || ' ' || subject,
        CASE WHEN l.id IS NULL THEN 'a link'
            WHEN f.subject IS NULL THEN 'the row as it was accepted'
            WHEN l.worker_id <> f.worker_id THEN 'worker ' || l.worker_id
            ELSE {_SHORT.format("l.fingerprint")} END,
        CASE WHEN l.id IS NULL THEN 'none'
            WHEN f.subject IS NULL THEN 'none that is accepted'
            WHEN l.worker_id <> f.worker_id THEN 'worker ' || f.worker_id
            ELSE {_SHORT.format("f.fingerprint")} END
    FROM (
        SELECT * FROM workers_chainlink
        WHERE kind IN ({{kinds}}) AND {_OF_THESE.format(column="worker_id")}
    ) l
    FULL JOIN (
        SELECT worker_id, kind, subject, {sha256("content")} AS fingerprint FROM ({{facts}}) AS facts
        WHERE {_OF_THESE.format(column="worker_id")}
    ) f USING (kind, subject)
    WHERE l.fingerprint IS DISTINCT FROM f.fingerprint OR l.worker_id <> f.worker_id
    """  # noqa: S608 (names of our own)
    + _IN_ORDER
)

_SIGNATURES = (
    f"""
    SELECT e.worker_id, NULL, 'signature ' || s.id,
        s.entries || ' entries, ' || s.minutes || ' min, ' || left(s.fingerprint, 16),
        coalesce(e.entries || ' entries, ' || e.minutes || ' min, ' || left(e.fingerprint, 16), 'none')
    FROM workers_signature s
    LEFT JOIN (
        SELECT signature_id, min(worker_id) AS worker_id, count(*) AS entries, sum(minutes) AS minutes,
            {FINGERPRINT_OF_ALL_SQL} AS fingerprint
        FROM workers_hourentry e WHERE signature_id IS NOT NULL AND signature_id IN (
            SELECT signature_id FROM workers_hourentry WHERE {_OF_THESE.format(column="worker_id")}
        )
        GROUP BY signature_id
    ) e ON e.signature_id = s.id
    WHERE (s.entries, s.minutes, s.fingerprint) <> (e.entries, e.minutes, e.fingerprint)
        OR e.signature_id IS NULL AND %(workers)s::bigint[] IS NULL
    """  # noqa: S608 (names of our own)
    + _IN_ORDER
)

_DAYS = (
    f"""
    SELECT worker_id, NULL, 'the day ' || day, coalesce(e.minutes, 0) || ' min',
        coalesce(d.minutes, 0) || ' min'
    FROM (
        SELECT worker_id, day, sum(minutes) AS minutes FROM workers_hourentry
        WHERE {LIVE} AND {_OF_THESE.format(column="worker_id")} GROUP BY 1, 2
    ) e
    FULL JOIN (SELECT * FROM workers_workday WHERE {_OF_THESE.format(column="worker_id")}) d
        USING (worker_id, day)
    WHERE coalesce(e.minutes, 0) <> coalesce(d.minutes, 0)
    """  # noqa: S608 (names of our own)
    + _IN_ORDER
)

# The totals of a worker who has marks are not due yet: the background worker is still to write them.
_DUE = (
    _OF_THESE.format(column="worker_id")
    + " AND NOT EXISTS (SELECT FROM workers_mark m WHERE m.worker_id = t.worker_id)"
)

_TOTALS = (
    f"""
    SELECT worker_id, NULL,
        concat_ws(' ', 'total', month, standing, work, domain, pay, state,
            CASE WHEN supervised THEN 'supervised' END, CASE WHEN practicum THEN 'practicum' END),
        coalesce(e.minutes, 0) || ' min', coalesce(s.minutes, 0) || ' min'
    FROM (
        SELECT worker_id, date_trunc('month', day)::date AS month,
            CASE status WHEN 'approved' THEN 'counted' ELSE 'waiting' END AS standing,
            work, domain, pay, state, supervised, practicum, sum(minutes) AS minutes
        FROM workers_hourentry t
        WHERE (status = 'approved' AND NOT superseded OR status = 'submitted' AND amends_id IS NULL)
            AND {_DUE}
        GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
    ) e
    FULL JOIN (SELECT * FROM workers_total t WHERE {_DUE}) s
        USING (worker_id, month, standing, work, domain, pay, state, supervised, practicum)
    WHERE e.minutes IS DISTINCT FROM s.minutes
    """  # noqa: S608 (names of our own)
    + _IN_ORDER
)

_TALLIES = (
    f"""
    SELECT worker_id, NULL,
        concat_ws(' ', 'career', month, work, domain, pay, state,
            CASE WHEN supervised THEN 'supervised' END, CASE WHEN practicum THEN 'practicum' END),
        coalesce(e.minutes || ' min, ' || e.first_day || ' to ' || e.last_day, 'nothing'),
        coalesce(s.minutes || ' min, ' || s.first_day || ' to ' || s.last_day, 'nothing')
    FROM (
        SELECT worker_id, work, CASE GROUPING(domain) WHEN 1 THEN '*' ELSE domain END AS domain,
            pay, state, supervised, practicum, date_trunc('month', day)::date AS month,
            sum(minutes) AS minutes, min(day) AS first_day, max(day) AS last_day
        FROM workers_hourentry t
        WHERE status = 'approved' AND NOT superseded AND {_DUE}
        GROUP BY GROUPING SETS (
            (worker_id, work, pay, state, supervised, practicum, date_trunc('month', day), domain),
            (worker_id, work, pay, state, supervised, practicum, date_trunc('month', day))
        )
    ) e
    FULL JOIN (
        SELECT t.worker_id, t.work, t.domain, t.pay, t.state, t.supervised, t.practicum,
            (t.began + make_interval(months => n::int - 1))::date AS month, u.so_far,
            u.so_far - lag(u.so_far, 1, 0) OVER (PARTITION BY t.id ORDER BY n) AS minutes,
            substr(t.months, n::int, 1) AS digit, length(t.months) - cardinality(t.minutes) AS skew,
            n = 1 AS begins, n = cardinality(t.minutes) AS ends, t.first_day, t.last_day
        FROM workers_tally t CROSS JOIN LATERAL unnest(t.minutes) WITH ORDINALITY AS u (so_far, n)
        WHERE {_DUE}
    ) s USING (worker_id, work, domain, pay, state, supervised, practicum, month)
    WHERE coalesce(e.minutes, 0) <> coalesce(s.minutes, 0) OR s.worker_id IS NULL OR s.skew <> 0
        OR s.digit <> CASE WHEN e.minutes IS NULL THEN '0' ELSE '1' END
        OR s.begins AND s.first_day IS DISTINCT FROM e.first_day
        OR s.ends AND s.last_day IS DISTINCT FROM e.last_day
    """  # noqa: S608 (names of our own)
    + _IN_ORDER
)


# Seals


def _seals(kept: Collection[str]) -> Iterator[Break]:
    root, last_link, number, found = b"", 0, 0, dict[int, str]()
    last: Seal | None = None
    for last in Seal.objects.order_by("number"):
        number += 1
        name = f"seal {last.number}"
        if (last.number, last.first_link) != (number, last_link + 1):
            yield Break("seal", None, None, name, f"seal {number} from link {last_link + 1}", str(last))
        links, hashes = seals.digest(last.first_link, last.last_link)
        if links != last.links:
            yield Break("seal", None, None, name, f"{last.links} links", f"{links} links")
        due = seals.root_of(last, root, hashes)
        if due != bytes(last.root):
            yield Break("seal", None, None, name, bytes(last.root).hex()[:16], due.hex()[:16])
        root, last_link, number = bytes(last.root), last.last_link, last.number
        found[last.number] = str(last)
    if last and not seals.is_ours(last):
        yield Break("seal", None, None, f"seal {number}", "a code of this server", "another")
    for line in kept:
        name = line.partition(":")[0]
        there = found.get(int(name)) if name.isdecimal() else None
        if there != line:
            yield Break("seal", None, None, f"seal {name}", line, there or "none")
