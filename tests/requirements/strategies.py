"""Records and requirement trees that Hypothesis makes up, from few words so that they meet often."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import strategies as st

from certification.requirements.language import All, AnyOf, AtLeast, Not
from certification.requirements.leaves import (
    EMPLOYMENT,
    LIVED_EXPERIENCE,
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
from certification.requirements.record import (
    CredentialRow,
    EducationRow,
    ExamRow,
    ExperienceRow,
    Fact,
    Place,
    Record,
    ReferenceRow,
    Schooling,
    SupervisionRow,
    TrainingRow,
)

ON = date(2024, 2, 29)  # the day of a leap year, where windows are cut hardest
TOPICS = ("peer_support", "ethics", "advocacy")
WORK = ("peer_support", "peer_recovery", "mental_health_services")
LEVELS = ("mn-cps-1", "mn-cps-2", "ma-cps", "us-ncps")
STATES = ("US-MN", "US-MA")
WORDS = ("alpha", "beta")


def maybe(strategy):
    return st.none() | strategy


def optional(**fields):
    return {name: maybe(strategy) for name, strategy in fields.items()}


days = st.integers(-40, 900).map(lambda n: ON - timedelta(days=n))
minutes = st.integers(1, 600)
flags = st.just(True)
months = st.integers(0, 30)


def pairs(slugs, each=minutes):
    return st.dictionaries(st.sampled_from(slugs), each, min_size=1, max_size=2).map(
        lambda d: tuple(d.items())
    )


def filled(make, **fields):
    """Instances with only some of their fields."""
    return st.fixed_dictionaries({}, optional=fields).map(lambda given: make(**given))


experience_leaves = st.builds(
    Experience,
    minutes=minutes,
    work=st.sampled_from(WORK),
    **optional(
        months=st.integers(1, 6),
        supervised=flags,
        pay=st.lists(st.sampled_from(("paid", "volunteer")), max_size=2).map(tuple),
        within_months=months,
        span_months=st.integers(1, 4),
        of_which_supervised=minutes,
        after=st.sampled_from((*LEVELS, "employment")),
        in_state=flags,
        practicum=flags,
        by_domain=pairs(TOPICS),
        max_by_domain=pairs(TOPICS),
        start=st.just(ON - timedelta(days=500)),
        end=st.just(ON - timedelta(days=100)),
    ),
)
supervision_leaves = st.builds(
    Supervision,
    minutes=minutes,
    **optional(
        by=st.lists(st.sampled_from(WORDS), min_size=1, max_size=2).map(tuple),
        by_domain=pairs(TOPICS),
        within_months=months,
        sessions=st.integers(1, 4),
        format=st.sampled_from(("individual", "group")),
        per_experience_minutes=st.integers(60, 6000),
    ),
)
training_leaves = st.builds(
    Training,
    topic=st.sampled_from(TOPICS),
    **optional(
        minutes=minutes,
        approved=flags,
        days=st.integers(1, 3),
        within_months=months,
        by_topic=pairs(TOPICS),
        max_by_topic=pairs(TOPICS),
        live_minutes=minutes,
        online_minutes_at_most=minutes,
        completed_after=days,
        completed_before=days,
        after=st.sampled_from((*LEVELS, "employment")),
    ),
)
continuing_education_leaves = st.builds(
    ContinuingEducation,
    minutes=minutes,
    **optional(
        within_months=months,
        by_topic=pairs(TOPICS),
        max_by_topic=pairs(TOPICS),
        by_provider=pairs(WORDS),
        live_minutes=minutes,
        online_minutes_at_most=minutes,
        window=st.sampled_from(("rolling", "term", "calendar_year")),
    ),
)
credential_leaves = st.builds(
    Credential,
    any_of=st.lists(st.sampled_from(LEVELS), min_size=1, max_size=2).map(tuple),
    **optional(
        minimum_training_minutes=st.integers(60, 6000),
        held_months=months,
        other_state=flags,
        issued_after=days,
    ),
) | st.builds(Credential, of_kind=st.sampled_from(("state_peer_certification", "other")))
fact_leaves = st.one_of(
    st.builds(Age, at_least=st.integers(10, 60)),
    st.builds(Education, at_least=st.sampled_from(SCHOOLING), field=maybe(st.sampled_from(WORDS))),
    st.builds(
        LivedExperience, of=st.lists(st.sampled_from(LIVED_EXPERIENCE), min_size=1, max_size=3).map(tuple)
    ),
    st.builds(Recovery, months=months, continuous=maybe(flags)),
    st.builds(Exam, name=st.sampled_from(WORDS), at_least_percent=maybe(st.integers(0, 100))),
    st.builds(References, count=st.integers(1, 4), sources=maybe(st.just(("alpha",)))),
    st.builds(BackgroundCheck, within_days=maybe(st.integers(1, 400))),
    st.builds(Attestation, to=st.sampled_from(WORDS)),
    st.builds(
        Residency,
        basis=st.sampled_from(("live", "work", "live_or_work")),
        share_percent=maybe(st.integers(0, 100)),
    ),
    st.builds(Employment, status=st.sampled_from(EMPLOYMENT)),
    st.builds(Qualification, code=st.sampled_from(WORDS), summary=st.sampled_from(WORDS)),
    st.builds(Document, what=st.sampled_from(WORDS)),
    st.builds(Fee, usd=st.integers(1, 100)),
)
leaves = st.one_of(
    fact_leaves,
    experience_leaves,
    supervision_leaves,
    training_leaves,
    continuing_education_leaves,
    credential_leaves,
)


def groups(branches, *, free: bool = True):
    several = st.lists(branches, min_size=2, max_size=4).map(tuple)
    made = [
        st.lists(branches, min_size=1, max_size=4).map(lambda of: All(tuple(of))),
        several.map(AnyOf),
        several.flatmap(lambda of: st.integers(1, len(of)).map(lambda count: AtLeast(count, of))),
    ]
    return st.one_of(made if not free else [*made, branches.map(lambda one: Not((one,)))])


requirements = st.recursive(leaves, groups, max_leaves=8)


def grows(leaf) -> bool:
    """More facts can only help: no ratio that more work raises, no term that a newer credential shortens."""
    return getattr(leaf, "per_experience_minutes", None) is None and getattr(leaf, "window", None) != "term"


growing_leaves = leaves.filter(grows)
growing = st.recursive(growing_leaves, lambda branches: groups(branches, free=False), max_leaves=8)


def spread(row: ExperienceRow, length: int) -> ExperienceRow:
    return replace(row, end=row.start + timedelta(days=length)) if row.start else row


def with_parts(row, slugs, name: str):
    """The row with a breakdown no larger than its hours."""
    share = st.integers(0, row.minutes)
    return share.flatmap(
        lambda part: st.sampled_from(slugs).map(
            lambda slug: replace(row, **{name: ((slug, part),)}) if part else row
        )
    )


accepted = st.booleans()
experience_rows = st.builds(
    spread,
    st.builds(
        ExperienceRow,
        work=st.sampled_from(WORK),
        minutes=minutes,
        supervised=maybe(st.booleans()),
        pay=maybe(st.sampled_from(("paid", "volunteer"))),
        start=days,
        state=maybe(st.sampled_from(STATES)),
        domain=maybe(st.sampled_from(TOPICS)),
        practicum=maybe(st.booleans()),
        pending=st.booleans(),
    ),
    st.sampled_from((0, 0, 1, 30, 200)),
).flatmap(lambda row: with_parts(row, TOPICS, "by_domain"))
supervision_rows = st.builds(
    SupervisionRow,
    minutes=minutes,
    by=maybe(st.sampled_from(WORDS)),
    on=maybe(days),
    domain=maybe(st.sampled_from(TOPICS)),
    sessions=maybe(st.integers(0, 3)),
    format=maybe(st.sampled_from(("individual", "group"))),
    pending=st.booleans(),
).flatmap(lambda row: with_parts(row, TOPICS, "by_domain"))
training_rows = st.builds(
    TrainingRow,
    topic=maybe(st.sampled_from(TOPICS)),
    minutes=minutes,
    approved=maybe(st.booleans()),
    completed=maybe(days),
    days=maybe(st.integers(0, 3)),
    mode=maybe(st.sampled_from(("live", "online"))),
    accepted=accepted,
).flatmap(lambda row: with_parts(row, TOPICS, "by_topic"))
education_rows = st.builds(
    EducationRow,
    minutes=minutes,
    topic=maybe(st.sampled_from(TOPICS)),
    on=maybe(days),
    provider=maybe(st.sampled_from(WORDS)),
    mode=maybe(st.sampled_from(("live", "online"))),
    accepted=accepted,
).flatmap(lambda row: with_parts(row, TOPICS, "by_topic"))


def lasting(
    row: CredentialRow, length: int | None, renewed: int | None, suspended: int | None
) -> CredentialRow:
    if row.issued is None:
        return row
    expires = row.issued + timedelta(days=length) if length is not None else None
    again = row.issued + timedelta(days=renewed) if renewed is not None else None
    off = row.issued + timedelta(days=suspended) if suspended is not None else None
    return replace(
        row,
        expires=max(expires, again) if expires and again else expires,
        renewed=again,
        suspended=((off, off + timedelta(days=60)),) if off else (),
    )


credential_rows = st.builds(
    lasting,
    st.builds(
        CredentialRow,
        level=maybe(st.sampled_from(LEVELS)),
        kind=maybe(st.sampled_from(("state_peer_certification", "other"))),
        training_minutes=maybe(st.integers(0, 6000)),
        state=maybe(st.sampled_from(STATES)),
        issued=maybe(days),
        accepted=accepted,
    ),
    maybe(st.integers(0, 900)),
    maybe(st.integers(0, 300)),
    maybe(st.integers(0, 900)),
)


def facts(values):
    return tables(st.builds(Fact, value=values, accepted=accepted))


def tables(rows, most: int = 3):
    return st.lists(rows, max_size=most).map(tuple)


places = st.builds(
    Place, state=st.sampled_from(STATES), share_percent=maybe(st.integers(0, 100)), accepted=accepted
)
records = filled(
    Record,
    born=st.integers(10, 60).map(lambda years: date(ON.year - years, 2, 28)),
    schooling=tables(
        st.builds(
            Schooling,
            level=st.sampled_from(SCHOOLING),
            field=maybe(st.sampled_from(WORDS)),
            accepted=accepted,
        )
    ),
    lived_experience=facts(st.sampled_from(LIVED_EXPERIENCE)),
    recovery=facts(days),
    lives_in=tables(places, 1),
    works_in=tables(places, 1),
    credentials=tables(credential_rows),
    training=tables(training_rows, 4),
    experience=tables(experience_rows, 6),
    supervision=tables(supervision_rows, 4),
    exams=tables(
        st.builds(
            ExamRow,
            name=st.sampled_from(WORDS),
            passed=maybe(days),
            percent=maybe(st.integers(0, 100)),
            accepted=accepted,
        )
    ),
    continuing_education=tables(education_rows, 4),
    references=tables(st.builds(ReferenceRow, by=maybe(st.sampled_from(WORDS)), accepted=accepted)),
    attestations=facts(st.sampled_from(WORDS)),
    background_checks=facts(days),
    qualifications=facts(st.sampled_from(WORDS)),
    documents=facts(st.sampled_from(WORDS)),
    fees_paid=facts(st.integers(0, 100)),
    employment=facts(st.sampled_from(EMPLOYMENT)),
)
TABLES = tuple(name for name in vars(Record()) if name != "born")


def joined(one: Record, other: Record) -> Record:
    """All facts of both."""
    return Record(
        born=one.born or other.born, **{name: getattr(one, name) + getattr(other, name) for name in TABLES}
    )


def all_accepted(of: Record) -> Record:
    """The record as if every fact in it had been accepted and every hour approved."""

    def settled(row):
        if hasattr(row, "pending"):
            return replace(row, pending=False)
        return replace(row, accepted=True)

    return replace(of, **{name: tuple(settled(row) for row in getattr(of, name)) for name in TABLES})
