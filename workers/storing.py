"""New rows of the ledger, with their lines in the trail, in one statement."""

from collections.abc import Sequence
from typing import Any

from django.db import connection

from accounts import prepared, trail
from accounts.models import User
from accounts.scopes import System
from workers.models import HourEntry

#: What a new row says; the rest the database fills in.
COLUMNS = [
    field for field in HourEntry._meta.concrete_fields if not field.primary_key and not field.has_db_default()
]


def insert(entries: Sequence[HourEntry], *, verb: str, by: User | System) -> None:
    """Store `entries`, which get their ids, and record `verb` of each."""
    if not entries:
        return
    names = ", ".join(field.attname for field in COLUMNS)
    row = f"({', '.join(['%s'] * len(COLUMNS))})"
    line, line_params = trail.line_for_each("stored", verb, model=HourEntry, by=by)
    values = [getattr(entry, field.attname) for entry in entries for field in COLUMNS]
    ask = prepared.rows if len(entries) == 1 else _rows  # one at a time is how nearly all are logged
    stored = ask(
        f"""
        WITH stored AS (
            INSERT INTO workers_hourentry ({names}) VALUES {", ".join([row] * len(entries))} RETURNING id
        ), told AS ({line})
        SELECT id FROM stored ORDER BY id
        """,  # noqa: S608
        [*values, *line_params],
    )
    # Ids are given in the order of the rows.
    for entry, (pk,) in zip(entries, stored, strict=True):
        entry.pk = pk
        entry._state.adding = False


def _rows(sql: str, params: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()
