"""The question of a payer: is this credential good? Against a view that only reads one row by its key."""

import os
from collections.abc import Iterator
from functools import partial
from random import Random

from benchmarks import population
from benchmarks.bench_home import cookie_of
from benchmarks.measuring import Client, Row, milliseconds, per_second, percentile
from tests.stack import Stack
from workers.models import Worker

CREDENTIALS = int(os.environ.get("CREDENTIALS", "100000"))
ASKED = 2_000


def rows(stack: Stack) -> Iterator[Row]:
    holders = named(population.people(workers=CREDENTIALS, entries=0, name="Verify").workers)
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
    batch = {"questions": [{"number": n, "family_name": one.family_name} for n, one in known[:1_000]]}
    payer = Client(stack.port, cookie_of(holders[0].user))
    payer.post("/api/v1/verify/batch", batch)
    yield Row(
        "verify 1,000 at once, p95",
        percentile(
            [milliseconds(lambda: payer.post("/api/v1/verify/batch", batch)) for _ in range(20)], 0.95
        ),
        150,
        "ms",
        goal=1,
        better="lower",
    )
    asked = [f"/api/v1/register?q={slip(one.family_name)}+{one.given_name}" for _, one in known[:400]]
    yield Row(
        f"name search among {CREDENTIALS:,} listed, p95",
        percentile([milliseconds(partial(client.get, address)) for address in asked], 0.95),
        50,
        "ms",
        goal=1,
        better="lower",
    )


def named(holders: list[Worker]) -> list[Worker]:
    """The holders under names of many sounds, all of them listed."""
    rng = Random(7)
    sounds = [first + vowel + last for first in "bdfgklmnprstvz" for vowel in "aeiou" for last in "lmnrst"]
    for holder in holders:
        holder.given_name = "".join(rng.choices(sounds, k=2)).title()
        holder.family_name = "".join(rng.choices(sounds, k=3)).title()
        holder.listed = True
    Worker.objects.bulk_update(holders, ["given_name", "family_name", "listed"], batch_size=5_000)
    return holders


def slip(name: str) -> str:
    """The name with two letters the wrong way round."""
    return name[:4] + name[5] + name[4] + name[6:]
