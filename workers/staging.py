"""Where many hours stand while they are weighed: a temporary table of the connection (workers/intake.py).

`outcome` says what became of a row: `new`, `present`, `conflict`, `repeated` or `wrong`.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

#: What two sendings of one entry must agree on, and what a row of the ledger takes from a staged one.
SAID = (
    "employment_id",
    "day",
    "starts",
    "minutes",
    "work",
    "domain",
    "mode",
    "pay",
    "state",
    "practicum",
    "note",
)
STAGED = ("place", "worker_id", "client_id", "draft", *SAID)
#: So many rows the database joins well without knowing how many there are.
FEW = 50

_TABLE = """
    CREATE TEMPORARY TABLE IF NOT EXISTS intake (
        place int, worker_id bigint, client_id uuid, draft boolean,
        employment_id bigint, day date, starts time, minutes int, work text,
        domain text, mode text, pay text, state text, practicum boolean, note text,
        outcome text NOT NULL DEFAULT 'new', entry_id bigint
    ) ON COMMIT DELETE ROWS;
    DELETE FROM intake
"""


def stage(rows: Iterable[tuple[Any, ...]]) -> None:
    """Fill the temporary table; each row holds the values of `STAGED`."""
    ready = list(rows)  # what makes them may ask the database, which a COPY that is under way keeps busy
    with connection.cursor() as cursor:
        cursor.execute(_TABLE)
        with cursor.copy(f"COPY intake ({', '.join(STAGED)}) FROM STDIN") as copy:
            for row in ready:
                copy.write_row(row)
    _measure(len(ready))


def stage_from(table: str, where: str, params: Sequence[Any]) -> int:
    """Fill it from a table that has the columns of `STAGED`. Returns how many rows."""
    columns = ", ".join(STAGED)
    with connection.cursor() as cursor:
        cursor.execute(_TABLE)
        cursor.execute(
            f"INSERT INTO intake ({columns}) SELECT {columns} FROM {table} WHERE {where}",  # noqa: S608
            params,
        )
        staged: int = cursor.rowcount
    _measure(staged)
    return staged


def _measure(staged: int) -> None:
    """Else many rows are joined as few would be, each with each, as nothing is known of a new table."""
    if staged > FEW:
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE intake (place, worker_id, client_id, outcome)")


def lock_workers() -> None:
    """Take the turn of every worker in the table (see workers/locks.py), in one order."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT pg_advisory_xact_lock(hashtextextended('workers.record', worker_id))
            FROM (SELECT DISTINCT worker_id FROM intake ORDER BY worker_id) AS turn
            """
        )
