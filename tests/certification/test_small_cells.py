"""Counts of people: nobody is found out by a small one, by totals, or by asking twice."""

from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certification.small_cells import LEAST, SWING, Count, Flow, hidden, seed, total

keys = st.integers(-(2**63), 2**63 - 1)


def test_fewer_than_ten_are_never_shown_and_many_always():
    for key in range(100):
        assert all(Count(people, key).is_small for people in range(LEAST))
        assert not Count(LEAST + 2 * SWING, key).is_small


@given(st.integers(LEAST, 10_000), keys)
def test_a_figure_is_near_the_truth_and_in_tens(people, key):
    one = Count(people, key)

    assert one.figure % 10 == 0
    assert one.figure >= LEAST
    assert abs(one.figure - people) <= 5 + SWING


@given(st.integers(0, 200))
def test_one_person_more_or_less_can_show_the_same(people):
    """Nothing that is shown of so many people tells that there is one more: each could show of both."""

    def shown(number):
        counts = (Count(number, key) for key in range(9))
        return {None if one.is_small else one.figure for one in counts}

    assert shown(people) & shown(people + 1)


@given(st.integers(LEAST + 2 * SWING, 10_000))
def test_the_move_depends_on_who_is_counted(people):
    moves = {Count(people, key).move for key in range(100)}

    assert moves == set(range(-SWING, SWING + 1))


def test_counts_of_different_people_add_up_to_the_count_of_all():
    each = [Count(1, key) for key in (5, 9, 12)]

    assert total(each) == Count(3, 5 ^ 9 ^ 12)
    assert total(reversed(each)) == total(each)


def test_the_secret_is_of_this_installation(settings):
    one = seed()
    settings.SECRET_KEY = "another"

    assert seed() != one
    assert -(2**63) <= seed() < 2**63


def table(cells: list[list[int]]) -> dict[object, Flow]:
    """A table with the totals of its rows and columns and of all, as a network."""
    rows, columns = range(len(cells)), range(len(cells[0]))
    flows: dict[object, Flow] = {
        (r, c): Flow(("row", r), ("column", c), Count(cells[r][c], 4)) for r in rows for c in columns
    }
    for r in rows:
        flows[r, "all"] = Flow("start", ("row", r), Count(sum(cells[r]), 4))
    for c in columns:
        flows["all", c] = Flow(("column", c), "end", Count(sum(row[c] for row in cells), 4))
    flows["all", "all"] = Flow("end", "start", Count(sum(map(sum, cells)), 4))
    return flows


def can_grow(flows: dict[object, Flow], secret: set[object], key: object) -> bool:
    """Whether some other people, with every shown count as it is, would have ten more of `key`.

    By hand, unlike the code: ways from its head to its tail over hidden counts alone.
    """
    seen, waiting = {flows[key].head}, deque([flows[key].head])
    while waiting:
        node = waiting.popleft()
        for other in secret - {key}:
            flow = flows[other]
            ahead = [flow.head] if flow.tail == node else []
            ahead += [flow.tail] if flow.head == node and flow.count.people >= LEAST else []
            for one in ahead:
                if one not in seen:
                    seen.add(one)
                    waiting.append(one)
    return flows[key].tail in seen


def alternatives(flows: dict[object, Flow], secret: set[object], key: object) -> set[int]:
    """Every value that the count of `key` can have beside what is shown, found by trying (small tables)."""
    nodes = {flow.tail for flow in flows.values()} | {flow.head for flow in flows.values()}
    free = sorted(secret, key=repr)
    most = 3

    def balanced(values):
        for node in nodes:
            into = sum(values[k] for k, flow in flows.items() if flow.head == node)
            out = sum(values[k] for k, flow in flows.items() if flow.tail == node)
            if into != out:
                return False
        return True

    found = set()

    def attempt(n, values):
        if n == len(free):
            if balanced(values):
                found.add(values[key])
            return
        truth = flows[free[n]].count.people
        for step in range(-most, most + 1):
            if truth + step * LEAST >= 0:
                attempt(n + 1, {**values, free[n]: truth + step * LEAST})

    if len(free) <= 5:
        attempt(0, {k: flow.count.people for k, flow in flows.items()})
    return found


cells = st.integers(1, 5).flatmap(
    lambda columns: st.lists(
        st.lists(st.one_of(st.integers(0, 12), st.integers(0, 500)), min_size=columns, max_size=columns),
        min_size=1,
        max_size=6,
    )
)


@given(cells)
def test_nothing_hidden_can_be_worked_out_from_what_is_shown(made):
    flows = table(made)

    secret = hidden(flows)

    for key, flow in flows.items():
        if flow.count.is_small:
            assert key in secret
            assert can_grow(flows, secret, key)


@given(cells)
def test_what_is_hidden_besides_is_never_the_only_one_of_its_kind(made):
    flows = table(made)
    secret = hidden(flows)
    nodes = {flow.tail for flow in flows.values()}

    for node in nodes:
        there = [key for key in secret if node in (flows[key].tail, flows[key].head)]
        assert len(there) != 1


def test_a_lone_small_count_takes_others_with_it_until_it_could_be_anything():
    flows = table([[3, 50, 70], [40, 60, 90], [80, 30, 20]])

    secret = hidden(flows)

    assert (0, 0) in secret
    assert len(secret) == 4
    assert len(alternatives(flows, secret, (0, 0))) > 1


def test_where_nothing_is_small_all_is_shown():
    assert hidden(table([[30, 50], [40, 60]])) == set()


@pytest.mark.parametrize("people", [0, 3])
def test_a_country_of_few_shows_nothing(people):
    flows = table([[people, 0], [0, 0]])

    assert hidden(flows) == set(flows)
