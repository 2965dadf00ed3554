"""What the API answers when it does not do what was asked: RFC 9457 problem details, in one shape.

    {"type", "title", "status", "detail", "errors": [{"field", "message"}]}

`errors` is there when an input is at fault. A field inside a list or an object is written with dots:
`entries.0.minutes`. Input that cannot be read is 400, input that is read and wrong is 422, a step that is
not open is 409.
"""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django.core.exceptions import ValidationError as ModelError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views import defaults
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import exception_handler

from accounts.refusals import Refused

CONTENT_TYPE = "application/problem+json"
#: What is not about one field.
WHOLE = api_settings.NON_FIELD_ERRORS_KEY
API = "/api/"


def problem(status: int, detail: str, *, name: str = "", errors: list[dict[str, str]] | None = None) -> dict:
    """The body of one answer. `name` tells kinds of problem with the same status apart."""
    return {
        "type": f"urn:peerladder:problem:{name}" if name else "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": str(detail),
        **({"errors": errors} if errors else {}),
    }


def refused(error: Refused) -> dict:
    """The body for a refusal of the domain; for an answer that holds several, such as a batch."""
    if not error.field:
        return problem(409, error.message, name="refused")
    errors = [{"field": error.field, "message": error.message}]
    return problem(422, error.message, name="invalid", errors=errors)


def handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """The exception handler of the API. None for what nobody foresaw, which then is a 500."""
    if isinstance(exc, Refused):
        return _response(refused(exc))
    if isinstance(exc, ModelError):
        exc = exceptions.ValidationError(
            exc.message_dict if hasattr(exc, "error_dict") else {WHOLE: exc.messages}
        )
    response = exception_handler(exc, context)
    if response is None:
        return None
    if isinstance(exc, exceptions.ValidationError):
        errors = list(flat(exc.detail))
        return _response(
            problem(422, _("Some of what was sent is not right."), name="invalid", errors=errors)
        )
    detail = response.data.get("detail", "") if isinstance(response.data, dict) else ""
    headers = {
        name: value
        for name, value in response.items()
        if name in ("WWW-Authenticate", "Retry-After", "Allow")
    }
    return _response(problem(response.status_code, detail), headers)


def flat(detail: Any, path: str = "") -> Iterator[dict[str, str]]:
    """DRF's nested errors in one list; what is not about one field has an empty name."""
    if isinstance(detail, dict):
        for key, value in detail.items():
            yield from flat(value, path if key == WHOLE else f"{path}.{key}".lstrip("."))
    elif isinstance(detail, list):
        for index, value in enumerate(detail):
            nested = isinstance(value, (dict, list))
            yield from flat(value, f"{path}.{index}".lstrip(".") if nested else path)
    else:
        yield {"field": path, "message": str(detail)}


def _response(body: dict, headers: dict[str, str] | None = None) -> Response:
    return Response(body, status=body["status"], headers=headers, content_type=CONTENT_TYPE)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler404: an address under the API that does not exist is answered like the rest of the API."""
    if not request.path.startswith(API):
        return defaults.page_not_found(request, exception)
    body = problem(404, _("There is nothing at this address."))
    return JsonResponse(body, status=404, content_type=CONTENT_TYPE)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler400."""
    if not request.path.startswith(API):
        return defaults.bad_request(request, exception)
    body = problem(400, _("We could not read that request"))
    return JsonResponse(body, status=400, content_type=CONTENT_TYPE)


def server_error(request: HttpRequest) -> HttpResponse:
    """handler500."""
    if not request.path.startswith(API):
        return defaults.server_error(request)
    body = problem(500, _("Something went wrong here. It is logged; please try again later."))
    return JsonResponse(body, status=500, content_type=CONTENT_TYPE)
