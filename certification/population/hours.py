"""Hours worked: figures by what leaves tell apart and by window, and the leaf that asks for them.

Spans of whole months come from the tallies that the background worker keeps; the broken month at the start of
a window is added up from the ledger, and so is everything of workers whose tally is not up to date or goes
beyond the day asked about: they are `late`. Hours that count only while a level was held: see `tenure`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db.models import Min

from certification.requirements.leaves import Experience
from certification.requirements.ledger import PEER_SUPPORT, PEER_WORK, window
from workers.models import Employment

from .sql import FALSE, SQL, ZERO, every, join, lack, largest, number, some, sql, total
from .told import Told, tells

if TYPE_CHECKING:
    from .plan import Asked, Plan

#: All domains together, as tallies have it.
ALL = "*"


@dataclass(frozen=True)
class Which:
    """Which hours, by what the ledger says of them."""

    work: frozenset[str] | None = None
    supervised: bool = False
    pay: str | None = None
    practicum: bool = False
    state: str | None = None
    domain: str = ALL

    def conditions(self) -> Iterator[SQL]:
        """On rows of the ledger."""
        if self.work is not None:
            yield sql("work = ANY ({}::text[])", sorted(self.work))
        if self.supervised:
            yield sql("supervised")
        if self.pay:
            yield sql("pay = {}", self.pay)
        if self.practicum:
            yield sql("practicum")
        if self.state:
            yield sql("state = {}", self.state)
        if self.domain != ALL:
            yield sql("domain = {}", self.domain)

    def of_ways(self) -> Iterator[SQL]:
        """On rows that stand for one domain or for all of them together."""
        yield from replace(self, domain=ALL).conditions()
        yield sql("domain = {}", self.domain)


@dataclass(frozen=True)
class Days:
    """The days that count, both included; of those on which a level was held where `tenure` numbers one."""

    first: date
    last: date
    tenure: int | None = None

    def whole(self, on: date) -> tuple[date, date]:
        """The first month that lies whole within, and the month after the last such month.

        Nothing comes after the day `on` that is asked about, so that its month counts as whole.
        """
        first = self.first if self.first.day == 1 else next_month(self.first)
        is_whole = self.last == on or next_month(self.last) == self.last + timedelta(days=1)
        return first, next_month(self.last) if is_whole else self.last.replace(day=1)

    def broken(self, on: date) -> list[tuple[date, date]]:
        """The days outside those months."""
        first, end = self.whole(on)
        if first >= end:
            return [(self.first, self.last)]
        ends = [(self.first, first - timedelta(days=1))] if self.first < first else []
        return [*ends, (end, self.last)] if end <= self.last else ends


def next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1)


def number_of(month: date) -> int:
    """Months are counted through the years."""
    return month.year * 12 + month.month


def number_in_sql(day: str) -> str:
    return f"(date_part('year', {day}) * 12 + date_part('month', {day}))::int"


#: The figures of a worker from those of the ways in which they worked: (measure, ending of its name).
MEASURES = {
    "minutes": [("sum(minutes{0})", "")],
    "months": [("bit_or(months{0})", "")],
    "span": [("min(first{0})", "_first"), ("max(last{0})", "_last")],
}


class Hours:
    """The figures that one query wants: minutes, months touched, and the first and last day."""

    def __init__(self) -> None:
        self.windows: dict[Days, int] = {}
        self.figures: dict[tuple[str, Which, Days], str] = {}

    def minutes(self, which: Which, days: Days) -> SQL:
        return self._figure("minutes", which, days)

    def months(self, which: Which, days: Days) -> SQL:
        return self._figure("months", which, days)

    def spans(self, which: Which, days: Days, months: int, on: date) -> SQL:
        """Whether the last counted day is so many months after the first, or later."""
        if days.first > days.last:
            return FALSE
        if days.tenure is None and (days.first, days.last) != (date.min, on):
            # A tally knows the first and the last day of a career, but not those of a window.
            return sql(
                """
                (SELECT coalesce(min(day) + {} * interval '1 month' <= max(day), false)
                FROM workers_hourentry entry
                WHERE entry.worker_id = facts.worker_id
                    AND status = 'approved' AND NOT superseded AND {} AND {})
                """,
                months,
                between("day", days.first, days.last),
                every(which.conditions()),
            )
        name = self._figure("span", which, days).text
        return sql(f"coalesce({name}_first + {{}} * interval '1 month' <= {name}_last, false)", months)

    def _figure(self, sort: str, which: Which, days: Days) -> SQL:
        if days.first > days.last:
            return ZERO
        if days.tenure is None:
            self.windows.setdefault(days, len(self.windows))
        return SQL(self.figures.setdefault((sort, which, days), f"hours{len(self.figures)}"))

    def asked(self, *, held: bool) -> list[tuple[str, Which, Days, str]]:
        """(sort, which, days, name) of the figures that count while a level was held, or of the others."""
        return [
            (sort, which, days, name)
            for (sort, which, days), name in self.figures.items()
            if (days.tenure is not None) == held
        ]

    def columns(self) -> Iterator[SQL]:
        for (sort, _, days), name in self.figures.items():
            place = "worked" if days.tenure is None else "held"
            if sort == "span":
                yield sql(f"{place}.{name}_first, {place}.{name}_last")
            elif sort == "months" and days.tenure is None:
                yield sql(f"coalesce(bit_count({place}.{name}), 0) AS {name}")
            else:
                yield sql(f"coalesce({place}.{name}, 0)::bigint AS {name}")

    def query(self, plan: Plan) -> SQL | None:
        """A row for each worker with the figures that want no level held."""
        asked = self.asked(held=False)
        if not asked:
            return None
        # Each condition is looked at once a row, however many figures share it.
        tests: dict[SQL, str] = {}
        columns = []
        for sort, which, days, name in asked:
            here = every(SQL(tests.setdefault(one, f"test{len(tests)}")) for one in which.of_ways())
            for measure, ending in MEASURES[sort]:
                measured = measure.format(self.windows[days])
                columns.append(sql(f"{measured} FILTER (WHERE {{}}) AS {name}{ending}", here))
        told = [SQL("way.*"), *(sql(f"{{}} AS {name}", test) for test, name in tests.items())]
        return sql(
            "SELECT worker_id, {} FROM (SELECT {} FROM ({}) AS way OFFSET 0) AS way GROUP BY worker_id",
            join(", ", columns),
            join(", ", told),
            join(" UNION ALL ", self._ways(plan)),
        )

    def _ways(self, plan: Plan) -> Iterator[SQL]:
        """A row for each way in which a worker worked, with the figures of each window."""
        domains = sorted({which.domain for _, which, _, _ in self.asked(held=False)})
        is_late = "EXISTS (SELECT FROM late WHERE late.worker_id = way.worker_id)"
        yield sql(
            f"""
            SELECT worker_id, {WAY}, domain, {{}} FROM (
                SELECT tally.*, {number_in_sql("began")} AS start, minutes[cardinality(minutes)] AS so_far
                FROM workers_tally tally WHERE domain = ANY ({{}}::text[]) AND {{}} OFFSET 0
            ) AS way WHERE NOT {is_late}
            """,
            join(", ", self._of_months(plan)),
            domains,
            plan.among("tally.worker_id"),
        )
        broken = [span for days in self.windows for span in days.broken(plan.on)]
        sources = [(sql("worker_id IN (SELECT worker_id FROM late) AND {}", plan.among("worker_id")), False)]
        if broken:
            near = some(between("day", *span) for span in broken)
            sources.append((sql(f"{{}} AND NOT {is_late} AND {{}}", near, plan.among("worker_id")), True))
        for where, only_broken in sources:
            yield sql(
                f"""
                SELECT worker_id, {WAY}, every.domain, {{}} FROM workers_hourentry way
                CROSS JOIN LATERAL unnest(ARRAY['{ALL}', domain]) AS every(domain)
                WHERE status = 'approved' AND NOT superseded AND every.domain = ANY ({{}}::text[]) AND {{}}
                GROUP BY worker_id, {WAY}, every.domain
                """,
                join(", ", self._of_days(plan, only_broken=only_broken)),
                domains,
                where,
            )

    def _wanted(self) -> Iterator[tuple[int, Days, set[str]]]:
        for days, n in self.windows.items():
            yield n, days, {sort for sort, _, one, _ in self.asked(held=False) if one == days}

    def _of_months(self, plan: Plan) -> Iterator[SQL]:
        """The whole months of each window, from a tally."""
        for n, days, sorts in self._wanted():
            first, end = days.whole(plan.on)
            if "minutes" in sorts:
                until = sql("so_far") if days.last == plan.on else _before(end)
                since = ZERO if days.first == date.min else _before(first)
                yield sql(f"{{}} AS minutes{n}", sql("{} - {}", until, since) if first < end else ZERO)
            if "months" in sorts:
                start, length = number_of(plan.first_month), plan.months
                touched = sql(f"(months::bit({length}) >> (start - {{}}))", start)
                mask = "".join(
                    "01"[number_of(first) <= month < number_of(end)] for month in range(start, start + length)
                )
                yield sql(f"({{}} & {{}}::bit({length}))::varbit AS months{n}", touched, mask)
            if "span" in sorts:
                yield sql(f"first_day AS first{n}, last_day AS last{n}")

    def _of_days(self, plan: Plan, *, only_broken: bool) -> Iterator[SQL]:
        """The same from the ledger: of whole windows, or of their broken months alone."""
        for n, days, sorts in self._wanted():
            spans = days.broken(plan.on) if only_broken else [(days.first, days.last)]
            inside = some(between("day", *span) for span in spans)
            if "minutes" in sorts:
                yield sql(f"(sum(minutes) FILTER (WHERE {{}}))::int AS minutes{n}", inside)
            if "months" in sorts:
                bit = sql(
                    f"set_bit({{}}::varbit, {number_in_sql('day')} - {{}}, 1)",
                    "0" * plan.months,
                    number_of(plan.first_month),
                )
                yield sql(f"bit_or({{}}) FILTER (WHERE {{}}) AS months{n}", bit, inside)
            if "span" in sorts:
                yield sql(
                    f"min(day) FILTER (WHERE {{}}) AS first{n}, max(day) FILTER (WHERE {{}}) AS last{n}",
                    inside,
                    inside,
                )


WAY = "work, pay, state, supervised, practicum"
LATE = """
    late AS (
        SELECT worker_id FROM workers_mark WHERE {}
        UNION SELECT worker_id FROM workers_tally WHERE domain = '*' AND last_day > {}::date AND {}
    )
"""


def late(plan: Plan) -> SQL:
    """Workers whose tally does not say what they had done by the day."""
    return sql(LATE, plan.among("worker_id"), plan.on, plan.among("worker_id"))


def between(column: str, first: date, last: date) -> SQL:
    return sql(f"{column} BETWEEN {{}}::date AND {{}}::date", first, last)


def _before(month: date) -> SQL:
    """All minutes of a tally before a month."""
    return sql(
        "CASE WHEN {}::int <= start THEN 0 ELSE coalesce(minutes[{}::int - start], so_far) END",
        number_of(month),
        number_of(month),
    )


def first_month(on: date) -> date:
    """The month before which no hours can have been worked, as hours lie within a job."""
    began = Employment.objects.aggregate(first=Min("started_on"))["first"] or on
    return min(began, on).replace(day=1)


# The leaf


def works(work: str) -> frozenset[str]:
    return PEER_WORK if work == PEER_SUPPORT else frozenset({work})


@tells(Experience)
def experience(leaf: Experience, asked: Asked) -> Told:
    plan = asked.plan
    named = leaf.after is not None and plan.catalogue.names_level(leaf.after)
    days = Days(
        max(window(plan.on, leaf.within_months), leaf.start or date.min),
        min(plan.on, leaf.end or date.max),
        plan.held.tenure(leaf.after or "", asked.who) if named else None,
    )
    pays = set(leaf.pay or ())
    which = Which(
        works(leaf.work),
        supervised=bool(leaf.supervised),
        pay=pays.pop() if len(pays) == 1 else None,
        practicum=bool(leaf.practicum),
        state=asked.jurisdiction if leaf.in_state and asked.jurisdiction != "US" else None,
    )
    caps = dict(leaf.max_by_domain or ())
    whole = all(isinstance(most, int) for most in caps.values())

    def domain(slug: str) -> SQL:
        done = plan.hours.minutes(replace(which, domain=slug), days)
        return sql("least({}, {})", done, number(caps[slug])) if slug in caps else done

    def everything() -> SQL:
        """Above a domain's cap further hours count for nothing."""
        done = plan.hours.minutes(which, days)
        over = [
            sql("greatest(0, {} - {})", plan.hours.minutes(replace(which, domain=slug), days), number(most))
            for slug, most in caps.items()
        ]
        return sql("({} - {})", done, total(over)) if over else done

    lacking = []
    if leaf.minutes is not None:
        lacking.append(lack(leaf.minutes, everything(), whole=whole))
    if leaf.of_which_supervised is not None:
        supervised = plan.hours.minutes(replace(which, supervised=True), days)
        lacking.append(lack(leaf.of_which_supervised, supervised))
    if leaf.by_domain:
        lacking.append(total(lack(needed, domain(slug), whole=whole) for slug, needed in leaf.by_domain))
    others = []
    if leaf.months is not None:
        others.append(sql("{} >= {}", plan.hours.months(which, days), leaf.months))
    if leaf.span_months is not None:
        others.append(plan.hours.spans(which, days, leaf.span_months, plan.on))
    asked_for = [leaf.minutes, leaf.of_which_supervised, *(needed for _, needed in leaf.by_domain or ())]
    whole = all(isinstance(needed, int | None) for needed in asked_for)
    return computed(plan, lacking, others, whole=whole, work=True)


def computed(plan: Plan, lacking: list[SQL], others: list[SQL], *, whole: bool, work: bool = False) -> Told:
    """A leaf that never waits. An hour can fill several of its figures at once."""
    if not lacking:
        met = every(others)
        return Told(met, met)
    short = largest(lacking)
    short = plan.column(sql("({})::bigint", short) if whole else short)
    met = every([sql("{} = 0", short), *others])
    if any("SELECT" in one.text for one in others):
        met = plan.column(met)  # days are looked up once, and not where hours are missing
    return Told(met, met, lambda: short, whole, work)
