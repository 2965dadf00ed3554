from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, URLResolver, path

from certification.models import Credential
from config import urls


def bare(request: HttpRequest) -> HttpResponse:
    """What any page costs at least: the same server, the same middleware, nothing done."""
    return JsonResponse({"ok": True})


def row_by_key(request: HttpRequest, number: str) -> HttpResponse:
    """What any answer about one credential costs at least: one row by its key."""
    found = Credential.objects.get(number=number)
    return JsonResponse({"number": found.number, "name": found.holder})


urlpatterns: list[URLPattern | URLResolver] = [
    path("bare/", bare),
    path("row/<str:number>/", row_by_key),
    *urls.urlpatterns,
]
handler404, handler500 = urls.handler404, urls.handler500
