"""Courses that providers keep, the completions they upload, and what the worker makes of them.

A provider names people by email address or record number and is never told whether somebody is here: an
upload is answered in the same way for everybody, and waits until the person it names confirms or refuses it,
however long after. A confirmed completion becomes a statement in the worker's record.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from accounts import notices, trail
from accounts.models import Organisation, User
from accounts.policy import Permission, require
from accounts.refusals import Refused, translate
from accounts.roles import OrganisationKind
from workers import statements
from workers.hours import SomeRefused
from workers.models import Completion, Course, Statement, Worker

Kind = Course.Kind
Status = Completion.Status

MOST = 1000
UPLOADED = gettext_noop(
    "%(provider)s says that you completed %(course)s. Confirm it, and it is in your record."
)
CONFIRMED = gettext_noop("%(person)s confirmed that they completed %(course)s.")

RULES = {
    "course_offered_once": ("title", gettext_lazy("There is a course of this title already.")),
}
#: What each kind of provider keeps.
KINDS: dict[str, tuple[Kind, ...]] = {
    OrganisationKind.TRAINING_PROVIDER: (Kind.TRAINING, Kind.CONTINUING_EDUCATION),
    OrganisationKind.EXAM_BODY: (Kind.EXAM,),
}


@dataclass(frozen=True)
class NewCompletion:
    """`named`: an email address or a record number. Without a `client_id` the content makes one."""

    named: str
    day: date
    percent: Decimal | None = None
    client_id: UUID | None = None


@dataclass(frozen=True)
class Outcome:
    """What became of one completion: stored now, stored before, or refused."""

    completion: Completion | None = None
    refused: Refused | None = None
    created: bool = False


# Courses


def add_course(
    *,
    provider: Organisation,
    by: User,
    kind: str,
    title: str,
    code: str = "",
    minutes: int | None = None,
    by_topic: Mapping[str, int] | None = None,
    mode: str = "",
) -> Course:
    """Keep a course, or an examination, of a provider. `by_topic`: minutes of further topics."""
    require(by, Permission.COURSES_KEEP, on=provider)
    topics = dict(by_topic or {})
    _check_course(provider, kind, code, minutes, topics)
    with translate(RULES):
        course = Course.objects.create(
            provider=provider,
            kind=kind,
            title=title.strip(),
            code=code,
            minutes=minutes,
            by_topic=topics,
            mode=mode,
            made_by=by,
        )
        trail.record("course.added", subject=course, by=by, organisation_id=provider.pk)
    return course


def _check_course(
    provider: Organisation, kind: str, code: str, minutes: int | None, topics: Mapping[str, int]
) -> None:
    if kind not in KINDS.get(provider.kind, ()):
        raise Refused(_("This kind of organization does not keep that."), field="kind")
    if kind == Kind.EXAM:
        if code or minutes or topics:
            raise Refused(_("An examination has no hours by topic."), field="minutes")
        return
    if not code:
        raise Refused(_("This is needed."), field="code")
    if not minutes or not 0 < minutes <= statements.MOST_MINUTES:
        raise Refused(_("Say how many hours the course has."), field="minutes")
    if code in topics:
        raise Refused(_("The main topic has the rest of the hours by itself."), field="by_topic")
    if any(share < 1 for share in topics.values()) or sum(topics.values()) > minutes:
        raise Refused(_("The further topics take more hours than the course has."), field="by_topic")


@transaction.atomic
def retire_course(course: Course, *, by: User) -> Course:
    """Offer it no longer. What was completed stays; nothing new is uploaded for it."""
    require(by, Permission.COURSES_KEEP, on=course)
    row = Course.objects.select_for_update().get(pk=course.pk)
    if row.retired_on:
        raise Refused(_("This course was retired already."))
    row.retired_by, row.retired_on = by, timezone.now()
    row.save(update_fields=["retired_by", "retired_on"])
    trail.record("course.retired", subject=row, by=by, organisation_id=row.provider_id)
    return row


# What the provider uploads


def upload(
    *, course: Course, by: User, completions: Sequence[NewCompletion], at: datetime | None = None
) -> list[Completion]:
    """Store completions, all of them or none. Raises SomeRefused for what is wrong."""
    with transaction.atomic():
        outcomes = upload_each(course=course, by=by, completions=completions, at=at)
        problems = {place: done.refused for place, done in enumerate(outcomes) if done.refused}
        if problems:
            raise SomeRefused(problems)
    return [done.completion for done in outcomes if done.completion]


@transaction.atomic
def upload_each(
    *, course: Course, by: User, completions: Sequence[NewCompletion], at: datetime | None = None
) -> list[Outcome]:
    """Store what is right of `completions` and say of each what became of it, in their order.

    Sent twice, a completion is stored once. The answer is the same whether or not a person is here.
    """
    at = at or timezone.now()
    require(by, Permission.COURSES_KEEP, on=course)
    if len(completions) > MOST:
        raise Refused(_("At most %(n)s at once.") % {"n": MOST}, field="completions")
    # The row is the lock: the same upload sent twice at once is stored once.
    if Course.objects.select_for_update(of=("self",)).get(pk=course.pk).retired_on:
        raise Refused(_("This course was retired."))
    made = [_made(course, new, by=by, at=at) for new in completions]
    ids = [one.client_id for one in made if isinstance(one, Completion)]
    stored = {one.client_id: one for one in course.completions.filter(client_id__in=ids)}
    outcomes, rows = [], []
    for one in made:
        if isinstance(one, Refused):
            outcomes.append(Outcome(refused=one))
        elif before := stored.get(one.client_id):
            outcomes.append(_again(one, before))
        else:
            stored[one.client_id] = one
            rows.append(one)
            outcomes.append(Outcome(completion=one, created=True))
    Completion.objects.bulk_create(rows)
    trail.record_many("completion.uploaded", subjects=rows, by=by, organisation_id=course.provider_id)
    _tell(course, rows)
    return outcomes


def _made(course: Course, new: NewCompletion, *, by: User, at: datetime) -> Completion | Refused:
    try:
        email, record = who(new.named)
        if (new.day - at.date()).days > 1:
            raise Refused(_("This day is still to come."), field="day")
        if new.percent is not None and (course.kind != Kind.EXAM or not 0 <= new.percent <= 100):
            raise Refused(_("Only an examination has a result, from 0 to 100 percent."), field="percent")
    except Refused as refusal:
        return refusal
    made_of = f"{email or record} {new.day.isoformat()}"
    return Completion(
        course=course,
        client_id=new.client_id or uuid5(NAMESPACE_URL, f"{course.pk} {made_of}"),
        email=email,
        record=record,
        day=new.day,
        percent=new.percent,
        uploaded_by=by,
        uploaded_on=at,
    )


def who(named: str) -> tuple[str, UUID | None]:
    """Email address or record number out of what was written; the other is empty. Refused for neither."""
    named = named.strip().lower()
    try:
        return "", UUID(named)
    except ValueError:
        pass
    try:
        validate_email(named)
    except ValidationError:
        raise Refused(
            _("%(found)s is neither an email address nor a record number.") % {"found": named[:80] or "''"},
            field="named",
        ) from None
    if len(named) > 254:
        raise Refused(_("This address is too long."), field="named")
    return named, None


def _again(new: Completion, before: Completion) -> Outcome:
    same = (new.email, new.record, new.day, new.percent) == (
        before.email,
        before.record,
        before.day,
        before.percent,
    )
    if same:
        return Outcome(completion=before)
    return Outcome(
        completion=before,
        refused=Refused(_("Another completion was stored under this id before."), field="client_id"),
    )


def _tell(course: Course, rows: Sequence[Completion]) -> None:
    """Whoever is here gets a notice; whoever is not, a letter (`mail_due`). Nothing of it is answered."""
    emails = {row.email for row in rows if row.email}
    records = {row.record for row in rows if row.record}
    here = User.objects.filter(emailaddress__email__in=emails, emailaddress__verified=True)
    known = here.filter(is_active=True).distinct() | User.objects.filter(worker__uid__in=records).distinct()
    notices.tell_many(
        known, UPLOADED, url=reverse("workers:learning"), provider=course.provider.name, course=course.title
    )
    reached = set(here.values_list("emailaddress__email", flat=True))
    strangers = [row.pk for row in rows if row.email and row.email not in reached]
    Completion.objects.filter(pk__in=strangers).update(mail_due=True)


# What the worker makes of it


def waiting_for(user: User) -> QuerySet[Completion]:
    """Completions that name `user` and that they neither confirmed nor refused."""
    found = Completion.objects.about(user).waiting()
    return found.select_related("course__provider")


def confirm(completion: Completion, *, worker: Worker, by: User) -> Statement:
    """Take a completion into one's record, as a statement that the provider verified."""
    require(by, Permission.RECORD_KEEP, on=worker)
    with transaction.atomic():
        row = _open(completion, by=by)
        _not_twice(worker, row)
        statement = statements.add(worker=worker, by=by, **_said(row))
        _decide(row, Status.CONFIRMED, by=by, statement=statement)
        notices.tell(
            row.uploaded_by,
            CONFIRMED,
            url=reverse("workers:course", args=[row.course_id]),
            person=worker.full_name,
            course=row.course.title,
        )
    return statement


def refuse(completion: Completion, *, by: User) -> Completion:
    """Say that it is wrong or not about oneself. Nothing of it enters the record."""
    with transaction.atomic():
        row = _open(completion, by=by)
        _decide(row, Status.REFUSED, by=by)
    return row


def _open(completion: Completion, *, by: User) -> Completion:
    row = Completion.objects.select_for_update(of=("self",)).select_related("course__provider", "uploaded_by")
    found = row.get(pk=completion.pk)
    if not Completion.objects.about(by).filter(pk=found.pk).exists():
        raise Refused(_("This is about somebody else."))
    if found.status == Status.CONFIRMED:
        raise Refused(_("You confirmed this already."))
    if found.status == Status.REFUSED:
        raise Refused(_("You refused this already."))
    return found


def _decide(row: Completion, status: str, *, by: User, statement: Statement | None = None) -> None:
    row.status, row.decided_by, row.decided_on = status, by, timezone.now()
    row.statement, row.mail_due = statement, False
    row.save(update_fields=["status", "decided_by", "decided_on", "statement", "mail_due"])
    trail.record(f"completion.{status}", subject=row, by=by, organisation_id=row.course.provider_id)


def _said(row: Completion) -> dict[str, Any]:
    course = row.course
    if course.kind == Kind.EXAM:
        details: dict[str, Any] = {"percent": row.percent} if row.percent is not None else {}
        return {"kind": course.kind, "name": course.title, "day": row.day, "details": details}
    details = {"provider": course.provider.slug, "mode": course.mode}
    if course.by_topic:
        details["by_topic"] = {topic: minutes / 60 for topic, minutes in course.by_topic.items()}
    return {
        "kind": course.kind,
        "code": course.code,
        "name": course.title,
        "minutes": course.minutes,
        "day": row.day,
        "details": details,
    }


def _not_twice(worker: Worker, row: Completion) -> None:
    """The worker may have stated the same course themselves: it must not count twice."""
    course = row.course
    same = Statement.objects.standing().filter(worker=worker, kind=course.kind, day=row.day)
    if course.kind == Kind.EXAM:
        same = same.filter(name__iexact=course.title)
    else:
        same = same.filter(code=course.code, minutes=course.minutes)
    if same.exists():
        raise Refused(
            _("You have put this into your record yourself. Take your own entry out, then confirm this one.")
        )
