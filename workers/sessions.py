"""Supervision received: recorded by the worker, confirmed by the supervisor, counted from then on."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from accounts import notices, trail
from accounts.models import User
from accounts.policy import Permission, may, require
from accounts.reading import zone_of
from accounts.refusals import Refused, translate
from workers import tracking
from workers.entries import clock
from workers.locks import one_at_a_time
from workers.models import Agreement, SupervisionSession, Worker
from workers.words import Domain

CONFIRMED = gettext_noop("%(name)s confirmed supervision that you received: %(hours)s.")

TWICE = gettext_lazy(
    "This session is in your record already. If there was another one like it that day, record both as one."
)
RULES = {
    "session_whole_minutes_of_one_day": ("minutes", gettext_lazy("A session takes 1 minute to 24 hours.")),
}


def record(
    *,
    worker: Worker,
    by: User,
    agreement: Agreement,
    day: date,
    minutes: int,
    format: str,
    domain: str,
    topics: Mapping[str, int] | None = None,
    at: datetime | None = None,
) -> SupervisionSession:
    """Put down a session of supervision; it counts once the supervisor confirmed it.

    `topics`: minutes by further subject; what they leave of the session belongs to `domain`. The worker does
    it, or the employer with a file of theirs.
    """
    at = at or timezone.now()
    topics = dict(topics or {})
    if not may(by, Permission.PEOPLE_IMPORT, on=agreement):
        require(by, Permission.RECORD_KEEP, on=worker)
    if agreement.worker_id != worker.pk:
        raise Refused(_("This is not one of your supervisors."), field="agreement")
    if day > at.astimezone(zone_of(by)).date():
        raise Refused(_("This day is still to come."), field="day")
    if day < agreement.started_on or (agreement.ended_on and day > agreement.ended_on):
        raise Refused(_("This person did not supervise you on that day."), field="day")
    _check_topics(topics, domain=domain, minutes=minutes)
    with translate(RULES):
        one_at_a_time(worker)
        same = SupervisionSession.objects.filter(
            agreement=agreement, day=day, minutes=minutes, format=format, domain=domain, topics=topics
        )
        if same.exists():
            raise Refused(str(TWICE))
        session = SupervisionSession.objects.create(
            worker=worker,
            agreement=agreement,
            day=day,
            minutes=minutes,
            format=format,
            domain=domain,
            topics=topics,
            recorded_at=at,
        )
        trail.record("session.recorded", subject=session, by=by, organisation_id=agreement.employer_id)
        transaction.on_commit(tracking.wake)
    return session


def _check_topics(topics: Mapping[str, int], *, domain: str, minutes: int) -> None:
    if unknown := set(topics) - set(Domain.values):
        raise Refused(_("%(what)s is not a subject.") % {"what": min(unknown)}, field="topics")
    if domain in topics:
        raise Refused(_("The main subject has the rest of the time by itself."), field="topics")
    if any(share < 1 for share in topics.values()):
        raise Refused(_("Each further subject has at least a minute."), field="topics")
    if sum(topics.values()) > minutes:
        raise Refused(
            _("The further subjects take %(sum)s, the session %(all)s.")
            % {"sum": clock(sum(topics.values())), "all": clock(minutes)},
            field="topics",
        )


@transaction.atomic
def confirm(sessions: Sequence[SupervisionSession], *, by: User, at: datetime | None = None) -> int:
    """Confirm sessions that one held, or that one stands in for. Returns how many; one notice a worker.

    What qualified the supervisor on the day, as far as known now, is sealed with each.
    """
    at = at or timezone.now()
    ids = [session.pk for session in sessions]
    # Locked first, as by `supervision.end`: the days of an agreement stand still meanwhile.
    under = Agreement.objects.filter(sessions__in=ids).values("pk")
    list(Agreement.objects.filter(pk__in=under).select_for_update(no_key=True).order_by("pk"))
    rows = list(
        SupervisionSession.objects.filter(pk__in=ids)
        .select_related("worker__user", "agreement")
        .select_for_update(of=("self",))
        .order_by("pk")
    )
    if SupervisionSession.objects.filter(pk__in=ids).to_confirm_by(by).count() < len(set(ids)):
        raise PermissionDenied
    if any(row.worker.user_id == by.pk for row in rows):
        raise Refused(_("Nobody confirms their own supervision."))
    if any(row.confirmed_on for row in rows):
        raise Refused(_("Some of these sessions are confirmed already."))
    SupervisionSession.objects.filter(pk__in=ids).update(
        confirmed_by=by,
        confirmed_on=at,
        basis=Subquery(
            Agreement.objects.filter(pk=OuterRef("agreement")).held_on(OuterRef("day")).values("held")[:1]
        ),
    )
    trail.record_many("session.confirmed", subjects=rows, by=by)
    minutes: dict[User, int] = {}
    for row in rows:
        if row.worker.user:
            minutes[row.worker.user] = minutes.get(row.worker.user, 0) + row.minutes
    notices.tell_each(
        [(user, {"name": str(by), "hours": clock(total)}) for user, total in minutes.items()],
        CONFIRMED,
        url=reverse("workers:supervision"),
    )
    transaction.on_commit(tracking.wake)
    return len(rows)


@transaction.atomic
def discard(session: SupervisionSession, *, by: User) -> None:
    """Take out a session that nobody confirmed yet."""
    if not may(by, Permission.PEOPLE_IMPORT, on=session.agreement):
        require(by, Permission.RECORD_KEEP, on=session)
    row = SupervisionSession.objects.select_for_update().get(pk=session.pk)
    if row.confirmed_on:
        raise Refused(_("The supervisor confirmed this session. It stays in your record."))
    trail.record("session.discarded", subject=row, by=by)
    row.delete()
    transaction.on_commit(tracking.wake)
