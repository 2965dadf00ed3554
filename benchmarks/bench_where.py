"""Every standard in the country against one long record: the page "Where could I be certified?"."""

from collections.abc import Iterator

from django.utils import timezone

from benchmarks import population
from benchmarks.bench_home import cookie_of, queries
from benchmarks.measuring import Client, Row, milliseconds, percentile
from certification import records, where
from tests.stack import Stack
from workers import tracking

WHERE = "/goals/where/"
BUDGET = 300  # milliseconds
ROUNDS = 15


def rows(stack: Stack) -> Iterator[Row]:
    (worker,) = population.people(workers=1, entries=5_000, name="Where").workers
    tracking.drain_all()
    assert worker.user
    on = timezone.now().date()
    standards = len(where.survey(worker, on=on).prospects)
    name = f"where, {standards} standards, 5,000 entries"
    page = Client(stack.port, cookie_of(worker.user)).times(WHERE, 60)
    yield Row(f"{name}, p95 in budget", percentile(page, 0.95), BUDGET, "ms", goal=1, better="lower")
    surveyed, read = [], []
    for _round in range(ROUNDS):
        read.append(milliseconds(lambda: records.load([worker.pk], on=on)))
        surveyed.append(milliseconds(lambda: where.survey(worker, on=on)))
    yield Row(
        f"{name}, to reading the record alone",
        percentile(surveyed, 0.5),
        percentile(read, 0.5),
        "ms",
        goal=6,
        better="lower",
    )
    yield Row(f"{name}, queries", queries(worker.user, WHERE), 25, "queries", goal=1, better="lower")
