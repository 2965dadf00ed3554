"""How a view answers a form: a whole page or, for htmx, the fragment that asked."""

from typing import Any

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

UNPROCESSABLE = 422


def render_form(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    fragment: str = "",
    wrong: BaseForm | bool = False,
) -> HttpResponse:
    """The page, or for an htmx request `fragment` alone; a form that is wrong answers 422.

    `wrong` is the bound form (its errors decide) or a plain bool.
    """
    failed = bool(wrong.errors) if isinstance(wrong, BaseForm) else bool(wrong)
    asked_by_htmx = bool(getattr(request, "htmx", False))
    return render(
        request,
        fragment if fragment and asked_by_htmx else template,
        context,
        status=UNPROCESSABLE if failed else 200,
    )


def go_to(request: HttpRequest, to: Any, *args: Any, **kwargs: Any) -> HttpResponse:
    """Redirect; for htmx by its header, so that the whole page changes and not the fragment."""
    answer = redirect(to, *args, **kwargs)
    if getattr(request, "htmx", False):
        address = answer["Location"]
        answer = HttpResponse(status=204)
        answer["HX-Redirect"] = address
    return answer
