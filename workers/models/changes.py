"""The feed of what changed in the ledger, for systems that keep a copy of it. Written by triggers only."""

from typing import Any

import pgtrigger
from django.db import models

from accounts.append_only import never_emptied
from accounts.models import Organisation
from workers.models.people import Worker


class TransactionId(models.Field):
    """The id of the transaction that wrote the row, which tells whether another may still come before it."""

    def db_type(self, connection: Any) -> str:
        return "xid8"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> int | None:
        return None if value is None else int(value)

    def get_prep_value(self, value: Any) -> str | None:
        return None if value is None else str(value)


class HourChange(models.Model):
    """An entry of the ledger was stored, changed or deleted; what it says now is read from the ledger.

    A row is for the worker and, from the day on which an entry is sent, for the employer as well. Rows are
    read in the order of `written_in` and `id`, see workers/changes.py.
    """

    # Without constraints and indexes of their own: the entry has them, and nobody deletes workers.
    worker = models.ForeignKey(
        Worker, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    employer = models.ForeignKey(
        Organisation,
        on_delete=models.DO_NOTHING,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    # No key: the entry may be gone.
    entry_id = models.BigIntegerField()
    written_in = TransactionId(db_default=models.Func(function="pg_current_xact_id"))

    class Meta:
        indexes = [
            models.Index(fields=["worker", "written_in", "id"], name="change_by_worker"),
            models.Index(
                fields=["employer", "written_in", "id"],
                condition=models.Q(employer__isnull=False),
                name="change_by_employer",
            ),
        ]
        triggers = [never_emptied()]

    def __str__(self) -> str:
        return f"entry {self.entry_id} in {self.written_in}"


def feeds() -> list[pgtrigger.Trigger]:
    """Triggers of the ledger that write the feed, a statement at a time."""
    return [
        _feed("insert", pgtrigger.Insert, pgtrigger.Referencing(new="new_rows"), _ADDED),
        _feed("update", pgtrigger.Update, pgtrigger.Referencing(old="old_rows", new="new_rows"), _CHANGED),
        _feed("delete", pgtrigger.Delete, pgtrigger.Referencing(old="old_rows"), _REMOVED),
    ]


def _feed(
    name: str, operation: pgtrigger.Operation, referencing: pgtrigger.Referencing, rows: str
) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=f"feed_{name}",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=referencing,
        func=f"""
            INSERT INTO workers_hourchange (worker_id, employer_id, entry_id) {rows};
            RETURN NULL;
        """,
    )


_ADDED = """
    SELECT n.worker_id, CASE WHEN n.status <> 'draft' THEN e.employer_id END, n.id
    FROM new_rows n JOIN workers_employment e ON e.id = n.employment_id ORDER BY n.id
"""
_REMOVED = """
    SELECT o.worker_id, CASE WHEN o.status <> 'draft' THEN e.employer_id END, o.id
    FROM old_rows o JOIN workers_employment e ON e.id = o.employment_id ORDER BY o.id
"""
# An employer is told what it is no longer to see as well: hours taken back, or moved to a job elsewhere.
_CHANGED = """
    SELECT n.worker_id, CASE WHEN n.status <> 'draft' OR o.status <> 'draft' AND e.employer_id = f.employer_id
        THEN e.employer_id END, n.id
    FROM new_rows n JOIN old_rows o USING (id)
    JOIN workers_employment e ON e.id = n.employment_id JOIN workers_employment f ON f.id = o.employment_id
    UNION ALL
    SELECT o.worker_id, f.employer_id, o.id
    FROM new_rows n JOIN old_rows o USING (id)
    JOIN workers_employment e ON e.id = n.employment_id JOIN workers_employment f ON f.id = o.employment_id
    WHERE o.status <> 'draft' AND e.employer_id <> f.employer_id
"""
