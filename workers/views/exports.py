"""What a person takes with them, and an employer's hours as a table."""

from datetime import date

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_safe

from accounts import trail
from accounts.requests import SignedIn
from workers import exports
from workers.models import Worker
from workers.views.common import with_worker
from workers.views.people import employers_of

CSV = "text/csv; charset=utf-8"


@with_worker
@require_safe
def export(request: SignedIn, worker: Worker) -> HttpResponse:
    """Everything in every form, and the transcripts handed out so far."""
    return render(
        request, "workers/export.html", {"worker": worker, "transcripts": worker.transcripts.all()[:20]}
    )


@with_worker
@require_safe
def own_hours(request: SignedIn, worker: Worker) -> StreamingHttpResponse:
    return _saved(StreamingHttpResponse(exports.hours_of(worker), content_type=CSV), "hours.csv")


@with_worker
@require_safe
def own_record(request: SignedIn, worker: Worker) -> HttpResponse:
    answer = HttpResponse(exports.record(worker), content_type="application/zip")
    answer["Content-Disposition"] = 'attachment; filename="record.zip"'
    return answer


@login_required
@require_safe
def team_hours(request: SignedIn, slug: str) -> StreamingHttpResponse:
    """The hours of an employer's people, with `?from=` and `?until=` those of some days."""
    employer = get_object_or_404(employers_of(request.user), slug=slug)
    first, last = (_day(request.GET.get(name, "")) for name in ("from", "until"))
    trail.record("hours.exported", subject=employer, by=request.user, organisation_id=employer.pk)
    lines = exports.hours_at(employer, first=first, last=last)
    return _saved(StreamingHttpResponse(lines, content_type=CSV), f"hours-{employer.slug}.csv")


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _saved(answer: StreamingHttpResponse, name: str) -> StreamingHttpResponse:
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "private, no-store"
    return answer
