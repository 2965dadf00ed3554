"""Marks by trigger: whatever changes a fact marks its worker, in the same transaction.

A mark is a row appended to `workers_mark`; nothing is updated in place, so that two transactions which touch
the same workers in another order cannot block each other. The background worker takes the marks.
"""

import pgtrigger

_MARK = """
    INSERT INTO workers_mark (worker_id, marked_at)
    SELECT DISTINCT worker_id, clock_timestamp() FROM ({rows}) AS touched WHERE worker_id IS NOT NULL;
    RETURN NULL;
"""


def marks(select: str = "SELECT worker_id FROM {table}") -> list[pgtrigger.Trigger]:
    """Triggers that mark the workers of every row a statement touches.

    `select` yields `worker_id` from `{table}`, the rows before or after the statement.
    """
    old, new = select.format(table="old_rows"), select.format(table="new_rows")
    return [
        _statement("mark_insert", pgtrigger.Insert, pgtrigger.Referencing(new="new_rows"), new),
        _statement(
            "mark_update",
            pgtrigger.Update,
            pgtrigger.Referencing(old="old_rows", new="new_rows"),
            f"{old} UNION {new}",
        ),
        _statement("mark_delete", pgtrigger.Delete, pgtrigger.Referencing(old="old_rows"), old),
    ]


def _statement(
    name: str, operation: pgtrigger.Operation, referencing: pgtrigger.Referencing, rows: str
) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=referencing,
        func=_MARK.format(rows=rows),
    )
