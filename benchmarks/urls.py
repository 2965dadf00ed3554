import json

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, URLResolver, path
from django.views.decorators.csrf import csrf_exempt

from certification.models import Credential
from config import urls
from workers.models import HourEntry


def bare(request: HttpRequest) -> HttpResponse:
    """What any page costs at least: the same server, the same middleware, nothing done."""
    return JsonResponse({"ok": True})


def row_by_key(request: HttpRequest, number: str) -> HttpResponse:
    """What any answer about one credential costs at least: one row by its key."""
    found = Credential.objects.get(number=number)
    return JsonResponse({"number": found.number, "name": found.holder})


@csrf_exempt
def insert(request: HttpRequest, worker: int) -> HttpResponse:
    """What storing a row of the ledger costs at least: nobody is asked who they are, nothing is checked."""
    sent = json.loads(request.body)
    entry = HourEntry.objects.create(
        worker_id=worker,
        employment_id=sent["employment"],
        client_id=sent["client_id"],
        day=sent["day"],
        minutes=sent["minutes"],
        work="peer_support",
        domain=sent["domain"],
        pay="paid",
        state="US-MN",
        status="submitted",
    )
    return JsonResponse({"id": entry.pk}, status=201)


urlpatterns: list[URLPattern | URLResolver] = [
    path("bare/", bare),
    path("row/<str:number>/", row_by_key),
    path("insert/<int:worker>/", insert),
    *urls.urlpatterns,
]
handler404, handler500 = urls.handler404, urls.handler500
