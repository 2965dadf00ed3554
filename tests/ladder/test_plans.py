"""Templates of ladders: read strictly, checked as a whole."""

from copy import deepcopy
from typing import Any

import pytest

from certification.catalogue.files import shipped as catalogue
from ladder.plans import PlanError, check, read, shipped

LEVELS = {"mn-cps-2"}


def a_plan(**changes: Any) -> dict[str, Any]:
    """Two tracks: worker and specialist, and a lead beside."""
    return {
        "code": "small",
        "title": "Small ladder",
        "summary": "For tests.",
        "tracks": [
            {
                "code": "practice",
                "title": "Practice",
                "kind": "practice",
                "rungs": [a_rung("worker", 1, wage=(14, 16)), a_rung("specialist", 2, wage=(17, 20))],
            },
            {
                "code": "management",
                "title": "Management",
                "kind": "management",
                "rungs": [a_rung("lead", 3, wage=(20, 24))],
            },
        ],
        "steps": [{"from": "worker", "to": "specialist"}, {"from": "specialist", "to": "lead"}],
        **changes,
    }


def a_rung(code: str, height: int, *, wage: tuple[float, float] | None = None, **more: Any) -> dict[str, Any]:
    rung = {"code": code, "title": code.title(), "height": height, "purpose": "To help.", "duties": ["Help"]}
    if wage:
        rung["wage"] = {"unit": "hour", "low": wage[0], "high": wage[1]}
    return {**rung, "requires": None, **more}


def refusal(data: dict[str, Any]) -> PlanError:
    with pytest.raises(ValueError, match="expected") as caught:
        check(read(data, "small.yaml"), levels=LEVELS)
    return caught.value


def test_the_shipped_templates_can_be_climbed_with_levels_of_the_catalogue():
    levels = catalogue().levels

    assert set(shipped()) == {"four-tracks", "massachusetts-provider"}
    for plan in shipped().values():
        check(plan, levels=levels)


def test_four_tracks_are_the_ways_up_that_the_field_names():
    assert [track.kind for track in shipped()["four-tracks"].tracks] == [
        "practice",
        "management",
        "lateral",
        "clinical",
    ]


def test_every_shipped_wage_says_where_it_is_from():
    assert all(rung.wage.note for plan in shipped().values() for rung in plan.rungs if rung.wage)


def test_a_plan_that_can_be_climbed_passes():
    check(read(a_plan(), "small.yaml"), levels=LEVELS)


def test_steps_in_a_circle_are_refused():
    plan = a_plan()
    plan["tracks"][1]["rungs"][0]["height"] = 2
    plan["steps"].append({"from": "lead", "to": "specialist"})

    assert refusal(plan).path == "small.yaml.steps"
    assert "specialist → lead → specialist" in str(refusal(plan))


def test_a_rung_that_no_step_leads_to_is_refused():
    error = refusal(a_plan(steps=[{"from": "worker", "to": "specialist"}]))

    assert error.path == "small.yaml.tracks[1].rungs[0]"
    assert "'lead', to which no step leads" in error.found


def test_pay_that_falls_on_the_way_up_is_refused():
    plan = a_plan()
    plan["tracks"][1]["rungs"][0] = a_rung("lead", 3, wage=(16.5, 24))

    assert refusal(plan).path == "small.yaml.tracks[1].rungs[0].wage.low"


def test_a_salary_is_compared_by_the_hour():
    plan = a_plan()
    plan["tracks"][1]["rungs"][0]["wage"] = {"unit": "year", "low": 41_600, "high": 41_599 + 1}

    check(read(plan, "small.yaml"), levels=LEVELS)  # 20.00 an hour, after 17 to 20

    plan["tracks"][1]["rungs"][0]["wage"] = {"unit": "year", "low": 41_000, "high": 41_500}
    assert refusal(plan).path.endswith("wage.high")


def test_a_level_that_does_not_exist_is_refused():
    plan = a_plan()
    plan["tracks"][0]["rungs"][1]["requires"] = {"credential": {"any_of": ["mn-cps-9"]}}

    error = refusal(plan)

    assert error.path == "small.yaml.tracks[0].rungs[1].requires.credential"
    assert "mn-cps-9" in error.found


def test_what_only_an_authority_may_ask_is_refused():
    plan = a_plan()
    plan["tracks"][0]["rungs"][1]["requires"] = {"recovery": {"months": 24}}

    assert "'recovery'" in refusal(plan).found


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"steps": [{"from": "worker", "to": "nowhere"}]}, "small.yaml.steps[0].to"),
        ({"steps": [{"from": "lead", "to": "worker"}]}, "small.yaml.steps[0].to"),
        ({"steps": [{"from": "worker", "to": "specialist"}] * 2}, "small.yaml.steps[1]"),
        ({"colour": "blue"}, "small.yaml.colour"),
        ({"tracks": []}, "small.yaml.tracks"),
        ({"title": ""}, "small.yaml.title"),
    ],
)
def test_what_is_wrong_is_named_by_its_path(change, path):
    assert refusal(a_plan(**change)).path == path


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"height": 0}, "height"),
        ({"duties": "Help"}, "duties"),
        ({"wage": {"unit": "day", "low": 1, "high": 2}}, "wage.unit"),
        ({"wage": {"unit": "hour", "low": 3, "high": 2}}, "wage.high"),
        ({"wage": {"unit": "hour", "low": 3}}, "wage.high"),
        ({"requires": {"experience": {"hours": -1, "in": "peer_support"}}}, "requires.experience.hours"),
        ({"code": "specialist"}, "code"),
        ({"height": 2}, "height"),
    ],
)
def test_what_is_wrong_with_a_rung_is_named_by_its_path(change, path):
    plan = deepcopy(a_plan())
    plan["tracks"][0]["rungs"][0].update(change)

    assert refusal(plan).path in (f"small.yaml.tracks[0].rungs[{n}].{path}" for n in (0, 1))
