"""Who may open what of certification; see tests/access_table.py."""

from typing import Any

from certification import record_imports
from certification.models import Standard
from certification.requirements.record_files import parse_record
from tests.access import applications, learning, supervision
from tests.access_table import Row, row
from tests.builders.certification import a_goal, a_standard
from tests.builders.workers import an_entry
from tests.cast import Cast

EVERYBODY = {"visitor": 200, "everyone": 200}
NOBODY_ELSE = 404


def standard(_cast: Cast | None = None) -> Standard:
    found = Standard.objects.filter(code="mn-test@2015").select_related("level").first()
    return found or a_standard(code="mn-test@2015")


def level(cast: Cast) -> list[Any]:
    return [standard(cast).level.code]


def anas_goal(cast: Cast) -> list[Any]:
    return [a_goal(cast.ana, standard(cast)).pk]


def anas_entry(cast: Cast) -> list[Any]:
    return [an_entry(cast.employment).pk]


def anas_import(cast: Cast) -> list[Any]:
    record = parse_record({"attestations": ["code_of_ethics"]})
    made, _is_new = record_imports.store(worker=cast.ana, record=record, by=cast.worker)
    return [made.pk]


CATALOGUE: list[Row] = [
    row("certification:standards", **EVERYBODY),
    row("certification:jurisdiction", url=lambda cast: [level(cast) and "us-mn"], **EVERYBODY),
    row("certification:level", url=level, **EVERYBODY),
    row("certification:standard_data", url=lambda cast: [standard(cast).code, "json"], **EVERYBODY),
    row("certification_api:jurisdictions", **EVERYBODY),
    row("certification_api:levels", **EVERYBODY),
    row("certification_api:level", url=level, **EVERYBODY),
    row("certification_api:standard", url=lambda cast: [standard(cast).code], **EVERYBODY),
]

GOALS: list[Row] = [
    row("certification:goals", everyone=NOBODY_ELSE, worker=200, another_worker=200),
    row(
        "certification:choose_goal",
        "POST",
        data=lambda cast: {"level": level(cast)[0]},
        everyone=NOBODY_ELSE,
        worker=302,
        another_worker=302,
    ),
    row(
        "certification:export_record",
        url=lambda cast: ["yaml"],
        everyone=NOBODY_ELSE,
        worker=200,
        another_worker=200,
    ),
    row("certification:where", everyone=NOBODY_ELSE, worker=200, another_worker=200),
    row("certification:level_mine", url=level, everyone=NOBODY_ELSE, worker=200, another_worker=200),
    row("certification_api:where", everyone=NOBODY_ELSE, worker=200, another_worker=200),
    row("certification:bring_in", everyone=NOBODY_ELSE, worker=200, another_worker=200),
    row("certification:bring_in", "POST", everyone=NOBODY_ELSE, worker=422, another_worker=422),
    row("certification:brought_in", url=anas_import, everyone=NOBODY_ELSE, worker=200),
    row("certification:take_back", "POST", url=anas_import, everyone=NOBODY_ELSE, worker=302),
    row("certification:goal", url=anas_goal, everyone=NOBODY_ELSE, worker=200),
    row("certification:goal_findings", url=anas_goal, everyone=NOBODY_ELSE, worker=200),
    row("certification:drop_goal", "POST", url=anas_goal, everyone=NOBODY_ELSE, worker=302),
    row("certification_api:goals", everyone=200),
    row(
        "certification_api:goals",
        "POST",
        data=lambda cast: {"level": level(cast)[0]},
        everyone=NOBODY_ELSE,
        worker=201,
        another_worker=201,
    ),
    row("certification_api:standing", url=anas_entry, everyone=NOBODY_ELSE, worker=200),
    row("certification_api:goal", url=anas_goal, everyone=NOBODY_ELSE, worker=200),
    row("certification_api:goal", "DELETE", url=anas_goal, everyone=NOBODY_ELSE, worker=204),
    row("certification_api:record", everyone=NOBODY_ELSE, worker=200, another_worker=200),
]

ROWS: list[Row] = [*CATALOGUE, *GOALS, *applications.ROWS, *learning.AUTHORITY, *supervision.ALLOWED]
