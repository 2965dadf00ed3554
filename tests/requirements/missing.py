"""Records that miss a leaf by the least there is: a minute, a day, one referee, one attestation.

Each starts from the facts that meet the leaf (`meeting.facts_for`) and is wrong in one way only.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from certification.catalogue.files import Standard
from certification.requirements.language import Leaf
from certification.requirements.leaves import (
    SCHOOLING,
    Age,
    Attestation,
    BackgroundCheck,
    ContinuingEducation,
    Credential,
    Document,
    Education,
    Employment,
    Exam,
    Experience,
    Fee,
    LivedExperience,
    Qualification,
    Recovery,
    References,
    Residency,
    Supervision,
    Training,
)
from certification.requirements.record import ExperienceRow, Fact, Place, Record, Schooling
from certification.requirements.values import Minutes, add_months

from .meeting import facts_for

DAY = timedelta(days=1)
ELSEWHERE = "US-HI"
ANY_REMAINING = object()


@dataclass(frozen=True)
class Miss:
    """A record that misses a leaf, in what it is wrong, and how much `remaining` the finding must tell."""

    how: str
    record: Record
    remaining: Any = ANY_REMAINING


def misses(leaf: Leaf, standard: Standard, on: date) -> Iterator[Miss]:
    """Every way in which a record can just miss the leaf."""
    yield from MISSES[type(leaf)](leaf, facts_for(leaf, standard, on), standard, on)


def too_late(on: date, months: int) -> date:
    """The first day of which so many months are not yet over on a day."""
    day = add_months(on, -months) + DAY
    while add_months(day, months) <= on:
        day += DAY
    return day


def of_age(leaf: Age, met: Record, standard: Standard, on: date) -> Iterator[Miss]:
    if leaf.at_least is not None:
        yield Miss("a day too young", replace(met, born=too_late(on, 12 * leaf.at_least)), 1)
    if leaf.at_most is not None:
        yield Miss(
            "a year older from today", replace(met, born=add_months(on, -12 * (leaf.at_most + 1))), None
        )


def of_education(leaf: Education, met: Record, standard: Standard, on: date) -> Iterator[Miss]:
    below = SCHOOLING.index(leaf.at_least) - 1
    lower = (Schooling(SCHOOLING[below], leaf.field),) if below >= 0 else ()
    yield Miss("a level lower", replace(met, schooling=lower))
    if leaf.field:
        yield Miss("another field", replace(met, schooling=(Schooling(leaf.at_least, "another_field"),)))


def of_lived_experience(leaf: LivedExperience, met: Record, standard: Standard, on: date) -> Iterator[Miss]:
    other = next((one for one in ("other", "veteran", "justice") if one not in leaf.of), None)
    yield Miss("another experience", replace(met, lived_experience=(Fact(other),) if other else ()), 1)


def of_recovery(leaf: Recovery, met: Record, standard: Standard, on: date) -> Iterator[Miss]:
    since = too_late(on, leaf.months)
    yield Miss("a day too short", replace(met, recovery=(Fact(since),)), 1 if leaf.months else None)


def of_exam(leaf: Exam, met: Record, standard: Standard, on: date) -> Iterator[Miss]:
    (row,) = met.exams
    yield Miss("another exam", replace(met, exams=(replace(row, name="Another exam"),)))
    yield Miss("passed tomorrow", replace(met, exams=(replace(row, passed=on + DAY),)))
    if leaf.at_least_percent is not None:
        less = Fraction(leaf.at_least_percent) - Fraction(1, 10)
        yield Miss("a tenth of a percent", replace(met, exams=(replace(row, percent=less),)), Fraction(1, 10))


def of_credential(leaf: Credential, met: Record, standard: Standard, on: date) -> Iterator[Miss]:
    (row,) = met.credentials

    def with_row(**changes: Any) -> Record:
        return replace(met, credentials=(replace(row, **changes),))

    # The last day is the end of the term, so it lapsed yesterday; a day must still lie after its issue.
    started = min(row.issued, on - 2 * DAY)
    if not (leaf.issued_after and started <= leaf.issued_after):
        yield Miss("over since yesterday", with_row(issued=started, expires=on - DAY))
    yield Miss("suspended today", with_row(suspended=((on, None),)))
    yield Miss("another level", with_row(level="another-level", kind="another_kind"))
    if leaf.held_months:
        yield Miss("held a day too short", with_row(issued=too_late(on, leaf.held_months)), 1)
    if leaf.issued_after:
        yield Miss("issued on the day itself", with_row(issued=leaf.issued_after))
    if leaf.issued_before:
        yield Miss("issued on the day itself", with_row(issued=leaf.issued_before))
    if leaf.minimum_training_minutes:
        yield Miss("a minute", with_row(training_minutes=leaf.minimum_training_minutes - 1))
    if leaf.other_state:
        yield Miss("the same state", with_row(state=standard.jurisdiction, level=None))


def of_references(leaf: References, met: Record, standard: Standard, on: date) -> Iterator[Miss]:
    (row,) = met.references
    yield Miss("one referee", replace(met, references=(replace(row, count=row.count - 1),)), 1)
    if leaf.sources:
        other = replace(row, by="another_kind", count=1)
        rows = (replace(row, count=row.count - 1), other)
        yield Miss("one of another kind", replace(met, references=rows), 1)


def of_background_check(leaf: BackgroundCheck, met: Record, standard: Standard, on: date) -> Iterator[Miss]:
    days = [on + DAY] if leaf.within_days is None else [on + DAY, on - timedelta(days=leaf.within_days + 1)]
    for day in days:
        yield Miss(f"checked on {day}", replace(met, background_checks=(Fact(day),)), 1)


def of_residency(leaf: Residency, met: Record, standard: Standard, on: date) -> Iterator[Miss]:
    if standard.jurisdiction != "US":
        away = (Place(ELSEWHERE),)
        yield Miss("another state", replace(met, lives_in=away, works_in=away))
    if leaf.share_percent:
        short = (replace(met.lives_in[0], share_percent=leaf.share_percent - 1),)
        yield Miss("a percent", replace(met, lives_in=short, works_in=short), 1)
    if leaf.basis != "live_or_work":
        other = {"live": "lives_in", "work": "works_in"}[leaf.basis]
        yield Miss("the other basis", replace(met, **{other: ()}))


def of_employment(leaf: Employment, met: Record, standard: Standard, on: date) -> Iterator[Miss]:
    less = {"employed": "offer", "offer": "employed_or_volunteer", "employed_or_volunteer": "offer"}
    yield Miss("another status", replace(met, employment=(Fact(less[leaf.status]),)))


def of_fee(leaf: Fee, met: Record, standard: Standard, on: date) -> Iterator[Miss]:
    cent = Fraction(1, 100)
    yield Miss("a cent", replace(met, fees_paid=(Fact(leaf.usd - cent),)), leaf.usd)
    if leaf.usd > 1:
        yield Miss("in two payments", replace(met, fees_paid=(Fact(leaf.usd - 1), Fact(1))), leaf.usd)


def one_fact(table: str) -> Callable[..., Iterator[Miss]]:
    """A leaf that one matching fact meets: without it, and with another."""

    def of(leaf: Leaf, met: Record, standard: Standard, on: date) -> Iterator[Miss]:
        yield Miss("nothing", replace(met, **{table: ()}), 1)
        yield Miss("another one", replace(met, **{table: (Fact("another_one"),)}), 1)

    return of


# Hours

Change = dict[str, Any]


def shrunk(row: Any, minutes: Minutes, key: str) -> Any:
    """The row with so many minutes, its breakdown cut where it no longer fits."""
    parts, spare = [], minutes
    for slug, share in getattr(row, key):
        parts.append((slug, min(share, spare)))
        spare -= parts[-1][1]
    return replace(row, minutes=minutes, **{key: tuple(parts)})


def with_part(row: Any, key: str, slug: str, minus: Minutes) -> Any:
    """The row with less on one topic or domain; the rest goes to another, so that the total stays."""
    parts = tuple((name, share - minus if name == slug else share) for name, share in getattr(row, key))
    return replace(row, **{key: (*parts, ("another_one", minus))})


def a_minute_that_does_not_count(row: Any, key: str, **change: Any) -> tuple[Any, ...]:
    """All of the row's minutes, one of them wrong in one way."""
    return shrunk(row, row.minutes - 1, key), replace(row, minutes=1, **{key: ()}, **change)


def parted(row: Any, minutes: Minutes, key: str, **change: Any) -> tuple[Any, ...]:
    """So many minutes as they are, and the rest changed."""
    apart = replace(row, minutes=minutes, **{key: ()})
    return apart, replace(shrunk(row, row.minutes - minutes, key), **change)


def of_training(leaf: Training, met: Record, standard: Standard, on: date) -> Iterator[Miss]:
    (row,) = met.training
    changes: list[tuple[str, Change]] = [("tomorrow", {"completed": on + DAY})]
    if leaf.topic:
        changes.append(("another topic", {"topic": "another_one"}))
    if leaf.approved:
        changes += [("not approved", {"approved": False}), ("approval not said", {"approved": None})]
    if leaf.within_months is not None:
        changes.append(("before the window", {"completed": add_months(on, -leaf.within_months) - DAY}))
    if leaf.completed_before:
        changes.append(("on the day itself", {"completed": leaf.completed_before}))
    if leaf.completed_after:
        changes.append(("on the day itself", {"completed": leaf.completed_after}))
    if met.credentials:
        changes.append(("before the level", {"completed": met.credentials[0].issued - DAY}))
    yield from courses("training", leaf, met, changes)
    if leaf.days is not None:
        less = Fraction(leaf.days) - Fraction(1, 2)
        yield Miss("half a day", replace(met, training=(replace(row, days=less),)), Fraction(1, 2))


def of_continuing_education(
    leaf: ContinuingEducation, met: Record, standard: Standard, on: date
) -> Iterator[Miss]:
    changes: list[tuple[str, Change]] = [("tomorrow", {"on": on + DAY})]
    if leaf.window == "term":
        changes.append(("before the term", {"on": met.credentials[0].issued - DAY}))
    elif leaf.window == "calendar_year":
        changes.append(("last year", {"on": date(on.year - 1, 12, 31)}))
    elif leaf.within_months is not None:
        changes.append(("before the window", {"on": add_months(on, -leaf.within_months) - DAY}))
    first, *others = met.continuing_education
    asked = sum(share for _, share in leaf.by_provider or ())
    for n, (slug, _) in enumerate(leaf.by_provider or ()):
        less = [replace(row, minutes=row.minutes - (n == m)) for m, row in enumerate(others)]
        yield Miss(f"a minute by {slug}", replace(met, continuing_education=(first, *less)), 1)
    met = replace(met, continuing_education=(shrunk(first, first.minutes - asked, "by_topic"), *others))
    yield from courses("continuing_education", leaf, met, changes)


def courses(
    table: str, leaf: Training | ContinuingEducation, met: Record, changes: list[tuple[str, Change]]
) -> Iterator[Miss]:
    """A minute less in total, on a topic or in person; a minute above a cap; a minute that does not count."""
    row, *others = getattr(met, table)

    def miss(how: str, *rows: Any, remaining: Any = 1) -> Miss:
        return Miss(how, replace(met, **{table: (*rows, *others)}), remaining)

    for slug, _ in leaf.by_topic or ():
        yield miss(f"a minute of {slug}", with_part(row, "by_topic", slug, 1))
    if leaf.minutes is None:
        for how, change in changes:
            yield miss(how, replace(row, by_topic=(), **change), remaining=ANY_REMAINING)
        return
    yield miss("a minute", shrunk(row, row.minutes - 1, "by_topic"))
    spare = row.minutes - sum(share for _, share in row.by_topic)
    for how, change in changes:
        if "topic" not in change or spare >= 1:
            yield miss(f"a minute {how}", *a_minute_that_does_not_count(row, "by_topic", **change))
    for how, rows in minutes_above(row, leaf):
        yield miss(how, *rows, remaining=ANY_REMAINING)


def minutes_above(row: Any, leaf: Training | ContinuingEducation) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """One minute too few in person, too many online, or above the cap of a topic."""
    assert leaf.minutes is not None
    if leaf.live_minutes:
        yield "a minute in person", parted(row, leaf.live_minutes - 1, "by_topic", mode="online")
    if leaf.online_minutes_at_most is not None and leaf.minutes > leaf.online_minutes_at_most:
        online = replace(row, minutes=leaf.online_minutes_at_most + 1, mode="online", by_topic=())
        rest = leaf.minutes - online.minutes
        yield "a minute online above the cap", (online, replace(row, minutes=rest, by_topic=()))
    for slug, cap in leaf.max_by_topic or ():
        if leaf.minutes > cap and row.minutes == leaf.minutes:
            above = replace(row, topic=slug, minutes=cap + 1, by_topic=())
            yield (
                f"a minute of {slug} above the cap",
                (above, replace(row, minutes=leaf.minutes - cap - 1, by_topic=())),
            )


def of_supervision(leaf: Supervision, met: Record, standard: Standard, on: date) -> Iterator[Miss]:
    (row,) = met.supervision
    changes: list[tuple[str, Change]] = [("tomorrow", {"on": on + DAY})]
    if leaf.within_months is not None:
        changes.append(("before the window", {"on": add_months(on, -leaf.within_months) - DAY}))
    if leaf.by:
        changes += [("by another", {"by": "another_one"}), ("by nobody named", {"by": None})]
    if leaf.format:
        changes.append(("of the other format", {"format": "group" if leaf.format != "group" else None}))
    # Of what is owed for hours worked, `meeting` hands in plenty: here just the hours asked.
    minutes = max(leaf.minutes or 0, sum(share for _, share in row.by_domain))
    for how, rows in sessions_short(leaf, shrunk(row, minutes, "by_domain"), changes):
        yield Miss(how, replace(met, supervision=rows), 1)
    if leaf.per_experience_minutes is not None and leaf.minutes is None:
        work = ExperienceRow("peer_support", 10 * leaf.per_experience_minutes, start=on, end=on)
        short = replace(row, minutes=10 * 60 - 1)
        yield Miss("a minute of what is owed", replace(met, experience=(work,), supervision=(short,)), 1)


def sessions_short(
    leaf: Supervision, row: Any, changes: list[tuple[str, Change]]
) -> Iterator[tuple[str, tuple[Any, ...]]]:
    if leaf.sessions is not None:
        fewer = replace(row, sessions=leaf.sessions - 1)
        yield "a session", (fewer,)
        for how, change in changes:
            yield f"a session {how}", (fewer, replace(row, sessions=1, **change))
    for slug, _ in leaf.by_domain or ():
        yield f"a minute of {slug}", (with_part(row, "by_domain", slug, 1),)
    if leaf.minutes is not None:
        yield "a minute", (shrunk(row, row.minutes - 1, "by_domain"),)
        for how, change in changes:
            yield f"a minute {how}", a_minute_that_does_not_count(row, "by_domain", **change)


def of_experience(leaf: Experience, met: Record, standard: Standard, on: date) -> Iterator[Miss]:
    (row,) = met.experience
    short = months_short if leaf.minutes is None else minutes_short
    wrong = [*wrong_days(leaf, met, on), *wrong_rows(leaf, standard)]
    for how, rows, remaining in short(leaf, row, wrong):
        yield Miss(how, replace(met, experience=rows), remaining)


def wrong_days(leaf: Experience, met: Record, on: date) -> Iterator[tuple[str, Change]]:
    last = min(on, leaf.end or on) + DAY
    yield "after the end", {"start": last, "end": last}
    early = [leaf.start] if leaf.start else []
    early += [add_months(on, -leaf.within_months)] if leaf.within_months is not None else []
    early += [held.issued for held in met.credentials if held.issued]
    if early:
        yield "before the window", {"start": max(early) - DAY, "end": max(early) - DAY}


def wrong_rows(leaf: Experience, standard: Standard) -> Iterator[tuple[str, Change]]:
    yield "of other work", {"work": "other_work"}
    if leaf.supervised:
        yield "unsupervised", {"supervised": False}
        yield "supervision not said", {"supervised": None}
    if leaf.pay and len(set(leaf.pay)) == 1:
        yield "of the other pay", {"pay": "volunteer" if "paid" in leaf.pay else "paid"}
        yield "pay not said", {"pay": None}
    if leaf.in_state and standard.jurisdiction != "US":
        yield "in another state", {"state": ELSEWHERE}
        yield "state not said", {"state": None}
    if leaf.practicum:
        yield "not in a practicum", {"practicum": None}


Short = Iterator[tuple[str, tuple[Any, ...], int]]


def months_short(leaf: Experience, row: Any, wrong: list[tuple[str, Change]]) -> Short:
    assert leaf.months is not None
    first = add_months(row.end.replace(day=1), 2 - leaf.months)
    yield "a month", (replace(row, start=first),) if leaf.months > 1 else (), 1
    for how, change in wrong:
        yield f"all {how}", (replace(row, **change),), leaf.months


def minutes_short(leaf: Experience, row: Any, wrong: list[tuple[str, Change]]) -> Short:
    assert leaf.minutes is not None
    yield "a minute", (shrunk(row, row.minutes - 1, "by_domain"),), 1
    for how, change in wrong:
        yield f"a minute {how}", a_minute_that_does_not_count(row, "by_domain", **change), 1
    for slug, _ in leaf.by_domain or ():
        yield f"a minute of {slug}", (with_part(row, "by_domain", slug, 1),), 1
    if leaf.span_months is not None:
        yield "a day of the span", (replace(row, start=too_late(row.end, leaf.span_months)),), 1
    if leaf.of_which_supervised is not None:
        rows = parted(row, leaf.of_which_supervised - 1, "by_domain", supervised=False)
        yield "a minute supervised", rows, 1
    for slug, cap in leaf.max_by_domain or ():
        above = replace(row, minutes=cap + 1, domain=slug, by_domain=())
        rest = replace(row, minutes=leaf.minutes - cap - 1, by_domain=())
        yield f"a minute of {slug} above the cap", (above, rest), 1


MISSES: dict[type[Leaf], Callable[..., Iterator[Miss]]] = {
    Age: of_age,
    Education: of_education,
    LivedExperience: of_lived_experience,
    Recovery: of_recovery,
    Exam: of_exam,
    Credential: of_credential,
    References: of_references,
    BackgroundCheck: of_background_check,
    Residency: of_residency,
    Employment: of_employment,
    Fee: of_fee,
    Attestation: one_fact("attestations"),
    Qualification: one_fact("qualifications"),
    Document: one_fact("documents"),
    Training: of_training,
    ContinuingEducation: of_continuing_education,
    Supervision: of_supervision,
    Experience: of_experience,
}
