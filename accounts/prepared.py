"""The few questions that are asked with every call of the API, prepared once a connection.

To compile such a query from objects and to have the database plan it takes several times as long as to
answer it. Everything else goes through the ORM, and nothing else is prepared.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Model
from psycopg import Cursor

Row = TypeVar("Row", bound=Model)


def rows(sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    """All rows of a statement with `%s` for its parameters. Raises what the ORM raises."""
    connection.close_if_health_check_failed()  # as Django's own cursor begins
    connection.ensure_connection()
    if connection.queries_logged:  # tests count these as they count the ORM's
        connection.queries_log.append({"sql": sql, "time": "0"})
    # Not Django's cursor: it writes the parameters into the text, which leaves nothing to prepare.
    with connection.wrap_database_errors, Cursor(connection.connection) as cursor:
        return cursor.execute(sql, params, prepare=True).fetchall()


@cache
def columns(model: type[Model], alias: str) -> str:
    """What `made` takes, for a SELECT."""
    return ", ".join(f"{alias}.{field.column}" for field in model._meta.concrete_fields)


@cache
def _names(model: type[Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


def made(model: type[Row], row: Sequence[Any]) -> Row:
    """The row of a model whose columns need no conversion of the ORM's, such as JSON would."""
    return model.from_db(DEFAULT_DB_ALIAS, _names(model), row)


def width(model: type[Model]) -> int:
    """How many values `made` takes."""
    return len(_names(model))
