"""Marks: one bit for each threshold that a fact of a worker can reach.

A fact is a row (worker, who accepted it, kind, key, value): an attestation, a fee with its amount, the hours
of a course added up. Many leaves ask for the same facts and differ only in how much they want, so all their
thresholds are looked up at once: each fact finds the one row of `lookup` whose interval holds its value, with
the bits of every leaf that this satisfies. A worker's bits are the union, by stated and by accepted facts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from .sql import SQL, join, relation, sql
from .told import Bit, words_of

#: Takes every topic, or every state.
ANY_KEY = "*"
#: Accepted by everyone: a job that the employer confirmed, a credential issued here.
EVERYONE = 0
#: Accepted by any authority at all, as employers take it.
ANYONE = -1


@dataclass(frozen=True)
class Place:
    """Facts of this kind and key with `least` <= value < `below`."""

    kind: str
    key: str = ""
    least: int | Fraction | None = None
    below: int | Fraction | None = None

    def holds(self, value: int | Fraction | None) -> bool:
        """Whether the interval that begins at `value` (None: below all) lies in it."""
        over = self.least is None or (value is not None and value >= self.least)
        return over and (self.below is None or value is None or value < self.below)


class Marks:
    """The marks of one query."""

    def __init__(self) -> None:
        self.bits: dict[tuple[frozenset[Place], int], Bit] = {}

    def bit(self, places: Iterable[Place], who: int) -> Bit:
        """The mark of facts in any of these places that count for `who`: an authority, or ANYONE."""
        asked = (frozenset(places), who)
        if asked not in self.bits:
            self.bits[asked] = Bit.number(len(self.bits))
        return self.bits[asked]

    @property
    def words(self) -> range:
        return words_of(self.bits)

    @property
    def kinds(self) -> set[str]:
        return {place.kind for places, _ in self.bits for place in places}

    def keys(self, *kinds: str) -> set[str]:
        return {place.key for places, _ in self.bits for place in places if place.kind in kinds}

    def columns(self) -> Iterator[SQL]:
        for name in (f"{column}{n}" for n in self.words for column in ("stated", "met")):
            yield sql(f"coalesce(marked.{name}, 0) AS {name}")

    def relations(self) -> list[SQL]:
        columns = ", ".join(f"w{n} bigint" for n in self.words)
        return [
            relation(
                "lookup", f"kind text, key text, least numeric, below numeric, {columns}", self._lookup()
            ),
            relation("sees", f"who bigint, {columns}", self._sees()),
        ]

    def query(self, facts: list[SQL]) -> SQL:
        """A row for each worker with any of the facts: `stated0`, `met0`, `stated1`, ..."""
        words = [
            sql(
                f"bit_or(lookup.w{n}) FILTER (WHERE fact.stated) AS stated{n},"
                f" bit_or(lookup.w{n} & sees.w{n}) AS met{n}"
            )
            for n in self.words
        ]
        return sql(
            """
            SELECT fact.worker_id, {}
            FROM ({}) AS fact(worker_id, who, stated, kind, key, value)
            JOIN lookup ON lookup.kind = fact.kind AND lookup.key = fact.key
                AND (lookup.least IS NULL OR fact.value >= lookup.least)
                AND (lookup.below IS NULL OR fact.value < lookup.below)
            LEFT JOIN sees ON sees.who = fact.who
            GROUP BY fact.worker_id
            """,
            join(", ", words),
            join(" UNION ALL ", facts),
        )

    def _lookup(self) -> Iterator[Any]:
        by_place: dict[tuple[str, str], list[tuple[Place, Bit]]] = defaultdict(list)
        for (places, _), bit in self.bits.items():
            for place in places:
                by_place[place.kind, place.key].append((place, bit))
        for (kind, key), asked in by_place.items():
            edges: list[Any] = [
                None,
                *sorted({e for p, _ in asked for e in (p.least, p.below) if e is not None}),
            ]
            for least, below in zip(edges, [*edges[1:], None], strict=True):
                words = self._words(bit for place, bit in asked if place.holds(least))
                if any(words.values()):
                    yield {"kind": kind, "key": key, "least": least, "below": below, **words}

    def _sees(self) -> Iterator[Any]:
        """Which bits the acceptance of one authority can set."""
        for who in {who for _, who in self.bits}:
            yield {"who": who, **self._words(bit for (_, one), bit in self.bits.items() if one == who)}
        yield {"who": EVERYONE, **self._words(self.bits.values())}

    def _words(self, bits: Iterable[Bit]) -> dict[str, int]:
        words = {f"w{n}": 0 for n in self.words}
        for bit in bits:
            words[f"w{bit.word}"] |= bit.mask
        return words


def reached(bits: Iterable[Bit], column: str) -> SQL:
    """That all these bits are set in the words `column` (stated or met) of a worker."""
    masks = _masks(bits)
    return join(
        " AND ",
        (
            sql(f"{column}{word} & {{}}::bigint = {{}}::bigint", mask, mask)
            for word, mask in sorted(masks.items())
        ),
    )


def touched(bits: Iterable[Bit], column: str) -> SQL:
    """That at least one of these bits is set."""
    masks = _masks(bits)
    return join(
        " OR ", (sql(f"{column}{word} & {{}}::bigint <> 0", mask) for word, mask in sorted(masks.items()))
    )


def counting(bits: Iterable[Bit], column: str, are_set: bool) -> SQL:
    """How many of these bits are set, or are not."""
    counts = []
    for word, mask in sorted(_masks(bits).items()):
        held = sql(f"bit_count(({column}{word} & {{}}::bigint)::bit(64))", mask)
        counts.append(held if are_set else sql("{} - {}", mask.bit_count(), held))
    return join(" + ", counts)


def _masks(bits: Iterable[Bit]) -> dict[int, int]:
    masks: dict[int, int] = defaultdict(int)
    for bit in bits:
        masks[bit.word] |= bit.mask
    return masks
