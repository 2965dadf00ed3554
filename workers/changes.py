"""What changed in the ledger since a cursor: each change at least once, none missed.

    page = changes.since("", worker=ana)
    page.changes      # [(entry id, the entry as it is now, or None where it is gone or not to be seen)]
    page.cursor       # where the next page begins

Ids of rows are given before their transactions are committed, so a row with a lower id may appear after one
with a higher id was read. So rows are read in the order of their transactions, and only those whose
transaction is older than every one that still runs: nothing can come before them any more.
"""

import re
from dataclasses import dataclass

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation
from accounts.refusals import Refused
from workers.models import HourEntry, Worker

MOST = 500
#: `database.transaction.row`: where in the feed of which database.
CURSOR = re.compile(r"(\d{1,20})\.(\d{1,19})\.(\d{1,18})", re.ASCII)
#: The first transaction that a database can have: older than all.
OLDEST = "3"


@dataclass(frozen=True)
class Page:
    changes: list[tuple[int, HourEntry | None]]
    cursor: str
    more: bool


def since(
    cursor: str, *, worker: Worker | None = None, employer: Organisation | None = None, limit: int = MOST
) -> Page:
    """The changes after `cursor` (the first ones where it is empty), for a worker or for an employer.

    An entry that changed several times within the page is there once. Raises Refused for what is no cursor
    of this database.
    """
    whose, pk = ("worker_id", worker.pk) if worker else ("employer_id", employer.pk if employer else 0)
    database = _database()
    after = _read(cursor, database)
    _settle_foreign(whose, pk)
    with connection.cursor() as reader:
        reader.execute(
            f"""
            SELECT written_in::text AS transaction, id, entry_id FROM workers_hourchange
            WHERE {whose} = %s AND (written_in, id) > (%s::xid8, %s)
                AND written_in < pg_snapshot_xmin(pg_current_snapshot())
            ORDER BY written_in, id LIMIT %s
            """,  # noqa: S608
            [pk, *after, limit + 1],
        )
        rows = reader.fetchall()
    page, more = rows[:limit], len(rows) > limit
    last = page[-1][:2] if page else after
    return Page(
        changes=_as_they_are([entry_id for _xid, _row, entry_id in page], worker, employer),
        cursor=f"{database}.{last[0]}.{last[1]}",
        more=more,
    )


def _as_they_are(
    ids: list[int], worker: Worker | None, employer: Organisation | None
) -> list[tuple[int, HourEntry | None]]:
    """Each entry once, at its last place."""
    entries = HourEntry.objects.select_related("worker", "decided_by")
    if worker:
        entries = entries.filter(worker=worker)
    else:
        entries = entries.filter(employment__employer=employer).exclude(status=HourEntry.Status.DRAFT)
    found = entries.in_bulk(ids)
    return [(pk, found.get(pk)) for pk in reversed(dict.fromkeys(reversed(ids)))]


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT system_identifier::text FROM pg_control_system()")
        (name,) = cursor.fetchone()
    return str(name)


def _read(cursor: str, database: str) -> tuple[str, int]:
    if not cursor:
        return "0", 0
    parts = CURSOR.fullmatch(cursor)
    if parts is None or int(parts[2]) >= 2**64:
        raise Refused(_("This is no cursor that was given out here."), field="cursor")
    if parts[1] != database:
        raise Refused(
            _("The ledger was restored elsewhere since: begin again without a cursor."), field="cursor"
        )
    return parts[2], int(parts[3])


@transaction.atomic
def _settle_foreign(whose: str, pk: int) -> None:
    """Rows of a restored backup may name transactions that this database has yet to begin: they are past."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT EXISTS (
                SELECT FROM workers_hourchange
                WHERE {whose} = %s AND written_in >= pg_snapshot_xmax(pg_current_snapshot())
            )
            """,  # noqa: S608
            [pk],
        )
        if cursor.fetchone() == (True,):
            cursor.execute(
                "UPDATE workers_hourchange SET written_in = %s::xid8"
                " WHERE written_in >= pg_snapshot_xmax(pg_current_snapshot())",
                [OLDEST],
            )
