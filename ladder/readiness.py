"""How ready workers are for the rungs within reach, kept up to date by the background worker.

`refresh` is named in settings.TRACKING_FOLLOWERS: `workers.tracking` calls it with the workers whose facts
changed, inside the transaction that took their marks.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.utils import timezone

from certification import records
from certification.assessment import FIELDS, assess, catalogue
from certification.requirements.case import Catalogue
from certification.requirements.findings import Finding, Verdict
from ladder.models import Placement, Readiness, Rung, RungGoal
from workers.models import Mark

#: What a rung that asks for nothing finds.
NOTHING_ASKED = Finding("all", "requires.all", Verdict.MET)


def refresh(worker_ids: Iterable[int]) -> None:
    """Judge the rungs a step above these workers, and the rungs they aim at, as of today.

    The same number of queries for one worker as for many. Rows for rungs no longer within reach are deleted.
    """
    ids = list(worker_ids)
    on = timezone.localdate()
    within_reach = _within_reach(ids, on)
    _forget_others(ids, within_reach)
    if not within_reach:
        return
    rungs = Rung.objects.in_bulk({rung for _worker, rung in within_reach})
    facts = records.load({worker for worker, _rung in within_reach}, on=on)
    known = catalogue(on)
    now = timezone.now()
    Readiness.objects.bulk_create(
        [_judge(facts[worker], rungs[rung], on, known, now) for worker, rung in sorted(within_reach)],
        update_conflicts=True,
        unique_fields=["worker", "rung"],
        update_fields=FIELDS,
    )


def _within_reach(ids: list[int], on: date) -> set[tuple[int, int]]:
    """Pairs of worker and rung."""
    steps = Placement.objects.on(on).filter(worker__in=ids, rung__steps_up__isnull=False)
    goals = RungGoal.objects.filter(worker__in=ids)
    return {
        *steps.values_list("worker_id", "rung__steps_up__above_id"),
        *goals.values_list("worker_id", "rung_id"),
    }


def _forget_others(ids: list[int], within_reach: set[tuple[int, int]]) -> None:
    stored = Readiness.objects.filter(worker__in=ids).values_list("pk", "worker_id", "rung_id")
    stale = [pk for pk, worker, rung in stored if (worker, rung) not in within_reach]
    if stale:
        Readiness.objects.filter(pk__in=stale).delete()


def _judge(facts: records.Facts, rung: Rung, on: date, known: Catalogue, now: datetime) -> Readiness:
    if rung.requirement is None:
        values = {"on": on, "verdict": Verdict.MET, "can_apply": True, "tree": NOTHING_ASKED.to_json()}
    else:
        values = assess(rung.requirement, facts.record(), on=on, catalogue=known).values
    return Readiness(worker_id=facts.worker_id, rung=rung, computed_at=now, **values)


def mark_for_today() -> int:
    """Mark the workers whom time alone may have moved since they were judged; how many there were.

    Windows, ages and expiries move with the day, and placements begin and end on a day.
    """
    today = timezone.localdate()
    moved = Placement.objects.filter(started_on=today) | Placement.objects.filter(
        ended_on=today - timedelta(days=1)
    )
    workers = {
        *Readiness.objects.filter(on__lt=today).values_list("worker_id", flat=True),
        *moved.values_list("worker_id", flat=True),
    }
    Mark.objects.bulk_create(Mark(worker_id=worker) for worker in sorted(workers))
    return len(workers)
