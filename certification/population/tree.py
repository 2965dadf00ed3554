"""Groups in a query: their verdict from those of their branches, and the minutes to go on the nearest way.

The nearest branch is the one with the fewest leaves against it, then the fewest that hours cannot fill, then
the fewest hours, then the first written: `certification.requirements.nearest` in SQL. How far a branch is, is
worked out only where a group must choose and hours of work hang on the choice.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from certification.requirements.language import AtLeast, Leaf, Not, Requirement

from .marks import counting, reached, touched
from .sql import SQL, ZERO, case, every, join, largest, no, some, sql, total
from .told import TELLERS, Bit, Told

if TYPE_CHECKING:
    from .plan import Asked


#: More leaves than any tree has: leaves that decide are counted above those of them that hours cannot fill.
MANY = 1_000_000


@dataclass(frozen=True)
class Distance:
    """How far a branch is: leaves that decide times MANY, plus those that hours cannot fill; then minutes."""

    leaves: SQL = ZERO
    minutes: SQL = ZERO


class Node:
    """One group or leaf of a requirement that is asked of everybody."""

    def __init__(self, node: Requirement, asked: Asked) -> None:
        self.node = node
        self.asked = asked
        self.branches = [] if isinstance(node, Leaf) else [Node(child, asked) for child in node.of]
        self.leaf: Told | None = TELLERS[type(node)](node, asked) if isinstance(node, Leaf) else None

    @property
    def count(self) -> int:
        """How many branches are wanted."""
        if isinstance(self.node, AtLeast):
            return self.node.count
        return 1 if self.node.kind == "any" else len(self.branches)

    @cached_property
    def _number(self) -> str:
        """The type that holds the minutes of all leaves below."""
        if self.leaf:
            return "bigint" if self.leaf.whole else "numeric"
        return "numeric" if any(one._number == "numeric" for one in self.branches) else "bigint"

    # Verdicts

    @cached_property
    def met(self) -> SQL:
        return self._holds("met")

    @cached_property
    def may(self) -> SQL:
        """Met or waiting."""
        return self._holds("may")

    def _holds(self, how: str) -> SQL:
        if self.leaf:
            return getattr(self.leaf, how)
        if isinstance(self.node, Not):  # what waits goes on waiting
            return no(self.branches[0].may if how == "met" else self.branches[0].met)
        # Leaves that are one bit each are looked at together.
        bits = [one.leaf.bit for one in self.branches if one.leaf and one.leaf.bit]
        others = [getattr(one, how) for one in self.branches if not (one.leaf and one.leaf.bit)]
        column = "met" if how == "met" else "stated"
        if self.node.kind == "all":
            return every([*([reached(bits, column)] if bits else []), *others])
        if self.count == 1:
            return some([*([sql("({})", touched(bits, column))] if bits else []), *others])
        holding = total(sql("({})::int", getattr(one, how)) for one in self.branches)
        return sql("({} >= {})", holding, self.count)

    # The nearest way. Two questions: what keeps an unmet node from being met, and, under a `not`, what makes
    # a node met. A leaf that holds under a `not` is forbidden: no hours help.

    def asks_for_work(self, *, forbidden: bool = False) -> bool:
        """Whether minutes of experience can be among what decides."""
        if self.leaf:
            return self.leaf.work and not forbidden
        turns = forbidden ^ isinstance(self.node, Not)
        return any(one.asks_for_work(forbidden=turns) for one in self.branches)

    def remaining(self, *, forbidden: bool = False) -> SQL:
        """The most minutes of experience that one leaf still wants on the nearest way; 0 where none."""
        if not self.asks_for_work(forbidden=forbidden):
            return ZERO
        if self.leaf:
            short = self.leaf.short()
            return short if self.leaf.whole else sql("floor({})::bigint", short)
        if isinstance(self.node, Not):
            return self.branches[0].remaining(forbidden=not forbidden)
        if self._chooses(forbidden):
            return sql("{}[4]", self._nearest(forbidden))
        return largest(one.remaining(forbidden=forbidden) for one in self.branches)

    def distance(self, *, forbidden: bool) -> Distance:
        if self.leaf:
            return self._leaf_distance(self.leaf, forbidden)
        if isinstance(self.node, Not):
            return self.branches[0].distance(forbidden=not forbidden)
        if self._chooses(forbidden):
            nearest = self._nearest(forbidden)
            return Distance(sql("{}[1]", nearest), sql("{}[2]", nearest))
        # Leaves that are one bit each are counted together; of two that are the same, each counts.
        bits: list[Bit] = []
        each = []
        for one in self.branches:
            if one.leaf and one.leaf.bit and one.leaf.bit not in bits:
                bits.append(one.leaf.bit)
            else:
                each.append(one.distance(forbidden=forbidden))
        counted = sql(f"({{}}) * {MANY + 1}", counting(bits, "met" if forbidden else "stated", forbidden))
        leaves = [counted] if bits else []
        return Distance(total([*leaves, *(one.leaves for one in each)]), total(one.minutes for one in each))

    def _leaf_distance(self, leaf: Told, forbidden: bool) -> Distance:
        decides = leaf.met if forbidden else no(leaf.may)
        short = ZERO if forbidden else leaf.short()
        if short == ZERO:
            return Distance(case(decides, sql(str(MANY + 1))))
        far = sql(f"CASE WHEN {{}} = 0 THEN {MANY + 1} ELSE {MANY} END", short)
        return Distance(case(decides, far), case(decides, short))

    def _chooses(self, forbidden: bool) -> bool:
        """Whether only some of the branches that decide are told: the nearest."""
        return self.node.kind == "at_least" or self.node.kind == ("all" if forbidden else "any")

    def _nearest(self, forbidden: bool) -> SQL:
        """A column of arrays: the distance of the nearest branches together, 0, and what remains on them."""
        decides = self.met if forbidden else no(self.may)
        rows = []
        for n, one in enumerate(self.branches):
            far, open_ = one.distance(forbidden=forbidden), one.met if forbidden else no(one.may)
            figures = (far.leaves, far.minutes, sql(str(n)), one.remaining(forbidden=forbidden))
            rows.append((open_, [sql(f"({{}})::{self._number}", figure) for figure in figures]))
        if not forbidden and self.count == 1:
            # Every branch of an unmet `any` is unmet; arrays compare from left to right.
            found = sql("least({})", join(", ", (sql("ARRAY[{}]", join(", ", row)) for _, row in rows)))
        else:
            found = self._some_nearest(rows, forbidden)
        return self.asked.plan.column(case(decides, found, sql(f"ARRAY[0, 0, 0, 0]::{self._number}[]")))

    def _some_nearest(self, rows: list[tuple[SQL, list[SQL]]], forbidden: bool) -> SQL:
        """As many branches as have to turn, the nearest first."""
        holding = total(sql("({})::int", one.met if forbidden else one.may) for one in self.branches)
        turning = (
            sql("{} - {} + 1", holding, self.count) if forbidden else sql("{} - {}", self.count, holding)
        )
        listed = (sql("({}, {})", open_, join(", ", figures)) for open_, figures in rows)
        return sql(
            """
            (SELECT ARRAY[sum(leaves), sum(minutes), 0, max(remaining)]::{}[] FROM (
                SELECT *, row_number() OVER (ORDER BY leaves, minutes, written) AS place
                FROM (VALUES {}) AS branch(decides, leaves, minutes, written, remaining) WHERE decides
            ) AS branch WHERE place <= {})
            """,
            SQL(self._number),
            join(", ", listed),
            turning,
        )
