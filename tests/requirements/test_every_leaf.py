"""Every leaf of every standard, met to the minute and missed by the least there is.

First each leaf by itself, on days on which windows are clamped too; then inside its standard, where the
answer must name it.
"""

from dataclasses import replace
from datetime import date
from itertools import product

import pytest

from certification.catalogue.files import Standard, shipped
from certification.requirements.explain import explain
from certification.requirements.findings import Finding
from certification.requirements.language import All, Leaf, Not, Requirement, children, walk
from certification.requirements.nearest import keeps_out
from certification.requirements.record import Record
from certification.requirements.sentences import reason

from .meeting import facts_for, join, leaves_to_meet
from .missing import ANY_REMAINING, Miss, misses

ON = date(2026, 11, 21)
DAYS = (ON, date(2024, 2, 29), date(2025, 5, 31))
LIBRARY = shipped()
STANDARDS = sorted(LIBRARY.standards)
each_standard = pytest.mark.parametrize("code", STANDARDS)


def trees(standard: Standard):
    return [(key, tree) for key in ("requires", "renewal") if (tree := getattr(standard, key))]


def look(standard: Standard, tree, of: Record, on: date = ON, path: str = "requires") -> Finding:
    return explain(tree, of, on, LIBRARY.catalogue, level=standard.level, path=path)


@each_standard
def test_a_leaf_is_met_by_just_enough_and_missed_by_the_least(code):
    standard = LIBRARY.standards[code]
    for on, (key, tree) in product(DAYS, trees(standard)):
        for path, leaf in walk(tree, key):
            met = look(standard, leaf, facts_for(leaf, standard, on), on)
            assert met.verdict == "met", (path, reason(met))
            missed = list(misses(leaf, standard, on))
            assert missed, path
            for miss in missed:
                found = look(standard, leaf, miss.record, on)
                assert found.verdict == "unmet", (path, miss.how, reason(found))
                assert miss.remaining is ANY_REMAINING or found.remaining == miss.remaining, (path, miss.how)


@each_standard
def test_a_standard_missed_in_one_leaf_names_it(code):
    standard = LIBRARY.standards[code]
    for key, tree in trees(standard):
        for path, leaf in walk(tree, key):
            needed = dict(leaves_to_meet(tree, key, through=path))
            if path not in needed:
                assert_forbidden(standard, tree, key, path, leaf)
                continue
            whole = look(standard, tree, facts_of(needed, standard), path=key)
            assert whole.verdict == "met", (path, [reason(one) for one in keeps_out(whole)])
            for miss in misses(leaf, standard, ON):
                assert_named(standard, tree, key, path, leaf, facts_of(needed, standard, path), miss)


def facts_of(leaves: dict[str, Leaf], standard: Standard, without: str = "") -> Record:
    made = Record()
    for path, leaf in leaves.items():
        if path != without:
            made = join(made, facts_for(leaf, standard, ON))
    return made


def assert_named(standard, tree, key, path, leaf, others, miss: Miss) -> None:
    of = join(others, miss.record)
    if leaf_at(look(standard, tree, of, path=key), path).verdict == "met":
        # What another leaf wants meets this one too: the same table for this leaf alone.
        of = join(replace(others, **dict.fromkeys(tables(miss.record), ())), miss.record)
    found = look(standard, tree, of, path=key)
    assert leaf_at(found, path).verdict == "unmet", (path, miss.how)

    # As the only way: it keeps the worker out.
    alone = look(standard, only_way(tree, key, path), of)
    assert alone.verdict == "unmet"
    assert leaf.body() in [one.asked for one in keeps_out(alone)], (path, miss.how)

    # Among the other ways: it does, or a way as near, written before it or nearer, or one that is met.
    named = [one.path for one in keeps_out(found)]
    assert path in named or ".any" in path or ".at_least" in path, (path, miss.how, named)
    assert (found.verdict == "met") == (not named)


def assert_forbidden(standard, tree, key, path, leaf) -> None:
    """A disqualifier that holds is named under its own kind, also where there is another way."""
    assert ".not." in path
    needed = dict(leaves_to_meet(tree, key))
    of = join(facts_of(needed, standard), facts_for(leaf, standard, ON))
    found = look(standard, tree, of, path=key)
    assert leaf_at(found, path).verdict == "met"
    if ".any" not in path:
        assert [(one.path, one.kind, one.forbidden) for one in keeps_out(found)] == [(path, leaf.kind, True)]


def leaf_at(finding: Finding, path: str) -> Finding:
    return next(leaf for leaf in finding.leaves() if leaf.path == path)


def tables(of: Record) -> list[str]:
    return [name for name, value in vars(of).items() if isinstance(value, tuple) and value]


def only_way(node: Requirement, path: str, through: str) -> Requirement:
    """The requirement with no other ways than the one that leads to a leaf."""
    here = f"{path}.{node.kind}"
    if isinstance(node, Leaf | Not):
        return node
    chosen = dict(leaves_to_meet(node, path, through))
    ways = [
        only_way(child, where, through)
        for where, child in children(node, here)
        if any(f"{one}.".startswith(f"{where}.") for one in chosen) or isinstance(child, Not)
    ]
    return All(tuple(ways))
