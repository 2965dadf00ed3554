"""Who stands on which rung: placed, moved on, ended. One rung of an employer at a time."""

from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts import notices, trail
from accounts.models import Organisation, User
from accounts.refusals import Refused, translate
from ladder.models import Placement, Rung, Step
from workers import tracking
from workers.models import Employment, Worker


@transaction.atomic
def place(*, worker: Worker, rung: Rung, by: User, on: date, wage: Decimal | None = None) -> Placement:
    """Put `worker` on `rung` from the day `on`. `wage` is in the rung's own unit.

    Refused unless the ladder is published and the worker works for its employer that day, and when they
    stand on a rung of that employer already, or will.
    """
    placement = _stand(worker=worker, rung=rung, by=by, on=on, wage=wage)
    _tell_and_record(placement, "placement.made", by=by)
    return placement


@transaction.atomic
def move(placement: Placement, *, to: Rung, by: User, on: date, wage: Decimal | None = None) -> Placement:
    """Move a worker on to another rung of the same employer; they leave the old one the day before."""
    placement = _locked(placement)
    if placement.ended_on:
        raise Refused(_("This placement has ended. Place the person anew."))
    if to.pk == placement.rung_id:
        raise Refused(_("They already stand on this rung."), field="rung")
    if to.track.ladder.employer_id != placement.employer_id:
        raise Refused(_("This rung belongs to another employer."), field="rung")
    if on <= placement.started_on:
        raise Refused(
            _("They came to their present rung on %(day)s; the move must be later.")
            % {"day": placement.started_on.isoformat()},
            field="started_on",
        )
    _close(placement, on=on - timedelta(days=1))
    moved = _stand(worker=placement.worker, rung=to, by=by, on=on, wage=wage)
    along = Step.objects.filter(below=placement.rung_id, above=to).exists()
    _tell_and_record(moved, "placement.moved", by=by, from_rung=placement.rung_id, along_a_step=along)
    return moved


@transaction.atomic
def end(placement: Placement, *, on: date, by: User) -> None:
    """The worker leaves the rung; `on` is their last day there."""
    placement = _locked(placement)
    if placement.ended_on:
        raise Refused(_("This placement has ended already."))
    if on < placement.started_on:
        raise Refused(_("The last day cannot be before the first."), field="ended_on")
    _close(placement, on=on)
    trail.record(
        "placement.ended", subject=placement, by=by, organisation_id=placement.employer_id, on=on.isoformat()
    )
    transaction.on_commit(tracking.wake)


def _locked(placement: Placement) -> Placement:
    locked = Placement.objects.select_for_update(of=("self",)).select_related("worker__user", "rung")
    return locked.get(pk=placement.pk)


def _close(placement: Placement, *, on: date) -> None:
    placement.ended_on = on
    placement.save(update_fields=["ended_on"])


def _stand(*, worker: Worker, rung: Rung, by: User, on: date, wage: Decimal | None) -> Placement:
    ladder = rung.track.ladder
    if not ladder.published_at:
        raise Refused(_("Publish the ladder first, so that people can see where they stand."), field="rung")
    if not works_for(worker, ladder.employer, on=on):
        raise Refused(_("This person does not work for you on that day."), field="worker")
    if wage is not None and wage <= 0:
        raise Refused(_("Pay is an amount above zero."), field="wage")
    overlaps = {
        "placement_one_rung_at_a_time": (
            "started_on",
            _("This person stands on one of your rungs then. Move them, or end that placement first."),
        )
    }
    with translate(overlaps):
        return Placement.objects.create(
            worker=worker,
            employer=ladder.employer,
            rung=rung,
            started_on=on,
            wage=wage,
            placed_by=by,
            placed_on=timezone.now(),
        )


def works_for(worker: Worker, employer: Organisation, *, on: date) -> bool:
    """Whether the worker named this employer for that day."""
    jobs = Employment.objects.filter(worker=worker, employer=employer, started_on__lte=on)
    return jobs.exclude(ended_on__lt=on).exists()


def _tell_and_record(placement: Placement, verb: str, *, by: User, **data: object) -> None:
    trail.record(
        verb,
        subject=placement,
        by=by,
        organisation_id=placement.employer_id,
        rung=placement.rung_id,
        on=placement.started_on.isoformat(),
        **data,
    )
    notices.tell(
        placement.worker.user,
        gettext_noop("%(employer)s placed you on the rung “%(rung)s” of its ladder."),
        url=reverse("ladder:mine"),
        employer=placement.employer.name,
        rung=placement.rung.title,
    )
    transaction.on_commit(tracking.wake)
