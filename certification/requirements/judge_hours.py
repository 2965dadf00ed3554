"""Judges of the leaves that count hours: experience, supervision, training, continuing education."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import floor

from .case import Case
from .findings import Part, Unit
from .judging import Judgement, judges, minutes_part, named, weigh
from .leaves import ContinuingEducation, Experience, Supervision, Training
from .ledger import Filter, Series, Span, months_touched, overlap, union, window
from .record import EducationRow, SupervisionRow, TrainingRow, split
from .values import Minutes, months_between

Row = TrainingRow | EducationRow


# Experience


def filter_of(leaf: Experience, case: Case, *, pending: bool = False) -> Filter:
    """Which rows the leaf takes. `pay` naming both takes a row that does not say."""
    asked_pay = set(leaf.pay or ())
    return Filter(
        work=leaf.work,
        supervised=bool(leaf.supervised),
        pay=asked_pay.pop() if len(asked_pay) == 1 else None,
        practicum=bool(leaf.practicum),
        state=(case.jurisdiction or "US") if leaf.in_state else None,
        pending=pending,
    )


def days_of(leaf: Experience, case: Case) -> list[Span]:
    """The spans of days whose work counts."""
    first = max(window(case.on, leaf.within_months), leaf.start or date.min)
    last = min(case.on, leaf.end or date.max)
    if leaf.after and case.catalogue.names_level(leaf.after):
        return overlap(union(case.held(leaf.after)), first, last)
    return [(first, last)] if first <= last else []


def asks_for_days(leaf: Experience, case: Case) -> bool:
    """Whether a row without dates cannot count."""
    named_level = leaf.after is not None and case.catalogue.names_level(leaf.after)
    return named_level or any(value is not None for value in (leaf.within_months, leaf.start, leaf.end))


@dataclass(frozen=True)
class Counted:
    """The experience that one leaf counts."""

    leaf: Experience
    case: Case
    days: Sequence[Span]
    pending: bool = False

    def _sum(self, series: Series | None) -> Minutes:
        if series is None:
            return 0
        undated = 0 if asks_for_days(self.leaf, self.case) else series.sum_undated(self.case.on)
        return series.sum(self.days) + undated

    @property
    def which(self) -> Filter:
        return filter_of(self.leaf, self.case, pending=self.pending)

    @property
    def series(self) -> Series:
        return self.case.record.ledger.series(self.which)

    def domain(self, slug: str) -> Minutes:
        caps = dict(self.leaf.max_by_domain or ())
        done = self._sum(self.case.record.ledger.by_domain(self.which).get(slug))
        return min(done, caps.get(slug, done))

    def total(self) -> Minutes:
        """All counted minutes; above a domain's cap further hours count for nothing."""
        if not self.leaf.max_by_domain:
            return self._sum(self.series)
        caps = dict(self.leaf.max_by_domain)
        total: Minutes = 0
        for slug, series in self.case.record.ledger.by_domain(self.which).items():
            done = self._sum(series)
            total += min(done, caps.get(slug or "", done))
        return total

    def supervised(self) -> Minutes:
        which = Filter(**{**vars(self.which), "supervised": True})
        return self._sum(self.case.record.ledger.series(which))


@judges(Experience)
def experience(leaf: Experience, case: Case) -> Judgement:
    counted = Counted(leaf, case, days_of(leaf, case))
    runs = counted.series.counted(counted.days)
    first, last = (date.fromordinal(runs[0][0]), date.fromordinal(runs[-1][1])) if runs else (None, None)
    parts = []
    if leaf.minutes is not None:
        parts.append(minutes_part("total", leaf.minutes, counted.total()))
    if leaf.months is not None:
        parts.append(Part("months", leaf.months, months_touched(runs), Unit.MONTHS))
    if leaf.of_which_supervised is not None:
        parts.append(minutes_part("of_which_supervised", leaf.of_which_supervised, counted.supervised()))
    for slug, needed in leaf.by_domain or ():
        parts.append(minutes_part(f"by_domain.{slug}", needed, counted.domain(slug)))
    if leaf.span_months is not None:
        spanned = months_between(first, last) if first and last else 0
        parts.append(Part("span_months", leaf.span_months, spanned, Unit.MONTHS))
    waiting = Counted(leaf, case, counted.days, pending=True)
    return weigh(
        parts,
        pending=floor(waiting.total()),
        evidence=(f"{first}/{last}",) if first else (),
        facts={"first": first.isoformat(), "last": last.isoformat()} if first and last else {},
    )


# Supervision


@judges(Supervision)
def supervision(leaf: Supervision, case: Case) -> Judgement:
    rows = supervision_rows(leaf, case)
    return weigh(
        supervision_parts(leaf, case),
        pending=floor(sum(row.minutes for row in rows if row.pending)),
        evidence=tuple(named("supervision", n, row) for n, row in enumerate(rows) if not row.pending)[:5],
    )


def supervision_rows(leaf: Supervision, case: Case) -> list[SupervisionRow]:
    since = window(case.on, leaf.within_months)
    return [row for row in case.record.supervision if takes_supervision(leaf, row, since, case.on)]


def supervision_parts(leaf: Supervision, case: Case) -> list[Part]:
    done = [row for row in supervision_rows(leaf, case) if not row.pending]
    parts = []
    if leaf.minutes is not None or leaf.per_experience_minutes is not None:
        needed = max(leaf.minutes or 0, owed(leaf, case))
        parts.append(minutes_part("total", needed, sum(row.minutes for row in done)))
    if leaf.sessions is not None:
        parts.append(Part("sessions", leaf.sessions, sum(row.sessions or 0 for row in done), Unit.COUNT))
    for slug, asked in leaf.by_domain or ():
        shares = (split(row.minutes, row.domain, row.by_domain).get(slug, 0) for row in done)
        parts.append(minutes_part(f"by_domain.{slug}", asked, sum(shares)))
    return parts or [Part("rows", 1, len(done), Unit.COUNT)]


def takes_supervision(leaf: Supervision, row: SupervisionRow, since: date, on: date) -> bool:
    in_window = since <= row.on <= on if row.on else leaf.within_months is None
    return (
        in_window
        and (leaf.by is None or row.by in leaf.by)
        and (leaf.format is None or row.format == leaf.format)
    )


def owed(leaf: Supervision, case: Case) -> Minutes:
    """One hour of supervision for each so many hours worked in the same window, down to the minute."""
    if leaf.per_experience_minutes is None:
        return 0
    worked = case.record.ledger.series(Filter())
    minutes = worked.sum([(window(case.on, leaf.within_months), case.on)])
    if leaf.within_months is None:
        minutes += worked.sum_undated(case.on)
    return floor(Fraction(minutes) * 60 / leaf.per_experience_minutes)


# Training and continuing education


@dataclass
class Topic:
    """Minutes on one topic, by how they were given."""

    live: Minutes = 0
    online: Minutes = 0
    unsaid: Minutes = 0

    def add(self, mode: str | None, minutes: Minutes) -> None:
        name = mode or "unsaid"
        setattr(self, name, getattr(self, name) + minutes)


class Course:
    """Rows of training or continuing education that one leaf takes, counted under its caps.

    `topics` are those that count; None takes every topic. A row whose own topic counts, counts whole;
    of another row only the part on a topic that counts.
    """

    def __init__(
        self, leaf: Training | ContinuingEducation, rows: Iterable[Row], topics: set[str] | None
    ) -> None:
        self.leaf = leaf
        self.caps = dict(leaf.max_by_topic or ())
        self.by_topic: dict[str | None, Topic] = defaultdict(Topic)
        self.by_provider: dict[str | None, list[Row]] = defaultdict(list)
        self.topics = topics
        self.rows = [row for row in rows if self._take(row)]

    def _take(self, row: Row) -> bool:
        shares = split(row.minutes, row.topic, row.by_topic)
        if self.topics is not None and row.topic not in self.topics:
            shares = {slug: minutes for slug, minutes in shares.items() if slug in self.topics}
            if not shares:
                return False
        for slug, minutes in shares.items():
            self.by_topic[slug].add(row.mode, minutes)
        self.by_provider[row.provider].append(row)
        return True

    def total(self) -> Minutes:
        # Hours in person fill a topic's cap before hours online do, which have a cap of their own.
        firm: Minutes = 0
        online: Minutes = 0
        for slug, hours in self.by_topic.items():
            cap = self.caps.get(slug or "")
            offline = hours.live + hours.unsaid
            kept = offline if cap is None else min(offline, cap)
            firm += kept
            online += hours.online if cap is None else min(hours.online, cap - kept)
        most = self.leaf.online_minutes_at_most
        return firm + (online if most is None else min(online, most))

    def live(self) -> Minutes:
        return sum(
            min(hours.live, self.caps.get(slug or "", hours.live)) for slug, hours in self.by_topic.items()
        )

    def topic(self, slug: str) -> Minutes:
        hours = self.by_topic.get(slug, Topic())
        most = self.leaf.online_minutes_at_most
        done = hours.live + hours.unsaid + (hours.online if most is None else min(hours.online, most))
        return min(done, self.caps.get(slug, done))

    def provider(self, slug: str) -> Minutes:
        return Course(self.leaf, self.by_provider.get(slug, ()), self.topics).total()

    def parts(self) -> list[Part]:
        leaf = self.leaf
        parts = []
        if leaf.minutes is not None:
            parts.append(minutes_part("total", leaf.minutes, self.total()))
        if isinstance(leaf, Training) and leaf.days is not None:
            days = sum(
                (Fraction(row.days or 0) for row in self.rows if isinstance(row, TrainingRow)), Fraction(0)
            )
            parts.append(Part("days", leaf.days, days, Unit.DAYS))
        if not parts:
            parts.append(Part("rows", 1, len(self.rows), Unit.COUNT))
        if leaf.live_minutes is not None:
            parts.append(minutes_part("live_hours", leaf.live_minutes, self.live()))
        for slug, needed in leaf.by_topic or ():
            parts.append(minutes_part(f"by_topic.{slug}", needed, self.topic(slug)))
        for slug, needed in getattr(leaf, "by_provider", None) or ():
            parts.append(minutes_part(f"by_provider.{slug}", needed, self.provider(slug)))
        return parts


def weigh_course(
    leaf: Training | ContinuingEducation, rows: Sequence[Row], topics: set[str] | None, table: str
) -> Judgement:
    accepted = Course(leaf, [row for row in rows if row.accepted], topics)
    stated = Course(leaf, rows, topics)
    seen = tuple(named(table, n, row) for n, row in enumerate(stated.rows))
    return weigh(accepted.parts(), stated.parts(), evidence=seen[:5])


@judges(Training)
def training(leaf: Training, case: Case) -> Judgement:
    first = window(case.on, leaf.within_months)
    if leaf.after and case.catalogue.names_level(leaf.after):
        starts = [start for start, _ in case.held(leaf.after)]
        first = max(first, min(starts, default=date.max))
    rows = [row for row in case.record.training if takes_training(leaf, row, first, case.on)]
    return weigh_course(leaf, rows, {leaf.topic, *(slug for slug, _ in leaf.by_topic or ())}, "training")


def takes_training(leaf: Training, row: TrainingRow, first: date, on: date) -> bool:
    """`..._after` and `..._before` exclude the day itself; a row without a date fits no such rule."""
    if leaf.approved and row.approved is not True:
        return False
    if row.completed is None:
        return first == date.min and leaf.completed_after is None and leaf.completed_before is None
    return (
        first <= row.completed <= on
        and (leaf.completed_after is None or row.completed > leaf.completed_after)
        and (leaf.completed_before is None or row.completed < leaf.completed_before)
    )


@judges(ContinuingEducation)
def continuing_education(leaf: ContinuingEducation, case: Case) -> Judgement:
    first = cycle_start(leaf, case)
    rows = [
        row
        for row in case.record.continuing_education
        if (first <= row.on <= case.on if row.on else first == date.min)
    ]
    return weigh_course(leaf, rows, None, "continuing_education")


def cycle_start(leaf: ContinuingEducation, case: Case) -> date:
    """The first day that counts: of the rolling window, of the term, or of the calendar year."""
    if leaf.window == "term":
        return case.term_start() or date.max
    if leaf.window == "calendar_year":
        return date(case.on.year, 1, 1)
    return window(case.on, leaf.within_months)
