"""The timer: set going when work begins, stopped when it ends, and then logged like any other hours.

    timer.start(ana, by=ana.user)
    timer.stop(ana, by=ana.user)
    timer.spans(ana.timer, zone)        # [Span(day, starts, minutes)]: what the form suggests
    timer.clear(ana, by=ana.user)       # once it is logged, or to throw it away

One a worker, on the server: it runs on while the page is closed, and on any of the person's devices.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import trail
from accounts.models import User
from accounts.policy import Permission, require
from accounts.refusals import Refused
from workers.models import Timer, Worker

#: Longer than this and somebody forgot to stop it: the form asks instead of suggesting.
LONGEST = timedelta(hours=16)


@dataclass(frozen=True)
class Span:
    """The part of a timer's time that lies on one day."""

    day: date
    starts: time
    minutes: int


@transaction.atomic
def start(worker: Worker, *, by: User, at: datetime | None = None) -> Timer:
    """Set it going. Pressed twice, it runs from the first press on."""
    require(by, Permission.RECORD_KEEP, on=worker)
    # To the second: forms carry the moment to and fro.
    begin = (at or timezone.now()).replace(microsecond=0)
    timer, created = Timer.objects.select_for_update().get_or_create(
        worker=worker, defaults={"started_at": begin}
    )
    if timer.stopped_at:
        raise Refused(_("First log the time that your timer holds, or throw it away."))
    if created:
        trail.record("timer.started", subject=timer, by=by)
    return timer


@transaction.atomic
def stop(worker: Worker, *, by: User, at: datetime | None = None) -> Timer:
    """Stop it; its time waits to be logged. Pressed twice, the first press counts."""
    require(by, Permission.RECORD_KEEP, on=worker)
    timer = Timer.objects.select_for_update().filter(worker=worker).first()
    if timer is None:
        raise Refused(_("Your timer is not running."))
    if timer.stopped_at is None:
        timer.stopped_at = max(at or timezone.now(), timer.started_at)
        timer.save(update_fields=["stopped_at"])
        trail.record("timer.stopped", subject=timer, by=by)
    return timer


@transaction.atomic
def clear(worker: Worker, *, by: User, started_at: datetime | None = None) -> None:
    """Take the timer away. With `started_at`, only the one that was started then."""
    require(by, Permission.RECORD_KEEP, on=worker)
    timers = Timer.objects.select_for_update().filter(worker=worker)
    if started_at:
        timers = timers.filter(started_at=started_at)
    for timer in timers:
        trail.record("timer.cleared", subject=timer, by=by)
        timer.delete()


def spans(timer: Timer, zone: tzinfo, *, now: datetime | None = None) -> list[Span]:
    """Its time by day, on the clock of `zone`, in whole minutes; past midnight it goes on as a second span.

    A timer that ran for more than `LONGEST` gives nothing: nobody worked so long.
    """
    begin = timer.started_at.astimezone(zone)
    end = (timer.stopped_at or now or timezone.now()).astimezone(zone)
    if end - begin > LONGEST:
        return []
    midnight = datetime.combine(begin.date() + timedelta(days=1), time(), zone)
    parts = [(begin, end)] if end <= midnight else [(begin, midnight), (midnight, end)]
    found = [Span(since.date(), _minute(since), _minutes(since, until)) for since, until in parts]
    return [span for span in found if span.minutes]


def _minute(moment: datetime) -> time:
    return moment.time().replace(second=0, microsecond=0)


def _minutes(since: datetime, until: datetime) -> int:
    # By timestamps: two clock times of one zone would be subtracted as if no clock were ever changed.
    return int(until.timestamp() - since.timestamp()) // 60
