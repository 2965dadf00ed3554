"""The authority's desk: the queue, and one application requirement by requirement."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import prefetch_related_objects
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import trail
from accounts.htmx import render_form
from accounts.policy import Permission, organisations_where, require
from accounts.refusals import Refused, on_form
from accounts.requests import SignedIn
from certification import desk, review
from certification.desk_forms import AssignForm, DecisionForm, QueueFilter, ReasonForm
from certification.judging import Case, cases_of, disqualifiers
from certification.models import Application, ApplicationItem, Ruling
from certification.requirements.findings import Finding
from certification.steps import STEPS, Step, open_steps, why_not
from certification.wording import Wording, stated
from workers import evidence as files
from workers.models import Evidence

PAGE = 25


@login_required
@require_safe
def queue(request: SignedIn) -> HttpResponse:
    require(request.user, Permission.APPLICATION_VIEW)
    organisations = organisations_where(request.user, Permission.APPLICATION_VIEW)
    chosen = QueueFilter(request.GET, organisations=organisations)
    found = desk.queue(request.user, chosen.cleaned_data if chosen.is_valid() else {})
    context = {
        "filter": chosen,
        "page": Paginator(found, PAGE).get_page(request.GET.get("page")),
        "counts": desk.counts(request.user),
    }
    return render(request, "certification/desk/queue.html", context)


def application_or_404(request: SignedIn, number: str) -> Application:
    """One that was handed in to an authority of the person's; what they may do with it is asked later."""
    found = Application.objects.at_authorities_of(request.user).select_related(
        "worker__user",
        "level__program__jurisdiction",
        "authority",
        "standard__level__program__jurisdiction",
        "assigned_to",
        "decided_by",
        "credential",
    )
    return get_object_or_404(found, number=number)


def saw(request: SignedIn, application: Application, what: str) -> None:
    """The person whose record it is can read who looked."""
    if application.worker.user_id != request.user.pk:
        trail.saw(
            what,
            subject=application.worker,
            viewer=request.user,
            organisation_id=application.authority.organisation_id,
        )


@login_required
@require_safe
def application(request: SignedIn, number: str) -> HttpResponse:
    found = application_or_404(request, number)
    saw(request, found, "application")
    return show(request, found)


def show(
    request: SignedIn,
    application: Application,
    *,
    forms: dict[str, Any] | None = None,
) -> HttpResponse:
    """The page of one application. `forms`: those that were wrong, by the step or the item they belong to."""
    forms = forms or {}
    steps = open_steps(application, user=request.user)
    prefetch_related_objects([application], desk.ITEMS)
    cases = case, today = cases_of(application)
    decisions = list(desk.rulings(application))
    words = Wording()
    context = {
        "application": application,
        "items": _items(application, case, decisions, words, forms, may_review=Step.REVIEW in steps),
        "then": words.tree(Finding.from_json(application.findings)) if application.findings else None,
        "now": words.tree(today.finding),
        "forbidden": [words.asks(leaf) for leaf in disqualifiers(today.finding)],
        "obstacles": review.obstacles(application, cases) if Step.APPROVE in steps else [],
        "steps": steps,
        "why_not": why_not(application, Step.APPROVE, user=request.user),
        "story": desk.story(application, decisions),
        "reviewers": review.reviewers(application.authority.organisation_id or 0)
        if Step.ASSIGN in steps
        else [],
        "return_form": forms.get(Step.RETURN) or ReasonForm(prefix="return"),
        "deny_form": forms.get(Step.DENY) or ReasonForm(prefix="deny"),
    }
    return render_form(request, "certification/desk/application.html", context, wrong=bool(forms))


def _items(
    application: Application,
    case: Case,
    decisions: list[Ruling],
    words: Wording,
    forms: dict[str, Any],
    *,
    may_review: bool,
) -> list[dict[str, Any]]:
    stood = Finding.from_json(application.findings).leaves() if application.findings else ()
    then = {leaf.path: leaf for leaf in stood}
    earlier = desk.decided_before(decisions)
    return [
        {
            "item": item,
            "anchor": f"item-{item.pk}",
            "sentence": words.requirement(item),
            "then": words.reason(then[item.path]) if item.path in then else "",
            "now": words.reason(case.leaves[item.path]) if item.path in case.leaves else "",
            "verdict": case.leaves[item.path].verdict if item.path in case.leaves else None,
            "statements": [stated(row, with_source=True) for row in item.statements.all()],
            "files": [_file(application, file) for file in _evidence(item)],
            "earlier": earlier.get(item.path, [])[: -1 if item.decided_on else None],
            "form": forms.get(f"item-{item.pk}")
            or (DecisionForm(prefix=f"item-{item.pk}") if may_review else None),
        }
        for item in application.items.all()
    ]


def _evidence(item: ApplicationItem) -> list[Evidence]:
    """The files of an item and of the statements behind it, each once."""
    found = {file.pk: file for file in item.evidence.all()}
    for statement in item.statements.all():
        found |= {file.pk: file for file in statement.evidence.all()}
    return list(found.values())


def _file(application: Application, file: Evidence) -> dict[str, Any]:
    return {
        "name": file.name,
        "url": reverse("certification:desk_file", args=[application.number, file.uid]),
        "kind": files.EXTENSIONS[file.content_type].upper(),
        "size": file.size,
    }


@login_required
@require_safe
def file(request: SignedIn, number: str, uid: UUID) -> FileResponse:
    """A file that was handed in with the application; that somebody looked at it is written down."""
    found = application_or_404(request, number)
    evidence = get_object_or_404(desk.files_of(found), uid=uid)
    saw(request, found, "evidence")
    return files.answer(evidence)


# Steps


def step(
    request: SignedIn, number: str, wanted: Step, take: Callable[[Application], Any], done: str
) -> HttpResponse:
    """Take a step that needs no form, or say why not."""
    found = application_or_404(request, number)
    require(request.user, STEPS[wanted].permission, on=found)
    try:
        take(found)
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, done)
    return redirect("certification:desk_application", number)


@login_required
@require_POST
def assign(request: SignedIn, number: str) -> HttpResponse:
    """Take it up oneself, or give it to the reviewer named in `to`."""
    found = application_or_404(request, number)
    require(request.user, STEPS[Step.ASSIGN].permission, on=found)
    to = None
    if request.POST.get("to"):
        form = AssignForm(request.POST, reviewers=review.reviewers(found.authority.organisation_id or 0))
        if not form.is_valid():
            messages.error(request, _("That person does not review applications here."))
            return redirect("certification:desk_application", number)
        to = form.cleaned_data["to"]
    done = _("%s reviews this application now.") % to if to else _("This application is yours to review.")
    return step(
        request,
        number,
        Step.ASSIGN,
        lambda application: review.assign(application=application, by=request.user, to=to),
        done,
    )


@login_required
@require_POST
def item(request: SignedIn, number: str, pk: int) -> HttpResponse:
    """Decide on one requirement."""
    found = application_or_404(request, number)
    require(request.user, STEPS[Step.REVIEW].permission, on=found)
    one = get_object_or_404(found.items, pk=pk)
    form = DecisionForm(request.POST, prefix=f"item-{pk}")
    if form.is_valid():
        try:
            review.decide(item=one, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            on_form(form, refusal)
        else:
            return redirect(reverse("certification:desk_application", args=[number]) + f"#item-{pk}")
    return show(request, found, forms={f"item-{pk}": form})


@login_required
@require_POST
def return_(request: SignedIn, number: str) -> HttpResponse:
    return _with_reason(request, number, Step.RETURN, review.return_, _("Returned. The applicant is told."))


@login_required
@require_POST
def deny(request: SignedIn, number: str) -> HttpResponse:
    return _with_reason(request, number, Step.DENY, review.deny, _("Denied. The applicant is told why."))


def _with_reason(
    request: SignedIn, number: str, wanted: Step, take: Callable[..., Any], done: str
) -> HttpResponse:
    found = application_or_404(request, number)
    require(request.user, STEPS[wanted].permission, on=found)
    form = ReasonForm(request.POST, prefix=wanted.value)
    if form.is_valid():
        try:
            take(application=found, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            on_form(form, refusal)
        else:
            messages.success(request, done)
            return redirect("certification:desk_application", number)
    return show(request, found, forms={wanted: form})


@login_required
@require_POST
def approve(request: SignedIn, number: str) -> HttpResponse:
    return step(
        request,
        number,
        Step.APPROVE,
        lambda application: review.approve(application=application, by=request.user),
        _("Approved. The credential is issued, and the applicant is told."),
    )
