from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.cache import patch_cache_control

from accounts import reading


def no_null_bytes(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """An address with a NUL is wrong (400): PostgreSQL stores none, and an address is looked up as it stands.

    In bodies the fields of forms and of the API refuse it.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if "\0" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("NUL in the address")
        return get_response(request)

    return middleware


class PersonMiddleware:
    """A signed-in person reads in their own language and by their own clock.

    Stands after AuthenticationMiddleware: what a person chose wins over what their browser asks for. What
    they saw is not left behind on a shared computer, where "Back" would show it to whoever comes next.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            reading.activate(request.user)
            request.LANGUAGE_CODE = translation.get_language()
        try:
            response = self.get_response(request)
            # LocaleMiddleware, outside, would name the browser's language.
            response.headers.setdefault("Content-Language", translation.get_language() or "en")
            if request.user.is_authenticated and "Cache-Control" not in response:
                patch_cache_control(response, private=True, no_store=True)
            return response
        finally:
            timezone.deactivate()
