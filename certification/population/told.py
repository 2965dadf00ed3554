"""What a leaf or a group is in a query: when it is met, when it may be, and how many minutes it lacks."""

from __future__ import annotations

from collections.abc import Callable, Sized
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from certification.requirements.leaves import Leaf
from certification.requirements.values import add_months

from .sql import SQL, ZERO

if TYPE_CHECKING:
    from .plan import Asked

L = TypeVar("L", bound=Leaf)


#: Bits a word: a bigint without its sign, and one to spare.
WORD = 62


@dataclass(frozen=True)
class Bit:
    """A place in the words of a row."""

    word: int
    mask: int

    @classmethod
    def number(cls, n: int) -> Bit:
        word, place = divmod(n, WORD)
        return cls(word, 1 << place)


def words_of(bits: Sized) -> range:
    """The numbers of the words that so many bits take."""
    return range(-(-len(bits) // WORD))


@dataclass(frozen=True)
class Told:
    """Conditions on a worker's row, never null.

    `met`: by accepted facts. `may`: met or waiting, so that unmet is NOT `may`. `short` are the minutes that
    still have to be added (of accepted facts), 0 where none are asked; it is worked out only where a group
    has to choose its nearest branch. `whole`: they are a bigint. `work`: they are minutes of experience.
    `bit` is there where one mark says everything.
    """

    met: SQL
    may: SQL
    short: Callable[[], SQL] = lambda: ZERO
    whole: bool = True
    work: bool = False
    bit: Bit | None = None


TELLERS: dict[type[Leaf], Callable[[Any, Asked], Told]] = {}


def tells(leaf: type[L]) -> Callable[[Callable[[L, Asked], Told]], Callable[[L, Asked], Told]]:
    """Registers what says a leaf in a query."""

    def register(teller: Callable[[L, Asked], Told]) -> Callable[[L, Asked], Told]:
        TELLERS[leaf] = teller
        return teller

    return register


def latest_start(on: date, months: int) -> date | None:
    """The last day from which so many whole months have passed; None where no calendar goes back so far."""
    start = add_months(on, -months)
    if add_months(start, months) > on:
        return None
    while (after := start + timedelta(days=1)) <= on and add_months(after, months) <= on:
        start = after
    return start
