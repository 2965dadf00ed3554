"""A worker's facts, read from the database as the record that requirements are judged by."""

from dataclasses import fields, replace
from datetime import date
from fractions import Fraction

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from certification import records
from certification.catalogue.files import shipped
from certification.requirements.explain import explain
from certification.requirements.findings import Finding, Verdict
from certification.requirements.language import parse
from certification.requirements.record import Record
from certification.requirements.record_files import parse_record
from tests.builders.accounts import a_person
from tests.builders.certification import a_credential, a_standard, accept, an_authority, an_event
from tests.builders.workers import (
    a_session,
    a_statement,
    a_worker,
    an_agreement,
    an_employment,
    an_entry,
    approved_hours,
    hours,
    submitted_hours,
)
from workers.models import HourEntry

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 1)


@pytest.fixture
def job():
    return an_employment(a_worker(born_on=date(1990, 5, 1)))


def facts_of(worker, on=TODAY):
    return records.load([worker.pk], on=on)[worker.pk]


def judged(requires, worker, *, authority=None, on=TODAY):
    record = facts_of(worker, on).record(authority and authority.pk)
    return explain(parse(requires), record, on)


def test_approved_hours_count_and_submitted_ones_stand_beside_them(job):
    agreement = an_agreement(job)
    approved_hours(job, hours(20), agreement=agreement, until=date(2026, 5, 20))
    submitted_hours(job, hours(10), until=date(2026, 5, 25))

    found = judged({"experience": {"hours": 40, "in": "peer_support", "supervised": True}}, job.worker)

    assert (found.have, found.pending, found.remaining) == (hours(20), hours(10), hours(20))


def test_hours_waiting_without_a_qualified_supervisor_are_not_shown_beside_supervised_hours(job):
    an_agreement(job, basis="not-qualified")
    submitted_hours(job, hours(10), until=date(2026, 5, 25))

    asked = {"hours": 40, "in": "peer_support"}

    assert not judged({"experience": asked | {"supervised": True}}, job.worker).pending
    assert judged({"experience": asked}, job.worker).pending == hours(10)


def test_amended_hours_count_once(job):
    agreement = an_agreement(job)
    [first] = approved_hours(job, hours(8), agreement=agreement, until=date(2026, 5, 20))
    waits = an_entry(job, day=first.day, minutes=hours(5), amends=first)

    assert judged({"experience": {"hours": 40, "in": "peer_support"}}, job.worker).have == hours(8)
    assert not judged({"experience": {"hours": 40, "in": "peer_support"}}, job.worker).pending

    HourEntry.objects.filter(pk=waits.pk).update(
        status="approved", decided_by=agreement.supervisor, decided_on="2026-05-21T12:00Z"
    )

    assert judged({"experience": {"hours": 40, "in": "peer_support"}}, job.worker).have == hours(5)


def test_hours_after_the_day_of_judgement_are_not_known_yet(job):
    approved_hours(job, hours(8), agreement=an_agreement(job), until=date(2026, 5, 20))

    assert judged({"experience": {"hours": 8, "in": "peer_support"}}, job.worker).have == hours(8)
    assert (
        judged({"experience": {"hours": 8, "in": "peer_support"}}, job.worker, on=date(2026, 5, 19)).have == 0
    )


def test_supervision_counts_once_it_is_confirmed(job):
    agreement = an_agreement(job, basis="registered-peer-supervisor")
    a_session(agreement, day=date(2026, 5, 4), minutes=90)
    a_session(agreement, day=date(2026, 5, 11), minutes=60, confirmed=False)

    found = judged({"supervision": {"hours": 10, "by": "registered-peer-supervisor"}}, job.worker)

    assert (found.have, found.pending) == (90, 60)


def test_what_a_worker_states_waits_until_an_authority_accepts_it(job):
    ours, theirs = an_authority(), an_authority()
    stated = a_statement(job.worker, "training", minutes=hours(80))
    asked = {"training": {"hours": 80, "topic": "peer_support", "approved": True}}

    assert judged(asked, job.worker, authority=ours).verdict == Verdict.WAITING

    accept(stated, ours)

    assert judged(asked, job.worker, authority=ours).verdict == Verdict.MET
    assert judged(asked, job.worker, authority=theirs).verdict == Verdict.WAITING
    assert judged(asked, job.worker).verdict == Verdict.MET  # an employer takes any authority's word


def test_a_revoked_acceptance_no_longer_counts(job):
    authority = an_authority()
    acceptance = accept(a_statement(job.worker, "attestation", code="code_of_ethics"), authority)
    assert judged({"attestation": {"to": "code_of_ethics"}}, job.worker, authority=authority).verdict == "met"

    acceptance.revoked_by, acceptance.revoked_on = a_person(), acceptance.accepted_on
    acceptance.save()

    found = judged({"attestation": {"to": "code_of_ethics"}}, job.worker, authority=authority)
    assert found.verdict == Verdict.WAITING


def test_a_withdrawn_statement_is_not_a_fact(job):
    a_statement(job.worker, "attestation", code="code_of_ethics", withdrawn_at="2026-05-01T12:00Z")

    assert judged({"attestation": {"to": "code_of_ethics"}}, job.worker).verdict == Verdict.UNMET


def test_training_that_the_worker_says_was_not_approved_is_not_taken_for_approved(job):
    authority = an_authority()
    accept(a_statement(job.worker, "training", minutes=hours(80), details={"approved": False}), authority)
    asked = {"hours": 80, "topic": "peer_support"}

    assert judged({"training": asked}, job.worker, authority=authority).verdict == Verdict.MET
    assert (
        judged({"training": asked | {"approved": True}}, job.worker, authority=authority).verdict == "unmet"
    )


def test_a_job_counts_as_employment_once_the_employer_confirmed_it(job):
    asked = {"employment": {"status": "employed"}}
    assert judged(asked, job.worker).verdict == Verdict.WAITING

    job.confirmed_by, job.confirmed_on = a_person(), "2026-01-01T12:00Z"
    job.save()

    assert judged(asked, job.worker).verdict == Verdict.MET


def test_a_past_job_is_no_employment_today(job):
    job.ended_on = date(2026, 5, 1)
    job.save()

    assert judged({"employment": {"status": "employed"}}, job.worker).verdict == Verdict.UNMET


def test_a_credential_counts_while_it_is_active(job):
    standard = a_standard()
    credential = a_credential(job.worker, standard, issued_on=date(2025, 1, 1), expires_on=date(2026, 12, 31))
    asked = {"credential": {"any_of": [standard.level.code]}}

    def on(*day):
        return judged(asked, job.worker, on=date(*day)).verdict

    assert [on(2024, 12, 31), on(2025, 1, 1), on(2026, 12, 31), on(2027, 1, 1)] == [
        "unmet",
        "met",
        "met",
        "unmet",
    ]

    an_event(credential, "suspended", date(2026, 3, 1))
    an_event(credential, "reinstated", date(2026, 4, 1))

    assert [on(2026, 2, 28), on(2026, 3, 1), on(2026, 3, 31), on(2026, 4, 1)] == [
        "met",
        "unmet",
        "unmet",
        "met",
    ]


def a_full_worker():
    """Somebody who has done a bit of everything."""
    job = an_employment(a_worker(born_on=date(1990, 5, 1)))
    worker, agreement = job.worker, an_agreement(job)
    job.confirmed_by, job.confirmed_on = a_person(), "2026-01-01T12:00Z"
    job.save()
    approved_hours(job, hours(1200) + 30, agreement=agreement, until=date(2026, 5, 20))
    approved_hours(
        job, hours(100), agreement=agreement, until=date(2024, 5, 20), domain="mentoring_education"
    )
    a_session(agreement, day=date(2026, 5, 4), minutes=90)
    authority = an_authority()
    stated = [
        ("education", {"code": "high_school"}),
        ("lived_experience", {"code": "mental_health"}),
        ("recovery", {"day": date(2019, 1, 1)}),
        ("training", {"minutes": hours(80), "details": {"by_topic": {"ethics": 3.5}}}),
        ("continuing_education", {"minutes": hours(10), "details": {"mode": "online", "provider": "naadac"}}),
        ("exam", {"name": "State examination", "day": date(2024, 4, 1), "details": {"percent": 84}}),
        ("references", {"code": "supervisor"}),
        ("references", {"code": "colleague"}),
        ("attestation", {"code": "code_of_ethics"}),
        ("background_check", {"day": date(2026, 5, 1)}),
        ("qualification", {"code": "mn-mental-health-practitioner"}),
        ("document", {"name": "Photo identification"}),
        ("fee", {"amount": "50.25"}),
        ("residency", {"code": "US-MN", "details": {"share_percent": 60}}),
        (
            "credential",
            {
                "code": "state_peer_certification",
                "day": date(2020, 1, 1),
                "until": date(2028, 1, 1),
                "details": {"training_hours": 46, "state": "US-WI"},
            },
        ),
    ]
    for kind, values in stated:
        accept(a_statement(worker, kind, **values), authority)
    credential = a_credential(worker, a_standard(), expires_on=date(2026, 12, 31))
    an_event(credential, "suspended", date(2025, 3, 1))
    an_event(credential, "reinstated", date(2025, 4, 1))
    return worker, authority


def as_accepted(record: Record) -> Record:
    """The record as its file will be read: everything stated counts as accepted."""
    taken = {
        field.name: tuple(
            replace(row, accepted=True) if getattr(row, "accepted", True) is False else row
            for row in getattr(record, field.name)
        )
        for field in fields(record)
        if isinstance(getattr(record, field.name), tuple)
    }
    return replace(record, **taken)


def figures(finding: Finding) -> list[tuple]:
    return [
        (leaf.path, leaf.verdict, leaf.needed, leaf.have, leaf.remaining, leaf.parts)
        for leaf in finding.leaves()
    ]


@pytest.mark.parametrize("kind", ["full", "bare", "stated"])
def test_the_record_says_what_its_file_says(kind):
    """Every standard of the catalogue finds the same in the database and in the exported file."""
    if kind == "full":
        worker, _ = a_full_worker()
    else:
        job = an_employment(a_worker())
        worker = job.worker
        if kind == "stated":
            approved_hours(job, hours(2100), agreement=an_agreement(job), until=date(2026, 5, 20))
    record = facts_of(worker).record()
    if kind != "full":
        record = as_accepted(record)
    again = parse_record(record.to_data())
    library = shipped()

    for code, standard in library.standards.items():
        if standard.requires:
            context = {"catalogue": library.catalogue, "level": standard.level}
            ours = explain(standard.requires, record, TODAY, **context)
            theirs = explain(standard.requires, again, TODAY, **context)
            assert figures(ours) == figures(theirs), code


def test_amounts_do_not_drift(job):
    a_statement(job.worker, "fee", amount="50.25")

    [paid] = facts_of(job.worker).record().fees_paid

    assert paid.value == Fraction(5025, 100)


@pytest.mark.parametrize("how_many", [1, 5])
def test_reading_costs_the_same_however_many_workers(how_many):
    workers = [a_full_worker()[0] for _ in range(how_many)]

    with CaptureQueriesContext(connection) as captured:
        found = records.load([worker.pk for worker in workers], on=TODAY)

    assert len(found) == how_many
    assert len(captured) == 7


def test_several_days_are_read_at_once_and_each_as_if_it_were_alone(job):
    agreement = an_agreement(job)
    approved_hours(job, hours(400), agreement=agreement, until=TODAY)
    a_session(agreement, day=date(2026, 5, 20))
    an_employment(job.worker, ended_on=date(2026, 5, 15))
    credential = a_credential(job.worker, a_standard(), issued_on=date(2025, 1, 1))
    an_event(credential, "suspended", date(2026, 5, 25))
    a_credential(job.worker, a_standard(), issued_on=date(2026, 5, 28))
    days = [date(2026, 5, 10), date(2026, 5, 27), TODAY]

    with CaptureQueriesContext(connection) as captured:
        found = records.load_days([job.worker.pk], days=days)

    assert len(captured) == 7
    for day in days:
        assert found[day][job.worker.pk] == facts_of(job.worker, day)
    ended, suspended, latest = (found[day][job.worker.pk] for day in days)
    assert [len(facts.employments) for facts in (ended, suspended, latest)] == [2, 1, 1]
    assert [len(facts.credentials) for facts in (ended, suspended, latest)] == [1, 1, 2]
    assert [len(facts.supervision) for facts in (ended, suspended, latest)] == [0, 1, 1]
    assert len(ended.experience) < len(suspended.experience) < len(latest.experience)
