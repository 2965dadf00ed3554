"""An applicant's facts against the standard of an application, and which of it a person has to look at."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cached_property

from certification import records
from certification.assessment import catalogues
from certification.models import Application, Standard
from certification.requirements.case import Catalogue
from certification.requirements.explain import explain
from certification.requirements.findings import Finding, Verdict
from certification.requirements.language import Requirement, parse
from certification.requirements.nearest import can_apply
from workers.models import Worker


def day_of(moment: datetime) -> date:
    """The day on which an application handed in at that moment is judged; the same for every reader."""
    return moment.astimezone(UTC).date()


class Reading:
    """What is known of one worker, and of all levels, on some days: read when first asked for, and once."""

    def __init__(self, worker: Worker, *days: date) -> None:
        self.worker = worker
        self.days = days

    @cached_property
    def facts(self) -> dict[date, records.Facts]:
        known = records.load_days([self.worker.pk], days=self.days)
        return {on: of_day[self.worker.pk] for on, of_day in known.items()}

    @cached_property
    def catalogues(self) -> dict[date, Catalogue]:
        return catalogues(*self.days)


@dataclass(frozen=True)
class Case:
    """One worker, one standard, one day. Reads the facts once, however much is asked of it."""

    worker: Worker
    standard: Standard
    on: date
    #: Where cases of several days share what is read.
    shared: Reading | None = None

    @property
    def authority_id(self) -> int:
        return self.standard.level.program.authority_id

    @cached_property
    def _reading(self) -> Reading:
        return self.shared or Reading(self.worker, self.on)

    @property
    def facts(self) -> records.Facts:
        return self._reading.facts[self.on]

    @cached_property
    def finding(self) -> Finding:
        """The whole tree. A standard of which no source tells what it requires is not applied for."""
        if self.standard.requirement is None:
            raise ValueError(f"{self.standard} requires nothing that is known")
        return self._explain(self.standard.requirement, self.facts)

    @cached_property
    def leaves(self) -> dict[str, Finding]:
        return {leaf.path: leaf for leaf in self.finding.leaves()}

    def serving(self, requirement: Requirement) -> list[int]:
        """The statements that count toward one requirement: those that do something for it by themselves."""
        asked = [stated for stated in self.facts.statements if stated.row.kind == requirement.kind]
        return [stated.row.pk for stated in asked if self._helps(requirement, stated)]

    def _helps(self, requirement: Requirement, stated: records.Stated) -> bool:
        alone = replace(
            self.facts,
            statements=(stated,),
            employments=(),
            experience=(),
            state="",
            # A training may have to follow a credential; but one held here must not hide one held elsewhere.
            credentials=() if requirement.kind == "credential" else self.facts.credentials,
        )
        return stated.id in self._explain(requirement, alone).evidence

    def _explain(self, requirement: Requirement, facts: records.Facts) -> Finding:
        level = self.standard.level
        return explain(
            requirement,
            facts.record(self.authority_id),
            self.on,
            self._reading.catalogues[self.on],
            level=level.code,
            jurisdiction=level.program.jurisdiction.code,
        )


def case_of(application: Application) -> Case:
    """The case as it is judged: by the facts up to the day it was handed in, as accepted by now."""
    return Case(application.worker, application.standard, _day_judged(application))


def cases_of(application: Application) -> tuple[Case, Case]:
    """The case as it is judged, and by the facts of today; one and the same where that is one day."""
    judged, today = _day_judged(application), day_of(datetime.now(UTC))
    reading = Reading(application.worker, *{judged, today})
    then = Case(application.worker, application.standard, judged, reading)
    return then, then if today == judged else replace(then, on=today)


def _day_judged(application: Application) -> date:
    return day_of(application.submitted_on or datetime.now(UTC))


def to_review(finding: Finding) -> list[Finding]:
    """The leaves on the applicant's way that a person looks at.

    What is judged, and what the worker states of credentials held elsewhere. Of alternatives: none where
    enough of them are met by what is computed, or else those whose computed part is met.
    """
    if finding.is_leaf:
        judged = not finding.computed or finding.verdict == Verdict.WAITING
        return [finding] if judged else []
    if finding.kind == "not":
        return []  # nobody hands in that something does not hold
    branches = list(finding.children)
    if finding.kind in ("any", "at_least"):
        done = [child for child in branches if child.verdict == Verdict.MET and not to_review(child)]
        if len(done) >= (finding.count or 1):
            return []
        branches = [child for child in branches if child not in done and can_apply(child)]
    return [leaf for child in branches for leaf in to_review(child)]


def disqualifiers(finding: Finding) -> list[Finding]:
    """The leaves that must not hold. Nobody hands anything in for them: whoever decides asks for them."""
    if finding.kind == "not":
        return list(finding.leaves())
    return [leaf for child in finding.children for leaf in disqualifiers(child)]


def asked_by(leaf: Finding) -> dict[str, object]:
    """The leaf as the requirement language writes it."""
    return {leaf.kind: dict(leaf.asked)}


def requirement_of(data: object) -> Requirement:
    return parse(data, path="requires")


def accepted_way(finding: Finding, accepted: set[str], reviewed: set[str]) -> bool:
    """Whether the reviewer's decisions carry the application.

    A leaf under review holds when it was accepted, any other when it is met; groups as the language has it.
    """
    if finding.is_leaf:
        return finding.path in accepted if finding.path in reviewed else finding.verdict == Verdict.MET
    if finding.kind == "not":
        return finding.verdict == Verdict.MET
    held = sum(accepted_way(child, accepted, reviewed) for child in finding.children)
    wanted = {"all": len(finding.children), "any": 1}.get(finding.kind, finding.count or 1)
    return held >= wanted
