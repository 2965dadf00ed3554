"""Who may open what of files handed in and taken out; see tests/access_table.py."""

from typing import Any

from tests.access_table import Row, row
from tests.builders.imports import an_import
from tests.cast import Cast
from workers import transcripts
from workers.models import RosterLine

EMPLOYER = {"owner": 200, "manager": 200, "everyone": 404}


def own(cast: Cast) -> list[Any]:
    return [an_import("Date,Hours\n2026-06-08,3\n", by=cast.worker, worker=cast.ana, checked=False).uid]


def of_employer(cast: Cast) -> list[Any]:
    file = "Worker,Date,Hours\nana@example.org,2026-06-08,3\n"
    return [an_import(file, by=cast.owner, organisation=cast.employer).uid]


def offer(cast: Cast) -> list[Any]:
    file = "Email,First name,Last name,Job,Start\nana@example.org,Ana,Rivera,Trainer,2026-01-05\n"
    an_import(file, by=cast.owner, organisation=cast.employer, kind="roster", stored=True)
    return [RosterLine.objects.get().pk]


def transcript(cast: Cast) -> list[Any]:
    return [transcripts.issue(worker=cast.ana, by=cast.worker).uid]


ROWS: list[Row] = [
    row("workers:export", worker=200, another_worker=200, everyone=302),
    row("workers:export_hours", worker=200, another_worker=200, everyone=302),
    row("workers:export_all", worker=200, another_worker=200, everyone=302),
    row("workers:team_hours", url=lambda cast: [cast.employer.slug], **EMPLOYER),
    row("workers:issue_transcript", "POST", everyone=302),
    row("workers:transcript_pdf", url=transcript, worker=200, everyone=404),
    row("workers:transcript", url=transcript, visitor=200, everyone=200),
    row("workers:transcript", "POST", url=transcript, visitor=422, everyone=422),
    row("workers:transcript_key", visitor=200, everyone=200),
    row("workers:imports", worker=200, another_worker=200, everyone=302),
    row("workers:imports", "POST", worker=422, another_worker=422, everyone=302),
    row("workers:team_imports", url=lambda cast: [cast.employer.slug], **EMPLOYER),
    row(
        "workers:team_imports",
        "POST",
        url=lambda cast: [cast.employer.slug],
        owner=422,
        manager=422,
        everyone=404,
    ),
    row("workers:import_template", url=lambda cast: ["hours", "csv"], everyone=200),
    row("workers:import", url=own, worker=200, everyone=404),
    row("workers:import", "POST", url=own, worker=422, everyone=404),
    row("workers:import_progress", url=of_employer, owner=204, manager=204, everyone=404),
    row("workers:import_problems", url=of_employer, **EMPLOYER),
    row(
        "workers:import_step",
        "POST",
        url=lambda cast: [*of_employer(cast), "confirm"],
        owner=302,
        manager=302,
        everyone=404,
    ),
    row(
        "workers:answer_offer",
        "POST",
        url=lambda cast: [*offer(cast), "accept"],
        worker=302,
        another_worker=404,
        everyone=302,
    ),
]
