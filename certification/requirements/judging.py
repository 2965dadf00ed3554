"""How figures become a verdict: what every judge of a leaf builds on.

A judge is a function registered for a leaf's class; it looks at a case and answers with a Judgement.
judge_hours.py holds the judges that count hours, judge_facts.py the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor
from typing import Any, Protocol, TypeVar

from .case import Case
from .findings import Amount, Part, Unit, Verdict
from .leaves import Leaf


class Stated(Protocol):
    """Any row of a record that a person accepts."""

    @property
    def accepted(self) -> bool: ...
    @property
    def id(self) -> str: ...


@dataclass(frozen=True)
class Judgement:
    """What a judge found for one leaf; the fields are those of `Finding`."""

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


L = TypeVar("L", bound=Leaf)
R = TypeVar("R", bound=Stated)
JUDGES: dict[type[Leaf], Callable[[Any, Case], Judgement]] = {}


def judges(leaf: type[L]) -> Callable[[Callable[[L, Case], Judgement]], Callable[[L, Case], Judgement]]:
    """Registers the judge of a leaf."""

    def register(judge: Callable[[L, Case], Judgement]) -> Callable[[L, Case], Judgement]:
        JUDGES[leaf] = judge
        return judge

    return register


def minutes_part(name: str, needed: int | Fraction, have: int | Fraction) -> Part:
    """Hours needed and there. Minutes are the smallest unit, and nothing is rounded up."""
    return Part(name, needed, floor(have) if isinstance(needed, int) else have, Unit.MINUTES)


def shortfall(parts: Iterable[Part]) -> int | Fraction:
    """The least minutes that still have to be added: an hour can serve the total and one topic at once."""
    groups: dict[str, int | Fraction] = {}
    for part in parts:
        if part.unit == Unit.MINUTES:
            group = part.name.partition(".")[0]
            groups[group] = groups.get(group, 0) + part.remaining
    return max(groups.values(), default=0)


def weigh(
    accepted: Sequence[Part],
    stated: Sequence[Part] | None = None,
    *,
    pending: int | Fraction | None = None,
    evidence: tuple[str, ...] = (),
    facts: Mapping[str, Any] | None = None,
) -> Judgement:
    """The verdict on figures: `accepted` alone, and `stated` with what still waits for a review.

    `stated` is None for a computed leaf, which never waits; `pending` is then given instead.
    """
    if all(part.met for part in accepted):
        verdict = Verdict.MET
    elif stated is not None and all(part.met for part in stated):
        verdict = Verdict.WAITING
    else:
        verdict = Verdict.UNMET
    short = shortfall(accepted)
    in_minutes = [part for part in accepted if part.unit == Unit.MINUTES]
    others = [part for part in accepted if part.unit != Unit.MINUTES]
    lacking = next((part for part in others if not part.met), None)
    main = in_minutes[0] if in_minutes and (short or not lacking) else lacking or accepted[0]
    if stated is not None:
        pending = next(part.have for part in stated if part.name == main.name) - main.have
    return Judgement(
        verdict,
        needed=main.needed,
        have=main.have,
        pending=pending or 0,
        remaining=short if main.unit == Unit.MINUTES else main.remaining,
        unit=main.unit,
        parts=tuple(accepted) if len(accepted) > 1 else (),
        evidence=evidence,
        facts=facts or {},
    )


def settle(accepted: bool, stated: bool) -> Verdict:
    """Met by accepted facts, waiting when only with facts that nobody has accepted yet."""
    return Verdict.MET if accepted else Verdict.WAITING if stated else Verdict.UNMET


def by_one(rows: Sequence[R], suits: Callable[[R], bool], *, name: str) -> Judgement:
    """The verdict where one fitting row is enough."""
    fitting = [(n, row) for n, row in enumerate(rows) if suits(row)]
    accepted = [(n, row) for n, row in fitting if row.accepted]
    return Judgement(
        settle(bool(accepted), bool(fitting)),
        needed=1,
        have=min(1, len(accepted)),
        unit=Unit.COUNT,
        pending=0 if accepted else min(1, len(fitting)),
        remaining=0 if accepted else 1,
        evidence=tuple(named(name, n, row) for n, row in (accepted or fitting)[:5]),
    )


def named(table: str, n: int, row: Any) -> str:
    """The row's own id, or its place in the record."""
    return row.id or f"{table}[{n}]"
