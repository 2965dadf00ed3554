"""Answers to requests such as a paper application: does this record meet that standard on that day?

    answer({"standard": "mn-cps-2@2020", "on": "2026-01-01", "worker": {...}}, shipped(), today=...)

Hours are clock hours here (3999.5), exact to the minute; the unit stands beside every figure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from fractions import Fraction
from typing import Any, Protocol

from .case import Catalogue
from .explain import explain
from .findings import Amount, Finding, Unit, Verdict
from .language import Requirement
from .nearest import keeps_out, waiting_on
from .record import Record
from .record_files import parse_record
from .sentences import LANGUAGES, asked, reason
from .values import (
    FLAG,
    UNFIT,
    RequirementError,
    check_keys,
    hours_of,
    number_of,
    read_day,
    read_text,
    refuse,
    shown,
)
from .yaml_text import read_json, read_yaml

REQUEST_KEYS = ("id", "standard", "level", "on", "renewal", "worker")


class StandardLike(Protocol):
    """What answering needs of a standard; `catalogue.files.Standard` has it."""

    @property
    def code(self) -> str: ...
    @property
    def level(self) -> str: ...
    @property
    def jurisdiction(self) -> str: ...
    @property
    def requires(self) -> Requirement | None: ...
    @property
    def renewal(self) -> Requirement | None: ...


class LibraryLike(Protocol):
    """Standards and levels by code; `catalogue.files.Library` is one."""

    @property
    def standards(self) -> Mapping[str, Any]: ...
    @property
    def levels(self) -> Mapping[str, Any]: ...
    @property
    def catalogue(self) -> Catalogue: ...
    def current(self, level: str, on: date | None = None) -> Any: ...


def answer(request: object, library: LibraryLike, *, today: date, renewal: bool = False) -> dict[str, Any]:
    """The answer to one request: {id, standard | level, on, renewal, worker}.

    `today` and `renewal` stand in for what the request does not say.

    Raises RequirementError with the path of what is wrong.
    """
    given = check_keys(request, "request", REQUEST_KEYS)
    if "id" in given:
        read_id(given["id"])
    on = read_day(given["on"], "on") if given.get("on") is not None else today
    renewal = FLAG.read(given.get("renewal", renewal), "renewal")
    standard = standard_asked(given, library, on)
    record = parse_record(given.get("worker"), "worker")
    told = judged(standard, record, on, library.catalogue, renewal=renewal)
    return {"id": given["id"], **told} if "id" in given else told


def read_id(value: object) -> str | int | None:
    """What the asker calls a request, given back with its answer."""
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    if not isinstance(value, str) or UNFIT.search(value):
        raise refuse("id", value, "text or a whole number")
    return value


def standard_asked(given: Mapping[str, Any], library: LibraryLike, on: date) -> StandardLike:
    """The standard named, or the one in force on the day for the level named."""
    if (given.get("standard") is None) == (given.get("level") is None):
        both = given.get("standard") is not None
        found = "both a standard and a level" if both else "neither a standard nor a level"
        raise RequirementError("standard", found, "one of the two")
    if given.get("standard") is not None:
        code = read_text(given["standard"], "standard")
        if code not in library.standards:
            raise RequirementError("standard", shown(code), "the code of a standard, such as mn-cps-2@2020")
        standard: StandardLike = library.standards[code]
        return standard
    code = read_text(given["level"], "level")
    if code not in library.levels:
        raise RequirementError("level", shown(code), "the code of a level, such as mn-cps-2")
    current: StandardLike | None = library.current(code, on)
    if current is None:
        raise RequirementError("level", shown(code), f"a level with a standard in force on {on.isoformat()}")
    return current


def judged(
    standard: StandardLike, record: Record, on: date, catalogue: Catalogue, *, renewal: bool = False
) -> dict[str, Any]:
    """One record judged by one standard (or its renewal) as plain data.

    {standard, on, eligible, status, unmet, waiting, findings}: `status` is met, waiting or unmet, or unknown
    where the source says nothing of what is asked.
    """
    requirement = standard.renewal if renewal else standard.requires
    head = {"standard": standard.code, "on": on.isoformat()}
    if requirement is None:
        return {**head, "eligible": False, "status": "unknown", "unmet": [], "waiting": [], "findings": None}
    finding = explain(
        requirement,
        record,
        on,
        catalogue,
        level=standard.level,
        jurisdiction=standard.jurisdiction,
        path="renewal" if renewal else "requires",
    )
    return {
        **head,
        "eligible": finding.verdict == Verdict.MET,
        "status": finding.verdict.value,
        "unmet": [line(leaf) for leaf in keeps_out(finding)],
        "waiting": [line(leaf) for leaf in waiting_on(finding)],
        "findings": told(finding),
    }


def line(leaf: Finding) -> dict[str, Any]:
    """One leaf that keeps a worker out or waits: {kind, path, needed, have, remaining, unit}."""
    return {"kind": leaf.kind, "path": leaf.path, **figures(leaf)}


def figures(finding: Finding) -> dict[str, Any]:
    unit = "hours" if finding.unit == Unit.MINUTES else finding.unit and finding.unit.value
    amounts = {name: spoken(getattr(finding, name), finding.unit) for name in ("needed", "have", "remaining")}
    return {**amounts, "unit": unit}


def spoken(value: Amount, unit: Unit | None) -> Any:
    """A figure as the answer gives it: minutes in hours."""
    if value is None or isinstance(value, str):
        return value
    return hours_of(value) if unit == Unit.MINUTES else number_of(Fraction(value))


def told(finding: Finding) -> dict[str, Any]:
    """The tree of findings with its sentences."""
    data: dict[str, Any] = {"kind": finding.kind, "path": finding.path, "verdict": finding.verdict.value}
    if finding.is_leaf:
        data |= figures(finding)
        data["pending"] = spoken(finding.pending, finding.unit)
        data["evidence"] = list(finding.evidence)
        data["asks"] = {language: asked(finding, language) for language in LANGUAGES}
        data["reason"] = {language: reason(finding, language) for language in LANGUAGES}
    if finding.parts:
        data["parts"] = [
            {
                "name": part.name,
                "needed": spoken(part.needed, part.unit),
                "have": spoken(part.have, part.unit),
            }
            for part in finding.parts
        ]
    if finding.nearest:
        data["nearest"] = list(finding.nearest)
    if finding.count is not None:
        data["count"] = finding.count
    if finding.children:
        data["children"] = [told(child) for child in finding.children]
    return data


def read_record(text: str, name: str) -> Record:
    """A record file (YAML or JSON) whose one key is `worker`."""
    data = check_keys(read_yaml(text, name), name, ("worker",))
    if "worker" not in data:
        raise RequirementError(f"{name}: worker", "nothing", "the worker's facts")
    return parse_record(data["worker"], "worker")


def batch(
    lines: Iterable[str], library: LibraryLike, *, today: date, renewal: bool = False
) -> Iterator[dict[str, Any]]:
    """One answer for each line of NDJSON, in order; a bad line is answered with what is wrong in it.

    {"id", "line", "error": {"path", "found", "expected", "message"}}; empty lines are skipped.
    """
    for number, text in enumerate(lines, start=1):
        if not text.strip():
            continue
        request = None
        try:
            request = read_json(fit(text), "line")
            yield answer(request, library, today=today, renewal=renewal)
        except RequirementError as error:
            yield refusal(number, request, error)


def fit(text: str) -> str:
    """A line of a file, refused where its bytes were no text."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise RequirementError(
            "line", f"bytes that are not UTF-8 at character {error.start + 1}", "UTF-8"
        ) from None
    return text


def refusal(number: int, request: object, error: RequirementError) -> dict[str, Any]:
    told = {"path": error.path, "found": error.found, "expected": error.expected, "message": str(error)}
    return {"id": id_of(request), "line": number, "error": told}


def id_of(request: object) -> str | int | None:
    """The id of a request that was refused, where it has one that can be given back."""
    try:
        return read_id(request.get("id")) if isinstance(request, Mapping) else None
    except RequirementError:
        return None
