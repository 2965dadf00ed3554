"""Who may open what of agreements and of what qualifies supervisors; see tests/access_table.py."""

from typing import Any

from django.utils import timezone

from tests.access_table import Row, row
from tests.builders.certification import a_standard
from tests.builders.workers import a_status, a_supervisor
from tests.cast import Cast
from workers.models import Agreement

PARTIES = {"worker": 200, "supervisor": 200, "owner": 200, "manager": 200, "everyone": 404}
KEEPERS = {"owner": 200, "manager": 200, "everyone": 404}
KEEPERS_FORM = {"owner": 422, "manager": 422, "everyone": 404}
KEEPERS_STEP = {"owner": 302, "manager": 302, "everyone": 404}


def agreement(cast: Cast) -> list[Any]:
    return [cast.agreement.pk]


def ended(cast: Cast) -> list[Any]:
    # Past the object, which all rows share; what is stored is undone after each.
    Agreement.objects.filter(pk=cast.agreement.pk).update(ended_on=timezone.localdate())
    return agreement(cast)


def employer(cast: Cast) -> list[Any]:
    return [cast.employer.slug]


def status(cast: Cast) -> list[Any]:
    return [a_status(cast.supervisor, cast.employer).pk]


PAGES = [
    row("workers:agreement", url=agreement, **PARTIES),
    row("workers:hand_over", url=agreement, **PARTIES | {"worker": 403, "supervisor": 403}),
    row(
        "workers:hand_over",
        "POST",
        url=agreement,
        **KEEPERS_FORM | {"worker": 403, "supervisor": 403},
    ),
    row("workers:choose_supervisors", owner=302, manager=302, administrator=302, everyone=403),
    row("workers:supervisors", url=employer, **KEEPERS),
    row("workers:supervisor", url=lambda cast: [cast.employer.slug, cast.supervisor.pk], **KEEPERS),
    row("workers:vouch", url=employer, **KEEPERS),
    row("workers:vouch", "POST", url=employer, **KEEPERS_FORM),
    row("workers:status", url=status, **KEEPERS),
    row("workers:status", "POST", url=status, data=lambda cast: {"ended_on": "soon"}, **KEEPERS_FORM),
    row("workers:withdraw_status", "POST", url=status, **KEEPERS_STEP),
]


def a_new_status(cast: Cast) -> dict[str, Any]:
    return {
        "supervisor": cast.supervisor.pk,
        "voucher": cast.employer.slug,
        "basis": "approved-supervisor",
        "started_on": "2026-01-01",
    }


API = [
    row(
        "workers_api:hand_over",
        "POST",
        url=ended,
        data=lambda cast: {"user": a_supervisor(cast.employer).pk, "kind": "substitute"},
        owner=201,
        manager=201,
        worker=403,
        supervisor=403,
        everyone=404,
    ),
    row("workers_api:statuses", everyone=200),
    row("workers_api:statuses", "POST", data=a_new_status, owner=201, manager=201, everyone=422),
    row(
        "workers_api:status",
        "PATCH",
        url=status,
        data=lambda cast: {"ended_on": None},
        owner=200,
        manager=200,
        worker=403,
        supervisor=403,
        everyone=404,
    ),
    row(
        "workers_api:status",
        "DELETE",
        url=status,
        owner=204,
        manager=204,
        worker=403,
        supervisor=403,
        everyone=404,
    ),
]


def held_against(cast: Cast) -> list[Any]:
    """An agreement in a state with a standard."""
    a_standard()
    return agreement(cast)


ALLOWED = [row("certification_api:allowed", url=held_against, **PARTIES)]

ROWS: list[Row] = [*PAGES, *API]
