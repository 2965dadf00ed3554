"""The connected systems of an organisation."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import clients
from accounts.forms import SystemForm
from accounts.htmx import render_form
from accounts.models import ApiClient, Organisation
from accounts.policy import Permission, require
from accounts.refusals import Refused, on_form
from accounts.requests import SignedIn
from accounts.views.organisations import organisation_or_404


@login_required
@require_http_methods(["GET", "POST"])
def systems(request: SignedIn, slug: str) -> HttpResponse:
    """What is connected; connecting another one shows its secret, this once."""
    organisation = _managed(request, slug)
    form = SystemForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            client, secret = clients.connect(organisation=organisation, **form.cleaned_data, by=request.user)
        except Refused as refusal:
            on_form(form, refusal)
        else:
            return _secret(request, client, secret)
    connected = organisation.api_clients.select_related("made_by", "revoked_by", "application")
    context = {
        "organisation": organisation,
        "form": form,
        "connected": connected.filter(revoked_on=None),
        "former": connected.exclude(revoked_on=None),
    }
    return render_form(request, "accounts/systems.html", context, wrong=form)


@login_required
@require_POST
def change_secret(request: SignedIn, slug: str, pk: int) -> HttpResponse:
    client = _client_or_404(request, slug, pk)
    try:
        secret = clients.change_secret(client, by=request.user)
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect("accounts:systems", slug)
    return _secret(request, client, secret)


@login_required
@require_POST
def disconnect(request: SignedIn, slug: str, pk: int) -> HttpResponse:
    try:
        clients.disconnect(_client_or_404(request, slug, pk), by=request.user)
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("The system is disconnected."))
    return redirect("accounts:systems", slug)


def _managed(request: SignedIn, slug: str) -> Organisation:
    """404 to strangers, 403 to members who do not look after the systems."""
    organisation = organisation_or_404(request, slug)
    require(request.user, Permission.SYSTEMS_MANAGE, on=organisation)
    return organisation


def _client_or_404(request: SignedIn, slug: str, pk: int) -> ApiClient:
    organisation = _managed(request, slug)
    return get_object_or_404(ApiClient.objects.visible_to(request.user), organisation=organisation, pk=pk)


def _secret(request: SignedIn, client: ApiClient, secret: str) -> HttpResponse:
    # In the answer itself: kept for a redirect, it would have to be stored readable somewhere.
    return render(request, "accounts/system_secret.html", {"client": client, "secret": secret})
