"""A worker brings in a record file: what it says becomes their word here, and nothing more.

    plan = record_imports.plan(worker, record)        # what would be made; nothing is stored
    made = record_imports.store(worker=worker, record=record, by=worker.user)
    record_imports.undo(made, by=worker.user)

Each fact becomes a statement that no authority has accepted. Hours of work and of supervision are kept as a
summary beside the record and count for nothing: here hours count once a supervisor signed them. A date of
birth and a state fill the profile where it is empty. The same file brought in twice is stored once.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from math import floor
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import trail
from accounts.models import User
from accounts.policy import Permission, require
from accounts.refusals import Refused
from accounts.states import STATES
from certification.assessment import catalogue
from certification.models import Acceptance, ApplicationItem, Credential, RecordImport
from certification.requirements.record import CredentialRow, Place, Record, split
from certification.requirements.values import hours_of
from workers import statements
from workers.locks import one_at_a_time
from workers.models import Statement, Worker
from workers.words import Basis, Certificate

Kind = Statement.Kind
MOST = 1_000
NEW, THERE, LEFT_OUT = "new", "there", "left_out"


@dataclass(frozen=True)
class Line:
    """One fact of the file: `path` there, and what becomes of it. `reason` says why where nothing does."""

    path: str
    kind: str
    said: dict[str, Any]
    outcome: str = NEW
    reason: str = ""
    statement: Statement | None = None


@dataclass(frozen=True)
class Plan:
    """What a file would make of a record."""

    lines: list[Line]
    profile: dict[str, Any] = field(default_factory=dict)
    hours: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def of(self, outcome: str) -> list[Line]:
        return [line for line in self.lines if line.outcome == outcome]

    @cached_property
    def new(self) -> list[Line]:
        return self.of(NEW)

    @cached_property
    def there(self) -> list[Line]:
        return self.of(THERE)

    @cached_property
    def left_out(self) -> list[Line]:
        return self.of(LEFT_OUT)

    @property
    def is_empty(self) -> bool:
        return not (self.new or self.profile or self.hours)


def digest(record: Record) -> str:
    """The same facts have the same digest, however the file writes them."""
    return hashlib.sha256(json.dumps(record.to_data(), sort_keys=True).encode()).hexdigest()


def plan(worker: Worker, record: Record) -> Plan:
    """What the file would make, line by line. Nothing is stored."""
    profile: dict[str, Any] = {}
    if record.born and not worker.born_on and record.born <= timezone.localdate():
        profile["born_on"] = record.born
    home = next((place for place in record.lives_in if place.share_percent is None), None)
    if home and home.state in dict(STATES) and not worker.state:
        profile["state"] = home.state
    seen = {key_of(row) for row in statements.of(worker)}
    held = set(Credential.objects.filter(worker=worker).values_list("level__code", flat=True))
    lines = []
    lives_there = home and home.state in (worker.state, profile.get("state"))
    for path, kind, said in facts(record, home=home if lives_there else None):
        line = weighed(worker, path, kind, said, held=held)
        if line.statement and key_of(line.statement) in seen:
            line = Line(path, kind, said, THERE, _("This is in your record already."))
        elif line.statement:
            seen.add(key_of(line.statement))
        lines.append(line)
    return Plan(lines, profile, summary(record))


def key_of(row: Statement) -> str:
    """What two statements that say the same have in common."""
    said = {name: getattr(row, name) for name in ("kind", *statements.FIELDS, "details")}
    if row.amount is not None:
        said["amount"] = Decimal(row.amount).normalize()
    return json.dumps(said, sort_keys=True, default=str)


def weighed(worker: Worker, path: str, kind: str, said: dict[str, Any], *, held: set[str]) -> Line:
    """One fact, checked as if it had been typed in."""
    if kind == Kind.CREDENTIAL and said["details"].get("level") in held:
        return Line(
            path, kind, said, THERE, _("This credential was issued here and is in your record already.")
        )
    if said.pop("suspended", None):
        why = _("It was suspended or revoked at some time. Tell the state you apply to about it yourself.")
        return Line(path, kind, said, LEFT_OUT, why)
    try:
        row = Statement(worker=worker, kind=kind, **statements.checked(kind, said))
        row.clean_fields(exclude=["worker", "withdrawn_at"])
    except Refused as refusal:
        return Line(path, kind, said, LEFT_OUT, named(key_in_file(kind, refusal.field), refusal.message))
    except ValidationError as problem:
        ((name, messages), *_others) = problem.message_dict.items()
        return Line(path, kind, said, LEFT_OUT, named(key_in_file(kind, name), " ".join(messages)))
    return Line(path, kind, said, statement=row)


DAYS = {Kind.TRAINING: "completed", Kind.EXAM: "passed", Kind.CREDENTIAL: "issued"}


def key_in_file(kind: str, name: str | None) -> str | None:
    """What the record format calls a field of a statement, where its path does not say it already."""
    if name == "day":
        return DAYS.get(Kind(kind), "date" if kind == Kind.CONTINUING_EDUCATION else None)
    if name == "code":
        return "topic" if kind in statements.LEARNING else None
    return {"minutes": "hours", "until": "expires", "amount": None}.get(name or "", name)


def named(name: str | None, message: str) -> str:
    return f"{name}: {message}" if name else message


# The facts of a record as statements


def facts(record: Record, *, home: Place | None) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(path in the file, kind of statement, what it says) of every fact but hours and the profile.

    `home` is where the profile says already that the worker lives.
    """
    for row in record.schooling:
        yield (
            "worker.education",
            Kind.EDUCATION,
            {"code": row.level, "details": {"education_field": row.field}},
        )
    for n, fact in enumerate(record.lived_experience):
        yield f"worker.lived_experience[{n}]", Kind.LIVED_EXPERIENCE, {"code": fact.value}
    for since in record.recovery:
        yield "worker.recovery_since", Kind.RECOVERY, {"day": since.value}
    yield from residences(record, home)
    known = catalogue(timezone.localdate())
    for n, held in enumerate(record.credentials):
        kinds = sorted(known.kinds_of(held))
        yield f"worker.credentials[{n}]", Kind.CREDENTIAL, credential(held, kinds)
    yield from courses(record)
    for n, exam in enumerate(record.exams):
        percent = {"percent": number(exam.percent)}
        yield f"worker.exams[{n}]", Kind.EXAM, {"name": exam.name, "day": exam.passed, "details": percent}
    yield from papers(record)


def residences(record: Record, home: Place | None) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for key, basis, places in (
        ("residency", Basis.LIVE, record.lives_in),
        ("works_in", Basis.WORK, record.works_in),
    ):
        for place in places:
            if place != home:
                details = {"basis": basis.value, "share_percent": number(place.share_percent)}
                yield f"worker.{key}", Kind.RESIDENCY, {"code": place.state, "details": details}


def credential(row: CredentialRow, kinds: list[str]) -> dict[str, Any]:
    details = {
        "level": row.level,
        "state": row.state,
        "training_hours": number_of_hours(row.training_minutes),
    }
    return {
        "code": row.kind or (kinds[0] if kinds else Certificate.OTHER_BODY_PEER_CERTIFICATION.value),
        "day": row.issued,
        "until": row.expires,
        "details": details,
        "suspended": row.suspended,
    }


def courses(record: Record) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for n, course in enumerate(record.training):
        details = {
            "provider": course.provider,
            "mode": course.mode,
            "days": number(course.days),
            "approved": course.approved,
        }
        said = {"code": course.topic, "name": course.name, "day": course.completed}
        yield f"worker.training[{n}]", Kind.TRAINING, said | learned(course, details)
    for n, lesson in enumerate(record.continuing_education):
        details = {"provider": lesson.provider, "mode": lesson.mode}
        # A lesson counts whatever its topic; here a course always names one.
        said = {"code": lesson.topic or "other", "day": lesson.on}
        path = f"worker.continuing_education[{n}]"
        yield path, Kind.CONTINUING_EDUCATION, said | learned(lesson, details)


def learned(row: Any, details: dict[str, Any]) -> dict[str, Any]:
    parts = {slug: number_of_hours(minutes) for slug, minutes in row.by_topic}
    return {"minutes": floor(row.minutes), "details": details | {"by_topic": parts}}


def papers(record: Record) -> Iterator[tuple[str, str, dict[str, Any]]]:
    referees: dict[str | None, int] = {}
    for row in record.references:
        referees[row.by] = referees.get(row.by, 0) + row.count
    for by, count in referees.items():
        yield "worker.references", Kind.REFERENCE, {"code": by, "details": {"count": count}}
    for n, fact in enumerate(record.attestations):
        yield f"worker.attestations[{n}]", Kind.ATTESTATION, {"code": fact.value}
    for check in record.background_checks:
        yield "worker.background_check", Kind.BACKGROUND_CHECK, {"day": check.value}
    for n, fact in enumerate(record.qualifications):
        yield f"worker.qualifications[{n}]", Kind.QUALIFICATION, {"code": fact.value}
    for n, fact in enumerate(record.documents):
        yield f"worker.documents[{n}]", Kind.DOCUMENT, {"name": fact.value}
    for n, paid in enumerate(record.fees_paid):
        yield f"worker.fees_paid[{n}]", Kind.FEE, {"amount": cents(paid.value)}
    for post in record.employment:
        yield "worker.employment", Kind.EMPLOYMENT, {"code": post.value}


def number(value: int | Fraction | None) -> int | float | None:
    return None if value is None else float(value) if Fraction(value).denominator != 1 else int(value)


def number_of_hours(minutes: int | Fraction | None) -> int | float | None:
    return None if minutes is None else hours_of(floor(minutes))


def cents(amount: int | Fraction) -> Decimal:
    """Dollars, parts of a cent dropped."""
    return Decimal(floor(Fraction(amount) * 100)) / 100


# Hours


def summary(record: Record) -> dict[str, list[dict[str, Any]]]:
    """The hours of a file summed up: one row for each way in which requirements tell them apart."""
    work = Sums()
    for row in record.experience:
        way = {"in": row.work, "supervised": row.supervised, "pay": row.pay, "state": row.state}
        way["practicum"] = row.practicum
        work.add(way, row.minutes, (row.start, row.end), split(row.minutes, row.domain, row.by_domain))
    received = Sums()
    for session in record.supervision:
        way = {"by": session.by, "format": session.format}
        shares = split(session.minutes, session.domain, session.by_domain)
        received.add(way, session.minutes, (session.on, session.on), shares, session.sessions or 0)
    sums = {"experience": work.rows(), "supervision": received.rows()}
    return {key: rows for key, rows in sums.items() if rows}


@dataclass
class Sums:
    """Hours added up by the way in which they were worked."""

    found: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add(
        self,
        way: dict[str, Any],
        minutes: int | Fraction,
        days: tuple[date | None, date | None],
        shares: dict[str | None, int | Fraction],
        sessions: int = 0,
    ) -> None:
        way = {key: value for key, value in way.items() if value is not None}
        start = {"way": way, "minutes": Fraction(0), "days": [], "shares": {}, "sessions": 0}
        row = self.found.setdefault(json.dumps(way, sort_keys=True), start)
        row["minutes"] += minutes
        row["sessions"] += sessions
        row["days"] += [day for day in days if day]
        for slug, share in shares.items():
            if slug:
                row["shares"][slug] = row["shares"].get(slug, Fraction(0)) + share

    def rows(self) -> list[dict[str, Any]]:
        """As record files write them; parts of a minute are dropped."""
        return [self._row(row) for row in self.found.values()]

    def _row(self, row: dict[str, Any]) -> dict[str, Any]:
        told = row["way"] | {"hours": hours_of(floor(row["minutes"]))}
        if row["days"]:
            told |= {"from": min(row["days"]).isoformat(), "to": max(row["days"]).isoformat()}
        if row["sessions"]:
            told["sessions"] = row["sessions"]
        if row["shares"]:
            told["by_domain"] = {slug: hours_of(floor(share)) for slug, share in row["shares"].items()}
        return told


# Storing and taking back


@transaction.atomic
def store(*, worker: Worker, record: Record, by: User) -> tuple[RecordImport, bool]:
    """Put into the record what `plan` says; the import, and whether it was made now.

    The same facts brought in again, while the first import stands, make nothing.
    """
    require(by, Permission.RECORD_KEEP, on=worker)
    one_at_a_time(worker)
    worker.refresh_from_db()
    sha256 = digest(record)
    before = RecordImport.objects.standing().filter(worker=worker, sha256=sha256).first()
    if before:
        return before, False
    wanted = plan(worker, record)
    if wanted.is_empty:
        raise Refused(_("Nothing of this is new, or can be taken over. See each line below."))
    if len(wanted.new) > MOST:
        raise Refused(
            _("Found %(count)s facts; at most %(most)s are taken over at once.")
            % {"count": len(wanted.new), "most": MOST}
        )
    made = RecordImport.objects.create(worker=worker, sha256=sha256, hours=wanted.hours, imported_by=by)
    rows = [line.statement for line in wanted.new if line.statement]
    made.statements.set(statements.add_many(rows, worker=worker, by=by))
    if wanted.profile:
        Worker.objects.filter(pk=worker.pk).update(**wanted.profile)
        trail.record("profile.edited", subject=worker, by=by, fields=sorted(wanted.profile))
    trail.record("record.imported", subject=worker, by=by, statements=len(rows))
    return made, True


@transaction.atomic
def undo(made: RecordImport, *, by: User) -> int:
    """Take back what an import made; how many statements stay because an application rests on them.

    What went into the profile stays there; the worker can change it.
    """
    require(by, Permission.RECORD_KEEP, on=made)
    row = RecordImport.objects.select_for_update(of=("self",)).select_related("worker").get(pk=made.pk)
    if row.undone_on:
        raise Refused(_("This was taken back already."))
    used = in_use(row)
    statements.withdraw_many(row.statements.exclude(pk__in=used), worker=row.worker, by=by)
    row.undone_on, row.undone_by = timezone.now(), by
    row.save(update_fields=["undone_on", "undone_by"])
    trail.record("record.import_undone", subject=row.worker, by=by, kept=len(used))
    return len(used)


def in_use(made: RecordImport) -> set[int]:
    """The statements of an import that an authority accepted, or that were handed in with an application."""
    own = made.statements.values("pk")
    accepted = Acceptance.objects.filter(statement__in=own, revoked_on=None)
    handed_in = ApplicationItem.statements.through.objects.filter(
        statement__in=own, applicationitem__application__submitted_on__isnull=False
    )
    found = set(accepted.values_list("statement", flat=True))
    return found | set(handed_in.values_list("statement", flat=True))
