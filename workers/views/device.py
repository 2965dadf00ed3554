"""Logging without a connection: the page that a device keeps, and what it has to know for it."""

from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_safe

from accounts.devices import device_key
from accounts.requests import SignedIn
from workers import remembered
from workers.forms.hours import jobs_of
from workers.forms.log import QuickForm, quick_initial
from workers.models import Timer, Worker
from workers.views.common import with_worker


@with_worker
@require_safe
def device(request: SignedIn, worker: Worker) -> JsonResponse:
    """Who is signed in, a token to send with, and what the form offers; for the person's own device only.

    {person, csrf, jobs: [{id, label, from, until}], last: {employment, domain, mode, work},
    lengths: [minutes], timer: {started_at, stopped_at} in seconds since 1970, or null}
    """
    kept = remembered.of(worker)
    dates = {job.pk: (job.started_on, job.ended_on) for job in worker.employments.all()}
    jobs = jobs_of(worker)
    last = quick_initial(kept, day=datetime.now(UTC).date(), jobs=jobs)
    return JsonResponse(
        {
            "person": device_key(request.user),
            "csrf": get_token(request),
            "jobs": [
                {"id": pk, "label": label, "from": dates[pk][0], "until": dates[pk][1]} for pk, label in jobs
            ],
            "last": {name: last[name] for name in ("employment", "domain", "mode", "work") if name in last},
            "lengths": kept.lengths,
            "timer": _timer(worker),
        }
    )


def _timer(worker: Worker) -> dict[str, Any] | None:
    timer = Timer.objects.filter(worker=worker).first()
    if timer is None:
        return None
    stopped = timer.stopped_at and int(timer.stopped_at.timestamp())
    return {"started_at": int(timer.started_at.timestamp()), "stopped_at": stopped}


@require_safe
def offline(request: HttpRequest, language: str) -> HttpResponse:
    """The page for logging without a connection. The same for everybody: it names nobody."""
    if language not in dict(settings.LANGUAGES):
        raise Http404
    with translation.override(language):
        page = render(request, "workers/offline.html", {"form": QuickForm(jobs=[]), "language": language})
        page.headers["Content-Language"] = language
    return page
