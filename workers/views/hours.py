"""The worker's hours: list, look, correct."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncWeek
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import trail
from accounts.htmx import go_to, render_form
from accounts.policy import Permission, may, require
from accounts.refusals import Refused, on_form
from accounts.requests import SignedIn
from workers import history, hours
from workers.forms.hours import EntryForm, HoursFilter
from workers.models import HourEntry, Worker
from workers.steps import Step, open_steps
from workers.views.common import panels_of, posted, with_worker

Status = HourEntry.Status
WEEKS_A_PAGE = 8


# The list


@with_worker
@require_safe
def hour_list(request: SignedIn, worker: Worker) -> HttpResponse:
    """One's hours by week, the newest first."""
    shown = HoursFilter(request.GET or None, worker=worker)
    entries = shown.apply(HourEntry.objects.of_person(request.user))
    page = Paginator(_weeks(entries), WEEKS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": shown,
        "filtered": any(request.GET.get(name) for name in shown.fields),
        "page": page,
        "weeks": _with_entries(page.object_list, entries),
    }
    return render(request, "workers/hours.html", context)


def _weeks(entries: QuerySet[HourEntry]) -> QuerySet[Any]:
    live = ~Q(status=Status.RETURNED) & Q(superseded=False, amends=None) | Q(
        status=Status.APPROVED, superseded=False
    )
    return (
        entries.annotate(week=TruncWeek("day"))
        .values("week")
        .annotate(
            total=Sum("minutes", filter=live, default=0),
            approved=Sum("minutes", filter=Q(status=Status.APPROVED, superseded=False), default=0),
            drafts=Count("pk", filter=Q(status=Status.DRAFT)),
        )
        .order_by("-week")
    )


def _with_entries(weeks: Iterable[dict[str, Any]], entries: QuerySet[HourEntry]) -> list[dict[str, Any]]:
    rows = [week | {"entries": [], "ends": week["week"] + timedelta(days=6)} for week in weeks]
    if not rows:
        return []
    of_week = {row["week"]: row["entries"] for row in rows}
    found = entries.annotate(week=TruncWeek("day")).filter(week__in=list(of_week))
    for entry in found.select_related("employment__employer").order_by("-day", "-starts", "-pk"):
        of_week[entry.week].append(entry)
    return rows


# One entry


@login_required
@require_safe
def entry(request: SignedIn, pk: int) -> HttpResponse:
    """An entry with its history; its worker may go on from here, a signer may look."""
    found = _visible(request, pk)
    own = found.worker.user_id == request.user.pk
    if not own:
        trail.saw("hours", subject=found, viewer=request.user, organisation_id=found.policy_organisation_id)
    context = {
        "entry": found,
        "own": own,
        # A colleague who attests has a list of what waits, and none of what was signed.
        "signs": not own and may(request.user, Permission.HOURS_SIGN),
        "steps": [step.value for step in open_steps(found)] if own else [],
        "correction": found.amendments.order_by("-pk").first(),
        "history": history.of(found),
        "panels": panels_of(request, found, settings.ENTRY_PANELS) if own else [],
    }
    return render(request, "workers/entry.html", context)


def _visible(request: SignedIn, pk: int) -> HourEntry:
    entries = HourEntry.objects.visible_to(request.user).select_related(
        "source__uploaded_by",
        "worker__user",
        "employment__employer",
        "decided_by",
        "agreement__supervisor",
        "amends",
        "signature__declaration",
    )
    return get_object_or_404(entries, pk=pk)


def _own(request: SignedIn, pk: int) -> HourEntry:
    """404 for what one may not see, 403 for what is another's to change."""
    found = _visible(request, pk)
    require(request.user, Permission.RECORD_KEEP, on=found)
    return found


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: SignedIn, pk: int) -> HttpResponse:
    return _change(request, pk, Step.EDIT, hours.edit)


@login_required
@require_http_methods(["GET", "POST"])
def amend(request: SignedIn, pk: int) -> HttpResponse:
    """Correct approved hours: a new entry that names them and goes through approval again."""
    return _change(request, pk, Step.AMEND, hours.amend)


def _change(request: SignedIn, pk: int, step: Step, action: Callable[..., HourEntry]) -> HttpResponse:
    found = _own(request, pk)
    if step not in open_steps(found):
        return redirect("workers:entry", pk)
    form = EntryForm(posted(request)[0], entry=found)
    if request.method == "POST" and form.is_valid():
        try:
            changed = action(found, by=request.user, **form.changes())
        except Refused as refusal:
            on_form(form, refusal)
        else:
            said = {
                Step.EDIT: _("Saved."),
                Step.AMEND: _(
                    "Your correction waits for a signature. Until then the hours count as they were."
                ),
            }
            messages.success(request, said[step])
            return go_to(request, "workers:entry", changed.pk)
    context = {"form": form, "entry": found, "amends": step is Step.AMEND}
    return render_form(request, "workers/entry_form.html", context, wrong=form)


@login_required
@require_POST
def step(request: SignedIn, pk: int, step: str) -> HttpResponse:
    """Send, take back or delete one entry."""
    found = _own(request, pk)
    actions = {Step.SUBMIT: hours.submit, Step.WITHDRAW: hours.withdraw, Step.DISCARD: hours.discard}
    if step not in actions:
        raise Http404
    try:
        actions[Step(step)]([found], by=request.user)
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect("workers:entry", pk)
    said = {
        Step.SUBMIT: _("Sent for a signature."),
        Step.WITHDRAW: _("Taken back. It is a draft now."),
        Step.DISCARD: _("Deleted."),
    }
    messages.success(request, said[Step(step)])
    return redirect("workers:hours") if step == Step.DISCARD else redirect("workers:entry", pk)


@with_worker
@require_POST
def submit_drafts(request: SignedIn, worker: Worker) -> HttpResponse:
    """Send every draft of one's own."""
    drafts = HourEntry.objects.filter(worker=worker, status=Status.DRAFT)
    try:
        sent = hours.submit(drafts, by=request.user)
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        said = ngettext("%(n)s draft sent for a signature.", "%(n)s drafts sent for a signature.", sent)
        messages.success(request, said % {"n": sent})
    return redirect("workers:hours")
