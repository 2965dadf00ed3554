from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, URLResolver, path

from config import urls


def bare(request: HttpRequest) -> HttpResponse:
    """What any page costs at least: the same server, the same middleware, nothing done."""
    return JsonResponse({"ok": True})


urlpatterns: list[URLPattern | URLResolver] = [path("bare/", bare), *urls.urlpatterns]
handler404, handler500 = urls.handler404, urls.handler500
