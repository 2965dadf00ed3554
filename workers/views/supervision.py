"""Supervision that the worker received."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.htmx import go_to, render_form
from accounts.policy import Permission, require
from accounts.refusals import Refused, on_form
from accounts.requests import SignedIn
from workers import sessions
from workers.forms.record import SessionForm
from workers.models import SupervisionSession, Worker
from workers.views.common import posted, with_worker

SESSIONS_A_PAGE = 30


@with_worker
@require_safe
def received(request: SignedIn, worker: Worker) -> HttpResponse:
    """Sessions, and who supervises the worker today."""
    found = worker.sessions.select_related("agreement__supervisor", "confirmed_by")
    totals = worker.sessions.aggregate(
        confirmed=Sum("minutes", filter=Q(confirmed_on__isnull=False), default=0),
        waiting=Sum("minutes", filter=Q(confirmed_on=None), default=0),
    )
    context = {
        "page": Paginator(found, SESSIONS_A_PAGE).get_page(request.GET.get("page")),
        "totals": totals,
        "agreements": worker.agreements.in_force(timezone.localdate()).select_related(
            "supervisor", "employer"
        ),
        "former": worker.agreements.filter(ended_on__lt=timezone.localdate()).select_related("supervisor"),
        "may_record": worker.agreements.exists(),
        "panels": panels(request, worker),
    }
    return render(request, "workers/supervision.html", context)


def panels(request: SignedIn, worker: Worker) -> list[str]:
    """What other apps say of the supervision received (settings.SUPERVISION_PANELS)."""
    shown: list[dict[str, Any] | None] = [import_string(name)(worker) for name in settings.SUPERVISION_PANELS]
    return [render_to_string(one["template"], one["context"], request) for one in shown if one]


@with_worker
@require_http_methods(["GET", "POST"])
def add_session(request: SignedIn, worker: Worker) -> HttpResponse:
    form = SessionForm(posted(request)[0], worker=worker)
    if request.method == "POST" and form.is_valid():
        try:
            sessions.record(worker=worker, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            on_form(form, refusal)
        else:
            messages.success(request, _("Recorded. It counts once your supervisor has confirmed it."))
            return go_to(request, "workers:supervision")
    return render_form(request, "workers/session_form.html", {"form": form}, wrong=form)


@with_worker
@require_POST
def discard_session(request: SignedIn, worker: Worker, pk: int) -> HttpResponse:
    session = get_object_or_404(SupervisionSession.objects.visible_to(request.user), pk=pk)
    require(request.user, Permission.RECORD_KEEP, on=session)
    try:
        sessions.discard(session, by=request.user)
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("Taken out of your record."))
    return redirect("workers:supervision")
