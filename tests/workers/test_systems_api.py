"""Hours by connected systems: an employer's own program sends and reads what was worked for it."""

from datetime import UTC, date, datetime, time
from uuid import uuid4

import pytest
import time_machine

from accounts import trail
from accounts.models import Access, Event
from accounts.roles import Role
from accounts.scopes import Scope
from tests.builders.accounts import a_member, a_system, a_token, an_organisation
from tests.builders.workers import a_worker, an_employment, an_entry
from workers.models import HourEntry

BATCH, HOURS, EMPLOYMENTS = "/api/v1/hours/batch", "/api/v1/hours", "/api/v1/employments"
Status = HourEntry.Status


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(datetime(2026, 6, 10, 18, tzinfo=UTC), tick=False) as stopped:
        yield stopped


@pytest.fixture
def owner(job):
    return a_member(Role.OWNER, organisation=job.employer)


@pytest.fixture
def system(job, owner):
    return a_system(job.employer, by=owner, scopes=list(Scope))


@pytest.fixture
def bearer(system):
    return {"authorization": f"Bearer {a_token(system)}"}


@pytest.fixture
def send(client, bearer):
    def send(*entries):
        answer = client.post(
            BATCH, {"entries": list(entries)}, content_type="application/json", headers=bearer
        )
        assert answer.status_code == 200, answer.content
        return answer.json()["results"]

    return send


def hours_of(employment, **fields):
    given = {"client_id": str(uuid4()), "employment": employment.pk, "domain": "advocacy"}
    return {**given, "day": "2026-06-09", "minutes": 60, **fields}


def test_a_system_sends_hours_of_several_workers_at_once(job, send):
    other = an_employment(a_worker("Ben", "Okafor"), job.employer)

    results = send(hours_of(job.employment), hours_of(other))

    assert [result["status"] for result in results] == ["stored", "stored"]
    assert {entry.worker for entry in HourEntry.objects.all()} == {job.worker, other.worker}
    assert set(HourEntry.objects.values_list("status", flat=True)) == {Status.SUBMITTED}


def test_the_same_id_for_two_workers_is_two_entries(job, send):
    other = an_employment(a_worker("Ben", "Okafor"), job.employer)
    same = str(uuid4())

    send(hours_of(job.employment, client_id=same), hours_of(other, client_id=same))

    assert HourEntry.objects.count() == 2


def test_a_worker_is_named_by_the_number_of_their_record(job, send):
    named = hours_of(job.employment, worker=str(job.worker.uid))
    del named["employment"]

    (result,) = send(named)

    assert (result["status"], result["entry"]["employment"]) == ("stored", job.employment.pk)


@pytest.mark.parametrize("day", ["2019-12-31", "2026-06-09"])
def test_a_worker_without_a_job_here_on_that_day_is_refused(job, send, day):
    stranger = an_employment(a_worker("Ben", "Okafor")).worker
    named = hours_of(job.employment, day=day, worker=str((job.worker if day < "2020" else stranger).uid))
    del named["employment"]

    (result,) = send(named)

    assert [problem["field"] for problem in result["problems"]] == ["worker"]


def test_of_several_jobs_one_must_be_named(job, send):
    an_employment(job.worker, job.employer, title="Team lead")
    named = hours_of(job.employment, worker=str(job.worker.uid))
    del named["employment"]

    (result,) = send(named)

    assert [problem["field"] for problem in result["problems"]] == ["employment"]


def test_a_job_elsewhere_is_no_job_here(job, send):
    elsewhere = an_employment(job.worker)

    (result,) = send(hours_of(elsewhere))

    assert (result["status"], result["problems"][0]["field"]) == ("refused", "employment")


def test_an_id_or_a_time_taken_elsewhere_shows_nothing_of_what_is_there(job, send):
    elsewhere = an_entry(an_employment(job.worker), day=date(2026, 6, 9), starts=time(9), minutes=60)

    results = send(
        hours_of(job.employment, client_id=str(elsewhere.client_id)),
        hours_of(job.employment, starts="09:30"),
    )

    assert [result["status"] for result in results] == ["conflict", "refused"]
    assert [result["existing"] for result in results] == [None, None]
    assert str(elsewhere.employment.employer) not in str(results)


def test_entries_of_different_workers_do_not_get_in_each_others_way(job, send):
    other = an_employment(a_worker("Ben", "Okafor"), job.employer)

    results = send(hours_of(job.employment, minutes=1440), hours_of(other, minutes=1440))

    assert [result["status"] for result in results] == ["stored", "stored"]


def test_who_sent_them_is_in_the_trail(job, send, system):
    send(hours_of(job.employment))

    (event,) = trail.of(HourEntry.objects.get())
    assert (event.actor, event.organisation, event.data) == (None, job.employer, {"system": system.pk})


def test_one_entry_is_sent_too(client, job, bearer):
    sent = hours_of(job.employment)

    answers = [
        client.post(HOURS, sent, content_type="application/json", headers=bearer) for _twice in range(2)
    ]

    assert [answer.status_code for answer in answers] == [201, 200]


@pytest.mark.parametrize("n", [1, 50])
def test_many_workers_cost_the_same_queries(job, send, n, django_assert_max_num_queries):
    others = [an_employment(a_worker("Ben", f"Number{i}"), job.employer) for i in range(n)]
    entries = [hours_of(other) for other in others]

    with django_assert_max_num_queries(24):
        send(*entries)


def test_a_system_reads_what_was_worked_for_its_organisation(client, job, bearer):
    here = an_entry(job.employment)
    draft = an_entry(job.employment, status=Status.DRAFT, minutes=30)
    elsewhere = an_entry(an_employment(job.worker), minutes=30)

    found = client.get(HOURS, headers=bearer).json()["results"]

    assert [entry["id"] for entry in found] == [here.pk]
    for hidden in (draft, elsewhere):
        assert client.get(f"{HOURS}/{hidden.pk}", headers=bearer).status_code == 404


def test_the_worker_reads_that_a_system_looked(client, job, bearer, system):
    an_entry(job.employment)

    client.get(HOURS, headers=bearer)
    client.get(HOURS, headers=bearer)

    (look,) = Access.objects.all()
    assert (look.viewer, look.system, look.organisation) == (None, system, job.employer)
    client.force_login(job.user)
    assert str(system) in client.get("/settings/looks/").content.decode()
    assert client.get("/api/v1/looks").json()["results"][0]["system"] == str(system)


def test_a_system_reads_who_works_here(client, job, bearer):
    an_employment(a_worker("Ben", "Okafor"), an_organisation())

    found = client.get(EMPLOYMENTS, headers=bearer).json()["results"]

    assert [(one["id"], one["worker"]) for one in found] == [(job.employment.pk, str(job.worker.uid))]


def test_a_system_signs_nothing(client, job, bearer):
    entry = an_entry(job.employment)

    for step in ("approve", "return", "submit", "withdraw"):
        answer = client.post(
            f"{HOURS}/{step}",
            {"entries": [entry.pk], "reason": "x"},
            content_type="application/json",
            headers=bearer,
        )
        assert answer.status_code == 403
    assert not Event.objects.exists()
