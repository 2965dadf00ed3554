"""What a worker aims at: the only way in which goals change.

goal = goals.choose(worker=ana, level=level, by=ana.user)
goals.drop(goal=goal, by=ana.user)
"""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import trail
from accounts.models import User
from accounts.policy import Permission, require
from accounts.refusals import Refused
from certification import progress
from certification.models import Goal, Level
from workers import tracking
from workers.models import Worker


@transaction.atomic
def choose(*, worker: Worker, level: Level, by: User) -> Goal:
    """Aim at a level, with its findings worked out at once. Choosing it twice is choosing it once.

    Refused for a level that is no longer in the catalogue.
    """
    require(by, Permission.RECORD_KEEP, on=worker)
    if level.withdrawn_at or level.program.withdrawn_at:
        raise Refused(_("This level is no longer offered."))
    # Waits for a background worker that has this record in hand, as it locks the same row.
    Worker.objects.select_for_update(no_key=True).get(pk=worker.pk)
    goal, is_new = Goal.objects.get_or_create(worker=worker, level=level)
    if is_new:
        trail.record("goal.chosen", subject=goal, by=by, level=level.code)
        progress.refresh_goals([goal])
        transaction.on_commit(tracking.wake)
    return goal


@transaction.atomic
def drop(*, goal: Goal, by: User) -> None:
    """No longer aim at it. Nothing of the record changes."""
    require(by, Permission.RECORD_KEEP, on=goal)
    trail.record("goal.dropped", subject=goal, by=by, level=goal.level.code)
    goal.delete()
