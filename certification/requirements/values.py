"""How numbers, dates and slugs are read from plain data, and the calendar they are counted by."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

Minutes = int | Fraction
"""Whole minutes as an int; a Fraction only where hours were given finer than a minute."""

SLUG = re.compile(r"[a-z0-9]+([-_][a-z0-9]+)*")
STATE = re.compile(r"US(-[A-Z]{2})?")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
UNFIT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
"""What no database and no printer takes: control characters and halves of surrogate pairs."""
LARGEST = 10_000_000
"""No hours, counts or amounts beyond this: what is larger is a slip of the pen."""


class RequirementError(ValueError):
    """Plain data that is not in the language: where, what was found there, what was expected."""

    def __init__(self, path: str, found: str, expected: str) -> None:
        self.path, self.found, self.expected = path, found, expected
        super().__init__(f"{path}: found {found}, expected {expected}")


def shown(value: object) -> str:
    """A value as an error message shows it: short, on one line."""
    if isinstance(value, Mapping):
        return f"a mapping with {', '.join(map(key_of, list(value)[:5])) or 'nothing'}"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    if value is None:
        return "nothing"
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def key_of(key: object) -> str:
    """A key as a path shows it: short, on one line, fit for any screen."""
    text = key if isinstance(key, str) else str(key)
    return text if len(text) <= 60 and text.isprintable() else shown(text)


@dataclass(frozen=True)
class Reader:
    """One sort of value: how it is read from plain data and written back."""

    expected: str
    read: Callable[[Any, str], Any]
    write: Callable[[Any], Any] = lambda value: value


def refuse(path: str, value: object, expected: str) -> RequirementError:
    return RequirementError(path, shown(value), expected)


def exact(value: object, path: str, expected: str) -> Fraction:
    """A finite number without the drift of binary fractions: 0.1 is one tenth."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | Fraction):
        raise refuse(path, value, expected)
    try:
        return Fraction(value) if isinstance(value, int | Fraction) else Fraction(str(value))
    except ValueError:
        raise refuse(path, value, expected) from None


def tidy(number: Fraction | int) -> Minutes:
    """An int where the number is whole."""
    return int(number) if Fraction(number).denominator == 1 else Fraction(number)


def minutes_of(value: object, path: str, expected: str = "a number of hours") -> Minutes:
    """Minutes of a number of clock hours."""
    minutes = exact(value, path, expected) * 60
    whole = round(minutes)
    # 1 minute is written 0.016666666666666666, the double nearest to 1/60; it is one minute again.
    if isinstance(value, float) and minutes != whole and whole / 60 == value:
        return whole
    return tidy(minutes)


def hours_of(minutes: Minutes) -> int | float:
    """Clock hours as plain data writes them: 240 -> 4, 90 -> 1.5."""
    return number_of(Fraction(minutes) / 60)


def number_of(value: Fraction | int) -> int | float:
    return int(value) if Fraction(value).denominator == 1 else float(value)


def read_day(value: object, path: str) -> date:
    expected = "a date written YYYY-MM-DD"
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if not isinstance(value, str) or not DAY.fullmatch(value):
        raise refuse(path, value, expected)
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise RequirementError(path, shown(value), "a day that exists, written YYYY-MM-DD") from None


def read_slug(value: object, path: str) -> str:
    if not isinstance(value, str) or not SLUG.fullmatch(value):
        raise refuse(path, value, "a slug (small letters, digits, - or _ between them)")
    return value


def read_text(value: object, path: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise refuse(path, value, "text")
    if UNFIT.search(value):
        raise refuse(path, value, "text without control characters or half characters")
    return value


def read_state(value: object, path: str) -> str:
    if not isinstance(value, str) or not STATE.fullmatch(value):
        raise refuse(path, value, "a state written US-XX")
    return value


def read_flag(value: object, path: str) -> bool:
    if not isinstance(value, bool):
        raise refuse(path, value, "true or false")
    return value


def whole_from(least: int, most: int = LARGEST) -> Reader:
    """A whole number of at least `least`."""
    expected = f"a whole number of at least {least}" + (f" and at most {most}" if most != LARGEST else "")

    def read(value: object, path: str) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise refuse(path, value, expected)
        if not least <= value <= most:
            raise refuse(path, value, expected)
        return value

    return Reader(expected, read)


def amount(expected: str, *, zero: bool = True, most: int = LARGEST) -> Reader:
    """An exact number (an int where whole, else a Fraction) that is not negative."""

    def read(value: object, path: str) -> Minutes:
        number = exact(value, path, expected)
        if not 0 <= number <= most or (number == 0 and not zero):
            raise refuse(path, value, expected)
        return tidy(number)

    return Reader(expected, read, number_of)


def hours_reader(expected: str, *, zero: bool) -> Reader:
    def read(value: object, path: str) -> Minutes:
        minutes = minutes_of(value, path, expected)
        if not 0 <= minutes <= LARGEST * 60 or (minutes == 0 and not zero):
            raise refuse(path, value, expected)
        return minutes

    return Reader(expected, read, hours_of)


def one_of(*choices: str) -> Reader:
    expected = "one of " + ", ".join(choices)

    def read(value: object, path: str) -> str:
        if not isinstance(value, str) or value not in choices:
            raise refuse(path, value, expected)
        return value

    return Reader(expected, read)


def list_of(item: Reader, *, least: int = 0) -> Reader:
    expected = f"a list of {'at least one: ' if least else ''}{item.expected}"

    def read(value: object, path: str) -> tuple[Any, ...]:
        if not isinstance(value, list | tuple) or len(value) < least:
            raise refuse(path, value, expected)
        return tuple(item.read(one, f"{path}[{n}]") for n, one in enumerate(value))

    return Reader(expected, read, lambda values: [item.write(one) for one in values])


def one_or_list(item: Reader) -> Reader:
    """One value or a list of them; always held as a tuple."""
    many = list_of(item, least=1)

    def read(value: object, path: str) -> tuple[Any, ...]:
        return many.read(value, path) if isinstance(value, list | tuple) else (item.read(value, path),)

    def write(values: tuple[Any, ...]) -> Any:
        return item.write(values[0]) if len(values) == 1 else many.write(values)

    return Reader(f"{item.expected}, or a list of them", read, write)


def breakdown(item: Reader) -> Reader:
    """A mapping from slugs to hours, held as a tuple of pairs in the order written."""
    expected = f"a mapping from slugs to {item.expected}"

    def read(value: object, path: str) -> tuple[tuple[str, Any], ...]:
        if not isinstance(value, Mapping):
            raise refuse(path, value, expected)
        return tuple(
            (read_slug(key, here := f"{path}.{key_of(key)}"), item.read(one, here))
            for key, one in value.items()
        )

    return Reader(expected, read, lambda pairs: {key: item.write(one) for key, one in pairs})


DATE = Reader("a date written YYYY-MM-DD", read_day, date.isoformat)
SLUG_TEXT = Reader("a slug", read_slug)
TEXT = Reader("text", read_text)
STATE_CODE = Reader("a state written US-XX", read_state)
FLAG = Reader("true or false", read_flag)
HOURS = hours_reader("a number of hours above 0", zero=False)
HOURS_DONE = hours_reader("a number of hours, 0 or more", zero=True)
PERCENT = amount("a number from 0 to 100", most=100)


def check_keys(data: object, path: str, known: Mapping[str, Any] | tuple[str, ...]) -> Mapping[str, Any]:
    """`data` as a mapping that holds no key outside `known`."""
    expected = f"a mapping with {', '.join(known)}"
    if not isinstance(data, Mapping):
        raise refuse(path, data, expected)
    for key in data:
        if key not in known:
            where, choices = f"{path}.{key_of(key)}", ", ".join(known)
            raise RequirementError(where, f"the unknown key {shown(key)}", f"one of {choices}")
    return data


def name_key(name: str) -> str:
    """Names of exams and documents match whatever their case and spacing."""
    return "".join(name.split()).casefold()


def add_months(day: date, months: int) -> date:
    """The same day so many months later (or earlier), clamped to the month's end and to the calendar."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    if year < date.min.year:
        return date.min
    if year > date.max.year:
        return date.max
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def months_between(start: date, end: date) -> int:
    """Whole calendar months; a month is complete on its own day, or on the last day if shorter."""
    months = (end.year - start.year) * 12 + end.month - start.month
    # Not days // 30: two years would end ten days too early, and a person would be told too soon.
    return months - 1 if add_months(start, months) > end else months
