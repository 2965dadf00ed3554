"""Ladders and their rungs: for the employer who keeps them and the workers who climb them."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import policy
from accounts.htmx import render_form
from accounts.models import Organisation
from accounts.policy import Permission, organisations_where
from accounts.refusals import Refused, on_form
from accounts.requests import SignedIn
from ladder import ladders
from ladder.forms import NewLadder
from ladder.models import Ladder, Placement, Rung
from ladder.picture import Picture, Standing, pay
from ladder.views.shared import own_worker
from ladder.wording import Wording


@login_required
@require_GET
def index(request: SignedIn) -> HttpResponse:
    """The ladders one may see; an employer's own with drafts."""
    found = Ladder.objects.visible_to(request.user).select_related("employer")
    counted = found.annotate(
        people=Count(
            "tracks__rungs__placements",
            filter=Q(tracks__rungs__placements__in=Placement.objects.on(timezone.localdate())),
            distinct=True,
        ),
        rungs=Count("tracks__rungs", distinct=True),
    )
    return render(
        request,
        "ladder/index.html",
        {
            "ladders": counted.order_by("employer__name", "title"),
            "may_edit": policy.may(request.user, Permission.LADDER_EDIT),
            "staff": policy.may(request.user, Permission.LADDER_VIEW),
        },
    )


@login_required
@require_http_methods(["GET", "POST"])
def new(request: SignedIn) -> HttpResponse:
    employers = Organisation.objects.filter(pk__in=organisations_where(request.user, Permission.LADDER_EDIT))
    if not employers:
        raise PermissionDenied
    form = NewLadder(request.POST or None, employers=employers)
    if request.method == "POST" and form.is_valid():
        try:
            ladder = ladders.create(**form.cleaned_data, by=request.user)
        except Refused as refusal:
            on_form(form, refusal)
        else:
            messages.success(request, _("Your ladder is made. Look it over, then publish it."))
            return redirect("ladder:detail", ladder.pk)
    return render_form(request, "ladder/new.html", {"form": form}, wrong=form)


@login_required
@require_GET
def detail(request: SignedIn, pk: int) -> HttpResponse:
    ladder = get_object_or_404(Ladder.objects.visible_to(request.user).select_related("employer"), pk=pk)
    picture = Picture.of(ladder)
    today = timezone.localdate()
    worker = own_worker(request)
    marks = Standing.of(worker, on=today).marks(today) if worker else None
    context: dict[str, Any] = {
        "ladder": ladder,
        "lattice": picture.lattice(marks),
        "rungs": [(rung, pay(rung)) for rung in picture.rungs],
        "may_edit": policy.may(request.user, Permission.LADDER_EDIT, on=ladder),
        "may_see_people": policy.may(request.user, Permission.READINESS_VIEW, on=ladder),
    }
    if context["may_see_people"]:
        placed = Placement.objects.on(today).filter(rung__track__ladder=ladder)
        context["placements"] = placed.select_related("worker", "rung").order_by(
            "rung__height", "rung__track__position", "worker__family_name"
        )
    return render(request, "ladder/detail.html", context)


@login_required
@require_POST
def publish(request: SignedIn, pk: int) -> HttpResponse:
    return _change(request, pk, ladders.publish, _("Published: the people who work for you see it now."))


@login_required
@require_POST
def unpublish(request: SignedIn, pk: int) -> HttpResponse:
    return _change(request, pk, ladders.unpublish, _("Taken back: workers do not see it any more."))


def _change(request: SignedIn, pk: int, action: Any, done: str) -> HttpResponse:
    ladder = get_object_or_404(Ladder.objects.visible_to(request.user), pk=pk)
    policy.require(request.user, Permission.LADDER_EDIT, on=ladder)
    try:
        action(ladder, by=request.user)
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, done)
    return redirect("ladder:detail", ladder.pk)


@login_required
@require_GET
def rung(request: SignedIn, pk: int) -> HttpResponse:
    """The job description, and for a worker how far they are from it."""
    found = get_object_or_404(
        Rung.objects.visible_to(request.user).select_related("track__ladder__employer"), pk=pk
    )
    ladder = found.track.ladder
    picture = Picture.of(ladder)
    worker = own_worker(request)
    standing = Standing.of(worker, on=timezone.localdate()) if worker else None
    readiness = standing.readiness.get(found.pk) if standing else None
    wording = Wording()
    return render(
        request,
        "ladder/rung.html",
        {
            "rung": found,
            "ladder": ladder,
            "pay": pay(found),
            "asked": wording.requirements(found),
            "finding": wording.findings(readiness) if readiness else None,
            "readiness": readiness,
            "goal": standing.goals.get(found.pk) if standing else None,
            "worker": worker if worker and ladder.published_at else None,
            "above": picture.above(found.pk),
            "below": picture.below(found.pk),
            "may_place": policy.may(request.user, Permission.PEOPLE_MANAGE, on=ladder),
            "trail": [{"label": ladder.title, "url": reverse("ladder:detail", args=[ladder.pk])}],
        },
    )
