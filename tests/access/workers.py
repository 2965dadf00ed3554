"""Who may open what of workers; see tests/access_table.py."""

from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from tests.access import exchange, learning, signing, supervision
from tests.access_table import Row, row
from tests.builders.workers import (
    a_delegate,
    a_pattern,
    a_session,
    a_statement,
    a_supervisor,
    an_entry,
)
from tests.cast import Cast
from workers import evidence
from workers.models import HourEntry

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
#: Pages of one's own record: who has none is asked to begin one.
OWN_RECORD = {"worker": 200, "another_worker": 200, "everyone": 302}
OWN_FORM = {"worker": 422, "another_worker": 422, "everyone": 302}
ANAS_PAGE = {"worker": 200, "another_worker": 404, "everyone": 302}
ANAS_FORM = {"worker": 422, "another_worker": 404, "everyone": 302}
ANAS_STEP = {"worker": 302, "another_worker": 404, "everyone": 302}
SIGNERS = {"supervisor": 200, "other_supervisor": 200, "everyone": 403}
EMPLOYER = {"owner": 200, "manager": 200, "everyone": 404}


def submitted(cast: Cast) -> list[Any]:
    return [an_entry(cast.employment).pk]


def draft(cast: Cast) -> list[Any]:
    return [an_entry(cast.employment, status=HourEntry.Status.DRAFT).pk]


def approved(cast: Cast) -> list[Any]:
    return [an_entry(cast.employment, status=HourEntry.Status.APPROVED, agreement=cast.agreement).pk]


def statement(cast: Cast) -> list[Any]:
    return [a_statement(cast.ana).pk]


def session(cast: Cast) -> list[Any]:
    return [a_session(cast.agreement, confirmed=False).pk]


def pattern(cast: Cast) -> list[Any]:
    return [a_pattern(cast.employment).pk]


def job(cast: Cast) -> list[Any]:
    return [cast.employment.pk]


def job_at_employer(cast: Cast) -> list[Any]:
    return [cast.employer.slug, cast.employment.pk]


def agreement(cast: Cast) -> list[Any]:
    return [cast.agreement.pk]


def delegate(cast: Cast) -> list[Any]:
    return [a_delegate(cast.agreement).pk]


def file(cast: Cast) -> list[Any]:
    sent = SimpleUploadedFile("a.pdf", PDF)
    return [evidence.store(worker=cast.ana, file=sent, by=cast.worker).uid]


def today() -> str:
    return timezone.localdate().isoformat()


def a_new_agreement(cast: Cast) -> dict[str, Any]:
    return {
        "employment": cast.employment.pk,
        "supervisor": a_supervisor(cast.employer).pk,
        "basis": "qualified-supervisor",
        "started_on": today(),
    }


def a_new_delegate(cast: Cast) -> dict[str, Any]:
    until = (timezone.localdate() + timedelta(days=3)).isoformat()
    return {"user": a_supervisor(cast.employer).pk, "started_on": today(), "ended_on": until}


PAGES = [
    row("workers:home", **OWN_RECORD),
    row("workers:start", worker=302, another_worker=302, everyone=200),
    row("workers:start", "POST", worker=302, another_worker=302, everyone=422),
    row("workers:profile", **OWN_RECORD),
    row("workers:profile", "POST", **OWN_FORM),
    row("workers:record", **OWN_RECORD),
    row("workers:hours", **OWN_RECORD),
    row("workers:log", **OWN_RECORD),
    row("workers:log", "POST", **OWN_FORM),
    row("workers:week", **OWN_RECORD),
    row("workers:week", "POST", **OWN_FORM),
    row("workers:timer", "POST", url=lambda cast: ["start"], everyone=302),
    row("workers:patterns", **OWN_RECORD),
    row("workers:device", **OWN_RECORD),
    row("workers:offline", url=lambda cast: ["es"], everyone=200, visitor=200),
    row("workers:patterns", "POST", **OWN_FORM),
    row("workers:discard_pattern", "POST", url=pattern, worker=302, everyone=404),
    row("workers:submit_drafts", "POST", everyone=302),
    row("workers:entry", url=submitted, worker=200, supervisor=200, everyone=404),
    row("workers:edit", url=submitted, worker=200, supervisor=403, everyone=404),
    row("workers:edit", "POST", url=submitted, worker=422, supervisor=403, everyone=404),
    row("workers:amend", url=approved, worker=200, supervisor=403, everyone=404),
    row("workers:amend", "POST", url=approved, worker=422, supervisor=403, everyone=404),
    row(
        "workers:step",
        "POST",
        url=lambda cast: [*submitted(cast), "withdraw"],
        worker=302,
        supervisor=403,
        everyone=404,
    ),
    row("workers:jobs", **OWN_RECORD),
    row("workers:add_job", **OWN_RECORD),
    row("workers:add_job", "POST", **OWN_FORM),
    row("workers:end_job", url=job, **ANAS_PAGE),
    row("workers:end_job", "POST", url=job, **ANAS_FORM),
    row("workers:discard_job", "POST", url=job, **ANAS_STEP),
    row("workers:qualifications", **OWN_RECORD),
    row("workers:add_qualification", url=lambda cast: ["training"], **OWN_RECORD),
    row("workers:add_qualification", "POST", url=lambda cast: ["training"], **OWN_FORM),
    row("workers:qualification", url=statement, **ANAS_PAGE),
    row("workers:qualification", "POST", url=statement, **ANAS_FORM),
    row("workers:withdraw_qualification", "POST", url=statement, **ANAS_STEP),
    row("workers:evidence", url=file, worker=200, everyone=404),
    row("workers:supervision", **OWN_RECORD),
    row("workers:add_session", **OWN_RECORD),
    row("workers:add_session", "POST", **OWN_FORM),
    row("workers:discard_session", "POST", url=session, **ANAS_STEP),
    row("workers:sign", **SIGNERS),
    row("workers:sign", "POST", supervisor=302, other_supervisor=302, everyone=403),
    row("workers:confirm_sessions", "POST", supervisor=302, other_supervisor=302, everyone=403),
    row("workers:signed", url=lambda cast: [cast.ana.pk], supervisor=200, other_supervisor=404, everyone=403),
    row("workers:people", owner=302, manager=302, everyone=403),
    row("workers:team", url=lambda cast: [cast.employer.slug], **EMPLOYER),
    row("workers:person", url=job_at_employer, **EMPLOYER),
    row("workers:confirm_job", "POST", url=job_at_employer, owner=302, manager=302, everyone=404),
    row("workers:add_agreement", url=job_at_employer, **EMPLOYER),
    row("workers:add_agreement", "POST", url=job_at_employer, owner=422, manager=422, everyone=404),
    row(
        "workers:end_agreement",
        url=agreement,
        owner=200,
        manager=200,
        worker=403,
        supervisor=403,
        everyone=404,
    ),
    row(
        "workers:end_agreement",
        "POST",
        url=agreement,
        owner=422,
        manager=422,
        worker=403,
        supervisor=403,
        everyone=404,
    ),
    row(
        "workers:add_delegate",
        url=agreement,
        owner=200,
        manager=200,
        supervisor=200,
        worker=403,
        everyone=404,
    ),
    row(
        "workers:add_delegate",
        "POST",
        url=agreement,
        owner=422,
        manager=422,
        supervisor=422,
        worker=403,
        everyone=404,
    ),
    row(
        "workers:end_delegation",
        "POST",
        url=delegate,
        owner=302,
        manager=302,
        supervisor=302,
        worker=403,
        everyone=404,
    ),
]


def entries(found: Any, **more: Any) -> Any:
    return lambda cast: {"entries": found(cast), **more}


def ending(cast: Cast) -> dict[str, str]:
    return {"ended_on": today()}


def sixty(cast: Cast) -> dict[str, int]:
    return {"minutes": 60}


API = [
    row("workers_api:profile", worker=200, another_worker=200, everyone=409),
    row("workers_api:profile", "POST", everyone=422),
    row("workers_api:profile", "PATCH", worker=200, another_worker=200, everyone=409),
    row("workers_api:employments", everyone=200, system=200),
    row("workers_api:employments", "POST", everyone=422),
    row("workers_api:employment", url=job, system=200, worker=200, owner=200, manager=200, everyone=404),
    row(
        "workers_api:employment",
        "PATCH",
        url=job,
        data=ending,
        worker=200,
        owner=403,
        manager=403,
        everyone=404,
    ),
    row("workers_api:employment", "DELETE", url=job, worker=204, owner=403, manager=403, everyone=404),
    row("workers_api:confirm_employment", "POST", url=job, owner=200, manager=200, worker=403, everyone=404),
    row("workers_api:agreements", everyone=200),
    row(
        "workers_api:agreements",
        "POST",
        data=a_new_agreement,
        owner=201,
        manager=201,
        worker=403,
        everyone=422,
    ),
    row(
        "workers_api:agreement",
        url=agreement,
        worker=200,
        supervisor=200,
        owner=200,
        manager=200,
        everyone=404,
    ),
    row(
        "workers_api:agreement",
        "PATCH",
        url=agreement,
        data=ending,
        worker=403,
        supervisor=403,
        owner=200,
        manager=200,
        everyone=404,
    ),
    row(
        "workers_api:delegates",
        "POST",
        url=agreement,
        data=a_new_delegate,
        owner=201,
        manager=201,
        supervisor=201,
        worker=403,
        everyone=404,
    ),
    row(
        "workers_api:delegate",
        "DELETE",
        url=delegate,
        owner=204,
        manager=204,
        supervisor=204,
        worker=403,
        everyone=404,
    ),
    row("workers_api:hours", everyone=200, system=200),
    row("workers_api:hours", "POST", worker=422, another_worker=422, system=422, everyone=409),
    row("workers_api:changes", worker=200, another_worker=200, system=200, everyone=409),
    row("workers_api:batch", "POST", worker=422, another_worker=422, system=422, everyone=409),
    row("workers_api:submit", "POST", data=entries(draft), worker=200, everyone=404),
    row("workers_api:withdraw", "POST", data=entries(submitted), worker=200, supervisor=403, everyone=404),
    row("workers_api:declaration", everyone=200),
    row("workers_api:approve", "POST", data=entries(submitted), supervisor=200, worker=409, everyone=404),
    row(
        "workers_api:return",
        "POST",
        data=entries(submitted, reason="Which group?"),
        supervisor=200,
        worker=409,
        everyone=404,
    ),
    row("workers_api:entry", url=submitted, system=200, worker=200, supervisor=200, everyone=404),
    row("workers_api:entry", "PATCH", url=submitted, data=sixty, worker=200, supervisor=403, everyone=404),
    row("workers_api:entry", "DELETE", url=submitted, worker=204, supervisor=403, everyone=404),
    row("workers_api:amend", "POST", url=approved, data=sixty, worker=201, supervisor=403, everyone=404),
    row("workers_api:totals", worker=200, another_worker=200, everyone=409),
    row("workers_api:sessions", everyone=200),
    row("workers_api:sessions", "POST", everyone=422),
    row(
        "workers_api:confirm_sessions",
        "POST",
        data=lambda cast: {"sessions": session(cast)},
        supervisor=200,
        worker=403,
        everyone=404,
    ),
    row("workers_api:session", "DELETE", url=session, worker=204, supervisor=403, everyone=404),
    row("workers_api:statements", everyone=200),
    row("workers_api:statements", "POST", everyone=422),
    row("workers_api:statement", url=statement, worker=200, everyone=404),
    row("workers_api:statement", "DELETE", url=statement, worker=204, everyone=404),
    row("workers_api:statement_evidence", "POST", url=statement, worker=200, everyone=404),
    row("workers_api:evidence_files", everyone=200),
    row("workers_api:evidence_files", "POST", everyone=422),
    row("workers_api:evidence_file", url=file, worker=200, everyone=404),
]

ROWS: list[Row] = [*PAGES, *API, *supervision.ROWS, *learning.ROWS, *exchange.ROWS, *signing.ROWS]
