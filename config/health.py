"""Answers for whoever watches the process: `/healthz` (it lives) and `/readyz` (it can serve).

A middleware, not views: a probe calls by address, over plain HTTP, with no session and no host name that
ALLOWED_HOSTS would know.
"""

from collections.abc import Callable

import structlog
from django.core.cache import caches
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse

from config.cache import ForgivingCache

log = structlog.get_logger(__name__)


class HealthMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == "/healthz":
            return JsonResponse({"status": "ok"})
        if request.path == "/readyz":
            return readiness()
        return self.get_response(request)


def readiness() -> HttpResponse:
    """503 without the database. The cache only degrades the service, so its absence is said, not punished."""
    database = database_answers()
    parts = {"database": "ok" if database else "away", "cache": "ok" if cache_answers() else "away"}
    status = "ok" if database else "unavailable"
    return JsonResponse({"status": status, **parts}, status=200 if database else 503)


def database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, OSError) as error:
        log.warning("readiness_database_away", error=type(error).__name__)
        return False
    return True


def cache_answers() -> bool:
    cache = caches["default"]
    return cache.answers() if isinstance(cache, ForgivingCache) else True
