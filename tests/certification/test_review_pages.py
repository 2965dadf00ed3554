"""The authority's desk, the applicant's pages and the API, as the people concerned use them."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from accounts.models import Access
from accounts.roles import Role
from certification import applications, review
from certification.models import Application, Credential
from certification.wording import stated
from tests.builders.applications import (
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
from tests.builders.certification import a_credential
from tests.builders.workers import a_statement, a_worker
from workers import evidence

pytestmark = pytest.mark.django_db
Status = Application.Status


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def a_picture(name="certificate.png"):
    data = BytesIO()
    Image.new("RGB", (8, 8), "white").save(data, "PNG")
    return SimpleUploadedFile(name, data.getvalue(), content_type="image/png")


def text(answer):
    return answer.content.decode()


def at(name, *args):
    return reverse(f"certification:{name}", args=args)


# The queue


@pytest.fixture
def authority():
    return a_working_authority()


@pytest.fixture
def standard(authority):
    return an_open_standard(authority=authority)


@pytest.fixture
def reviewer(client, authority):
    user = staff(authority)
    client.force_login(user)
    return user


def test_the_queue_shows_what_waits_oldest_first(client, reviewer, standard):
    worker = with_statements(a_worker("Ben", "Okafor"))
    first, second = a_submitted(standard=standard), a_submitted(worker, standard)
    Application.objects.filter(pk=second.pk).update(submitted_on=timezone.now() - timedelta(days=3))
    draft = a_draft(standard=standard)
    decided, _ = approved(standard=standard)

    page = client.get(at("desk"))

    assert [one.number for one in page.context["page"].object_list] == [second.number, first.number]
    assert draft.number not in text(page) + text(client.get(at("desk"), {"status": "any"}))
    assert decided.number in text(client.get(at("desk"), {"status": "approved"}))


@pytest.mark.parametrize(
    ("chosen", "found"),
    [
        ({"q": "okafor"}, ["Okafor"]),
        ({"q": "ben okafor"}, ["Okafor"]),
        ({"q": "ben rivera"}, []),
        ({"assigned": "me"}, ["Rivera"]),
        ({"assigned": "nobody"}, ["Okafor"]),
        ({"status": "in_review"}, ["Rivera"]),
        ({"status": "nonsense"}, ["Okafor", "Rivera"]),
    ],
)
def test_the_queue_can_be_narrowed(client, reviewer, standard, chosen, found):
    a_submitted(with_statements(a_worker("Ben", "Okafor")), standard)
    in_review(reviewer, standard=standard)

    page = client.get(at("desk"), chosen)

    assert sorted(one.worker.family_name for one in page.context["page"].object_list) == found


def test_the_queue_can_be_narrowed_to_a_number_and_a_level(client, reviewer, authority, standard):
    one = a_submitted(standard=standard)
    a_submitted(standard=an_open_standard(authority=authority))

    for chosen in ({"q": one.number.lower()}, {"level": one.level_id}):
        page = client.get(at("desk"), chosen)
        assert [found.number for found in page.context["page"].object_list] == [one.number]


@pytest.mark.parametrize("rows", [1, 8])
def test_the_queue_costs_the_same_however_long_it_is(
    client, reviewer, standard, rows, django_assert_max_num_queries
):
    for _ in range(rows):
        a_submitted(standard=standard)

    with django_assert_max_num_queries(15):
        client.get(at("desk"))


def test_applications_of_other_authorities_are_not_there(client, reviewer):
    other = a_submitted()

    assert other.number not in text(client.get(at("desk"), {"status": "any"}))
    assert client.get(at("desk_application", other.number)).status_code == 404


def test_a_draft_stays_the_applicants_own_also_after_it_was_withdrawn(client, reviewer, standard):
    draft = a_draft(standard=standard)
    applications.withdraw(application=draft, by=draft.worker.user)

    assert client.get(at("desk_application", draft.number)).status_code == 404


# One application


def test_an_application_is_worked_by_page_from_queue_to_credential(client, reviewer, standard):
    application = a_submitted(standard=standard)
    here = at("desk_application", application.number)

    client.post(at("desk_assign", application.number))
    for item in application.items.all():
        answer = client.post(
            at("desk_item", application.number, item.pk), {f"item-{item.pk}-decision": "accepted"}
        )
        assert answer["Location"] == f"{here}#item-{item.pk}"
    assert "Approve and issue" in text(client.get(here))
    client.post(at("desk_approve", application.number))

    credential = Credential.objects.get()
    assert credential.number in text(client.get(here))


def test_the_page_says_what_keeps_it_from_approval(client, reviewer, standard):
    application, _ = in_review(reviewer, standard=standard)

    page = text(client.get(at("desk_application", application.number)))

    assert "Not decided yet" in page
    assert "Approve and issue" not in page


def test_a_refused_approval_says_why(client, reviewer, standard):
    application, _ = in_review(reviewer, standard=standard)

    page = client.post(at("desk_approve", application.number), follow=True)

    assert "Not decided yet" in text(page)
    assert not Credential.objects.exists()


def test_a_decision_without_its_reason_is_asked_for_at_the_field(client, reviewer, standard):
    application, _ = in_review(reviewer, standard=standard)
    item = application.items.first()

    page = client.post(at("desk_item", application.number, item.pk), {f"item-{item.pk}-decision": "rejected"})

    assert page.status_code == 422
    assert f"id_item-{item.pk}-reason_error" in text(page)


@pytest.mark.parametrize(("step", "status"), [("return", Status.RETURNED), ("deny", Status.DENIED)])
def test_returning_and_denying_by_page(client, reviewer, standard, step, status):
    application, _ = in_review(reviewer, standard=standard)
    address = at(f"desk_{step}", application.number)

    assert client.post(address, {}).status_code == 422
    client.post(address, {f"{step}-reason": "A signature is missing."})

    application.refresh_from_db()
    assert (application.status, application.reason) == (status, "A signature is missing.")


def test_earlier_decisions_are_shown_beside_the_standing_one(client, reviewer, standard):
    application, _ = in_review(reviewer, standard=standard)
    item = application.items.first()
    review.decide(item=item, by=reviewer, decision="asked", reason="An earlier question.")
    review.decide(item=item, by=reviewer, decision="rejected", reason="The later answer.")

    page = client.get(at("desk_application", application.number))

    row = next(row for row in page.context["items"] if row["item"].pk == item.pk)
    assert [event["note"] for event in row["earlier"]] == ["An earlier question."]
    assert "The later answer." in text(page)


def test_an_auditor_sees_everything_and_changes_nothing(client, authority, standard):
    application, _ = in_review(standard=standard)
    client.force_login(staff(authority, Role.AUDITOR))

    page = client.get(at("desk_application", application.number))

    assert page.status_code == 200
    assert page.context["steps"] == set()
    for name in ("desk_assign", "desk_return", "desk_approve", "desk_deny"):
        assert client.post(at(name, application.number), {}).status_code == 403
    item = application.items.first()
    assert client.post(at("desk_item", application.number, item.pk), {}).status_code == 403


def test_opening_an_application_is_written_down_for_the_applicant(client, reviewer, standard):
    application = a_submitted(standard=standard)

    client.get(at("desk_application", application.number))

    look = Access.objects.get()
    assert (look.viewer, look.what, look.subject_id) == (reviewer, "application", application.worker_id)
    assert look.subject_type == "workers.worker"


def test_an_application_opens_within_its_budget(client, reviewer, standard, django_assert_max_num_queries):
    application, _ = in_review(reviewer, standard=standard)
    Application.objects.filter(pk=application.pk).update(submitted_on=timezone.now() - timedelta(days=9))

    client.get(at("desk_application", application.number))  # reads the catalogue once

    with django_assert_max_num_queries(25):
        client.get(at("desk_application", application.number))


def test_a_file_is_shown_to_the_reviewer_and_written_down(client, reviewer, standard):
    worker = a_worker()
    file = evidence.store(worker=worker, file=a_picture(), by=worker.user)
    loose = evidence.store(worker=worker, file=a_jpeg(), by=worker.user)
    a_statement(worker, "training", evidence=[file])
    a_statement(worker, "attestation")
    application = a_submitted(worker, standard)

    answer = client.get(at("desk_file", application.number, file.uid))

    assert b"".join(answer.streaming_content).startswith(b"\x89PNG")
    assert (answer.status_code, answer["X-Content-Type-Options"]) == (200, "nosniff")
    assert Access.objects.get().what == "evidence"
    assert client.get(at("desk_file", application.number, loose.uid)).status_code == 404
    client.force_login(staff(a_working_authority()))
    assert client.get(at("desk_file", application.number, file.uid)).status_code == 404


def a_jpeg():
    data = BytesIO()
    Image.new("RGB", (8, 8), "black").save(data, "JPEG")
    return SimpleUploadedFile("private.jpg", data.getvalue(), content_type="image/jpeg")


# The applicant


@pytest.fixture
def worker(client):
    worker = a_worker()
    client.force_login(worker.user)
    return worker


def test_an_applicant_walks_from_the_level_to_handing_in(client, worker, standard):
    code = standard.level.code
    assert "Start the application" in text(client.get(at("apply", code)))
    started = client.post(at("apply", code))
    draft = Application.objects.get()
    assert started["Location"] == at("application", draft.number)
    assert client.get(at("apply", code))["Location"] == started["Location"]

    too_soon = client.post(at("submit", draft.number))
    training, attestation = draft.items.all()
    stated = client.post(
        at("item", draft.number, training.pk),
        {"step": "state", "state-minutes": "40", "state-day": "2024-03-01", "state-files": a_picture()},
    )
    client.post(at("item", draft.number, attestation.pk), {"step": "state"})
    client.post(at("item", draft.number, attestation.pk), {"step": "answer", "answer": "Gladly."})
    page = text(client.get(at("application", draft.number)))
    client.post(at("submit", draft.number))

    assert too_soon.status_code == 422
    assert "missing" in text(too_soon)
    assert stated.status_code == 302
    assert worker.statements.get(kind="training").evidence.count() == training.evidence.count() == 1
    assert "Gladly." in page
    assert "certificate.png" in page
    draft.refresh_from_db()
    assert draft.status == Status.SUBMITTED
    assert "With the authority" in text(client.get(at("application", draft.number)))


def test_what_is_missing_is_said_before_anything_is_started(client, worker, authority):
    standard = an_open_standard({"experience": {"hours": 20, "in": "peer_support"}}, authority=authority)

    page = client.get(at("apply", standard.level.code))

    assert "You cannot apply yet" in text(page)
    assert "20 hours" in text(page)
    assert client.post(at("apply", standard.level.code)).status_code == 422


def test_a_statement_that_is_wrong_is_said_at_the_field(client, worker, standard):
    draft = a_draft(worker, standard)
    item = draft.items.get(kind="training")

    page = client.post(at("item", draft.number, item.pk), {"step": "state", "state-minutes": "many"})

    assert page.status_code == 422
    assert "id_state-minutes_error" in text(page)
    assert not worker.statements.exists()


def test_a_file_of_another_kind_is_refused_at_the_field(client, worker, standard):
    draft = a_draft(worker, standard)
    item = draft.items.get(kind="training")
    sent = {"step": "answer", "answer": "x", "files": SimpleUploadedFile("a.pdf", b"<html>")}

    page = client.post(at("item", draft.number, item.pk), sent)

    assert page.status_code == 422
    assert "id_files_error" in text(page)


def test_a_file_can_be_taken_away_again(client, worker, standard):
    draft = a_draft(worker, standard)
    item = draft.items.first()
    client.post(at("item", draft.number, item.pk), {"step": "answer", "answer": "", "files": a_picture()})
    file = item.evidence.get()

    client.post(at("detach", draft.number, item.pk, file.uid))

    assert not item.evidence.exists()
    assert worker.evidence.exists()


@pytest.mark.parametrize("name", ["application", "submit", "withdraw"])
def test_applications_of_others_are_not_there(client, worker, name):
    other = a_draft()
    do = client.get if name == "application" else client.post

    assert do(at(name, other.number)).status_code == 404


def test_a_returned_application_shows_what_is_asked(client, worker, standard):
    application, reviewer = in_review(worker=with_statements(worker), standard=standard)
    item = application.items.first()
    review.decide(item=item, by=reviewer, decision="asked", reason="A clearer copy, please.")
    review.return_(application=application, by=reviewer, reason="One copy cannot be read.")

    page = text(client.get(at("application", application.number)))

    assert "A clearer copy, please." in page
    assert "One copy cannot be read." in page
    assert "Hand it in" in page
    client.post(at("submit", application.number))
    application.refresh_from_db()
    assert application.status == Status.SUBMITTED


def test_an_application_is_withdrawn_by_page(client, worker, standard):
    draft = a_draft(worker, standard)

    client.post(at("withdraw", draft.number), {"reason": ""})

    draft.refresh_from_db()
    assert draft.status == Status.WITHDRAWN
    assert draft.number in text(client.get(at("applications")))


# Credentials


def test_holders_see_their_credential_with_a_code_to_check_it(client, worker, standard):
    credential = a_credential(worker, standard, expires_on=date(2099, 1, 1))

    assert credential.number in text(client.get(at("credentials")))
    page = text(client.get(at("credential", credential.number)))

    assert "<svg" in page
    assert f"/c/{credential.number}/" in page
    assert 'style="' not in page
    other = a_credential(a_worker(), standard)
    assert client.get(at("credential", other.number)).status_code == 404


def test_the_register_shows_the_status_of_today(client, authority, standard):
    client.force_login(staff(authority, Role.ADMINISTRATOR))
    good = a_credential(a_worker("Ben", "Okafor"), standard, expires_on=date(2099, 1, 1))
    ended = a_credential(a_worker(), standard, expires_on=date(2025, 2, 1))

    page = client.get(at("desk_credentials"), {"status": "expired"})

    assert ended.number in text(page)
    assert good.number not in text(page)
    assert good.number in text(client.get(at("desk_credentials"), {"q": "okafor"}))


def test_an_administrator_suspends_and_reinstates_by_page(client, authority, standard):
    client.force_login(staff(authority, Role.ADMINISTRATOR))
    credential = a_credential(a_worker(), standard, expires_on=date(2099, 1, 1))
    here = at("desk_credential", credential.number)
    assert "Suspend" in text(client.get(here))

    wrong = client.post(at("desk_act", credential.number, "suspend"), {"suspend-on": "2026-01-01"})
    client.post(
        at("desk_act", credential.number, "suspend"),
        {"suspend-on": "2026-01-01", "suspend-reason": "Complaint"},
    )
    page = text(client.get(here))
    client.post(
        at("desk_act", credential.number, "reinstate"),
        {"reinstate-on": "2026-02-01", "reinstate-reason": "Cleared"},
    )

    assert wrong.status_code == 422
    assert "Complaint" in page
    assert [event.kind for event in credential.events.all()] == ["issued", "suspended", "reinstated"]
    assert Access.objects.filter(what="credential", subject_id=credential.worker_id).exists()


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.AUDITOR])
def test_others_of_the_authority_see_a_credential_and_change_nothing(client, authority, standard, role):
    client.force_login(staff(authority, role))
    credential = a_credential(a_worker(), standard, expires_on=date(2099, 1, 1))

    page = client.get(at("desk_credential", credential.number))

    assert page.context["acts"] == []
    assert client.post(at("desk_act", credential.number, "suspend"), {}).status_code == 403


def test_a_renewal_by_page(client, authority, standard):
    client.force_login(staff(authority, Role.ADMINISTRATOR))
    credential = a_credential(a_worker(), standard, expires_on=date(2099, 1, 1))

    client.post(at("desk_act", credential.number, "renew"), {"renew-on": "2026-01-01"})

    assert credential.events.get(kind="renewed").expires_on == date(2101, 1, 1)


def test_a_decided_application_shows_the_credential_to_both(client, worker, standard):
    application, reviewer = in_review(worker=with_statements(worker), standard=standard)
    review.approve(application=accept_all(application, reviewer), by=reviewer)
    number = Credential.objects.get().number

    assert number in text(client.get(at("application", application.number)))
    client.force_login(reviewer)
    assert number in text(client.get(at("desk_application", application.number)))


def test_a_statement_is_told_with_all_that_it_says(worker):
    row = a_statement(
        worker,
        "training",
        name="Two weeks",
        minutes=4830,
        day=date(2024, 3, 1),
        details={"mode": "live", "approved": True, "by_topic": {"ethics": 6}},
    )

    assert stated(row) == (
        "Two weeks, 80 h 30 min, March 1, 2024, How it was held: In person, "
        "Approved by the state or board: yes, Hours by topic: ethics 6 h"
    )
