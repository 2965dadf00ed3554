"""The readiness board: who is ready when, and at what price in queries."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from accounts.models import Access
from ladder import board
from ladder.board import When
from ladder.models import Readiness
from ladder.readiness import NOTHING_ASKED
from tests.builders.accounts import a_member, an_organisation
from tests.builders.ladder import a_placement, two_rungs
from tests.builders.workers import a_worker, an_employment

pytestmark = pytest.mark.django_db

TODAY = date(2026, 6, 1)
UNMET = {
    "kind": "experience",
    "path": "requires.experience",
    "verdict": "unmet",
    "needed": 3000,
    "have": 1000,
    "remaining": 2000,
    "unit": "minutes",
    "asked": {"hours": 50, "in": "peer_support"},
    "computed": True,
}


@pytest.fixture(autouse=True)
def on_the_day(time_machine):
    time_machine.move_to(datetime(2026, 6, 1, 18, tzinfo=UTC))  # the same day in Chicago


@pytest.fixture
def employer():
    return an_organisation("Hopewell Recovery")


@pytest.fixture
def manager(employer):
    return a_member("manager", organisation=employer)


def on_the_way(employer, rungs, **found):
    """A worker on the lower rung with stored readiness for the upper one."""
    job = an_employment(a_worker("Kim", "Nguyen"), employer)
    a_placement(job.worker, rungs[0], placed_by=job.worker.user)
    values = {"verdict": "unmet", "on": TODAY, "tree": UNMET, **found}
    return Readiness.objects.create(worker=job.worker, rung=rungs[1], **values)


@pytest.mark.parametrize(
    ("found", "when"),
    [
        ({"verdict": "met", "tree": NOTHING_ASKED.to_json()}, When.NOW),
        ({"reached_on": TODAY + timedelta(days=90), "remaining_minutes": 60}, When.SOON),
        ({"reached_on": TODAY + timedelta(days=91), "remaining_minutes": 60}, When.YEAR),
        ({"reached_on": TODAY + timedelta(days=365), "remaining_minutes": 60}, When.YEAR),
        ({"reached_on": TODAY + timedelta(days=366), "remaining_minutes": 60}, When.LATER),
        ({"reached_on": None, "remaining_minutes": 60}, When.LATER),
        ({"reached_on": None, "remaining_minutes": 0}, When.BESIDES),
        ({"verdict": "waiting"}, When.BESIDES),
    ],
)
def test_each_worker_is_in_one_column(employer, found, when):
    on_the_way(employer, two_rungs(employer), **found)

    assert [one.when for one in board.rows(employer, on=TODAY)] == [when]
    (line,) = board.lines(employer, on=TODAY)
    assert dict(line.counts)[when] == line.total == 1


def test_only_people_who_work_there_now_are_on_it(employer):
    readiness = on_the_way(employer, two_rungs(employer))
    readiness.worker.employments.update(ended_on=TODAY - timedelta(days=1))

    assert not board.rows(employer, on=TODAY)


def test_another_employers_rungs_are_not_on_it(employer):
    readiness = on_the_way(employer, two_rungs(employer))
    other = an_organisation()
    an_employment(readiness.worker, other)

    assert not board.rows(other, on=TODAY)


def test_the_page_says_who_and_what_is_missing(client, employer, manager):
    on_the_way(employer, two_rungs(employer), remaining_minutes=2000)
    client.force_login(manager)

    page = client.get(reverse("ladder:board")).content.decode()

    assert "Kim Nguyen" in page
    assert "33 h 20 min" in page


def test_the_page_can_be_narrowed(client, employer, manager):
    rungs = two_rungs(employer)
    on_the_way(employer, rungs, verdict="met", tree=NOTHING_ASKED.to_json())
    client.force_login(manager)

    ready = client.get(reverse("ladder:board"), {"when": "now", "rung": rungs[1].pk}).content.decode()
    later = client.get(reverse("ladder:board"), {"when": "later"}).content.decode()

    assert "Kim Nguyen" in ready
    assert "Kim Nguyen" not in later
    assert client.get(reverse("ladder:board"), {"rung": "nonsense"}).status_code == 200


@pytest.mark.parametrize("people", [1, 30])
def test_the_board_costs_the_same_however_large_the_team(
    client, employer, manager, people, django_assert_max_num_queries
):
    rungs = two_rungs(employer)
    for _ in range(people):
        on_the_way(employer, rungs, remaining_minutes=60)
    client.force_login(manager)

    with django_assert_max_num_queries(14):
        assert client.get(reverse("ladder:board")).status_code == 200


def test_who_looks_at_one_persons_readiness_leaves_a_line_that_they_can_read(client, employer, manager):
    readiness = on_the_way(employer, two_rungs(employer))
    client.force_login(manager)

    page = client.get(reverse("ladder:person", args=[readiness.pk]))

    assert page.status_code == 200
    seen = Access.objects.get()
    assert (seen.viewer, seen.what, seen.subject_id) == (manager, "readiness", readiness.worker_id)


def test_who_left_is_not_shown_any_more(client, employer, manager):
    readiness = on_the_way(employer, two_rungs(employer))
    readiness.worker.employments.update(ended_on=TODAY - timedelta(days=1))
    client.force_login(manager)

    assert client.get(reverse("ladder:person", args=[readiness.pk])).status_code == 404
