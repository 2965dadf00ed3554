"""The worker's home, the beginning of a record, and the person."""

from datetime import date, timedelta

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q, Sum
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.htmx import go_to, render_form
from accounts.refusals import Refused, on_form
from accounts.requests import SignedIn
from workers import profile, remembered, statements
from workers.forms.record import ProfileForm, StartForm
from workers.models import HourEntry, Timer, Total, Worker
from workers.views.common import panels_of, posted, with_worker
from workers.words import Domain

Status = HourEntry.Status


@with_worker
@require_safe
def home(request: SignedIn, worker: Worker) -> HttpResponse:
    """What now: this week's hours, what waits, what counts, and what other apps have to say."""
    today = timezone.localdate()
    monday = today - timedelta(days=today.weekday())
    last = remembered.of(worker).last
    context = {
        "worker": worker,
        "today": today,
        "last": last,
        "again": bool(last and (last.employment.ended_on is None or last.employment.ended_on >= today)),
        "has_job": last is not None or worker.employments.exists(),
        "counted": counted_minutes(worker),
        "panels": panels(request, worker),
        "timer": Timer.objects.filter(worker=worker).first(),
        **figures(worker, monday),
    }
    return render(request, "workers/home.html", context)


def figures(worker: Worker, monday: date) -> dict[str, int]:
    """This week and all that is not signed yet, from the ledger itself, so that they are never late."""
    open_entries = HourEntry.objects.filter(worker=worker).filter(
        Q(day__gte=monday, superseded=False) | ~Q(status=Status.APPROVED)
    )
    found = open_entries.aggregate(
        week=Sum(
            "minutes", filter=Q(day__gte=monday, amends=None, superseded=False) & ~Q(status=Status.RETURNED)
        ),
        waiting=Sum("minutes", filter=Q(status=Status.SUBMITTED)),
        waiting_count=Count("pk", filter=Q(status=Status.SUBMITTED)),
        returned_count=Count("pk", filter=Q(status=Status.RETURNED)),
        draft_count=Count("pk", filter=Q(status=Status.DRAFT)),
    )
    return {name: value or 0 for name, value in found.items()}


def counted_minutes(worker: Worker) -> int:
    """All approved minutes, as the background worker last added them up."""
    counted = Total.objects.filter(worker=worker, standing=Total.State.COUNTED)
    return counted.aggregate(minutes=Sum("minutes"))["minutes"] or 0


def panels(request: SignedIn, worker: Worker) -> list[str]:
    """What other apps show here; `settings.WORKER_PANELS` names them."""
    return panels_of(request, worker, settings.WORKER_PANELS)


@login_required
@require_http_methods(["GET", "POST"])
def start(request: SignedIn) -> HttpResponse:
    """Begin one's record as a peer worker."""
    if Worker.objects.filter(user=request.user).exists():
        return redirect("workers:home")
    names = {"given_name": request.user.given_name, "family_name": request.user.family_name}
    form = StartForm(posted(request)[0], initial=names)
    if request.method == "POST" and form.is_valid():
        try:
            profile.start(by=request.user, **form.cleaned_data)
        except Refused as refusal:
            on_form(form, refusal)
        else:
            messages.success(request, _("Your record is begun. Now say where you work."))
            return go_to(request, "workers:add_job")
    return render_form(request, "workers/start.html", {"form": form}, wrong=form)


@with_worker
@require_http_methods(["GET", "POST"])
def edit_profile(request: SignedIn, worker: Worker) -> HttpResponse:
    form = ProfileForm(posted(request)[0], worker=worker)
    if request.method == "POST" and form.is_valid():
        try:
            profile.change(worker, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            on_form(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return go_to(request, "workers:record")
    return render_form(request, "workers/profile.html", {"form": form, "worker": worker}, wrong=form)


@with_worker
@require_safe
def record(request: SignedIn, worker: Worker) -> HttpResponse:
    """Everything in one's record, on one page that prints well."""
    totals = Total.objects.filter(worker=worker, standing=Total.State.COUNTED)
    by_year = totals.values("month__year").annotate(
        all=Sum("minutes"), supervised=Sum("minutes", filter=Q(supervised=True))
    )
    by_domain = totals.values("domain").annotate(all=Sum("minutes")).order_by("-all")
    names = dict(Domain.choices)
    context = {
        "worker": worker,
        "by_year": by_year.order_by("-month__year"),
        "by_domain": [{"name": names[row["domain"]], "minutes": row["all"]} for row in by_domain],
        "counted": counted_minutes(worker),
        "jobs": worker.employments.select_related("employer"),
        "statements": statements.of(worker),
        "sessions": worker.sessions.aggregate(
            confirmed=Sum("minutes", filter=Q(confirmed_on__isnull=False)),
            waiting=Sum("minutes", filter=Q(confirmed_on=None)),
        ),
    }
    return render(request, "workers/record.html", context)
