"""An employer's people: who works there, and who supervises them."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import trail
from accounts.htmx import go_to, render_form
from accounts.models import Organisation
from accounts.policy import Permission, may, organisations_where, require
from accounts.refusals import Refused, on_form
from accounts.requests import SignedIn
from workers import jobs, supervision
from workers.forms.people import AgreementForm, DelegateForm, EndAgreementForm, PeopleFilter
from workers.models import Agreement, Delegate, Employment
from workers.models.people import EmploymentQuerySet
from workers.views.common import posted

PEOPLE_A_PAGE = 25


def employers_of(user: Any) -> QuerySet[Organisation]:
    """Employers whose people `user` may see."""
    return Organisation.objects.filter(pk__in=organisations_where(user, Permission.PEOPLE_VIEW))


@login_required
@require_safe
def people(request: SignedIn) -> HttpResponse:
    """To the one employer of this person, or a choice of several."""
    employers = list(employers_of(request.user))
    if not employers:
        raise PermissionDenied
    if len(employers) == 1:
        return redirect("workers:team", employers[0].slug)
    return render(request, "workers/people.html", {"employers": employers})


def _employer(request: SignedIn, slug: str) -> Organisation:
    return get_object_or_404(employers_of(request.user), slug=slug)


@login_required
@require_safe
def team(request: SignedIn, slug: str) -> HttpResponse:
    """Everybody who named this employer, with who supervises them today."""
    employer = _employer(request, slug)
    today = timezone.localdate()
    form = PeopleFilter(request.GET or None)
    shown = form.cleaned_data if form.is_valid() else {}
    found = _jobs(employer, today)
    page = Paginator(_filtered(found, shown, today), PEOPLE_A_PAGE).get_page(request.GET.get("page"))
    in_force = Agreement.objects.in_force(today).filter(
        employer=employer, worker__in=[job.worker_id for job in page.object_list]
    )
    supervisors: dict[int, list[Agreement]] = {}
    for agreement in in_force.select_related("supervisor"):
        supervisors.setdefault(agreement.worker_id, []).append(agreement)
    context = {
        "employer": employer,
        "employers": list(employers_of(request.user)),
        "form": form,
        "page": page,
        "rows": [{"job": job, "agreements": supervisors.get(job.worker_id, [])} for job in page.object_list],
        "unconfirmed": found.filter(confirmed_on=None).count(),
        "manages": may(request.user, Permission.PEOPLE_MANAGE, on=employer),
        "filtered": any(request.GET.get(name) for name in form.fields),
    }
    return render(request, "workers/team.html", context)


def _jobs(employer: Organisation, today: Any) -> EmploymentQuerySet:
    supervised = Agreement.objects.in_force(today).filter(employer=employer, worker=OuterRef("worker"))
    return (
        Employment.objects.filter(employer=employer)
        .select_related("worker", "employer")
        .annotate(has_supervisor=Exists(supervised))
        .order_by("worker__family_name", "worker__given_name", "pk")
    )


def _filtered(found: EmploymentQuerySet, shown: dict[str, Any], today: Any) -> EmploymentQuerySet:
    match shown.get("show"):
        case "unconfirmed":
            found = found.filter(confirmed_on=None)
        case "unsupervised":
            found = found.current(today).filter(Q(has_supervisor=False))
        case "former":
            found = found.filter(ended_on__lt=today)
        case _:
            found = found.current(today)
    for word in shown.get("name", "").split():
        found = found.filter(Q(worker__given_name__icontains=word) | Q(worker__family_name__icontains=word))
    return found


def _job(request: SignedIn, slug: str, pk: int) -> Employment:
    employer = _employer(request, slug)
    return get_object_or_404(
        Employment.objects.filter(employer=employer).select_related(
            "worker__user", "employer", "confirmed_by"
        ),
        pk=pk,
    )


@login_required
@require_safe
def person(request: SignedIn, slug: str, pk: int) -> HttpResponse:
    """A worker as their employer sees them: this job and its supervision, nothing else of the record."""
    job = _job(request, slug, pk)
    trail.saw("job", subject=job, viewer=request.user, organisation_id=job.employer_id)
    agreements = (
        Agreement.objects.filter(employer=job.employer, worker=job.worker)
        .select_related("supervisor")
        .prefetch_related("delegates__user")
    )
    context = {
        "job": job,
        "agreements": agreements,
        "today": timezone.localdate(),
        "manages": may(request.user, Permission.PEOPLE_MANAGE, on=job),
    }
    return render(request, "workers/person.html", context)


@login_required
@require_POST
def confirm_job(request: SignedIn, slug: str, pk: int) -> HttpResponse:
    job = _job(request, slug, pk)
    try:
        jobs.confirm(job, by=request.user)
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("Confirmed."))
    return redirect("workers:person", slug, pk)


@login_required
@require_http_methods(["GET", "POST"])
def add_agreement(request: SignedIn, slug: str, pk: int) -> HttpResponse:
    job = _job(request, slug, pk)
    require(request.user, Permission.PEOPLE_MANAGE, on=job)
    initial = {"started_on": job.started_on} if not job.worker.agreements.exists() else {}
    form = AgreementForm(posted(request)[0], employer=job.employer, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            supervision.agree(worker=job.worker, employer=job.employer, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            on_form(form, refusal)
        else:
            messages.success(request, _("Made. Both were told."))
            return go_to(request, "workers:person", slug, pk)
    return render_form(request, "workers/agreement_form.html", {"form": form, "job": job}, wrong=form)


def _agreement(request: SignedIn, pk: int) -> Agreement:
    return get_object_or_404(
        Agreement.objects.visible_to(request.user).select_related("worker", "supervisor", "employer"), pk=pk
    )


@login_required
@require_http_methods(["GET", "POST"])
def end_agreement(request: SignedIn, pk: int) -> HttpResponse:
    agreement = _agreement(request, pk)
    require(request.user, Permission.PEOPLE_MANAGE, on=agreement)
    form = EndAgreementForm(posted(request)[0], agreement=agreement)
    if request.method == "POST" and form.is_valid():
        try:
            supervision.end(
                agreement,
                by=request.user,
                on=form.cleaned_data["ended_on"],
                substitute=form.person,
                attested=form.kind == Delegate.Kind.COLLEAGUE,
            )
        except Refused as refusal:
            on_form(form, refusal)
        else:
            messages.success(request, _("Saved. What was signed stays signed."))
            return _back_to(request, agreement)
    context = {"form": form, "agreement": agreement}
    return render_form(request, "workers/end_agreement.html", context, wrong=form)


@login_required
@require_http_methods(["GET", "POST"])
def add_delegate(request: SignedIn, pk: int) -> HttpResponse:
    """Name who stands in; the employer does it, and the supervisor."""
    agreement = _agreement(request, pk)
    if not supervision.may_name_delegates(request.user, agreement):
        raise PermissionDenied
    form = DelegateForm(posted(request)[0], agreement=agreement)
    if request.method == "POST" and form.is_valid():
        try:
            supervision.name_delegate(agreement, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            on_form(form, refusal)
        else:
            messages.success(request, _("Named, and told."))
            return _back_to(request, agreement)
    context = {"form": form, "agreement": agreement}
    return render_form(request, "workers/delegate_form.html", context, wrong=form)


@login_required
@require_POST
def end_delegation(request: SignedIn, pk: int) -> HttpResponse:
    visible = Agreement.objects.visible_to(request.user)
    delegate = get_object_or_404(
        Delegate.objects.filter(agreement__in=visible.values("pk")).select_related(
            "agreement__employer", "agreement__worker"
        ),
        pk=pk,
    )
    if not supervision.may_name_delegates(request.user, delegate.agreement):
        raise PermissionDenied
    supervision.end_delegation(delegate, by=request.user)
    messages.success(request, _("From now on they sign nothing in this place."))
    return _back_to(request, delegate.agreement)


def _back_to(request: SignedIn, agreement: Agreement) -> HttpResponse:
    """To the worker's page: an employer's, or the supervisor's own."""
    if not may(request.user, Permission.PEOPLE_VIEW, on=agreement):
        return go_to(request, "workers:signed", agreement.worker_id)
    job = Employment.objects.filter(worker=agreement.worker_id, employer=agreement.employer_id).first()
    if job is None:
        return go_to(request, "workers:team", agreement.employer.slug)
    return go_to(request, "workers:person", agreement.employer.slug, job.pk)
