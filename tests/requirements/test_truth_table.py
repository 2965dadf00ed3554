"""The three-valued logic, as the table that stands in docs/requirements.md."""

import re
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest

from .builders import judge_record, record

VALUES = ("unmet", "waiting", "met")
PAGE = Path(__file__).parents[2] / "docs" / "requirements.md"


def leaf(n: int) -> dict:
    return {"qualification": {"code": f"q{n}", "summary": f"Q{n}"}}


def verdict(group: str, *verdicts: str, count: int = 0) -> str:
    """The verdict of a group over leaves that have the verdicts given."""
    of = record(qualifications=[f"q{n}" for n, value in enumerate(verdicts) if value != "unmet"])
    waiting = {f"q{n}" for n, value in enumerate(verdicts) if value == "waiting"}
    facts = tuple(replace(fact, accepted=fact.value not in waiting) for fact in of.qualifications)
    branches = [leaf(n) for n in range(len(verdicts))]
    asks = {
        "all": branches,
        "any": branches,
        "not": branches[0],
        "at_least": {"count": count, "of": branches},
    }[group]
    return judge_record({group: asks}, replace(of, qualifications=facts)).verdict


TWO = {
    # (one, other): (all, any)
    ("unmet", "unmet"): ("unmet", "unmet"),
    ("unmet", "waiting"): ("unmet", "waiting"),
    ("unmet", "met"): ("unmet", "met"),
    ("waiting", "unmet"): ("unmet", "waiting"),
    ("waiting", "waiting"): ("waiting", "waiting"),
    ("waiting", "met"): ("waiting", "met"),
    ("met", "unmet"): ("unmet", "met"),
    ("met", "waiting"): ("waiting", "met"),
    ("met", "met"): ("met", "met"),
}
TWO_OF_THREE = {
    ("unmet", "unmet", "unmet"): "unmet",
    ("unmet", "unmet", "waiting"): "unmet",
    ("unmet", "unmet", "met"): "unmet",
    ("unmet", "waiting", "waiting"): "waiting",
    ("unmet", "waiting", "met"): "waiting",
    ("unmet", "met", "met"): "met",
    ("waiting", "waiting", "waiting"): "waiting",
    ("waiting", "waiting", "met"): "waiting",
    ("waiting", "met", "met"): "met",
    ("met", "met", "met"): "met",
}
NOT = {"unmet": "met", "waiting": "waiting", "met": "unmet"}


@pytest.mark.parametrize("pair", [*product(VALUES, VALUES)], ids="-".join)
def test_all_is_the_least_and_any_the_most(pair):
    assert (verdict("all", *pair), verdict("any", *pair)) == TWO[pair]


@pytest.mark.parametrize("three", [*product(VALUES, VALUES, VALUES)], ids="-".join)
def test_at_least_counts(three):
    assert verdict("at_least", *three, count=2) == TWO_OF_THREE[tuple(sorted(three, key=VALUES.index))]


@pytest.mark.parametrize("value", VALUES)
def test_not_turns_met_and_unmet_and_leaves_waiting(value):
    assert verdict("not", value) == NOT[value]


@pytest.mark.parametrize("three", [*product(VALUES, VALUES, VALUES)], ids="-".join)
def test_at_least_all_is_all_and_at_least_one_is_any(three):
    assert verdict("at_least", *three, count=3) == verdict("all", *three)
    assert verdict("at_least", *three, count=1) == verdict("any", *three)


def test_the_page_shows_the_same_tables():
    rows = [
        tuple(cell.strip(" `") for cell in line.strip("|").split("|"))
        for line in PAGE.read_text().splitlines()
        if re.match(r"\| `?(unmet|waiting|met)`? ", line)
    ]

    pairs, triples, singles = rows[:9], rows[9:19], rows[19:]
    assert {row[:2]: row[2:] for row in pairs} == TWO
    assert {row[:3]: row[3] for row in triples} == TWO_OF_THREE
    assert dict(singles) == NOT
