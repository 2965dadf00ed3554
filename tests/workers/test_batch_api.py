"""Hours by the thousand: POST /api/v1/hours/batch."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from rest_framework.test import APIClient

from tests.builders.workers import a_worker, an_employment, an_entry
from workers.models import HourEntry

API = "/api/v1/hours/batch"
Status = HourEntry.Status


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(datetime(2026, 6, 10, 18, tzinfo=UTC), tick=False) as stopped:
        yield stopped


def hours_of(job, **fields):
    given = {"client_id": str(uuid4()), "employment": job.employment.pk, "domain": "advocacy"}
    return {**given, "day": "2026-06-09", "minutes": 60, **fields}


def post(job, *entries):
    client = APIClient()
    client.force_authenticate(job.user)
    return client.post(API, {"entries": list(entries)}, format="json")


def send(job, *entries):
    return post(job, *entries).json()["results"]


def test_each_entry_is_answered_for_in_the_order_sent(job):
    one, two = hours_of(job), hours_of(job, minutes=61)

    results = send(job, one, hours_of(job, minutes=0), hours_of(job, day="soon"), two, one)

    assert [result["status"] for result in results] == [
        "stored",
        "refused",
        "refused",
        "stored",
        "already_stored",
    ]
    assert [result["entry"] and result["entry"]["minutes"] for result in results] == [60, None, None, 61, 60]
    assert HourEntry.objects.count() == 2


def test_an_answer_carries_the_id_as_it_was_sent(job):
    wrong = hours_of(job, minutes=0)

    (stored, refused, unread) = send(
        job, hours_of(job, client_id=wrong["client_id"]), wrong, {"client_id": 5}
    )

    assert stored["client_id"] == wrong["client_id"] == refused["client_id"]
    assert unread["client_id"] is None


@pytest.mark.parametrize("times", [2, 10])
def test_a_batch_sent_again_is_stored_once(job, times):
    batch = [hours_of(job) for _each in range(3)]

    answers = [send(job, *batch) for _time in range(times)]

    assert {result["status"] for result in answers[-1]} == {"already_stored"}
    assert len({tuple(result["entry"]["id"] for result in answer) for answer in answers}) == 1
    assert HourEntry.objects.count() == 3


def test_another_content_under_the_same_id_is_a_conflict_that_shows_what_stands(job):
    sent = hours_of(job)
    send(job, sent)

    (result,) = send(job, {**sent, "minutes": 90})

    assert (result["status"], result["entry"]) == ("conflict", None)
    assert result["existing"]["minutes"] == 60
    assert [problem["field"] for problem in result["problems"]] == ["client_id"]


def test_an_overlap_shows_what_is_in_the_way(job):
    there = an_entry(job.employment, starts="09:00", minutes=120)

    (result,) = send(job, hours_of(job, starts="10:00"))

    assert (result["status"], result["existing"]["id"]) == ("refused", there.pk)
    assert [problem["field"] for problem in result["problems"]] == ["starts"]


def test_entries_of_one_batch_are_weighed_against_each_other(job):
    first, second = send(job, hours_of(job, minutes=1000), hours_of(job, minutes=441))

    assert (first["status"], second["status"]) == ("stored", "refused")
    assert second["problems"][0]["field"] == "minutes"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"client_id": None}, "client_id"),
        ({"client_id": "one"}, "client_id"),
        ({"employment": 0}, "employment"),
        ({"employment": "x"}, "employment"),
        ({"day": "2026-06-11"}, "day"),
        ({"day": "2019-01-01"}, "day"),
        ({"minutes": 1441}, "minutes"),
        ({"minutes": "many"}, "minutes"),
        ({"domain": "golf"}, "domain"),
        ({"starts": "25:00"}, "starts"),
        ({"starts": "23:30"}, "minutes"),
        ({"mode": "letter"}, "mode"),
        ({"note": "x" * 301}, "note"),
        ({"draft": "perhaps"}, "draft"),
    ],
)
def test_a_wrong_entry_names_the_field_and_stores_nothing(job, wrong, field):
    (result,) = send(job, hours_of(job, **wrong))

    assert result["status"] == "refused"
    assert [problem["field"] for problem in result["problems"]] == [field]
    assert not HourEntry.objects.exists()


@pytest.mark.parametrize("entry", [None, [], 5, "entry", {}])
def test_what_is_no_entry_is_refused_by_itself(job, entry):
    results = send(job, entry, hours_of(job))

    assert [result["status"] for result in results] == ["refused", "stored"]


def test_somebody_elses_job_is_refused(job):
    other = an_employment(a_worker())

    (result,) = send(job, hours_of(job, employment=other.pk))

    assert [problem["field"] for problem in result["problems"]] == ["employment"]


def test_an_entry_can_be_kept_as_a_draft(job):
    send(job, hours_of(job, draft=True), hours_of(job))

    assert set(HourEntry.objects.values_list("status", flat=True)) == {Status.DRAFT, Status.SUBMITTED}


@pytest.mark.parametrize("data", [{}, [], {"entries": []}, {"entries": {}}, {"entries": [{}] * 1001}])
def test_a_batch_is_of_1_to_1000_entries(job, data):
    client = APIClient()
    client.force_authenticate(job.user)

    response = client.post(API, data, format="json")

    assert response.status_code == 422
    assert [error["field"] for error in response.json()["errors"]] == ["entries"]


@pytest.mark.parametrize("n", [1, 100])
def test_a_batch_costs_the_same_queries_whatever_its_length(job, n, django_assert_max_num_queries):
    first = date(2026, 1, 1)
    entries = [hours_of(job, day=(first + timedelta(days=back)).isoformat()) for back in range(n)]

    with django_assert_max_num_queries(21):
        assert {result["status"] for result in send(job, *entries)} == {"stored"}
