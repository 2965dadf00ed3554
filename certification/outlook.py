"""What the pace of the last 90 days promises: when each requirement is met, and which hours drop out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from certification.requirements.case import Catalogue
from certification.requirements.findings import Finding
from certification.requirements.language import Requirement
from certification.requirements.record import Record


@dataclass(frozen=True)
class Ahead:
    """One leaf: the day on which it is met at this pace; `never` where this pace cannot do it."""

    reached_on: date | None = None
    never: bool = False


@dataclass(frozen=True)
class Leaving:
    """Hours of a leaf that are about to leave its window: `minutes` by the day `by`."""

    path: str
    minutes: int
    by: date


@dataclass(frozen=True)
class Outlook:
    """`reached_on` is for the whole requirement, with all that a person judges taken as handed in."""

    reached_on: date | None = None
    never: bool = False
    leaves: Mapping[str, Ahead] = field(default_factory=dict)
    leaving: tuple[Leaving, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "never": self.never,
            "leaves": {
                path: {"reached_on": ahead.reached_on and ahead.reached_on.isoformat(), "never": ahead.never}
                for path, ahead in self.leaves.items()
            },
            "leaving": [
                {"path": one.path, "minutes": one.minutes, "by": one.by.isoformat()} for one in self.leaving
            ],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any], reached_on: date | None = None) -> "Outlook":
        """What `to_json` wrote; `reached_on` is a column of its own."""
        return cls(
            reached_on=reached_on,
            never=data.get("never", False),
            leaves={
                path: Ahead(one["reached_on"] and date.fromisoformat(one["reached_on"]), one["never"])
                for path, one in data.get("leaves", {}).items()
            },
            leaving=tuple(
                Leaving(one["path"], one["minutes"], date.fromisoformat(one["by"]))
                for one in data.get("leaving", ())
            ),
        )


def look_ahead(
    requirement: Requirement,
    finding: Finding,
    record: Record,
    *,
    on: date,
    catalogue: Catalogue,
    level: str | None = None,
    jurisdiction: str | None = None,
) -> Outlook:
    """The outlook of one worker for one requirement that was judged on the day `on`."""
    return Outlook()
