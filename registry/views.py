"""The public register: check a credential, its permanent page, and the search among those who are listed."""

from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import limits
from accounts.htmx import render_form
from accounts.refusals import Refused, on_form
from certification import credentials
from registry import search, verification
from registry.forms import FamilyNameForm, SearchForm, VerifyForm

PAGE = 25
NOT_FOUND = 404


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Number and family name. Asked by POST, so that no name stands in an address; a link may ask by GET."""
    typed = request.POST if request.method == "POST" else request.GET
    if not {"number", "family_name"} & typed.keys():
        return render(request, "registry/verify.html", {"form": VerifyForm(), "search": SearchForm()})
    if wait := limits.wait_for(request):
        return limits.too_many(request, wait)
    form = VerifyForm(typed)
    answer = no_match = None
    if form.is_valid():
        answer, no_match = _ask(form, **form.cleaned_data)
    context = {"form": form, "answer": answer, "no_match": no_match, "search": SearchForm()}
    return _shown(request, "registry/verify.html", context)


def _ask(
    form: FamilyNameForm, *, number: str, family_name: str, on: date | None
) -> tuple[verification.Answer | None, bool]:
    """The answer, and whether nothing matched; what was typed wrong goes on the form."""
    try:
        return verification.verify(number=number, family_name=family_name, on=on), False
    except verification.NoMatch:
        return None, True
    except Refused as refusal:
        on_form(form, refusal)
    return None, False


def _shown(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    answer = render_form(request, template, context, wrong=context["form"])
    if context["no_match"]:
        answer.status_code = NOT_FOUND
    return answer


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def credential(request: HttpRequest, number: str) -> HttpResponse:
    """The permanent page of a number: the same for every number, until the family name is given.

    Holders who chose to be listed are shown at once.
    """
    if wait := limits.wait_for(request):
        return limits.too_many(request, wait)
    context: dict[str, Any] = {"number": number, "answer": None, "no_match": False, "mistyped": ""}
    context["form"] = form = FamilyNameForm(request.POST if request.method == "POST" else None)
    try:
        context["number"] = number = verification.read_number(number)
    except Refused as refusal:
        context["mistyped"] = refusal.message
        return render(request, "registry/credential.html", context, status=NOT_FOUND)
    if request.method == "POST":
        if form.is_valid():
            context["answer"], context["no_match"] = _ask(form, number=number, **form.cleaned_data)
    else:
        context["answer"] = verification.listed(number)
    return _shown(request, "registry/credential.html", context)


@never_cache
@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """Listed holders by name."""
    form = SearchForm(request.GET if "q" in request.GET else None)
    context: dict[str, Any] = {"form": form}
    if form.is_bound:
        if wait := limits.wait_for(request):
            return limits.too_many(request, wait)
        if form.is_valid():
            on, term_on = credentials.now()
            found = search.listed(
                form.cleaned_data["q"], on=on, term_on=term_on, state=form.cleaned_data["state"]
            )
            context["page"] = Paginator(found, PAGE).get_page(request.GET.get("page"))
    return render_form(request, "registry/search.html", context, wrong=form)
