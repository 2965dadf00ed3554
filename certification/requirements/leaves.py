"""Every leaf of the language: one small frozen dataclass each.

To add a leaf, add its class here; then a judge (judge_*.py), sentences (en.py, es.py) and a heading in
docs/requirements.md. The tests fail until all of them exist.
"""

from __future__ import annotations

from dataclasses import MISSING, Field, dataclass, fields
from datetime import date
from typing import Annotated, Any, ClassVar, Self, get_type_hints

from .values import (
    DATE,
    FLAG,
    HOURS,
    LARGEST,
    PERCENT,
    SLUG_TEXT,
    TEXT,
    Minutes,
    Reader,
    RequirementError,
    amount,
    breakdown,
    check_keys,
    list_of,
    one_of,
    one_or_list,
    whole_from,
)

SCHOOLING = ("none", "high_school", "associate", "bachelor", "master")
"""Levels of education, lowest first."""
LIVED_EXPERIENCE = (
    "mental_health",
    "substance_use",
    "co_occurring",
    "family",
    "youth",
    "justice",
    "veteran",
    "other",
)
PAY = ("paid", "volunteer")
FORMATS = ("individual", "group")
EMPLOYMENT = ("employed", "offer", "employed_or_volunteer")

Pairs = tuple[tuple[str, Minutes], ...]
"""A breakdown: (slug, minutes), in the order written."""

LEAF_CLASSES: dict[str, type[Leaf]] = {}


@dataclass(frozen=True)
class Slot:
    """One key of a leaf: its field is Annotated[type, reader], or [type, reader, key] under another key."""

    name: str
    key: str
    reader: Reader
    needed: bool

    @classmethod
    def of(cls, one: Field[Any], reader: Reader, key: str | None = None) -> Slot:
        return cls(one.name, key or one.name, reader, needed=one.default is MISSING)


@dataclass(frozen=True)
class Leaf:
    """What one line of a standard asks. `kind` is its key in plain data."""

    kind: ClassVar[str]
    computed: ClassVar[bool] = False
    """Worked out from the ledger (True) or judged by a person from what the applicant hands in (False)."""
    one_of_keys: ClassVar[tuple[str, ...]] = ()
    """At least one of these keys must be there."""
    slots: ClassVar[dict[str, Slot]]

    def __init_subclass__(cls, *, kind: str, computed: bool = False, needs: tuple[str, ...] = ()) -> None:
        cls.kind, cls.computed, cls.one_of_keys = kind, computed, needs
        LEAF_CLASSES[kind] = cls

    @classmethod
    def keys(cls) -> dict[str, Slot]:
        """The keys of the leaf in plain data, from the annotations of its fields."""
        if "slots" not in cls.__dict__:
            hints = get_type_hints(cls, include_extras=True)
            slots = [Slot.of(one, *hints[one.name].__metadata__) for one in fields(cls)]
            cls.slots = {slot.key: slot for slot in slots}
        return cls.slots

    @classmethod
    def read(cls, data: object, path: str) -> Self:
        slots = cls.keys()
        given = check_keys(data, path, tuple(slots))
        values: dict[str, Any] = {}
        for key, slot in slots.items():
            if key in given:
                values[slot.name] = slot.reader.read(given[key], f"{path}.{key}")
            elif slot.needed:
                raise RequirementError(f"{path}.{key}", "nothing", slot.reader.expected)
        if cls.one_of_keys and not any(key in given for key in cls.one_of_keys):
            raise RequirementError(path, "none of them", f"at least one of {', '.join(cls.one_of_keys)}")
        made = cls(**values)
        made.check(path)
        return made

    def check(self, path: str) -> None:
        """Rules between the keys; raises RequirementError."""

    def body(self) -> dict[str, Any]:
        """What stands under the leaf's key in plain data."""
        return {
            key: slot.reader.write(value)
            for key, slot in self.keys().items()
            if (value := getattr(self, slot.name)) is not None
        }

    def to_data(self) -> dict[str, Any]:
        return {self.kind: self.body()}


YEARS = whole_from(0, 150)
MONTHS = whole_from(0, 1200)
COUNT = whole_from(1)
PARTS = breakdown(HOURS)
DAYS = amount("a number of days above 0", zero=False)


@dataclass(frozen=True, kw_only=True)
class Age(Leaf, kind="age", computed=True, needs=("at_least", "at_most")):
    at_least: Annotated[int | None, YEARS] = None
    at_most: Annotated[int | None, YEARS] = None

    def check(self, path: str) -> None:
        if self.at_least is not None and self.at_most is not None and self.at_most < self.at_least:
            raise RequirementError(f"{path}.at_most", str(self.at_most), f"at least {self.at_least}")


@dataclass(frozen=True, kw_only=True)
class Education(Leaf, kind="education"):
    at_least: Annotated[str, one_of(*SCHOOLING)]
    field: Annotated[str | None, SLUG_TEXT] = None


@dataclass(frozen=True, kw_only=True)
class LivedExperience(Leaf, kind="lived_experience"):
    of: Annotated[tuple[str, ...], list_of(one_of(*LIVED_EXPERIENCE), least=1)]


@dataclass(frozen=True, kw_only=True)
class Recovery(Leaf, kind="recovery"):
    months: Annotated[int, MONTHS]
    continuous: Annotated[bool | None, FLAG] = None


@dataclass(frozen=True, kw_only=True)
class Training(Leaf, kind="training"):
    minutes: Annotated[Minutes | None, HOURS, "hours"] = None
    topic: Annotated[str, SLUG_TEXT]
    approved: Annotated[bool | None, FLAG] = None
    name: Annotated[str | None, TEXT] = None
    days: Annotated[Minutes | None, DAYS] = None
    within_months: Annotated[int | None, MONTHS] = None
    by_topic: Annotated[Pairs | None, PARTS] = None
    max_by_topic: Annotated[Pairs | None, PARTS] = None
    live_minutes: Annotated[Minutes | None, HOURS, "live_hours"] = None
    online_minutes_at_most: Annotated[Minutes | None, HOURS, "online_at_most"] = None
    completed_after: Annotated[date | None, DATE] = None
    completed_before: Annotated[date | None, DATE] = None
    after: Annotated[str | None, SLUG_TEXT] = None


@dataclass(frozen=True, kw_only=True)
class Experience(Leaf, kind="experience", computed=True, needs=("hours", "months")):
    minutes: Annotated[Minutes | None, HOURS, "hours"] = None
    months: Annotated[int | None, whole_from(1, 1200)] = None
    work: Annotated[str, SLUG_TEXT, "in"]
    supervised: Annotated[bool | None, FLAG] = None
    pay: Annotated[tuple[str, ...] | None, list_of(one_of(*PAY))] = None
    within_months: Annotated[int | None, MONTHS] = None
    span_months: Annotated[int | None, whole_from(1, 1200)] = None
    of_which_supervised: Annotated[Minutes | None, HOURS] = None
    after: Annotated[str | None, SLUG_TEXT] = None
    start: Annotated[date | None, DATE, "from"] = None
    end: Annotated[date | None, DATE, "until"] = None
    in_state: Annotated[bool | None, FLAG] = None
    practicum: Annotated[bool | None, FLAG] = None
    by_domain: Annotated[Pairs | None, PARTS] = None
    max_by_domain: Annotated[Pairs | None, PARTS] = None
    excluding_training: Annotated[bool | None, FLAG] = None

    def check(self, path: str) -> None:
        if self.start and self.end and self.end < self.start:
            raise RequirementError(
                f"{path}.until", self.end.isoformat(), f"{self.start.isoformat()} or later"
            )


@dataclass(frozen=True, kw_only=True)
class Supervision(
    Leaf,
    kind="supervision",
    computed=True,
    needs=("hours", "sessions", "per_experience_hours", "by_domain", "by", "format", "within_months"),
):
    minutes: Annotated[Minutes | None, HOURS, "hours"] = None
    by: Annotated[tuple[str, ...] | None, one_or_list(SLUG_TEXT)] = None
    by_domain: Annotated[Pairs | None, PARTS] = None
    within_months: Annotated[int | None, MONTHS] = None
    part_of_experience: Annotated[bool | None, FLAG] = None
    per_experience_minutes: Annotated[Minutes | None, HOURS, "per_experience_hours"] = None
    sessions: Annotated[int | None, COUNT] = None
    format: Annotated[str | None, one_of(*FORMATS)] = None


@dataclass(frozen=True, kw_only=True)
class Exam(Leaf, kind="exam"):
    name: Annotated[str, TEXT]
    at_least_percent: Annotated[Minutes | None, PERCENT] = None


@dataclass(frozen=True, kw_only=True)
class Credential(Leaf, kind="credential", computed=True, needs=("any_of", "kind")):
    any_of: Annotated[tuple[str, ...] | None, list_of(SLUG_TEXT, least=1)] = None
    of_kind: Annotated[str | None, SLUG_TEXT, "kind"] = None
    minimum_training_minutes: Annotated[Minutes | None, HOURS, "minimum_training_hours"] = None
    held_months: Annotated[int | None, MONTHS] = None
    other_state: Annotated[bool | None, FLAG] = None
    issued_after: Annotated[date | None, DATE] = None
    issued_before: Annotated[date | None, DATE] = None


@dataclass(frozen=True, kw_only=True)
class References(Leaf, kind="references"):
    count: Annotated[int, COUNT]
    sources: Annotated[tuple[str, ...] | None, list_of(SLUG_TEXT), "from"] = None


@dataclass(frozen=True, kw_only=True)
class BackgroundCheck(Leaf, kind="background_check"):
    within_days: Annotated[int | None, whole_from(1, 36_500)] = None


@dataclass(frozen=True, kw_only=True)
class Attestation(Leaf, kind="attestation"):
    to: Annotated[str, SLUG_TEXT]


@dataclass(frozen=True, kw_only=True)
class Residency(Leaf, kind="residency"):
    basis: Annotated[str, one_of("live", "work", "live_or_work")]
    share_percent: Annotated[Minutes | None, PERCENT] = None


@dataclass(frozen=True, kw_only=True)
class Employment(Leaf, kind="employment"):
    status: Annotated[str, one_of(*EMPLOYMENT)]


@dataclass(frozen=True, kw_only=True)
class ContinuingEducation(Leaf, kind="continuing_education"):
    minutes: Annotated[Minutes, HOURS, "hours"]
    within_months: Annotated[int | None, MONTHS] = None
    by_topic: Annotated[Pairs | None, PARTS] = None
    max_by_topic: Annotated[Pairs | None, PARTS] = None
    by_provider: Annotated[Pairs | None, PARTS] = None
    live_minutes: Annotated[Minutes | None, HOURS, "live_hours"] = None
    online_minutes_at_most: Annotated[Minutes | None, HOURS, "online_at_most"] = None
    window: Annotated[str | None, one_of("rolling", "term", "calendar_year")] = None


@dataclass(frozen=True, kw_only=True)
class Qualification(Leaf, kind="qualification"):
    code: Annotated[str, SLUG_TEXT]
    summary: Annotated[str, TEXT]


@dataclass(frozen=True, kw_only=True)
class Document(Leaf, kind="document"):
    what: Annotated[str, TEXT]


@dataclass(frozen=True, kw_only=True)
class Fee(Leaf, kind="fee"):
    usd: Annotated[Minutes, amount("an amount in dollars", most=LARGEST)]


LEAF_KINDS = tuple(LEAF_CLASSES)
COMPUTED_KINDS = frozenset(kind for kind, leaf in LEAF_CLASSES.items() if leaf.computed)
