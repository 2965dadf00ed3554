"""How fast a heap of marks is worked off."""

from collections.abc import Iterator

from django.db import connection

from benchmarks import population
from benchmarks.measuring import Row, milliseconds
from tests.stack import Stack
from workers import tracking

HEAP = 1_000


def rows(stack: Stack) -> Iterator[Row]:
    """All marks of many workers, against one SQL statement that only adds their hours up."""
    stack.kill_worker()  # else it would take the marks before we can
    people = population.people(workers=HEAP, entries=250, name="Heap")
    ids = [worker.pk for worker in people.workers]
    ours = milliseconds(tracking.drain_all)

    def add_up() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                """
                SELECT worker_id, date_trunc('month', day), work, domain, pay, state, supervised, sum(minutes)
                FROM workers_hourentry WHERE worker_id = ANY (%s) AND status = 'approved' AND NOT superseded
                GROUP BY 1, 2, 3, 4, 5, 6, 7
                """,
                [ids],
            )
            cursor.fetchall()

    plain = milliseconds(add_up)
    stack.start_worker()
    yield Row(
        f"tracking {HEAP:,} workers' marks", ours / HEAP, plain / HEAP, "ms/worker", goal=20, better="lower"
    )
