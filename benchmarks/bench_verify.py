"""The question of a payer: is this credential good? Against a view that only reads one row by its key."""

import os
from collections.abc import Iterator

from benchmarks import population
from benchmarks.measuring import Client, Row, per_second, percentile
from tests.stack import Stack

CREDENTIALS = int(os.environ.get("CREDENTIALS", "100000"))
ASKED = 2_000


def rows(stack: Stack) -> Iterator[Row]:
    holders = population.people(workers=CREDENTIALS, entries=0, name="Verify").workers
    numbers = population.credentials(holders)
    every = max(1, CREDENTIALS // ASKED)
    known = list(zip(numbers, holders, strict=True))[::every]
    questions = [f"/api/v1/verify?number={one}&family_name={holder.family_name}" for one, holder in known]
    by_key = [f"/row/{one}/" for one, _holder in known]
    client = Client(stack.port)
    times = [time for question in questions[:400] for time in client.times(question, 3)]
    yield Row(
        "verify by API, p99 to p50",
        percentile(times, 0.99),
        percentile(times, 0.5),
        "ms",
        goal=5,
        better="lower",
    )
    yield Row(
        f"verify by API, 4 callers, {CREDENTIALS:,} credentials",
        per_second(stack.port, questions),
        per_second(stack.port, by_key),
        "answers/s",
        goal=0.8,
        better="higher",
    )
