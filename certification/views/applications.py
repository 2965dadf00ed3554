"""The applicant's side: start, fill in requirement by requirement, hand in, withdraw."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.htmx import go_to, render_form
from accounts.refusals import Refused, on_form
from accounts.requests import SignedIn
from certification import applications, desk
from certification.application_forms import AnswerForm, ItemStatementForm, WithdrawForm
from certification.judging import Case, case_of, day_of, requirement_of, to_review
from certification.models import Application, ApplicationItem, Level
from certification.requirements.findings import Finding
from certification.steps import Step, open_steps
from certification.wording import Wording, stated
from workers import evidence as files
from workers import statements
from workers.models import Evidence, Statement, Worker


def worker_or_404(request: SignedIn) -> Worker:
    """The person's own record; pages of applicants are for those who have one."""
    return get_object_or_404(Worker, user=request.user)


def application_or_404(request: SignedIn, number: str) -> Application:
    found = Application.objects.of_person(request.user).select_related(
        "worker__user",
        "level__program__jurisdiction",
        "authority",
        "standard__level__program__jurisdiction",
        "assigned_to",
        "credential",
    )
    return get_object_or_404(found, number=number)


@login_required
@require_safe
def index(request: SignedIn) -> HttpResponse:
    worker = worker_or_404(request)
    mine = worker.applications.select_related("level__program__jurisdiction", "authority", "credential")
    context = {"applications": mine.order_by("-started_at", "-pk").defer("findings")}
    return render(request, "certification/applications/index.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: SignedIn, code: str) -> HttpResponse:
    """Start an application for a level; where one is open, go there."""
    worker = worker_or_404(request)
    level = get_object_or_404(
        Level.objects.select_related("program__authority", "program__jurisdiction"), code=code
    )
    there = worker.applications.filter(level=level).exclude(status__in=Application.CLOSED).first()
    if there:
        return redirect("certification:application", there.number)
    try:
        if request.method == "POST":
            started = applications.start(worker=worker, level=level, by=request.user)
            return redirect("certification:application", started.number)
        case = applications.opening(worker=worker, level=level)
    except Refused as refusal:
        context: dict[str, Any] = {"level": level, "refusal": refusal.message}
        return render_form(
            request, "certification/applications/apply.html", context, wrong=request.method == "POST"
        )
    words = Wording()
    context = {
        "level": level,
        "standard": case.standard,
        "finding": words.tree(case.finding),
        "to_hand_in": [words.asks(leaf) for leaf in to_review(case.finding)],
    }
    return render(request, "certification/applications/apply.html", context)


@login_required
@require_safe
def application(request: SignedIn, number: str) -> HttpResponse:
    found = application_or_404(request, number)
    if applications.catch_up(application=found, by=request.user):
        messages.info(request, _("A new version of the standard is in force. See what it asks."))
        found = application_or_404(request, number)
    return show(request, found)


def show(
    request: SignedIn, found: Application, *, refusal: str = "", form: WithdrawForm | None = None
) -> HttpResponse:
    """One's own application: while it is open to fill in, judged by today's facts."""
    steps = open_steps(found, user=request.user)
    case = editing(found) if Step.EDIT in steps else case_of(found)
    words = Wording()
    frozen = found.findings if Step.EDIT not in steps else None
    context = {
        "application": found,
        "steps": steps,
        "items": [_row(item, case, words, live=Step.EDIT in steps) for item in _items(found)],
        "finding": words.tree(Finding.from_json(frozen) if frozen else case.finding),
        "story": desk.story(found),
        "withdraw_form": form or WithdrawForm(),
        "refusal": refusal,
    }
    return render_form(request, "certification/applications/application.html", context, wrong=bool(refusal))


def editing(found: Application) -> Case:
    return Case(found.worker, found.standard, day_of(timezone.now()))


def _items(found: Application) -> list[ApplicationItem]:
    return list(found.items.prefetch_related("statements__evidence", "evidence"))


def _row(item: ApplicationItem, case: Case, words: Wording, *, live: bool) -> dict[str, Any]:
    leaf = case.leaves.get(item.path)
    return {
        "item": item,
        "sentence": words.requirement(item),
        "reason": words.reason(leaf) if leaf else "",
        "verdict": leaf.verdict if leaf else None,
        "statements": [stated(row) for row in (serving(item, case) if live else item.statements.all())],
        "files": [own_file(file) for file in item.evidence.all()],
    }


def serving(item: ApplicationItem, case: Case) -> list[Statement]:
    """What the worker states today that counts toward the item."""
    wanted = set(case.serving(requirement_of(item.requirement)))
    return [stated.row for stated in case.facts.statements if stated.row.pk in wanted]


def own_file(file: Evidence) -> dict[str, Any]:
    return {
        "name": file.name,
        "url": reverse("workers:evidence", args=[file.uid]),
        "kind": files.EXTENSIONS[file.content_type].upper(),
        "size": file.size,
        "uid": file.uid,
    }


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def item(request: SignedIn, number: str, pk: int) -> HttpResponse:
    """One requirement: state what it asks for, say something, attach files."""
    found = application_or_404(request, number)
    one = get_object_or_404(found.items, pk=pk)
    if Step.EDIT not in open_steps(found, user=request.user):
        messages.info(request, _("This application is not open for changes now."))
        return redirect("certification:application", number)
    stating = request.POST.get("step") == "state"
    state_form = _state_form(one, found, request if stating else None)
    answer_form = (
        AnswerForm(request.POST, request.FILES)
        if request.method == "POST" and not stating
        else AnswerForm(initial={"answer": one.answer})
    )
    sent = state_form if stating else answer_form
    if request.method == "POST" and sent and sent.is_valid():
        try:
            _keep(found, one, request, sent)
        except Refused as refusal:
            if refusal.field in ("file", "evidence"):
                refusal.field = "files"
            on_form(sent, refusal)
        else:
            messages.success(request, _("Saved."))
            return go_to(request, "certification:application", number)
    case = editing(found)
    context = {
        "application": found,
        "row": _row(one, case, Wording(), live=True),
        "state_form": state_form,
        "answer_form": answer_form,
    }
    return render_form(request, "certification/applications/item.html", context, wrong=sent or False)


def _state_form(
    one: ApplicationItem, found: Application, request: SignedIn | None
) -> ItemStatementForm | None:
    if one.kind not in statements.SHAPES:
        return None
    return ItemStatementForm(
        request.POST if request else None,
        request.FILES if request else None,
        kind=one.kind,
        asked=one.requirement[one.kind],
        jurisdiction=found.level.program.jurisdiction.code,
        prefix="state",
    )


def _keep(found: Application, one: ApplicationItem, request: SignedIn, form: Any) -> None:
    with transaction.atomic():
        stored = files.store_all(worker=found.worker, files=form.cleaned_data["files"], by=request.user)
        if isinstance(form, ItemStatementForm):
            statements.add(
                worker=found.worker, by=request.user, kind=one.kind, evidence=stored, **form.given()
            )
            applications.answer(item=one, by=request.user, evidence=stored)
        else:
            applications.answer(item=one, by=request.user, text=form.cleaned_data["answer"], evidence=stored)


@login_required
@require_POST
def detach(request: SignedIn, number: str, pk: int, uid: UUID) -> HttpResponse:
    found = application_or_404(request, number)
    one = get_object_or_404(found.items, pk=pk)
    file = get_object_or_404(one.evidence, uid=uid)
    try:
        applications.detach(item=one, evidence=file, by=request.user)
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect("certification:item", number, pk)


@login_required
@require_POST
def submit(request: SignedIn, number: str) -> HttpResponse:
    found = application_or_404(request, number)
    try:
        applications.submit(application=found, by=request.user)
    except Refused as refusal:
        return show(request, application_or_404(request, number), refusal=refusal.message)
    messages.success(request, _("Your application is handed in. You will be told when something happens."))
    return redirect("certification:application", number)


@login_required
@require_POST
def withdraw(request: SignedIn, number: str) -> HttpResponse:
    found = application_or_404(request, number)
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        return show(request, found, refusal=_("That text is too long."), form=form)
    try:
        applications.withdraw(application=found, by=request.user, **form.cleaned_data)
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("Your application is withdrawn. Your record keeps everything."))
    return redirect("certification:application", number)
