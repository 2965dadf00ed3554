"""What waits for a supervisor's signature."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet, Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import trail
from accounts.models import User
from accounts.refusals import Refused
from accounts.requests import SignedIn
from workers import hours, oddities, sessions, supervision
from workers.models import Agreement, HourEntry, SupervisionSession, Worker
from workers.views.common import ids

Status = HourEntry.Status
WEEKS_A_PAGE = 20
ENTRIES_A_PAGE = 50


def waiting_for(user: User) -> QuerySet[HourEntry]:
    """Submitted hours that `user` may sign, but for their own."""
    return HourEntry.objects.to_sign_by(user).filter(status=Status.SUBMITTED).exclude(worker__user=user)


def sessions_for(user: User) -> QuerySet[SupervisionSession]:
    return SupervisionSession.objects.to_confirm_by(user).filter(confirmed_on=None).exclude(worker__user=user)


def _signer(request: SignedIn) -> None:
    if not supervision.may_sign(request.user):
        raise PermissionDenied


@login_required
@require_http_methods(["GET", "POST"])
def sign(request: SignedIn) -> HttpResponse:
    """What waits, by worker and week, the odd first; approve, return, or approve all but some."""
    _signer(request)
    if request.method == "POST":
        return _decide(request)
    return _page(request)


def _page(request: SignedIn, *, reason_missing: bool = False) -> HttpResponse:
    # The clock is read before the entries: whatever is changed after this was not seen.
    seen_at = timezone.now()
    entries = list(
        waiting_for(request.user)
        .select_related("worker", "employment__employer", "amends")
        .order_by("worker__family_name", "worker__given_name", "worker", "day", "starts", "pk")
    )
    chosen = set(request.POST.getlist("entry")) if reason_missing else set()
    weeks = by_week(entries, oddities.flags(entries), chosen)
    page = Paginator(weeks, WEEKS_A_PAGE).get_page(request.GET.get("page"))
    trail.saw_lately("hours", subjects=[week["worker"] for week in page.object_list], viewer=request.user)
    context = {
        "page": page,
        "total": len(entries),
        "minutes": sum(entry.minutes for entry in entries),
        "workers": len({entry.worker_id for entry in entries}),
        "sessions": sessions_for(request.user).select_related("worker", "agreement").order_by("day"),
        "seen_at": seen_at.isoformat(),
        "reason_missing": reason_missing,
    }
    return render(request, "workers/sign.html", context, status=422 if reason_missing else 200)


def by_week(
    entries: Iterable[HourEntry], flags: dict[int, list[str]], chosen: set[str]
) -> list[dict[str, Any]]:
    """One group for each worker and week; groups with odd entries first, and in them the odd entries."""
    groups: dict[tuple[int, date], dict[str, Any]] = {}
    for entry in entries:
        monday = entry.day - timedelta(days=entry.day.weekday())
        group = groups.setdefault(
            (entry.worker_id, monday),
            {
                "key": f"{entry.worker_id}-{monday.isoformat()}",
                "worker": entry.worker,
                "monday": monday,
                "sunday": monday + timedelta(days=6),
                "rows": [],
                "minutes": 0,
                "odd": 0,
            },
        )
        odd = flags.get(entry.pk, [])
        group["rows"].append({"entry": entry, "flags": odd, "chosen": str(entry.pk) in chosen})
        group["minutes"] += entry.minutes
        group["odd"] += bool(odd)
    for group in groups.values():
        group["rows"].sort(key=lambda row: not row["flags"])
    return sorted(groups.values(), key=lambda group: not group["odd"])


def _decide(request: SignedIn) -> HttpResponse:
    step = request.POST.get("step", "")
    chosen = _chosen(request, step)
    try:
        if step == "return":
            reason = request.POST.get("reason", "").replace("\0", "")  # which PostgreSQL does not store
            if not reason.strip():
                return _page(request, reason_missing=True)
            done = hours.return_(chosen, by=request.user, reason=reason)
            said = ngettext("%(n)s entry returned.", "%(n)s entries returned.", done)
        else:
            done = hours.approve(chosen, by=request.user, seen_at=_seen_at(request))
            said = ngettext("%(n)s entry approved.", "%(n)s entries approved.", done)
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        if done:
            messages.success(request, said % {"n": done})
        else:
            messages.info(request, _("Nothing was chosen."))
    return redirect("workers:sign")


def _chosen(request: SignedIn, step: str) -> QuerySet[HourEntry]:
    """The entries a button means; what does not wait for this person any more is left out.

    `approve` and `return`: the ticked ones. `rest:WORKER-MONDAY`: those of that week that are not ticked.
    `all`: whatever waited when the page was made.
    """
    waiting = waiting_for(request.user)
    ticked = ids(request.POST.getlist("entry"))
    if step in ("approve", "return"):
        return waiting.filter(pk__in=ticked)
    if step == "all":
        return waiting.filter(submitted_at__lte=_seen_at(request) or timezone.now()).exclude(pk__in=ticked)
    kind, _colon, key = step.partition(":")
    worker, _dash, monday = key.partition("-")
    try:
        start = date.fromisoformat(monday)
        end = start + timedelta(days=6)
        worker_id = int(worker)
    except (ValueError, OverflowError):
        return waiting.none()
    if kind != "rest":
        return waiting.none()
    week = waiting.filter(worker=worker_id, day__gte=start, day__lte=end)
    return week.exclude(pk__in=ticked)


def _seen_at(request: SignedIn) -> datetime | None:
    try:
        seen_at = parse_datetime(request.POST.get("seen_at", ""))
    except ValueError:
        return None
    return seen_at if seen_at and timezone.is_aware(seen_at) else None


@login_required
@require_POST
def confirm_sessions(request: SignedIn) -> HttpResponse:
    """Confirm the ticked sessions of supervision."""
    _signer(request)
    ticked = ids(request.POST.getlist("session"))
    chosen = list(sessions_for(request.user).filter(pk__in=ticked))
    try:
        done = sessions.confirm(chosen, by=request.user)
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        said = ngettext("%(n)s session confirmed.", "%(n)s sessions confirmed.", done)
        messages.success(request, said % {"n": done})
    return redirect("workers:sign")


@login_required
@require_safe
def signed(request: SignedIn, pk: int) -> HttpResponse:
    """One worker's hours as their supervisor sees them: what was signed, returned, and waits."""
    _signer(request)
    mine = Agreement.objects.signable_by(request.user)
    worker = get_object_or_404(Worker.objects.filter(pk__in=mine.values("worker")), pk=pk)
    trail.saw("hours", subject=worker, viewer=request.user)
    entries = HourEntry.objects.to_sign_by(request.user).filter(worker=worker).exclude(status=Status.DRAFT)
    figures = entries.aggregate(
        approved=Sum("minutes", filter=Q(status=Status.APPROVED, superseded=False), default=0),
        waiting=Sum("minutes", filter=Q(status=Status.SUBMITTED), default=0),
        returned=Count("pk", filter=Q(status=Status.RETURNED)),
    )
    context = {
        "worker": worker,
        "figures": figures,
        "agreements": mine.filter(worker=worker)
        .select_related("employer", "supervisor")
        .prefetch_related("delegates__user"),
        "page": Paginator(
            entries.select_related("employment").order_by("-day", "-starts", "-pk"), ENTRIES_A_PAGE
        ).get_page(request.GET.get("page")),
    }
    return render(request, "workers/signed.html", context)
