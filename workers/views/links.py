"""Links by which somebody without a sign-in signs hours: asking for one, and its page."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import limits
from accounts.htmx import go_to, render_form
from accounts.policy import Permission, may, require
from accounts.refusals import Refused, on_form
from accounts.requests import SignedIn
from workers import links, signing
from workers.canonical import fingerprint
from workers.forms.signing import AskForm, LinkForm
from workers.models import Agreement, Employment, HourEntry, SigningLink
from workers.views.common import ids, posted


@login_required
@require_http_methods(["GET", "POST"])
def ask_supervisor(request: SignedIn, pk: int) -> HttpResponse:
    """Ask the supervisor of an agreement, who signs in no more, for a signature by a link."""
    found = Agreement.objects.visible_to(request.user).select_related("worker", "supervisor", "employer")
    agreement = get_object_or_404(found, pk=pk)
    if not links.may_ask(request.user, agreement):
        raise PermissionDenied
    manages = may(request.user, Permission.PEOPLE_MANAGE, on=agreement)
    form = AskForm(posted(request)[0], chooses=manages, initial={"email": agreement.supervisor.email})
    if request.method == "POST" and form.is_valid():
        try:
            with _mail(request):
                links.ask_supervisor(agreement, by=request.user, email=form.cleaned_data.get("email", ""))
        except Refused as refusal:
            on_form(form, refusal)
        else:
            return go_to(request, "workers:ask_supervisor", pk)
    sent = SigningLink.objects.visible_to(request.user).filter(agreement=agreement)
    context = {
        "form": form,
        "agreement": agreement,
        "worker": agreement.worker,
        "employer": agreement.employer,
        "signs_in": links.signs_in(agreement),
        "back": "agreement",
        **_asked(links.waiting_under(agreement), sent),
    }
    return render_form(request, "workers/ask_signature.html", context, wrong=form)


@login_required
@require_http_methods(["GET", "POST"])
def ask_outsider(request: SignedIn, pk: int) -> HttpResponse:
    """The employer names somebody outside, who saw the work, to sign it by a link."""
    found = Employment.objects.visible_to(request.user).select_related("worker", "employer")
    job = get_object_or_404(found, pk=pk)
    require(request.user, Permission.PEOPLE_MANAGE, on=job)
    form = AskForm(posted(request)[0], chooses=True)
    if request.method == "POST" and form.is_valid():
        try:
            with _mail(request):
                links.ask_outsider(job, by=request.user, email=form.cleaned_data["email"])
        except Refused as refusal:
            on_form(form, refusal)
        else:
            return go_to(request, "workers:ask_outsider", pk)
    sent = SigningLink.objects.visible_to(request.user).filter(employment=job, agreement=None)
    context = {
        "form": form,
        "job": job,
        "worker": job.worker,
        "employer": job.employer,
        "back": "person",
        **_asked(links.waiting_at(job), sent),
    }
    return render_form(request, "workers/ask_signature.html", context, wrong=form)


@contextmanager
def _mail(request: SignedIn) -> Iterator[None]:
    """Says that the link was sent, or that it could not be."""
    try:
        yield
    except OSError:
        messages.error(request, _("The email could not be sent. Take the link back and try again."))
    else:
        messages.success(request, _("The link is sent."))


def _asked(waiting: list[HourEntry], sent: Any) -> dict[str, Any]:
    return {
        "entries": len(waiting),
        "minutes": sum(entry.minutes for entry in waiting),
        "first": waiting[0].day if waiting else None,
        "last": waiting[-1].day if waiting else None,
        "links": [
            {"link": link, "state": _state(link)} for link in sent.select_related("signature", "worker")[:20]
        ],
    }


def _state(link: SigningLink) -> str:
    if link.declined:
        return _("Not signed: the person said no")
    return links.why_not(link)


@login_required
@require_POST
def withdraw_link(request: SignedIn, pk: int) -> HttpResponse:
    """Take a link back that nobody used yet."""
    found = SigningLink.objects.visible_to(request.user).select_related("worker", "employment")
    link = get_object_or_404(found, pk=pk)
    try:
        links.withdraw(link, by=request.user)
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("The link is taken back."))
    if link.agreement_id:
        return redirect("workers:ask_supervisor", link.agreement_id)
    return redirect("workers:ask_outsider", link.employment_id)


# The person with the link


@never_cache
@require_http_methods(["GET", "POST"])
def signing_link(request: HttpRequest, token: str) -> HttpResponse:
    """The hours a link is for. Only the form's button signs; a token that is none is no page."""
    if wait := limits.wait_for(request):
        return limits.too_many(request, wait)
    link = links.find(token)
    if link is None:
        raise Http404
    if link.worker.user_id and link.worker.user_id == request.user.pk:
        return _closed(request, _("Nobody approves their own hours."), status=403)
    if reason := _why_not(link):
        return _closed(request, reason, status=410)
    if request.method == "POST" and request.POST.get("step") == "decline":
        return _declined(request, link)
    form = LinkForm(posted(request)[0])
    if request.method == "POST" and form.is_valid():
        return _signed(request, link, form)
    return _to_sign(request, link, form)


def _why_not(link: SigningLink) -> str:
    if reason := links.why_not(link):
        return reason
    return "" if links.entries_of(link) else _("None of these hours wait for a signature any more.")


def _to_sign(request: HttpRequest, link: SigningLink, form: LinkForm) -> HttpResponse:
    entries = links.entries_of(link)
    left_out = request.POST.getlist("entry")
    context = {
        "form": form,
        "link": link,
        "entries": [(entry, str(entry.pk) in left_out) for entry in entries],
        "minutes": sum(entry.minutes for entry in entries),
        "seen": " ".join(f"{entry.pk}:{fingerprint(entry)}" for entry in entries),
        "declaration": signing.wording(outside=link.agreement_id is None),
        "version": signing.VERSION,
    }
    return render_form(request, "workers/signing_link.html", context, wrong=form)


def _signed(request: HttpRequest, link: SigningLink, form: LinkForm) -> HttpResponse:
    try:
        done = links.sign(
            link,
            **form.cleaned_data,
            seen=_seen(request),
            declaration=_version(request),
            left_out=ids(request.POST.getlist("entry")),
        )
    except Refused as refusal:
        on_form(form, refusal)
        link.refresh_from_db()
        if reason := _why_not(link):
            return _closed(request, reason, status=410)
        return _to_sign(request, link, form)
    said = ngettext("%(n)s entry is signed.", "%(n)s entries are signed.", done) % {"n": done}
    return _closed(request, said, title=_("Thank you"), status=200)


def _declined(request: HttpRequest, link: SigningLink) -> HttpResponse:
    try:
        links.decline(link)
    except Refused as refusal:
        return _closed(request, refusal.message, status=410)
    said = _("Nothing is signed, and whoever asked you is told.")
    return _closed(request, said, title=_("Thank you"), status=200)


def _closed(request: HttpRequest, reason: str, *, status: int, title: str = "") -> HttpResponse:
    context = {"reason": reason, "title": title or _("This link does not work")}
    return render(request, "workers/link_closed.html", context, status=status)


def _seen(request: HttpRequest) -> dict[int, str]:
    pairs = (pair.partition(":") for pair in request.POST.get("seen", "").split())
    return {known: value for pk, _colon, value in pairs for known in ids([pk])}


def _version(request: HttpRequest) -> int:
    (version,) = ids([request.POST.get("declaration", "")]) or [0]
    return version
