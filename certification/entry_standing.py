"""Every entry explains itself: whether it counts, toward what, by which rule, and what would make it count.

    for target in standing_of(entry): target.title, target.lines

A target is a level that the worker aims at, the renewal of a credential they hold, or a rung of an employer
(settings.ENTRY_TARGETS names who supplies them, as an app to the right does). Hours signed count as they
are; of hours not signed it is said what they would do once they are.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Any, cast

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as later

from accounts.states import STATES
from accounts.templatetags.ui import day as date_in_words
from certification import records
from certification.assessment import catalogue
from certification.goal_pages import good_today
from certification.models import Goal, Standard
from certification.requirements.case import Case, Catalogue
from certification.requirements.language import Requirement
from certification.requirements.record import ExperienceRow
from certification.requirements.sentences import duration
from certification.requirements.toward import Because, Toward, leaves_of_hours, toward
from certification.wording import Wording
from workers.models import Agreement, HourEntry, Worker
from workers.words import Domain, Pay, Work

Status = HourEntry.Status


class Standing(StrEnum):
    COUNTED = "counted"
    PENDING = "pending"
    NOT_COUNTED = "not_counted"


@dataclass(frozen=True)
class Target:
    """What hours may count toward. `authority_id` None takes any authority's acceptance, as employers do."""

    kind: str
    title: str
    place: str
    url: str
    requirement: Requirement
    authority_id: int | None = None
    level: str | None = None
    jurisdiction: str | None = None
    #: [{url, title, as_of}]: where the rule is written.
    sources: list[dict[str, Any]] = field(default_factory=list)
    code: str = ""
    path: str = "requires"


@dataclass(frozen=True)
class Line:
    """One leaf and what it makes of the entry. `minutes` count now, or once signed where it is pending."""

    path: str
    asked: str
    standing: Standing
    minutes: int
    reason: str
    hint: str


@dataclass(frozen=True)
class Answer:
    """A target and its lines; without lines it asks for no hours."""

    target: Target
    lines: list[Line]

    @property
    def standing(self) -> Standing:
        """The best of its lines."""
        found = {line.standing for line in self.lines}
        return next((one for one in Standing if one in found), Standing.NOT_COUNTED)


def standing_of(entry: HourEntry) -> list[Answer]:
    """What an entry does toward each target of its worker, as of today."""
    return Reader(entry).answers()


def targets(worker: Worker, on: date) -> list[Target]:
    """The levels a worker aims at and the renewals of the credentials that are theirs."""
    goals = set(Goal.objects.filter(worker=worker).values_list("level_id", flat=True))
    held = set(good_today(worker))
    standards = (
        Standard.objects.in_force(on)
        .filter(level__in=goals | held)
        .select_related("level__program__jurisdiction", "level__program__authority")
        .order_by("level__rank", "level__title")
    )
    return [one for standard in standards for one in _targets_of(standard, goals, held)]


def _targets_of(standard: Standard, goals: set[int], held: set[int]) -> Iterator[Target]:
    if standard.level_id in held:
        if standard.renewal_requirement:
            yield _target(standard, standard.renewal_requirement, kind="renewal")
    elif standard.level_id in goals and standard.requirement:
        yield _target(standard, standard.requirement, kind="level")


def _target(standard: Standard, requirement: Requirement, *, kind: str) -> Target:
    program = standard.level.program
    return Target(
        kind=kind,
        title=standard.level.title,
        place=program.jurisdiction.name,
        url=reverse("certification:level", args=[standard.level.code]),
        requirement=requirement,
        authority_id=program.authority_id,
        level=standard.level.code,
        jurisdiction=program.jurisdiction.code,
        sources=[dict(source) for source in standard.sources],
        code=standard.code,
        path="renewal" if kind == "renewal" else "requires",
    )


class Reader:
    """Reads what is known of the entry's worker once, for all targets."""

    def __init__(self, entry: HourEntry) -> None:
        self.entry = entry
        self.on = timezone.now().date()
        self.words = Wording()

    def answers(self) -> list[Answer]:
        found = [
            target
            for name in settings.ENTRY_TARGETS
            for target in import_string(name)(self.entry.worker, self.on)
        ]
        return [Answer(target, [self._line(one) for one in self._toward(target)]) for target in found]

    def _toward(self, target: Target) -> list[Toward]:
        leaves = list(leaves_of_hours(target.requirement, target.path))
        if not leaves:
            return []
        case = Case(
            self.facts.record(target.authority_id),
            self.on,
            self.catalogue,
            target.level,
            target.jurisdiction,
        )
        return [
            toward(path, leaf, case, self.row, self.earlier if leaf.max_by_domain else ())
            for path, leaf in leaves
        ]

    @cached_property
    def catalogue(self) -> Catalogue:
        return catalogue(self.on)

    @cached_property
    def facts(self) -> records.Facts:
        return records.load([self.entry.worker_id], on=self.on)[self.entry.worker_id]

    @cached_property
    def row(self) -> ExperienceRow:
        """The entry as it counts, or as it would once it is signed as things stand."""
        signed = self.entry.status == Status.APPROVED
        return row_of(self.entry, supervised=self.entry.supervised if signed else self._will_be_supervised)

    @cached_property
    def _will_be_supervised(self) -> bool:
        agreements = Agreement.objects.filter(
            worker=self.entry.worker_id, employer=self.entry.employment.employer_id
        )
        known = agreements.in_force(self.entry.day).qualified_on(self.entry.day)
        return known.filter(qualified=True).exists()

    @cached_property
    def earlier(self) -> list[ExperienceRow]:
        """The counted entries before this one; all of them before one that does not count yet."""
        counted = HourEntry.objects.filter(worker=self.entry.worker_id, day__lte=self.on).counted()
        return [
            row_of(other, supervised=other.supervised)
            for other in counted.order_by("day", "pk")
            if not self._counts or (other.day, other.pk) < (self.entry.day, self.entry.pk)
        ]

    @property
    def _counts(self) -> bool:
        return self.entry.status == Status.APPROVED and not self.entry.superseded

    # In words

    def _line(self, found: Toward) -> Line:
        standing, reason, hint = self._judged(found)
        return Line(
            path=found.path,
            asked=self.words.sentence(found.leaf),
            standing=standing,
            minutes=int(found.minutes) if standing != Standing.NOT_COUNTED else 0,
            reason=reason,
            hint=hint,
        )

    def _judged(self, found: Toward) -> tuple[Standing, str, str]:
        if self.entry.superseded:
            return Standing.NOT_COUNTED, _("A correction counts in the place of these hours."), ""
        if found.because and not found.minutes:
            return Standing.NOT_COUNTED, *self._because(found)
        partly = self._because(found) if found.because else ("", "")
        if self._counts:
            return Standing.COUNTED, *partly
        if self.entry.status == Status.SUBMITTED:
            if self.entry.amends_id:
                return Standing.PENDING, _("This correction waits for a signature."), self._until_then
            return Standing.PENDING, _("These hours wait for a signature."), partly[0]
        if self.entry.status == Status.RETURNED:
            return (
                Standing.NOT_COUNTED,
                _("Your supervisor asks for a correction."),
                _("Correct these hours and send them again."),
            )
        return Standing.NOT_COUNTED, _("These hours are a draft."), _("Send them for a signature.")

    @property
    def _until_then(self) -> str:
        return _("Until it is approved, the hours that it corrects count.")

    def _because(self, found: Toward) -> tuple[str, str]:
        """Why not, and what would make it count; empty where nothing would."""
        reason, hint = BECAUSE[cast(Because, found.because)]
        facts = {name: self._said(name, value) for name, value in found.facts.items()}
        return _(reason) % facts, _(hint) % facts if hint else ""

    def _said(self, name: str, value: Any) -> str:
        match name:
            case "day":
                return date_in_words(value)
            case "cap":
                return duration(value)
            case "level":
                return self.words.names.get(value, str(value))
            case "work":
                return _label(Work, value)
            case "pay":
                return _label(Pay, value)
            case "domain":
                return _label(Domain, value)
            case "state":
                return str(dict(STATES).get(value, value))
        return str(value)


def _label(words: Any, value: str) -> str:
    return str(words(value).label) if value in words.values else value.replace("_", " ")


def row_of(entry: HourEntry, *, supervised: bool) -> ExperienceRow:
    """An entry as a row of the record, as `certification.records` reads it."""
    return ExperienceRow(
        work=entry.work,
        minutes=entry.minutes,
        supervised=supervised,
        pay=entry.pay,
        start=entry.day,
        end=entry.day,
        state=entry.state,
        domain=entry.domain,
        practicum=entry.practicum,
        id=f"hours:{entry.pk}",
    )


#: Why a leaf does not count an entry, and what would make it count; empty where nothing does.
BECAUSE: Mapping[Because, tuple[str, str]] = {
    Because.WORK: (
        later("Only this kind of work counts here: %(work)s."),
        later("If it was that kind of work, correct the entry."),
    ),
    Because.STATE: (
        later("Only work in this state counts here: %(state)s."),
        later("If you worked there, correct the entry."),
    ),
    Because.PAY: (
        later("Only work of this kind counts here: %(pay)s."),
        later("If it was, correct the entry."),
    ),
    Because.PRACTICUM: (
        later("Only hours of a practicum count here."),
        later("If they were part of one, correct the entry."),
    ),
    Because.TOO_LONG_AGO: (
        later("Too long ago: work counts from %(day)s on, and that day moves on with every day."),
        "",
    ),
    Because.BEFORE: (later("Work counts here from %(day)s on."), ""),
    Because.AFTER: (later("Work counts here up to %(day)s."), ""),
    Because.NOT_HELD: (
        later("Only work done while you held this counts here: %(level)s."),
        later("If you held it on that day elsewhere, add it to your record."),
    ),
    Because.UNSUPERVISED: (
        later("Only supervised hours count here, and on that day nobody qualified was your supervisor."),
        later(
            "If somebody qualified was, ask your employer to enter the agreement, or the supervisor's"
            " qualification, for that day."
        ),
    ),
    Because.OVER_CAP: (
        later("Of this kind no more than %(cap)s count here: %(domain)s. The rest counts for nothing."),
        later("Hours of another kind still count."),
    ),
}
