"""What qualifies supervisors, put down by employers and authorities."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Prefetch, Q, QuerySet, Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.htmx import go_to, render_form
from accounts.models import Organisation, User
from accounts.policy import Permission, organisations_where
from accounts.refusals import Refused, on_form
from accounts.requests import SignedIn
from workers import supervision, vouching
from workers.forms.people import StatusEndForm, VouchForm
from workers.models import Agreement, SupervisorStatus
from workers.views.common import posted

SUPERVISORS_A_PAGE = 25


def _vouchers(request: SignedIn) -> QuerySet[Organisation]:
    where = organisations_where(request.user, Permission.SUPERVISORS_VOUCH)
    return Organisation.objects.filter(pk__in=where)


def _voucher(request: SignedIn, slug: str) -> Organisation:
    return get_object_or_404(_vouchers(request), slug=slug)


def known_to(voucher: Organisation) -> QuerySet[User]:
    """Of whom an employer or an authority may put something down, and of whom it did."""
    spoken_of = SupervisorStatus.objects.filter(voucher=voucher).values("supervisor")
    if voucher.kind == Organisation.Kind.AUTHORITY:
        return User.objects.filter(pk__in=spoken_of)
    working = Agreement.objects.filter(employer=voucher).values("supervisor")
    members = supervision.supervisors(voucher).order_by().values("pk")
    return User.objects.filter(Q(pk__in=spoken_of) | Q(pk__in=working) | Q(pk__in=members))


@login_required
@require_safe
def choose(request: SignedIn) -> HttpResponse:
    """To the one organisation for which this person vouches, or the first of several."""
    first = _vouchers(request).first()
    if first is None:
        raise PermissionDenied
    return redirect("workers:supervisors", first.slug)


@login_required
@require_safe
def supervisors(request: SignedIn, slug: str) -> HttpResponse:
    voucher = _voucher(request, slug)
    today = timezone.localdate()
    standing = SupervisorStatus.objects.standing().covering(today).filter(voucher=voucher)
    in_force = Q(agreements__employer=voucher, agreements__started_on__lte=today) & (
        Q(agreements__ended_on=None) | Q(agreements__ended_on__gte=today)
    )
    found = (
        known_to(voucher)
        .annotate(supervises=Count("agreements", filter=in_force))
        .prefetch_related(Prefetch("supervisor_statuses", standing, to_attr="held_today"))
        .order_by("family_name", "given_name", "pk")
    )
    context = {
        "voucher": voucher,
        "vouchers": list(_vouchers(request)),
        "page": Paginator(found, SUPERVISORS_A_PAGE).get_page(request.GET.get("page")),
        "is_employer": voucher.kind == Organisation.Kind.EMPLOYER,
    }
    return render(request, "workers/supervisors.html", context)


@login_required
@require_safe
def supervisor(request: SignedIn, slug: str, pk: int) -> HttpResponse:
    """All that is put down of one supervisor here, and hours sealed outside of it."""
    voucher = _voucher(request, slug)
    person = get_object_or_404(known_to(voucher), pk=pk)
    statuses = SupervisorStatus.objects.filter(
        Q(voucher=voucher) | Q(voucher__kind=Organisation.Kind.AUTHORITY, withdrawn_on=None),
        supervisor=person,
    )
    agreements = Agreement.objects.filter(employer=voucher, supervisor=person)
    outside = vouching.signed_outside(person).filter(agreement__in=agreements)
    context = {
        "voucher": voucher,
        "person": person,
        "statuses": statuses.select_related("voucher", "vouched_by"),
        "agreements": agreements.select_related("worker", "employer"),
        "outside": outside.aggregate(minutes=Sum("minutes", default=0))["minutes"],
        "today": timezone.localdate(),
    }
    return render(request, "workers/supervisor.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def vouch(request: SignedIn, slug: str) -> HttpResponse:
    voucher = _voucher(request, slug)
    chosen = {"supervisor": request.GET["supervisor"]} if "supervisor" in request.GET else {}
    form = VouchForm(posted(request)[0], voucher=voucher, initial=chosen)
    if request.method == "POST" and form.is_valid():
        try:
            status = vouching.vouch(voucher=voucher, by=request.user, **form.given())
        except Refused as refusal:
            on_form(form, refusal)
        else:
            messages.success(request, _("Recorded. The supervisor was told."))
            return go_to(request, "workers:supervisor", slug, status.supervisor_id)
    return render_form(request, "workers/vouch_form.html", {"form": form, "voucher": voucher}, wrong=form)


def _status(request: SignedIn, pk: int) -> SupervisorStatus:
    found = SupervisorStatus.objects.filter(voucher__in=_vouchers(request))
    return get_object_or_404(found.select_related("supervisor", "voucher"), pk=pk)


@login_required
@require_http_methods(["GET", "POST"])
def status(request: SignedIn, pk: int) -> HttpResponse:
    """Change until when a status lasts."""
    found = _status(request, pk)
    form = StatusEndForm(posted(request)[0], initial={"ended_on": found.ended_on})
    if request.method == "POST" and form.is_valid():
        try:
            vouching.change_end(found, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            on_form(form, refusal)
        else:
            messages.success(request, _("Saved. What was signed stays as it was signed."))
            return go_to(request, "workers:supervisor", found.voucher.slug, found.supervisor_id)
    return render_form(request, "workers/status_form.html", {"form": form, "status": found}, wrong=form)


@login_required
@require_POST
def withdraw_status(request: SignedIn, pk: int) -> HttpResponse:
    found = _status(request, pk)
    try:
        vouching.withdraw(found, by=request.user)
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("Withdrawn. What was signed stays as it was signed."))
    return redirect("workers:supervisor", found.voucher.slug, found.supervisor_id)
