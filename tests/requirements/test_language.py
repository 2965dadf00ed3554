"""Requirements are read strictly, with errors that name the place, and written back as they were."""

from dataclasses import FrozenInstanceError
from fractions import Fraction

import pytest

from certification.requirements.explain import JUDGES
from certification.requirements.language import (
    COMPUTED_KINDS,
    LEAF_KINDS,
    All,
    RequirementError,
    parse,
    walk,
)
from certification.requirements.leaves import LEAF_CLASSES, Experience, Training
from certification.requirements.values import hours_of, minutes_of

# One of each leaf with every key it knows.
FULL = {
    "age": {"at_least": 18, "at_most": 30},
    "education": {"at_least": "bachelor", "field": "behavioral_science"},
    "lived_experience": {"of": ["mental_health", "family"]},
    "recovery": {"months": 24, "continuous": True},
    "training": {
        "hours": 40,
        "topic": "peer_support",
        "approved": True,
        "name": "A course",
        "days": 2.5,
        "within_months": 24,
        "by_topic": {"ethics": 3, "advocacy": 2.5},
        "max_by_topic": {"electives": 4},
        "live_hours": 30,
        "online_at_most": 10,
        "completed_after": "2020-01-01",
        "completed_before": "2024-07-01",
        "after": "mn-cps-1",
    },
    "experience": {
        "hours": 3000,
        "months": 12,
        "in": "peer_support",
        "supervised": True,
        "pay": ["paid", "volunteer"],
        "within_months": 72,
        "span_months": 6,
        "of_which_supervised": 50,
        "after": "mn-cps-1",
        "from": "2004-01-01",
        "until": "2019-06-30",
        "in_state": True,
        "practicum": True,
        "by_domain": {"advocacy": 25},
        "max_by_domain": {"office": 100},
        "excluding_training": True,
    },
    "supervision": {
        "hours": 25,
        "by": ["md-rps", "qualified-supervisor"],
        "by_domain": {"ethics": 5},
        "within_months": 120,
        "part_of_experience": True,
        "per_experience_hours": 20,
        "sessions": 4,
        "format": "individual",
    },
    "exam": {"name": "State exam", "at_least_percent": 80},
    "credential": {
        "any_of": ["mn-cps-1"],
        "kind": "state_peer_certification",
        "minimum_training_hours": 40,
        "held_months": 12,
        "other_state": True,
        "issued_after": "2015-04-15",
        "issued_before": "2017-01-01",
    },
    "references": {"count": 3, "from": ["supervisor"]},
    "background_check": {"within_days": 90},
    "attestation": {"to": "code_of_ethics"},
    "residency": {"basis": "live_or_work", "share_percent": 51},
    "employment": {"status": "employed"},
    "continuing_education": {
        "hours": 20,
        "within_months": 24,
        "by_topic": {"ethics": 3},
        "max_by_topic": {"retreats": 4},
        "by_provider": {"gmhcn": 6},
        "live_hours": 5,
        "online_at_most": 10,
        "window": "term",
    },
    "qualification": {"code": "fluent", "summary": "Fluent in the language"},
    "document": {"what": "resume"},
    "fee": {"usd": 50},
}
AGE, ETHICS = {"age": {"at_least": 18}}, {"attestation": {"to": "code_of_ethics"}}


def test_every_leaf_is_written_here_once():
    assert set(FULL) == set(LEAF_KINDS) == set(LEAF_CLASSES)


def test_every_leaf_has_a_judge():
    assert set(JUDGES) == set(LEAF_CLASSES.values())


@pytest.mark.parametrize("kind", LEAF_KINDS)
def test_a_leaf_with_every_key_goes_in_and_comes_out_unchanged(kind):
    leaf = parse({kind: FULL[kind]})

    assert leaf.to_data() == {kind: FULL[kind]}
    assert parse(leaf.to_data()) == leaf
    assert set(leaf.body()) == set(LEAF_CLASSES[kind].keys())


def test_groups_go_in_and_come_out_unchanged():
    data = {"all": [{"any": [AGE, ETHICS]}, {"at_least": {"count": 1, "of": [AGE, ETHICS]}}, {"not": AGE}]}

    assert parse(data).to_data() == data


def test_a_requirement_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        parse(AGE).at_least = 16


def test_computed_leaves_are_those_worked_out_from_the_ledger():
    assert {"age", "experience", "supervision", "credential"} == COMPUTED_KINDS


def test_walk_names_every_leaf_by_its_path_in_the_order_written():
    tree = parse({"all": [AGE, {"at_least": {"count": 1, "of": [ETHICS, {"not": AGE}]}}]})

    assert [path for path, _ in walk(tree)] == [
        "requires.all[0].age",
        "requires.all[1].at_least.of[0].attestation",
        "requires.all[1].at_least.of[1].not.age",
    ]


@pytest.mark.parametrize(
    ("hours", "minutes"),
    [
        (0.1, 6),
        (3999.5, 239_970),
        (1 / 60, 1),
        (4000, 240_000),
        (0.01, Fraction(3, 5)),
        (3999.99999999, None),
    ],
)
def test_hours_do_not_drift(hours, minutes):
    read = minutes_of(hours, "hours")

    assert read == minutes if minutes is not None else read < 240_000
    assert hours_of(read) == hours


@pytest.mark.parametrize("minutes", [1, 7, 59, 61, 12_345, 239_999])
def test_every_whole_minute_survives_being_written_in_hours(minutes):
    assert minutes_of(hours_of(minutes), "hours") == minutes


def test_supervision_by_one_or_by_several():
    assert parse({"supervision": {"by": "md-rps"}}).by == ("md-rps",)
    assert parse({"supervision": {"by": ["md-rps"]}}).to_data() == {"supervision": {"by": "md-rps"}}


REFUSED = [
    ("text", "requires", "'text'", "one group"),
    (None, "requires", "nothing", "one group"),
    ({}, "requires", "an empty mapping", "exactly one key"),
    (AGE | ETHICS, "requires", "2 keys (age, attestation)", "exactly one key"),
    ({"ages": {}}, "requires", "the unknown key 'ages'", "one leaf (age, "),
    ({"all": []}, "requires.all", "a list of 0", "at least 1 requirement"),
    ({"any": [AGE]}, "requires.any", "a list of 1", "at least 2 requirements"),
    ({"any": [AGE, {"age": {}}]}, "requires.any[1].age", "none of them", "at least one of at_least, at_most"),
    ({"at_least": [AGE]}, "requires.at_least", "a list of 1", "a mapping with count, of"),
    ({"at_least": {"count": 3, "of": [AGE, AGE]}}, "requires.at_least.count", "3", "at most 2"),
    ({"at_least": {"of": [AGE, AGE]}}, "requires.at_least.count", "nothing", "a whole number"),
    ({"not": [AGE]}, "requires.not", "a list of 1", "one group"),
    (
        {"age": {"at_least": 18, "at_last": 2}},
        "requires.age.at_last",
        "unknown key 'at_last'",
        "one of at_least",
    ),
    ({"age": {"at_least": True}}, "requires.age.at_least", "True", "a whole number of at least 0"),
    ({"age": {"at_least": 18.5}}, "requires.age.at_least", "18.5", "a whole number"),
    ({"age": {"at_least": 30, "at_most": 18}}, "requires.age.at_most", "18", "at least 30"),
    ({"education": {"at_least": "phd"}}, "requires.education.at_least", "'phd'", "one of none, high_school"),
    ({"lived_experience": {"of": []}}, "requires.lived_experience.of", "a list of 0", "at least one"),
    ({"lived_experience": {"of": ["x"]}}, "requires.lived_experience.of[0]", "'x'", "one of mental_health"),
    ({"training": {"hours": 40}}, "requires.training.topic", "nothing", "a slug"),
    ({"training": {"hours": "40", "topic": "a"}}, "requires.training.hours", "'40'", "a number of hours"),
    ({"training": {"hours": 0, "topic": "a"}}, "requires.training.hours", "0", "above 0"),
    ({"training": {"hours": -1, "topic": "a"}}, "requires.training.hours", "-1", "above 0"),
    ({"training": {"hours": float("nan"), "topic": "a"}}, "requires.training.hours", "nan", "a number"),
    ({"training": {"hours": float("inf"), "topic": "a"}}, "requires.training.hours", "inf", "a number"),
    ({"training": {"topic": "Peer Support"}}, "requires.training.topic", "'Peer Support'", "a slug"),
    ({"training": {"topic": "a", "by_topic": {"B": 1}}}, "requires.training.by_topic.B", "'B'", "a slug"),
    ({"training": {"topic": "a", "by_topic": {"b": 0}}}, "requires.training.by_topic.b", "0", "above 0"),
    (
        {"training": {"topic": "a", "completed_after": "1.1.2020"}},
        "requires.training.completed_after",
        "1.1",
        "YYYY",
    ),
    ({"experience": {"in": "a"}}, "requires.experience", "none of them", "at least one of hours, months"),
    (
        {"experience": {"in": "a", "months": 1, "from": "2020-02-30"}},
        "requires.experience.from",
        "'2020-02-30'",
        "a day that exists",
    ),
    (
        {"experience": {"in": "a", "months": 1, "from": "2020-02-02", "until": "2020-02-01"}},
        "requires.experience.until",
        "2020-02-01",
        "2020-02-02 or later",
    ),
    (
        {"experience": {"in": "a", "hours": 1, "pay": ["cash"]}},
        "requires.experience.pay[0]",
        "'cash'",
        "one of paid",
    ),
    ({"supervision": {}}, "requires.supervision", "none of them", "at least one of hours"),
    ({"exam": {"name": " "}}, "requires.exam.name", "' '", "text"),
    (
        {"exam": {"name": "a", "at_least_percent": 101}},
        "requires.exam.at_least_percent",
        "101",
        "from 0 to 100",
    ),
    (
        {"credential": {"held_months": 3}},
        "requires.credential",
        "none of them",
        "at least one of any_of, kind",
    ),
    ({"references": {"count": 0}}, "requires.references.count", "0", "at least 1"),
    ({"residency": {"basis": "stay"}}, "requires.residency.basis", "'stay'", "one of live, work"),
    ({"fee": {"usd": -5}}, "requires.fee.usd", "-5", "an amount"),
    ({"fee": 50}, "requires.fee", "50", "a mapping with usd"),
]


@pytest.mark.parametrize(("data", "path", "found", "expected"), REFUSED)
def test_what_is_not_in_the_language_is_refused_with_its_place(data, path, found, expected):
    with pytest.raises(RequirementError) as refused:
        parse(data)

    assert refused.value.path == path
    assert found in refused.value.found
    assert expected in refused.value.expected
    assert str(refused.value) == f"{path}: found {refused.value.found}, expected {refused.value.expected}"


def test_a_tree_too_deep_is_refused_and_not_followed_to_its_end():
    tree = AGE
    for _ in range(500):
        tree = {"not": tree}

    with pytest.raises(RequirementError, match="groups within groups"):
        parse(tree)


def test_dates_may_come_as_dates_from_a_yaml_reader():
    leaf = parse({"experience": {"hours": 1, "in": "a", "from": "2020-01-01"}})

    assert parse({"experience": {"hours": 1, "in": "a", "from": leaf.start}}) == leaf


def test_groups_and_leaves_compare_by_what_they_ask():
    assert parse({"all": [AGE, ETHICS]}) == All((parse(AGE), parse(ETHICS)))
    assert parse({"training": {"topic": "a", "hours": 1}}) == Training(topic="a", minutes=60)
    assert parse({"experience": {"in": "a", "hours": 1.5}}) == Experience(work="a", minutes=90)
