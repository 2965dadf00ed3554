"""What the pace of the last 90 days promises: when each requirement is met, and which hours drop out."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from certification.requirements.case import Catalogue
from certification.requirements.findings import Finding, Verdict
from certification.requirements.forecast import Never, forecasts, leaves_window
from certification.requirements.language import Requirement
from certification.requirements.record import Record

#: How far ahead hours that are about to leave a window are announced.
WARN_DAYS = 30


@dataclass(frozen=True)
class Ahead:
    """One leaf: the day on which it is met at this pace, or why this pace never meets it (`Never.why`)."""

    reached_on: date | None = None
    never: str = ""


@dataclass(frozen=True)
class Leaving:
    """Minutes of a leaf that leave its window from `first` on, all of them by the day `by`.

    `matters`: the leaf is met today and would not be then.
    """

    path: str
    minutes: int
    first: date
    by: date
    matters: bool


@dataclass(frozen=True)
class Outlook:
    """`ahead` is for the whole requirement, with all that a person judges taken as handed in."""

    ahead: Ahead = Ahead()
    leaves: Mapping[str, Ahead] = field(default_factory=dict)
    leaving: tuple[Leaving, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "ahead": _plain(self.ahead),
            "leaves": {path: _plain(ahead) for path, ahead in self.leaves.items()},
            "leaving": [_plain(one) for one in self.leaving],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Outlook":
        """What `to_json` wrote."""
        return cls(
            ahead=_ahead(data.get("ahead", {})),
            leaves={path: _ahead(one) for path, one in data.get("leaves", {}).items()},
            leaving=tuple(
                Leaving(**one | {key: date.fromisoformat(one[key]) for key in ("first", "by")})
                for one in data.get("leaving", ())
            ),
        )


def _plain(one: Ahead | Leaving) -> dict[str, Any]:
    return {
        key: value.isoformat() if isinstance(value, date) else value for key, value in asdict(one).items()
    }


def _ahead(data: Mapping[str, Any]) -> Ahead:
    day = data.get("reached_on")
    return Ahead(date.fromisoformat(day) if day else None, data.get("never", ""))


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
    told = forecasts(requirement, record, on, catalogue, level=level, jurisdiction=jurisdiction)
    computed = {leaf.path for leaf in finding.leaves() if leaf.computed and leaf.verdict != Verdict.MET}
    soon = leaves_window(
        requirement, record, on, WARN_DAYS, catalogue, level=level, jurisdiction=jurisdiction
    )
    return Outlook(
        ahead=_told(told.get(finding.path), on),
        leaves={path: _told(told.get(path), on) for path in sorted(computed)},
        leaving=tuple(Leaving(one.path, one.minutes, one.first, one.by, one.matters) for one in soon),
    )


def _told(outcome: date | Never | None, on: date) -> Ahead:
    """A day to come, or why there is none; nothing where the day is today."""
    if isinstance(outcome, Never):
        return Ahead(never=outcome.why)
    return Ahead(reached_on=outcome if outcome and outcome > on else None)
