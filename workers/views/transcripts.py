"""Transcripts: handed out to the worker, checked by anybody."""

import base64
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import limits
from accounts.requests import SignedIn
from workers import signing_keys, transcript_pdf, transcripts
from workers.cells import plain
from workers.models import Transcript, Worker
from workers.views.common import with_worker

NOT_FOUND = 404


class NameForm(forms.Form):
    family_name = forms.CharField(
        label=_("Family name on the document"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


@with_worker
@require_POST
def issue(request: SignedIn, worker: Worker) -> HttpResponse:
    """Make a transcript of today; its page of downloads follows."""
    transcripts.issue(worker=worker, by=request.user)
    return redirect("workers:export")


@login_required
@require_safe
def document(request: SignedIn, uid: UUID) -> HttpResponse:
    """The worker's own document as PDF, in their language."""
    found = get_object_or_404(Transcript.objects.select_related("worker"), uid=uid, worker__user=request.user)
    answer = HttpResponse(transcript_pdf.pdf(found), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="transcript-{found.issued_at:%Y-%m-%d}.pdf"'
    answer["Cache-Control"] = "private, no-store"
    return answer


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Whether a document is genuine. Its names are for those who know the family name."""
    if wait := limits.wait_for(request):
        return limits.too_many(request, wait)
    found = Transcript.objects.filter(uid=uid).first()
    form = NameForm(request.POST if request.method == "POST" else None)
    known = found is not None and form.is_valid() and _fits(found, form.cleaned_data["family_name"])
    if found is None or (form.is_bound and form.is_valid() and not known):
        return render(request, "workers/transcript_unknown.html", status=NOT_FOUND)
    context = {
        "found": found,
        "known": known,
        "form": form,
        "genuine": transcripts.read_token(transcripts.token(found)) is not None,
    }
    return render(request, "workers/transcript.html", context, status=422 if form.errors else 200)


def _fits(found: Transcript, typed: str) -> bool:
    return plain(typed).replace(" ", "") == plain(found.content["worker"]["family_name"]).replace(" ", "")


@require_safe
def public_key(request: HttpRequest) -> JsonResponse:
    """The keys that transcripts are checked with, today's first, as JSON Web Keys (RFC 8037)."""
    keys = [
        {"kty": "OKP", "crv": "Ed25519", "use": "sig", "kid": kid, "x": signing_keys.encoded(key)}
        for kid, key in signing_keys.public_keys().items()
    ]
    pem = [
        "-----BEGIN PUBLIC KEY-----\n"
        + base64.b64encode(_PREFIX + key).decode()
        + "\n-----END PUBLIC KEY-----\n"
        for key in signing_keys.public_keys().values()
    ]
    return JsonResponse({"keys": keys, "pem": pem})


#: What stands before a raw Ed25519 key in a SubjectPublicKeyInfo (RFC 8410).
_PREFIX = bytes.fromhex("302a300506032b6570032100")
