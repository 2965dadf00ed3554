"""Many rows at once, by COPY."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models


def copy_in(model: type[models.Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Rows into the table of `model`, in the order of `fields`; triggers and constraints hold as ever."""
    column = {field.name: field.column for field in model._meta.concrete_fields}
    columns = ", ".join(f'"{column[name]}"' for name in fields)
    with (
        connection.cursor() as cursor,
        cursor.copy(f'COPY "{model._meta.db_table}" ({columns}) FROM STDIN') as copy,
    ):
        for row in rows:
            copy.write_row(row)
    with connection.cursor() as cursor:
        # Else the planner goes on believing that the table is as small as it was.
        cursor.execute(f'ANALYZE "{model._meta.db_table}"')
