"""Facts that the database can hold and requirements about them, made up by Hypothesis.

Few words, few days and few figures, so that they meet often and at their very edges: a window's first day and
the day before, hours that are exactly enough and a minute short.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import Any

from hypothesis import strategies as st

from certification.requirements.language import All, AnyOf, AtLeast, Not, Requirement
from certification.requirements.leaves import (
    LEAF_CLASSES,
    LIVED_EXPERIENCE,
    SCHOOLING,
    Credential,
    Document,
    Education,
    Exam,
    Experience,
    References,
    Supervision,
    Training,
)
from certification.requirements.values import add_months
from tests.requirements import strategies as language
from tests.requirements.strategies import LEVELS, TOPICS, WORDS, maybe, optional, pairs

#: Days on which calendars are cut hardest: of a leap year, of a month that the one before it falls short of.
DAYS_ASKED = (date(2024, 2, 29), date(2024, 3, 31), date(2023, 7, 1))
WORK = ("peer_support", "peer_recovery", "mental_health_services")
BASES = ("qualified-supervisor", "registered-peer-supervisor", "not-qualified")
STATES = ("US-MN", "US-MA")
MINUTES = (1, 59, 60, 61, 120, 240)
ENOUGH = (1, 60, 61, 119, 120, 121, 180, 300, 481)
NAMES = ("alpha", " AL pha", "Straße", "STRASSE", "Examen de Certificación", "EXAMEN DE CERTIFICACIÓN")
AUTHORITIES = 2

for leaf in LEAF_CLASSES.values():
    leaf.keys()  # Hypothesis prints what an example is made of, and that too

figures = st.sampled_from(MINUTES)
needed = st.sampled_from(ENOUGH)


def evenly(*choices: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """One of them, each as often as the others: Hypothesis by itself prefers the first and the last."""
    spread = st.integers(0, 2**32 - 1).map(lambda n: n * 2654435761 % 2**32 >> 8)
    return spread.flatmap(lambda n: choices[n % len(choices)])


def several(of: st.SearchStrategy[Any], most: int, least: int = 0) -> st.SearchStrategy[tuple[Any, ...]]:
    """So many of them at most, each number as often as the others."""
    sizes = (st.lists(of, min_size=n, max_size=n).map(tuple) for n in range(least, most + 1))
    return evenly(*sizes)


@cache
def days(on: date) -> st.SearchStrategy[date]:
    """Days around the edges of windows that end on a day, and others of three years before; few to come."""
    edges = [add_months(on, -months) + timedelta(days=off) for months in range(31) for off in (-1, 0, 1)]
    past = [on - timedelta(days=n) for n in range(0, 1000, 7)]
    to_come = [on + timedelta(days=n) for n in (1, 20)]
    known = [*edges, *past, *past]
    return evenly(*map(st.just, [*sorted(known, reverse=True), *to_come]))


# What is stored


@dataclass(frozen=True)
class Life:
    """One worker: rows of the tables, by the names of their fields; what they point to as a number.

    `tracked`: the background worker has been here since.
    """

    born_on: date | None
    state: str
    jobs: tuple[dict[str, Any], ...]
    entries: tuple[dict[str, Any], ...]
    sessions: tuple[dict[str, Any], ...]
    statements: tuple[dict[str, Any], ...]
    credentials: tuple[dict[str, Any], ...]
    tracked: bool


def rows(most: int, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[dict[str, Any], ...]]:
    return several(st.fixed_dictionaries(fields), most)


def details(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=fields)


#: Hours of a share as a form or a record file gives them: 20 minutes are no decimal.
shares = st.dictionaries(
    st.sampled_from(TOPICS), st.sampled_from((0, 0.5, 1, 2, 1 / 3, 0.35, 7 / 60)), max_size=2
)
learning = {
    "by_topic": shares,
    "mode": st.sampled_from(("live", "online")),
    "provider": st.sampled_from(WORDS),
}
percents = st.sampled_from((0, 50, 79.5, 80, 100))


def statements(on: date) -> st.SearchStrategy[dict[str, Any]]:
    day = days(on)

    def kind(which: str, /, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
        common = {
            "accepted_by": st.sets(st.integers(0, AUTHORITIES - 1)),
            "is_revoked": st.sampled_from((False, False, False, True)),
            "is_withdrawn": st.sampled_from((False, False, False, False, True)),
        }
        return st.fixed_dictionaries({"kind": st.just(which), **fields, **common})

    word = st.sampled_from(WORDS)
    topic = st.sampled_from(TOPICS)
    return evenly(
        kind("education", code=st.sampled_from(SCHOOLING), details=details(education_field=word)),
        kind("lived_experience", code=st.sampled_from(LIVED_EXPERIENCE)),
        kind("recovery", day=day),
        *[
            kind(
                "training",
                code=topic,
                day=day,
                minutes=maybe(figures),
                details=details(**learning, approved=st.booleans(), days=st.sampled_from((0, 0.5, 1, 2))),
            )
        ]
        * 3,
        *[kind("continuing_education", code=topic, day=day, minutes=figures, details=details(**learning))]
        * 2,
        kind("exam", name=st.sampled_from(NAMES), day=day, details=details(percent=percents)),
        kind("document", name=st.sampled_from(NAMES)),
        kind("references", code=st.sampled_from(("", *WORDS)), details=details(count=st.integers(1, 3))),
        kind("attestation", code=word),
        kind("qualification", code=word),
        kind("background_check", day=day),
        kind("fee", amount=st.sampled_from(("1.00", "49.99", "50.00", "50.25", "75.00"))),
        kind(
            "residency",
            code=st.sampled_from(STATES),
            details=details(basis=st.sampled_from(("live", "work")), share_percent=percents),
        ),
        kind("employment", code=st.sampled_from(("", "offer", "employed", "employed_or_volunteer"))),
        kind(
            "credential",
            code=st.sampled_from(("", "state_peer_certification", "other")),
            day=day,
            until=maybe(day),
            details=details(
                level=st.sampled_from(LEVELS),
                state=st.sampled_from(STATES),
                training_hours=st.sampled_from((0, 40, 46.5)),
                renewed=day.map(date.isoformat),
            ),
        ),
    )


def credentials(on: date) -> st.SearchStrategy[dict[str, Any]]:
    """A level and its events: issued once, and then whatever happened, in any order."""
    day = days(on)
    term = st.fixed_dictionaries({"kind": st.just("renewed"), "effective_on": day, "expires_on": maybe(day)})
    act = st.fixed_dictionaries(
        {
            "kind": st.sampled_from(
                ("suspended", "reinstated", "suspended", "reinstated", "revoked", "surrendered")
            ),
            "effective_on": day,
        }
    )
    return st.fixed_dictionaries(
        {
            "level": st.integers(0, len(LEVELS) - 1),
            "issued": st.fixed_dictionaries(
                {"kind": st.just("issued"), "effective_on": day, "expires_on": maybe(day)}
            ),
            "events": several(evenly(term, act), 4),
        }
    )


@cache  # strategies are dear to make
def lives(on: date) -> st.SearchStrategy[Life]:
    day = days(on)
    return st.builds(
        Life,
        born_on=maybe(st.integers(10, 60).flatmap(lambda years: st.sampled_from(birthdays(on, years)))),
        state=st.sampled_from(("", *STATES)),
        jobs=rows(
            2,
            started_on=day,
            length=maybe(st.integers(0, 600)),
            pay=st.sampled_from(("paid", "volunteer")),
            state=st.sampled_from(STATES),
            is_confirmed=st.booleans(),
        ),
        entries=rows(
            10,
            day=day,
            minutes=figures,
            work=st.sampled_from(WORK),
            domain=st.sampled_from(TOPICS),
            pay=st.sampled_from(("paid", "volunteer")),
            state=st.sampled_from(STATES),
            practicum=st.booleans(),
            supervised=st.booleans(),
            status=st.sampled_from(("approved", "approved", "approved", "submitted", "draft", "returned")),
            amended_to=st.sampled_from((None, None, None, 30, 90)),
        ),
        sessions=rows(
            4,
            day=day,
            minutes=figures,
            format=st.sampled_from(("individual", "group")),
            domain=st.sampled_from(TOPICS),
            basis=st.sampled_from(BASES),
            sealed=st.sampled_from(("", *BASES)),
            topics=st.dictionaries(st.sampled_from(TOPICS), figures, max_size=2),
            is_confirmed=st.sampled_from((True, True, False)),
        ),
        statements=several(statements(on), 9),
        credentials=several(credentials(on), 2),
        tracked=st.booleans(),
    )


def birthdays(on: date, years: int) -> list[date]:
    exact = add_months(on, -12 * years)
    return [exact - timedelta(days=1), exact, exact + timedelta(days=1)]


# What is asked


experience_leaves = st.builds(
    Experience,
    work=st.sampled_from(WORK),
    minutes=needed,
    **optional(
        months=st.integers(1, 4),
        supervised=language.flags,
        pay=st.sampled_from(((), ("paid",), ("volunteer",), ("paid", "volunteer"))),
        within_months=st.integers(0, 30),
        span_months=st.integers(1, 4),
        of_which_supervised=needed,
        after=st.sampled_from((*LEVELS, "employment")),
        in_state=language.flags,
        practicum=language.flags,
        by_domain=pairs(TOPICS, needed),
        max_by_domain=pairs(TOPICS, needed),
        start=st.sampled_from((date(2022, 6, 1), date(2023, 2, 28))),
        end=st.sampled_from((date(2023, 6, 30), date(2024, 1, 15))),
    ),
) | st.builds(Experience, work=st.sampled_from(WORK), months=st.integers(1, 3))
supervision_leaves = st.builds(
    Supervision,
    **optional(
        minutes=needed,
        by=st.sampled_from((BASES[:1], BASES[1:2], BASES[1:])),
        by_domain=pairs(TOPICS, needed),
        within_months=st.integers(0, 30),
        sessions=st.integers(1, 3),
        format=st.sampled_from(("individual", "group")),
        per_experience_minutes=st.sampled_from((60, 120, 90, 1000)),
    ),
)
names = st.sampled_from(NAMES)
leaves = evenly(
    *[language.fact_leaves] * 3,
    st.builds(Exam, name=names, at_least_percent=maybe(st.sampled_from((0, 50, 80)))),
    st.builds(Document, what=names),
    st.builds(Education, at_least=st.sampled_from(SCHOOLING), field=maybe(st.sampled_from(WORDS))),
    st.builds(References, count=st.integers(1, 4), sources=maybe(st.sampled_from(((), WORDS[:1], WORDS)))),
    *[experience_leaves] * 5,
    *[supervision_leaves] * 2,
    language.training_leaves.flatmap(
        lambda leaf: st.sampled_from((leaf, replace(leaf, minutes=60), replace(leaf, minutes=121)))
    ),
    language.continuing_education_leaves,
    language.credential_leaves,
    st.builds(
        Credential,
        of_kind=st.sampled_from(("state_peer_certification", "other")),
        **optional(
            other_state=language.flags,
            held_months=st.integers(0, 24),
            minimum_training_minutes=st.sampled_from((2400, 2790)),
        ),
    ),
    st.builds(Training, topic=st.sampled_from(TOPICS), minutes=needed),
)


def groups(branch: st.SearchStrategy[Requirement]) -> st.SearchStrategy[Requirement]:
    two = several(branch, 4, least=2)
    counted = two.flatmap(lambda of: st.integers(1, len(of)).map(lambda count: AtLeast(count, of)))
    forbidden = evenly(branch, two.map(All), two.map(AnyOf), counted).map(lambda one: Not((one,)))
    every = several(branch, 4, least=1).map(All)
    return evenly(every, every, two.map(AnyOf), two.map(AnyOf), counted, counted, forbidden)


low = groups(leaves)
middle = groups(evenly(leaves, leaves, low))
requirements = evenly(leaves, low, middle, groups(evenly(leaves, low, middle)))
questions = st.fixed_dictionaries(
    {
        "requirement": requirements,
        "authority": maybe(st.integers(0, AUTHORITIES - 1)),
        "level": maybe(st.sampled_from(LEVELS)),
        "jurisdiction": maybe(st.sampled_from(("US", *STATES))),
    }
)
