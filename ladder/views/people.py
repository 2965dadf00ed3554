"""The employer's people on the ladder: who stands where, and who is ready for what."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts import policy, trail
from accounts.htmx import render_form
from accounts.models import Organisation
from accounts.policy import Permission, organisations_where
from accounts.refusals import Refused, on_form
from accounts.requests import SignedIn
from ladder import placements
from ladder.board import When, lines, people
from ladder.forms import BoardFilter, End, Move, Place
from ladder.models import Placement, Readiness, Rung
from ladder.picture import pay
from ladder.wording import Wording
from workers.models import Employment, Worker

PAGE = 25


@login_required
@require_GET
def board(request: SignedIn) -> HttpResponse:
    """Who is ready now, within 90 days, within a year, later; and what each lacks."""
    employer = _employer(request)
    today = timezone.localdate()
    rungs = lines(employer, on=today)
    form = BoardFilter(request.GET, rungs=[line.rung for line in rungs])
    asked = form.cleaned_data if form.is_valid() else {}
    found: QuerySet[Any] = people(employer, on=today, rung=asked.get("rung"), when=asked.get("when"))
    wording = Wording()
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "ladder/board.html",
        {
            "employer": employer,
            "employers": _employers(request),
            "form": form,
            "filtered": any(asked.values()),
            "lines": rungs,
            "columns": When.choices,
            "totals": [
                {
                    "label": when.label,
                    "value": sum(dict(line.counts)[when] for line in rungs),
                    "url": f"?employer={employer.slug}&when={when.value}#people",
                }
                for when in When
            ],
            "page": page,
            "people": [
                {"readiness": one, "when": When(one.when), "lacks": wording.lacking(one)} for one in page
            ],
        },
    )


def _employers(request: SignedIn) -> QuerySet[Organisation]:
    return Organisation.objects.filter(pk__in=organisations_where(request.user, Permission.READINESS_VIEW))


def _employer(request: SignedIn) -> Organisation:
    """The employer asked for, or the first whose people one may see."""
    employers = _employers(request)
    if slug := request.GET.get("employer"):
        return get_object_or_404(employers, slug=slug)
    employer = employers.first()
    if employer is None:
        raise PermissionDenied
    return employer


@login_required
@require_GET
def person(request: SignedIn, pk: int) -> HttpResponse:
    """One worker and one rung: requirement by requirement. The worker can read who looked."""
    today = timezone.localdate()
    visible = Readiness.objects.of_people_of(request.user, on=today)
    found = get_object_or_404(visible.select_related("worker", "rung__track__ladder__employer"), pk=pk)
    ladder = found.rung.track.ladder
    trail.saw("readiness", subject=found.worker, viewer=request.user, organisation_id=ladder.employer_id)
    here = Placement.objects.on(today).filter(worker=found.worker, employer=ladder.employer)
    return render(
        request,
        "ladder/person.html",
        {
            "readiness": found,
            "worker": found.worker,
            "rung": found.rung,
            "ladder": ladder,
            "pay": pay(found.rung),
            "placement": here.select_related("rung").first(),
            "finding": Wording().findings(found),
            "may_place": policy.may(request.user, Permission.PEOPLE_MANAGE, on=ladder),
        },
    )


@login_required
@require_http_methods(["GET", "POST"])
def place(request: SignedIn, pk: int) -> HttpResponse:
    """Place somebody on this rung."""
    rung = get_object_or_404(
        Rung.objects.visible_to(request.user).select_related("track__ladder__employer"), pk=pk
    )
    policy.require(request.user, Permission.PEOPLE_MANAGE, on=rung.track.ladder)
    today = timezone.localdate()
    form = Place(
        request.POST or None,
        initial={"started_on": today, "worker": request.GET.get("worker")},
        workers=_free(rung.track.ladder.employer),
        rung=rung,
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            placement = placements.place(
                worker=given["worker"],
                rung=rung,
                by=request.user,
                on=given["started_on"],
                wage=given["wage"],
            )
        except Refused as refusal:
            on_form(form, refusal)
        else:
            messages.success(request, _placed(placement))
            return redirect("ladder:detail", rung.track.ladder_id)
    return render_form(request, "ladder/place.html", {"form": form, "rung": rung}, wrong=form)


def _free(employer: Organisation) -> QuerySet[Worker]:
    """The workers of `employer` who stand on none of its rungs."""
    today = timezone.localdate()
    at_work = Employment.objects.filter(employer=employer).exclude(ended_on__lt=today)
    standing = Placement.objects.on(today).filter(employer=employer)
    free = Worker.objects.filter(pk__in=at_work.values("worker")).exclude(pk__in=standing.values("worker"))
    return free.order_by("family_name", "given_name")


@login_required
@require_http_methods(["GET", "POST"])
def move(request: SignedIn, pk: int) -> HttpResponse:
    """Move somebody on to another rung."""
    placement = _placement(request, pk)
    rungs = Rung.objects.filter(
        track__ladder__employer=placement.employer, track__ladder__published_at__isnull=False
    ).exclude(pk=placement.rung_id)
    form = Move(
        request.POST or None,
        initial={"started_on": timezone.localdate(), "rung": request.GET.get("rung")},
        rungs=rungs.select_related("track__ladder"),
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            moved = placements.move(
                placement, to=given["rung"], by=request.user, on=given["started_on"], wage=given["wage"]
            )
        except Refused as refusal:
            on_form(form, refusal)
        else:
            messages.success(request, _placed(moved))
            return redirect("ladder:detail", moved.rung.track.ladder_id)
    return render_form(request, "ladder/move.html", {"form": form, "placement": placement}, wrong=form)


@login_required
@require_http_methods(["GET", "POST"])
def end(request: SignedIn, pk: int) -> HttpResponse:
    """Somebody leaves a rung without going to another."""
    placement = _placement(request, pk)
    form = End(request.POST or None, initial={"ended_on": timezone.localdate()}, placement=placement)
    if request.method == "POST" and form.is_valid():
        try:
            placements.end(placement, on=form.cleaned_data["ended_on"], by=request.user)
        except Refused as refusal:
            on_form(form, refusal)
        else:
            messages.success(request, _("%(worker)s left the rung.") % {"worker": placement.worker})
            return redirect("ladder:detail", placement.rung.track.ladder_id)
    return render_form(request, "ladder/end.html", {"form": form, "placement": placement}, wrong=form)


def _placement(request: SignedIn, pk: int) -> Placement:
    found = Placement.objects.visible_to(request.user).select_related(
        "worker__user", "employer", "rung__track__ladder"
    )
    placement = get_object_or_404(found, pk=pk)
    policy.require(request.user, Permission.PEOPLE_MANAGE, on=placement)
    return placement


def _placed(placement: Placement) -> str:
    words: dict[str, Any] = {"worker": placement.worker, "rung": placement.rung.title}
    return _("%(worker)s now stands on “%(rung)s”.") % words
