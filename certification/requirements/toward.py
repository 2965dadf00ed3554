"""What one entry of the ledger does for a requirement: how many of its minutes each leaf counts, or why none.

The minutes of all entries add up to what the leaf's judge counts (`judge_hours.Counted.total`): where a leaf
caps a domain, the entries worked first fill it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from .case import Case
from .judge_hours import days_of, filter_of
from .language import Leaf, Not, Requirement, children
from .leaves import Experience
from .ledger import PEER_SUPPORT, PEER_WORK, in_state, window
from .record import ExperienceRow
from .values import Minutes


class Because(StrEnum):
    """Why a leaf does not count an entry, or not all of it; the first that holds."""

    WORK = "work"
    STATE = "state"
    PAY = "pay"
    PRACTICUM = "practicum"
    TOO_LONG_AGO = "too_long_ago"
    BEFORE = "before"
    AFTER = "after"
    NOT_HELD = "not_held"
    UNSUPERVISED = "unsupervised"
    OVER_CAP = "over_cap"


@dataclass(frozen=True)
class Toward:
    """`minutes` of the entry count for the leaf at `path`; `because` says why not all of them do."""

    path: str
    leaf: Experience
    minutes: Minutes
    because: Because | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


def leaves_of_hours(node: Requirement, path: str = "requires") -> Iterator[tuple[str, Experience]]:
    """The leaves that count hours worked, with their paths; those under a `not` count nobody forward."""
    here = f"{path}.{node.kind}"
    if isinstance(node, Experience):
        yield here, node
    elif not isinstance(node, (Leaf, Not)):
        for child, where in ((child, where) for where, child in children(node, here)):
            yield from leaves_of_hours(child, where)


def toward(
    path: str, leaf: Experience, case: Case, row: ExperienceRow, earlier: Iterable[ExperienceRow]
) -> Toward:
    """`row` is the entry as it counts, or would once it is signed; `earlier` those counted before it.

    These matter to a leaf that caps a domain, and to no other.
    """
    why = why_not(leaf, case, row)
    if why:
        return Toward(path, leaf, 0, *why)
    cap = dict(leaf.max_by_domain or ()).get(row.domain or "")
    if cap is None:
        return Toward(path, leaf, row.minutes)
    used = sum(
        one.minutes for one in earlier if one.domain == row.domain and why_not(leaf, case, one) is None
    )
    counted = max(0, min(row.minutes, cap - used))
    if counted == row.minutes:
        return Toward(path, leaf, counted)
    return Toward(path, leaf, counted, Because.OVER_CAP, {"cap": cap, "domain": row.domain})


def why_not(leaf: Experience, case: Case, row: ExperienceRow) -> tuple[Because, Mapping[str, Any]] | None:
    """The first reason for which the leaf does not take the row; the order is that of `filter_of`."""
    return _other_kind(leaf, case, row) or _other_day(leaf, case, row) or _unsupervised(leaf, row)


def _other_kind(leaf: Experience, case: Case, row: ExperienceRow) -> tuple[Because, dict[str, Any]] | None:
    which = filter_of(leaf, case)
    if row.work not in PEER_WORK if leaf.work == PEER_SUPPORT else row.work != leaf.work:
        return Because.WORK, {"work": leaf.work}
    if which.state is not None and not in_state(row.state, which.state):
        return Because.STATE, {"state": which.state}
    if which.pay is not None and row.pay != which.pay:
        return Because.PAY, {"pay": which.pay}
    if which.practicum and row.practicum is not True:
        return Because.PRACTICUM, {}
    return None


def _other_day(leaf: Experience, case: Case, row: ExperienceRow) -> tuple[Because, dict[str, Any]] | None:
    day = row.start or date.min
    if any(first <= day <= last for first, last in days_of(leaf, case)):
        return None
    if leaf.start and day < leaf.start:
        return Because.BEFORE, {"day": leaf.start}
    if leaf.end and day > leaf.end:
        return Because.AFTER, {"day": leaf.end}
    if day < (first := window(case.on, leaf.within_months)):
        return Because.TOO_LONG_AGO, {"day": first, "months": leaf.within_months}
    if day > case.on:
        return Because.AFTER, {"day": case.on}
    return Because.NOT_HELD, {"level": leaf.after}


def _unsupervised(leaf: Experience, row: ExperienceRow) -> tuple[Because, dict[str, Any]] | None:
    return (Because.UNSUPERVISED, {}) if leaf.supervised and row.supervised is not True else None
