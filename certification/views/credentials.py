"""Credentials: the holder's own, and the register of an authority."""

from collections.abc import Callable
from datetime import date
from typing import Any

import segno
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts import trail
from accounts.htmx import render_form
from accounts.policy import Permission, require
from accounts.refusals import Refused, on_form
from accounts.requests import SignedIn
from certification import credentials, desk, issuing
from certification.desk_forms import ActForm, CredentialFilter, RenewForm
from certification.models import Credential
from certification.steps import ACTS, Act, open_acts

PAGE = 25

#: What an authority does, the words on its button, and what it says afterwards.
DONE: dict[Act, tuple[Callable[..., Any], Any, Any]] = {
    Act.RENEW: (issuing.renew, gettext_lazy("Renew"), gettext_lazy("Renewed. The holder is told.")),
    Act.SUSPEND: (issuing.suspend, gettext_lazy("Suspend"), gettext_lazy("Suspended. The holder is told.")),
    Act.REINSTATE: (
        issuing.reinstate,
        gettext_lazy("Reinstate"),
        gettext_lazy("Reinstated. The holder is told."),
    ),
    Act.REVOKE: (issuing.revoke, gettext_lazy("Revoke"), gettext_lazy("Revoked. The holder is told.")),
    Act.SURRENDER: (
        issuing.surrender,
        gettext_lazy("Record a surrender"),
        gettext_lazy("Recorded. The holder is told."),
    ),
}


# The holder's own


@login_required
@require_safe
def mine(request: SignedIn) -> HttpResponse:
    held = Credential.objects.of_person(request.user).select_related(
        "level__program__jurisdiction", "authority"
    )
    on, term_on = credentials.now()
    return render(
        request,
        "certification/credentials/mine.html",
        {"credentials": held.with_status(on, term_on=term_on)},
    )


@login_required
@require_safe
def credential(request: SignedIn, number: str) -> HttpResponse:
    """One's own credential, to show and to print."""
    found = get_object_or_404(
        Credential.objects.of_person(request.user)
        .select_related("worker", "level__program__jurisdiction", "authority")
        .prefetch_related("events"),
        number=number,
    )
    on, term_on = credentials.now()
    address = public_address(found)
    return render(
        request,
        "certification/credentials/credential.html",
        {
            "credential": found,
            "standing": credentials.standing(found.events.all(), on, term_on=term_on),
            "events": _story(found),
            "address": address,
            "qr": qr_code(address),
        },
    )


def public_address(credential: Credential) -> str:
    """Where anybody can check it."""
    return settings.PUBLIC_URL + reverse("registry:credential", args=[credential.number])


def qr_code(address: str) -> SafeString:
    """The address as an inline drawing."""
    drawing = segno.make(address, error="m").svg_inline(
        scale=4, border=2, svgclass="pl-qr", lineclass=None, omitsize=False, light="#fff"
    )
    # Drawn from our own address by the library: nothing that a person typed is in it.
    return mark_safe(drawing)  # noqa: S308


def _story(credential: Credential) -> list[dict[str, Any]]:
    tones = {"issued": "ok", "renewed": "ok", "reinstated": "ok", "suspended": "bad", "revoked": "bad"}
    return [
        {
            "when": event.effective_on,
            "what": event.get_kind_display(),
            "note": event.reason,
            "expires_on": event.expires_on,
            "recorded_on": event.recorded_on,
            "recorded_by": event.recorded_by,
            "tone": tones.get(event.kind, ""),
        }
        for event in sorted(credential.events.all(), key=lambda e: (e.effective_on, e.pk))
    ]


# The authority's register


@login_required
@require_safe
def register(request: SignedIn) -> HttpResponse:
    require(request.user, Permission.CREDENTIAL_VIEW)
    chosen = CredentialFilter(request.GET)
    found = desk.register(
        request.user, chosen.cleaned_data if chosen.is_valid() else {}, on=credentials.today()
    )
    context = {"filter": chosen, "page": Paginator(found, PAGE).get_page(request.GET.get("page"))}
    return render(request, "certification/desk/credentials.html", context)


def credential_or_404(request: SignedIn, number: str) -> Credential:
    found = Credential.objects.at_authorities_of(request.user).select_related(
        "worker__user", "level__program__jurisdiction", "authority", "standard", "application"
    )
    return get_object_or_404(found.prefetch_related("events__recorded_by"), number=number)


@login_required
@require_safe
def desk_credential(request: SignedIn, number: str) -> HttpResponse:
    found = credential_or_404(request, number)
    if found.worker.user_id != request.user.pk:
        trail.saw(
            "credential",
            subject=found.worker,
            viewer=request.user,
            organisation_id=found.authority.organisation_id,
        )
    return _show(request, found)


def _show(request: SignedIn, credential: Credential, *, wrong: tuple[Act, Any] | None = None) -> HttpResponse:
    on = credentials.today()
    standing = credentials.standing(credential.events.all(), on)
    offered = open_acts(credential, standing.status, user=request.user)
    tried = wrong[0] if wrong else None
    acts = [
        {
            "act": act.value,
            "label": DONE[act][1],
            "form": wrong[1] if wrong and act == tried else _form(act, on),
            "open": act == tried,
        }
        for act in Act
        if act.value in offered or act == tried
    ]
    context = {"credential": credential, "standing": standing, "events": _story(credential), "acts": acts}
    return render_form(request, "certification/desk/credential.html", context, wrong=bool(wrong))


def _form(act: Act, on: date | None = None, data: Any = None) -> Any:
    kind = RenewForm if act == Act.RENEW else ActForm
    return kind(data, prefix=act.value, initial={"on": on})


@login_required
@require_POST
def act(request: SignedIn, number: str, act: str) -> HttpResponse:
    """Renew, suspend, reinstate, revoke, or record a surrender."""
    found = credential_or_404(request, number)
    wanted = Act(act)
    require(request.user, ACTS[wanted].permission, on=found)
    take, _label, done = DONE[wanted]
    form = _form(wanted, data=request.POST)
    if form.is_valid():
        try:
            take(credential=found, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            on_form(form, refusal)
        else:
            messages.success(request, done)
            return redirect("certification:desk_credential", number)
    return _show(request, found, wrong=(wanted, form))
