"""Whether somebody was allowed to supervise a worker, day by day, under a state's rule.

The catalogue names in a standard's `supervision` requirements who may supervise, and in its `experience`
requirements whether hours have to be supervised. What qualified the supervisor on a day is the record's to
say (`workers.models.SupervisorStatus`), as known today; a standard that names one of its own credentials asks
whether the supervisor held it: of no other credential of theirs is anything said, for to hold one is to be
known as a person with such an experience. What the source does not settle is answered by "ask the authority".
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organisation, User
from certification import credentials
from certification.models import CredentialEvent, Level, Standard
from certification.requirements.language import walk
from certification.requirements.leaves import Experience, Supervision
from certification.requirements.ledger import window
from workers.models import Agreement, SupervisorStatus, Worker
from workers.models.supervision import Basis

DAY = timedelta(days=1)


class Verdict(models.TextChoices):
    YES = "yes", gettext_lazy("Allowed")
    NO = "no", gettext_lazy("Not allowed")
    UNASKED = "unasked", gettext_lazy("No supervision asked for")
    UNKNOWN = "unknown", gettext_lazy("Ask the authority")


@dataclass(frozen=True)
class Rule:
    """What a standard says of supervision. `names`: who may supervise, empty where it does not say."""

    standard: Standard
    names: frozenset[str] = frozenset()
    asks: bool = False
    asks_supervised_hours: bool = False
    leaves: tuple[Supervision, ...] = ()

    @classmethod
    def of(cls, standard: Standard) -> "Rule":
        known = [one for one in (standard.requirement, standard.renewal_requirement) if one]
        leaves = [leaf for one in known for _path, leaf in walk(one)]
        received = tuple(leaf for leaf in leaves if isinstance(leaf, Supervision))
        worked = [leaf for leaf in leaves if isinstance(leaf, Experience)]
        supervised = any(leaf.supervised or leaf.of_which_supervised for leaf in worked)
        return cls(
            standard=standard,
            names=frozenset(name for leaf in received for name in leaf.by or ()),
            asks=bool(received) or supervised,
            asks_supervised_hours=supervised,
            leaves=received,
        )

    @property
    def source(self) -> str:
        """The code of the version and the first text that it was read from."""
        sources = self.standard.sources
        return f"{self.standard.code}: {sources[0]['title']}" if sources else self.standard.code


@dataclass(frozen=True)
class Answer:
    """Whether it was allowed, why, and where that is written."""

    verdict: Verdict
    reason: str
    source: str


@dataclass(frozen=True)
class Span:
    """An answer from a day to a day, both counted; no last day: still so."""

    first: date
    last: date | None
    answer: Answer


@dataclass
class Supervisor:
    """What qualifies one supervisor at one employer, to be asked for any day. Two queries."""

    user: User
    employer: Organisation
    names: frozenset[str] = frozenset()

    @cached_property
    def statuses(self) -> list[SupervisorStatus]:
        kept = SupervisorStatus.objects.standing().filter(supervisor=self.user)
        bearing = kept.filter(Q(voucher=self.employer) | Q(voucher__kind=Organisation.Kind.AUTHORITY))
        return list(bearing.order_by("started_on", "pk"))

    @cached_property
    def events(self) -> dict[str, list[CredentialEvent]]:
        """By the code of its level, what happened to credentials of theirs that the rule names."""
        found: dict[str, list[CredentialEvent]] = {}
        own = CredentialEvent.objects.filter(
            credential__worker__user=self.user, credential__level__code__in=self.names
        )
        for event in own.select_related("credential__level").order_by("effective_on", "pk"):
            found.setdefault(event.credential.level.code, []).append(event)
        return found

    def held(self, agreement: Agreement, on: date) -> frozenset[str]:
        """All that qualifies them on a day; the same rule as `AgreementQuerySet.held_on`, for one."""
        covering = {
            status.basis
            for status in self.statuses
            if status.started_on <= on and (not status.ended_on or on <= status.ended_on)
        }
        if agreement.basis not in {status.basis for status in self.statuses}:
            covering.add(agreement.basis)
        active = credentials.Status.ACTIVE
        levels = {
            code for code, events in self.events.items() if credentials.standing(events, on).status == active
        }
        return frozenset(covering - {Basis.NOT_QUALIFIED} | levels)

    def turns(self) -> Iterable[date]:
        """Days on which something may be different from the day before."""
        for status in self.statuses:
            yield status.started_on
            if status.ended_on:
                yield status.ended_on + DAY
        for events in self.events.values():
            for event in events:
                yield event.effective_on
                if event.expires_on:
                    yield event.expires_on + DAY


def allowed(*, supervisor: User, worker: Worker, on: date, standard: Standard) -> Answer:
    """Whether `supervisor` was allowed to supervise `worker` on a day, under a standard's rule."""
    rule = Rule.of(standard)
    agreements = Agreement.objects.filter(worker=worker, supervisor=supervisor).in_force(on)
    answers = [
        _answer(rule, agreement, Supervisor(supervisor, agreement.employer, rule.names), on)
        for agreement in agreements.select_related("employer")
    ]
    if not answers:
        return Answer(Verdict.NO, _("No agreement between the two was in force on this day."), rule.source)
    return min(answers, key=lambda answer: list(Verdict).index(answer.verdict))


def spans(agreement: Agreement, standard: Standard) -> list[Span]:
    """Every day of an agreement answered, in as few spans as say it."""
    rule = Rule.of(standard)
    supervisor = Supervisor(agreement.supervisor, agreement.employer, rule.names)
    last = agreement.ended_on
    inside = {day for day in supervisor.turns() if day > agreement.started_on and (not last or day <= last)}
    found: list[Span] = []
    for day in sorted({agreement.started_on, *inside}):
        answer = _answer(rule, agreement, supervisor, day)
        if found and found[-1].answer == answer:
            continue
        if found:
            found[-1] = Span(found[-1].first, day - DAY, found[-1].answer)
        found.append(Span(day, last, answer))
    return found


def _answer(rule: Rule, agreement: Agreement, supervisor: Supervisor, on: date) -> Answer:
    """The answer for a day of an agreement."""
    held = supervisor.held(agreement, on)
    if not rule.standard.requirement:
        return Answer(
            Verdict.UNKNOWN, _("What this level asks for is not known here. Ask the authority."), rule.source
        )
    if not held:
        return Answer(Verdict.NO, _("Nothing that qualifies the supervisor covers these days."), rule.source)
    if not rule.asks:
        return Answer(Verdict.UNASKED, _("The standard does not ask for supervision."), rule.source)
    if not rule.names:
        reason = _("The standard does not say who may supervise. Held: %(held)s.") % {"held": in_words(held)}
        return Answer(Verdict.YES, reason, rule.source)
    if fitting := held & rule.names:
        reason = _("The standard takes: %(held)s.") % {"held": in_words(fitting)}
        return Answer(Verdict.YES, reason, rule.source)
    reason = _("The standard takes: %(names)s. Held: %(held)s.") % {
        "names": in_words(rule.names),
        "held": in_words(held),
    }
    return Answer(Verdict.NO, reason, rule.source)


def in_words(names: Iterable[str]) -> str:
    """Qualifications of supervisors by their names; a level's code stands for itself where it has none."""
    words = dict(Basis.choices)
    return ", ".join(sorted(str(words.get(name) or name) for name in names))


def standards_of(agreement: Agreement, *, on: date, goals: bool) -> list[Standard]:
    """Standards that an agreement may be held against; goals first, then those that ask for supervision.

    The levels of the states in which the worker works for this employer; with `goals`, which are the
    worker's own to know, those they aim at as well.
    """
    jobs = agreement.worker.employments.filter(employer=agreement.employer_id)
    codes = set(jobs.values_list("state", flat=True))
    there = Q(program__jurisdiction__code__in=codes, role__in=[Level.Role.PRACTITIONER, Level.Role.ADVANCED])
    aimed = set(agreement.worker.goals.values_list("level", flat=True)) if goals else set()
    levels = Level.objects.open().filter(there | Q(pk__in=aimed))
    found = Standard.objects.in_force(on).filter(level__in=levels)
    listed = found.select_related("level__program__jurisdiction").order_by("level__title", "pk")
    return sorted(listed, key=lambda one: (one.level_id not in aimed, not Rule.of(one).asks))


def figures(agreement: Agreement, leaf: Supervision, *, on: date) -> dict[str, Any]:
    """Supervision received at this employer beside what a requirement asks for the hours worked there.

    {needed, have}: minutes, or sessions where the requirement counts those; `unit` says which.
    """
    first = window(on, leaf.within_months)
    sessions = agreement.worker.sessions.filter(
        agreement__employer=agreement.employer_id, confirmed_on__isnull=False, day__gte=first, day__lte=on
    )
    if leaf.sessions is not None and leaf.minutes is None and leaf.per_experience_minutes is None:
        return {"needed": leaf.sessions, "have": sessions.count(), "unit": "count"}
    total = models.Sum("minutes", default=0)
    needed = int(leaf.minutes or 0)
    if leaf.per_experience_minutes:
        worked = agreement.worker.hours.counted().filter(
            employment__employer=agreement.employer_id, day__gte=first, day__lte=on
        )
        minutes = worked.aggregate(minutes=total)["minutes"]
        needed = max(needed, int(minutes * 60 / leaf.per_experience_minutes))
    return {"needed": needed, "have": sessions.aggregate(minutes=total)["minutes"], "unit": "minutes"}
