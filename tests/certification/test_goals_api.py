"""The catalogue, goals and the record by API."""

from datetime import date

import pytest
import time_machine
from rest_framework.test import APIClient

from certification.models import Goal
from tests.builders.certification import a_goal, a_level, a_standard
from tests.builders.workers import a_worker, an_agreement, an_employment, approved_hours, hours

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("june")]


@pytest.fixture
def june():
    with time_machine.travel("2026-06-01T12:00Z", tick=False):
        yield


@pytest.fixture
def job():
    return an_employment(a_worker(born_on=date(1990, 5, 1)))


@pytest.fixture
def api(job):
    client = APIClient()
    client.force_authenticate(job.worker.user)
    return client


def test_anybody_reads_the_catalogue():
    standard = a_standard(partial=True)
    a_standard(
        {"age": {"at_least": 18}}, level=standard.level, since=date(2010, 1, 1), until=date(2015, 1, 1)
    )
    visitor = APIClient()

    [place] = visitor.get("/api/v1/jurisdictions").json()["results"]
    [listed] = visitor.get("/api/v1/levels", {"jurisdiction": "us-mn"}).json()["results"]
    level = visitor.get(f"/api/v1/levels/{standard.level.code}").json()
    told = visitor.get(f"/api/v1/standards/{standard.code}").json()

    assert (place["code"], place["levels"]) == ("US-MN", 1)
    assert listed["code"] == level["code"] == standard.level.code
    assert level["current"] == standard.code
    assert [one["in_force"]["until"] for one in level["standards"]] == [None, "2015-01-01"]
    assert (told["requires"], told["partial"]) == (standard.requires, True)
    assert visitor.get("/api/v1/standards/nope@2020").status_code == 404
    assert visitor.get("/api/v1/levels", {"jurisdiction": "US-WI"}).json()["results"] == []


def test_a_goal_is_chosen_read_and_given_up(api, job):
    approved_hours(job, hours(1200) + 30, agreement=an_agreement(job))
    standard = a_standard()

    made = api.post("/api/v1/goals", {"level": standard.level.code})

    assert made.status_code == 201
    told = api.get(f"/api/v1/goals/{made.json()['id']}").json()
    assert told == made.json()
    assert (told["status"], told["standard"], told["can_apply"]) == ("unmet", standard.code, False)
    assert told["remaining_minutes"] == hours(4000) - hours(1200) - 30
    assert told["reached_on"] > "2026-06-01"
    [missing] = told["unmet"]
    assert (missing["kind"], missing["have"], missing["remaining"], missing["unit"]) == (
        "experience",
        1200.5,
        2799.5,
        "hours",
    )
    assert told["findings"]["kind"] == "experience"
    assert [goal["id"] for goal in api.get("/api/v1/goals").json()["results"]] == [told["id"]]

    assert api.delete(f"/api/v1/goals/{told['id']}").status_code == 204
    assert not Goal.objects.exists()


def test_a_goal_without_a_standard_has_no_findings(api):
    told = api.post("/api/v1/goals", {"level": a_level().code}).json()

    assert (told["status"], told["findings"], told["unmet"]) == (None, None, [])


def test_what_cannot_be_chosen_is_refused_with_a_problem(api):
    gone = a_level(withdrawn_at="2026-01-01T12:00Z")

    for level, status in (("nope", 404), (gone.code, 409), ("not a slug", 400)):
        answer = api.post("/api/v1/goals", {"level": level})
        assert answer.status_code in {status, 422}, level
        assert answer["Content-Type"] == "application/problem+json"


def test_other_peoples_goals_do_not_exist(api):
    goal = a_goal(a_worker())

    assert api.get(f"/api/v1/goals/{goal.pk}").status_code == 404
    assert api.delete(f"/api/v1/goals/{goal.pk}").status_code == 404


def test_a_worker_reads_their_record(api, job):
    approved_hours(job, hours(8), agreement=an_agreement(job))

    told = api.get("/api/v1/record").json()

    assert told["worker"]["born"] == "1990-05-01"
    assert [row["hours"] for row in told["worker"]["experience"]] == [8]


def test_listing_costs_the_same_however_many_goals(api, job, django_assert_max_num_queries):
    for _ in range(5):
        a_goal(job.worker)
    with django_assert_max_num_queries(1):
        api.get("/api/v1/goals")
