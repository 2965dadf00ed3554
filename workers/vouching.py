"""What qualifies a supervisor from when to when, and who vouches for it: the employer or an authority.

Hours and sessions are sealed with what was known when they were signed. What becomes known later changes what
is signed from then on and nothing that was signed: whoever is concerned is told, and a correction is an
amendment of the hours, signed again.
"""

from datetime import date

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from accounts import notices, trail
from accounts.models import Organisation, User
from accounts.policy import Permission, require
from accounts.refusals import Refused, translate
from workers import supervision, tracking
from workers.entries import clock
from workers.models import Agreement, HourEntry, SupervisorStatus
from workers.models.supervision import Basis

VOUCHED = gettext_noop("%(voucher)s recorded what qualifies you to supervise: %(basis)s.")
CHANGED = gettext_noop("%(voucher)s changed what qualifies you to supervise: %(basis)s.")
SEALED = gettext_noop(
    "What qualified %(supervisor)s was corrected. %(hours)s signed as supervised hours lie outside it now."
    " They stay as they were signed."
)

RULES = {
    "status_ends_after_it_starts": ("ended_on", gettext_lazy("The last day lies before the first.")),
    "status_once_at_a_time": (
        "started_on",
        gettext_lazy("This is recorded already for some of these days. End the other first."),
    ),
    "status_basis_is_known": ("basis", gettext_lazy("Choose what qualifies the supervisor.")),
}


def vouch(
    *,
    supervisor: User,
    basis: str,
    voucher: Organisation,
    started_on: date,
    by: User,
    ended_on: date | None = None,
    evidence: str = "",
) -> SupervisorStatus:
    """Put down that somebody held a supervisor's qualification from a day to a day, or with no end known.

    An employer vouches for its own supervisors, and for itself alone; an authority for whom it qualified,
    for every employer. `evidence` says how it can be checked, like the number of a license.
    """
    require(by, Permission.SUPERVISORS_VOUCH, on=voucher)
    _knows(voucher, supervisor)
    with translate(RULES):
        outside = _minutes_outside(supervisor)
        status = SupervisorStatus.objects.create(
            supervisor=supervisor,
            basis=basis,
            voucher=voucher,
            evidence=evidence.strip(),
            started_on=started_on,
            ended_on=ended_on,
            vouched_by=by,
        )
        _record("supervisor.vouched", status, by)
        _tell(VOUCHED, status, by)
        # To date what was undated takes it from the days before.
        _tell_of_sealed(status, before=outside)
        transaction.on_commit(tracking.wake)
    return status


def change_end(status: SupervisorStatus, *, ended_on: date | None, by: User) -> SupervisorStatus:
    """Say which day was, or will be, the last one; None when it goes on. Also later, for a day long past."""
    require(by, Permission.SUPERVISORS_VOUCH, on=status)
    with translate(RULES):
        row = _standing(status)
        if row.ended_on == ended_on:
            return row
        outside = _minutes_outside(row.supervisor)
        row.ended_on = ended_on
        row.save(update_fields=["ended_on"])
        _record("supervisor.status_changed", row, by)
        _tell(CHANGED, row, by)
        _tell_of_sealed(row, before=outside)
        transaction.on_commit(tracking.wake)
    return row


@transaction.atomic
def withdraw(status: SupervisorStatus, *, by: User) -> SupervisorStatus:
    """Say that it was put down by mistake: from now on it qualifies for no day."""
    require(by, Permission.SUPERVISORS_VOUCH, on=status)
    row = _standing(status)
    outside = _minutes_outside(row.supervisor)
    row.withdrawn_by, row.withdrawn_on = by, timezone.now()
    row.save(update_fields=["withdrawn_by", "withdrawn_on"])
    _record("supervisor.status_withdrawn", row, by)
    _tell(CHANGED, row, by)
    _tell_of_sealed(row, before=outside)
    transaction.on_commit(tracking.wake)
    return row


def signed_outside(supervisor: User) -> QuerySet[HourEntry]:
    """Hours that count as supervised by somebody who, as known today, was not qualified on their day."""
    now = Agreement.objects.filter(pk=OuterRef("agreement")).qualified_on(OuterRef("day"))
    return (
        HourEntry.objects.counted()
        .filter(agreement__supervisor=supervisor, supervised=True)
        .annotate(qualified_now=Subquery(now.values("qualified")[:1]))
        .filter(qualified_now=False)
    )


def _knows(voucher: Organisation, supervisor: User) -> None:
    """An employer speaks of its supervisors of today or before; an authority of whoever supervises."""
    agreements = Agreement.objects.filter(supervisor=supervisor)
    if voucher.kind == Organisation.Kind.AUTHORITY:
        known = agreements.exists()
    else:
        known = (
            supervision.supervisors(voucher).filter(pk=supervisor.pk).exists()
            or agreements.filter(employer=voucher).exists()
        )
    if not known:
        raise Refused(_("This person does not supervise here."), field="supervisor")


def _standing(status: SupervisorStatus) -> SupervisorStatus:
    row = (
        SupervisorStatus.objects.select_for_update(of=("self",))
        .select_related("supervisor", "voucher")
        .get(pk=status.pk)
    )
    if row.withdrawn_on:
        raise Refused(_("This was withdrawn already."))
    return row


def _minutes_outside(supervisor: User) -> dict[int, int]:
    """Minutes that lie outside, by worker."""
    found = signed_outside(supervisor).order_by().values_list("worker").annotate(Sum("minutes"))
    return dict(found)


def _tell_of_sealed(status: SupervisorStatus, *, before: dict[int, int]) -> None:
    """Nothing sealed changes, and nothing changes silently: the workers and their employers are told."""
    entries = signed_outside(status.supervisor)
    now = _minutes_outside(status.supervisor)
    grown = {worker: minutes for worker, minutes in now.items() if minutes > before.get(worker, 0)}
    if not grown:
        return
    trail.record(
        "supervisor.sealed_outside",
        subject=status,
        by=None,
        organisation_id=status.voucher_id,
        minutes=sum(grown.values()),
        workers=len(grown),
    )
    name = str(status.supervisor)
    people = User.objects.filter(worker__in=grown).select_related("worker")
    notices.tell_each(
        [(user, {"supervisor": name, "hours": clock(grown[user.worker.pk])}) for user in people],
        SEALED,
        url=reverse("workers:supervision"),
    )
    employers = Organisation.objects.filter(agreements__in=entries.values("agreement"))
    for employer in employers.distinct():
        notices.tell_many(
            supervision.managers(employer),
            SEALED,
            url=reverse("workers:supervisor", args=[employer.slug, status.supervisor_id]),
            supervisor=name,
            hours=clock(entries.filter(agreement__employer=employer).aggregate(n=Sum("minutes"))["n"] or 0),
        )


def _record(verb: str, status: SupervisorStatus, by: User) -> None:
    trail.record(
        verb,
        subject=status,
        by=by,
        organisation_id=status.voucher_id,
        supervisor=status.supervisor_id,
        basis=status.basis,
        started_on=status.started_on.isoformat(),
        ended_on=status.ended_on.isoformat() if status.ended_on else None,
    )


def _tell(message: str, status: SupervisorStatus, by: User) -> None:
    if status.supervisor_id != by.pk:
        notices.tell(
            status.supervisor,
            message,
            voucher=status.voucher.name,
            basis=str(Basis(status.basis).label),
            url=reverse("workers:sign"),
        )
