"""Courses: what providers keep and upload, and what the worker confirms."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.htmx import go_to, render_form
from accounts.models import Organisation
from accounts.policy import Permission, organisations_where
from accounts.refusals import Refused, on_form
from accounts.requests import SignedIn
from workers import learning
from workers.forms.learning import CourseForm, UploadForm
from workers.models import Completion, Course, Worker
from workers.views.common import posted, with_worker

A_PAGE = 25
Status = Completion.Status


# The provider's


def _providers(request: SignedIn) -> QuerySet[Organisation]:
    """The organisations for which a person keeps courses."""
    found = organisations_where(request.user, Permission.COURSES_KEEP)
    if not found:
        raise PermissionDenied
    return Organisation.objects.filter(pk__in=found)


@login_required
@require_safe
def courses(request: SignedIn) -> HttpResponse:
    providers = list(_providers(request))
    found = Course.objects.kept_by(request.user).select_related("provider")
    found = found.annotate(
        sent=Count("completions", filter=Q(completions__status=Status.SENT)),
        confirmed=Count("completions", filter=Q(completions__status=Status.CONFIRMED)),
    ).order_by("retired_on", "title", "pk")
    context = {
        "providers": providers,
        "page": Paginator(found, A_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "workers/courses.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def add_course(request: SignedIn, slug: str) -> HttpResponse:
    provider = get_object_or_404(_providers(request), slug=slug)
    form = CourseForm(posted(request)[0], provider=provider)
    if request.method == "POST" and form.is_valid():
        try:
            course = learning.add_course(provider=provider, by=request.user, **form.given())
        except Refused as refusal:
            on_form(form, refusal)
        else:
            messages.success(request, _("Kept. Now say who completed it."))
            return go_to(request, "workers:course", course.pk)
    return render_form(request, "workers/course_form.html", {"form": form, "provider": provider}, wrong=form)


def _course(request: SignedIn, pk: int) -> Course:
    found = Course.objects.kept_by(request.user).select_related("provider", "retired_by")
    return get_object_or_404(found, pk=pk)


@login_required
@require_safe
def course(request: SignedIn, pk: int) -> HttpResponse:
    """One course, who approved it, and what was uploaded for it."""
    found = _course(request, pk)
    completions = found.completions.order_by("-uploaded_on", "-day", "-pk")
    context = {
        "course": found,
        "page": Paginator(completions, A_PAGE).get_page(request.GET.get("page")),
        "panels": panels(request, found),
    }
    return render(request, "workers/course.html", context)


def panels(request: SignedIn, found: Course) -> list[str]:
    """What other apps say of a course (settings.COURSE_PANELS)."""
    shown: list[dict[str, Any] | None] = [import_string(name)(found) for name in settings.COURSE_PANELS]
    return [render_to_string(one["template"], one["context"], request) for one in shown if one]


@login_required
@require_http_methods(["GET", "POST"])
def upload(request: SignedIn, pk: int) -> HttpResponse:
    """Several completions at once; nothing is stored while a line is wrong."""
    found = _course(request, pk)
    form = UploadForm(*posted(request), course=found)
    if request.method == "POST" and form.is_valid():
        try:
            done = learning.upload(course=found, by=request.user, completions=form.completions)
        except Refused as refusal:
            form.refused(refusal)
        else:
            said = ngettext(
                "%(n)s completion is sent. It waits until the person confirms it.",
                "%(n)s completions are sent. Each waits until the person confirms it.",
                len(done),
            )
            messages.success(request, said % {"n": len(done)})
            return go_to(request, "workers:course", pk)
    return render_form(request, "workers/upload_form.html", {"form": form, "course": found}, wrong=form)


@login_required
@require_POST
def retire_course(request: SignedIn, pk: int) -> HttpResponse:
    try:
        learning.retire_course(_course(request, pk), by=request.user)
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("Retired. What was completed stays."))
    return redirect("workers:course", pk)


# The worker's


@with_worker
@require_safe
def mine(request: SignedIn, worker: Worker) -> HttpResponse:
    """What providers say that this person completed."""
    about = Completion.objects.about(request.user).select_related("course__provider")
    decided = about.exclude(status=Status.SENT).select_related("statement")
    context = {
        "waiting": learning.waiting_for(request.user),
        "page": Paginator(decided, A_PAGE).get_page(request.GET.get("page")),
        "worker": worker,
    }
    return render(request, "workers/learning.html", context)


def _about_me(request: SignedIn, pk: int) -> Completion:
    return get_object_or_404(Completion.objects.about(request.user).select_related("course__provider"), pk=pk)


@with_worker
@require_POST
def confirm(request: SignedIn, worker: Worker, pk: int) -> HttpResponse:
    try:
        learning.confirm(_about_me(request, pk), worker=worker, by=request.user)
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("It is in your record."))
    return redirect("workers:learning")


@with_worker
@require_POST
def refuse(request: SignedIn, worker: Worker, pk: int) -> HttpResponse:
    try:
        learning.refuse(_about_me(request, pk), by=request.user)
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("Refused. Nothing of it is in your record."))
    return redirect("workers:learning")
