"""What the columns of a file may mean: their names in English and Spanish, and how each is read.

`FIELDS[kind]` lists the fields that a file of this kind has; `guess` finds them by the headers.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, override

from workers.cells import (
    FORMAT,
    LEARNING,
    MODE,
    PAY,
    STATE,
    Reader,
    clock,
    code,
    day,
    email,
    minutes,
    one_of,
    plain,
    text,
)
from workers.models import Import
from workers.models.supervision import Basis
from workers.sheets import Cell, in_text
from workers.words import Domain, Work

Kind = Import.Kind


@dataclass(frozen=True)
class Field:
    """A field of a kind of file. `also`: other words that headers use, in both languages.

    `who` is set where only one side has it: a worker's own file does not say whose hours it holds.
    """

    name: str
    label: str | Promise
    read: Reader
    also: tuple[str, ...] = ()
    needed: bool = False
    who: str = ""
    example: str = ""
    hint: str | Promise = ""


_DAY = Field(
    "day",
    gettext_lazy("Day"),
    day,
    ("date", "fecha", "día", "dia", "work date", "service date", "date of service", "fecha de servicio"),
    needed=True,
    example="2026-06-09",
    hint=gettext_lazy("The day of the work: 2026-06-09 or 6/9/2026."),
)
_MINUTES = Field(
    "minutes",
    gettext_lazy("Time worked"),
    minutes,
    (
        "hours",
        "time",
        "duration",
        "minutes",
        "length",
        "total hours",
        "hours worked",
        "units",
        "horas",
        "minutos",
        "duración",
        "tiempo",
        "total de horas",
        "horas trabajadas",
    ),
    example="3:30",
    hint=gettext_lazy("3:30, 3.5 or 210 min. Not needed where there is a beginning and an end."),
)
_WORKER = Field(
    "worker",
    gettext_lazy("Worker"),
    text(200),
    (
        "name",
        "employee",
        "staff",
        "person",
        "email",
        "worker email",
        "employee email",
        "employee name",
        "peer",
        "nombre",
        "empleado",
        "trabajador",
        "trabajadora",
        "persona",
        "correo",
        "correo electrónico",
    ),
    needed=True,
    who="employer",
    example="ana@example.org",
    hint=gettext_lazy("Email address, record number, or the name as in the record."),
)
_DOMAIN = Field(
    "domain",
    gettext_lazy("What you did"),
    one_of(Domain.choices),
    ("activity", "service", "domain", "what", "task", "subject", "actividad", "servicio", "ámbito", "tema"),
    example="Advocacy",
    hint=gettext_lazy("One of the activities of the list on the second sheet."),
)
_SUPERVISOR = Field(
    "supervisor",
    gettext_lazy("Supervisor"),
    text(200),
    ("supervisor email", "supervisor name", "supervised by", "supervisora", "supervisado por"),
    example="sam@example.org",
    hint=gettext_lazy("Email address, or the name as in the record."),
)

FIELDS: dict[str, tuple[Field, ...]] = {
    Kind.HOURS: (
        _WORKER,
        _DAY,
        _MINUTES,
        Field(
            "starts",
            gettext_lazy("From"),
            clock,
            (
                "start",
                "start time",
                "time in",
                "clock in",
                "begin",
                "inicio",
                "hora de inicio",
                "desde",
                "entrada",
            ),
            example="9:00",
            hint=gettext_lazy("When it began, if you know: 9:00 or 1:30 p.m."),
        ),
        Field(
            "ends",
            gettext_lazy("Until"),
            clock,
            ("end", "end time", "time out", "clock out", "finish", "fin", "hora de fin", "hasta", "salida"),
            example="12:30",
            hint=gettext_lazy("When it ended, if you know."),
        ),
        _DOMAIN,
        Field(
            "mode",
            gettext_lazy("How"),
            MODE,
            ("mode", "method", "modality", "delivery", "modo", "modalidad"),
            example="In person",
            hint=gettext_lazy("In person, by phone, by video, by text or app."),
        ),
        Field(
            "job",
            gettext_lazy("Job"),
            text(200),
            ("job title", "position", "role", "title", "employer", "puesto", "empleo", "cargo", "empleador"),
            example="Peer specialist",
            hint=gettext_lazy("Needed only where the worker had several jobs on that day."),
        ),
        Field(
            "note",
            gettext_lazy("Note"),
            text(300),
            ("notes", "comment", "comments", "nota", "notas", "comentario"),
            example="",
            hint=gettext_lazy("Never name a person you support, or what they told you."),
        ),
    ),
    Kind.ROSTER: (
        Field(
            "email",
            gettext_lazy("Email address"),
            email,
            ("email", "e-mail", "mail", "correo", "correo electrónico"),
            needed=True,
            example="ana@example.org",
        ),
        Field(
            "given_name",
            gettext_lazy("Given name"),
            text(100),
            ("first name", "first", "nombre"),
            needed=True,
            example="Ana",
        ),
        Field(
            "family_name",
            gettext_lazy("Family name"),
            text(100),
            ("last name", "last", "surname", "apellido", "apellidos"),
            needed=True,
            example="Rivera",
        ),
        Field(
            "title",
            gettext_lazy("Job title"),
            text(120),
            ("job", "title", "position", "role", "puesto", "cargo"),
            needed=True,
            example="Peer specialist",
        ),
        Field(
            "started_on",
            gettext_lazy("First day"),
            day,
            ("start", "start date", "hire date", "hired", "from", "fecha de inicio", "desde"),
            needed=True,
            example="2024-01-08",
        ),
        Field(
            "ended_on",
            gettext_lazy("Last day"),
            day,
            ("end", "end date", "until", "to", "termination date", "fecha de fin", "hasta"),
            hint=gettext_lazy("Empty if the job goes on."),
        ),
        Field(
            "work",
            gettext_lazy("Kind of work"),
            one_of(Work.choices),
            ("work", "tipo de trabajo"),
            example="Peer support",
        ),
        Field("pay", gettext_lazy("Paid or volunteer"), PAY, ("paid", "pay", "pago"), example="Paid"),
        Field("state", gettext_lazy("State"), STATE, ("estado", "work state"), example="MN"),
        _SUPERVISOR,
        Field(
            "basis",
            gettext_lazy("What qualifies the supervisor"),
            one_of(Basis.choices),
            ("basis", "supervisor qualification"),
            example="Qualified supervisor at this employer",
        ),
        Field(
            "supervised_from",
            gettext_lazy("Supervised from"),
            day,
            ("supervision start", "supervisado desde"),
            example="2024-01-08",
            hint=gettext_lazy("Empty: from the first day of the job."),
        ),
    ),
    Kind.SESSIONS: (
        _WORKER,
        Field(**{**vars(_SUPERVISOR), "needed": True}),
        _DAY,
        Field(**{**vars(_MINUTES), "needed": True, "hint": gettext_lazy("1:00, 1.5 or 60 min.")}),
        Field(
            "format",
            gettext_lazy("One to one or group"),
            FORMAT,
            ("format", "type", "tipo", "formato"),
            example="one to one",
        ),
        Field(**{**vars(_DOMAIN), "label": gettext_lazy("Subject"), "also": (*_DOMAIN.also, "topic")}),
    ),
    Kind.COMPLETIONS: (
        Field(
            "kind",
            gettext_lazy("Training or continuing education"),
            LEARNING,
            ("kind", "type", "tipo"),
            example="Training",
        ),
        Field(
            "code",
            gettext_lazy("Topic"),
            code,
            ("subject", "tema", "materia"),
            needed=True,
            example="Peer support",
        ),
        Field(
            "name",
            gettext_lazy("Name of the course"),
            text(300),
            ("course", "title", "name", "training", "curso", "nombre del curso"),
            example="Core training",
        ),
        Field(
            **{
                **vars(_MINUTES),
                "label": gettext_lazy("Length"),
                "needed": True,
                "example": "40:00",
                "hint": gettext_lazy("40:00 or 40 for forty hours."),
            }
        ),
        Field(
            "day",
            gettext_lazy("Completed on"),
            day,
            ("date", "completed", "completion date", "fecha", "fecha de finalización"),
            needed=True,
            example="2025-03-14",
        ),
        Field(
            "provider",
            gettext_lazy("Provider"),
            text(100),
            ("trainer", "school", "organization", "proveedor", "institución"),
            example="Hopewell Academy",
        ),
    ),
}


def fields_of(kind: str, *, employer: bool) -> list[Field]:
    """The fields that a file of this kind has when an employer hands it in, or the worker."""
    return [
        field for field in FIELDS.get(kind, ()) if field.who in ("", "employer" if employer else "worker")
    ]


def guess(fields: Sequence[Field], headers: Sequence[str]) -> dict[str, int]:
    """Field -> column, by the headers: the label or another word for it, as a whole before in part."""
    found: dict[str, int] = {}
    heads = [plain(header) for header in headers]
    for whole in (True, False):
        for field in fields:
            names = [name for name in _names(field) if name]
            for column, head in enumerate(heads):
                fits = head in names if whole else any(len(name) > 3 and name in head for name in names)
                if head and fits and field.name not in found and column not in found.values():
                    found[field.name] = column
    return found


def _names(field: Field) -> list[str]:
    names = [field.name, *field.also]
    for language in ("en", "es"):
        with override(language):
            names.append(str(field.label))
    return [plain(name.replace("_", " ")) for name in names]


def guess_unit(header: str, cells: Sequence[Cell]) -> str:
    """Whether bare figures are hours or minutes: by the header, else by how large they are."""
    head = plain(header)
    if "min" in head:
        return "minutes"
    if "hour" in head or "hora" in head or "hrs" in head:
        return "hours"
    figures = []
    for cell in cells:
        try:
            figures.append(float(in_text(cell).replace(",", ".")))
        except ValueError:
            continue
    whole = all(figure.is_integer() for figure in figures)
    return "minutes" if figures and whole and min(figures) >= 15 and max(figures) > 24 else "hours"
