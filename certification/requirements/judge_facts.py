"""Judges of the leaves that ask for facts rather than hours."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from .case import Case
from .findings import Unit, Verdict
from .judging import Judgement, by_one, judges, named, settle
from .leaves import (
    SCHOOLING,
    Age,
    Attestation,
    BackgroundCheck,
    Credential,
    Document,
    Education,
    Employment,
    Exam,
    Fee,
    LivedExperience,
    Qualification,
    Recovery,
    References,
    Residency,
)
from .ledger import in_state
from .record import CredentialRow, ExamRow, Fact, Place, Schooling
from .values import hours_of, months_between, name_key


@judges(Age)
def age(leaf: Age, case: Case) -> Judgement:
    needed = leaf.at_least if leaf.at_least is not None else leaf.at_most
    if case.record.born is None or case.record.born > case.on:
        return Judgement(Verdict.UNMET, needed=needed, unit=Unit.YEARS, reason="age.unknown")
    years = months_between(case.record.born, case.on) // 12
    figures: dict[str, Any] = {"have": years, "unit": Unit.YEARS}
    if leaf.at_least is not None and years < leaf.at_least:
        return Judgement(Verdict.UNMET, needed=leaf.at_least, remaining=leaf.at_least - years, **figures)
    if leaf.at_most is not None and years > leaf.at_most:
        return Judgement(Verdict.UNMET, needed=leaf.at_most, reason="age.over", **figures)
    return Judgement(Verdict.MET, needed=needed, remaining=0, **figures)


@judges(Education)
def education(leaf: Education, case: Case) -> Judgement:
    def suits(row: Schooling) -> bool:
        reached = row.level is not None and SCHOOLING.index(row.level) >= SCHOOLING.index(leaf.at_least)
        return reached and (leaf.field is None or row.field == leaf.field)

    levels = [SCHOOLING.index(row.level) for row in case.record.schooling if row.accepted and row.level]
    best = SCHOOLING[max(levels)] if levels else None
    judged = by_one(case.record.schooling, suits, name="education")
    return Judgement(judged.verdict, needed=leaf.at_least, have=best, evidence=judged.evidence)


@judges(LivedExperience)
def lived_experience(leaf: LivedExperience, case: Case) -> Judgement:
    return by_one(case.record.lived_experience, lambda fact: fact.value in leaf.of, name="lived_experience")


@judges(Recovery)
def recovery(leaf: Recovery, case: Case) -> Judgement:
    def months(facts: Iterable[Any]) -> int | None:
        past = [months_between(fact.value, case.on) for fact in facts if fact.value <= case.on]
        return max(past, default=None)

    facts = case.record.recovery
    have, stated = months(fact for fact in facts if fact.accepted), months(facts)
    return Judgement(
        settle(have is not None and have >= leaf.months, stated is not None and stated >= leaf.months),
        needed=leaf.months,
        have=have,
        pending=None if stated == have else stated,
        remaining=None if have is None else max(0, leaf.months - have),
        unit=Unit.MONTHS,
        evidence=tuple(named("recovery", n, fact) for n, fact in enumerate(facts)),
        reason="" if stated is not None else "recovery.unknown",
    )


@judges(Exam)
def exam(leaf: Exam, case: Case) -> Judgement:
    """A pass on or before the day, of the exam of that name, with at least the percent asked."""
    name = name_key(leaf.name)

    def passed(row: ExamRow) -> bool:
        return name_key(row.name) == name and row.passed is not None and row.passed <= case.on

    least = leaf.at_least_percent
    if least is None:
        return by_one(case.record.exams, passed, name="exams")

    def suits(row: ExamRow) -> bool:
        return passed(row) and row.percent is not None and row.percent >= least

    judged = by_one(case.record.exams, suits, name="exams")
    scores = [
        row.percent for row in case.record.exams if passed(row) and row.accepted and row.percent is not None
    ]
    score = max(scores, default=None)
    without = any(passed(row) for row in case.record.exams) and not scores
    return Judgement(
        judged.verdict,
        needed=least,
        have=score,
        remaining=None if score is None else max(0, least - score),
        unit=Unit.PERCENT,
        evidence=judged.evidence,
        reason="exam.no_score" if without and judged.verdict == Verdict.UNMET else "",
    )


@judges(Credential)
def credential(leaf: Credential, case: Case) -> Judgement:
    """One credential that fits in every way, active on the day."""
    matching = [
        (problems_of(leaf, row, case), n, row)
        for n, row in enumerate(case.record.credentials)
        if matches(leaf, row, case)
    ]
    # The one with the least against it speaks; an accepted one before a stated one, then as written.
    matching.sort(key=lambda one: (len(one[0]), not one[2].accepted))
    if not matching:
        held_needed = {
            "needed": leaf.held_months,
            "have": 0,
            "remaining": leaf.held_months,
            "unit": Unit.MONTHS,
        }
        one_needed = {"needed": 1, "have": 0, "remaining": 1, "unit": Unit.COUNT}
        figures: dict[str, Any] = held_needed if leaf.held_months else one_needed
        return Judgement(Verdict.UNMET, reason="credential.not_held", **figures)
    problems, n, row = matching[0]
    verdict = settle(not problems and row.accepted, not problems)
    facts = {key: value for key, value in details(row, case).items() if value is not None}
    judged: dict[str, Any] = {"evidence": (named("credentials", n, row),), "facts": facts}
    judged["reason"] = f"credential.{problems[0]}" if problems else ""
    if leaf.held_months is not None and problems in ([], ["held_short"]):
        held = months_between(row.issued, case.on) if row.issued else 0
        judged |= {"needed": leaf.held_months, "have": held, "unit": Unit.MONTHS}
        judged["remaining"] = max(0, leaf.held_months - held)
    else:
        good = verdict == Verdict.MET
        judged |= {"needed": 1, "have": int(good), "remaining": int(not good), "unit": Unit.COUNT}
    return Judgement(verdict, **judged)


def matches(leaf: Credential, row: CredentialRow, case: Case) -> bool:
    return (leaf.any_of is None or row.level in leaf.any_of) and (
        leaf.of_kind is None or leaf.of_kind in case.catalogue.kinds_of(row)
    )


def problems_of(leaf: Credential, row: CredentialRow, case: Case) -> list[str]:
    """What stands against a credential, the weightiest first. `issued_...` excludes the day itself."""
    return [*problems_of_day(row, case), *problems_of_row(leaf, row, case)]


def problems_of_day(row: CredentialRow, case: Case) -> list[str]:
    if row.issued is not None and row.issued > case.on:
        return ["not_yet"]
    if row.suspended_on(case.on):
        return ["suspended"]
    return [] if row.in_term(case.on) else ["expired"]


def problems_of_row(leaf: Credential, row: CredentialRow, case: Case) -> list[str]:
    state, trained = case.catalogue.state_of(row), case.catalogue.training_of(row)
    held = months_between(row.issued, case.on) if row.issued else -1
    against = {
        "same_state": leaf.other_state and (state in (None, "US") or state == case.jurisdiction),
        "issued_too_early": leaf.issued_after and not (row.issued and row.issued > leaf.issued_after),
        "issued_too_late": leaf.issued_before and not (row.issued and row.issued < leaf.issued_before),
        "training_short": (trained or 0) < (leaf.minimum_training_minutes or 0),
        "held_short": leaf.held_months is not None and held < leaf.held_months,
    }
    return [problem for problem, stands in against.items() if stands]


def details(row: CredentialRow, case: Case) -> dict[str, Any]:
    trained = case.catalogue.training_of(row)
    return {
        "level": row.level,
        "kind": row.kind,
        "issued": row.issued and row.issued.isoformat(),
        "expires": row.expires and row.expires.isoformat(),
        "training_hours": trained if trained is None else hours_of(trained),
    }


@judges(References)
def references(leaf: References, case: Case) -> Judgement:
    """References of the kinds asked; those that do not say are of the kind asked."""
    fitting = [
        (n, row)
        for n, row in enumerate(case.record.references)
        if row.by is None or leaf.sources is None or row.by in leaf.sources
    ]
    have = sum(row.count for _, row in fitting if row.accepted)
    stated = sum(row.count for _, row in fitting)
    return Judgement(
        settle(have >= leaf.count, stated >= leaf.count),
        needed=leaf.count,
        have=have,
        pending=stated - have,
        remaining=max(0, leaf.count - have),
        unit=Unit.COUNT,
        evidence=tuple(named("references", n, row) for n, row in fitting)[:5],
    )


@judges(BackgroundCheck)
def background_check(leaf: BackgroundCheck, case: Case) -> Judgement:
    checks = [fact for fact in case.record.background_checks if fact.value <= case.on]

    def suits(fact: Fact[date]) -> bool:
        return leaf.within_days is None or (case.on - fact.value).days <= leaf.within_days

    judged = by_one(checks, suits, name="background_checks")
    if judged.verdict != Verdict.UNMET or not checks:
        return judged
    last = max(fact.value for fact in checks).isoformat()
    return Judgement(
        Verdict.UNMET, 1, 0, 0, 1, Unit.COUNT, reason="background_check.too_old", facts={"date": last}
    )


@judges(Attestation)
def attestation(leaf: Attestation, case: Case) -> Judgement:
    return by_one(case.record.attestations, lambda fact: fact.value == leaf.to, name="attestations")


@judges(Residency)
def residency(leaf: Residency, case: Case) -> Judgement:
    """Living or working in the jurisdiction, for at least the share asked of either."""
    places = {
        "live": case.record.lives_in,
        "work": case.record.works_in,
        "live_or_work": case.record.lives_in + case.record.works_in,
    }[leaf.basis]
    there = [place for place in places if in_state(place.state, case.jurisdiction)]

    def suits(place: Place) -> bool:
        return in_state(place.state, case.jurisdiction) and place.share >= (leaf.share_percent or 0)

    judged = by_one(places, suits, name=leaf.basis)
    if leaf.share_percent is None:
        return judged
    share = max((place.share for place in there if place.accepted), default=0)
    return Judgement(
        judged.verdict,
        needed=leaf.share_percent,
        have=share,
        remaining=max(0, leaf.share_percent - share),
        unit=Unit.PERCENT,
        evidence=judged.evidence,
    )


SATISFIED_BY = {
    "employed": ("employed",),
    "offer": ("offer", "employed"),
    "employed_or_volunteer": ("employed_or_volunteer", "employed"),
}


@judges(Employment)
def employment(leaf: Employment, case: Case) -> Judgement:
    good = SATISFIED_BY[leaf.status]
    judged = by_one(case.record.employment, lambda fact: fact.value in good, name="employment")
    have = next((fact.value for fact in case.record.employment if fact.accepted), None)
    return Judgement(judged.verdict, needed=leaf.status, have=have, evidence=judged.evidence)


@judges(Qualification)
def qualification(leaf: Qualification, case: Case) -> Judgement:
    return by_one(case.record.qualifications, lambda fact: fact.value == leaf.code, name="qualifications")


@judges(Document)
def document(leaf: Document, case: Case) -> Judgement:
    what = name_key(leaf.what)
    return by_one(case.record.documents, lambda fact: name_key(fact.value) == what, name="documents")


@judges(Fee)
def fee(leaf: Fee, case: Case) -> Judgement:
    """One payment of at least the amount."""
    judged = by_one(case.record.fees_paid, lambda fact: fact.value >= leaf.usd, name="fees_paid")
    paid = max((fact.value for fact in case.record.fees_paid if fact.accepted), default=0)
    return Judgement(
        judged.verdict,
        needed=leaf.usd,
        have=paid,
        remaining=0 if judged.verdict == Verdict.MET else leaf.usd,
        unit=Unit.USD,
        evidence=judged.evidence,
    )
