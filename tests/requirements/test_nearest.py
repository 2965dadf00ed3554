"""What keeps a worker out, what waits, and whether an application can be opened."""

from dataclasses import replace

import pytest

from certification.requirements.nearest import can_apply, keeps_out, waiting_on

from .builders import judge, judge_record, record, work


def q(code: str) -> dict:
    return {"qualification": {"code": code, "summary": code}}


def hours(number: float, of: str = "peer_support") -> dict:
    return {"experience": {"hours": number, "in": of}}


def kept_out_by(requirement: dict, **worker) -> list[str]:
    return [leaf.path.removeprefix("requires.") for leaf in keeps_out(judge(requirement, **worker))]


def test_every_unmet_leaf_under_all():
    assert kept_out_by({"all": [q("a"), q("b"), q("c")]}, qualifications=["b"]) == [
        "all[0].qualification",
        "all[2].qualification",
    ]


def test_a_met_requirement_keeps_no_one_out():
    assert kept_out_by(q("a"), qualifications=["a"]) == []


def test_the_branch_with_the_fewest_unmet_leaves_is_nearest():
    asks = {"any": [{"all": [q("a"), q("b")]}, hours(5000)]}

    assert kept_out_by(asks) == ["any[1].experience"]
    assert judge(asks).nearest == (1,)


def test_then_the_branch_with_the_fewest_that_hours_cannot_fill():
    assert kept_out_by({"any": [q("a"), hours(5000)]}) == ["any[1].experience"]


def test_then_the_branch_with_the_fewest_hours_remaining():
    assert kept_out_by({"any": [hours(500), hours(400), hours(450)]}) == ["any[1].experience"]
    both = {"any": [hours(500), hours(400, "mental_health_services")]}
    assert kept_out_by(both, experience=[work(200)]) == ["any[0].experience"]


def test_then_the_order_written():
    assert kept_out_by({"any": [q("a"), q("b")]}) == ["any[0].qualification"]


def test_training_without_hours_is_nothing_that_hours_fill():
    asks = {"any": [{"training": {"topic": "a"}}, {"training": {"topic": "b", "hours": 999}}]}

    assert kept_out_by(asks) == ["any[1].training"]


def test_groups_within_branches_tell_their_own_nearest():
    asks = {"any": [{"all": [q("a"), {"any": [q("b"), hours(10)]}]}, {"all": [q("c"), q("d"), q("e")]}]}

    assert kept_out_by(asks) == ["any[0].all[0].qualification", "any[0].all[1].any[1].experience"]


def test_of_at_least_as_many_branches_as_are_missing():
    asks = {"at_least": {"count": 2, "of": [q("a"), hours(900), hours(800), q("d")]}}

    assert kept_out_by(asks) == ["at_least.of[1].experience", "at_least.of[2].experience"]
    assert kept_out_by(asks, qualifications=["d"]) == ["at_least.of[2].experience"]
    finding = judge(asks, qualifications=["d"])
    assert (finding.count, finding.have, finding.nearest) == (2, 1, (2,))


def test_a_waiting_branch_is_not_what_keeps_out_of_an_at_least():
    asks = {"at_least": {"count": 2, "of": [q("a"), q("b"), q("c")]}}
    finding = judge(asks, stated="qualifications", qualifications=["a"])

    assert [leaf.path for leaf in keeps_out(finding)] == ["requires.at_least.of[1].qualification"]
    assert [leaf.path for leaf in waiting_on(finding)] == ["requires.at_least.of[0].qualification"]


@pytest.mark.parametrize(
    ("forbids", "told"),
    [
        (q("a"), ["not.qualification"]),
        ({"any": [q("a"), q("b")]}, ["not.any[0].qualification", "not.any[1].qualification"]),
        ({"all": [q("a"), q("b")]}, ["not.all[0].qualification"]),
        (
            {"at_least": {"count": 1, "of": [q("a"), q("b")]}},
            ["not.at_least.of[0].qualification", "not.at_least.of[1].qualification"],
        ),
        ({"not": q("z")}, ["not.not.qualification"]),
    ],
)
def test_what_a_not_forbids_is_told_by_its_leaves(forbids, told):
    worker = {"qualifications": ["a", "b"]}

    assert kept_out_by({"not": forbids}, **worker) == told


def test_a_double_not_asks_again():
    (leaf,) = keeps_out(judge({"not": {"not": q("z")}}))

    assert (leaf.kind, leaf.forbidden, leaf.remaining) == ("qualification", False, 1)


def test_waiting_leaves_are_those_that_matter():
    asks = {"all": [q("a"), {"any": [q("b"), {"all": [q("c"), q("d")]}]}, q("e")]}
    finding = judge(asks, stated="qualifications", qualifications=["a", "b", "c", "d", "e"])

    assert finding.verdict == "waiting"
    assert [leaf.asked["code"] for leaf in waiting_on(finding)] == ["a", "b", "e"]
    assert keeps_out(finding) == []


def test_waiting_leaves_inside_the_nearest_unmet_branch_are_told():
    asks = {"all": [q("a"), {"any": [{"all": [q("b"), hours(10)]}, {"all": [q("x"), q("y")]}]}]}
    finding = judge(asks, stated="qualifications", qualifications=["a", "b", "x"])

    assert [leaf.asked["code"] for leaf in waiting_on(finding)] == ["a", "b"]
    assert [leaf.kind for leaf in keeps_out(finding)] == ["experience"]


def test_a_not_that_waits_is_told_under_what_it_forbids():
    finding = judge({"not": q("a")}, stated="qualifications", qualifications=["a"])

    assert (finding.verdict, [leaf.kind for leaf in waiting_on(finding)]) == ("waiting", ["qualification"])


# Applying


def test_what_is_missing_may_be_handed_in_with_the_application():
    asks = {"all": [hours(10), q("a"), {"training": {"topic": "x", "hours": 5}}]}

    assert can_apply(judge(asks, experience=[work(10)]))
    assert not can_apply(judge(asks, experience=[work(9)]))


def test_met_and_waiting_may_apply():
    assert can_apply(judge(q("a"), qualifications=["a"]))
    assert can_apply(judge(q("a"), stated="qualifications", qualifications=["a"]))


def test_the_nearest_way_decides_until_another_is_stated():
    asks = {"any": [hours(4000), q("a")]}

    assert not can_apply(judge(asks))
    assert can_apply(judge(asks, stated="qualifications", qualifications=["a"]))


def test_a_disqualifier_cannot_be_handed_away():
    assert not can_apply(judge({"not": q("a")}, qualifications=["a"]))


def test_a_credential_stated_but_not_verified_may_apply():
    of = record(credentials=[{"level": "ma-cps"}])
    asks = {"credential": {"any_of": ["ma-cps"]}}

    assert not can_apply(judge(asks))
    assert can_apply(
        judge_record(asks, replace(of, credentials=(replace(of.credentials[0], accepted=False),)))
    )
