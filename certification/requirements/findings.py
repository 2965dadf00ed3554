"""What judging a requirement finds: a tree of immutable findings that explains itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fractions import Fraction
from typing import Any

Amount = int | Fraction | str | None
"""A figure in the finding's unit; a word where the leaf speaks words (education, employment)."""


class Verdict(StrEnum):
    """Three values: accepted facts suffice; they would with what waits for a person's review; neither."""

    UNMET = "unmet"
    WAITING = "waiting"
    MET = "met"

    @property
    def rank(self) -> int:
        return RANKS[self]

    @property
    def opposite(self) -> Verdict:
        """Under a `not`: what waits goes on waiting."""
        return {Verdict.MET: Verdict.UNMET, Verdict.UNMET: Verdict.MET}.get(self, self)


RANKS = {Verdict.UNMET: 0, Verdict.WAITING: 1, Verdict.MET: 2}


class Unit(StrEnum):
    MINUTES = "minutes"
    MONTHS = "months"
    YEARS = "years"
    DAYS = "days"
    COUNT = "count"
    PERCENT = "percent"
    USD = "usd"


@dataclass(frozen=True)
class Part:
    """One figure inside a leaf: `total`, or `by_topic.ethics`, `of_which_supervised`, `span_months`, ..."""

    name: str
    needed: int | Fraction
    have: int | Fraction
    unit: Unit

    @property
    def remaining(self) -> int | Fraction:
        return max(0, self.needed - self.have)

    @property
    def met(self) -> bool:
        return self.have >= self.needed


@dataclass(frozen=True)
class Finding:
    """The verdict on one group or leaf.

    Hours are whole minutes, rounded down. `remaining` is the least that still has to be added, None where
    adding cannot help. `pending` is what is stated but does not count yet. `asked` is the leaf as plain
    data; `reason` is the key of the sentence that says why, with `facts` as its parameters.
    """

    kind: str
    path: str
    verdict: Verdict
    needed: Amount = None
    have: Amount = None
    pending: Amount = None
    remaining: Amount = None
    unit: Unit | None = None
    parts: tuple[Part, ...] = ()
    evidence: tuple[str, ...] = ()
    reason: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    asked: Mapping[str, Any] = field(default_factory=dict)
    count: int | None = None
    """How many branches an `at_least` wants."""
    children: tuple[Finding, ...] = ()
    nearest: tuple[int, ...] = ()
    """Under an unmet `any` or `at_least`: the branches closest to being met."""
    computed: bool = False
    forbidden: bool = False
    """It holds, and must not: what an unmet `not` forbids."""

    @property
    def is_leaf(self) -> bool:
        return not self.children

    def leaves(self) -> Iterator[Finding]:
        if self.is_leaf:
            yield self
        for child in self.children:
            yield from child.leaves()

    def as_forbidden(self) -> Finding:
        """A leaf that holds, told as what keeps the worker out: no adding helps."""
        return replace(self, verdict=Verdict.UNMET, remaining=None, forbidden=True)

    def to_json(self) -> dict[str, Any]:
        """Plain data that loses nothing: hours as whole minutes. Empty fields are left out."""
        figures = {name: plain(getattr(self, name)) for name in ("needed", "have", "pending", "remaining")}
        data: dict[str, Any] = {
            **figures,
            "unit": self.unit and self.unit.value,
            "parts": [
                {"name": p.name, "needed": plain(p.needed), "have": plain(p.have), "unit": p.unit.value}
                for p in self.parts
            ],
            "evidence": list(self.evidence),
            "nearest": list(self.nearest),
            "facts": dict(self.facts),
            "asked": dict(self.asked),
            "reason": self.reason,
            "count": self.count,
            "computed": self.computed,
            "forbidden": self.forbidden,
            "children": [child.to_json() for child in self.children],
        }
        head = {"kind": self.kind, "path": self.path, "verdict": self.verdict.value}
        return head | {
            key: value for key, value in data.items() if value or (value == 0 and value is not False)
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Finding:
        """The finding that to_json wrote."""
        numbers = {name: unplain(data.get(name)) for name in ("needed", "have", "pending", "remaining")}
        return cls(
            kind=data["kind"],
            path=data["path"],
            verdict=Verdict(data["verdict"]),
            **numbers,
            unit=Unit(data["unit"]) if "unit" in data else None,
            parts=tuple(
                Part(p["name"], _number(p["needed"]), _number(p["have"]), Unit(p["unit"]))
                for p in data.get("parts", ())
            ),
            evidence=tuple(data.get("evidence", ())),
            nearest=tuple(data.get("nearest", ())),
            facts=data.get("facts", {}),
            asked=data.get("asked", {}),
            reason=data.get("reason", ""),
            count=data.get("count"),
            computed=data.get("computed", False),
            forbidden=data.get("forbidden", False),
            children=tuple(cls.from_json(child) for child in data.get("children", ())),
        )


def plain(value: Amount) -> int | str | dict[str, int] | None:
    """A figure as JSON; a fraction keeps its two whole numbers."""
    if isinstance(value, Fraction):
        return {"over": value.denominator, "of": value.numerator}
    return value


def unplain(value: Any) -> Amount:
    return Fraction(value["of"], value["over"]) if isinstance(value, Mapping) else value


def _number(value: Any) -> int | Fraction:
    return Fraction(value["of"], value["over"]) if isinstance(value, Mapping) else int(value)
