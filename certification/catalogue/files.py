"""Reads the shipped standards from YAML, without a database.

    library = shipped()
    library.standard("mn-cps-2@2020").requires

Every file is checked against schema.json, every requirement parsed, every code found once. What is wrong
is told as a CatalogueError that lists file, path, what was found and what was expected.
"""

from __future__ import annotations

import json
from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Protocol, TypeVar

from jsonschema import Draft202012Validator, ValidationError

from certification.requirements.case import Catalogue, LevelInfo, training_asked
from certification.requirements.language import Requirement, parse
from certification.requirements.values import RequirementError, shown
from certification.requirements.yaml_text import read_yaml

SHIPPED = Path(__file__).parent


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a catalogue file."""

    file: str
    path: str
    found: str
    expected: str

    def __str__(self) -> str:
        return f"{self.file}: {self.path}: found {self.found}, expected {self.expected}"


class CatalogueError(ValueError):
    """Catalogue files that cannot be used; `problems` lists everything wrong with them."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))


@dataclass(frozen=True)
class Standard:
    """One version of what a level asks. Dates are the text of the source: YYYY, YYYY-MM or YYYY-MM-DD.

    `requires` is None where only the renewal is known. `grace_months` may be a fraction of a month.
    """

    code: str
    level: str
    jurisdiction: str
    requires: Requirement | None
    renewal: Requirement | None
    term_months: int | None
    effective_from: str | None
    effective_until: str | None
    as_of: str | None
    confidence: str
    renewal_confidence: str | None
    partial: bool
    unclear: tuple[str, ...]
    sources: tuple[Mapping[str, Any], ...]
    renewals_at_most: int | None
    expires_on: str | None
    grace_months: float | None


@dataclass(frozen=True)
class Level:
    code: str
    title: str
    abbreviation: str
    rank: int
    role: str
    endorses: str | None
    program: str
    jurisdiction: str
    standards: tuple[Standard, ...]


@dataclass(frozen=True)
class Program:
    code: str
    title: str
    abbreviation: str
    focus: tuple[str, ...]
    population: str
    regulation: str
    administered_by: Mapping[str, Any]
    reciprocity: str
    jurisdiction: str
    levels: tuple[Level, ...]


@dataclass(frozen=True)
class Jurisdiction:
    code: str
    name: str
    status: str
    authority: Mapping[str, Any]
    medicaid_reimburses: bool | None
    notes: str
    sources_searched: int
    programs: tuple[Program, ...]
    file: str

    def levels(self) -> Iterator[Level]:
        for program in self.programs:
            yield from program.levels


class Dated(Protocol):
    """A standard as files or the database hold it; dates are text as the source gives them."""

    @property
    def code(self) -> str: ...
    @property
    def effective_from(self) -> str | None: ...
    @property
    def effective_until(self) -> str | None: ...
    @property
    def as_of(self) -> str | None: ...


D = TypeVar("D", bound=Dated)


def first_day(text: str) -> date:
    """The first day of a year, a month or a day written as text."""
    year, month, day = [*map(int, text.split("-")), 1, 1][:3]
    return date(year, month, day)


def last_day(text: str) -> date:
    """The last day of a year, a month or a day written as text."""
    parts = [int(part) for part in text.split("-")]
    year, month = parts[0], parts[1] if len(parts) > 1 else 12
    return date(year, month, parts[2] if len(parts) > 2 else monthrange(year, month)[1])


def speaks_from(standard: Dated) -> date:
    """The day a standard is ordered by: in force since, else the date of its text, else its code's year."""
    return first_day(standard.effective_from or standard.as_of or standard.code.partition("@")[2])


def current(standards: Iterable[D], on: date | None = None) -> D | None:
    """The version of a level in force on a day (or, without one, the latest that nothing has ended).

    Versions not yet or no longer in force on the day are left out; of the others the latest counts.
    """
    day = on or date.max
    in_force = [
        one
        for one in standards
        if (one.effective_from is None or first_day(one.effective_from) <= day)
        and (one.effective_until is None or (on is not None and last_day(one.effective_until) >= on))
    ]
    return max(in_force, key=lambda one: (speaks_from(one), one.code), default=None)


@dataclass(frozen=True)
class Library:
    """All jurisdictions of a directory."""

    jurisdictions: tuple[Jurisdiction, ...]

    @cached_property
    def levels(self) -> dict[str, Level]:
        return {level.code: level for place in self.jurisdictions for level in place.levels()}

    @cached_property
    def standards(self) -> dict[str, Standard]:
        return {one.code: one for level in self.levels.values() for one in level.standards}

    def current(self, level: str, on: date | None = None) -> Standard | None:
        """The version of a level in force on a day."""
        return current(self.levels[level].standards, on)

    @cached_property
    def catalogue(self) -> Catalogue:
        """What explain needs of every level; training as the latest version asks it."""
        return Catalogue({code: level_info(level) for code, level in self.levels.items()})


def level_info(level: Level) -> LevelInfo:
    latest = current(level.standards) or max(level.standards, key=speaks_from, default=None)
    asked = training_asked(latest.requires) if latest else None
    return LevelInfo(level.code, level.role, level.jurisdiction, asked)


@lru_cache(maxsize=1)
def shipped() -> Library:
    """The catalogue that comes with the product."""
    return read_directory(SHIPPED)


def read_directory(directory: Path) -> Library:
    """Every us*.yaml of a directory, or a CatalogueError with all that is wrong in any of them."""
    problems: list[Problem] = []
    read = []
    for path in sorted(directory.glob("us*.yaml")):
        try:
            read.append(read_file(path))
        except CatalogueError as error:
            problems += error.problems
    problems += repeated(read)
    if problems:
        raise CatalogueError(problems)
    return Library(tuple(read))


def read_file(path: Path) -> Jurisdiction:
    """One file, or a CatalogueError with all that is wrong in it."""
    try:
        data = read_yaml(path.read_text(encoding="utf-8"), path.name)
    except RequirementError as error:
        raise CatalogueError([Problem(path.name, error.path, error.found, error.expected)]) from None
    except UnicodeDecodeError:
        raise CatalogueError([Problem(path.name, "text", "bytes that are not UTF-8", "UTF-8")]) from None
    if problems := list(problems_of(path.name, data)):
        raise CatalogueError(problems)
    programs = tuple(_program(one, data["jurisdiction"]) for one in data["programs"])
    return Jurisdiction(
        code=data["jurisdiction"],
        name=data["name"],
        status=data["status"],
        authority=data["authority"],
        medicaid_reimburses=data.get("medicaid_reimburses"),
        notes=data.get("notes", ""),
        sources_searched=data["sources_searched"],
        programs=programs,
        file=path.name,
    )


def _program(data: Mapping[str, Any], jurisdiction: str) -> Program:
    return Program(
        code=data["code"],
        title=data["title"],
        abbreviation=data.get("abbreviation", ""),
        focus=tuple(data["focus"]),
        population=data["population"],
        regulation=data["regulation"],
        administered_by=data.get("administered_by", {}),
        reciprocity=data.get("reciprocity", ""),
        jurisdiction=jurisdiction,
        levels=tuple(_level(one, data["code"], jurisdiction) for one in data["levels"]),
    )


def _level(data: Mapping[str, Any], program: str, jurisdiction: str) -> Level:
    return Level(
        code=data["code"],
        title=data["title"],
        abbreviation=data.get("abbreviation", ""),
        rank=data["rank"],
        role=data["role"],
        endorses=data.get("endorses"),
        program=program,
        jurisdiction=jurisdiction,
        standards=tuple(_standard(one, data["code"], jurisdiction) for one in data["standards"]),
    )


def _standard(data: Mapping[str, Any], level: str, jurisdiction: str) -> Standard:
    trees = {key: parse(data[key], key) if data.get(key) else None for key in ("requires", "renewal")}
    return Standard(
        code=data["code"],
        level=level,
        jurisdiction=jurisdiction,
        requires=trees["requires"],
        renewal=trees["renewal"],
        term_months=data.get("term_months"),
        effective_from=data.get("effective_from"),
        effective_until=data.get("effective_until"),
        as_of=data["as_of"],
        confidence=data["confidence"],
        renewal_confidence=data.get("renewal_confidence"),
        partial=data.get("partial", False),
        unclear=tuple(data.get("unclear", ())),
        sources=tuple(data["sources"]),
        renewals_at_most=data.get("renewals_at_most"),
        expires_on=data.get("expires_on"),
        grace_months=data.get("grace_months"),
    )


# What can be wrong with a file


@lru_cache(maxsize=1)
def validator() -> Draft202012Validator:
    return Draft202012Validator(json.loads((SHIPPED / "schema.json").read_text(encoding="utf-8")))


def problems_of(file: str, data: object) -> Iterator[Problem]:
    """Everything wrong with the data of one file. A wrong requirement is told by the language, once."""
    wrong: set[str] = set()
    for path, tree in requirements_in(data):
        try:
            parse(tree, path)
        except RequirementError as error:
            wrong.add(path)
            yield Problem(file, error.path, error.found, error.expected)
    for flaw in validator().iter_errors(data):
        path = written(flaw.absolute_path)
        if not any(path == tree or path.startswith(f"{tree}.") for tree in wrong):
            yield Problem(file, *told(flaw, path))
    yield from bad_dates(file, data)


def requirements_in(data: object) -> Iterator[tuple[str, object]]:
    """Every `requires` and `renewal` that is there, with its path; tolerant of files that are wrong."""
    for path, standard in standards_in(data):
        for key in ("requires", "renewal"):
            if standard.get(key) is not None:
                yield f"{path}.{key}", standard[key]


def standards_in(data: object) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for p, program in items(data, "programs"):
        for n, level in items(program, "levels"):
            for m, standard in items(level, "standards"):
                yield f"programs[{p}].levels[{n}].standards[{m}]", standard


def items(data: object, key: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    values = data.get(key) if isinstance(data, Mapping) else None
    for n, value in enumerate(values if isinstance(values, list) else []):
        if isinstance(value, Mapping):
            yield n, value


def bad_dates(file: str, data: object) -> Iterator[Problem]:
    """Dates that the schema's pattern lets pass and no calendar knows, and versions of another level."""
    for path, standard in standards_in(data):
        for key in ("effective_from", "effective_until", "as_of"):
            text = standard.get(key)
            if isinstance(text, str):
                try:
                    last_day(text), first_day(text)
                except ValueError:
                    yield Problem(file, f"{path}.{key}", shown(text), "a day, month or year that exists")


def written(path: Iterable[str | int]) -> str:
    """programs, 0, levels -> programs[0].levels"""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")


def told(error: ValidationError, path: str) -> tuple[str, str, str]:
    """A schema error as path, what was found, what was expected."""
    here = path or "the file"
    match error.validator:
        case "required":
            missing = next(key for key in error.validator_value if key not in error.instance)
            return f"{path}.{missing}".lstrip("."), "nothing", "a value"
        case "additionalProperties":
            known = error.schema.get("properties", {})
            extra = next(key for key in error.instance if key not in known)
            return f"{path}.{extra}".lstrip("."), f"the unknown key {extra!r}", f"one of {', '.join(known)}"
        case "enum":
            return here, shown(error.instance), f"one of {', '.join(map(str, error.validator_value))}"
        case "type":
            kinds = (
                error.validator_value if isinstance(error.validator_value, list) else [error.validator_value]
            )
            return here, shown(error.instance), " or ".join(kinds)
        case "pattern":
            return here, shown(error.instance), f"text of the form {error.validator_value}"
    return here, shown(error.instance), f"{error.validator} {error.validator_value}"


def repeated(read: list[Jurisdiction]) -> Iterator[Problem]:
    """Codes used twice, and standards or endorsements that name a level they do not belong to."""
    seen: dict[tuple[str, str], str] = {}
    levels = {level.code for place in read for level in place.levels()}
    for place in read:
        codes = [("program", program.code) for program in place.programs]
        for level in place.levels():
            codes += [("level", level.code), *(("standard", one.code) for one in level.standards)]
            for one in level.standards:
                if one.code.partition("@")[0] != level.code:
                    yield Problem(
                        place.file, level.code, shown(one.code), f"a code that begins {level.code}@"
                    )
            if level.endorses and level.endorses not in levels:
                yield Problem(
                    place.file, f"{level.code}.endorses", shown(level.endorses), "the code of a level"
                )
        for sort, code in codes:
            if (sort, code) in seen:
                yield Problem(
                    place.file, code, f"the code of a {sort} in {seen[sort, code]} too", "a code of its own"
                )
            seen[sort, code] = place.file
