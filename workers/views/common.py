"""What the pages of the record share."""

from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.module_loading import import_string

from accounts.requests import SignedIn
from workers.models import Worker

LONGEST_ID = 18  # digits of a bigint


def with_worker(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """The view gets the person's own record after the request; who has none is asked to begin one."""

    @login_required
    @wraps(view)
    def found(request: SignedIn, *args: Any, **kwargs: Any) -> HttpResponseBase:
        worker = Worker.objects.filter(user=request.user).first()
        if worker is None:
            return redirect("workers:start")
        # Known to both, so that neither the menu nor an action asks again.
        request.user.worker = worker
        return view(request, worker, *args, **kwargs)

    return found


def ids(values: Iterable[str]) -> list[int]:
    """The row ids among what a page sent; what can be none is left out."""
    return [int(value) for value in values if value.isdecimal() and len(value) <= LONGEST_ID]


def posted(request: HttpRequest) -> tuple[Any, Any]:
    """Data and files for a form that a POST fills in, however empty; None for both otherwise."""
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def panels_of(request: HttpRequest, subject: Any, names: Sequence[str]) -> list[str]:
    """What other apps say of `subject`, ready to show; `names` are functions that take it."""
    found = (import_string(name)(subject) for name in names)
    return [render_to_string(panel["template"], panel["context"], request) for panel in found if panel]
