"""What changed between two versions, in plain words."""

import pytest

from certification.catalogue.files import shipped
from certification.requirements.difference import difference
from certification.requirements.language import parse

AGE18, AGE21 = {"age": {"at_least": 18}}, {"age": {"at_least": 21}}
ETHICS, CONDUCT = {"attestation": {"to": "code_of_ethics"}}, {"attestation": {"to": "code_of_conduct"}}


def hours(number: float, topic: str = "peer_support") -> dict:
    return {"training": {"hours": number, "topic": topic}}


def told(old: dict | None, new: dict | None, language: str = "en") -> list[str]:
    changes = difference(old and parse(old), new and parse(new))
    return [change.sentence(language) for change in changes]


def test_the_same_is_no_change():
    assert told({"all": [AGE18, ETHICS]}, {"all": [ETHICS, AGE18]}) == []


def test_what_is_new_what_changed_and_what_is_gone():
    old = {"all": [AGE21, ETHICS, hours(40), hours(6, "hiv")]}
    new = {"all": [AGE18, CONDUCT, hours(60)]}

    assert told(old, new) == [
        "Changed: At least 21 years old → At least 18 years old",
        "Added: A signed statement: code of conduct",
        "Changed: 40 hours of training in peer support → 60 hours of training in peer support",
        "No longer asked: A signed statement: code of ethics",
        "No longer asked: 6 hours of training in HIV",
    ]


def test_in_spanish():
    assert told(AGE21, AGE18, "es") == ["Cambia: Tener al menos 21 años → Tener al menos 18 años"]


def test_one_leaf_beside_a_group():
    assert told(AGE18, {"all": [AGE18, ETHICS]}) == ["Added: A signed statement: code of ethics"]


def test_alternatives_are_told_whole():
    old, new = {"any": [AGE18, ETHICS]}, {"any": [AGE18, CONDUCT]}
    (change,) = difference(parse({"all": [old]}), parse({"all": [new]}))

    assert (change.kind, change.path) == ("changed", "requires.all[0].any")


def test_groups_of_all_within_are_compared_inside():
    old, new = {"all": [{"not": ETHICS}, AGE18]}, {"all": [{"not": CONDUCT}, AGE18]}

    assert [change.kind for change in difference(parse(old), parse(new))] == ["changed"]


@pytest.mark.parametrize(("old", "new", "kind"), [(None, AGE18, "added"), (AGE18, None, "removed")])
def test_from_nothing_and_to_nothing(old, new, kind):
    assert [change.kind for change in difference(old and parse(old), new and parse(new))] == [kind]


def test_a_real_change_of_minnesota():
    standards = shipped().standards
    changes = difference(standards["mn-cps-1@2016"].requires, standards["mn-cps-1@2021"].requires)

    assert [change.sentence() for change in changes] == [
        "Changed: At least 21 years old → At least 18 years old",
        "No longer asked: A high school diploma or its equivalent",
    ]
