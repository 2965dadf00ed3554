"""Who may open what of courses and completions; see tests/access_table.py."""

from typing import Any

from certification.models import Authority
from tests.access_table import Row, row
from tests.builders.certification import a_standard
from tests.builders.learning import a_completion, a_course, an_approval
from tests.cast import Cast

#: Those who keep courses somewhere are told nothing of others; everybody else has no business here.
TRAINER = {"trainer": 200, "everyone": 404}
DESK = {"reviewer": 200, "other_reviewer": 200, "auditor": 200, "administrator": 200, "everyone": 403}


def provider(cast: Cast) -> list[Any]:
    return [cast.provider.slug]


def course(cast: Cast) -> list[Any]:
    return [a_course(cast.provider).pk]


def about_ana(cast: Cast) -> list[Any]:
    return [a_completion(a_course(cast.provider), cast.worker.email).pk]


def the_authority(cast: Cast) -> Authority:
    found = Authority.objects.filter(organisation=cast.authority).first()
    if found is None:
        found = a_standard().level.program.authority
        Authority.objects.filter(pk=found.pk).update(organisation=cast.authority)
        found.refresh_from_db()
    return found


def approval(cast: Cast) -> list[Any]:
    return [an_approval(the_authority(cast), a_course(cast.provider)).pk]


def an_upload(cast: Cast) -> dict[str, Any]:
    sent = [{"named": "new@example.org", "day": "2026-01-05"}]
    return {"course": a_course(cast.provider).pk, "completions": sent}


def a_new_course(cast: Cast) -> dict[str, Any]:
    return {
        "provider": cast.provider.slug,
        "kind": "training",
        "title": "Ethics",
        "code": "ethics",
        "minutes": 360,
    }


def a_new_approval(cast: Cast) -> dict[str, Any]:
    the_authority(cast)
    return {"course": a_course(cast.provider).pk, "started_on": "2026-01-01", "ended_on": None}


PAGES = [
    row("workers:courses", trainer=200, everyone=403),
    row("workers:add_course", url=provider, trainer=200, everyone=403),
    row("workers:add_course", "POST", url=provider, trainer=422, everyone=403),
    row("workers:course", url=course, **TRAINER),
    row("workers:upload", url=course, **TRAINER),
    row("workers:upload", "POST", url=course, trainer=422, everyone=404),
    row("workers:retire_course", "POST", url=course, trainer=302, everyone=404),
    row("workers:learning", worker=200, another_worker=200, everyone=302),
    row("workers:confirm_completion", "POST", url=about_ana, worker=302, another_worker=404, everyone=302),
    row("workers:refuse_completion", "POST", url=about_ana, worker=302, another_worker=404, everyone=302),
]

API = [
    row("workers_api:courses", everyone=200),
    row("workers_api:courses", "POST", data=a_new_course, trainer=201, everyone=422),
    row(
        "workers_api:course",
        url=course,
        trainer=200,
        reviewer=200,
        other_reviewer=200,
        auditor=200,
        administrator=200,
        everyone=404,
    ),
    row("workers_api:course", "DELETE", url=course, trainer=204, everyone=404),
    row("workers_api:completions", everyone=200),
    row("workers_api:completions", "POST", data=an_upload, trainer=200, everyone=404),
    row("workers_api:confirm_completion", "POST", url=about_ana, worker=201, everyone=404),
    row("workers_api:refuse_completion", "POST", url=about_ana, worker=200, everyone=404),
]

OWN_APPROVAL = {"reviewer": 403, "auditor": 403, "other_reviewer": 404}

AUTHORITY = [
    row("certification:desk_courses", **DESK),
    row("certification:desk_course", url=course, **DESK),
    row("certification:desk_course", "POST", url=course, administrator=422, everyone=403),
    row("certification:end_approval", url=approval, administrator=200, **OWN_APPROVAL, everyone=403),
    row(
        "certification:end_approval",
        "POST",
        url=approval,
        administrator=422,
        **OWN_APPROVAL,
        everyone=403,
    ),
    row("certification_api:approvals", visitor=200, everyone=200),
    row(
        "certification_api:approvals",
        "POST",
        data=a_new_approval,
        administrator=201,
        reviewer=403,
        auditor=403,
        everyone=422,
    ),
    row(
        "certification_api:approval",
        "PATCH",
        url=approval,
        data=lambda cast: {"ended_on": "2026-02-01"},
        administrator=200,
        reviewer=403,
        auditor=403,
        everyone=404,
    ),
]

ROWS: list[Row] = [*PAGES, *API]
