"""Invitations: sent, sent again, withdrawn; and what the person invited sees."""

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import invitations
from accounts.forms import InviteForm, LinkForm
from accounts.htmx import go_to, render_form
from accounts.models import Invitation, Organisation
from accounts.refusals import Refused, on_form
from accounts.requests import SignedIn
from accounts.roles import Role
from accounts.views.organisations import managed_or_refuse

GONE = 410


@login_required
@require_http_methods(["GET", "POST"])
def invite(request: SignedIn, slug: str) -> HttpResponse:
    organisation = managed_or_refuse(request, slug)
    form = InviteForm(request.POST or None, organisation=organisation)
    if request.method == "POST" and form.is_valid():
        try:
            invitation = invitations.invite(
                organisation=organisation,
                email=form.cleaned_data["email"],
                role=Role(form.cleaned_data["role"]),
                by=request.user,
            )
        except Refused as refusal:
            on_form(form, refusal)
        except OSError:
            return _not_mailed(request, slug)
        else:
            messages.success(request, _("An invitation is on its way to %s.") % invitation.email)
            return go_to(request, "accounts:members", slug)
    context = {"organisation": organisation, "form": form}
    return render_form(request, "accounts/invite.html", context, wrong=form)


@login_required
@require_POST
def resend(request: SignedIn, slug: str, pk: int) -> HttpResponse:
    invitation = _invitation_or_404(managed_or_refuse(request, slug), pk)
    try:
        invitations.resend(invitation=invitation, by=request.user)
    except Refused as refusal:
        messages.error(request, refusal.message)
    except OSError:
        return _not_mailed(request, slug)
    else:
        messages.success(request, _("A new link is on its way to %s.") % invitation.email)
    return redirect("accounts:members", slug)


@login_required
@require_POST
def withdraw(request: SignedIn, slug: str, pk: int) -> HttpResponse:
    invitation = _invitation_or_404(managed_or_refuse(request, slug), pk)
    try:
        invitations.withdraw(invitation=invitation, by=request.user)
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("The invitation is withdrawn. Its link no longer works."))
    return redirect("accounts:members", slug)


def _invitation_or_404(organisation: Organisation, pk: int) -> Invitation:
    return get_object_or_404(organisation.invitations, pk=pk)


def _not_mailed(request: SignedIn, slug: str) -> HttpResponse:
    messages.error(
        request, _("The invitation is stored, but the message could not be sent. Send it again later.")
    )
    return redirect("accounts:members", slug)


@login_required
@require_http_methods(["GET", "POST"])
def paste(request: SignedIn) -> HttpResponse:
    """For somebody who was invited and signed up without following the link."""
    form = LinkForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if invitations.find(form.cleaned_data["link"]):
            return go_to(request, "accounts:invitation", form.cleaned_data["link"])
        form.add_error("link", _("This link is not known here. Copy it again, the whole of it."))
    return render_form(request, "accounts/invited.html", {"form": form}, wrong=form)


@never_cache
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Where the link leads: to accept, to sign in first, or to why it no longer works."""
    invitation = invitations.find(token)
    if invitation is None:
        raise Http404
    context = {"invitation": invitation, "reason": invitations.why_not(invitation)}
    if context["reason"]:
        return render(request, "accounts/invitation_closed.html", context, status=GONE)
    if not request.user.is_authenticated:
        return _to_sign_in(request, invitation, token, context)
    context["is_mine"] = invitations.is_for(invitation, request.user)
    if request.method == "POST":
        try:
            invitations.accept(invitation=invitation, by=request.user)
        except Refused as refusal:
            messages.error(request, refusal.message)
            return redirect("accounts:invitation", token)
        messages.success(request, _("Welcome to %s.") % invitation.organisation)
        return redirect("accounts:home")
    return render(request, "accounts/invitation.html", context)


def _to_sign_in(request: HttpRequest, invitation: Invitation, token: str, context: dict) -> HttpResponse:
    """Holding the link shows that the address is theirs: a new account need not prove it again."""
    here = reverse("accounts:invitation", args=[token])
    if request.method == "POST":
        get_adapter().stash_verified_email(request, invitation.email)
        return redirect(
            reverse("account_signup") + "?" + urlencode({"next": here, "email": invitation.email})
        )
    context["sign_in"] = reverse("account_login") + "?" + urlencode({"next": here})
    return render(request, "accounts/invitation.html", context)
