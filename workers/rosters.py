"""An employer's roster: who they say works there. It becomes a job once that person says so too.

Whether an address belongs to somebody with an account is told to nobody: the answer is the same either way.
"""

from contextlib import suppress
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts import notices, trail
from accounts.models import User
from accounts.policy import Permission, may, require
from accounts.refusals import Refused
from workers import jobs, supervision
from workers.models import Employment, Import, RosterLine, Worker
from workers.models.supervision import Basis
from workers.words import Pay, Work

ASKED = gettext_noop("%(employer)s says that you work there as %(title)s. Say whether that is right.")


def propose(
    *,
    source: Import,
    place: int,
    by: User,
    email: str,
    given_name: str,
    family_name: str,
    title: str,
    state: str,
    started_on: date,
    ended_on: date | None = None,
    work: str = Work.PEER_SUPPORT,
    pay: str = Pay.PAID,
    supervisor: User | None = None,
    basis: str = Basis.QUALIFIED_SUPERVISOR,
    supervised_from: date | None = None,
) -> RosterLine | None:
    """Ask somebody to confirm a job, with who supervises them there. None where they were asked before.

    Raises Refused at the field for what a job cannot be.
    """
    employer = source.organisation
    require(by, Permission.PEOPLE_IMPORT, on=employer)
    assert employer is not None  # noqa: S101 (an import without one is nobody's to send here)
    if started_on > timezone.localdate():
        raise Refused(_("This day is still to come."), field="started_on")
    if ended_on and ended_on < started_on:
        raise Refused(_("The last day lies before the first."), field="ended_on")
    if supervised_from and supervised_from < started_on:
        raise Refused(_("The job had not begun by that day."), field="supervised_from")
    said = {"employer": employer, "email": email, "title": title, "started_on": started_on}
    if RosterLine.objects.filter(**said, withdrawn_at=None).exists():
        return None
    line = RosterLine.objects.create(
        source=source,
        place=place,
        **said,
        given_name=given_name,
        family_name=family_name,
        state=state,
        ended_on=ended_on,
        work=work,
        pay=pay,
        supervisor=supervisor,
        basis=basis if supervisor else "",
        supervised_from=supervised_from,
    )
    trail.record("roster.asked", subject=line, by=by, organisation_id=employer.pk)
    person = User.objects.filter(email=email, is_active=True).first()
    notices.tell(person, ASKED, url=reverse("workers:jobs"), employer=employer.name, title=title)
    return line


@transaction.atomic
def accept(line: RosterLine, *, by: User) -> Employment:
    """The person says that they work there: it becomes a job in their record, confirmed by the employer."""
    row = _open(line, by)
    worker = Worker.objects.filter(user=by).first()
    if worker is None:
        raise Refused(_("Begin your record first."))
    said: dict[str, Any] = {
        name: getattr(row, name) for name in ("title", "state", "started_on", "work", "pay")
    }
    job = Employment.objects.filter(worker=worker, employer=row.employer, title=row.title).first()
    if job is None:
        job = jobs.add(worker=worker, by=by, employer=row.employer, ended_on=row.ended_on, **said)
    asked = row.source.uploaded_by
    if asked.pk != by.pk and may(asked, Permission.PEOPLE_MANAGE, on=row):
        _as_the_employer_said(row, job, asked)
    row.answered_at, row.employment = timezone.now(), job
    row.save(update_fields=["answered_at", "employment"])
    trail.record("roster.accepted", subject=row, by=by, organisation_id=row.employer_id)
    return job


def _as_the_employer_said(row: RosterLine, job: Employment, asked: User) -> None:
    """The file counts as the employer's word, while whoever sent it still speaks for them."""
    if job.confirmed_on is None:
        jobs.confirm(job, by=asked)
    if row.supervisor is None:
        return
    with suppress(Refused):  # who has gone meanwhile, or supervises already, does not stand in the way
        supervision.agree(
            worker=job.worker,
            employer=row.employer,
            supervisor=row.supervisor,
            basis=row.basis,
            started_on=row.supervised_from or row.started_on,
            ended_on=row.ended_on,
            by=asked,
        )


@transaction.atomic
def decline(line: RosterLine, *, by: User) -> None:
    """The person says that this is not so. Nothing of it comes into any record."""
    row = _open(line, by)
    row.answered_at = timezone.now()
    row.save(update_fields=["answered_at"])
    trail.record("roster.declined", subject=row, by=by, organisation_id=row.employer_id)


def _open(line: RosterLine, by: User) -> RosterLine:
    rows = RosterLine.objects.offered_to(by).select_for_update(of=("self",))
    row = rows.select_related("employer", "supervisor", "source__uploaded_by").filter(pk=line.pk).first()
    if row is None:
        raise Refused(_("This was answered or taken back already."))
    return row


@transaction.atomic
def withdraw(lines: QuerySet[RosterLine], *, by: User) -> int:
    """The employer no longer asks. Returns how many were open."""
    rows = list(lines.select_for_update())
    RosterLine.objects.filter(pk__in=[row.pk for row in rows]).update(withdrawn_at=timezone.now())
    trail.record_many("roster.withdrawn", subjects=rows, by=by)
    return len(rows)
