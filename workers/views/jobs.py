"""Where the worker works."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.htmx import go_to, render_form
from accounts.policy import Permission, require
from accounts.refusals import Refused, on_form
from accounts.requests import SignedIn
from workers import jobs, rosters
from workers.forms.record import EndForm, JobForm
from workers.models import Employment, RosterLine, Worker
from workers.views.common import posted, with_worker


def _own(request: SignedIn, pk: int) -> Employment:
    """404 for a job one may not see; 403 for one that is another's to change."""
    found = Employment.objects.visible_to(request.user).select_related("employer", "worker")
    job = get_object_or_404(found, pk=pk)
    require(request.user, Permission.RECORD_KEEP, on=job)
    return job


@with_worker
@require_safe
def job_list(request: SignedIn, worker: Worker) -> HttpResponse:
    today = timezone.localdate()
    held = list(worker.employments.select_related("employer"))
    agreements = list(worker.agreements.in_force(today).select_related("supervisor"))
    offers = RosterLine.objects.offered_to(request.user).select_related("employer", "supervisor")
    context = {
        "offers": offers,
        "current": [
            {"job": job, "agreements": [one for one in agreements if one.employer_id == job.employer_id]}
            for job in held
            if job.ended_on is None or job.ended_on >= today
        ],
        "former": [job for job in held if job.ended_on and job.ended_on < today],
    }
    return render(request, "workers/jobs.html", context)


@with_worker
@require_http_methods(["GET", "POST"])
def add_job(request: SignedIn, worker: Worker) -> HttpResponse:
    form = JobForm(posted(request)[0], initial={"state": worker.state})
    if request.method == "POST" and form.is_valid():
        try:
            jobs.add(worker=worker, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            on_form(form, refusal)
        else:
            messages.success(request, _("The job is in your record. Your employer can confirm it now."))
            return go_to(request, "workers:jobs")
    return render_form(request, "workers/job_form.html", {"form": form}, wrong=form)


@with_worker
@require_http_methods(["GET", "POST"])
def end_job(request: SignedIn, worker: Worker, pk: int) -> HttpResponse:
    job = _own(request, pk)
    form = EndForm(posted(request)[0])
    if request.method == "POST" and form.is_valid():
        try:
            jobs.end(job, by=request.user, on=form.cleaned_data["ended_on"])
        except Refused as refusal:
            on_form(form, refusal)
        else:
            messages.success(request, _("Saved. Your hours of this job stay in your record."))
            return go_to(request, "workers:jobs")
    return render_form(request, "workers/end_job.html", {"form": form, "job": job}, wrong=form)


@with_worker
@require_POST
def discard_job(request: SignedIn, worker: Worker, pk: int) -> HttpResponse:
    try:
        jobs.discard(_own(request, pk), by=request.user)
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("Taken out of your record."))
    return redirect("workers:jobs")


@with_worker
@require_POST
def answer_offer(request: SignedIn, worker: Worker, pk: int, answer: str) -> HttpResponse:
    """Say whether one works where an employer says so."""
    line = get_object_or_404(RosterLine.objects.offered_to(request.user), pk=pk)
    try:
        if answer == "accept":
            rosters.accept(line, by=request.user)
        else:
            rosters.decline(line, by=request.user)
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(
            request, _("The job is in your record.") if answer == "accept" else _("Nothing was stored.")
        )
    return redirect("workers:jobs")
