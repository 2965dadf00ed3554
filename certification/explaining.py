"""Explains workers of the database by its standards, in the shape of `requirements.answers`."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from certification import records
from certification.assessment import catalogue
from certification.models import Level, Standard
from certification.requirements.answers import judged, standard_asked
from certification.requirements.case import Catalogue
from certification.requirements.language import Requirement
from workers.models import Worker


@dataclass(frozen=True)
class Asked:
    """A standard of the database as `requirements.answers` wants it."""

    code: str
    level: str
    jurisdiction: str
    requires: Requirement | None
    renewal: Requirement | None
    authority_id: int


def asked(standard: Standard) -> Asked:
    program = standard.level.program
    return Asked(
        standard.code,
        standard.level.code,
        program.jurisdiction.code,
        standard.requirement,
        standard.renewal_requirement,
        program.authority_id,
    )


@dataclass(frozen=True)
class Loaded:
    """The published standards, as of a day; the counterpart of `catalogue.files.Library`."""

    on: date

    @cached_property
    def _published(self) -> list[Standard]:
        return list(Standard.objects.published().select_related("level__program__jurisdiction"))

    @cached_property
    def standards(self) -> Mapping[str, Asked]:
        return {standard.code: asked(standard) for standard in self._published}

    @cached_property
    def levels(self) -> Mapping[str, Any]:
        return dict.fromkeys(Level.objects.values_list("code", flat=True))

    @cached_property
    def catalogue(self) -> Catalogue:
        return catalogue(self.on)

    def current(self, level: str, on: date | None = None) -> Asked | None:
        day = on or self.on
        versions = self._by_level.get(level, ())
        return next((asked(version) for version in versions if day in version.in_force), None)

    @cached_property
    def _by_level(self) -> Mapping[str, list[Standard]]:
        found: dict[str, list[Standard]] = defaultdict(list)
        for standard in self._published:
            found[standard.level.code].append(standard)
        return found


def explain_worker(
    worker: Worker, *, on: date, level: str | None = None, standard: str | None = None, renewal: bool = False
) -> dict[str, Any]:
    """The answer for one worker, by what the standard's own authority accepted.

    Raises RequirementError for a level or standard that is not there.
    """
    library = Loaded(on)
    wanted: Any = standard_asked({"level": level, "standard": standard}, library, on)
    record = records.load([worker.pk], on=on)[worker.pk].record(wanted.authority_id)
    return judged(wanted, record, on, library.catalogue, renewal=renewal)


def record_file(worker: Worker, *, on: date) -> dict[str, Any]:
    """All that a worker has on record, as a record file (catalogue/RECORD.md)."""
    return {"worker": records.load([worker.pk], on=on)[worker.pk].record().to_data()}
