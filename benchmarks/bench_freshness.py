"""From the answer to a signature to the worker's goal showing it: web, broker and worker as real processes.

A supervisor approves one entry after another by API; as soon as that is answered, the worker's goal is read
again and again until its hours have grown. The page of a goal and `GET /api/v1/goals/{id}` read the same row.
"""

import json
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.utils import timezone

from benchmarks import population
from benchmarks.bench_home import cookie_of
from benchmarks.measuring import Client, Row, percentile
from certification.models import Goal
from tests.stack import Stack
from workers import hours, tracking
from workers.models import Employment, HourEntry, Worker

APPROVALS = 200
WORKERS = 20
LOOK_EVERY = 0.01  # seconds
PATIENCE = 30  # seconds


def rows(stack: Stack) -> Iterator[Row]:
    people = population.people(workers=WORKERS, entries=250, name="Fresh")
    tracking.drain_all()
    waiting = [
        (worker, submitted(worker, week)) for week in range(APPROVALS // WORKERS) for worker in people.workers
    ]
    tracking.drain_all()
    supervisor = Client(stack.port, cookie_of(people.supervisor))
    waits = [approve_and_wait(stack, supervisor, worker, entry) for worker, entry in waiting]
    for share in (0.5, 0.99):
        name = f"approval to the worker's goal, p{share * 100:.0f}"
        yield Row(name, percentile(waits, share), 1, "s", goal=1, better="lower")


def submitted(worker: Worker, week: int) -> HourEntry:
    """An entry that waits for the supervisor, on a Sunday, which the population left free."""
    job = Employment.objects.get(worker=worker)
    today = timezone.now().date()
    (entry,) = hours.log(
        worker=worker,
        by=worker.user,
        entries=[
            hours.NewHours(
                employment=job,
                day=today - timedelta(days=today.isoweekday() + 7 * week),
                minutes=60,
                work=job.work,
                domain="advocacy",
                pay=job.pay,
                state=job.state,
            )
        ],
    )
    return entry


def approve_and_wait(stack: Stack, supervisor: Client, worker: Worker, entry: HourEntry) -> float:
    """Seconds from the answer to the approval to the goal that shows it."""
    assert worker.user
    reader = Client(stack.port, cookie_of(worker.user))
    goal = f"/api/v1/goals/{Goal.objects.get(worker=worker).pk}"
    before = have(reader.get(goal))
    supervisor.post("/api/v1/hours/approve", {"entries": [entry.pk]})
    answered = time.perf_counter()
    while have(reader.get(goal)) == before:
        if time.perf_counter() - answered > PATIENCE:
            raise RuntimeError(f"Approved hours did not reach the goal:\n{stack.logs()}")
        time.sleep(LOOK_EVERY)
    return time.perf_counter() - answered


def have(goal: bytes) -> float:
    """The hours that a goal counts."""
    return next(hours_in(json.loads(goal)["findings"]))


def hours_in(finding: dict[str, Any]) -> Iterator[float]:
    if finding["kind"] == "experience":
        yield finding["have"]
    for child in finding.get("children", ()):
        yield from hours_in(child)
