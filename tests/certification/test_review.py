"""Applications from the authority's side: take up, look at each requirement, return, approve, deny."""

from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from accounts import trail
from accounts.refusals import Refused
from accounts.roles import Role
from certification import issuing, records, review
from certification.credentials import today
from certification.models import Acceptance, Application, Credential
from tests.builders.applications import (
    REQUIRES,
    a_draft,
    a_submitted,
    a_working_authority,
    accept_all,
    an_open_standard,
    approved,
    in_review,
    staff,
    with_statements,
)
from tests.builders.certification import a_credential, a_standard, accept, an_authority
from tests.builders.workers import a_statement, a_worker
from workers.models import Mark

pytestmark = pytest.mark.django_db
Status = Application.Status


@pytest.fixture
def application():
    return a_submitted()


@pytest.fixture
def reviewer(application):
    return staff(application.authority)


@pytest.fixture
def taken(application, reviewer):
    return review.assign(application=application, by=reviewer)


# Taking up


def test_a_reviewer_takes_an_application_up(application, reviewer):
    review.assign(application=application, by=reviewer)

    application.refresh_from_db()
    assert (application.status, application.assigned_to) == (Status.IN_REVIEW, reviewer)


def test_it_can_be_given_to_a_colleague_who_is_told(taken, reviewer):
    colleague = staff(taken.authority, given_name="Cole")

    review.assign(application=taken, by=reviewer, to=colleague)

    taken.refresh_from_db()
    assert taken.assigned_to == colleague
    assert colleague.notices.count() == 1


@pytest.mark.parametrize("role", [Role.AUDITOR])
def test_an_auditor_changes_nothing(application, role):
    auditor = staff(application.authority, role)

    with pytest.raises(Refused, match="Your role"):
        review.assign(application=application, by=auditor)


def test_another_authoritys_reviewer_changes_nothing(application):
    with pytest.raises(Refused, match="Your role"):
        review.assign(application=application, by=staff(a_working_authority()))


def test_it_is_not_given_to_somebody_who_does_not_review_there(application, reviewer):
    with pytest.raises(Refused, match="does not review") as refused:
        review.assign(application=application, by=reviewer, to=staff(a_working_authority()))

    assert refused.value.field == "to"


def test_a_draft_cannot_be_taken_up():
    draft = a_draft()

    with pytest.raises(Refused, match="not been handed in"):
        review.assign(application=draft, by=staff(draft.authority))


# One requirement


def test_accepting_says_that_this_authority_accepts_the_statement(taken, reviewer):
    item = taken.items.get(kind="training")
    statement = item.statements.get()
    Mark.objects.all().delete()

    review.decide(item=item, by=reviewer, decision="accepted")

    accepted = Acceptance.objects.get()
    assert (accepted.authority, accepted.statement, accepted.item) == (taken.authority, statement, item)
    assert accepted.accepted_by == reviewer
    assert Mark.objects.filter(worker=taken.worker).exists()
    facts = records.load([taken.worker_id], on=today())[taken.worker_id]
    assert facts.record(taken.authority_id).training[0].accepted


def test_nothing_is_written_into_the_workers_record(taken, reviewer):
    statements = list(taken.worker.statements.values())

    accept_all(taken, reviewer)

    assert list(taken.worker.statements.values()) == statements


def test_what_was_accepted_before_is_not_accepted_twice():
    worker = with_statements(a_worker())
    standard = an_open_standard()
    accept(worker.statements.get(kind="training"), standard.level.program.authority)
    application, reviewer = in_review(worker=worker, standard=standard)

    accept_all(application, reviewer)

    assert Acceptance.objects.filter(revoked_on=None).count() == 2


def test_another_decision_takes_an_acceptance_back(taken, reviewer):
    item = taken.items.get(kind="training")
    review.decide(item=item, by=reviewer, decision="accepted")

    review.decide(item=item, by=reviewer, decision="rejected", reason="The certificate is another person's.")

    assert Acceptance.objects.get().revoked_by == reviewer
    review.decide(item=item, by=reviewer, decision="accepted")
    assert Acceptance.objects.filter(revoked_on=None).count() == 1


@pytest.mark.parametrize("decision", ["rejected", "asked"])
def test_what_is_not_accepted_needs_a_reason(taken, reviewer, decision):
    with pytest.raises(Refused, match="Say why") as refused:
        review.decide(item=taken.items.first(), by=reviewer, decision=decision, reason=" ")

    assert refused.value.field == "reason"


@pytest.mark.parametrize("decision", ["", "open", "maybe"])
def test_only_the_three_decisions_are_known(taken, reviewer, decision):
    with pytest.raises(Refused, match="Choose"):
        review.decide(item=taken.items.first(), by=reviewer, decision=decision)


def test_nothing_is_decided_before_it_is_taken_up(application, reviewer):
    with pytest.raises(Refused, match="Nobody has taken it up"):
        review.decide(item=application.items.first(), by=reviewer, decision="accepted")


def test_an_auditor_decides_nothing(taken):
    with pytest.raises(Refused, match="Your role"):
        review.decide(item=taken.items.first(), by=staff(taken.authority, Role.AUDITOR), decision="accepted")


# Returning


def test_a_returned_application_tells_the_applicant_what_is_asked(taken, reviewer):
    review.decide(item=taken.items.first(), by=reviewer, decision="asked", reason="A clearer copy, please.")

    review.return_(application=taken, by=reviewer, reason="One copy cannot be read.")

    taken.refresh_from_db()
    assert (taken.status, taken.reason) == (Status.RETURNED, "One copy cannot be read.")
    assert "More is asked" in taken.worker.user.notices.get().text
    line = trail.of(taken).get(verb="application.returned")
    assert line.data["asked"] == [taken.items.first().path]


def test_returning_and_denying_need_a_reason(taken, reviewer):
    for step in (review.return_, review.deny):
        with pytest.raises(Refused, match="reason"):
            step(application=taken, by=reviewer, reason="")


# Approving


def test_approval_issues_the_credential(taken, reviewer):
    accept_all(taken, reviewer)

    credential = review.approve(application=taken, by=reviewer)

    taken.refresh_from_db()
    assert (taken.status, taken.decided_by) == (Status.APPROVED, reviewer)
    assert (credential.application, credential.worker, credential.level) == (taken, taken.worker, taken.level)
    assert credential.standard == taken.standard
    assert [event.kind for event in credential.events.all()] == ["issued"]
    assert taken.worker.user.notices.filter(message__contains="approved").exists()


def test_it_is_not_approved_while_something_is_undecided(taken, reviewer):
    review.decide(item=taken.items.get(kind="training"), by=reviewer, decision="accepted")

    with pytest.raises(Refused, match=r"Not decided yet: .*ethics"):
        review.approve(application=taken, by=reviewer)

    assert not Credential.objects.exists()


def test_it_is_not_approved_while_something_needed_is_rejected(taken, reviewer):
    review.decide(item=taken.items.get(kind="training"), by=reviewer, decision="accepted")
    review.decide(
        item=taken.items.get(kind="attestation"), by=reviewer, decision="rejected", reason="Not signed."
    )

    with pytest.raises(Refused, match="Rejected"):
        review.approve(application=taken, by=reviewer)


def test_a_rejected_alternative_does_not_stand_in_the_way_of_an_accepted_one():
    worker = a_worker()
    for name in ("State exam", "National exam"):
        a_statement(worker, "exam", name=name, day=date(2024, 1, 1))
    standard = an_open_standard(
        {"any": [{"exam": {"name": "State exam"}}, {"exam": {"name": "National exam"}}]}
    )
    application, reviewer = in_review(worker=worker, standard=standard)
    first, second = application.items.all()
    review.decide(item=first, by=reviewer, decision="rejected", reason="Not on the board's list.")
    review.decide(item=second, by=reviewer, decision="accepted")

    assert review.approve(application=application, by=reviewer)


def test_it_is_not_approved_when_what_was_accepted_no_longer_stands(taken, reviewer):
    accept_all(taken, reviewer)
    taken.worker.statements.filter(kind="training").update(minutes=39 * 60 + 59)

    with pytest.raises(Refused, match=r"Not met: .*training"):
        review.approve(application=taken, by=reviewer)


def test_a_credential_it_rests_on_must_be_good_on_the_day_of_approval(time_machine):
    worker = with_statements(a_worker())
    first = an_open_standard()
    held = a_credential(worker, first, issued_on=date(2025, 1, 1), expires_on=date(2099, 1, 1))
    second = an_open_standard(
        {"all": [{"credential": {"any_of": [first.level.code]}}, *REQUIRES["all"]]},
        authority=first.level.program.authority,
    )
    time_machine.move_to("2026-11-20T12:00:00Z", tick=False)
    application, reviewer = in_review(worker=worker, standard=second)
    accept_all(application, reviewer)
    time_machine.move_to("2026-11-21T12:00:00Z", tick=False)
    issuing.revoke(credential=held, by=staff(held.authority, Role.ADMINISTRATOR), reason="Fraud")

    with pytest.raises(Refused, match="No longer held"):
        review.approve(application=application, by=reviewer)


def test_it_is_judged_by_the_day_it_was_handed_in(time_machine):
    """A window that closes while the authority takes its time does not harm the applicant."""
    time_machine.move_to("2026-06-01T12:00:00Z", tick=False)
    worker = a_worker()
    a_statement(worker, "background_check", day=date(2026, 5, 25))
    standard = an_open_standard({"background_check": {"within_days": 10}})
    application, reviewer = in_review(worker=worker, standard=standard)
    time_machine.move_to("2026-09-01T12:00:00Z", tick=False)
    accept_all(application, reviewer)

    assert review.approve(application=application, by=reviewer)


def test_a_version_of_the_standard_published_meanwhile_does_not_count(time_machine):
    time_machine.move_to("2026-06-01T12:00:00Z", tick=False)
    old = an_open_standard(until=date(2026, 7, 1))
    a_standard(
        {"training": {"hours": 1000, "topic": "peer_support"}},
        level=old.level,
        since=date(2026, 7, 1),
        code=f"{old.code}-b",
    )
    application, reviewer = in_review(standard=old)
    time_machine.move_to("2026-09-01T12:00:00Z", tick=False)

    credential = review.approve(application=accept_all(application, reviewer), by=reviewer)

    assert credential.standard == old


def test_nobody_decides_their_own_application():
    standard = an_open_standard()
    both = staff(standard.level.program.authority)
    worker = with_statements(a_worker(user=both))
    own = a_submitted(worker, standard)

    with pytest.raises(Refused, match="your own"):
        review.assign(application=own, by=both)

    own, reviewer = review.assign(application=own, by=staff(own.authority)), staff(own.authority)
    accept_all(own, reviewer)
    for step, reason in (
        (review.approve, {}),
        (review.deny, {"reason": "No"}),
        (review.return_, {"reason": "No"}),
    ):
        with pytest.raises(Refused, match="your own"):
            step(application=own, by=both, **reason)


def test_a_decided_application_is_decided_once():
    application, reviewer = approved()

    with pytest.raises(Refused, match="approved already"):
        review.deny(application=application, by=reviewer, reason="Changed my mind")


def test_a_denial_gives_its_reason(taken, reviewer):
    review.deny(application=taken, by=reviewer, reason="The training is not approved by the board.")

    taken.refresh_from_db()
    assert (taken.status, taken.reason) == (Status.DENIED, "The training is not approved by the board.")
    assert not Credential.objects.exists()


def test_without_its_line_in_the_trail_nothing_is_approved(taken, reviewer, monkeypatch):
    accept_all(taken, reviewer)
    record = trail.record

    def fails(verb, **kwargs):
        if verb == "application.approved":
            raise RuntimeError("no trail")
        return record(verb, **kwargs)

    monkeypatch.setattr(trail, "record", fails)
    with pytest.raises(RuntimeError):
        review.approve(application=taken, by=reviewer)

    taken.refresh_from_db()
    taken.authority.refresh_from_db()
    assert (taken.status, Credential.objects.count(), taken.authority.last_number) == (Status.IN_REVIEW, 0, 0)


def test_a_statement_that_serves_two_requirements_is_accepted_while_one_of_them_is():
    both = {
        "all": [
            {"training": {"hours": 40, "topic": "peer_support", "approved": True}},
            {"training": {"hours": 10, "topic": "peer_support"}},
        ]
    }
    application, reviewer = in_review(standard=an_open_standard(both))
    first, second = accept_all(application, reviewer).items.all()
    acceptances = application.worker.acceptances.filter(revoked_on=None)

    review.decide(item=first, by=reviewer, decision="rejected", reason="Another topic.")
    assert acceptances.count() == 1
    review.decide(item=second, by=reviewer, decision="rejected", reason="Not approved either.")
    assert not acceptances.exists()


# The database itself


@pytest.mark.parametrize("status", [Status.APPROVED, Status.DENIED])
def test_a_decision_has_somebody_who_made_it(taken, status):
    with pytest.raises(IntegrityError, match="application_decided_by"), transaction.atomic():
        Application.objects.filter(pk=taken.pk).update(status=status, reason="Because")


def test_a_rejection_has_a_reason(taken, reviewer):
    with pytest.raises(IntegrityError, match="item_refused_for_a_reason"), transaction.atomic():
        taken.items.update(decision="rejected", decided_by=reviewer, decided_on=taken.submitted_on)


def test_a_statement_is_accepted_once_by_an_authority(taken, reviewer):
    accept_all(taken, reviewer)

    with pytest.raises(IntegrityError, match="accepted_once"), transaction.atomic():
        accept(taken.worker.statements.first(), taken.authority)


def test_every_decision_is_kept_with_its_reason_and_no_reason_stands_in_the_trail(taken, reviewer):
    item = taken.items.get(kind="training")
    review.decide(item=item, by=reviewer, decision="asked", reason="First word.")
    review.decide(item=item, by=reviewer, decision="rejected", reason="Second word.")
    review.deny(application=taken, by=reviewer, reason="Last word.")

    kept = list(taken.rulings.values_list("what", "path", "reason"))

    assert kept == [
        ("asked", item.path, "First word."),
        ("rejected", item.path, "Second word."),
        ("denied", "", "Last word."),
    ]
    assert "word" not in str([event.data for event in trail.of(taken)])


@pytest.mark.parametrize("change", [lambda rows: rows.update(reason="Another"), lambda rows: rows.delete()])
def test_a_decision_once_made_is_never_rewritten(taken, reviewer, change):
    review.decide(item=taken.items.first(), by=reviewer, decision="accepted")

    with pytest.raises(DatabaseError), transaction.atomic():
        change(taken.rulings.all())


@pytest.mark.parametrize(
    "change",
    [
        lambda rows: rows.update(status=Status.APPROVED),
        lambda rows: rows.update(reason=""),
        lambda rows: rows.delete(),
    ],
)
def test_a_decided_application_is_never_changed(taken, reviewer, change):
    review.deny(application=taken, by=reviewer, reason="Too few hours.")

    with pytest.raises(DatabaseError), transaction.atomic():
        change(Application.objects.filter(pk=taken.pk))


@pytest.mark.parametrize(
    "change",
    [
        lambda rows, other: rows.update(accepted_by=a_worker().user),
        lambda rows, other: rows.update(authority=an_authority()),
        lambda rows, other: rows.delete(),
        lambda rows, other: [rows.update(revoked_by=other, revoked_on=timezone.now()) for _twice in range(2)],
    ],
)
def test_an_acceptance_is_revoked_once_and_never_changed(taken, reviewer, change):
    accept_all(taken, reviewer)

    with pytest.raises(DatabaseError), transaction.atomic():
        change(taken.worker.acceptances.all(), reviewer)


def test_what_must_not_be_so_is_put_before_whoever_decides(client):
    """Nobody hands in that something does not hold: the page asks the reviewer to look."""
    requires = {
        "all": [
            {"attestation": {"to": "code_of_ethics"}},
            {
                "not": {
                    "any": [{"qualification": {"code": "barred", "summary": "barred"}}, {"fee": {"usd": 50}}]
                }
            },
        ]
    }
    application, reviewer = in_review(standard=an_open_standard(requires))
    client.force_login(reviewer)

    page = client.get(f"/desk/applications/{application.number}/")

    assert page.context["forbidden"] == ["Barred", "A fee of $50"]
    assert "Check that none of these is so" in page.content.decode()
