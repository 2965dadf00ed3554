"""The record by API."""

from datetime import UTC, date, datetime
from io import BytesIO
from uuid import uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from accounts.models import Access
from accounts.roles import Role
from tests.builders.accounts import a_member, a_person, an_organisation
from tests.builders.workers import (
    a_session,
    a_statement,
    a_supervisor,
    a_worker,
    an_agreement,
    an_employment,
    an_entry,
    approved_hours,
)
from workers import hours, tracking
from workers.models import Agreement, Delegate, Employment, HourEntry, Signature, Statement, Worker

Status = HourEntry.Status
API = "/api/v1"
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(datetime(2026, 6, 10, 18, tzinfo=UTC), tick=False) as stopped:
        yield stopped


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def as_(user):
    client = APIClient()
    client.force_authenticate(user)
    return client


def hours_of(job, **fields):
    given = {"employment": job.employment.pk, "day": "2026-06-09", "minutes": 450, "domain": "advocacy"}
    return {**given, **fields}


def field_of(response):
    return response.json()["errors"][0]["field"]


def test_one_entry_is_logged_and_sent_again_is_the_same(job):
    sent = hours_of(job, client_id=str(uuid4()))

    first, again = (as_(job.user).post(f"{API}/hours", sent) for _twice in range(2))

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert first.json()["status"] == "submitted"
    assert HourEntry.objects.count() == 1


def test_a_refused_entry_names_the_field(job):
    response = as_(job.user).post(f"{API}/hours", hours_of(job, day="2026-06-11"))

    assert (response.status_code, field_of(response)) == (422, "day")
    assert response["Content-Type"] == "application/problem+json"


def test_an_entry_that_cannot_be_read_names_the_field(job):
    response = as_(job.user).post(f"{API}/hours", hours_of(job, domain="golf"))

    assert (response.status_code, field_of(response)) == (422, "domain")


def test_somebody_elses_job_is_refused_at_the_field(job):
    other = an_employment(a_worker())

    response = as_(job.user).post(f"{API}/hours", hours_of(job, employment=other.pk))

    assert (response.status_code, field_of(response)) == (422, "employment")


def test_nobody_without_a_record_logs_hours(db, job):
    response = as_(a_person()).post(f"{API}/hours", hours_of(job))

    assert response.status_code == 409


def test_hours_are_listed_and_filtered(job):
    an_entry(job.employment, day=date(2026, 6, 1))
    recent = an_entry(job.employment, day=date(2026, 6, 9))
    an_entry(an_employment(a_worker()))

    assert len(as_(job.user).get(f"{API}/hours").json()["results"]) == 2
    found = as_(job.user).get(f"{API}/hours?since=2026-06-02&status=submitted").json()["results"]
    assert [entry["id"] for entry in found] == [recent.pk]


def test_odd_hours_are_flagged_to_whoever_signs_them(job):
    long_day = an_entry(job.employment, minutes=13 * 60, status=Status.SUBMITTED)
    an_entry(job.employment, day=date(2026, 6, 2), minutes=60, status=Status.SUBMITTED)

    to_sign = as_(job.supervisor).get(f"{API}/hours").json()["results"]
    own = as_(job.user).get(f"{API}/hours").json()["results"]

    assert {entry["id"]: entry["odd"] for entry in to_sign}[long_day.pk] == ["13 h on one day"]
    assert sum(bool(entry["odd"]) for entry in to_sign) == 1
    assert not any(entry["odd"] for entry in own)


def test_an_entry_is_read_changed_and_deleted(job):
    entry = an_entry(job.employment)
    url, client = f"{API}/hours/{entry.pk}", as_(job.user)

    assert client.get(url).json()["minutes"] == 480
    assert client.patch(url, {"minutes": 60}).json()["minutes"] == 60
    assert client.delete(url).status_code == 204
    assert client.get(url).status_code == 404


def test_approved_hours_are_not_deleted(job):
    entry = an_entry(job.employment, status=Status.APPROVED, agreement=job.agreement)

    assert as_(job.user).delete(f"{API}/hours/{entry.pk}").status_code == 409


def test_hours_are_approved_and_returned(job):
    one, two = an_entry(job.employment, minutes=60), an_entry(job.employment, minutes=60)
    client = as_(job.supervisor)

    assert client.post(f"{API}/hours/approve", {"entries": [one.pk]}).json() == {"done": 1}
    returned = client.post(f"{API}/hours/return", {"entries": [two.pk], "reason": "Which group?"})
    assert returned.json() == {"done": 1}
    assert client.post(f"{API}/hours/approve", {"entries": [one.pk]}).status_code == 409


def test_by_api_only_what_was_read_is_signed(job):
    entry = an_entry(job.employment)
    client = as_(job.supervisor)
    declared = client.get(f"{API}/hours/declaration").json()
    read = client.get(f"{API}/hours/{entry.pk}").json()
    sent = {
        "entries": [entry.pk],
        "seen": {str(entry.pk): read["fingerprint"]},
        "declaration": declared["version"],
    }
    hours.edit(entry, by=job.user, minutes=600)

    assert client.post(f"{API}/hours/approve", sent).status_code == 409
    sent["seen"][str(entry.pk)] = client.get(f"{API}/hours/{entry.pk}").json()["fingerprint"]
    assert client.post(f"{API}/hours/approve", {**sent, "declaration": 0}).status_code == 409
    assert client.post(f"{API}/hours/approve", sent).json() == {"done": 1}
    signature = client.get(f"{API}/hours/{entry.pk}").json()["signature"]
    assert Signature.objects.get(pk=signature).declaration.text == declared["text"]


def test_another_employers_supervisor_finds_no_hours(job):
    entry = an_entry(job.employment)
    client = as_(a_supervisor(an_organisation()))

    assert client.post(f"{API}/hours/approve", {"entries": [entry.pk]}).status_code == 404
    assert client.get(f"{API}/hours/{entry.pk}").status_code == 404


def test_a_worker_does_not_sign_their_own(job):
    entry = an_entry(job.employment)

    assert as_(job.user).post(f"{API}/hours/approve", {"entries": [entry.pk]}).status_code == 409


def test_hours_are_sent_and_taken_back(job):
    entry = an_entry(job.employment, status=Status.DRAFT)
    client = as_(job.user)

    assert client.post(f"{API}/hours/submit", {"entries": [entry.pk]}).json() == {"done": 1}
    assert client.post(f"{API}/hours/withdraw", {"entries": [entry.pk]}).json() == {"done": 1}


def test_approved_hours_are_amended(job):
    entry = an_entry(job.employment, status=Status.APPROVED, agreement=job.agreement)

    response = as_(job.user).post(f"{API}/hours/{entry.pk}/amend", {"minutes": 60})

    assert response.status_code == 201
    assert response.json()["amends"] == entry.pk


def test_totals_are_what_was_tracked(job):
    approved_hours(job.employment, 600, agreement=job.agreement)
    an_entry(job.employment, minutes=30)
    tracking.drain_all()

    totals = as_(job.user).get(f"{API}/totals").json()

    assert (totals["counted"], totals["waiting"]) == (600, 30)
    assert sum(row["minutes"] for row in totals["rows"]) == 630


def test_a_record_is_begun_read_and_changed(db):
    user = a_person()
    client = as_(user)
    assert client.get(f"{API}/profile").status_code == 409

    begun = client.post(f"{API}/profile", {"given_name": "Ana", "family_name": "Rivera", "listed": True})
    assert begun.status_code == 201
    assert client.post(f"{API}/profile", {"given_name": "A", "family_name": "R"}).status_code == 409
    client.patch(f"{API}/profile", {"state": "US-MN"})

    worker = Worker.objects.get(user=user)
    assert (worker.state, worker.listed) == ("US-MN", True)


def test_jobs_are_added_ended_confirmed_and_discarded(job):
    owner = a_member(Role.OWNER, organisation=job.employer)
    sent = {
        "employer": job.employer.slug,
        "title": "Coach",
        "state": "US-MN",
        "started_on": "2026-06-01",
    }
    client = as_(job.user)

    added = client.post(f"{API}/employments", sent)
    assert added.status_code == 201
    url = f"{API}/employments/{added.json()['id']}"
    assert client.post(f"{API}/employments", sent).status_code == 422
    assert client.post(f"{url}/confirm").status_code == 403
    assert client.patch(url, {"ended_on": "2026-06-09"}).json()["ended_on"] == "2026-06-09"
    assert client.delete(url).status_code == 204

    confirmed = as_(owner).post(f"{API}/employments/{job.employment.pk}/confirm")
    assert confirmed.status_code == 200
    assert Employment.objects.get().confirmed_by == owner
    assert as_(a_member(Role.OWNER)).get(f"{API}/employments/{job.employment.pk}").status_code == 404


def test_an_employer_makes_and_ends_agreements(job):
    owner, other = a_member(Role.OWNER, organisation=job.employer), a_supervisor(job.employer)
    sent = {
        "employment": job.employment.pk,
        "supervisor": other.pk,
        "basis": "qualified-supervisor",
        "started_on": "2026-06-01",
    }

    assert as_(job.supervisor).post(f"{API}/agreements", sent).status_code == 422  # sees no jobs
    assert as_(job.user).post(f"{API}/agreements", sent).status_code == 403
    made = as_(owner).post(f"{API}/agreements", sent)
    assert made.status_code == 201
    url = f"{API}/agreements/{made.json()['id']}"
    assert as_(owner).patch(url, {"ended_on": "2026-06-09"}).status_code == 200
    assert as_(other).patch(url, {"ended_on": "2026-06-08"}).status_code == 403
    assert Agreement.objects.get(supervisor=other).ended_on == date(2026, 6, 9)


def test_a_supervisor_names_who_stands_in(job):
    deputy = a_supervisor(job.employer)
    sent = {"user": deputy.pk, "started_on": "2026-06-10", "ended_on": "2026-06-20"}

    made = as_(job.supervisor).post(f"{API}/agreements/{job.agreement.pk}/delegates", sent)

    assert made.status_code == 201
    assert as_(deputy).delete(f"{API}/delegates/{made.json()['id']}").status_code == 403
    assert as_(job.supervisor).delete(f"{API}/delegates/{made.json()['id']}").status_code == 204
    assert not Delegate.objects.exists()


def test_sessions_are_recorded_and_confirmed(job):
    sent = {
        "agreement": job.agreement.pk,
        "day": "2026-06-09",
        "minutes": 60,
        "format": "group",
        "domain": "advocacy",
    }

    recorded = as_(job.user).post(f"{API}/sessions", sent)
    assert recorded.status_code == 201
    ids = {"sessions": [recorded.json()["id"]]}
    assert as_(a_supervisor(an_organisation())).post(f"{API}/sessions/confirm", ids).status_code == 404
    assert as_(job.supervisor).post(f"{API}/sessions/confirm", ids).json() == {"done": 1}
    assert as_(job.user).delete(f"{API}/sessions/{ids['sessions'][0]}").status_code == 409


def test_another_workers_agreement_is_refused(job):
    other = a_worker("Ben", "Okafor")
    session = a_session(job.agreement)
    sent = {"agreement": job.agreement.pk, "day": "2026-06-09", "minutes": 60, "format": "group"}

    response = as_(other.user).post(f"{API}/sessions", {**sent, "domain": "advocacy"})

    assert (response.status_code, field_of(response)) == (422, "agreement")
    assert as_(other.user).delete(f"{API}/sessions/{session.pk}").status_code == 404


def test_statements_are_added_with_files(job):
    client = as_(job.user)
    uid = client.post(
        f"{API}/evidence", {"file": SimpleUploadedFile("a.pdf", PDF)}, format="multipart"
    ).json()["uid"]
    sent = {"kind": "training", "code": "peer_support", "minutes": 2400, "day": "2024-03-01"}

    added = client.post(
        f"{API}/statements",
        {**sent, "evidence": [uid], "details": {"by_topic": {"ethics": 6}}},
        format="json",
    )
    assert added.status_code == 201
    assert [file["uid"] for file in added.json()["evidence"]] == [uid]

    url = f"{API}/statements/{added.json()['id']}"
    more = client.post(
        f"{url}/evidence", {"files": [SimpleUploadedFile("b.pdf", PDF + b"%%EOF")]}, format="multipart"
    )
    assert len(more.json()["evidence"]) == 2
    assert client.delete(url).status_code == 204
    assert client.get(url).status_code == 404
    assert Statement.objects.get().withdrawn_at


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"kind": "training", "code": "peer_support", "day": "2024-03-01"}, "minutes"),
        ({"kind": "training", "code": "Peer Support!", "minutes": 60, "day": "2024-03-01"}, "code"),
        ({"kind": "education", "code": "doctor"}, "code"),
        ({"kind": "recovery", "day": "2027-01-01"}, "day"),
        ({"kind": "recovery", "day": "2020-01-01", "code": "x"}, "code"),
        ({"kind": "exam", "name": "X", "day": "2024-01-01", "details": {"percent": 101}}, "percent"),
        ({"kind": "exam", "name": "X", "day": "2024-01-01", "details": {"colour": "red"}}, "colour"),
        ({"kind": "fee", "amount": "0"}, "amount"),
        ({"kind": "golf"}, "kind"),
    ],
)
def test_a_wrong_statement_names_the_field(job, sent, field):
    response = as_(job.user).post(f"{API}/statements", sent, format="json")

    assert (response.status_code, field_of(response)) == (422, field)


def test_a_wrong_number_is_named_with_what_belongs_there(job):
    sent = {"kind": "references", "details": {"count": 2.5}}
    response = as_(job.user).post(f"{API}/statements", sent, format="json")

    assert "Found 2.5, but this must be a whole number from 1 to 20." in response.content.decode()


def test_files_and_statements_are_their_workers_alone(job):
    statement = a_statement(job.worker)
    uid = (
        as_(job.user)
        .post(f"{API}/evidence", {"file": SimpleUploadedFile("a.pdf", PDF)}, format="multipart")
        .json()["uid"]
    )
    for user in (job.supervisor, a_member(Role.OWNER, organisation=job.employer), a_worker().user):
        assert as_(user).get(f"{API}/statements/{statement.pk}").status_code == 404
        assert as_(user).get(f"{API}/evidence/{uid}").status_code == 404
    mine = as_(job.user).get(f"{API}/evidence/{uid}")
    assert BytesIO(b"".join(mine.streaming_content)).read() == PDF


def test_who_reads_hours_by_api_is_noted_once_a_day(job):
    an_entry(job.employment), an_entry(job.employment, minutes=60)

    for _twice in range(2):
        assert as_(job.supervisor).get(f"{API}/hours").status_code == 200
    as_(job.user).get(f"{API}/hours")

    look = Access.objects.get()
    assert (look.viewer, look.about, look.what) == (job.supervisor, job.user, "hours")


def test_ids_of_others_are_told_from_none_by_nothing(job):
    stranger = an_agreement(an_employment(a_worker()))
    given = {"day": "2026-06-09", "minutes": 60, "format": "individual", "domain": "advocacy"}

    answers = [
        as_(job.user).post(f"{API}/sessions", {**given, "agreement": pk}).data["errors"][0]["message"]
        for pk in (stranger.pk, 999_999)
    ]
    theirs = an_employment(a_worker())
    filtered = [
        as_(job.user).get(f"{API}/hours", {"employment": pk}).status_code for pk in (theirs.pk, 999_999)
    ]

    assert answers[0].replace(str(stranger.pk), "999999") == answers[1]
    assert filtered == [200, 200]


def test_a_session_sent_twice_is_recorded_once(job):
    given = {
        "agreement": job.agreement.pk,
        "day": "2026-06-09",
        "minutes": 60,
        "format": "individual",
        "domain": "advocacy",
    }
    answers = [as_(job.user).post(f"{API}/sessions", given).status_code for _twice in range(2)]

    assert answers == [201, 409]
    assert job.worker.sessions.count() == 1


def test_a_course_stated_twice_counts_once(job):
    given = {"kind": "training", "code": "ethics", "day": "2026-01-05", "minutes": 600, "name": "Ethics"}
    answers = [
        as_(job.user).post(f"{API}/statements", given, format="json").status_code for _twice in range(2)
    ]

    assert answers == [201, 409]
    assert Statement.objects.count() == 1


def test_supervision_does_not_end_before_a_session_that_was_confirmed(job):
    owner = a_member(Role.OWNER, organisation=job.employer)
    a_session(job.agreement, day=date(2026, 6, 8))
    where = f"{API}/agreements/{job.agreement.pk}"

    assert as_(owner).patch(where, {"ended_on": "2026-06-07"}).status_code == 422
    assert as_(owner).patch(where, {"ended_on": "2026-06-08"}).status_code == 200
