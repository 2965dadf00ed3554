"""Files that go with an import: an empty one to fill in, and the rows that were wrong, with the reason."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from workers.columns import fields_of
from workers.models import Import, ImportProblem
from workers.sheets import Cell, csv_lines, in_text, is_empty, rows, workbook
from workers.words import Domain


def template(kind: str, form: str, *, employer: bool) -> bytes:
    """An empty file with an example: CSV, or XLSX with a second sheet that explains the columns."""
    fields = fields_of(kind, employer=employer)
    head = [str(field.label) for field in fields]
    example = [field.example for field in fields]
    if form == "csv":
        return "".join(csv_lines([head, example])).encode()
    explained: list[Any] = [[_("Column"), _("Needed"), _("What goes there")]]
    explained += [
        [str(field.label), _("yes") if field.needed else _("no"), str(field.hint) or field.example]
        for field in fields
    ]
    if any(field.name == "domain" for field in fields):
        explained += [
            [],
            [_("Activities"), "", ""],
            *[["", "", str(label)] for _code, label in Domain.choices],
        ]
    widths = [max(12, len(name) + 4) for name in head]
    return workbook([(_("Rows"), [head, example], widths), (_("Help"), explained, [28, 10, 70])])


def problems_csv(found: Import) -> Iterator[str]:
    """The rows of the file that are not stored, as they stand there, with their number and the reasons."""
    said: dict[int, list[str]] = defaultdict(list)
    labels = field_labels(found)
    for problem in (
        ImportProblem.objects.filter(source=found).exclude(weight="warning").order_by("place", "pk")
    ):
        label = labels.get(problem.field)
        said[problem.place].append(f"{label}: {problem.message}" if label else problem.message)
    return csv_lines(_with_reasons(found, said))


def _with_reasons(found: Import, said: dict[int, list[str]]) -> Iterator[list[Any]]:
    if found.kind == Import.Kind.CALENDAR:
        yield [_("Row"), _("What is wrong")]
        yield from ([place, " ".join(sentences)] for place, sentences in said.items())
        return
    head = found.reading["head"]
    width = len(found.reading["headers"])
    with found.file.open("rb") as file:
        for place, cells in enumerate(rows(file), 1):
            if place == head:
                yield [_("Row"), *_filled(cells, width), _("What is wrong")]
            elif place > head and place in said and not is_empty(cells):
                yield [place, *_filled(cells, width), " ".join(said[place])]


def _filled(cells: list[Cell], width: int) -> list[str]:
    return [in_text(cell) for cell in [*cells, *[None] * width][: max(width, len(cells))]]


def field_labels(found: Import) -> dict[str, str]:
    return {
        field.name: str(field.label)
        for field in fields_of(
            "hours" if found.kind == Import.Kind.CALENDAR else found.kind,
            employer=found.organisation_id is not None,
        )
    }
