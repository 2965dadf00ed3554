"""From a signature to the worker's page, and how fast a heap of marks is worked off."""

import time
from collections.abc import Iterator
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from benchmarks import population
from benchmarks.bench_home import HOME, cookie_of
from benchmarks.measuring import Client, Row, milliseconds, percentile
from tests.stack import Stack
from workers import hours, tracking
from workers.models import Employment, HourEntry, Total, Worker

APPROVALS = 200
HEAP = 1_000


def rows(stack: Stack) -> Iterator[Row]:
    yield from approval_to_page(stack)
    yield from heap(stack)


def approval_to_page(stack: Stack) -> Iterator[Row]:
    people = population.people(workers=20, entries=250, name="Track")
    tracking.drain_all()
    clients = {
        worker.pk: Client(stack.port, cookie_of(worker.user)) for worker in people.workers if worker.user
    }
    waits = []
    for n in range(APPROVALS):
        worker = people.workers[n % len(people.workers)]
        entry = submitted(worker, n)
        before = counted(worker)
        begun = time.perf_counter()
        hours.approve([entry], by=people.supervisor)
        while counted(worker) != before + entry.minutes:
            if time.perf_counter() - begun > 30:
                raise RuntimeError(f"Approved hours did not reach the totals:\n{stack.logs()}")
            time.sleep(0.001)
        clients[worker.pk].get(HOME)
        waits.append(time.perf_counter() - begun)
    for share in (0.5, 0.99):
        name = f"approval to page, p{share * 100:.0f}"
        yield Row(name, percentile(waits, share), 1, "s", goal=1, better="lower")


def submitted(worker: Worker, n: int) -> HourEntry:
    """An entry that waits for the supervisor, on a Sunday, which the population left free."""
    job = Employment.objects.get(worker=worker)
    today = timezone.now().date()
    sunday = today - timedelta(days=today.isoweekday() + 7 * (n // 20))
    (entry,) = hours.log(
        worker=worker,
        by=worker.user,
        entries=[
            hours.NewHours(
                employment=job,
                day=sunday,
                minutes=60,
                work=job.work,
                domain="advocacy",
                pay=job.pay,
                state=job.state,
            )
        ],
    )
    return entry


def counted(worker: Worker) -> int:
    return sum(Total.objects.filter(worker=worker, standing="counted").values_list("minutes", flat=True))


def heap(stack: Stack) -> Iterator[Row]:
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
