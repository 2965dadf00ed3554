"""What the tests of the requirement language say in few words."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from certification.requirements.case import Catalogue, LevelInfo
from certification.requirements.explain import explain
from certification.requirements.findings import Finding
from certification.requirements.language import parse
from certification.requirements.record import Record
from certification.requirements.record_files import parse_record

ON = date(2026, 1, 1)
LEVELS = Catalogue(
    {
        level.code: level
        for level in (
            LevelInfo("mn-cps-1", "practitioner", "US-MN", 80 * 60),
            LevelInfo("mn-cps-2", "advanced", "US-MN", None),
            LevelInfo("ma-cps", "practitioner", "US-MA", 46 * 60),
            LevelInfo("ma-trainee", "trainee", "US-MA", 46 * 60),
            LevelInfo("us-ncps", "advanced", "US", 40 * 60),
        )
    }
)


def judge(requirement: Mapping[str, Any], on: date = ON, /, *, stated: str = "", **worker: Any) -> Finding:
    """A requirement judged by a record written as in a file, for Minnesota's level II.

    `stated` names a table of the record whose rows nobody has accepted yet.
    """
    return judge_record(requirement, record(stated=stated, **worker), on)


def judge_record(
    requirement: Mapping[str, Any], of: Record, on: date = ON, level: str = "mn-cps-2"
) -> Finding:
    return explain(parse(requirement), of, on, LEVELS, level=level)


def record(*, stated: str = "", **worker: Any) -> Record:
    made = parse_record(worker)
    for table in stated.split():
        rows = tuple(replace(row, accepted=False) for row in getattr(made, table))
        made = replace(made, **{table: rows})
    return made


def work(hours: float, start: str = "2025-01-01", end: str | None = None, **more: Any) -> dict[str, Any]:
    """One row of experience in peer support, by default on one day."""
    return {"in": "peer_support", "hours": hours, "from": start, "to": end or start, **more}


def met(finding: Finding) -> bool:
    return finding.verdict == "met"
