"""Ladder pages, as the people concerned see them."""

import pytest
from django.urls import reverse

from ladder.models import Ladder, Placement, RungGoal
from tests.builders.certification import a_level
from tests.builders.ladder import a_ladder, a_placement, a_rung, a_rung_goal, a_step, two_rungs
from tests.cast import Cast, make_cast
from workers import tracking

pytestmark = pytest.mark.django_db

UNPROCESSABLE = 422
ASKED = {"experience": {"hours": 50, "in": "peer_support"}}


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def rungs(cast):
    return two_rungs(cast.employer, ASKED)


def test_a_ladder_is_made_published_and_filled_by_page(client, cast):
    for code in ("ma-carc", "ma-cps", "ma-lrc", "ma-lrc-supervisor"):
        a_level(code=code)
    client.force_login(cast.owner)

    made = client.post(
        reverse("ladder:new"),
        {"employer": cast.employer.pk, "template": "massachusetts-provider", "title": "Our ladder"},
    )
    ladder = Ladder.objects.get()
    assert made["Location"] == reverse("ladder:detail", args=[ladder.pk])
    draft = client.get(made["Location"]).content.decode()
    client.post(reverse("ladder:publish", args=[ladder.pk]))
    rung = ladder.tracks.first().rungs.first()
    placed = client.post(
        reverse("ladder:place", args=[rung.pk]),
        {"worker": cast.ana.pk, "started_on": "2026-01-05", "wage": "15"},
    )

    assert "This is a draft" in draft
    assert "<svg" in draft
    assert placed["Location"] == reverse("ladder:detail", args=[ladder.pk])
    assert Placement.objects.get().worker == cast.ana
    assert "Ana Rivera" in client.get(placed["Location"]).content.decode()


def test_a_template_that_cannot_be_used_is_said_at_the_field(client, cast):
    client.force_login(cast.owner)

    page = client.post(reverse("ladder:new"), {"employer": cast.employer.pk, "template": "four-tracks"})

    assert page.status_code == UNPROCESSABLE
    assert "mn-cps-2" in page.content.decode()


def test_a_refused_placement_keeps_what_was_typed(client, cast, rungs):
    client.force_login(cast.manager)

    page = client.post(
        reverse("ladder:place", args=[rungs[0].pk]),
        {"worker": cast.ana.pk, "started_on": "2019-01-01", "wage": "15.25"},
    )

    assert page.status_code == UNPROCESSABLE
    assert "15.25" in page.content.decode()
    assert "does not work for you" in page.content.decode()


def test_somebody_is_moved_and_leaves_by_page(client, cast, rungs):
    placement = a_placement(cast.ana, rungs[0])
    client.force_login(cast.manager)

    client.post(
        reverse("ladder:move", args=[placement.pk]), {"rung": rungs[1].pk, "started_on": "2026-02-02"}
    )
    moved = Placement.objects.get(ended_on=None)
    client.post(reverse("ladder:end", args=[moved.pk]), {"ended_on": "2026-03-31"})

    assert moved.rung == rungs[1]
    assert not Placement.objects.filter(ended_on=None)


def test_a_move_to_a_day_before_is_refused_at_the_field(client, cast, rungs):
    placement = a_placement(cast.ana, rungs[0])
    client.force_login(cast.manager)

    page = client.post(
        reverse("ladder:move", args=[placement.pk]), {"rung": rungs[1].pk, "started_on": "2020-02-02"}
    )

    assert page.status_code == UNPROCESSABLE
    assert "must be later" in page.content.decode()


def test_workers_see_the_published_ladders_of_their_employers_only(client, cast, rungs):
    draft = a_ladder(cast.employer, published=False)
    elsewhere = a_ladder(cast.other_employer)
    client.force_login(cast.worker)

    page = client.get(reverse("ladder:index")).content.decode()

    assert rungs[0].track.ladder.title in page
    assert draft.title not in page
    assert elsewhere.title not in page
    assert client.get(reverse("ladder:detail", args=[draft.pk])).status_code == 404


def test_my_ladder_says_where_i_am_what_is_missing_and_takes_goals(client, cast, rungs):
    a_placement(cast.ana, rungs[0])
    far = a_rung(rungs[0].track.ladder, ASKED)
    a_step(rungs[1], far)
    tracking.drain_all()
    client.force_login(cast.worker)

    before = client.get(reverse("ladder:mine")).content.decode()
    client.post(reverse("ladder:aim", args=[far.pk]))
    tracking.drain_all()
    after = client.get(reverse("ladder:mine")).content.decode()

    assert "You are here" in before
    assert rungs[1].title in before
    assert "50 hours of work" in before
    assert "Your goal" not in before
    assert "Your goal" in after
    client.post(reverse("ladder:drop", args=[RungGoal.objects.get().pk]))
    assert not RungGoal.objects.exists()


def test_nobody_drops_another_persons_goal(client, cast, rungs):
    goal = a_rung_goal(cast.ana, rungs[1])
    client.force_login(cast.another_worker)

    assert client.post(reverse("ladder:drop", args=[goal.pk])).status_code == 404
    assert RungGoal.objects.exists()


def test_a_worker_reads_a_rung_with_their_own_findings(client, cast, rungs):
    a_placement(cast.ana, rungs[0])
    tracking.drain_all()
    client.force_login(cast.worker)

    page = client.get(reverse("ladder:rung", args=[rungs[1].pk])).content.decode()

    assert "How far you are" in page
    assert "pl-finding" in page


def test_a_supervisor_reads_a_rung_but_no_ones_readiness(client, cast, rungs):
    a_placement(cast.ana, rungs[0])
    tracking.drain_all()
    client.force_login(cast.supervisor)

    assert "What this rung asks" in client.get(reverse("ladder:rung", args=[rungs[1].pk])).content.decode()
    assert client.get(reverse("ladder:board")).status_code == 403
    assert (
        "Ana Rivera"
        not in client.get(reverse("ladder:detail", args=[rungs[0].track.ladder_id])).content.decode()
    )


def test_my_ladder_costs_the_same_however_many_rungs(client, cast, django_assert_max_num_queries):
    ladder = a_ladder(cast.employer)
    first = a_rung(ladder)
    a_placement(cast.ana, first)
    for _ in range(10):
        a_step(first, a_rung(ladder, ASKED))
    tracking.drain_all()
    client.force_login(cast.worker)

    with django_assert_max_num_queries(20):
        assert client.get(reverse("ladder:mine")).status_code == 200
