"""The facts of workers, read from the database as the records that requirements are judged by.

A fixed number of queries for any number of workers. Hours come from the approved ledger, what a worker
states from statements, and what an authority accepted of it from acceptances.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property
from math import floor
from typing import Any, TypeVar

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Exists, F, OuterRef, Q, Sum, When

from certification import credentials
from certification.models import Acceptance, Credential, CredentialEvent
from certification.requirements.ledger import Ledger
from certification.requirements.record import (
    CredentialRow,
    EducationRow,
    ExamRow,
    ExperienceRow,
    Fact,
    Place,
    Record,
    ReferenceRow,
    Schooling,
    SupervisionRow,
    TrainingRow,
)
from workers.models import Agreement, Employment, HourEntry, Statement, SupervisionSession, Worker
from workers.models.supervision import Basis
from workers.words import Pay

Kind = Statement.Kind


@dataclass(frozen=True)
class Stated:
    """A statement and the authorities that accepted it."""

    row: Statement
    accepted_by: frozenset[int]

    def accepted(self, authority_id: int | None) -> bool:
        """By this authority; by any where None is named, as employers take it."""
        return bool(self.accepted_by) if authority_id is None else authority_id in self.accepted_by

    @property
    def id(self) -> str:
        return f"statement:{self.row.pk}"


@dataclass(frozen=True)
class Facts:
    """All that is known of one worker on the day `on`."""

    worker_id: int
    on: date
    born: date | None = None
    state: str = ""
    statements: tuple[Stated, ...] = ()
    employments: tuple[Employment, ...] = ()
    credentials: tuple[CredentialRow, ...] = ()
    experience: tuple[ExperienceRow, ...] = ()
    supervision: tuple[SupervisionRow, ...] = ()

    @cached_property
    def ledger(self) -> Ledger:
        """Indexed once, whichever authority asks."""
        return Ledger(self.experience)

    def record(self, authority_id: int | None = None) -> Record:
        """The record as one authority sees it: only what it accepted itself counts as accepted.

        None is for employers' rungs, where any authority's acceptance counts.
        """
        told: dict[str, list[Stated]] = defaultdict(list)
        for stated in self.statements:
            told[stated.row.kind].append(stated)

        def rows(kind: str, make: Any) -> tuple[Any, ...]:
            return tuple(
                replace(made, accepted=stated.accepted(authority_id), id=stated.id)
                for stated in told[kind]
                if (made := make(stated.row)) is not None
            )

        places = rows(Kind.RESIDENCY, place)
        works = {stated.id for stated in told[Kind.RESIDENCY] if says_work(stated.row)}
        record = Record(
            born=self.born,
            schooling=rows(Kind.EDUCATION, schooling),
            lived_experience=rows(Kind.LIVED_EXPERIENCE, code),
            recovery=rows(Kind.RECOVERY, day),
            lives_in=(*(p for p in places if p.id not in works), *self._home()),
            works_in=(*(p for p in places if p.id in works), *self._workplaces()),
            credentials=(*self.credentials, *rows(Kind.CREDENTIAL, credential_elsewhere)),
            training=rows(Kind.TRAINING, training),
            experience=self.experience,
            supervision=self.supervision,
            exams=rows(Kind.EXAM, exam),
            continuing_education=rows(Kind.CONTINUING_EDUCATION, continuing_education),
            references=rows(Kind.REFERENCE, reference),
            attestations=rows(Kind.ATTESTATION, code),
            background_checks=rows(Kind.BACKGROUND_CHECK, day),
            qualifications=rows(Kind.QUALIFICATION, code),
            documents=rows(Kind.DOCUMENT, document),
            fees_paid=rows(Kind.FEE, fee),
            employment=(*rows(Kind.EMPLOYMENT, offer), *self._posts()),
        )
        # A cached property: the index is the same for every authority.
        record.__dict__["ledger"] = self.ledger
        return record

    def _home(self) -> list[Place]:
        """Where the profile says that the worker lives: their word until an authority accepts a statement."""
        return [Place(self.state, accepted=False, id=f"worker:{self.worker_id}")] if self.state else []

    def _workplaces(self) -> list[Place]:
        return [
            Place(job.state, accepted=job.confirmed_on is not None, id=f"employment:{job.pk}")
            for job in self.employments
        ]

    def _posts(self) -> list[Fact[str]]:
        return [
            Fact(
                "employed" if job.pay == Pay.PAID else "employed_or_volunteer",
                accepted=job.confirmed_on is not None,
                id=f"employment:{job.pk}",
            )
            for job in self.employments
        ]


# One statement as one row of the record


def schooling(s: Statement) -> Schooling:
    return Schooling(level=s.code or None, field=s.details.get("education_field"))


def code(s: Statement) -> Fact[str] | None:
    return Fact(s.code) if s.code else None


def day(s: Statement) -> Fact[date] | None:
    return Fact(s.day) if s.day else None


def says_work(s: Statement) -> bool:
    return s.details.get("basis") == "work"


def place(s: Statement) -> Place | None:
    return Place(s.code, share_percent=exact(s.details.get("share_percent"))) if s.code else None


def training(s: Statement) -> TrainingRow:
    # The authority's acceptance is its approval of the course, unless the worker says that there was none.
    return TrainingRow(
        topic=s.code,
        minutes=s.minutes or 0,
        by_topic=parts(s.details.get("by_topic")),
        approved=s.details.get("approved", True),
        completed=s.day,
        days=exact(s.details.get("days")),
        mode=s.details.get("mode"),
        provider=s.details.get("provider"),
        name=s.name or None,
    )


def continuing_education(s: Statement) -> EducationRow:
    return EducationRow(
        minutes=s.minutes or 0,
        topic=s.code,
        by_topic=parts(s.details.get("by_topic")),
        on=s.day,
        provider=s.details.get("provider"),
        mode=s.details.get("mode"),
    )


def exam(s: Statement) -> ExamRow:
    return ExamRow(name=s.name or s.code, passed=s.day, percent=exact(s.details.get("percent")))


def reference(s: Statement) -> ReferenceRow:
    return ReferenceRow(by=s.code or None, count=int(s.details.get("count", 1)))


def document(s: Statement) -> Fact[str] | None:
    return Fact(s.name or s.code) if s.name or s.code else None


def fee(s: Statement) -> Fact[int | Fraction] | None:
    amount = exact(s.amount)
    return Fact(amount) if amount is not None else None


def offer(s: Statement) -> Fact[str]:
    return Fact(s.code or "offer")


def credential_elsewhere(s: Statement) -> CredentialRow:
    return CredentialRow(
        level=s.details.get("level"),
        kind=s.code or None,
        training_minutes=hours(s.details.get("training_hours")),
        state=s.details.get("state"),
        issued=s.day,
        renewed=date.fromisoformat(s.details["renewed"]) if s.details.get("renewed") else None,
        expires=s.until,
    )


def exact(value: Any) -> int | Fraction | None:
    """A figure out of JSON or a decimal column, without the drift of binary fractions."""
    if value is None or value == "":
        return None
    number = Fraction(str(value))
    return int(number) if number.denominator == 1 else number


def hours(value: Any) -> int | Fraction | None:
    number = exact(value)
    return None if number is None else exact(number * 60)


def parts(breakdown: Mapping[str, Any] | None) -> tuple[tuple[str, int], ...]:
    """A breakdown in hours, as in record files, in whole minutes: nothing is rounded up.

    A thousandth of a minute forgives what decimal hours lose: a minute is written 0.016666666666666666.
    """
    return tuple(
        (slug, floor((hours(share) or 0) + Fraction(1, 1000))) for slug, share in (breakdown or {}).items()
    )


# Reading


def load(worker_ids: Collection[int], *, on: date) -> dict[int, Facts]:
    """The facts of each of these workers, for judging them on a day. Seven queries for however many."""
    return load_days(worker_ids, days=[on])[on]


def load_days(worker_ids: Collection[int], *, days: Collection[date]) -> dict[date, dict[int, Facts]]:
    """The same for each of several days, read once."""
    ids = list(worker_ids)
    first, last = min(days), max(days)
    experience = _experience(ids, last)
    supervision = _supervision(ids, last)
    statements = _statements(ids)
    employments = _employments(ids, first, last)
    events = _credential_events(ids, last)
    people = list(Worker.objects.filter(pk__in=ids).values_list("pk", "born_on", "state"))

    def until(on: date, rows: list[Row], day_of: Callable[[Row], date | None]) -> tuple[Row, ...]:
        # Most ask for one day, and so for all that was read.
        return tuple(rows if on == last else (row for row in rows if (day_of(row) or on) <= on))

    def of(pk: int, born: date | None, state: str, on: date) -> Facts:
        return Facts(
            worker_id=pk,
            on=on,
            born=born,
            state=state,
            statements=tuple(statements[pk]),
            employments=tuple(job for job in employments[pk] if _works(job, on)),
            credentials=_credentials(events[pk], on),
            experience=until(on, experience[pk], lambda row: row.start),
            supervision=until(on, supervision[pk], lambda row: row.on),
        )

    return {on: {pk: of(pk, born, state, on) for pk, born, state in people} for on in days}


Row = TypeVar("Row")
WAYS = ("worker_id", "day", "work", "domain", "pay", "state", "practicum")


def _experience(ids: list[int], on: date) -> dict[int, list[ExperienceRow]]:
    """A row for each day and each way in which requirements tell hours apart."""
    entries = HourEntry.objects.filter(worker__in=ids, day__lte=on).order_by("day")
    counted = entries.counted().values_list(*WAYS, "supervised").annotate(Sum("minutes"))
    # Nobody has signed yet: shown beside supervised hours if the supervisor who will sign is qualified.
    agreements = (
        Agreement.objects.filter(worker=OuterRef("worker"), employer=OuterRef("employment__employer"))
        .in_force(OuterRef("day"))
        .qualified_on(OuterRef("day"))
        .filter(qualified=True)
    )
    waiting = (
        entries.filter(status=HourEntry.Status.SUBMITTED, amends=None)
        .annotate(under=Exists(agreements))
        .values_list(*WAYS, "under")
        .annotate(Sum("minutes"))
    )
    rows: dict[int, list[ExperienceRow]] = defaultdict(list)
    for pending, found in ((False, counted), (True, waiting)):
        for worker, when, work, domain, pay, state, practicum, supervised, minutes in found.iterator():
            rows[worker].append(
                ExperienceRow(
                    work=work,
                    minutes=minutes,
                    supervised=supervised,
                    pay=pay,
                    start=when,
                    end=when,
                    state=state,
                    domain=domain,
                    practicum=practicum,
                    pending=pending,
                )
            )
    return rows


def _supervision(ids: list[int], on: date) -> dict[int, list[SupervisionRow]]:
    rows: dict[int, list[SupervisionRow]] = defaultdict(list)
    sessions = (
        SupervisionSession.objects.filter(worker__in=ids, day__lte=on)
        # Sealed at confirmation; until then, and for older ones, as the agreement says.
        .annotate(held=Case(When(basis="", then=F("agreement__basis")), default=F("basis")))
        .annotate(by=Case(When(held=Basis.NOT_QUALIFIED, then=None), default=F("held")))
        .order_by("day", "pk")
        .values_list("pk", "worker_id", "day", "minutes", "format", "domain", "topics", "by", "confirmed_on")
    )
    for pk, worker, when, minutes, form, domain, topics, by, confirmed in sessions.iterator():
        rows[worker].append(
            SupervisionRow(
                minutes=minutes,
                by=by,
                on=when,
                domain=domain,
                by_domain=tuple(topics.items()),
                sessions=1,
                format=form,
                pending=confirmed is None,
                id=f"session:{pk}",
            )
        )
    return rows


def _statements(ids: list[int]) -> dict[int, list[Stated]]:
    rows: dict[int, list[Stated]] = defaultdict(list)
    accepted = Acceptance.objects.filter(statement=OuterRef("pk"), revoked_on=None).values("authority")
    found = Statement.objects.filter(worker__in=ids, withdrawn_at=None).order_by("pk")
    for row in found.annotate(accepted_by=ArraySubquery(accepted)):
        rows[row.worker_id].append(Stated(row, frozenset(row.accepted_by)))
    return rows


def _employments(ids: list[int], first: date, last: date) -> dict[int, list[Employment]]:
    """The jobs of any day from the first to the last."""
    rows: dict[int, list[Employment]] = defaultdict(list)
    jobs = Employment.objects.filter(worker__in=ids, started_on__lte=last)
    for job in jobs.filter(Q(ended_on=None) | Q(ended_on__gte=first)).order_by("pk"):
        rows[job.worker_id].append(job)
    return rows


def _works(job: Employment, on: date) -> bool:
    return job.started_on <= on and (job.ended_on is None or on <= job.ended_on)


Events = dict[Credential, list[CredentialEvent]]


def _credential_events(ids: list[int], until: date) -> dict[int, Events]:
    """Each credential with what happened to it, by whose it is."""
    rows: dict[int, Events] = defaultdict(lambda: defaultdict(list))
    found = CredentialEvent.objects.filter(credential__worker__in=ids, effective_on__lte=until)
    for event in found.select_related("credential__level__program__jurisdiction").order_by(
        "credential", "effective_on", "pk"
    ):
        rows[event.credential.worker_id][event.credential].append(event)
    return rows


def _credentials(events: Events, on: date) -> tuple[CredentialRow, ...]:
    known = (
        credential_row(credential, [event for event in those if event.effective_on <= on], on)
        for credential, those in events.items()
    )
    return tuple(row for row in known if row is not None)


def credential_row(credential: Credential, events: list[CredentialEvent], on: date) -> CredentialRow | None:
    """A credential as known on a day; None if it was not issued by then. The term ends by itself."""
    known = credentials.standing(events, on)
    if known.issued_on is None:
        return None
    expires = _lapsed(events, on) or known.expires_on
    ends = expires or date.max
    return CredentialRow(
        level=credential.level.code,
        role=credential.level.role,
        state=credential.level.program.jurisdiction.code,
        issued=known.issued_on,
        renewed=known.renewed_on,
        expires=expires,
        suspended=tuple(span for span in credentials.inactive(events) if span[0] <= ends),
        id=f"credential:{credential.number}",
    )


def _lapsed(events: list[CredentialEvent], on: date) -> date | None:
    """The last day before the credential ends by itself, as known on a day; None where it does not.

    Not always the last expiry: a renewal whose end lies before its beginning ends the term before it.
    """
    *_, (since, until, status) = credentials.periods(event for event in events if event.effective_on <= on)
    lapsed = status == credentials.Status.EXPIRED and until is None
    return since - timedelta(days=1) if lapsed else None
