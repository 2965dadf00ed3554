"""The question of a payer: is this credential good? Against a view that does nothing."""

from collections.abc import Iterator

from benchmarks import population
from benchmarks.measuring import Client, Row, per_second, percentile
from tests.stack import Stack


def rows(stack: Stack) -> Iterator[Row]:
    holders = population.people(workers=2_000, entries=1, name="Verify").workers
    numbers = population.credentials(holders)
    questions = [
        f"/api/v1/verify?number={number}&family_name={holder.family_name}"
        for number, holder in zip(numbers, holders, strict=True)
    ]
    client = Client(stack.port)
    yield Row(
        "verify by API, p95",
        percentile([time for question in questions[:40] for time in client.times(question, 5)], 0.95),
        percentile(client.times("/bare/", 200), 0.95),
        "ms",
        goal=10,
        better="lower",
    )
    yield Row(
        "verify by API, 4 callers",
        per_second(stack.port, questions),
        per_second(stack.port, ["/bare/"]),
        "answers/s",
        goal=0.2,
        better="higher",
    )
