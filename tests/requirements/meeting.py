"""A record that meets a requirement, made from the requirement itself."""

from datetime import date, timedelta
from fractions import Fraction

from certification.catalogue.files import Standard
from certification.requirements.language import AnyOf, AtLeast, Leaf, Not, Requirement, children
from certification.requirements.leaves import (
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
from certification.requirements.values import add_months


def a_record_that_meets(node: Requirement, standard: Standard, on: date) -> Record:
    """Facts for every leaf asked; of alternatives the first ones; for a `not`, none."""
    made = Record()
    for _, leaf in leaves_to_meet(node):
        made = join(made, facts_for(leaf, standard, on))
    return made


def leaves_to_meet(node: Requirement, path: str = "requires", through: str = "") -> list[tuple[str, Leaf]]:
    """Leaves that together meet a requirement, with their paths; of alternatives the one on the way
    `through` a path, else the first."""
    here = f"{path}.{node.kind}"
    if isinstance(node, Leaf):
        return [(here, node)]
    if isinstance(node, Not):
        return []
    count = node.count if isinstance(node, AtLeast) else 1 if isinstance(node, AnyOf) else len(node.of)
    branches = sorted(children(node, here), key=lambda one: not f"{through}.".startswith(f"{one[0]}."))
    return [leaf for where, child in branches[:count] for leaf in leaves_to_meet(child, where, through)]


def join(one: Record, other: Record) -> Record:
    tables = {name: getattr(one, name) + getattr(other, name) for name in vars(Record()) if name != "born"}
    return Record(born=max((day for day in (one.born, other.born) if day), default=None), **tables)


def over(parts, minutes) -> tuple:
    """A breakdown, and hours enough for it."""
    parts = tuple(parts or ())
    return parts, max(minutes or 0, sum((Fraction(share) for _, share in parts), Fraction(0)))


def facts_for(leaf: Leaf, standard: Standard, on: date) -> Record:
    return FACTS[type(leaf)](leaf, standard, on)


def place_of(standard: Standard) -> str:
    return standard.jurisdiction if standard.jurisdiction != "US" else "US-MN"


def of_age(leaf: Age, standard: Standard, on: date) -> Record:
    years = leaf.at_least if leaf.at_least is not None else leaf.at_most
    return Record(born=add_months(on, -12 * years))


def of_training(leaf: Training, standard: Standard, on: date) -> Record:
    parts, minutes = over(leaf.by_topic, leaf.minutes)
    done = min(on, (leaf.completed_before or on) - timedelta(days=1))
    row = TrainingRow(leaf.topic, minutes, parts, True, done, days=leaf.days, mode="live")
    return Record(training=(row,), credentials=held(leaf.after, on))


def of_experience(leaf: Experience, standard: Standard, on: date) -> Record:
    parts, minutes = over(leaf.by_domain, leaf.minutes)
    end = min(on, leaf.end or on)
    row = ExperienceRow(
        leaf.work,
        minutes,
        supervised=True,
        pay="paid",
        start=add_months(end, -max(leaf.months or 1, leaf.span_months or 1)),
        end=end,
        state=place_of(standard),
        by_domain=parts,
        practicum=leaf.practicum,
    )
    return Record(experience=(row,), credentials=held(leaf.after, on))


def of_supervision(leaf: Supervision, standard: Standard, on: date) -> Record:
    parts, minutes = over(leaf.by_domain, leaf.minutes)
    by = leaf.by[0] if leaf.by else None
    plenty = minutes + (10_000 * 60 if leaf.per_experience_minutes else 0)
    row = SupervisionRow(plenty, by, on, by_domain=parts, sessions=leaf.sessions, format=leaf.format)
    return Record(supervision=(row,))


def of_credential(leaf: Credential, standard: Standard, on: date) -> Record:
    issued = add_months(on, -(leaf.held_months or 0))
    row = CredentialRow(
        level=leaf.any_of[0] if leaf.any_of else None,
        kind=leaf.of_kind,
        training_minutes=leaf.minimum_training_minutes,
        state="US-MN" if standard.jurisdiction != "US-MN" else "US-MA",
        issued=leaf.issued_before - timedelta(days=1) if leaf.issued_before else issued,
    )
    return Record(credentials=(row,))


def of_continuing_education(leaf: ContinuingEducation, standard: Standard, on: date) -> Record:
    topics, minutes = over(leaf.by_topic, leaf.minutes)
    rows = [EducationRow(minutes, None, topics, on, mode="live")]
    rows += [EducationRow(share, None, (), on, provider) for provider, share in leaf.by_provider or ()]
    term = held(standard.level, on) if leaf.window == "term" else ()
    return Record(continuing_education=tuple(rows), credentials=term)


def of_residency(leaf: Residency, standard: Standard, on: date) -> Record:
    home = (Place(place_of(standard)),)
    return Record(lives_in=home, works_in=home)


def of_references(leaf: References, standard: Standard, on: date) -> Record:
    return Record(references=(ReferenceRow(leaf.sources[0] if leaf.sources else None, leaf.count),))


FACTS = {
    Age: of_age,
    Training: of_training,
    Experience: of_experience,
    Supervision: of_supervision,
    Credential: of_credential,
    ContinuingEducation: of_continuing_education,
    Residency: of_residency,
    References: of_references,
    Education: lambda leaf, standard, on: Record(schooling=(Schooling(leaf.at_least, leaf.field),)),
    LivedExperience: lambda leaf, standard, on: Record(lived_experience=(Fact(leaf.of[-1]),)),
    Recovery: lambda leaf, standard, on: Record(recovery=(Fact(add_months(on, -leaf.months)),)),
    Exam: lambda leaf, standard, on: Record(exams=(ExamRow(leaf.name.upper(), on, leaf.at_least_percent),)),
    BackgroundCheck: lambda leaf, standard, on: Record(
        background_checks=(Fact(on - timedelta(days=leaf.within_days or 0)),)
    ),
    Attestation: lambda leaf, standard, on: Record(attestations=(Fact(leaf.to),)),
    Employment: lambda leaf, standard, on: Record(employment=(Fact("employed"),)),
    Qualification: lambda leaf, standard, on: Record(qualifications=(Fact(leaf.code),)),
    Document: lambda leaf, standard, on: Record(documents=(Fact(f"  {leaf.what} "),)),
    Fee: lambda leaf, standard, on: Record(fees_paid=(Fact(leaf.usd),)),
}


def held(code: str | None, on: date) -> tuple[CredentialRow, ...]:
    return (CredentialRow(level=code, issued=add_months(on, -240)),) if code else ()
