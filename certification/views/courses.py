"""Courses on the authority's desk: which it approves, from when until when."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.htmx import go_to, render_form
from accounts.policy import Permission, may, organisations_where, require
from accounts.refusals import Refused, on_form
from accounts.requests import SignedIn
from certification import courses
from certification.course_forms import ApprovalForm, CourseFilter, EndApprovalForm
from certification.models import Authority, CourseApproval
from workers.models import Course
from workers.views.common import posted

A_PAGE = 25


def _authorities(request: SignedIn) -> QuerySet[Authority]:
    """The authorities of a person; 403 for somebody who works for none."""
    require(request.user, Permission.APPLICATION_VIEW)
    found = organisations_where(request.user, Permission.APPLICATION_VIEW)
    return Authority.objects.filter(organisation__in=found).select_related("jurisdiction")


@login_required
@require_safe
def index(request: SignedIn) -> HttpResponse:
    """All courses that anybody offers, with what this authority says of each."""
    authorities = list(_authorities(request))
    chosen = CourseFilter(request.GET or None)
    shown = chosen.cleaned_data if chosen.is_valid() else {}
    own = CourseApproval.objects.filter(authority__in=authorities)
    found = _filtered(Course.objects.visible_to(request.user), own, shown)
    found = found.select_related("provider").prefetch_related(Prefetch("approvals", own, to_attr="ours"))
    context = {
        "filter": chosen,
        "filtered": any(request.GET.get(name) for name in chosen.fields),
        "page": Paginator(found.order_by("title", "pk"), A_PAGE).get_page(request.GET.get("page")),
        "today": timezone.localdate(),
    }
    return render(request, "certification/courses/index.html", context)


def _filtered(
    found: QuerySet[Course], own: QuerySet[CourseApproval], shown: dict[str, Any]
) -> QuerySet[Course]:
    approved = Exists(own.on(timezone.localdate()).filter(course=OuterRef("pk")))  # type: ignore[attr-defined]
    match shown.get("show"):
        case "approved":
            found = found.filter(approved)
        case "open":
            found = found.filter(~approved, retired_on=None)
        case _:
            found = found.filter(Q(retired_on=None) | Exists(own.filter(course=OuterRef("pk"))))
    for word in shown.get("words", "").split():
        found = found.filter(Q(title__icontains=word) | Q(provider__name__icontains=word))
    return found


def _course(request: SignedIn, pk: int) -> Course:
    return get_object_or_404(Course.objects.visible_to(request.user).select_related("provider"), pk=pk)


@login_required
@require_http_methods(["GET", "POST"])
def course(request: SignedIn, pk: int) -> HttpResponse:
    """One course; its approval by this authority, which an administrator makes."""
    authorities = _authorities(request)
    found = _course(request, pk)
    form = ApprovalForm(posted(request)[0], authorities=authorities)
    if request.method == "POST":
        require(request.user, Permission.COURSES_APPROVE)
        if form.is_valid():
            try:
                courses.approve(course=found, by=request.user, **form.given())
            except Refused as refusal:
                on_form(form, refusal)
            else:
                messages.success(request, _("Approved. The provider was told."))
                return go_to(request, "certification:desk_course", pk)
    own = found.approvals.filter(authority__in=authorities).select_related("authority", "approved_by")
    context = {
        "course": found,
        "approvals": own,
        "approves": may(request.user, Permission.COURSES_APPROVE),
        "form": form,
        "today": timezone.localdate(),
    }
    return render_form(request, "certification/courses/course.html", context, wrong=form)


@login_required
@require_http_methods(["GET", "POST"])
def end_approval(request: SignedIn, pk: int) -> HttpResponse:
    own = CourseApproval.objects.filter(authority__in=_authorities(request))
    found = get_object_or_404(own.select_related("course__provider", "authority"), pk=pk)
    require(request.user, Permission.COURSES_APPROVE, on=found)
    form = EndApprovalForm(posted(request)[0])
    if request.method == "POST" and form.is_valid():
        try:
            courses.end(found, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            on_form(form, refusal)
        else:
            messages.success(request, _("Saved. What was accepted stays accepted."))
            return go_to(request, "certification:desk_course", found.course_id)
    return render_form(
        request, "certification/courses/end.html", {"form": form, "approval": found}, wrong=form
    )
