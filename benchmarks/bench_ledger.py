"""How long `verify_ledger` takes, which writes down every chain, accepted row and total again."""

from collections.abc import Iterator

from django.db import connection

from benchmarks import population
from benchmarks.measuring import Row, milliseconds
from tests.stack import Stack
from workers import seals, tracking
from workers.models import ChainLink
from workers.verification import verify

WORKERS, ENTRIES = 200, 250


def rows(stack: Stack) -> Iterator[Row]:
    """Seconds for a million entries, from a part of them, against one pass that only hashes the rows."""
    stack.kill_worker()  # the totals are written here, so that all of them are looked at
    people = population.people(workers=WORKERS, entries=ENTRIES, name="Ledger")
    ids = [worker.pk for worker in people.workers]
    chain(ids)
    tracking.drain_all()
    seals.seal()
    population.analyse()
    entries = ChainLink.objects.filter(worker__in=ids).count()
    assert entries == WORKERS * ENTRIES
    scale = 1_000_000 / entries / 1_000

    def look() -> None:
        assert not verify(workers=ids).breaks

    ours = milliseconds(look) * scale
    plain = milliseconds(lambda: hash_rows(ids)) * scale
    stack.start_worker()
    yield Row("verify_ledger, a million entries", ours, plain, "s", goal=10, better="lower")


def chain(ids: list[int]) -> None:
    """Links for entries that were written past all triggers."""
    with population.asleep(), connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT tgname FROM pg_trigger
            WHERE tgrelid = 'workers_hourentry'::regclass AND tgname LIKE 'pgtrigger_chain_update_%'
            """
        )
        ((name,),) = cursor.fetchall()
        cursor.execute(f"ALTER TABLE workers_hourentry ENABLE ALWAYS TRIGGER {name}")
        cursor.execute("UPDATE workers_hourentry SET note = note WHERE worker_id = ANY (%s)", [ids])
        cursor.execute(f"ALTER TABLE workers_hourentry ENABLE TRIGGER {name}")


def hash_rows(ids: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT count(sha256(convert_to(to_jsonb(e)::text, 'UTF8')))
            FROM workers_hourentry e WHERE worker_id = ANY (%s)
            """,
            [ids],
        )
