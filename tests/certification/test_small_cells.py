"""Counts of people: nobody is found out by a small one, by totals, or by asking twice."""

from collections import deque
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
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


@pytest.mark.parametrize("people", range(120))
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


def can_change(flows: dict[object, Flow], secret: set[object], key: object) -> bool:
    """Whether one more, or one less, in `key` could be made up for among the hidden counts alone."""
    flow = flows[key]
    more = leads(flows, secret - {key}, flow.head, flow.tail)
    return more or (flow.count.people > 0 and leads(flows, secret - {key}, flow.tail, flow.head))


def leads(flows: dict[object, Flow], keys: set[object], start: object, end: object) -> bool:
    seen, waiting = {start}, deque([start])
    while waiting:
        node = waiting.popleft()
        for flow in (flows[key] for key in keys):
            ahead = [flow.head] if flow.tail == node else []
            ahead += [flow.tail] if flow.head == node and flow.count.people else []
            waiting.extend(one for one in ahead if one not in seen)
            seen.update(ahead)
    return end in seen


def possible(flows: dict[object, Flow], secret: set[object], key: object) -> set[int]:
    """The values of `key` that go with what is shown, found by trying all tables near the true one."""
    nodes = {flow.tail for flow in flows.values()}
    truth = {key: flow.count.people for key, flow in flows.items()}

    def balanced(values: dict[object, int]) -> bool:
        return all(
            sum(values[k] for k, flow in flows.items() if flow.head == node)
            == sum(values[k] for k, flow in flows.items() if flow.tail == node)
            for node in nodes
        )

    free = sorted(secret, key=repr)
    near = ([n for n in (truth[k] - 1, truth[k], truth[k] + 1) if n >= 0] for k in free)
    worlds = (truth | dict(zip(free, values, strict=True)) for values in product(*near))
    return {world[key] for world in worlds if balanced(world)}


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

    assert {key for key, flow in flows.items() if flow.count.is_small} <= secret
    assert all(can_change(flows, secret, key) for key in secret)


@settings(max_examples=25)
@given(st.lists(st.lists(st.sampled_from([0, 1, 5, 30, 60]), min_size=2, max_size=2), min_size=2, max_size=2))
def test_trying_every_table_finds_more_than_one_for_each_hidden_count(made):
    flows = table(made)
    secret = hidden(flows)

    assert all(len(possible(flows, secret, key)) > 1 for key in secret)


@given(cells)
def test_what_is_hidden_besides_is_never_the_only_one_of_its_kind(made):
    flows = table(made)
    secret = hidden(flows)
    nodes = {flow.tail for flow in flows.values()}

    for node in nodes:
        there = [key for key in secret if node in (flows[key].tail, flows[key].head)]
        assert len(there) != 1


def test_a_lone_small_count_takes_the_cheapest_others_with_it():
    flows = table([[3, 50, 70], [40, 60, 90], [80, 30, 20]])

    assert hidden(flows) == {(0, 0), (0, 1), (1, 0), (1, 1)}


def test_what_is_worth_more_is_hidden_last():
    flows = table([[3, 50, 70], [40, 60, 90], [80, 30, 20]])
    flows[0, 1] = replace(flows[0, 1], worth=1000)

    assert (0, 1) not in hidden(flows)


def test_two_small_counts_hide_each_other():
    flows = table([[3, 5, 70], [2, 60, 90], [80, 30, 20]])

    assert hidden(flows) & {(0, 2), (2, 0)} == set()


def test_where_nothing_is_small_all_is_shown():
    assert hidden(table([[30, 50], [40, 60]])) == set()


@pytest.mark.parametrize("people", [0, 3])
def test_a_country_of_few_shows_nothing(people):
    flows = table([[people, 0], [0, 0]])

    assert hidden(flows) == set(flows)
