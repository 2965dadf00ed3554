"""Where a worker could be certified: all standards against their own record."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.requests import SignedIn
from certification import progress, where_pages
from certification.goal_pages import GoalPage
from certification.models import Goal, Level
from certification.views.goals import own_record
from certification.where import NEAR, survey
from certification.wording import Wording

PAGE = 25


@login_required
@require_safe
def index(request: SignedIn) -> HttpResponse:
    worker = own_record(request)
    places = where_pages.places()
    chosen = where_pages.WhereFilter(request.GET, places=places)
    asked = {name: value for name in ("role", "state", "standing") if (value := chosen.choice(name))}
    order = chosen.choice("sort") or "missing"
    # The map shows every state, whichever of them the list is cut to.
    shown = survey(worker, on=timezone.now().date()).chosen(role=asked.get("role", ""))
    listed = where_pages.ordered(
        shown.chosen(state=asked.get("state", ""), standing=asked.get("standing", "")), order
    )
    page = Paginator(listed, PAGE).get_page(request.GET.get("page"))
    kept = {name: value for name, value in asked.items() if name != "state"} | {"sort": order}
    context = {
        "above": [{"label": _("Goals"), "url": reverse("certification:goals")}],
        "filter": chosen,
        "filtered": bool(asked),
        "state": places.get(asked.get("state", ""), ""),
        "map": where_pages.tile_map(shown, places, kept),
        "counts": where_pages.counts(shown),
        "orders": where_pages.orders(order, asked),
        "page": page,
        "lines": where_pages.lines(list(page.object_list), Wording()),
        "near": NEAR,
    }
    return render(request, "certification/where/index.html", context)


@login_required
@require_safe
def level(request: SignedIn, code: str) -> HttpResponse:
    """One level against the person's own record, without making it a goal."""
    worker = own_record(request)
    shown = get_object_or_404(
        Level.objects.select_related("program__authority", "program__jurisdiction"), code=code
    )
    goal = Goal.objects.filter(worker=worker, level=shown).first()
    if goal:
        return redirect("certification:goal", pk=goal.pk)
    wished = Goal(worker=worker, level=shown)
    progress.judged([wished])
    context = {
        "above": [
            {"label": _("Goals"), "url": reverse("certification:goals")},
            {"label": _("Where could I be certified?"), "url": reverse("certification:where")},
        ],
        "page": GoalPage(wished, progress.Freshness(timezone.now(), updating=False, waiting=False)),
        "open": shown.withdrawn_at is None and shown.program.withdrawn_at is None,
    }
    return render(request, "certification/where/level.html", context)
