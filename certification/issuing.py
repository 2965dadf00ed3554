"""Issuing credentials, and what an authority does to them afterwards. Events are only ever added."""

from calendar import monthrange
from datetime import date

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts import notices, trail
from accounts.models import User
from accounts.policy import Permission, may
from accounts.refusals import Refused
from certification import numbers
from certification.credentials import Standing, Status, standing, today
from certification.models import Application, Authority, Credential, CredentialEvent, Level, Standard
from certification.requirements.values import add_months
from certification.steps import Act, why_not_act
from workers import tracking
from workers.models import Worker

Kind = CredentialEvent.Kind
BIRTHDAY = "birthday"
#: Events after which nothing that was foreseen before comes to pass, and those that are then put aside.
LASTING = (Kind.REVOKED, Kind.SURRENDERED)
MILD = (Kind.SUSPENDED, Kind.REINSTATED)

MESSAGES = {
    Kind.ISSUED: gettext_noop("Your credential %(number)s has been issued."),
    Kind.RENEWED: gettext_noop("Your credential %(number)s has been renewed."),
    Kind.SUSPENDED: gettext_noop("Your credential %(number)s is suspended from %(day)s."),
    Kind.REINSTATED: gettext_noop("Your credential %(number)s is good again from %(day)s."),
    Kind.REVOKED: gettext_noop("Your credential %(number)s is revoked from %(day)s."),
    Kind.SURRENDERED: gettext_noop("You have given up your credential %(number)s. It ends on %(day)s."),
}


def expiry(standard: Standard, worker: Worker, *, on: date) -> date | None:
    """The last day of a term that begins on `on`; None where the standard sets no end.

    A standard that names a day of the year (or the birthday) ends the term on the last such day that lies
    within `term_months`; where none does, on the first one after. Refused when the birthday is not known.
    """
    if not standard.expires_on:
        return add_months(on, standard.term_months) if standard.term_months else None
    if standard.expires_on == BIRTHDAY:
        if worker.born_on is None:
            raise Refused(_("This credential ends on a birthday, and the date of birth is not recorded."))
        month, day = worker.born_on.month, worker.born_on.day
    else:
        month, day = (int(part) for part in standard.expires_on.split("-"))
    years = range(on.year, min(on.year + 2 + (standard.term_months or 0) // 12, date.max.year + 1))
    ahead = [end for year in years if (end := _day_of(year, month, day)) > on] or [date.max]
    term_end = add_months(on, standard.term_months) if standard.term_months else ahead[0]
    return max((end for end in ahead if end <= term_end), default=ahead[0])


def _day_of(year: int, month: int, day: int) -> date:
    """That day of a year; February 29 is the 28th in other years."""
    return date(year, month, min(day, monthrange(year, month)[1]))


@transaction.atomic
def issue(
    *,
    worker: Worker,
    level: Level,
    standard: Standard,
    by: User,
    on: date | None = None,
    application: Application | None = None,
) -> Credential:
    """Give `worker` a credential of `level`, with the authority's next number.

    From an approved application, whose approval has checked who decides; without one, `by` needs the right to
    act on credentials. Refused while the worker holds one of the level that is active or suspended.
    """
    on = on or today()
    authority = level.program.authority
    if application is None and (
        worker.user_id == by.pk or not may(by, Permission.CREDENTIAL_ACT, on=authority)
    ):
        raise Refused(_("Your role does not include issuing credentials."))
    number = numbers.take(authority)  # locks the authority's row: from here on one issue at a time
    held = Credential.objects.filter(worker=worker, level=level).with_status(on)
    if there := held.in_status(Status.ACTIVE, Status.SUSPENDED).first():
        raise Refused(_("%(number)s is a credential of this level already.") % {"number": there.number})
    credential = Credential.objects.create(
        number=number,
        worker=worker,
        level=level,
        authority=authority,
        standard=standard,
        application=application,
    )
    _record(credential, Kind.ISSUED, by=by, on=on, expires_on=expiry(standard, worker, on=on))
    return credential


def renew(
    *,
    credential: Credential,
    by: User,
    on: date | None = None,
    expires_on: date | None = None,
    reason: str = "",
) -> CredentialEvent:
    """A new term. It begins where the running one ends, or on `on` when that has ended; see `expiry`."""
    on = on or today()
    with transaction.atomic():
        here = _locked(credential, Act.RENEW, by=by, on=on)
        _stays_the_only_one(credential, on)
        standard = _current_standard(credential, on)
        renewals = CredentialEvent.objects.filter(credential=credential, kind=Kind.RENEWED)
        if renewals.filter(effective_on=on).exists():
            raise Refused(_("This credential was renewed on that day already."))
        if standard.renewals_at_most is not None and renewals.count() >= standard.renewals_at_most:
            raise Refused(_("The standard does not allow another renewal."))
        if expires_on is None:
            start = max(on, here.expires_on) if here.expires_on else on
            expires_on = expiry(standard, credential.worker, on=start)
        if expires_on and expires_on < on:
            raise Refused(_("The new term has to end after it begins."), field="expires_on")
        return _record(credential, Kind.RENEWED, by=by, on=on, expires_on=expires_on, reason=reason)


def suspend(*, credential: Credential, by: User, reason: str, on: date | None = None) -> CredentialEvent:
    """Not good from `on` until reinstated."""
    return _act(credential, Act.SUSPEND, Kind.SUSPENDED, by=by, on=on, reason=reason)


def reinstate(*, credential: Credential, by: User, reason: str, on: date | None = None) -> CredentialEvent:
    """Good again from `on`, after a suspension or a revocation that was overturned."""
    return _act(credential, Act.REINSTATE, Kind.REINSTATED, by=by, on=on, reason=reason)


def revoke(*, credential: Credential, by: User, reason: str, on: date | None = None) -> CredentialEvent:
    return _act(credential, Act.REVOKE, Kind.REVOKED, by=by, on=on, reason=reason)


def surrender(*, credential: Credential, by: User, reason: str, on: date | None = None) -> CredentialEvent:
    """The holder gave it up; recorded by the authority. Final."""
    return _act(credential, Act.SURRENDER, Kind.SURRENDERED, by=by, on=on, reason=reason)


def _act(
    credential: Credential, act: Act, kind: Kind, *, by: User, on: date | None, reason: str
) -> CredentialEvent:
    on = on or today()
    reason = reason.strip()
    if not reason:
        raise Refused(_("Give a reason. It is kept with the credential."), field="reason")
    with transaction.atomic():
        before = _locked(credential, act, by=by, on=on)
        if act == Act.REINSTATE:
            _stays_the_only_one(credential, on)
        event = _record(credential, kind, by=by, on=on, reason=reason)
        if kind in LASTING:
            _hold_on(event)
        if standing(_events(credential), on).status == before.status:
            # Of two events of one day the weightier holds, so this one would say nothing.
            raise Refused(
                _("Something else was recorded for that day. Choose the day after."), field="effective_on"
            )
    return event


def _locked(credential: Credential, act: Act, *, by: User, on: date) -> Standing:
    """The credential's standing on the day, with its row held; refused when the act is not open."""
    Credential.objects.select_for_update().only("pk").get(pk=credential.pk)
    here = standing(_events(credential), on)
    if reason := why_not_act(credential, here.status, act, user=by):
        raise Refused(reason)
    return here


def _stays_the_only_one(credential: Credential, on: date) -> None:
    """Refused while the worker holds another of the level, issued since; one issue or return at a time."""
    Authority.objects.select_for_update().only("pk").get(pk=credential.authority_id)
    others = Credential.objects.filter(worker=credential.worker_id, level=credential.level_id)
    for day in {on, today()}:
        good = others.exclude(pk=credential.pk).with_status(day).in_status(Status.ACTIVE, Status.SUSPENDED)
        if there := good.first():
            raise Refused(_("%(number)s is a credential of this level already.") % {"number": there.number})


def _hold_on(event: CredentialEvent) -> None:
    """Say it again for each later day of which something milder was recorded before.

    What was foreseen for a credential, such as the end of a suspension, must not bring back one that has
    been given up or revoked since: of two events of one day the weightier holds.
    """
    later = CredentialEvent.objects.filter(
        credential=event.credential, kind__in=MILD, effective_on__gt=event.effective_on
    )
    CredentialEvent.objects.bulk_create(
        CredentialEvent(
            credential=event.credential,
            kind=event.kind,
            effective_on=day,
            reason=event.reason,
            recorded_by=event.recorded_by,
        )
        for day in sorted(set(later.values_list("effective_on", flat=True)))
    )


def _events(credential: Credential) -> list[CredentialEvent]:
    return list(CredentialEvent.objects.filter(credential=credential))


def _current_standard(credential: Credential, on: date) -> Standard:
    """The version in force on the day; the one it was issued by where none is."""
    in_force = Standard.objects.in_force(on).filter(level=credential.level_id).first()
    return in_force or credential.standard


def _record(
    credential: Credential,
    kind: Kind,
    *,
    by: User,
    on: date,
    expires_on: date | None = None,
    reason: str = "",
) -> CredentialEvent:
    event = CredentialEvent.objects.create(
        credential=credential,
        kind=kind,
        effective_on=on,
        expires_on=expires_on,
        reason=reason.strip(),
        recorded_by=by,
    )
    trail.record(
        f"credential.{kind.value}",
        subject=credential,
        by=by,
        organisation_id=credential.authority.organisation_id,
        effective_on=on.isoformat(),
        expires_on=expires_on.isoformat() if expires_on else None,
    )
    notices.tell(
        credential.worker.user,
        MESSAGES[kind],
        url=reverse("certification:credential", args=[credential.number]),
        number=credential.number,
        day=on.isoformat(),
    )
    transaction.on_commit(tracking.wake)
    return event
