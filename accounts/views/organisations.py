"""Organisations and their members."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import members, organisations
from accounts.forms import EmployerForm, RoleForm, SuccessorForm
from accounts.htmx import go_to, render_form
from accounts.models import Membership, Organisation, User
from accounts.policy import Permission, may, require
from accounts.refusals import Refused, on_form
from accounts.requests import SignedIn
from accounts.roles import Role


def organisation_or_404(request: SignedIn, slug: str) -> Organisation:
    return get_object_or_404(Organisation.objects.visible_to(request.user), slug=slug)


def managed_or_refuse(request: SignedIn, slug: str) -> Organisation:
    """404 to strangers, 403 to members who do not look after the members."""
    organisation = organisation_or_404(request, slug)
    require(request.user, Permission.MEMBERS_MANAGE, on=organisation)
    return organisation


@login_required
@require_http_methods(["GET", "POST"])
def register(request: SignedIn) -> HttpResponse:
    """A new employer, whose owner is the person who registers it."""
    form = EmployerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            organisation = organisations.register_employer(**form.cleaned_data, by=request.user)
        except Refused as refusal:
            on_form(form, refusal)
        else:
            messages.success(request, _("Your organization is registered. Now invite the people in it."))
            return go_to(request, "accounts:members", organisation.slug)
    return render_form(request, "accounts/register_organisation.html", {"form": form}, wrong=form)


@login_required
@require_safe
def member_list(request: SignedIn, slug: str) -> HttpResponse:
    """Who is in this organisation; for those who look after them, the invitations as well."""
    organisation = organisation_or_404(request, slug)
    manages = may(request.user, Permission.MEMBERS_MANAGE, on=organisation)
    held = organisation.memberships.select_related("user").order_by("user__family_name", "user__given_name")
    context = {
        "organisation": organisation,
        "manages": manages,
        "connects": may(request.user, Permission.SYSTEMS_MANAGE, on=organisation),
        "members": held.filter(ended_at=None),
        "former": held.exclude(ended_at=None),
        "now": timezone.now(),
        "invitations": _open_invitations(organisation) if manages else [],
    }
    return render(request, "accounts/members.html", context)


def _open_invitations(organisation: Organisation) -> list:
    return list(
        organisation.invitations.filter(accepted_on=None, withdrawn_at=None)
        .select_related("invited_by")
        .order_by("-invited_on")
    )


@login_required
@require_http_methods(["GET", "POST"])
def member(request: SignedIn, slug: str, pk: int) -> HttpResponse:
    """One membership: another role, or its end."""
    organisation = managed_or_refuse(request, slug)
    membership = _member_or_404(organisation, pk)
    form = RoleForm(request.POST or None, organisation=organisation, initial={"role": membership.role})
    if request.method == "POST" and form.is_valid():
        try:
            members.change_role(membership=membership, role=Role(form.cleaned_data["role"]), by=request.user)
        except Refused as refusal:
            on_form(form, refusal)
        else:
            messages.success(request, _("The role is changed."))
            return go_to(request, "accounts:members", slug)
    context = {
        "organisation": organisation,
        "membership": membership,
        "form": form,
        "successor": SuccessorForm(successors=_successors(membership)),
    }
    return render_form(request, "accounts/member.html", context, wrong=form)


def _successors(membership: Membership) -> QuerySet[User]:
    """Who holds the same role and could take over what a person leaves undone."""
    held = Membership.objects.filter(
        organisation=membership.organisation_id, role=membership.role, ended_at=None
    )
    return User.objects.filter(pk__in=held.values("user"), is_active=True).exclude(pk=membership.user_id)


@login_required
@require_POST
def end_membership(request: SignedIn, slug: str, pk: int) -> HttpResponse:
    organisation = managed_or_refuse(request, slug)
    membership = _member_or_404(organisation, pk)
    form = SuccessorForm(request.POST, successors=_successors(membership))
    successor = form.cleaned_data["successor"] if form.is_valid() else None
    try:
        members.end(membership=membership, by=request.user, successor=successor)
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect("accounts:member", slug, pk)
    messages.success(request, _("The membership has ended."))
    # Whoever ended their own may not see the list any more.
    return (
        redirect("accounts:members", slug)
        if may(request.user, Permission.MEMBERS_VIEW, on=organisation)
        else redirect("accounts:home")
    )


def _member_or_404(organisation: Organisation, pk: int) -> Membership:
    return get_object_or_404(
        organisation.memberships.filter(ended_at=None).select_related("user", "organisation"), pk=pk
    )
