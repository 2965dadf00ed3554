"""Hours by API: one by one against a bare view that inserts the same row, and by the thousand against COPY.

Both sides write into the same table with the same indexes and triggers, in turns. Days are years back, an
entry is a few minutes long, and every one is new, so that each passes all the rules.
"""

import io
import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

from django.db import connection

from accounts.models import ApiClient, Membership, User
from accounts.roles import Role
from accounts.scopes import Scope
from benchmarks import population
from benchmarks.bench_home import cookie_of
from benchmarks.measuring import Client, Row
from tests.stack import Stack
from workers.models import Employment

CALLERS = 4
SECONDS = 4.0
ROUNDS = 3
BATCH = 1_000
BATCHES = 7
FIRST_DAY = date(2010, 1, 1)
MINUTES = 5

turns = count()


def rows(stack: Stack) -> Iterator[Row]:
    people = population.people(workers=40, entries=1, name="Log")
    jobs = list(Employment.objects.filter(worker__in=people.workers).select_related("worker__user"))
    # `bench_tracking` measures what follows from an entry; here it would take the processor from one side.
    stack.kill_worker()
    yield one_by_one(stack, jobs)
    yield by_the_thousand(stack, jobs, people)
    stack.start_worker()


def one_by_one(stack: Stack, jobs: list[Employment]) -> Row:
    ours, bare = list[float](), list[float]()
    for _round in range(ROUNDS):
        ours.append(a_second(stack.port, jobs))
        bare.append(a_second(stack.port, jobs, bare=True))
    name = f"one entry by API, {CALLERS} callers"
    return Row(name, statistics.median(ours), statistics.median(bare), "requests/s", 0.5, "higher")


def a_second(port: int, jobs: list[Employment], *, bare: bool = False) -> float:
    """Answers a second to several workers at once, each logging their own hours."""

    def log(caller: int) -> int:
        client, done = Client(port), 0
        while time.perf_counter() < end:
            job, token = callers[(caller + CALLERS * done) % len(callers)]
            client.headers["X-Session-Token"] = token
            path = f"/insert/{job.worker_id}/" if bare else "/api/v1/hours"
            client.post(path, an_entry(job, next(turns)), expect=201)
            done += 1
        return done

    callers = [(job, token_of(job.worker.user)) for job in jobs if job.worker.user]
    end = time.perf_counter() + SECONDS
    with ThreadPoolExecutor(CALLERS) as pool:
        return sum(pool.map(log, range(CALLERS))) / SECONDS


def by_the_thousand(stack: Stack, jobs: list[Employment], people: population.Population) -> Row:
    client = Client(stack.port)
    client.headers["Authorization"] = f"Bearer {a_token(people)}"
    ours, copied = list[float](), list[float]()
    for _batch in range(BATCHES):
        entries = a_thousand(jobs)
        sent = {"entries": entries}
        ours.append(BATCH / seconds(lambda sent=sent: client.post("/api/v1/hours/batch", sent)))  # type: ignore[misc]
        text = as_copied(a_thousand(jobs), jobs)
        copied.append(BATCH / seconds(lambda text=text: copy(text)))  # type: ignore[misc]
    name = f"batch of {BATCH:,} by API"
    return Row(name, statistics.median(ours), statistics.median(copied), "rows/s", 0.5, "higher")


def token_of(user: User) -> str:
    """What the API takes as the proof of a session."""
    return cookie_of(user).partition("=")[2]


def seconds(action: Callable[[], object]) -> float:
    begun = time.perf_counter()
    action()
    return time.perf_counter() - begun


def an_entry(job: Employment, turn: int) -> dict[str, Any]:
    """An entry on a day of its own, as far as there are days."""
    day = FIRST_DAY + timedelta(days=turn % 5_000)
    return {
        "client_id": str(uuid4()),
        "employment": job.pk,
        "day": day.isoformat(),
        "minutes": MINUTES,
        "domain": "advocacy",
    }


def a_thousand(jobs: list[Employment]) -> list[dict[str, Any]]:
    share = BATCH // len(jobs)
    start = next(turns) * share
    return [an_entry(job, start + n) for job in jobs for n in range(share)]


def a_token(people: population.Population) -> str:
    """Of a connected system of the employer."""
    from tests.builders.accounts import a_system
    from tests.builders.accounts import a_token as given

    Membership.objects.create(user=people.supervisor, organisation=people.employer, role=Role.OWNER)
    system: ApiClient = a_system(people.employer, by=people.supervisor, scopes=list(Scope))
    return given(system)


COLUMNS = (
    "worker_id, employment_id, client_id, day, minutes, work, domain, mode, pay, state, practicum, note,"
    " status, recorded_at, submitted_at, reason, supervised, superseded"
)


def as_copied(entries: list[dict[str, Any]], jobs: list[Employment]) -> bytes:
    """The same rows as text for COPY, ready before the clock runs."""
    by_id = {job.pk: job for job in jobs}
    text = io.StringIO()
    for entry in entries:
        job = by_id[entry["employment"]]
        values = (
            *(job.worker_id, job.pk, entry["client_id"], entry["day"], entry["minutes"], job.work),
            *(
                entry["domain"],
                "in_person",
                job.pay,
                job.state,
                "f",
                "",
                "submitted",
                "now",
                "now",
                "",
                "f",
                "f",
            ),
        )
        text.write("\t".join(map(str, values)) + "\n")
    return text.getvalue().encode()


def copy(text: bytes) -> None:
    with connection.cursor() as cursor, cursor.copy(f"COPY workers_hourentry ({COLUMNS}) FROM STDIN") as into:
        into.write(text)
