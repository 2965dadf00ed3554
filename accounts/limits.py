"""How often pages that strangers open answer one visitor; the same limits as the API's, counted together."""

import math
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.throttles import PersonThrottle, VisitorThrottle

THROTTLES = (VisitorThrottle, PersonThrottle)


def wait_for(request: HttpRequest) -> float | None:
    """Seconds until the visitor may ask again; None when they may now. Counts this question."""
    request_: Any = request
    view: Any = None
    refused = [throttle for kind in THROTTLES if not (throttle := kind()).allow_request(request_, view)]
    waits = [throttle.wait() or 0 for throttle in refused]
    return max(waits) if waits else None


def too_many(request: HttpRequest, seconds: float) -> HttpResponse:
    answer = render(request, "429.html", status=429)
    answer["Retry-After"] = str(math.ceil(seconds))
    return answer
