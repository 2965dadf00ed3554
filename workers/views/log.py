"""Logging: one entry, a week, the timer, patterns."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.db.models import Sum
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.htmx import go_to, render_form
from accounts.reading import zone_of
from accounts.refusals import Refused
from accounts.requests import SignedIn
from accounts.templatetags.ui import minutes as in_words
from workers import doubts, hours, patterns, remembered
from workers import timer as timers
from workers.entries import NewHours
from workers.forms.hours import jobs_of
from workers.forms.log import (
    PatternForm,
    QuickForm,
    WeekFormSet,
    of_timer,
    quick_initial,
    refuse,
    week_initial,
)
from workers.hours import SomeRefused
from workers.models import HourEntry, Pattern, Timer, Worker
from workers.views.common import posted, with_worker

WEEK = 7
SECONDS_DIGITS = 10


def with_job(view: Any) -> Any:
    """As `with_worker`; who has no job yet is asked for it first."""

    @with_worker
    def found(request: SignedIn, worker: Worker, *args: Any, **kwargs: Any) -> HttpResponse:
        if not worker.employments.exists():
            messages.info(request, _("Say where you work first."))
            return redirect("workers:add_job")
        return view(request, worker, *args, **kwargs)

    return found


# One entry


@with_job
@require_http_methods(["GET", "POST"])
def log(request: SignedIn, worker: Worker) -> HttpResponse:
    """Log one entry with few taps. `?again=1` suggests the last length too, `?day=` another day."""
    kept = remembered.of(worker)
    jobs = jobs_of(worker)
    if request.method == "GET":
        timer = Timer.objects.filter(worker=worker).first()
        spans = timers.spans(timer, zone_of(request.user)) if timer and timer.stopped_at else []
        if len(spans) > 1:
            return redirect(reverse("workers:week") + f"?day={spans[0].day}&timer=1")
        form = QuickForm(initial=_initial(request, kept, jobs, timer, spans), jobs=jobs, lengths=kept.lengths)
        return render(request, "workers/log.html", {"form": form, "timer": timer, "spans": spans})
    form = QuickForm(request.POST, jobs=jobs, lengths=kept.lengths)
    asked: list[doubts.Doubt] = []
    if form.is_valid():
        try:
            return _stored(request, worker, [form.entry(worker)], form.cleaned_data["timer"])
        except SomeRefused as refused:
            refuse(form, refused.problems[0])
        except _Asked as question:
            asked = question.doubts
    context = {"form": form, "doubts": asked}
    return render_form(request, "workers/log.html", context, wrong=True)


def _initial(
    request: SignedIn,
    kept: remembered.Remembered,
    jobs: list[tuple[int, str]],
    timer: Timer | None,
    spans: list[timers.Span],
) -> dict[str, Any]:
    initial = quick_initial(kept, day=_day(request) or timezone.localdate(), jobs=jobs)
    if timer and timer.stopped_at:
        initial |= of_timer(spans, timer.started_at)
    elif "again" in request.GET and kept.last:
        initial |= {"length": kept.last.minutes, "starts": kept.last.starts}
    return initial


def _day(request: SignedIn) -> date | None:
    try:
        day = date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return None
    return min(day, timezone.localdate())


class _Asked(Exception):  # noqa: N818 (a question is no fault)
    """Nothing was stored: the person is asked first."""

    def __init__(self, doubts: list[doubts.Doubt]) -> None:
        self.doubts = doubts


def _stored(request: SignedIn, worker: Worker, entries: list[NewHours], timer: int | None) -> HttpResponse:
    """Store them and go home. What breaks a rule comes before what is only asked about."""
    draft = "draft" in request.POST
    asked = [] if "sure" in request.POST else doubts.about(worker, entries)
    with transaction.atomic():
        stored = hours.log(worker=worker, by=request.user, entries=entries, draft=draft)
        if asked:
            raise _Asked(asked)
        if timer is not None:
            timers.clear(worker, by=request.user, started_at=datetime.fromtimestamp(timer, UTC))
    total = in_words(sum(entry.minutes for entry in stored))
    said = _("%(hours)s kept as a draft.") if draft else _("%(hours)s logged and sent for a signature.")
    messages.success(request, said % {"hours": total})
    return go_to(request, "workers:home")


# A week


@with_job
@require_http_methods(["GET", "POST"])
def week(request: SignedIn, worker: Worker) -> HttpResponse:
    """Log several days at once, all of them or none.

    `?day=` names the week; `?fill=` suggests a pattern (its id, or `all`); `?timer=1` the days of the timer.
    """
    timer = Timer.objects.filter(worker=worker).first() if "timer" in request.GET else None
    spans = timers.spans(timer, zone_of(request.user)) if timer and timer.stopped_at else []
    days = [span.day for span in spans] or _week_of(_day(request) or timezone.localdate())
    kept = list(patterns.of(worker))
    logged = _logged(worker, days)
    asked: list[doubts.Doubt] = []
    if request.method == "POST":
        formset = WeekFormSet(request.POST, worker=worker)
        if formset.is_valid():
            try:
                return _stored(request, worker, formset.entries(), _seconds(timer))
            except SomeRefused as refused:
                formset.refuse(refused)
            except _Asked as question:
                asked = question.doubts
    else:
        initial = week_initial(
            worker,
            remembered=remembered.of(worker),
            days=[day for day in days if day <= timezone.localdate()],
            patterns=_to_fill(request, kept),
            spans=spans,
            taken=frozenset(logged),
        )
        formset = WeekFormSet(worker=worker, initial=initial)
    context = {
        "formset": formset,
        "rows": _rows(formset, days, logged),
        "doubts": [(formset.filled()[doubt.place][1], doubt.message) for doubt in asked],
        "patterns": kept,
        "monday": days[0],
        "before": days[0] - timedelta(days=WEEK),
        "after": days[0] + timedelta(days=WEEK) if days[-1] < timezone.localdate() else None,
        "timer": timer,
    }
    return render_form(request, "workers/week.html", context, wrong=request.method == "POST")


def _week_of(day: date) -> list[date]:
    return [day - timedelta(days=day.weekday() - n) for n in range(WEEK)]


def _logged(worker: Worker, days: list[date]) -> dict[date, int]:
    """Day -> minutes that stand in the ledger already."""
    rows = HourEntry.objects.live().filter(worker=worker, day__in=days).order_by().values_list("day")
    return dict(rows.annotate(total=Sum("minutes")))


def _to_fill(request: SignedIn, kept: list[Pattern]) -> list[Pattern]:
    wanted = request.GET.get("fill", "")
    return [pattern for pattern in kept if wanted in ("all", str(pattern.pk))]


def _seconds(timer: Timer | None) -> int | None:
    return int(timer.started_at.timestamp()) if timer else None


def _rows(formset: Any, days: list[date], logged: dict[date, int]) -> list[dict[str, Any]]:
    """Every day of the week in order: with its rows, or without any where it is still to come."""
    rows = [{"form": form, "day": form.date, "logged": logged.get(form.date)} for form in formset.forms]
    shown = {row["day"] for row in rows}
    today = timezone.localdate()
    return rows + [{"form": None, "day": day} for day in days if day > today and day not in shown]


# The timer


@with_job
@require_POST
def timer(request: SignedIn, worker: Worker, step: str) -> HttpResponse:
    """Start or stop the timer, or throw its time away; with `started_at` only what was started then."""
    steps: dict[str, Callable[..., Any]] = {
        "start": timers.start,
        "stop": timers.stop,
        "clear": partial(timers.clear, started_at=_moment(request.POST.get("started_at", ""))),
    }
    if step not in steps:
        raise Http404
    try:
        steps[step](worker, by=request.user)
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect("workers:log")


def _moment(seconds: str) -> datetime | None:
    if not seconds.isdecimal() or len(seconds) > SECONDS_DIGITS:
        return None
    return datetime.fromtimestamp(int(seconds), UTC)


# Patterns


@with_job
@require_http_methods(["GET", "POST"])
def pattern_list(request: SignedIn, worker: Worker) -> HttpResponse:
    """The patterns a worker keeps, and one more."""
    jobs = jobs_of(worker)
    last = quick_initial(remembered.of(worker), day=date.min, jobs=jobs)
    usual = {name: last[name] for name in ("employment", "domain", "mode") if name in last}
    form = PatternForm(posted(request)[0], initial={"weekdays": [1, 2, 3, 4, 5], **usual}, jobs=jobs)
    if request.method == "POST" and form.is_valid():
        try:
            patterns.add(by=request.user, **form.pattern(worker))
        except Refused as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _("Kept. You find it in the week view."))
            return go_to(request, "workers:patterns")
    context = {"form": form, "patterns": patterns.of(worker)}
    return render_form(request, "workers/patterns.html", context, wrong=form)


@login_required
@require_POST
def discard_pattern(request: SignedIn, pk: int) -> HttpResponse:
    pattern = get_object_or_404(
        Pattern.objects.visible_to(request.user).select_related("employment__worker"), pk=pk
    )
    patterns.discard(pattern, by=request.user)
    messages.success(request, _("Deleted. What you logged stays."))
    return redirect("workers:patterns")
