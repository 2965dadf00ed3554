"""Where a worker worked: named by the worker, confirmed by the employer."""

from datetime import date

from django.db import transaction
from django.db.models import ProtectedError
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from accounts import notices, trail
from accounts.models import Organisation, User
from accounts.policy import Permission, require
from accounts.refusals import Refused, translate
from workers import tracking
from workers.models import Employment, Worker
from workers.words import Pay, Work

CONFIRMED = gettext_noop("%(employer)s confirmed that you work there.")

RULES = {
    "employment_ends_after_it_starts": (
        "ended_on",
        gettext_lazy("The last day lies before the first."),
    ),
    "employment_same_job_once_at_a_time": (
        "started_on",
        gettext_lazy("This job is in your record already for some of these days."),
    ),
    "employment_keeps_its_hours": (
        "ended_on",
        gettext_lazy("There are hours of this job after that day."),
    ),
}


def add(
    *,
    worker: Worker,
    by: User,
    employer: Organisation,
    title: str,
    state: str,
    started_on: date,
    ended_on: date | None = None,
    work: str = Work.PEER_SUPPORT,
    pay: str = Pay.PAID,
) -> Employment:
    """Put a job in one's record. The employer is asked to confirm it; hours can be logged at once."""
    require(by, Permission.RECORD_KEEP, on=worker)
    if employer.kind != Organisation.Kind.EMPLOYER:
        raise Refused(_("This organization is not an employer."), field="employer")
    if started_on > timezone.localdate():
        raise Refused(_("This day is still to come."), field="started_on")
    with translate(RULES):
        job = Employment.objects.create(
            worker=worker,
            employer=employer,
            title=title.strip(),
            state=state,
            started_on=started_on,
            ended_on=ended_on,
            work=work,
            pay=pay,
        )
        trail.record("job.added", subject=job, by=by, organisation_id=employer.pk)
        transaction.on_commit(tracking.wake)
    return job


def end(job: Employment, *, by: User, on: date) -> Employment:
    """Say which day was the last. Hours of later days stand in the way."""
    require(by, Permission.RECORD_KEEP, on=job)
    with translate(RULES):
        row = Employment.objects.select_for_update().get(pk=job.pk)
        if row.ended_on:
            raise Refused(_("This job ended on %(day)s.") % {"day": date_format(row.ended_on)})
        row.ended_on = on
        row.save(update_fields=["ended_on"])
        trail.record("job.ended", subject=row, by=by, organisation_id=row.employer_id, on=on.isoformat())
        transaction.on_commit(tracking.wake)
    return row


@transaction.atomic
def discard(job: Employment, *, by: User) -> None:
    """Take out a job that was put in by mistake: none that the employer confirmed or that has hours."""
    require(by, Permission.RECORD_KEEP, on=job)
    row = Employment.objects.select_for_update().get(pk=job.pk)
    if row.confirmed_on:
        raise Refused(_("The employer confirmed this job. You can say when it ended."))
    trail.record("job.discarded", subject=row, by=by, organisation_id=row.employer_id)
    try:
        row.delete()
    except ProtectedError as problem:
        raise Refused(_("There are hours of this job. You can say when it ended.")) from problem
    transaction.on_commit(tracking.wake)


@transaction.atomic
def confirm(job: Employment, *, by: User) -> Employment:
    """The employer says that the worker worked there as stated."""
    require(by, Permission.PEOPLE_MANAGE, on=job)
    jobs = Employment.objects.select_related("worker__user", "employer").select_for_update(of=("self",))
    row = jobs.get(pk=job.pk)
    if row.worker.user_id == by.pk:
        raise Refused(_("Nobody confirms their own job."))
    if row.confirmed_on:
        raise Refused(_("This job is confirmed already."))
    row.confirmed_by, row.confirmed_on = by, timezone.now()
    row.save(update_fields=["confirmed_by", "confirmed_on"])
    trail.record("job.confirmed", subject=row, by=by, organisation_id=row.employer_id)
    notices.tell(row.worker.user, CONFIRMED, url=reverse("workers:jobs"), employer=row.employer.name)
    transaction.on_commit(tracking.wake)
    return row
