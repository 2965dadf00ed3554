"""What the worker states, and the files that show it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.htmx import go_to, render_form
from accounts.refusals import Refused, on_form
from accounts.requests import SignedIn
from workers import evidence, learning, statements
from workers.forms.record import FilesForm
from workers.forms.statements import LEADS, StatementForm
from workers.models import Evidence, Statement, Worker
from workers.statements import SHAPES
from workers.views.common import posted, with_worker

#: The kinds in the order in which most people need them.
ORDER = list(SHAPES)


@with_worker
@require_safe
def qualifications(request: SignedIn, worker: Worker) -> HttpResponse:
    """My qualifications, by kind."""
    stated = sorted(statements.of(worker), key=lambda one: ORDER.index(one.kind))
    context = {
        "statements": stated,
        "kinds": _kinds(),
        "to_confirm": learning.waiting_for(request.user).count(),
    }
    return render(request, "workers/qualifications.html", context)


def _kinds() -> list[dict[str, Any]]:
    labels = dict(Statement.Kind.choices)
    return [
        {"label": labels[kind], "url": reverse("workers:add_qualification", args=[kind])} for kind in ORDER
    ]


@with_worker
@require_http_methods(["GET", "POST"])
def add_qualification(request: SignedIn, worker: Worker, kind: str) -> HttpResponse:
    """One small form for each kind. The address may suggest `code` and `name`, as a goal's page does."""
    if kind not in SHAPES:
        raise Http404
    suggested = {name: request.GET[name] for name in ("code", "name") if name in request.GET}
    form = StatementForm(*posted(request), kind=kind, initial=suggested)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                statement = statements.add(worker=worker, by=request.user, kind=kind, **form.given())
                _attach(statement, form.cleaned_data["files"], request)
        except Refused as refusal:
            refusal.field = "files" if refusal.field == "file" else refusal.field
            on_form(form, refusal)
        else:
            messages.success(request, _("It is in your record. A state accepts it when you apply."))
            return go_to(request, "workers:qualifications")
    context = {"form": form, "title": dict(Statement.Kind.choices)[kind], "lead": LEADS.get(kind, "")}
    return render_form(request, "workers/add_qualification.html", context, wrong=form)


def _attach(statement: Statement, files: list[Any], request: SignedIn) -> None:
    if files:
        stored = evidence.store_all(worker=statement.worker, files=files, by=request.user)
        statements.attach(statement, stored, by=request.user)


@with_worker
@require_http_methods(["GET", "POST"])
def qualification(request: SignedIn, worker: Worker, pk: int) -> HttpResponse:
    """One statement: its files, and more of them."""
    statement = _own(request, pk)
    form = FilesForm(*posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            _attach(statement, form.cleaned_data["files"], request)
        except Refused as refusal:
            refusal.field = "files"
            on_form(form, refusal)
        else:
            messages.success(request, _("The file is stored."))
            return go_to(request, "workers:qualification", pk)
    context = {"form": form, "statement": statement, "rows": _rows(statement), "files": _files(statement)}
    return render_form(request, "workers/qualification.html", context, wrong=form)


def _own(request: SignedIn, pk: int) -> Statement:
    return get_object_or_404(
        Statement.objects.of_person(request.user)
        .select_related("worker", "completion__course__provider")
        .prefetch_related("evidence"),
        pk=pk,
    )


def _rows(statement: Statement) -> list[tuple[Any, Any]]:
    """What was stated, with the labels under which it was asked."""
    form = StatementForm(kind=statement.kind)
    rows = []
    for name, field in form.fields.items():
        value = statement.details.get(name) if name in form.details else getattr(statement, name, None)
        if value in (None, "", {}):
            continue
        if isinstance(value, dict):
            value = ", ".join(f"{topic}: {share} h" for topic, share in value.items())
        value = field.prepare_value(value)
        rows.append((field.label, dict(getattr(field, "choices", ())).get(value, value)))
    return rows


def _files(statement: Statement) -> list[dict[str, Any]]:
    return [
        {
            "name": file.name,
            "url": reverse("workers:evidence", args=[file.uid]),
            "kind": file.content_type.rpartition("/")[2].upper(),
            "size": file.size,
        }
        for file in statement.evidence.all()
    ]


@with_worker
@require_POST
def withdraw_qualification(request: SignedIn, worker: Worker, pk: int) -> HttpResponse:
    try:
        statements.withdraw(_own(request, pk), by=request.user)
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("Taken out of your record."))
    return redirect("workers:qualifications")


@login_required
@require_safe
def evidence_file(request: SignedIn, uid: UUID) -> FileResponse:
    """One's own file, to be saved."""
    return evidence.answer(get_object_or_404(Evidence.objects.of_person(request.user), uid=uid))
