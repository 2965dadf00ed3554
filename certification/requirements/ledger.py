"""Experience rows, indexed once per record so that many leaves can ask for sums over spans of days.

Each question names which rows it takes (`Filter`) and over which days. A `Series` answers sums in the
logarithm of its rows: rows that lie whole within the days come from running totals, and only rows cut by
the first or last day are spread.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING

from .values import Minutes, add_months, tidy

if TYPE_CHECKING:
    from .record import ExperienceRow

PEER_SUPPORT = "peer_support"
PEER_WORK = frozenset(
    {
        "peer_support",
        "peer_recovery",
        "peer_recovery_support",
        "recovery_support",
        "recovery_coaching",
        "intentional_peer_support",
        "family_peer_support",
        "youth_peer_support",
    }
)
"""What `in: peer_support` takes; every other slug takes only itself."""

Span = tuple[date, date]
"""First and last day, both counted."""

Way = tuple[object, ...]
"""All that filters ask of a row."""


@dataclass(frozen=True)
class Filter:
    """Which experience rows a leaf takes."""

    work: str | None = None
    """None takes every kind of work."""
    supervised: bool = False
    pay: str | None = None
    """paid or volunteer; None takes any row, also one that does not say."""
    practicum: bool = False
    state: str | None = None
    """US takes every state; None takes any row, also one that does not say."""
    pending: bool = False

    def takes(self, row: ExperienceRow) -> bool:
        return (
            row.pending == self.pending
            and (self.work is None or row.work in (PEER_WORK if self.work == PEER_SUPPORT else {self.work}))
            and (not self.supervised or row.supervised is True)
            and (self.pay is None or row.pay == self.pay)
            and (not self.practicum or row.practicum is True)
            and (self.state is None or in_state(row.state, self.state))
        )


def in_state(state: str | None, jurisdiction: str | None) -> bool:
    """A recorded state that lies in the jurisdiction: US holds every state, None names no place."""
    return state is not None and jurisdiction in (None, "US", state)


class Series:
    """Minutes over days. Built from (start, end, minutes); undated minutes are (None, None, minutes)."""

    def __init__(self, rows: Iterable[tuple[date | None, date | None, Minutes]]) -> None:
        dated: list[tuple[int, int, Minutes]] = []
        self.undated: Minutes = 0
        self.starts_undated: list[tuple[int, Minutes]] = []
        for start, end, minutes in rows:
            if start is not None and end is not None:
                dated.append((start.toordinal(), end.toordinal(), minutes))
            else:
                known = start or end
                self.starts_undated.append((known.toordinal() if known else 0, minutes))
        dated.sort(key=lambda row: row[1])
        self.ends = [end for _, end, _ in dated]
        self.totals: list[Minutes] = [0, *accumulate(minutes for _, _, minutes in dated)]
        self.long = [row for row in dated if row[0] != row[1]]
        self.runs = merged(dated)
        self._run_starts = [start for start, _ in self.runs]
        self._run_ends = [end for _, end in self.runs]
        self._until: dict[int, Minutes] = {}

    def until(self, day: int) -> Minutes:
        """Minutes up to and including a day (an ordinal), dated rows only."""
        if day not in self._until:
            total = self.totals[bisect_right(self.ends, day)]
            parts = (
                Fraction(minutes) * (day - start + 1) / (end - start + 1)
                for start, end, minutes in self.long
                if start <= day < end
            )
            self._until[day] = tidy(sum(parts, Fraction(total)))
        return self._until[day]

    def sum(self, spans: Iterable[Span]) -> Minutes:
        """Exact minutes within spans of days that do not overlap."""
        total: Minutes = 0
        for first, last in spans:
            total += self.until(last.toordinal()) - self.until(first.toordinal() - 1)
        return tidy(total)

    def sum_undated(self, on: date) -> Minutes:
        """Minutes of rows that lack a date, unless the one they have is still to come."""
        return tidy(sum((m for known, m in self.starts_undated if known <= on.toordinal()), 0))

    def counted(self, spans: Iterable[Span]) -> list[tuple[int, int]]:
        """The runs of days with work within the spans, in order, as ordinals."""
        found = []
        for first, last in spans:
            low, high = first.toordinal(), last.toordinal()
            inside = self.runs[bisect_left(self._run_ends, low) : bisect_right(self._run_starts, high)]
            if inside:
                inside[0] = max(inside[0][0], low), inside[0][1]
                inside[-1] = inside[-1][0], min(inside[-1][1], high)
            found += inside
        return found


def merged(dated: Iterable[tuple[int, int, Minutes]]) -> list[tuple[int, int]]:
    """Days covered by rows, as runs in order that neither overlap nor touch."""
    runs: list[tuple[int, int]] = []
    for start, end, _ in sorted(dated):
        if runs and start <= runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], max(runs[-1][1], end))
        else:
            runs.append((start, end))
    return runs


def months_touched(runs: Iterable[tuple[int, int]]) -> int:
    """How many calendar months hold at least one of the days."""
    months: set[int] = set()
    for start, end in runs:
        first, last = date.fromordinal(start), date.fromordinal(end)
        months.update(range(first.year * 12 + first.month, last.year * 12 + last.month + 1))
    return len(months)


class Ledger:
    """The experience of one record."""

    def __init__(self, rows: Iterable[ExperienceRow]) -> None:
        # A career of thousands of rows is worked in a handful of ways; a filter takes a way or leaves it.
        self._ways: dict[Way, list[ExperienceRow]] = defaultdict(list)
        for row in rows:
            way = row.work, row.pending, row.supervised, row.pay, row.practicum, row.state
            self._ways[way].append(row)
        self._made: dict[tuple[Way, ...], Series] = {}
        # Held by the record, so the answers live and die with it.
        self.rows = lru_cache(maxsize=None)(self._rows)
        self.series = lru_cache(maxsize=None)(self._series)
        self.by_domain = lru_cache(maxsize=None)(self._by_domain)

    def _taken(self, which: Filter) -> tuple[Way, ...]:
        return tuple(way for way, rows in self._ways.items() if which.takes(rows[0]))

    def _rows(self, which: Filter) -> tuple[ExperienceRow, ...]:
        return tuple(row for way in self._taken(which) for row in self._ways[way])

    def _series(self, which: Filter) -> Series:
        # Most careers are of one kind: many filters take the same rows.
        ways = self._taken(which)
        if ways not in self._made:
            self._made[ways] = Series((row.start, row.end, row.minutes) for row in self.rows(which))
        return self._made[ways]

    def _by_domain(self, which: Filter) -> dict[str | None, Series]:
        """One series for each domain the rows name; None holds what names none."""
        from .record import split

        shares: dict[str | None, list[tuple[date | None, date | None, Minutes]]] = defaultdict(list)
        for row in self.rows(which):
            for domain, minutes in split(row.minutes, row.domain, row.by_domain).items():
                shares[domain].append((row.start, row.end, minutes))
        return {domain: Series(rows) for domain, rows in shares.items()}


def window(on: date, months: int | None) -> date:
    """The first day of a window of so many months that ends on a day; the first of all days without one."""
    return date.min if months is None else add_months(on, -months)


def overlap(spans: Iterable[Span], first: date, last: date) -> list[Span]:
    """The parts of spans between two days."""
    cut = ((max(start, first), min(end, last)) for start, end in spans)
    return [(start, end) for start, end in cut if start <= end]


def union(spans: Iterable[Span]) -> list[Span]:
    """Spans merged where they overlap or touch, in order."""
    runs = merged((start.toordinal(), end.toordinal(), 0) for start, end in spans)
    return [(date.fromordinal(start), date.fromordinal(end)) for start, end in runs]
