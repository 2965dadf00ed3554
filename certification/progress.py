"""How far workers are from their goals, kept up to date by the background worker.

`refresh` is named in settings.TRACKING_FOLLOWERS: `workers.tracking` calls it with the workers whose facts
changed, inside the transaction that took their marks.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from certification import records
from certification.assessment import FIELDS, assess, catalogue
from certification.models import Goal, Progress, Standard
from certification.requirements.case import Catalogue
from workers.models import HourEntry, Mark, SupervisionSession


def refresh(worker_ids: Iterable[int]) -> None:
    """Judge every goal of these workers as of today. The same number of queries for one as for many."""
    refresh_goals(Goal.objects.filter(worker__in=list(worker_ids)))


def refresh_goals(goals: Iterable[Goal]) -> None:
    goals = list(goals)
    made = judged(goals)
    Progress.objects.bulk_create(
        made,
        update_conflicts=True,
        unique_fields=["goal"],
        update_fields=[*FIELDS, "outlook", "standard"],
    )
    known = {one.goal_id for one in made}
    Progress.objects.filter(goal__in=[goal.pk for goal in goals if goal.pk not in known]).delete()


def judged(goals: Collection[Goal]) -> list[Progress]:
    """How far these goals are today, stored or not; none of a level without a standard in force."""
    # The same day wherever it is read, as an application handed in now would be judged.
    on = timezone.now().date()
    if not goals:
        return []
    levels = {goal.level_id for goal in goals}
    found = Standard.objects.in_force(on).filter(level__in=levels, requires__isnull=False)
    standards = {s.level_id: s for s in found.select_related("level__program__jurisdiction")}
    facts = records.load({goal.worker_id for goal in goals}, on=on)
    known = catalogue(on)
    now = timezone.now()
    return [
        _progress(goal, standards[goal.level_id], facts[goal.worker_id], on, known, now)
        for goal in goals
        if goal.level_id in standards
    ]


def _progress(
    goal: Goal, standard: Standard, facts: records.Facts, on: date, known: Catalogue, now: datetime
) -> Progress:
    program = standard.level.program
    if standard.requirement is None:
        raise ValueError(f"{standard} requires nothing that is known")
    found = assess(
        standard.requirement,
        facts.record(program.authority_id),
        on=on,
        catalogue=known,
        level=standard.level.code,
        jurisdiction=program.jurisdiction.code,
    )
    return Progress(
        goal=goal, standard=standard, computed_at=now, outlook=found.outlook.to_json(), **found.values
    )


@dataclass(frozen=True)
class Freshness:
    """How fresh what is shown of a worker is.

    `updating`: something changed that the background worker has not taken up yet. `waiting`: hours or
    supervision that somebody may approve any moment.
    """

    computed_at: datetime | None
    updating: bool
    waiting: bool

    @property
    def version(self) -> str:
        """Changes whenever a page would show something else."""
        at = self.computed_at.timestamp() if self.computed_at else 0
        return f"{at}-{self.updating:d}{self.waiting:d}"


def freshness(goals: QuerySet[Goal]) -> Freshness | None:
    """Of goals of one worker, the one judged last; None where there are none. One query, to be polled."""
    mine = OuterRef("worker")
    found = goals.order_by(F("progress__computed_at").desc(nulls_last=True)).values_list(
        "progress__computed_at",
        Exists(Mark.objects.filter(worker=mine)),
        Exists(HourEntry.objects.filter(worker=mine, status=HourEntry.Status.SUBMITTED)),
        Exists(SupervisionSession.objects.filter(worker=mine, confirmed_on=None)),
    )
    for computed_at, updating, hours, sessions in found[:1]:
        return Freshness(computed_at, updating, hours or sessions)
    return None


def mark_stale(on: date) -> int:
    """Mark everyone with a goal judged for an earlier day, or not yet judged by a standard now in force.

    Windows, ages, terms and versions may have moved since. Returns how many workers were marked.
    """
    in_force = Standard.objects.in_force(on).filter(requires__isnull=False)
    behind = Goal.objects.filter(
        Q(progress__on__lt=on) | Q(progress=None, level__in=in_force.values("level"))
    ).order_by()
    workers = behind.values_list("worker", flat=True).distinct()
    return len(Mark.objects.bulk_create(Mark(worker_id=worker) for worker in workers))
