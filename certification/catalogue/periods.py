"""From which day to which each version of a level is in force, as far as its sources tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import zip_longest

from certification.catalogue.files import Dated, first_day, last_day

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """First day in force and first day no longer; `stated` where the source itself names the beginning."""

    start: date
    until: date | None
    stated: bool


class OverlapError(ValueError):
    """Two versions that nothing tells apart in time; `codes` names them."""

    def __init__(self, *codes: str) -> None:
        self.codes = codes
        super().__init__(" and ".join(codes))


def begins(standard: Dated) -> date:
    """Effective from, else the date that its text speaks for, else its code's year.

    A date after the version had ended is when somebody still wrote about it, not when it began.
    """
    known = [standard.effective_from, standard.as_of, standard.code.partition("@")[2]]
    days = [first_day(text) for text in known if text]
    ends = last_day(standard.effective_until) if standard.effective_until else date.max
    return next((day for day in days if day <= ends), days[0])


def periods(standards: Sequence[Dated]) -> dict[str, Period]:
    """By code; each ends where its source says or where the next begins. None of a level overlap.

    Of two that begin on one day the one written later follows; raises OverlapError where that leaves nothing.
    """
    ordered = sorted(standards, key=begins)
    found: dict[str, Period] = {}
    for one, following in zip_longest(ordered, ordered[1:]):
        start = begins(one)
        ends = [last_day(one.effective_until) + ONE_DAY] if one.effective_until else []
        if following is not None:
            ends.append(begins(following))
        until = min(ends, default=None)
        if until is not None and until <= start:
            raise OverlapError(one.code, *([following.code] if following else []))
        found[one.code] = Period(start, until, stated=bool(one.effective_from))
    return found
