"""What a worker states of themselves, and the files that show it.

`SHAPES` says for each kind what is needed and what may be said; pages, API and imports ask it. Whether a
statement is accepted is each authority's to say and stands with the authority.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import trail
from accounts.models import User
from accounts.policy import Permission, require
from accounts.refusals import Refused
from accounts.states import STATES
from workers import tracking
from workers.locks import one_at_a_time
from workers.models import Evidence, Statement, Worker
from workers.words import Basis, Education, LivedExperience, Offer

Kind = Statement.Kind
SLUG = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
#: 10,000 hours: more than any course takes.
MOST_MINUTES = 600_000
#: Kinds of which the hours are added up.
LEARNING = (Kind.TRAINING, Kind.CONTINUING_EDUCATION)
FIELDS = ("code", "name", "day", "until", "minutes", "amount")


@dataclass(frozen=True)
class Shape:
    """Fields that a kind needs, and more that it takes; `codes` where the code is one of a list.

    `details` are the rarer parts, by the names of the record format.
    """

    needs: tuple[str, ...]
    takes: tuple[str, ...] = ()
    details: tuple[str, ...] = ()
    codes: tuple[str, ...] = field(default=())


_STATES = tuple(code for code, _name in STATES)

SHAPES: dict[str, Shape] = {
    Kind.TRAINING: Shape(
        needs=("code", "minutes", "day"),
        takes=("name",),
        details=("provider", "mode", "days", "approved", "by_topic"),
    ),
    Kind.CONTINUING_EDUCATION: Shape(
        needs=("code", "minutes", "day"), takes=("name",), details=("provider", "mode", "by_topic")
    ),
    Kind.EDUCATION: Shape(
        needs=("code",),
        takes=("name", "day"),
        details=("education_field",),
        codes=tuple(Education.values),
    ),
    Kind.EXAM: Shape(needs=("name", "day"), details=("percent",)),
    Kind.LIVED_EXPERIENCE: Shape(needs=("code",), codes=tuple(LivedExperience.values)),
    Kind.RECOVERY: Shape(needs=("day",)),
    Kind.ATTESTATION: Shape(needs=("code",), takes=("day",)),
    Kind.REFERENCE: Shape(needs=(), takes=("code", "name", "day"), details=("count",)),
    Kind.BACKGROUND_CHECK: Shape(needs=("day",)),
    Kind.QUALIFICATION: Shape(needs=("code",), takes=("name", "day", "until")),
    Kind.DOCUMENT: Shape(needs=("name",), takes=("day",)),
    Kind.FEE: Shape(needs=("amount",), takes=("name", "day")),
    Kind.RESIDENCY: Shape(needs=("code",), details=("basis", "share_percent"), codes=_STATES),
    Kind.EMPLOYMENT: Shape(needs=("code",), takes=("name", "day"), codes=tuple(Offer.values)),
    Kind.CREDENTIAL: Shape(
        needs=("code", "day"),
        takes=("name", "until"),
        details=("level", "state", "training_hours"),
    ),
}


@transaction.atomic
def add(*, worker: Worker, by: User, kind: str, evidence: Iterable[Evidence] = (), **given: Any) -> Statement:
    """State something; `given` holds the fields of `FIELDS` and `details`. Raises Refused at the field."""
    require(by, Permission.RECORD_KEEP, on=worker)
    statement = Statement(worker=worker, kind=kind, **checked(kind, given))
    if kind in LEARNING:
        _only_once(statement)
    statement.save()
    statement.evidence.set(_own(evidence, worker))
    trail.record("statement.added", subject=statement, by=by, kind=kind)
    transaction.on_commit(tracking.wake)
    return statement


@transaction.atomic
def add_many(statements: Iterable[Statement], *, worker: Worker, by: User) -> list[Statement]:
    """State many things at once: new rows with the fields of `checked`. None may stand in the record yet."""
    require(by, Permission.RECORD_KEEP, on=worker)
    made = Statement.objects.bulk_create(statements)
    trail.record_ids("statement.added", model=Statement, ids=[row.pk for row in made], by=by)
    transaction.on_commit(tracking.wake)
    return made


@transaction.atomic
def attach(statement: Statement, evidence: Iterable[Evidence], *, by: User) -> None:
    """Add files that show a statement. What it says stays as it is."""
    require(by, Permission.RECORD_KEEP, on=statement)
    files = _own(evidence, statement.worker)
    statement.evidence.add(*files)
    trail.record("statement.evidence_added", subject=statement, by=by, files=[file.pk for file in files])


@transaction.atomic
def withdraw(statement: Statement, *, by: User) -> None:
    """State it no longer. It stays stored, for decisions may rest on it; nothing counts it any more."""
    require(by, Permission.RECORD_KEEP, on=statement)
    row = Statement.objects.select_for_update().get(pk=statement.pk)
    if row.withdrawn_at:
        raise Refused(_("This was withdrawn already."))
    row.withdrawn_at = timezone.now()
    row.save(update_fields=["withdrawn_at"])
    trail.record("statement.withdrawn", subject=row, by=by)
    transaction.on_commit(tracking.wake)


@transaction.atomic
def withdraw_many(statements: QuerySet[Statement], *, worker: Worker, by: User) -> int:
    """State these of a worker no longer; how many still stood."""
    require(by, Permission.RECORD_KEEP, on=worker)
    standing = list(
        statements.standing()  # type: ignore[attr-defined]
        .filter(worker=worker)
        .select_for_update(of=("self",))
        .values_list("pk", flat=True)
    )
    Statement.objects.filter(pk__in=standing).update(withdrawn_at=timezone.now())
    trail.record_ids("statement.withdrawn", model=Statement, ids=standing, by=by)
    transaction.on_commit(tracking.wake)
    return len(standing)


def _only_once(statement: Statement) -> None:
    """A course counts by its hours: sent twice, it would count twice."""
    one_at_a_time(statement.worker)
    said = {name: getattr(statement, name) for name in (*FIELDS, "kind", "details")}
    if Statement.objects.standing().filter(worker=statement.worker, **said).exists():
        raise Refused(_("This is in your record already."))


def _own(evidence: Iterable[Evidence], worker: Worker) -> list[Evidence]:
    files = list(evidence)
    if any(file.worker_id != worker.pk for file in files):
        raise Refused(_("This file is not yours."), field="evidence")
    return files


def checked(kind: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a statement of a kind, or Refused at the one that is wrong."""
    if kind not in SHAPES:
        raise Refused(_("There is no such kind of statement."), field="kind")
    shape = SHAPES[kind]
    known = {name: value for name, value in given.items() if value not in (None, "", {}, [])}
    details = _details(shape, known.pop("details", {}))
    for name in known:
        if name not in (*shape.needs, *shape.takes):
            raise Refused(_("This does not belong to a statement of this kind."), field=name)
    for name in shape.needs:
        if name not in known:
            raise Refused(_("This is needed."), field=name)
    _check_code(shape, known.get("code"))
    _check_days(known.get("day"), known.get("until"))
    for name in ("minutes", "amount"):
        if name in known and known[name] <= 0:
            raise Refused(_("This must be more than nothing."), field=name)
    if known.get("minutes", 0) > MOST_MINUTES:
        raise Refused(_("This is longer than any course takes."), field="minutes")
    return {**known, "details": details}


def _check_code(shape: Shape, code: str | None) -> None:
    if code is None:
        return
    if shape.codes and code not in shape.codes:
        raise Refused(_("Choose one of the list."), field="code")
    if not shape.codes and not SLUG.fullmatch(code):
        raise Refused(_("A code has small letters, digits, hyphens and underscores only."), field="code")


def _check_days(day: date | None, until: date | None) -> None:
    # A day of grace: the date line runs between us and the person.
    if day and (day - timezone.now().date()).days > 1:
        raise Refused(_("This day is still to come."), field="day")
    if day and until and until < day:
        raise Refused(_("The last day lies before the first."), field="until")


def _details(shape: Shape, details: Mapping[str, Any]) -> dict[str, Any]:
    """The rarer parts, each as the record format writes it."""
    checked = {}
    for name, value in details.items():
        if value in (None, "", {}):
            continue
        if name not in shape.details:
            raise Refused(_("This does not belong to a statement of this kind."), field=name)
        checked[name] = CHECKS[name](name, value)
    return checked


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 40 else f"{text[:37]}..."


def _number(least: str, most: str) -> Any:
    def refused(name: str, value: Any) -> Refused:
        words = _("Found %(found)s, but this must be a number from %(least)s to %(most)s.")
        return Refused(words % {"found": _short(value), "least": least, "most": most}, field=name)

    def check(name: str, value: Any) -> int | float:
        try:
            number = Decimal(str(value))
        except InvalidOperation as problem:
            raise refused(name, value) from problem
        if number.is_nan() or not Decimal(least) <= number <= Decimal(most):
            raise refused(name, value)
        return int(number) if number == number.to_integral() else float(number)

    return check


def _whole(least: int, most: int) -> Any:
    within = _number(str(least), str(most))

    def check(name: str, value: Any) -> int:
        number = within(name, value)
        if not isinstance(number, int):
            words = _("Found %(found)s, but this must be a whole number from %(least)s to %(most)s.")
            raise Refused(words % {"found": _short(value), "least": least, "most": most}, field=name)
        return number

    return check


def _one_of(*values: str) -> Any:
    def check(name: str, value: Any) -> str:
        if value not in values:
            raise Refused(_("Choose one of the list."), field=name)
        return value

    return check


def _slug(name: str, value: Any) -> str:
    if not isinstance(value, str) or not SLUG.fullmatch(value):
        raise Refused(_("A code has small letters, digits, hyphens and underscores only."), field=name)
    return value


def _flag(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise Refused(_("Say yes or no here (true or false)."), field=name)
    return value


def _breakdown(name: str, value: Any) -> dict[str, int | float]:
    if not isinstance(value, Mapping):
        raise Refused(_("Give hours for each topic here."), field=name)
    return {_slug(name, topic): _number("0", "10000")(name, share) for topic, share in value.items()}


CHECKS: dict[str, Any] = {
    "provider": _slug,
    "mode": _one_of("live", "online"),
    "days": _number("0", "1000"),
    "approved": _flag,
    "by_topic": _breakdown,
    "education_field": _slug,
    "percent": _number("0", "100"),
    "count": _whole(1, 20),
    "basis": _one_of(*Basis.values),
    "share_percent": _number("0", "100"),
    "level": _slug,
    "state": _one_of(*_STATES),
    "training_hours": _number("0", "10000"),
}


def of(worker: Worker) -> QuerySet[Statement]:
    """What the worker states today, with the files."""
    return Statement.objects.standing().filter(worker=worker).prefetch_related("evidence")
