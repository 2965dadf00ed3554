"""Every standard of the shipped catalogue is read, said and judged."""

from datetime import date

import pytest

from certification.catalogue.files import current, first_day, last_day, shipped
from certification.requirements.explain import explain
from certification.requirements.findings import Finding
from certification.requirements.forecast import forecasts
from certification.requirements.language import parse, walk
from certification.requirements.nearest import can_apply, keeps_out, waiting_on
from certification.requirements.record import Record
from certification.requirements.sentences import LANGUAGES, reason, requirement_of, sentence

from .meeting import a_record_that_meets

ON = date(2026, 11, 21)
LIBRARY = shipped()
TREES = [
    (standard, key, tree)
    for standard in LIBRARY.standards.values()
    for key in ("requires", "renewal")
    if (tree := getattr(standard, key))
]
each_tree = pytest.mark.parametrize(
    ("standard", "key", "tree"), TREES, ids=[f"{s.code}-{k}" for s, k, _ in TREES]
)


def look(standard, tree, of: Record) -> Finding:
    return explain(tree, of, ON, LIBRARY.catalogue, level=standard.level)


def test_the_catalogue_is_whole():
    assert len(LIBRARY.standards) > 200
    assert len(LIBRARY.jurisdictions) == 53


@each_tree
def test_a_standard_is_read_said_and_judged(standard, key, tree):
    finding = look(standard, tree, Record())

    assert parse(tree.to_data()) == tree == requirement_of(finding)
    assert Finding.from_json(finding.to_json()) == finding
    assert [leaf.path for leaf in finding.leaves()] == [path for path, _ in walk(tree)]
    for language in LANGUAGES:
        assert sentence(tree, language)
        assert all(reason(leaf, language) for leaf in finding.leaves())
        assert reason(finding, language)
    if finding.verdict == "unmet":
        assert keeps_out(finding)
    assert waiting_on(finding) == []
    assert can_apply(finding) in (True, False)
    assert set(forecasts(tree, Record(), ON, LIBRARY.catalogue, level=standard.level)) >= {
        path for path, _ in walk(tree)
    }


@each_tree
def test_a_record_can_meet_it(standard, key, tree):
    of = a_record_that_meets(tree, standard, ON)
    finding = look(standard, tree, of)

    assert finding.verdict == "met", [(leaf.path, reason(leaf)) for leaf in keeps_out(finding)]


def test_partial_dates():
    assert (first_day("2021"), last_day("2021")) == (date(2021, 1, 1), date(2021, 12, 31))
    assert (first_day("2024-02"), last_day("2024-02")) == (date(2024, 2, 1), date(2024, 2, 29))
    assert first_day("2024-02-03") == last_day("2024-02-03") == date(2024, 2, 3)


def test_the_version_in_force():
    levels = LIBRARY.levels

    assert LIBRARY.current("mn-cps-2").code == "mn-cps-2@2020"
    assert LIBRARY.current("mn-cps-1").code == "mn-cps-1@2021"
    assert LIBRARY.current("mn-cprs", date(2021, 2, 28)).code == "mn-cprs@2020"
    assert LIBRARY.current("mn-cprs", date(2021, 3, 1)).code == "mn-cprs@2021"
    assert current(levels["ak-psp"].standards) is None


def test_what_judging_needs_of_levels():
    info = LIBRARY.catalogue.levels

    assert info["mn-cps-1"].training_minutes == 80 * 60
    assert (info["mn-cps-2"].role, info["mn-cps-2"].jurisdiction) == ("advanced", "US-MN")
    assert info["ak-psp"].training_minutes is None
