"""Making, publishing and taking back an employer's ladder."""

import pytest

from accounts import trail
from accounts.refusals import Refused
from ladder import ladders, plans
from ladder.models import Ladder, Rung, Step
from tests.builders.accounts import a_person, an_organisation
from tests.builders.certification import a_level
from tests.builders.ladder import a_ladder, a_rung, a_step

pytestmark = pytest.mark.django_db


@pytest.fixture
def levels() -> None:
    """The levels that the shipped templates name."""
    for code in (
        "mn-cps-2",
        "mha-ncps",
        "nd-cpss-2",
        "ar-apr",
        "ma-carc",
        "ma-cps",
        "ma-lrc",
        "ma-lrc-supervisor",
    ):
        a_level(code=code)


@pytest.mark.parametrize("template", ["four-tracks", "massachusetts-provider"])
def test_a_template_becomes_a_draft_with_everything_in_it(levels, template):
    ladder = ladders.create(employer=an_organisation(), template=template, by=a_person())

    plan = plans.shipped()[template]
    assert ladder.published_at is None
    assert ladders.as_plan(ladder).steps == plan.steps or set(ladders.as_plan(ladder).steps) == set(
        plan.steps
    )
    made = {rung.code: rung for rung in ladders.as_plan(ladder).rungs}
    for rung in plan.rungs:
        assert made[rung.code].requires == rung.requires
        assert (made[rung.code].wage, made[rung.code].duties) == (rung.wage, rung.duties)


def test_making_a_ladder_is_on_the_trail(levels):
    ladder = ladders.create(employer=an_organisation(), template="four-tracks", by=(owner := a_person()))

    (event,) = trail.of(ladder)
    assert (event.verb, event.actor) == ("ladder.created", owner)


def test_a_template_is_made_in_few_statements(levels, django_assert_max_num_queries):
    employer, owner = an_organisation(), a_person()

    with django_assert_max_num_queries(12):
        ladders.create(employer=employer, template="four-tracks", by=owner)


def test_a_title_is_used_once_an_employer(levels):
    employer, owner = an_organisation(), a_person()
    ladders.create(employer=employer, template="four-tracks", title="Ways up", by=owner)

    with pytest.raises(Refused) as refusal:
        ladders.create(employer=employer, template="massachusetts-provider", title="Ways up", by=owner)

    assert refusal.value.field == "title"
    assert Ladder.objects.count() == 1


def test_a_template_that_names_an_unknown_level_makes_nothing():
    with pytest.raises(Refused, match="mn-cps-2"):
        ladders.create(employer=an_organisation(), template="four-tracks", by=a_person())

    assert not Ladder.objects.exists()


def test_publishing_shows_a_ladder_once(levels):
    ladder = ladders.create(employer=an_organisation(), template="four-tracks", by=(owner := a_person()))

    ladders.publish(ladder, by=owner)

    ladder.refresh_from_db()
    assert ladder.published_at
    with pytest.raises(Refused, match="published already"):
        ladders.publish(ladder, by=owner)


def test_a_ladder_that_was_broken_since_is_not_published():
    ladder = a_ladder(published=False)
    below, above = a_rung(ladder), a_rung(ladder)
    a_step(below, above)
    Step.objects.all().delete()

    with pytest.raises(Refused, match="no step leads"):
        ladders.publish(ladder, by=a_person())


def test_an_empty_ladder_is_not_published():
    with pytest.raises(Refused, match="no rung"):
        ladders.publish(a_ladder(published=False), by=a_person())


def test_taking_back_hides_it_again():
    ladder = a_ladder()

    ladders.unpublish(ladder, by=a_person())

    ladder.refresh_from_db()
    assert ladder.published_at is None
    with pytest.raises(Refused, match="not published"):
        ladders.unpublish(ladder, by=a_person())


def test_nothing_is_published_without_its_line_on_the_trail(monkeypatch):
    ladder = a_ladder(published=False)
    a_rung(ladder)

    def broken(*_args, **_kwargs):
        raise RuntimeError("no trail")

    monkeypatch.setattr(trail, "record", broken)
    with pytest.raises(RuntimeError):
        ladders.publish(ladder, by=a_person())

    assert Ladder.objects.get().published_at is None
    assert Rung.objects.count() == 1
