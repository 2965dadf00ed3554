"""Reading the cells of a file: dates, lengths, times and words as people write them in English and Spanish.

A reader takes a cell and how the file writes things (`Reading`), and gives a plain value. For what it cannot
read it raises Refused, naming what was found and what was expected; never anything else.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.refusals import Refused
from accounts.states import STATES
from workers.forms.fields import read_minutes
from workers.models import Statement, SupervisionSession
from workers.sheets import Cell, in_text
from workers.words import Mode, Pay, Topic

LONGEST_FOUND = 60
FIRST_YEAR, LAST_YEAR = 1900, 2100
MOST_READ = 1_000_000


@dataclass(frozen=True)
class Reading:
    """How a file writes dates (`mdy` or `dmy`, where they are not ISO) and lengths (`hours` or `minutes`)."""

    dates: str = "mdy"
    unit: str = "hours"


Reader = Callable[[Cell, Reading], Any]


def plain(text: str) -> str:
    """For comparing: without accents, signs and case."""
    bare = unicodedata.normalize("NFKD", text)
    return " ".join(
        re.sub(r"[^\w]+", " ", "".join(c for c in bare if not unicodedata.combining(c))).casefold().split()
    )


def _found(cell: Cell) -> str:
    text = in_text(cell)
    return text if len(text) <= LONGEST_FOUND else f"{text[: LONGEST_FOUND - 1]}…"


def text(longest: int) -> Reader:
    def read(cell: Cell, reading: Reading) -> str:
        found = " ".join(in_text(cell).replace("\0", "").split())
        if len(found) > longest:
            raise Refused(
                _("This has %(n)s letters; at most %(most)s fit.") % {"n": len(found), "most": longest}
            )
        return found

    return read


def email(cell: Cell, reading: Reading) -> str:
    found = in_text(cell).strip().lower()
    try:
        validate_email(found)
    except ValidationError as problem:
        raise Refused(
            _("“%(found)s” is not an email address. Write it like ana@example.org.") % {"found": _found(cell)}
        ) from problem
    return found


_NUMBERS = re.compile(r"(\d{1,4})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d{1,4})")


def day(cell: Cell, reading: Reading) -> date:
    """A date: as the spreadsheet holds it, ISO, or three figures in the order that the file uses."""
    if isinstance(cell, datetime):
        return _possible(cell.date(), cell)
    if isinstance(cell, date):
        return _possible(cell, cell)
    written = in_text(cell).strip()
    # A time of day after the date says nothing that is asked here.
    match = _NUMBERS.fullmatch(re.split(r"[T ]\d{1,2}:", written)[0].strip())
    if match:
        parts = three_figures(match, reading.dates)
        try:
            return _possible(date(*parts), cell)
        except ValueError:
            pass
    raise Refused(
        _("“%(found)s” is not a date. Write it like %(example)s.")
        % {"found": _found(cell), "example": "9/6/2026" if reading.dates == "dmy" else "6/9/2026"}
    )


def three_figures(match: re.Match[str], order: str) -> tuple[int, int, int]:
    """Year, month, day."""
    first, second, third = match.groups()
    if len(first) == 4:
        return int(first), int(second), int(third)
    year = int(third) + (2000 if len(third) <= 2 else 0)
    month, in_month = (first, second) if order == "mdy" else (second, first)
    return year, int(month), int(in_month)


def _possible(found: date, cell: Cell) -> date:
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise Refused(_("“%(found)s” lies too far from today.") % {"found": _found(cell)})
    return found


def order_of_dates(cells: Sequence[Cell]) -> str:
    """`mdy` or `dmy` where the dates themselves tell, `iso` where none needs an order, else `unclear`."""
    firsts, seconds = [], []
    for cell in cells:
        match = _NUMBERS.fullmatch(in_text(cell).strip()) if isinstance(cell, str) else None
        if match and len(match[1]) < 4:
            firsts.append(int(match[1]))
            seconds.append(int(match[2]))
    if not firsts:
        return "iso"
    if max(firsts) > 12:
        return "mdy" if max(seconds) > 12 else "dmy"
    return "mdy" if max(seconds) > 12 else "unclear"


def minutes(cell: Cell, reading: Reading) -> int:
    """Whole minutes from 3:30, 3.5, 3 h 30, 210 min, or a spreadsheet's time; parts of one are dropped."""
    if isinstance(cell, datetime) and cell.year < FIRST_YEAR + 10:  # a length that was shown as a date
        return int((cell - datetime(1899, 12, 31)).total_seconds() // 60)  # noqa: DTZ001
    if isinstance(cell, time):
        return cell.hour * 60 + cell.minute
    if isinstance(cell, timedelta):
        return int(cell.total_seconds() // 60)
    written = in_text(cell).strip()
    if re.fullmatch(r"\d+:\d\d:\d\d", written):
        written = written[:-3]
    bare = re.fullmatch(r"\d{0,7}([.,]\d{1,20})?", written) and written.strip(".,")
    if bare and reading.unit == "minutes":
        return int(float(written.replace(",", ".")))
    found = read_minutes(_cut(written) if bare else written)
    if found is None or found > MOST_READ:
        raise Refused(
            _("“%(found)s” is not a length of time. Write it like 3:30 or 3.5.") % {"found": _found(cell)}
        )
    return found


def _cut(written: str) -> str:
    whole, sign, rest = written.replace(",", ".").partition(".")
    return f"{whole}{sign}{rest[:4]}"


_CLOCK = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?(?::\d{2})?\s*([ap])?\.?\s*(?:m\.?)?", re.IGNORECASE)


def clock(cell: Cell, reading: Reading) -> time:
    """A time of day: 9:00, 9 am, 1:30 p.m., 13.30, or a spreadsheet's own."""
    if isinstance(cell, datetime):
        return cell.time().replace(second=0, microsecond=0)
    if isinstance(cell, time):
        return cell.replace(second=0, microsecond=0)
    if isinstance(cell, float) and 0 <= cell < 1:
        return time(*divmod(int(cell * 1440 + 0.5) % 1440, 60))
    match = _CLOCK.fullmatch(in_text(cell).strip())
    if match:
        hour, minute, half = int(match[1]), int(match[2] or 0), (match[3] or "").lower()
        if half and 1 <= hour <= 12:
            hour = hour % 12 + (12 if half == "p" else 0)
        elif half:
            hour = 99
        if hour < 24 and minute < 60:
            return time(hour, minute)
    raise Refused(
        _("“%(found)s” is not a time of day. Write it like 9:00 or 1:30 p.m.") % {"found": _found(cell)}
    )


def one_of(choices: Sequence[tuple[str, Any]], also: dict[str, str] | None = None) -> Reader:
    """A value of a list, by its code or its words in either language."""
    names: dict[str, str] = {}

    def known() -> dict[str, str]:
        if not names:
            for language in ("en", "es"):
                with override(language):
                    names.update({plain(str(label)): code for code, label in choices})
            names.update({plain(code): code for code, _label in choices})
            names.update({plain(word): code for word, code in (also or {}).items()})
        return names

    def read(cell: Cell, reading: Reading) -> str:
        found = known().get(plain(in_text(cell)))
        if found is None:
            some = ", ".join(f"“{label}”" for _code, label in choices[:5])
            said = (
                _("“%(found)s” is not one of the choices, such as %(choices)s.")
                if len(choices) > 5
                else _("“%(found)s” is not one of %(choices)s.")
            )
            raise Refused(said % {"found": _found(cell), "choices": some})
        return found

    return read


def code(cell: Cell, reading: Reading) -> str:
    """A topic: one that is known by its words, or a code made of what is written."""
    try:
        return str(one_of(Topic.choices)(cell, reading))
    except Refused:
        slug = slugify(in_text(cell)).replace("-", "_")[:120].strip("_")
        if not slug:
            raise Refused(_("Write it in letters or digits.")) from None
        return slug


STATE = one_of(STATES, {code.partition("-")[2]: code for code, _name in STATES})
PAY = one_of(
    Pay.choices,
    {"yes": "paid", "no": "volunteer", "unpaid": "volunteer", "pagado": "paid", "voluntario": "volunteer"},
)
MODE = one_of(
    Mode.choices,
    {
        "in person": "in_person",
        "onsite": "in_person",
        "face to face": "in_person",
        "presencial": "in_person",
        "phone": "phone",
        "telefono": "phone",
        "video": "video",
        "zoom": "video",
        "virtual": "video",
        "text": "digital",
        "chat": "digital",
    },
)
FORMAT = one_of(
    SupervisionSession.Format.choices,
    {"one on one": "individual", "1 1": "individual", "grupo": "group", "grupal": "group"},
)
LEARNING = one_of(
    [(kind.value, kind.label) for kind in (Statement.Kind.TRAINING, Statement.Kind.CONTINUING_EDUCATION)],
    {"ce": "continuing_education", "ceu": "continuing_education", "course": "training"},
)
