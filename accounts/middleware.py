from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from accounts import reading


class PersonMiddleware:
    """A signed-in person reads in their own language and by their own clock.

    Stands after AuthenticationMiddleware: what a person chose wins over what their browser asks for.
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
            return response
        finally:
            timezone.deactivate()
