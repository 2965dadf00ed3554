"""Files handed in, by a worker for themselves or by an employer for their people."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.htmx import go_to, render_form
from accounts.models import Organisation
from accounts.policy import Permission, organisations_where
from accounts.refusals import Refused, on_form
from accounts.requests import SignedIn
from accounts.templatetags.ui import number
from workers import import_files, import_work, imports
from workers.columns import FIELDS
from workers.forms.imports import CalendarForm, ColumnsForm, UploadForm
from workers.models import Import, ImportProblem, Worker
from workers.views.common import posted, with_worker

Status, Kind = Import.Status, Import.Kind
PROBLEMS_A_PAGE = 50
LATEST = 20
WORKING = (Status.CHECKING, Status.RUNNING, Status.UNDOING)


@with_worker
@require_http_methods(["GET", "POST"])
def own_imports(request: SignedIn, worker: Worker) -> HttpResponse:
    """Hand a file in for one's own record."""
    kinds = imports.FOR_WORKER if worker.employments.exists() else (Kind.COMPLETIONS,)
    return _upload(request, kinds, {"worker": worker})


@login_required
@require_http_methods(["GET", "POST"])
def team_imports(request: SignedIn, slug: str) -> HttpResponse:
    """Hand a file in for one's people."""
    employers = Organisation.objects.filter(
        pk__in=organisations_where(request.user, Permission.PEOPLE_IMPORT)
    )
    return _upload(request, imports.FOR_EMPLOYER, {"organisation": get_object_or_404(employers, slug=slug)})


def _upload(request: SignedIn, kinds: Any, owner: dict[str, Any]) -> HttpResponse:
    form = UploadForm(*posted(request), kinds=kinds, initial={"kind": request.GET.get("kind") or kinds[0]})
    if request.method == "POST" and form.is_valid():
        try:
            found = imports.upload(by=request.user, **form.cleaned_data, **owner)
        except Refused as refusal:
            on_form(form, refusal)
        else:
            return go_to(request, "workers:import", found.uid)
    context = {
        "form": form,
        "employer": owner.get("organisation"),
        "latest": Import.objects.filter(**owner)[:LATEST],
        "templates": [(kind, Kind(kind).label) for kind in kinds if kind in FIELDS],
    }
    return render_form(request, "workers/imports.html", context, wrong=form)


def _import(request: SignedIn, uid: UUID) -> Import:
    return get_object_or_404(
        Import.objects.visible_to(request.user).select_related("worker", "organisation", "uploaded_by"),
        uid=uid,
    )


@login_required
@require_http_methods(["GET", "POST"])
def one_import(request: SignedIn, uid: UUID) -> HttpResponse:
    """A file: how to read it, then what is in it, then what became of it."""
    found = _import(request, uid)
    asked = found.status in (Status.UPLOADED, Status.FAILED) or "again" in request.GET
    if request.method == "POST" or (asked and found.status not in WORKING):
        return _reading(request, found)
    return render(request, "workers/import.html", _shown(request, found))


def _reading(request: SignedIn, found: Import) -> HttpResponse:
    form_class = CalendarForm if found.kind == Kind.CALENDAR else ColumnsForm
    form = form_class(posted(request)[0], found=found)
    if request.method == "POST" and form.is_valid():
        try:
            imports.choose(found, by=request.user, **form.reading())
        except Refused as refusal:
            on_form(form, refusal)
        else:
            return go_to(request, "workers:import", found.uid)
    return render_form(request, "workers/import_reading.html", {"form": form, **_about(found)}, wrong=form)


def _about(found: Import) -> dict[str, Any]:
    names = [_("File"), _("Columns"), _("Check"), _("Stored")]
    now = {Status.UPLOADED: 2, Status.FAILED: 2, Status.CHECKING: 3, Status.READY: 3}.get(
        Status(found.status), 4
    )
    return {"import": found, "employer": found.organisation, "steps": names, "now": now}


def _shown(request: SignedIn, found: Import) -> dict[str, Any]:
    problems = ImportProblem.objects.filter(source=found).order_by("place", "pk")
    weight = request.GET.get("show", "")
    if weight in ImportProblem.Weight.values:
        problems = problems.filter(weight=weight)
    page = Paginator(problems, PROBLEMS_A_PAGE).get_page(request.GET.get("page"))
    labels = import_files.field_labels(found)
    right = max(found.rows - found.wrong - found.present, 0)
    stays = None
    if found.status == Status.UNDONE and found.kind in import_work.OF_HOURS:
        stays = found.hours.select_related("worker", "employment__employer").order_by("day", "pk")[
            :PROBLEMS_A_PAGE
        ]
    return {
        **_about(found),
        "working": found.status in WORKING,
        "right": right,
        "stats": [
            {"label": _("Rows"), "value": number(found.rows)},
            {"label": _("Right"), "value": number(right)}
            if found.status == Status.READY
            else {"label": _("Stored"), "value": number(found.stored)},
            {"label": _("Already there"), "value": number(found.present)},
            {"label": _("Wrong"), "value": number(found.wrong)},
        ],
        "page": page,
        "problems": [{"row": one, "label": labels.get(one.field, "")} for one in page.object_list],
        "same": imports.same_file(found) if found.status == Status.READY else None,
        "stays": stays,
        "weight": weight,
    }


@login_required
@require_safe
def import_progress(request: SignedIn, uid: UUID) -> HttpResponse:
    """How far the background worker is; the page asks every second and is loaded anew at the end."""
    found = _import(request, uid)
    if found.status not in WORKING:
        answer = HttpResponse(status=204)
        answer["HX-Refresh"] = "true"
        return answer
    return render(request, "workers/import_progress.html", _shown(request, found))


@login_required
@require_POST
def import_step(request: SignedIn, uid: UUID, step: str) -> HttpResponse:
    """Confirm, take back or delete."""
    found = _import(request, uid)
    action = {"confirm": imports.confirm, "undo": imports.undo, "discard": imports.discard}.get(step)
    if action is None:
        raise Http404
    try:
        action(found, by=request.user)
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        if step == "discard":
            messages.success(request, _("The file is deleted. Nothing of it was stored."))
            return _back(found)
    return redirect("workers:import", uid)


def _back(found: Import) -> HttpResponse:
    if found.organisation:
        return redirect("workers:team_imports", found.organisation.slug)
    return redirect("workers:imports")


@login_required
@require_safe
def import_problems(request: SignedIn, uid: UUID) -> StreamingHttpResponse:
    """The rows that are wrong, as CSV, to be mended and handed in again."""
    found = _import(request, uid)
    answer = StreamingHttpResponse(import_files.problems_csv(found), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="rows-to-mend.csv"'
    return answer


@login_required
@require_safe
def import_template(request: SignedIn, kind: str, form: str) -> HttpResponse:
    """An empty file to fill in; with `?for=employer` the one that names workers."""
    if kind not in FIELDS:
        raise Http404
    employer = kind == Kind.ROSTER or request.GET.get("for") == "employer"
    content = import_files.template(kind, form, employer=employer)
    types = {
        "csv": "text/csv; charset=utf-8",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }
    answer = HttpResponse(content, content_type=types[form])
    answer["Content-Disposition"] = f'attachment; filename="{kind}.{form}"'
    return answer
