"""Everybody judged by several connections at once, each with its share of the workers and one snapshot."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from itertools import chain, pairwise

from django.db import connection, connections, transaction

from . import Answer, Population, Question, population_many
from .plan import Share
from .sql import SQL

__all__ = ["everybody"]


#: As many processes as PostgreSQL by default gives one query.
HANDS = 3


def everybody(questions: Iterable[Question], *, on: date, hands: int = HANDS) -> Iterator[Answer]:
    """As `population_many` without `workers`, by so many connections of its own.

    What this process wrote and did not commit yet is not seen. No worker is judged twice or left out, however
    others write meanwhile: all connections read one snapshot.
    """
    asked = population_many(questions, on=on, workers=Share)
    packed = asked.packed
    with transaction.atomic(), connection.cursor() as cursor, ThreadPoolExecutor(hands) as pool:
        queries = [Share.within(ids, packed) for ids in _spans(hands)]
        cursor.execute("SELECT pg_export_snapshot()")
        (snapshot,) = cursor.fetchone()
        yield from chain.from_iterable(pool.map(lambda query: _judge(asked, query, snapshot), queries))


def _spans(hands: int) -> list[range]:
    """Spans of ids with about as many workers in each; together they hold every id there can be."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT percentile_disc(%s::float[]) WITHIN GROUP (ORDER BY id) FROM workers_worker",
            [[n / hands for n in range(1, hands)]],
        )
        (edges,) = cursor.fetchone()
    return [range(first, end) for first, end in pairwise([0, *(edges or []), 2**63 - 1])]


def _judge(asked: Population, packed: SQL, snapshot: str) -> list[Answer]:
    """In a thread, and so on a connection of its own."""
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                cursor.execute("SET TRANSACTION SNAPSHOT %s", [snapshot])
            return list(asked.answers(packed))
    finally:
        connections.close_all()
