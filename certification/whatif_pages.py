"""The effect of a draft as its page and its file show it: words, charts and tables."""

import csv
from collections.abc import Iterable, Iterator
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from accounts.templatetags.ui import number
from certification.whatif import Cell, Effect, Outcome, Reach, Row
from workers.sheets import safe


def figure(cell: Cell) -> str:
    return _("hidden") if cell.figure is None else _("about %(n)s") % {"n": number(cell.figure)}


def told(effect: Effect) -> dict[str, Any]:
    """{everybody, stats, charts, outcomes, tables} for the page."""
    return {
        "everybody": figure(effect.everybody),
        "stats": stats(effect),
        "reaches": reaches(effect),
        "outcomes": [one.label for one in Outcome],
        "tables": [
            {"title": _("By employer"), "first": _("Employer today"), "rows": rows(effect.employers)},
            {"title": _("By state"), "first": _("State of work"), "rows": rows(effect.states)},
        ],
    }


def stats(effect: Effect) -> list[dict[str, Any]]:
    shown: list[dict[str, Any]] = [
        {"label": _("Eligible with the draft"), "cell": effect.draft[Reach.ELIGIBLE]},
        {"label": _("Become eligible"), "cell": effect.outcomes[Outcome.GAINED]},
        {"label": _("Lose it"), "cell": effect.outcomes[Outcome.LOST]},
        {"label": _("Within 250 hours with the draft"), "cell": effect.draft[Reach.H250]},
    ]
    if effect.today:
        shown[0]["note"] = _("today %(n)s") % {"n": figure(effect.today[Reach.ELIGIBLE])}
        shown[3]["note"] = _("today %(n)s") % {"n": figure(effect.today[Reach.H250])}
    return [{"value": figure(one.pop("cell")), **one} for one in shown]


def reaches(effect: Effect) -> list[dict[str, Any]]:
    """A line for each reach: {label, bars}, a bar for today and one for the draft: {name, figure, share}."""
    versions = [(_("Today"), effect.today), (_("Draft"), effect.draft)]
    known = [(name, version) for name, version in versions if version]
    most = max((cell.figure or 0 for _name, version in known for cell in version.values()), default=0) or 1

    def bar(name: str, cell: Cell) -> dict[str, Any]:
        return {"name": name, "figure": figure(cell), "share": (cell.figure or 0) * 100 // most}

    return [
        {"label": reach.label, "bars": [bar(name, version[reach]) for name, version in known]}
        for reach in Reach
    ]


def rows(those: Iterable[Row]) -> list[dict[str, Any]]:
    """Rows of a table that show anything: {label, cells: [(outcome, figure or None)], all}."""
    return [
        {
            "label": row.label,
            "cells": [(one.label, cell.figure) for one, cell in zip(Outcome, row.cells, strict=True)],
            "all": row.all.figure,
        }
        for row in those
        if not all(cell.is_hidden for cell in (*row.cells, row.all))
    ]


# As a file


def as_csv(effect: Effect, *, name: str) -> HttpResponse:
    """Every number of the page, and hidden what is hidden there: a line each."""
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    answer["Cache-Control"] = "no-store"
    writer = csv.writer(answer)
    writer.writerow(["table", "group", "outcome", "workers"])
    for table, group, outcome, cell in lines(effect):
        writer.writerow([table, safe(group), outcome, "hidden" if cell.figure is None else cell.figure])
    return answer


def lines(effect: Effect) -> Iterator[tuple[str, str, str, Cell]]:
    yield "all", "", "all", effect.everybody
    for outcome, cell in effect.outcomes.items():
        yield "all", "", outcome.value, cell
    for name, version in (("hours_to_go_today", effect.today), ("hours_to_go_draft", effect.draft)):
        for reach, cell in (version or {}).items():
            yield name, "", reach.value, cell
    for name, those in (("employer", effect.employers), ("state", effect.states)):
        for row in those:
            yield from (
                (name, row.label, one.value, cell) for one, cell in zip(Outcome, row.cells, strict=True)
            )
            yield name, row.label, "all", row.all
