"""What waits for a supervisor's signature."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet, Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import trail
from accounts.models import User
from accounts.policy import Permission, may
from accounts.refusals import Refused
from accounts.requests import SignedIn
from workers import hours, oddities, sessions, signing, supervision
from workers.canonical import fingerprint
from workers.entries import clock
from workers.models import Agreement, HourEntry, SupervisionSession, Worker
from workers.oddities import Week
from workers.views.common import ids

Status = HourEntry.Status
#: A page is a team's week; it ends sooner where weeks have many entries.
WEEKS_A_PAGE = 40
ENTRIES_A_SIGNING_PAGE = 400
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
    waiting = waiting_for(request.user)
    weeks = oddities.weeks(waiting)
    page = Paginator(list(_pages(weeks)) or [[]], 1).get_page(request.GET.get("page"))
    shown: list[Week] = page.object_list[0]
    chosen = set(request.POST.getlist("entry")) if reason_missing else set()
    groups = _groups(waiting, shown, chosen)
    trail.saw_lately("hours", subjects=[group["worker"] for group in groups], viewer=request.user)
    context = {
        "page": page,
        "groups": groups,
        "total": sum(week.entries for week in weeks),
        "minutes": sum(week.minutes for week in weeks),
        "workers": len({week.worker_id for week in weeks}),
        "entries_here": sum(week.entries for week in shown),
        "minutes_here": sum(week.minutes for week in shown),
        "too_many": oddities.more_than_seen(_of_weeks(waiting, shown), signer=request.user) if shown else [],
        "sessions": sessions_for(request.user).select_related("worker", "agreement").order_by("day"),
        "declaration": signing.wording() if may(request.user, Permission.HOURS_SIGN) else "",
        "attestation": signing.wording(attesting=True) if supervision.attests(request.user) else "",
        "version": signing.VERSION,
        "reason_missing": reason_missing,
    }
    return render(request, "workers/sign.html", context, status=422 if reason_missing else 200)


def _pages(weeks: Iterable[Week]) -> Iterator[list[Week]]:
    page: list[Week] = []
    for week in weeks:
        full = sum(other.entries for other in page) + week.entries > ENTRIES_A_SIGNING_PAGE
        if page and (full or len(page) == WEEKS_A_PAGE):
            yield page
            page = []
        page.append(week)
    if page:
        yield page


def _of_weeks(waiting: QuerySet[HourEntry], weeks: Iterable[Week]) -> QuerySet[HourEntry]:
    within = Q()
    for week in weeks:
        sunday = week.monday + timedelta(days=6)
        within |= Q(worker=week.worker_id, day__gte=week.monday, day__lte=sunday)
    return waiting.filter(within)


def _groups(waiting: QuerySet[HourEntry], weeks: list[Week], chosen: set[str]) -> list[dict[str, Any]]:
    """One group for each week of the page, with its entries, the odd ones first."""
    if not weeks:
        return []
    entries = list(
        _of_weeks(waiting, weeks)
        .select_related("worker", "employment__employer", "amends")
        .order_by("day", "starts", "pk")
    )
    flags = oddities.flags(entries)
    rows: dict[tuple[int, Any], list[dict[str, Any]]] = {(week.worker_id, week.monday): [] for week in weeks}
    for entry in entries:
        monday = entry.day - timedelta(days=entry.day.weekday())
        row = {"entry": entry, "flags": flags.get(entry.pk, []), "chosen": str(entry.pk) in chosen}
        rows[entry.worker_id, monday].append(row)
    return [
        _group(week, sorted(of_week, key=lambda row: not row["flags"]))
        for week in weeks
        if (of_week := rows[week.worker_id, week.monday])  # they may be gone since the weeks were read
    ]


def _group(week: Week, rows: list[dict[str, Any]]) -> dict[str, Any]:
    entries = [row["entry"] for row in rows]
    days: dict[date, int] = defaultdict(int)
    for entry in sorted(entries, key=lambda entry: entry.day):
        days[entry.day] += entry.minutes
    return {
        "key": f"{week.worker_id}-{week.monday.isoformat()}",
        "worker": entries[0].worker,
        "monday": week.monday,
        "rows": rows,
        "line": " · ".join(f"{date_format(day, 'D')} {clock(minutes)}" for day, minutes in days.items()),
        "minutes": sum(entry.minutes for entry in entries),
        "odd": sum(bool(row["flags"]) for row in rows),
        "open": bool(week.odd) or any(row["chosen"] for row in rows),
        "seen": " ".join(f"{entry.pk}:{fingerprint(entry)}" for entry in entries),
    }


def _decide(request: SignedIn) -> HttpResponse:
    step = request.POST.get("step", "")
    weeks = _seen(request)
    chosen = waiting_for(request.user).filter(pk__in=_chosen(request, step, weeks))
    try:
        if step == "return":
            reason = request.POST.get("reason", "").replace("\0", "")  # which PostgreSQL does not store
            if not reason.strip():
                return _page(request, reason_missing=True)
            done = hours.return_(chosen, by=request.user, reason=reason)
            said = ngettext("%(n)s entry returned.", "%(n)s entries returned.", done)
        else:
            seen = {pk: value for week in weeks.values() for pk, value in week.items()}
            version = request.POST.get("declaration", "")
            done = hours.approve(
                chosen,
                by=request.user,
                seen=seen,
                declaration=int(version) if version.isdecimal() and len(version) < 5 else 0,
            )
            said = ngettext("%(n)s entry approved.", "%(n)s entries approved.", done)
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        if done:
            messages.success(request, said % {"n": done})
        else:
            messages.info(request, _("Nothing was chosen."))
    return redirect("workers:sign")


def _chosen(request: SignedIn, step: str, weeks: dict[str, dict[int, str]]) -> set[int]:
    """The ids of the entries that a button means.

    `approve` and `return`: the ticked ones. `rest:WORKER-MONDAY`: those of that week on the page that are
    not ticked. `all`: all on the page that are not ticked.
    """
    ticked = set(ids(request.POST.getlist("entry")))
    if step in ("approve", "return"):
        return ticked
    if step == "all":
        return {pk for week in weeks.values() for pk in week} - ticked
    kind, _colon, key = step.partition(":")
    return set(weeks.get(key, {})) - ticked if kind == "rest" else set()


def _seen(request: SignedIn) -> dict[str, dict[int, str]]:
    """What the signer's page showed: WORKER-MONDAY -> entry id -> fingerprint."""
    weeks: dict[str, dict[int, str]] = {}
    for text in request.POST.getlist("seen"):
        key, *pairs = text.split()
        entries = weeks.setdefault(key, {})
        for pk, _colon, value in (pair.partition(":") for pair in pairs):
            for known in ids([pk]):
                entries[known] = value
    return weeks


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
