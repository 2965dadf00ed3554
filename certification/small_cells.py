"""Counts of people that may be shown: none of fewer than ten, and none that others give away.

Three rules, each for one way of finding somebody out.

- **Small.** A count below ten is never shown; from ten to eighteen it depends on who is counted.
- **Totals.** What is hidden must not follow from what is shown beside it. Counts that add up are a network:
  people flow from the total through the rows and columns of its tables and back. A hidden count is safe when
  there could be one more or one less in it and every count that is shown still be the same; counts are hidden
  with it until that is so (the cheapest way round in the network).
- **Differences.** Two questions whose answers differ by one person must not tell of that person. So each
  figure is moved by up to four, by a secret that depends on exactly who is counted, and rounded to tens: the
  same people always give the same figure, and one more or less gives an unrelated move.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count

from django.utils.crypto import salted_hmac

LEAST = 10
#: How far a figure is moved, up or down.
SWING = 4
Key = Hashable
Node = Hashable


@dataclass(frozen=True)
class Count:
    """So many people, and the secret keys of all of them, combined by exclusive or."""

    people: int = 0
    key: int = 0

    def __add__(self, other: "Count") -> "Count":
        """Of people counted in one of the two, never in both."""
        return Count(self.people + other.people, self.key ^ other.key)

    @property
    def move(self) -> int:
        return self.key % (2 * SWING + 1) - SWING

    @property
    def is_small(self) -> bool:
        return self.people < LEAST or self.people + self.move < LEAST + SWING

    @property
    def figure(self) -> int:
        """What is shown of it: tens. Only of a count that is not small."""
        return max(LEAST, (self.people + self.move + 5) // 10 * 10)


def total(counts: Iterable[Count]) -> Count:
    return sum(counts, Count())


def seed() -> int:
    """The secret from which the database makes the key of each person, as a 64-bit number."""
    return int.from_bytes(salted_hmac("certification.small_cells", "seed").digest()[:8], "big", signed=True)


@dataclass(frozen=True)
class Flow:
    """A count as a part of the network: at every node, as many people come in as go out.

    `worth`: how much rather another count is hidden than this one.
    """

    tail: Node
    head: Node
    count: Count
    worth: int = 1


def hidden(flows: Mapping[Key, Flow]) -> set[Key]:
    """The counts that may not be shown: the small ones, and those that would give them away."""
    small = sorted((key for key, flow in flows.items() if flow.count.is_small), key=repr)
    costs = {key: 0 if flow.count.is_small else flow.count.people * flow.worth for key, flow in flows.items()}
    steps = _steps(flows)
    for key in small:
        flow = flows[key]
        ways = [_way_round(steps, costs, key, start=flow.head, end=flow.tail)]
        if flow.count.people:
            ways.append(_way_round(steps, costs, key, start=flow.tail, end=flow.head))
        costs |= dict.fromkeys(min(ways, key=lambda way: sum(costs[other] for other in way)), 0)
    return {key for key, cost in costs.items() if not cost}


Steps = Mapping[Node, list[tuple[Node, Key]]]


def _steps(flows: Mapping[Key, Flow]) -> Steps:
    """Where one goes from each node: along a flow there may be one more, against it there is one less."""
    steps: dict[Node, list[tuple[Node, Key]]] = {}
    for key, flow in flows.items():
        steps.setdefault(flow.tail, []).append((flow.head, key))
        if flow.count.people:
            steps.setdefault(flow.head, []).append((flow.tail, key))
    return steps


def _way_round(steps: Steps, costs: Mapping[Key, int], left_out: Key, *, start: Node, end: Node) -> list[Key]:
    """The counts that could make up for a change of the count left out, the cheapest to hide.

    There is always a way: one more, or one less, in every flow of a round that the count is part of.
    """
    turn = count()  # nodes of one cost are taken in the order found
    waiting: list[tuple[int, int, Node]] = [(0, next(turn), start)]
    spent: dict[Node, int] = {start: 0}
    came: dict[Node, tuple[Node, Key]] = {}
    while waiting:
        cost, _, node = heappop(waiting)
        if node == end:
            break
        if cost > spent[node]:
            continue
        for head, key in steps.get(node, ()):
            if key != left_out and (head not in spent or cost + costs[key] < spent[head]):
                spent[head] = cost + costs[key]
                came[head] = node, key
                heappush(waiting, (spent[head], next(turn), head))
    way = []
    node = end
    while node != start:
        node, key = came[node]
        way.append(key)
    return way
