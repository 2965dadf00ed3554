"""A worker's goals: what stands between them and each level."""

import yaml
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.refusals import Refused
from accounts.requests import SignedIn
from certification import goals as actions
from certification import progress
from certification.explaining import record_file
from certification.goal_pages import GoalPage, lines
from certification.models import Goal, Level
from workers.models import Worker


def own_record(request: SignedIn) -> Worker:
    """The record of whoever asks; people without one have no goals."""
    return get_object_or_404(Worker, user=request.user)


def own_goal(request: SignedIn, pk: int) -> Goal:
    """A goal of whoever asks, with all that its page shows of it."""
    shown = Goal.objects.visible_to(request.user).select_related(
        "worker", "level__program__authority", "level__program__jurisdiction", "progress__standard"
    )
    return get_object_or_404(shown, pk=pk)


def fresh(request: SignedIn, pk: int) -> progress.Freshness:
    found = progress.freshness(Goal.objects.visible_to(request.user).filter(pk=pk))
    if found is None:
        raise Http404
    return found


@login_required
@require_safe
def index(request: SignedIn) -> HttpResponse:
    worker = own_record(request)
    context = {"goals": lines(worker), "freshness": progress.freshness(worker.goals.all())}
    return render(request, "certification/goals/index.html", context)


@login_required
@require_safe
def goal(request: SignedIn, pk: int) -> HttpResponse:
    # Asked first: what changes in between is news to the page, never taken for shown.
    page = GoalPage(freshness=fresh(request, pk), goal=own_goal(request, pk))
    above = [{"label": _("Goals"), "url": reverse("certification:goals")}]
    return render(request, "certification/goals/goal.html", {"page": page, "above": above})


@login_required
@require_safe
def findings(request: SignedIn, pk: int) -> HttpResponse:
    """The part of the page that changes; empty while it still shows what is known (`seen`)."""
    now = fresh(request, pk)
    if request.GET.get("seen") == now.version:
        return HttpResponse(status=204)
    page = GoalPage(freshness=now, goal=own_goal(request, pk))
    return render(request, "certification/goals/_findings.html", {"page": page})


@login_required
@require_POST
def choose(request: SignedIn) -> HttpResponse:
    worker = own_record(request)
    asked = request.POST.get("level", "").replace("\0", "")  # which PostgreSQL cannot even look for
    level = get_object_or_404(Level.objects.select_related("program"), code=asked)
    try:
        chosen = actions.choose(worker=worker, level=level, by=request.user)
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect("certification:level", code=level.code)
    messages.success(request, _("%(level)s is one of your goals now.") % {"level": level})
    return redirect("certification:goal", pk=chosen.pk)


@login_required
@require_POST
def drop(request: SignedIn, pk: int) -> HttpResponse:
    shown = own_goal(request, pk)
    actions.drop(goal=shown, by=request.user)
    messages.success(request, _("%(level)s is no longer one of your goals.") % {"level": shown.level})
    return redirect("certification:goals")


@login_required
@require_safe
def export(request: SignedIn, form: str) -> HttpResponse:
    """One's own record as a file that any program can read (catalogue/RECORD.md)."""
    worker = own_record(request)
    on = timezone.now().date()
    told = record_file(worker, on=on)
    if form == "json":
        answer: HttpResponse = JsonResponse(told, json_dumps_params={"indent": 2, "ensure_ascii": False})
    else:
        text = yaml.safe_dump(told, sort_keys=False, allow_unicode=True)
        answer = HttpResponse(text, content_type="application/yaml; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="record-{on.isoformat()}.{form}"'
    answer["Cache-Control"] = "no-store"
    return answer
