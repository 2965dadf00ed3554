"""Applications from the applicant's side: start, fill in, hand in, withdraw, hand in again."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from accounts import trail
from accounts.models import Event
from accounts.refusals import Refused
from certification import applications, review
from certification.models import Acceptance, Application, ApplicationItem
from tests.builders.applications import (
    REQUIRES,
    a_draft,
    a_submitted,
    a_working_authority,
    an_open_standard,
    in_review,
    staff,
    with_statements,
)
from tests.builders.certification import a_credential, a_standard, accept, an_authority
from tests.builders.workers import (
    a_statement,
    a_worker,
    an_agreement,
    an_employment,
    an_evidence,
    approved_hours,
    hours,
)

pytestmark = pytest.mark.django_db
Status = Application.Status


def start(standard, worker, by=None):
    return applications.start(worker=worker, level=standard.level, by=by or worker.user)


def test_a_draft_has_an_item_for_each_requirement_that_a_person_looks_at():
    worker = a_worker()
    agreement = an_agreement(an_employment(worker))
    approved_hours(agreement.worker.employments.get(), hours(20), agreement=agreement)
    standard = an_open_standard(
        {"all": [{"experience": {"hours": 20, "in": "peer_support"}}, *REQUIRES["all"]]}
    )

    draft = start(standard, worker)

    assert [item.kind for item in draft.items.all()] == ["training", "attestation"]
    assert draft.items.first().requirement == REQUIRES["all"][0]
    assert (draft.status, draft.authority) == (Status.DRAFT, standard.level.program.authority)


def test_a_draft_is_filled_with_what_the_worker_stated_before():
    worker = a_worker()
    file = an_evidence(worker)
    training = a_statement(worker, "training", minutes=hours(40), evidence=[file])
    a_statement(worker, "training", code="ethics")

    draft = start(an_open_standard(), worker)

    item = draft.items.get(kind="training")
    assert (list(item.statements.all()), list(item.evidence.all())) == ([training], [file])
    assert not draft.items.get(kind="attestation").statements.exists()


def test_hours_that_are_missing_keep_the_application_from_starting_and_are_named():
    standard = an_open_standard(
        {"all": [{"experience": {"hours": 20, "in": "peer_support"}}, *REQUIRES["all"]]}
    )

    with pytest.raises(Refused, match="20 hours") as refused:
        start(standard, a_worker())

    assert "training" not in refused.value.message
    assert not Application.objects.exists()


def test_alternatives_that_hours_have_met_already_ask_for_nothing():
    worker = a_worker()
    agreement = an_agreement(an_employment(worker))
    approved_hours(agreement.worker.employments.get(), hours(20), agreement=agreement)
    either = {
        "any": [
            {"experience": {"hours": 20, "in": "peer_support"}},
            {"qualification": {"code": "practitioner", "summary": "A practitioner"}},
        ]
    }

    draft = start(an_open_standard({"all": [either, {"attestation": {"to": "code_of_ethics"}}]}), worker)

    assert [item.kind for item in draft.items.all()] == ["attestation"]


def test_open_alternatives_are_all_offered_and_those_left_empty_go_when_it_is_handed_in():
    worker = a_worker()
    a_statement(worker, "exam", name="State exam", day=date(2024, 1, 1))
    standard = an_open_standard(
        {"any": [{"exam": {"name": "National exam"}}, {"exam": {"name": "State exam"}}]}
    )
    draft = start(standard, worker)
    assert draft.items.count() == 2

    submitted = applications.submit(application=draft, by=worker.user)

    assert [item.requirement["exam"]["name"] for item in submitted.items.all()] == ["State exam"]


def test_a_credential_stated_to_be_held_elsewhere_is_looked_at_by_a_person():
    worker = a_worker()
    a_statement(
        worker, "credential", code="state_peer_certification", day=date(2020, 1, 1), until=date(2040, 1, 1)
    )
    standard = an_open_standard({"credential": {"kind": "state_peer_certification"}})

    draft = start(standard, worker)

    assert [item.kind for item in draft.items.all()] == ["credential"]
    assert draft.items.get().statements.exists()


def test_nobody_applies_for_another_person():
    with pytest.raises(Refused, match="the person it is for"):
        start(an_open_standard(), a_worker(), by=a_worker("Ben", "Okafor").user)


def test_only_one_application_for_a_level_is_open():
    standard, worker = an_open_standard(), a_worker()
    start(standard, worker)

    with pytest.raises(Refused, match="open application"):
        start(standard, worker)


def test_a_new_application_can_follow_a_withdrawn_one():
    standard, worker = an_open_standard(), a_worker()
    applications.withdraw(application=start(standard, worker), by=worker.user)

    assert start(standard, worker).status == Status.DRAFT


def test_nobody_applies_for_a_credential_they_hold():
    standard, worker = an_open_standard(), a_worker()
    a_credential(worker, standard, expires_on=date(2099, 1, 1))

    with pytest.raises(Refused, match="hold this credential"):
        start(standard, worker)


def test_an_authority_that_is_not_here_takes_no_applications():
    with pytest.raises(Refused, match="directly"):
        start(a_standard(REQUIRES, authority=an_authority()), a_worker())


def test_a_level_whose_requirements_nobody_knows_takes_no_applications():
    standard = an_open_standard(since=date(2099, 1, 1))

    with pytest.raises(Refused, match="No source"):
        start(standard, a_worker())


def test_every_draft_has_a_number_of_its_own():
    numbers = {a_draft().number for _ in range(3)}

    assert len(numbers) == 3
    assert all(number.startswith("A-") for number in numbers)


# Filling in


def test_an_answer_and_files_are_kept_with_the_item():
    draft = a_draft()
    item, file = draft.items.first(), an_evidence(draft.worker)

    applications.answer(item=item, by=draft.worker.user, text="Two weeks in May.", evidence=[file])

    item.refresh_from_db()
    assert (item.answer, list(item.evidence.all())) == ("Two weeks in May.", [file])


def test_files_of_another_person_cannot_be_attached():
    draft = a_draft()

    with pytest.raises(Refused, match="your own files") as refused:
        applications.answer(
            item=draft.items.first(), by=draft.worker.user, evidence=[an_evidence(a_worker("Ben", "Okafor"))]
        )

    assert refused.value.field == "evidence"


def test_a_statement_made_later_is_taken_up():
    worker = a_worker()
    draft = a_draft(worker)
    a_statement(worker, "attestation")

    applications.refresh(application=draft, by=worker.user)

    assert draft.items.get(kind="attestation").statements.exists()


def test_what_was_handed_in_is_not_changed_any_more():
    submitted = a_submitted()

    with pytest.raises(Refused, match="waits for the authority"):
        applications.answer(item=submitted.items.first(), by=submitted.worker.user, text="One more thing")


# Handing in


def test_handing_in_keeps_the_findings_as_they_stand():
    submitted = a_submitted()
    before = submitted.findings

    a_statement(submitted.worker, "attestation", code="another")
    submitted.worker.statements.filter(kind="training").update(minutes=10)

    submitted.refresh_from_db()
    assert submitted.findings == before
    assert submitted.findings["verdict"] == "waiting"
    assert submitted.submitted_by == submitted.worker.user


def test_what_is_missing_is_said_and_nothing_is_handed_in():
    worker = a_worker()
    a_statement(worker, "training", minutes=hours(40))
    draft = a_draft(worker)

    with pytest.raises(Refused, match="ethics"):
        applications.submit(application=draft, by=worker.user)

    draft.refresh_from_db()
    assert (draft.status, draft.findings) == (Status.DRAFT, None)


def test_a_second_press_of_the_button_changes_nothing():
    draft = a_draft()

    first = applications.submit(application=draft, by=draft.worker.user)
    second = applications.submit(application=draft, by=draft.worker.user)

    assert first.submitted_on == second.submitted_on
    assert trail.of(draft).filter(verb="application.submitted").count() == 1


def test_the_standard_in_force_when_it_is_handed_in_is_the_one_that_counts(time_machine):
    old = an_open_standard(until=date(2026, 7, 1))
    new = a_standard(
        {"attestation": {"to": "code_of_ethics"}},
        level=old.level,
        since=date(2026, 7, 1),
        code=f"{old.code}-b",
    )
    time_machine.move_to("2026-06-30T12:00:00Z", tick=False)
    draft = a_draft(standard=old)
    assert draft.standard == old
    time_machine.move_to("2026-07-02T12:00:00Z", tick=False)

    submitted = applications.submit(application=draft, by=draft.worker.user)

    assert submitted.standard == new
    assert [item.kind for item in submitted.items.all()] == ["attestation"]


def test_a_profile_alone_is_no_statement_that_an_authority_could_accept():
    worker = a_worker(state="US-MN")
    draft = a_draft(worker, an_open_standard({"residency": {"basis": "live"}}))

    with pytest.raises(Refused, match="State this yourself: "):
        applications.submit(application=draft, by=worker.user)

    a_statement(worker, "residency", code="US-MN")
    assert applications.submit(application=draft, by=worker.user).status == Status.SUBMITTED


def test_a_credential_that_ends_on_a_birthday_needs_the_birthday_first():
    worker = with_statements(a_worker(born_on=None))
    standard = an_open_standard(expires_on="birthday")

    with pytest.raises(Refused, match="date of birth"):
        start(standard, worker)


def test_an_audit_line_that_cannot_be_written_leaves_nothing_handed_in(monkeypatch):
    draft = a_draft()

    def fails(*args, **kwargs):
        raise RuntimeError("no trail")

    monkeypatch.setattr(trail, "record", fails)
    with pytest.raises(RuntimeError):
        applications.submit(application=draft, by=draft.worker.user)

    draft.refresh_from_db()
    assert (draft.status, draft.findings, draft.submitted_on) == (Status.DRAFT, None, None)


# Taking back, and again


@pytest.mark.parametrize("make", [a_draft, a_submitted, lambda: in_review()[0]])
def test_an_application_can_be_taken_back_until_it_is_decided(make):
    application = make()

    applications.withdraw(application=application, by=application.worker.user)

    application.refresh_from_db()
    assert application.status == Status.WITHDRAWN


def test_only_the_applicant_takes_it_back():
    application, reviewer = in_review()

    with pytest.raises(Refused, match="Your role"):
        applications.withdraw(application=application, by=reviewer)


def test_a_returned_application_is_handed_in_again_under_its_first_standard():
    application, reviewer = in_review()
    first, second = application.items.all()
    review.decide(item=first, by=reviewer, decision="accepted")
    review.decide(item=second, by=reviewer, decision="asked", reason="Please sign it.")
    review.return_(application=application, by=reviewer, reason="One signature is missing.")
    applications.answer(item=second, by=application.worker.user, text="Signed now.")

    again = applications.submit(application=application, by=application.worker.user)

    assert again.status == Status.SUBMITTED
    assert [item.decision for item in again.items.all()] == ["accepted", "open"]
    assert reviewer.notices.filter(message__contains="again").exists()


# The database itself


def test_the_database_refuses_an_application_handed_in_without_findings():
    draft = a_draft()

    with pytest.raises(IntegrityError, match="application_submitted_by"), transaction.atomic():
        Application.objects.filter(pk=draft.pk).update(status=Status.SUBMITTED)


def test_the_database_refuses_a_second_open_application():
    draft = a_draft()

    with (
        pytest.raises(IntegrityError, match="application_open_once"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "INSERT INTO certification_application "
            "(number, kind, worker_id, level_id, authority_id, standard_id, "
            "status, started_at, reason) SELECT 'A-X', kind, worker_id, level_id, authority_id, standard_id, "
            "status, started_at, reason FROM certification_application WHERE id = %s",
            [draft.pk],
        )


def test_what_another_authority_accepted_does_not_count_for_this_one():
    worker = with_statements(a_worker())
    for statement in worker.statements.all():
        accept(statement, a_working_authority())

    submitted = a_submitted(worker)

    assert submitted.findings["verdict"] == "waiting"
    assert not Acceptance.objects.filter(authority=submitted.authority).exists()


def test_every_step_leaves_a_line_in_the_trail():
    application, reviewer = in_review()
    staff(application.authority)

    verbs = list(trail.of(application).values_list("verb", flat=True))

    assert verbs == ["application.started", "application.submitted", "application.assigned"]
    assert Event.objects.filter(actor=reviewer, verb="application.assigned").exists()
    assert ApplicationItem.objects.filter(application=application).count() == 2


def test_a_draft_follows_the_standard_in_force(time_machine):
    old = an_open_standard(until=date(2026, 7, 1))
    more = {"training": {"hours": 50, "topic": "peer_support", "approved": True}}
    new = a_standard(
        {"all": [more, {"document": {"what": "Resume"}}]},
        level=old.level,
        since=date(2026, 7, 1),
        code=f"{old.code}-b",
    )
    time_machine.move_to("2026-06-30T12:00:00Z", tick=False)
    draft = a_draft(standard=old)
    time_machine.move_to("2026-07-02T12:00:00Z", tick=False)

    applications.refresh(application=draft, by=draft.worker.user)

    draft.refresh_from_db()
    assert draft.standard == new
    assert [item.requirement for item in draft.items.all()] == [more, {"document": {"what": "Resume"}}]
