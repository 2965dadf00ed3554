"""What a requirement asks beside papers."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certification.requirements.language import All, AnyOf, AtLeast, Leaf, Not, parse, walk
from certification.requirements.papers import papers_aside

from .strategies import requirements

AGE = {"age": {"at_least": 18}}
WORK = {"experience": {"hours": 100, "in": "peer_support"}}
EXAM = {"exam": {"name": "Board"}}
FEE = {"fee": {"usd": 50}}


@pytest.mark.parametrize(
    ("asked", "left"),
    [
        ({"all": [AGE, EXAM, WORK]}, {"all": [AGE, WORK]}),
        ({"all": [AGE, EXAM]}, AGE),
        ({"any": [WORK, EXAM]}, None),
        ({"at_least": {"count": 2, "of": [WORK, AGE, EXAM]}}, {"any": [WORK, AGE]}),
        ({"at_least": {"count": 3, "of": [WORK, AGE, EXAM]}}, {"all": [WORK, AGE]}),
        ({"all": [WORK, {"not": EXAM}]}, WORK),
        ({"not": {"any": [AGE, EXAM]}}, {"not": AGE}),
        ({"not": {"all": [AGE, EXAM]}}, None),
        ({"all": [EXAM, FEE]}, None),
    ],
)
def test_papers_hold_and_stand_in_nobody_s_way(asked, left):
    assert papers_aside(parse(asked)) == (True if left is None else parse(left))


def holds(node, computed, *, judged):
    """By hand: computed leaves as given, each judged leaf so that it helps."""
    if isinstance(node, Leaf):
        return computed[node] if node.computed else judged
    if isinstance(node, Not):
        return not holds(node.of[0], computed, judged=not judged)
    held = sum(holds(one, computed, judged=judged) for one in node.of)
    wanted = len(node.of) if isinstance(node, All) else 1 if isinstance(node, AnyOf) else node.count
    assert isinstance(node, All | AnyOf | AtLeast)
    return held >= wanted


@settings(deadline=None)
@given(requirements, st.data())
def test_it_holds_exactly_when_the_whole_would_with_every_paper_handed_in(requirement, data):
    computed = {leaf: data.draw(st.booleans()) for _, leaf in walk(requirement) if leaf.computed}
    left = papers_aside(requirement)

    told = left if isinstance(left, bool) else holds(left, computed, judged=True)

    assert told == holds(requirement, computed, judged=True)
    assert isinstance(left, bool) or all(leaf.computed for _, leaf in walk(left))


@given(requirements)
def test_papers_alone_never_make_it_impossible(requirement):
    assert papers_aside(requirement) is not False
