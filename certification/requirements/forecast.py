"""When a requirement will be met at the pace of the last 90 days, and which hours are about to stop counting.

The hours to come are put into a copy of the record as work spread evenly over the days ahead, and the
same judges that explain today's verdict are asked about later days: what leaves a window by then does
not count, and caps, domains and levels hold as they always do.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from math import ceil, floor

from .case import NO_CATALOGUE, Case, Catalogue
from .explain import judge_leaf
from .findings import Finding, Part, Unit, Verdict
from .judge_facts import matches, problems_of
from .judge_hours import days_of, filter_of, supervision_parts
from .language import AnyOf, AtLeast, Leaf, Not, Requirement, children, walk
from .leaves import Age, ContinuingEducation, Credential, Experience, Recovery, Supervision, Training
from .ledger import Filter, Span, overlap, window
from .record import ExperienceRow, Record, split
from .values import add_months

PACE_DAYS = 90
HORIZON_DAYS = 365 * 60
"""Beyond sixty years no date is promised."""
RATIO_HORIZON_DAYS = 365 * 5
LEAP_CYCLE_DAYS = 4 * 366
"""After so long every length that a window of months can have has come up."""


@dataclass(frozen=True)
class Never:
    """It will not be met as things go.

    `why`: no_pace (nothing counted in the last 90 days), window (the pace never fills the window before
    hours leave it), closed (work from now on does not count), too_far (sixty years or more; five where
    supervision is owed for hours worked), age (too old).
    """

    why: str


@dataclass(frozen=True)
class Unforeseen:
    """No date can be told: `independent` where a person judges, who can do so any day."""

    independent: bool


Outcome = date | Never | Unforeseen
Rates = dict[tuple[bool, str | None], Fraction]
"""Minutes a day, by (supervised, domain)."""


@dataclass(frozen=True)
class Leaving:
    """Minutes of a leaf that count today and will have left its window by a day.

    `first` is the first day on which some of them are gone; `matters` says that the leaf, met today, would
    no longer be.
    """

    path: str
    kind: str
    minutes: int
    first: date
    by: date
    matters: bool


def forecast(
    requirement: Requirement,
    record: Record,
    on: date,
    catalogue: Catalogue = NO_CATALOGUE,
    *,
    level: str | None = None,
    jurisdiction: str | None = None,
) -> date | Never | None:
    """The earliest day, from `on`, on which the requirement is met at the pace of the last 90 days.

    What a person judges is taken as independent: it delays nothing. None where no day can be told, such
    as for a credential not held. A credential active today is taken to be renewed.
    """
    outcomes = forecasts(requirement, record, on, catalogue, level=level, jurisdiction=jurisdiction)
    return outcomes[f"requires.{requirement.kind}"]


def forecasts(
    requirement: Requirement,
    record: Record,
    on: date,
    catalogue: Catalogue = NO_CATALOGUE,
    *,
    level: str | None = None,
    jurisdiction: str | None = None,
    path: str = "requires",
) -> dict[str, date | Never | None]:
    """The forecast of every group and leaf, by path as in its finding."""
    known = catalogue.levels.get(level or "")
    place = jurisdiction or (known.jurisdiction if known else None)
    told: dict[str, Outcome] = {}
    # What is recorded for days to come is not done yet; the pace stands for those days.
    case = moved(Case(renewed(record, on), on, catalogue, level, place), on)
    outlook(requirement, case, path, told)
    return {where: None if isinstance(one, Unforeseen) else one for where, one in told.items()}


def renewed(record: Record, on: date) -> Record:
    """The record with the credentials active today renewed without end."""
    rows = tuple(replace(row, expires=None) if row.active_on(on) else row for row in record.credentials)
    return replace(record, credentials=rows)


def outlook(node: Requirement, case: Case, path: str, told: dict[str, Outcome]) -> Outcome:
    here = f"{path}.{node.kind}"
    if isinstance(node, Leaf):
        told[here] = of_leaf(node, case, here)
    else:
        parts = [outlook(child, case, where, told) for where, child in children(node, here)]
        told[here] = of_group(node, parts, case.on)
    return told[here]


def of_group(node: Requirement, parts: list[Outcome], on: date) -> Outcome:
    days = sorted(part for part in parts if isinstance(part, date))
    unforeseen = [part for part in parts if isinstance(part, Unforeseen)]
    never = [part for part in parts if isinstance(part, Never)]
    if isinstance(node, Not):
        # What must not hold: nothing to wait for while it does not, no telling when it ends once it does.
        return Unforeseen(independent=False) if days == [on] else on
    if isinstance(node, AnyOf | AtLeast):
        count = node.count if isinstance(node, AtLeast) else 1
        if len(days) >= count:
            return days[count - 1]
        if len(days) + len(unforeseen) >= count:
            return Unforeseen(independent=any(part.independent for part in unforeseen))
        return never[0]
    if never:
        return never[0]
    if any(not part.independent for part in unforeseen):
        return Unforeseen(independent=False)
    return days[-1] if days else Unforeseen(independent=True)


def of_leaf(leaf: Leaf, case: Case, path: str) -> Outcome:
    if judge_leaf(leaf, case, path).verdict == Verdict.MET:
        return case.on
    match leaf:
        case Experience():
            return of_experience(leaf, case)
        case Supervision():
            return of_supervision(leaf, case)
        case Age():
            return of_age(leaf, case)
        case Recovery():
            return of_recovery(leaf, case)
        case Credential():
            return of_credential(leaf, case)
    return Unforeseen(independent=True)


def of_age(leaf: Age, case: Case) -> Outcome:
    born = case.record.born
    if born is None:
        return Unforeseen(independent=False)
    day = add_months(born, 12 * (leaf.at_least or 0))
    return day if day > case.on else Never("age")


def of_recovery(leaf: Recovery, case: Case) -> Outcome:
    """Exact by the calendar, once a date is accepted."""
    since = [fact.value for fact in case.record.recovery if fact.accepted]
    return max(case.on, add_months(min(since), leaf.months)) if since else Unforeseen(independent=True)


def of_credential(leaf: Credential, case: Case) -> Outcome:
    """The day from which a credential has been held long enough; nothing else about one can be foretold."""
    days = [
        max(row.issued, add_months(row.issued, leaf.held_months or 0))
        for row in case.record.credentials
        if row.accepted and row.issued and matches(leaf, row, case)
        if set(problems_of(leaf, row, case)) <= {"held_short", "not_yet"}
    ]
    return min(days, default=Unforeseen(independent=False))


# Hours


def pace(leaf: Experience, case: Case) -> Rates:
    """Minutes a day of the work that the leaf takes, over the last 90 days, by (supervised, domain)."""
    # A window shorter than that narrows what counts, not how much is worked.
    days = overlap(days_of(replace(leaf, within_months=None), case), *quarter(case.on))
    return rates_of(case.record.ledger.rows(filter_of(leaf, case)), days)


def quarter(on: date) -> Span:
    return on - timedelta(days=PACE_DAYS - 1), on


def rates_of(rows: Iterable[ExperienceRow], days: list[Span]) -> Rates:
    rates: Rates = defaultdict(Fraction)
    for row in rows:
        if row.start and row.end and row.minutes and (share := within(row.start, row.end, days)):
            for domain, minutes in split(row.minutes, row.domain, row.by_domain).items():
                rates[row.supervised is True, domain] += share * minutes / PACE_DAYS
    return dict(rates)


def within(start: date, end: date, days: list[Span]) -> Fraction:
    """The share of the days from start to end that lies within spans."""
    inside = sum((last - first).days + 1 for first, last in overlap(days, start, end))
    return Fraction(inside, (end - start).days + 1)


def ahead(case: Case, rates: Rates, template: ExperienceRow) -> Record:
    """The record with the work to come at the pace, from tomorrow to the horizon."""
    start, end = case.on + timedelta(days=1), case.on + timedelta(days=HORIZON_DAYS)
    rows = tuple(
        replace(
            template, minutes=rate * HORIZON_DAYS, supervised=supervised, domain=domain, start=start, end=end
        )
        for (supervised, domain), rate in rates.items()
    )
    return replace(case.record, experience=case.record.experience + rows)


def first_day(
    case: Case,
    leap: Callable[[date], int],
    *,
    within_months: int | None,
    until: date | None = None,
    horizon: int = HORIZON_DAYS,
) -> Outcome:
    """The first day for which `leap` says 0; otherwise it says how many days are surely too few."""
    last = case.on + timedelta(days=horizon)
    never = Never("too_far")
    if within_months is not None:
        last = min(last, add_months(case.on, within_months) + timedelta(days=LEAP_CYCLE_DAYS))
        never = Never("window")
    if until is not None and until <= last:
        last, never = until, Never("closed")
    day = case.on
    while day <= last:
        days = leap(day)
        if not days:
            return day
        day += timedelta(days=min(days, HORIZON_DAYS))
    return never


def of_experience(leaf: Experience, case: Case) -> Outcome:
    rates = pace(leaf, case)
    if leaf.end is not None and leaf.end <= case.on:
        return Never("closed")
    if not rates:
        return Never("no_pace")
    pay = leaf.pay[0] if leaf.pay and len(set(leaf.pay)) == 1 else None
    template = ExperienceRow(leaf.work, pay=pay, state=case.jurisdiction or "US", practicum=leaf.practicum)
    record = ahead(case, rates, template)

    def leap(day: date) -> int:
        found = judge_leaf(leaf, replace(case, record=record, on=day), "")
        return 0 if found.verdict == Verdict.MET else fewest_days(found, rates, day)

    today = judge_leaf(leaf, case, "")
    if any(part.unit == Unit.MINUTES and not rate_of(part, rates) for part in today.parts if not part.met):
        return Never("no_pace")
    return first_day(case, leap, within_months=leaf.within_months, until=leaf.end)


def fewest_days(found: Finding, rates: Rates, day: date) -> int:
    """The fewest days after which what remains could be there: nothing grows faster than its pace."""
    if found.parts:
        return max(fewest_for(part, found, rates, day) for part in found.parts if not part.met)
    needed, have = found.needed, found.have
    if not isinstance(needed, int | Fraction) or not isinstance(have, int | Fraction) or found.unit is None:
        return 1
    name = "total" if found.unit == Unit.MINUTES else "months"
    return fewest_for(Part(name, needed, have, found.unit), found, rates, day)


def fewest_for(part: Part, found: Finding, rates: Rates, day: date) -> int:
    if part.name == "span_months":
        first = (
            date.fromisoformat(found.facts["first"]) if "first" in found.facts else day + timedelta(days=1)
        )
        return max(1, (add_months(first, int(part.needed)) - day).days)
    if part.name == "months":
        # The first two may be this month and the next, a day apart.
        return max(1, (int(part.remaining) - 2) * 28 + 1)
    # What is counted was rounded down: all but a minute of what remains is surely still to come.
    return days_to_fill(max(part.remaining - 1, Fraction(1, 60)), rate_of(part, rates))


def rate_of(part: Part, rates: Rates) -> Fraction:
    """The pace of one figure of a leaf, in minutes a day."""
    group, _, slug = part.name.partition(".")
    return sum(
        (
            rate
            for (supervised, domain), rate in rates.items()
            if (group != "by_domain" or domain == slug) and (group != "of_which_supervised" or supervised)
        ),
        Fraction(0),
    )


def days_to_fill(rest: int | Fraction, rate: Fraction) -> int:
    return min(HORIZON_DAYS, max(1, ceil(rest / rate))) if rate else HORIZON_DAYS


def of_supervision(leaf: Supervision, case: Case) -> Outcome:
    """Each figure goes on growing as over the last 90 days; what is owed for hours worked grows with them."""
    first, last = quarter(case.on)
    recent = tuple(row for row in case.record.supervision if row.on and first <= row.on <= last)
    any_time = replace(leaf, within_months=None)
    counted = supervision_parts(any_time, replace(case, record=replace(case.record, supervision=recent)))
    rates = {part.name: Fraction(part.have) / PACE_DAYS for part in counted}
    if not any(rates.values()):
        return Never("no_pace")
    worked = rates_of(case.record.ledger.rows(Filter()), [(first, last)])
    record = ahead(case, worked, ExperienceRow())

    def leap(day: date) -> int:
        first_counted = max(case.on + timedelta(days=1), window(day, leaf.within_months))
        to_come = (day - first_counted).days + 1
        parts = supervision_parts(leaf, replace(case, record=record, on=day))
        short = [(part, part.needed - part.have - rates[part.name] * to_come) for part in parts]
        steps = [days_to_fill(rest, rates[part.name]) for part, rest in short if rest > 0]
        # What is owed for hours worked may also shrink, as work leaves the window: then no day is skipped.
        longest = max(steps, default=0)
        return longest if leaf.per_experience_minutes is None else min(1, longest)

    horizon = HORIZON_DAYS if leaf.per_experience_minutes is None else RATIO_HORIZON_DAYS
    return first_day(case, leap, within_months=leaf.within_months, horizon=horizon)


# What is about to leave a window


def leaves_window(
    requirement: Requirement,
    record: Record,
    on: date,
    within_days: int = 30,
    catalogue: Catalogue = NO_CATALOGUE,
    *,
    level: str | None = None,
    jurisdiction: str | None = None,
) -> list[Leaving]:
    """The hours that count on a day and will be out of their leaf's window so many days later."""
    known = catalogue.levels.get(level or "")
    case = Case(record, on, catalogue, level, jurisdiction or (known.jurisdiction if known else None))
    found = (leaving(leaf, case, path, within_days) for path, leaf in walk(requirement))
    return [one for one in found if one]


def leaving(leaf: Leaf, case: Case, path: str, within_days: int) -> Leaving | None:
    """Judged today, and again as if no hour were added and only the window had moved."""
    if not isinstance(leaf, Experience | Supervision | Training | ContinuingEducation):
        return None
    if leaf.within_months is None or getattr(leaf, "window", None) in ("term", "calendar_year"):
        return None
    by = case.on + timedelta(days=within_days)
    now, then = judge_leaf(leaf, case, path), judge_leaf(leaf, moved(case, by), path)
    gone = minutes_counted(now) - minutes_counted(then)
    if gone <= 0:
        return None
    days = (case.on + timedelta(days=n) for n in range(1, within_days + 1))
    first = next(
        day
        for day in days
        if minutes_counted(judge_leaf(leaf, moved(case, day), path)) < minutes_counted(now)
    )
    matters = now.verdict == Verdict.MET and then.verdict != Verdict.MET
    return Leaving(path, leaf.kind, gone, first, by, matters)


def moved(case: Case, day: date) -> Case:
    """The case on a later day, with nothing recorded for the days between."""
    record = case.record
    experience = tuple(
        replace(row, end=case.on, minutes=row.minutes * within(row.start, row.end, [(row.start, case.on)]))
        if row.start and row.end and row.start <= case.on < row.end
        else row
        for row in record.experience
        if not (row.start and row.start > case.on)
    )
    return replace(
        case,
        on=day,
        record=replace(
            record,
            experience=experience,
            supervision=tuple(row for row in record.supervision if not (row.on and row.on > case.on)),
            training=tuple(row for row in record.training if not (row.completed and row.completed > case.on)),
            continuing_education=tuple(
                row for row in record.continuing_education if not (row.on and row.on > case.on)
            ),
        ),
    )


def minutes_counted(found: Finding) -> int:
    """The total of a leaf that counts minutes, 0 of any other."""
    total = next((part.have for part in found.parts if part.name == "total"), None)
    if total is None:
        total = found.have if found.unit == Unit.MINUTES and isinstance(found.have, int | Fraction) else 0
    return floor(total)
