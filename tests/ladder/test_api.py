"""Ladders by API: the same actions and refusals as by page."""

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from accounts.models import Access
from ladder.models import Ladder, Placement, Readiness, RungGoal
from tests.builders.certification import a_level
from tests.builders.ladder import a_ladder, a_placement, two_rungs
from tests.cast import Cast, make_cast
from workers import tracking

pytestmark = pytest.mark.django_db

ASKED = {"experience": {"hours": 50, "in": "peer_support"}}


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def rungs(cast):
    return two_rungs(cast.employer, ASKED)


@pytest.fixture
def api() -> APIClient:
    return APIClient()


def test_a_ladder_is_made_read_and_published(api, cast):
    for code in ("ma-carc", "ma-cps", "ma-lrc", "ma-lrc-supervisor"):
        a_level(code=code)
    api.force_login(cast.owner)

    made = api.post("/api/v1/ladders", {"employer": "hopewell", "template": "massachusetts-provider"})
    shown = api.get(f"/api/v1/ladders/{made.data['id']}")
    published = api.post(f"/api/v1/ladders/{made.data['id']}/publish")
    again = api.post(f"/api/v1/ladders/{made.data['id']}/publish")

    assert (made.status_code, published.status_code) == (201, 200)
    assert [len(track["rungs"]) for track in shown.data["tracks"]] == [2, 2]
    assert len(shown.data["steps"]) == 3
    assert Ladder.objects.get().published_at
    assert (again.status_code, again["Content-Type"]) == (409, "application/problem+json")


def test_an_unknown_template_is_refused_at_its_field(api, cast):
    api.force_login(cast.owner)

    answer = api.post("/api/v1/ladders", {"employer": "hopewell", "template": "none"})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "template"


def test_a_worker_is_placed_moved_and_leaves(api, cast, rungs):
    api.force_login(cast.manager)
    body = {"worker": str(cast.ana.uid), "rung": rungs[0].pk, "started_on": "2026-01-05", "wage": "15.50"}

    placed = api.post("/api/v1/placements", body)
    address = f"/api/v1/placements/{placed.data['id']}"
    moved = api.patch(address, {"rung": rungs[1].pk, "started_on": "2026-02-02"})
    left = api.patch(f"/api/v1/placements/{moved.data['id']}", {"ended_on": "2026-03-31"})

    assert (placed.status_code, moved.status_code, left.status_code) == (201, 200, 200)
    assert left.data["ended_on"] == "2026-03-31"
    assert len(api.get("/api/v1/placements").json()["results"]) == 2


def test_a_second_rung_is_refused_at_its_field(api, cast, rungs):
    a_placement(cast.ana, rungs[0])
    api.force_login(cast.manager)

    answer = api.post(
        "/api/v1/placements",
        {"worker": str(cast.ana.uid), "rung": rungs[1].pk, "started_on": "2026-01-05"},
    )

    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"field": "started_on", "message": answer.json()["detail"]}]
    assert Placement.objects.count() == 1


@pytest.mark.parametrize(
    "body", [{}, {"rung": 1}, {"rung": 1, "started_on": "2026-01-05", "ended_on": "2026-02-01"}]
)
def test_a_change_says_either_where_to_or_until_when(api, cast, rungs, body):
    placement = a_placement(cast.ana, rungs[0])
    api.force_login(cast.manager)

    assert api.patch(f"/api/v1/placements/{placement.pk}", body).status_code == 422


def test_readiness_of_an_employers_people_and_of_oneself(api, cast, rungs):
    a_placement(cast.ana, rungs[0])
    tracking.drain_all()

    api.force_login(cast.manager)
    (seen,) = api.get("/api/v1/readiness", {"employer": "hopewell"}).json()["results"]
    narrowed = api.get("/api/v1/readiness", {"employer": "hopewell", "when": "now"}).json()["results"]
    api.force_login(cast.worker)
    (own,) = api.get("/api/v1/readiness").json()["results"]
    in_full = api.get(f"/api/v1/readiness/{own['id']}").json()
    api.force_login(cast.other_owner)
    stranger = api.get("/api/v1/readiness", {"employer": "hopewell"})

    assert (seen["worker_name"], seen["when"], seen["remaining_minutes"]) == ("Ana Rivera", "later", 3000)
    assert seen["lacking"][0].startswith("50 hours of work")
    assert narrowed == []
    assert (in_full["findings"]["kind"], in_full["worker_name"]) == ("experience", "Ana Rivera")
    assert not Access.objects.exists()
    assert own["id"] == seen["id"]
    assert stranger.status_code == 404


def test_who_looks_at_the_readiness_of_another_is_written_down(api, cast, rungs):
    a_placement(cast.ana, rungs[0])
    tracking.drain_all()
    found = Readiness.objects.get()

    api.force_login(cast.manager)
    seen = api.get(f"/api/v1/readiness/{found.pk}")
    api.force_login(cast.other_owner)
    stranger = api.get(f"/api/v1/readiness/{found.pk}")

    assert (seen.status_code, stranger.status_code) == (200, 404)
    look = Access.objects.get()
    assert (look.viewer, look.what, look.about) == (cast.manager, "readiness", cast.worker)


def test_the_shipped_templates_are_listed(api, cast):
    api.force_login(cast.owner)

    listed = api.get("/api/v1/ladders/templates").json()

    assert [one["code"] for one in listed] == ["four-tracks", "massachusetts-provider"]


def test_goals_are_chosen_and_dropped(api, cast, rungs):
    api.force_login(cast.worker)

    chosen = api.post("/api/v1/rung-goals", {"rung": rungs[1].pk})
    again = api.post("/api/v1/rung-goals", {"rung": rungs[1].pk})
    dropped = api.delete(f"/api/v1/rung-goals/{chosen.data['id']}")

    assert (chosen.status_code, again.status_code, dropped.status_code) == (201, 422, 204)
    assert not RungGoal.objects.exists()


def test_goals_are_on_ladders_one_can_see(api, cast, rungs):
    api.force_login(cast.another_worker)

    assert api.post("/api/v1/rung-goals", {"rung": rungs[1].pk}).status_code == 404


def test_ladders_cost_the_same_however_many(api, cast, django_assert_max_num_queries):
    for _ in range(12):
        a_ladder(cast.employer)
    api.force_login(cast.owner)

    with django_assert_max_num_queries(8):
        assert len(api.get(reverse("ladder_api:ladders")).json()["results"]) == 12
