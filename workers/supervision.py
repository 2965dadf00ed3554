"""Who supervises whom, and who stands in: agreements made by the employer, and their delegates."""

from datetime import date

from django.db import transaction
from django.db.models import Max, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from accounts import notices, trail
from accounts.models import Organisation, User
from accounts.policy import Permission, may, require
from accounts.refusals import Refused, translate
from accounts.roles import Role
from workers import tracking
from workers.models import Agreement, Delegate, Employment, Worker

YOUR_SUPERVISOR = gettext_noop("%(supervisor)s is your supervisor at %(employer)s and signs your hours.")
YOU_SUPERVISE = gettext_noop("You supervise %(worker)s at %(employer)s and sign their hours.")
YOU_STAND_IN = gettext_noop("You may sign hours in place of %(supervisor)s until %(until)s.")

RULES = {
    "agreement_ends_after_it_starts": ("ended_on", gettext_lazy("The last day lies before the first.")),
    "agreement_once_at_a_time": (
        "started_on",
        gettext_lazy("This person already supervises the worker on some of these days."),
    ),
    "delegate_ends_after_it_starts": ("ended_on", gettext_lazy("The last day lies before the first.")),
}


def supervisors(employer: Organisation) -> QuerySet[User]:
    """Who may be named as a supervisor or a delegate: today's members with that role."""
    held = employer.memberships.filter(role=Role.SUPERVISOR, ended_at=None)
    return User.objects.filter(pk__in=held.values("user")).order_by("family_name", "given_name")


def agree(
    *,
    worker: Worker,
    employer: Organisation,
    supervisor: User,
    basis: str,
    started_on: date,
    by: User,
    ended_on: date | None = None,
) -> Agreement:
    """Name who supervises a worker of an employer, from which day, and by what they are qualified."""
    require(by, Permission.PEOPLE_MANAGE, on=employer)
    if not Employment.objects.filter(worker=worker, employer=employer).exists():
        raise Refused(_("This worker does not name you as an employer."), field="worker")
    _check_signer(supervisor, employer, worker, field="supervisor")
    with translate(RULES):
        agreement = Agreement.objects.create(
            worker=worker,
            employer=employer,
            supervisor=supervisor,
            basis=basis,
            started_on=started_on,
            ended_on=ended_on,
            made_by=by,
        )
        trail.record("agreement.made", subject=agreement, by=by, organisation_id=employer.pk, basis=basis)
        names = {"supervisor": str(supervisor), "employer": employer.name, "worker": worker.full_name}
        notices.tell(worker.user, YOUR_SUPERVISOR, url=reverse("workers:supervision"), **names)
        notices.tell(supervisor, YOU_SUPERVISE, url=reverse("workers:sign"), **names)
        transaction.on_commit(tracking.wake)
    return agreement


def end(agreement: Agreement, *, by: User, on: date) -> Agreement:
    """Say which day of supervision was the last. What was signed for later days stands in the way."""
    require(by, Permission.PEOPLE_MANAGE, on=agreement)
    with translate(RULES):
        row = Agreement.objects.select_for_update().get(pk=agreement.pk)
        if row.ended_on and row.ended_on <= on:
            raise Refused(_("This ended on %(day)s.") % {"day": date_format(row.ended_on)})
        signed = row.hours.counted().aggregate(day=Max("day"))["day"]
        if signed and signed > on:
            raise Refused(
                _("Hours of %(day)s were signed under this agreement.") % {"day": date_format(signed)},
                field="ended_on",
            )
        held = row.sessions.filter(confirmed_on__isnull=False).aggregate(day=Max("day"))["day"]
        if held and held > on:
            raise Refused(
                _("Supervision of %(day)s was confirmed under this agreement.") % {"day": date_format(held)},
                field="ended_on",
            )
        row.ended_on = on
        row.save(update_fields=["ended_on"])
        trail.record(
            "agreement.ended", subject=row, by=by, organisation_id=row.employer_id, on=on.isoformat()
        )
        transaction.on_commit(tracking.wake)
    return row


def name_delegate(
    agreement: Agreement, *, user: User, started_on: date, ended_on: date, by: User
) -> Delegate:
    """Let somebody else sign in the supervisor's place for a while. Employers do it, and the supervisor."""
    _require_hand(agreement, by)
    _check_signer(user, agreement.employer, agreement.worker, field="user")
    if user.pk == agreement.supervisor_id:
        raise Refused(_("This is the supervisor already."), field="user")
    with translate(RULES):
        delegate = Delegate.objects.create(
            agreement=agreement, user=user, started_on=started_on, ended_on=ended_on
        )
        trail.record(
            "delegate.named", subject=agreement, by=by, organisation_id=agreement.employer_id, user=user.pk
        )
        notices.tell(
            user,
            YOU_STAND_IN,
            url=reverse("workers:sign"),
            supervisor=str(agreement.supervisor),
            until=ended_on.isoformat(),
        )
    return delegate


@transaction.atomic
def end_delegation(delegate: Delegate, *, by: User) -> None:
    """From now on the delegate signs nothing; what they signed stays signed."""
    _require_hand(delegate.agreement, by)
    trail.record(
        "delegate.ended",
        subject=delegate.agreement,
        by=by,
        organisation_id=delegate.agreement.employer_id,
        user=delegate.user_id,
    )
    # Nothing refers to a delegation: who signed stands on the hours and in the trail.
    Delegate.objects.filter(pk=delegate.pk).delete()


def may_name_delegates(user: User, agreement: Agreement) -> bool:
    if may(user, Permission.PEOPLE_MANAGE, on=agreement):
        return True
    return agreement.supervisor_id == user.pk and may(user, Permission.HOURS_SIGN, on=agreement)


def _require_hand(agreement: Agreement, by: User) -> None:
    if not may_name_delegates(by, agreement):
        require(by, Permission.PEOPLE_MANAGE, on=agreement)


def _check_signer(user: User, employer: Organisation, worker: Worker, *, field: str) -> None:
    if user.pk == worker.user_id:
        raise Refused(_("Nobody supervises themselves."), field=field)
    if not supervisors(employer).filter(pk=user.pk).exists():
        raise Refused(_("This person is not a supervisor of this employer."), field=field)


def today_or_later(ended_on: date | None) -> bool:
    """Whether something that ends on a day, or never, is still in force."""
    return ended_on is None or ended_on >= timezone.localdate()
