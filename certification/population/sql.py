"""Pieces of SQL with their parameters. Values never become text: `{}` takes the next value as a parameter."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal, Inexact
from fractions import Fraction
from typing import Any

EXACT = Context(prec=200, traps=[Inexact])


@dataclass(frozen=True)
class SQL:
    """A piece of a query. `text` holds a %s for each of `params`."""

    text: str
    params: tuple[Any, ...] = ()

    def __hash__(self) -> int:
        return hash(self.text)  # a parameter may be a list


def sql(template: str, *values: Any) -> SQL:
    """`{}` takes the next value: a piece of SQL as it stands, anything else as a parameter."""
    pieces = [piece.replace("%", "%%") for piece in template.split("{}")]
    if len(pieces) != len(values) + 1:
        raise TypeError(f"{len(values)} values for {len(pieces) - 1} places in {template!r}")
    text = pieces[0]
    params: list[Any] = []
    for value, piece in zip(values, pieces[1:], strict=True):
        if isinstance(value, SQL):
            text += value.text + piece
            params += value.params
        else:
            text += "%s" + piece
            params.append(value)
    return SQL(text, tuple(params))


def join(separator: str, pieces: Iterable[SQL]) -> SQL:
    parts = list(pieces)
    params = tuple(param for part in parts for param in part.params)
    return SQL(separator.join(part.text for part in parts), params)


TRUE, FALSE, ZERO = sql("true"), sql("false"), sql("0")


def every(conditions: Iterable[SQL]) -> SQL:
    found = [one for one in dict.fromkeys(conditions) if one != TRUE]
    if FALSE in found:
        return FALSE
    return sql("({})", join(" AND ", found)) if found else TRUE


def some(conditions: Iterable[SQL]) -> SQL:
    found = [one for one in dict.fromkeys(conditions) if one != FALSE]
    if TRUE in found:
        return TRUE
    return sql("({})", join(" OR ", found)) if found else FALSE


def no(condition: SQL) -> SQL:
    if condition in (TRUE, FALSE):
        return FALSE if condition == TRUE else TRUE
    return sql("(NOT {})", condition)


def case(condition: SQL, then: SQL, otherwise: SQL = ZERO) -> SQL:
    if condition in (TRUE, FALSE):
        return then if condition == TRUE else otherwise
    return (
        otherwise
        if then == otherwise
        else sql("CASE WHEN {} THEN {} ELSE {} END", condition, then, otherwise)
    )


def total(terms: Iterable[SQL]) -> SQL:
    found = [one for one in terms if one != ZERO]
    if len(found) < 2:
        return found[0] if found else ZERO
    return sql("({})", join(" + ", found))


def largest(terms: Iterable[SQL]) -> SQL:
    """Of figures that are never below zero."""
    found = [one for one in dict.fromkeys(terms) if one != ZERO]
    if len(found) < 2:
        return found[0] if found else ZERO
    return sql("greatest({})", join(", ", found))


def number(value: int | Fraction) -> SQL:
    """A figure of the language, exactly."""
    if isinstance(value, int):
        return sql("{}::bigint", value)
    return sql("{}::numeric", decimal(value))


def lack(needed: int | Fraction | SQL, have: SQL, *, whole: bool = True) -> SQL:
    """Minutes that are missing. `whole`: `have` is in whole minutes; else it is rounded down where needed."""
    if isinstance(needed, int) and not whole:
        have = sql("floor({})", have)
    return sql("greatest(0, {} - {})", needed if isinstance(needed, SQL) else number(needed), have)


def decimal(value: int | Fraction) -> Decimal:
    """Raises decimal.Inexact for a fraction that no decimal figure can be, which plain data cannot write."""
    fraction = Fraction(value)
    return EXACT.divide(Decimal(fraction.numerator), Decimal(fraction.denominator))


def relation(name: str, columns: str, rows: Iterable[dict[str, Any]]) -> SQL:
    """A common table expression that holds rows of ours: one parameter, however many they are.

    `columns` are names and types, as in "n int, topics text[]".
    """
    return sql(
        f"{name} AS (SELECT * FROM jsonb_to_recordset({{}}::jsonb) AS {name}({columns}))",
        json.dumps(list(rows), default=_plain),
    )


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Fraction):
        return str(decimal(value))
    raise TypeError(f"{value!r} has no form in a query")
