"""How long it takes to sign 1,000 entries at once: declaration, signature, chain, trail and notices."""

from collections.abc import Iterator

from django.db import connection, transaction
from django.db.models import QuerySet

from benchmarks import population
from benchmarks.measuring import Row, milliseconds
from tests.stack import Stack
from workers import hours
from workers.models import HourEntry

TEAM, DAYS = 40, 25
ENTRIES = TEAM * DAYS
SECOND = 1_000
ROUNDS = 5


def rows(stack: Stack) -> Iterator[Row]:
    """One act of signing, against the second it may take and a bare UPDATE of as many rows."""
    stack.kill_worker()  # the totals are measured elsewhere
    people = population.people(workers=TEAM, entries=DAYS, name="Approve")
    waiting = HourEntry.objects.filter(worker__in=people.workers)
    ours, plain = [], []
    for _round in range(ROUNDS):
        sent_again(waiting)
        ours.append(milliseconds(lambda: hours.approve(waiting, by=people.supervisor)))
        sent_again(waiting)
        plain.append(milliseconds(lambda: plainly(people)))
    stack.start_worker()
    assert waiting.filter(status="approved").count() == ENTRIES
    took, bare = sorted(ours)[ROUNDS // 2], sorted(plain)[ROUNDS // 2]
    yield Row(f"approving {ENTRIES:,} entries at once", took, SECOND, "ms", goal=1, better="lower")
    yield Row(f"approving {ENTRIES:,}, to a bare UPDATE", took, bare, "ms", goal=40, better="lower")


def sent_again(waiting: QuerySet[HourEntry]) -> None:
    """Back to where they wait for a signature, out of the chain, past all rules."""
    with population.asleep(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE workers_chainlink, workers_chainhead")
        waiting.update(
            status="submitted", decided_by=None, decided_on=None, supervised=False, agreement=None,
            signature=None, signed_as="",
        )  # fmt: skip


def plainly(people: population.Population) -> None:
    """The same rows set to approved by one statement, without trigger, check of who may, or trace."""
    with population.asleep(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE workers_hourentry SET status = 'approved', decided_by_id = %s, decided_on = now()
            WHERE worker_id = ANY (%s)
            """,
            [people.supervisor.pk, [worker.pk for worker in people.workers]],
        )
