"""Who supervises whom, and who stands in: agreements made by the employer, and their delegates."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from accounts import notices, trail
from accounts.models import Membership, Organisation, User
from accounts.policy import ROLES, Permission, may, require
from accounts.refusals import Refused, translate
from accounts.roles import Role
from accounts.zones import begun_everywhere
from workers import tracking
from workers.models import Agreement, Delegate, Employment, HourEntry, Worker

Kind = Delegate.Kind

YOUR_SUPERVISOR = gettext_noop("%(supervisor)s is your supervisor at %(employer)s and signs your hours.")
YOU_SUPERVISE = gettext_noop("You supervise %(worker)s at %(employer)s and sign their hours.")
YOU_STAND_IN = gettext_noop("You may sign hours in place of %(supervisor)s until %(until)s.")
YOU_TAKE_OVER = gettext_noop(
    "You take over the hours of %(worker)s that %(supervisor)s did not sign."
    " Please sign them until %(until)s."
)
YOU_ATTEST = gettext_noop(
    "Please attest the hours of %(worker)s that %(supervisor)s did not sign, as a colleague, until %(until)s."
)
ENDED = gettext_noop(
    "%(supervisor)s no longer supervises you at %(employer)s. What was signed stays signed. Your employer can"
    " name who signs what still waits."
)
ENDED_WITH_SUBSTITUTE = gettext_noop(
    "%(supervisor)s no longer supervises you at %(employer)s. What was signed stays signed;"
    " %(substitute)s signs what still waits."
)
ENDED_WITH_COLLEAGUE = gettext_noop(
    "%(supervisor)s no longer supervises you at %(employer)s. What was signed stays signed; %(substitute)s, a"
    " colleague, attests what still waits."
)
NOBODY_SIGNS = gettext_noop(
    "%(supervisor)s no longer supervises %(worker)s. Name who signs the hours that still wait."
)

#: How long whoever takes over has to sign.
TIME_TO_TAKE_OVER = timedelta(days=90)

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


@transaction.atomic
def end(
    agreement: Agreement, *, by: User, on: date, substitute: User | None = None, attested: bool = False
) -> Agreement:
    """Say which day of supervision was the last. What was signed for later days stands in the way.

    `substitute` takes over what waits for a signature; with `attested`, as a colleague who only attests it.
    """
    require(by, Permission.PEOPLE_MANAGE, on=agreement)
    with translate(RULES):
        row = Agreement.objects.select_for_update().get(pk=agreement.pk)
        if row.ended_on and row.ended_on <= on:
            raise Refused(_("This ended on %(day)s.") % {"day": date_format(row.ended_on)})
        _nothing_signed_after(row, on)
        _end(row, by=by, on=on)
    if substitute:
        hand_over(row, to=substitute, by=by, kind=Kind.COLLEAGUE if attested else Kind.SUBSTITUTE, tell=False)
    _tell_of_the_end(row, by=by, substitute=substitute, attested=attested)
    return row


def _nothing_signed_after(row: Agreement, on: date) -> None:
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


def _end(row: Agreement, *, by: User, on: date) -> None:
    row.ended_on = on
    row.save(update_fields=["ended_on"])
    trail.record("agreement.ended", subject=row, by=by, organisation_id=row.employer_id, on=on.isoformat())
    transaction.on_commit(tracking.wake)


def _tell_of_the_end(row: Agreement, *, by: User, substitute: User | None, attested: bool) -> None:
    """The worker learns that nothing is lost; the employer, where nobody signs what waits."""
    names = {"supervisor": str(row.supervisor), "employer": row.employer.name, "worker": row.worker.full_name}
    if substitute:
        message = ENDED_WITH_COLLEAGUE if attested else ENDED_WITH_SUBSTITUTE
        names["substitute"] = str(substitute)
    else:
        message = ENDED
    notices.tell(row.worker.user, message, url=reverse("workers:supervision"), **names)
    if not substitute and waiting_under(row).exists():
        keepers = [user for user in managers(row.employer) if user.pk != by.pk]
        url = reverse("workers:agreement", args=[row.pk])
        notices.tell_many(keepers, NOBODY_SIGNS, url=url, **names)


def waiting_under(agreement: Agreement) -> QuerySet[HourEntry]:
    """Hours of the days of an agreement that wait for a signature."""
    found = HourEntry.objects.filter(
        worker=agreement.worker_id,
        employment__employer=agreement.employer_id,
        status=HourEntry.Status.SUBMITTED,
        day__gte=agreement.started_on,
    )
    return found.filter(day__lte=agreement.ended_on) if agreement.ended_on else found


def managers(employer: Organisation) -> list[User]:
    """Who looks after the people of an employer."""
    return managers_of([employer.pk])[employer.pk]


def managers_of(employers: Collection[int]) -> dict[int, list[User]]:
    """Who looks after the people of each employer. One query."""
    roles = [role for role, held in ROLES.items() if Permission.PEOPLE_MANAGE in held]
    held = Membership.objects.filter(
        organisation__in=employers, role__in=roles, ended_at=None, user__is_active=True
    )
    found: dict[int, list[User]] = defaultdict(list)
    for membership in held.select_related("user").order_by("pk"):
        if membership.user not in found[membership.organisation_id]:
            found[membership.organisation_id].append(membership.user)
    return found


def colleagues(agreement: Agreement) -> QuerySet[User]:
    """Who can attest a worker's hours: members of the employer and those who work there, but the worker."""
    employer = agreement.employer
    members = employer.memberships.filter(ended_at=None).values("user")
    people = Employment.objects.filter(
        employer=employer, worker__user__isnull=False, confirmed_on__isnull=False
    )
    found = User.objects.filter(Q(pk__in=members) | Q(pk__in=people.values("worker__user")), is_active=True)
    own = agreement.worker.user_id
    return (found.exclude(pk=own) if own else found).order_by("family_name", "given_name")


@transaction.atomic
def hand_over(
    agreement: Agreement, *, to: User, by: User, kind: str = Delegate.Kind.SUBSTITUTE, tell: bool = True
) -> Delegate:
    """Give what waits under an agreement that ended to a substitute to sign, or to a colleague to attest.

    A substitute is a supervisor of the employer and signs as the supervisor would have. A colleague attests:
    the hours count as approved, never as supervised, and say so.
    """
    require(by, Permission.PEOPLE_MANAGE, on=agreement)
    if kind == Kind.SUBSTITUTE:
        _check_signer(to, agreement.employer, agreement.worker, field="substitute")
    elif not colleagues(agreement).filter(pk=to.pk).exists():
        raise Refused(_("This person does not work for this employer."), field="substitute")
    # Whoever takes over may live where it is still yesterday.
    since = begun_everywhere()
    until = since + TIME_TO_TAKE_OVER
    # The row is the lock: pressed twice, somebody is named once.
    if Agreement.objects.select_for_update().get(pk=agreement.pk).ended_on is None:
        raise Refused(_("This supervision goes on. Name who stands in for a while, or end it first."))
    if agreement.delegates.today().filter(user=to, kind=kind).exists():
        raise Refused(_("This person is named already."), field="substitute")
    named = Delegate.objects.create(agreement=agreement, user=to, kind=kind, started_on=since, ended_on=until)
    trail.record(
        "agreement.handed_over",
        subject=agreement,
        by=by,
        organisation_id=agreement.employer_id,
        user=to.pk,
        kind=kind,
    )
    names = {
        "supervisor": str(agreement.supervisor),
        "employer": agreement.employer.name,
        "worker": agreement.worker.full_name,
        "substitute": str(to),
    }
    message = YOU_TAKE_OVER if kind == Kind.SUBSTITUTE else YOU_ATTEST
    notices.tell(to, message, url=reverse("workers:sign"), until=until.isoformat(), **names)
    if tell:
        told = ENDED_WITH_SUBSTITUTE if kind == Kind.SUBSTITUTE else ENDED_WITH_COLLEAGUE
        notices.tell(agreement.worker.user, told, url=reverse("workers:supervision"), **names)
    return named


def membership_ended(*, user: User, organisation: Organisation, by: User, successor: User | None) -> None:
    """Somebody lost a role: what they supervised there ends today, unless they still supervise there.

    Named in settings.MEMBERSHIP_FOLLOWERS; `successor` takes over what they did not sign.
    """
    if supervisors(organisation).filter(pk=user.pk).exists():
        return
    today = timezone.localdate()
    going_on = Agreement.objects.in_force(today).filter(supervisor=user, employer=organisation)
    for row in going_on.select_related("worker__user", "supervisor", "employer").select_for_update(
        of=("self",)
    ):
        if row.ended_on is None or row.ended_on > today:
            _end(row, by=by, on=today)
        if successor and successor.pk != row.worker.user_id:
            hand_over(row, to=successor, by=by, tell=False)
            _tell_of_the_end(row, by=by, substitute=successor, attested=False)
        else:
            _tell_of_the_end(row, by=by, substitute=None, attested=False)


def may_sign(user: User) -> bool:
    """Whether there may be something for `user` to sign: as a supervisor, or as a colleague who was asked."""
    return may(user, Permission.HOURS_SIGN) or attests(user)


def attests(user: User) -> bool:
    """Whether `user` is asked today to attest hours as a colleague."""
    return Agreement.objects.attested_by(user).exists()


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
