"""Rungs that workers aim at."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import trail
from accounts.models import User
from accounts.refusals import Refused, translate
from ladder.models import Rung, RungGoal
from workers import tracking
from workers.models import Worker


@transaction.atomic
def choose(*, worker: Worker, rung: Rung, by: User) -> RungGoal:
    """Aim at `rung`. Refused when its ladder is not published, or when it is a goal already."""
    if not rung.track.ladder.published_at:
        raise Refused(_("This ladder is not published."), field="rung")
    with translate({"rung_goal_chosen_once": ("rung", _("You already aim at this rung."))}):
        goal = RungGoal.objects.create(worker=worker, rung=rung)
    trail.record("rung_goal.chosen", subject=goal, by=by, rung=rung.pk)
    transaction.on_commit(tracking.wake)
    return goal


@transaction.atomic
def drop(goal: RungGoal, *, by: User) -> None:
    """Aim at it no longer."""
    trail.record("rung_goal.dropped", subject=goal, by=by, rung=goal.rung_id)
    goal.delete()
    transaction.on_commit(tracking.wake)
