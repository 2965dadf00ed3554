"""Applications, the desk and credentials by API: the same lookups and actions as by page."""

import json
from datetime import date
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from accounts.models import Access
from accounts.roles import Role
from certification.models import Application, Credential
from tests.builders.applications import (
    a_draft,
    a_submitted,
    a_working_authority,
    an_open_standard,
    in_review,
    staff,
    with_statements,
)
from tests.builders.certification import a_credential, a_standard
from tests.builders.workers import a_worker, an_evidence

pytestmark = pytest.mark.django_db
API = "/api/v1"


class Caller:
    """A person who calls the API."""

    def __init__(self, user):
        self.client = Client()
        self.client.force_login(user)

    def get(self, path, **query):
        return self.client.get(API + path, query)

    def send(self, method, path, data=None):
        return self.client.generic(method, API + path, json.dumps(data or {}), "application/json")

    def post(self, path, data=None):
        return self.send("POST", path, data)

    def upload(self, path, file):
        return self.client.post(API + path, {"file": file})


def a_picture():
    data = BytesIO()
    Image.new("RGB", (8, 8), "white").save(data, "PNG")
    return SimpleUploadedFile("certificate.png", data.getvalue(), content_type="image/png")


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def standard():
    return an_open_standard()


@pytest.fixture
def worker():
    return with_statements(a_worker())


@pytest.fixture
def applicant(worker):
    return Caller(worker.user)


def test_from_the_start_to_a_credential_by_api(applicant, worker, standard):
    started = applicant.post("/applications", {"level": standard.level.code})
    assert started.status_code == 201
    draft = started.json()
    here = f"/applications/{draft['number']}"
    item = draft["items"][0]
    assert (draft["status"], draft["steps"]) == ("draft", ["edit", "submit", "withdraw"])
    assert (item["kind"], item["sentence"]) == ("training", "40 hours of approved training in peer support")

    answered = applicant.send("PATCH", f"{here}/items/{item['id']}", {"answer": "In May."}).json()
    uploaded = applicant.upload(f"{here}/items/{item['id']}/evidence", a_picture())
    submitted = applicant.post(f"{here}/submit").json()

    assert answered["items"][0]["answer"] == "In May."
    assert [file["name"] for file in uploaded.json()["items"][0]["evidence"]] == ["certificate.png"]
    assert (submitted["status"], submitted["findings"]["verdict"]) == ("submitted", "waiting")

    reviewer = Caller(staff(standard.level.program.authority))
    there = f"/desk/applications/{draft['number']}"
    assert [line["number"] for line in reviewer.get("/desk/applications").json()["results"]] == [
        draft["number"]
    ]
    assert reviewer.post(f"{there}/assign").json()["status"] == "in_review"
    too_soon = reviewer.post(f"{there}/approve")
    for one in reviewer.get(there).json()["items"]:
        reviewer.post(f"{there}/items/{one['id']}/decision", {"decision": "accepted"})
    approved = reviewer.post(f"{there}/approve").json()

    assert (too_soon.status_code, too_soon["Content-Type"]) == (409, "application/problem+json")
    assert "Not decided yet" in too_soon.json()["detail"]
    assert (approved["status"], approved["credential"]) == ("approved", Credential.objects.get().number)
    held = applicant.get("/credentials").json()["results"]
    assert [(one["number"], one["status"]) for one in held] == [(approved["credential"], "active")]


def test_what_is_missing_is_a_problem(worker, applicant):
    hours = an_open_standard({"experience": {"hours": 20, "in": "peer_support"}})

    answer = applicant.post("/applications", {"level": hours.level.code})

    assert answer.status_code == 409
    assert "20 hours" in answer.json()["detail"]


@pytest.mark.parametrize(("data", "status"), [({}, 422), ({"level": "no-such-level"}, 404)])
def test_a_start_names_a_level(applicant, data, status):
    assert applicant.post("/applications", data).status_code == status


def test_a_file_of_ones_own_can_be_attached_by_its_id_and_taken_away(applicant, worker, standard):
    draft, file = a_draft(worker, standard), an_evidence(worker)
    here = f"/applications/{draft.number}/items/{draft.items.first().pk}"

    attached = applicant.send("PATCH", here, {"evidence": [str(file.uid)]}).json()
    gone = applicant.send("DELETE", f"{here}/evidence/{file.uid}").json()

    assert [one["uid"] for one in attached["items"][0]["evidence"]] == [str(file.uid)]
    assert gone["items"][0]["evidence"] == []
    assert applicant.send("PATCH", here, {"evidence": [str(an_evidence(a_worker()).uid)]}).status_code == 404


def test_what_is_no_file_of_these_kinds_is_refused_at_the_field(applicant, worker, standard):
    draft = a_draft(worker, standard)

    answer = applicant.upload(
        f"/applications/{draft.number}/items/{draft.items.first().pk}/evidence",
        SimpleUploadedFile("a.pdf", b"<html>"),
    )

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "file"


def test_withdrawn_by_api(applicant, worker, standard):
    draft = a_draft(worker, standard)

    assert applicant.post(f"/applications/{draft.number}/withdraw").json()["status"] == "withdrawn"
    assert applicant.post(f"/applications/{draft.number}/withdraw").status_code == 409


def test_applications_of_others_are_not_there(applicant):
    other = a_draft()

    assert applicant.get(f"/applications/{other.number}").status_code == 404
    assert applicant.post(f"/applications/{other.number}/submit").status_code == 404
    assert applicant.get("/applications").json()["results"] == []


# The desk


def test_returned_and_denied_by_api():
    application, reviewer = in_review()
    caller, there = Caller(reviewer), f"/desk/applications/{application.number}"
    item = application.items.first()
    unexplained = caller.post(f"{there}/items/{item.pk}/decision", {"decision": "asked"})
    caller.post(f"{there}/items/{item.pk}/decision", {"decision": "asked", "reason": "Please sign."})

    assert unexplained.json()["errors"][0]["field"] == "reason"
    assert caller.post(f"{there}/deny").status_code == 422
    assert caller.post(f"{there}/return", {"reason": "Not signed."}).json()["status"] == "returned"
    assert caller.post(f"{there}/deny", {"reason": "No."}).status_code == 409


def test_given_to_a_colleague_by_their_address():
    application, reviewer = in_review()
    colleague = staff(application.authority)
    caller, there = Caller(reviewer), f"/desk/applications/{application.number}/assign"

    assert caller.post(there, {"to": colleague.email}).status_code == 200
    application.refresh_from_db()
    assert application.assigned_to == colleague
    assert caller.post(there, {"to": staff(a_working_authority()).email}).json()["errors"][0]["field"] == "to"


def test_the_desk_reads_what_stands_in_the_way_and_who_may_be_given_it(django_assert_max_num_queries):
    application, reviewer = in_review()
    colleague = staff(application.authority)
    caller, there = Caller(reviewer), f"/desk/applications/{application.number}"
    caller.get(there)  # reads the catalogue once

    with django_assert_max_num_queries(32):
        before = caller.get(there).json()
    for item in before["items"]:
        caller.post(f"{there}/items/{item['id']}/decision", {"decision": "accepted"})
    after = caller.get(there).json()

    assert "Not decided yet" in before["obstacles"][0]
    assert (before["findings_now"]["verdict"], before["findings"]["verdict"]) == ("waiting", "waiting")
    assert colleague.email in [person["email"] for person in before["reviewers"]]
    assert (after["obstacles"], after["findings_now"]["verdict"]) == ([], "met")
    assert len(after["history"]) == len(before["history"]) + len(before["items"])
    assert after["history"][0]["what"].endswith("started the application")


def test_a_draft_is_read_as_the_standard_in_force_asks(time_machine):
    time_machine.move_to("2026-03-10T12:00Z", tick=False)
    old = an_open_standard(until=date(2026, 4, 1))
    worker = with_statements(a_worker())
    draft = a_draft(worker, old)
    a_standard({"training": {"hours": 50, "topic": "peer_support"}}, level=old.level, since=date(2026, 4, 1))
    time_machine.move_to("2026-04-01T12:00Z", tick=False)

    read = Caller(worker.user).get(f"/applications/{draft.number}").json()

    assert [item["requirement"] for item in read["items"]] == [
        {"training": {"hours": 50, "topic": "peer_support"}}
    ]


@pytest.mark.parametrize("step", ["assign", "approve", "deny", "return"])
def test_an_auditor_reads_and_changes_nothing(step):
    application, _ = in_review()
    auditor = Caller(staff(application.authority, Role.AUDITOR))
    there = f"/desk/applications/{application.number}"

    assert auditor.get(there).json()["steps"] == []
    assert auditor.post(f"{there}/{step}", {"reason": "No."}).status_code == 403
    application.refresh_from_db()
    assert application.status == Application.Status.IN_REVIEW


def test_reading_an_application_is_written_down():
    application = a_submitted()
    Caller(staff(application.authority)).get(f"/desk/applications/{application.number}")

    assert Access.objects.get().subject_id == application.worker_id


def test_another_authority_finds_nothing():
    application = a_submitted()
    caller = Caller(staff(a_working_authority()))

    assert caller.get("/desk/applications").json()["results"] == []
    assert caller.get(f"/desk/applications/{application.number}").status_code == 404


@pytest.mark.parametrize("rows", [1, 6])
def test_the_queue_costs_the_same_however_long_it_is(rows, standard, django_assert_max_num_queries):
    for _ in range(rows):
        a_submitted(standard=standard)
    caller = Caller(staff(standard.level.program.authority))

    with django_assert_max_num_queries(8):
        assert len(caller.get("/desk/applications").json()["results"]) == rows


# Credentials


def test_a_credential_is_suspended_and_renewed_by_api(standard):
    credential = a_credential(a_worker(), standard, expires_on=date(2099, 1, 1))
    caller = Caller(staff(credential.authority, Role.ADMINISTRATOR))
    there = f"/credentials/{credential.number}/events"

    renewed = caller.post(there, {"act": "renew", "on": "2026-01-01", "expires_on": "2100-01-01"})
    unexplained = caller.post(there, {"act": "suspend"})
    suspended = caller.post(there, {"act": "suspend", "reason": "Complaint", "on": "2026-02-01"}).json()

    assert renewed.status_code == 201
    assert unexplained.json()["errors"][0]["field"] == "reason"
    assert (suspended["status"], suspended["expires_on"]) == ("suspended", "2100-01-01")
    assert suspended["steps"] == ["reinstate", "revoke", "surrender"]
    assert caller.post(there, {"act": "suspend", "reason": "Again"}).status_code == 409
    assert caller.post(there, {"act": "explode", "reason": "Now"}).status_code == 422


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.AUDITOR])
def test_only_administrators_act_on_credentials(standard, role):
    credential = a_credential(a_worker(), standard)
    caller = Caller(staff(credential.authority, role))

    assert caller.get(f"/credentials/{credential.number}").json()["steps"] == []
    answer = caller.post(f"/credentials/{credential.number}/events", {"act": "revoke", "reason": "No"})
    assert answer.status_code == 403


def test_holders_read_their_own_and_act_on_nothing(standard):
    credential = a_credential(a_worker(), standard)
    holder = Caller(credential.worker.user)

    assert holder.get(f"/credentials/{credential.number}").status_code == 200
    assert not Access.objects.exists()
    answer = holder.post(f"/credentials/{credential.number}/events", {"act": "surrender", "reason": "No"})
    assert answer.status_code == 403
    assert Caller(a_worker().user).get(f"/credentials/{credential.number}").status_code == 404


def test_callers_without_a_session_are_sent_away():
    assert Client().get(f"{API}/applications").status_code == 401
    assert Client().get(f"{API}/desk/applications").status_code == 401
