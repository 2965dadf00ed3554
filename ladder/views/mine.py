"""A worker's own ladder: where am I, which ways lead up, what is missing, when will I get there."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts import policy
from accounts.policy import Permission
from accounts.refusals import Refused
from accounts.requests import SignedIn
from ladder import goals
from ladder.models import Ladder, Rung, RungGoal
from ladder.picture import Picture, Standing, pay
from ladder.views.shared import own_worker
from ladder.wording import Wording
from workers.models import Worker


@login_required
@require_GET
def mine(request: SignedIn) -> HttpResponse:
    worker = _worker(request)
    today = timezone.localdate()
    standing = Standing.of(worker, on=today)
    marks = standing.marks(today)
    here = standing.here(today)
    pictures = [Picture.of(ladder) for ladder in _ladders(request, here)]
    return render(
        request,
        "ladder/mine.html",
        {
            "worker": worker,
            "places": [(one, pay(one.rung)) for one in here],
            "past": [one for one in standing.placements if one not in here],
            "ways": _ways(standing),
            "drawings": [(picture.ladder, picture.lattice(marks)) for picture in pictures],
        },
    )


def _ladders(request: SignedIn, here: list[Any]) -> list[Ladder]:
    """The ladders one stands on and the other published ones of one's employers; three at most."""
    visible = Ladder.objects.visible_to(request.user).select_related("employer")
    stood_on = {one.rung.track.ladder_id for one in here}
    return sorted(visible, key=lambda ladder: (ladder.pk not in stood_on, ladder.title))[:3]


def _ways(standing: Standing) -> list[dict[str, Any]]:
    """The rungs within reach, goals first, then the nearest."""
    wording = Wording()
    found = sorted(
        standing.readiness.values(),
        key=lambda one: (one.rung_id not in standing.goals, one.verdict != "met", one.remaining_minutes),
    )
    return [
        {
            "readiness": one,
            "rung": one.rung,
            "pay": pay(one.rung),
            "lacks": wording.lacking(one),
            "goal": standing.goals.get(one.rung_id),
        }
        for one in found
    ]


@login_required
@require_POST
def aim(request: SignedIn, pk: int) -> HttpResponse:
    """Make a rung one's goal."""
    rung = get_object_or_404(Rung.objects.visible_to(request.user).select_related("track__ladder"), pk=pk)
    worker = _worker(request)
    policy.require(request.user, Permission.RECORD_KEEP, on=worker)
    try:
        goals.choose(worker=worker, rung=rung, by=request.user)
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("“%(rung)s” is your goal now.") % {"rung": rung.title})
    return redirect("ladder:mine")


@login_required
@require_POST
def drop(request: SignedIn, pk: int) -> HttpResponse:
    goal = get_object_or_404(RungGoal.objects.of_person(request.user).select_related("rung"), pk=pk)
    policy.require(request.user, Permission.RECORD_KEEP, on=goal)
    goals.drop(goal, by=request.user)
    messages.success(request, _("“%(rung)s” is no longer your goal.") % {"rung": goal.rung.title})
    return redirect("ladder:mine")


def _worker(request: SignedIn) -> Worker:
    worker = own_worker(request)
    if worker is None:
        raise Http404
    return worker
