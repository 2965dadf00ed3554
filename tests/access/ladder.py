"""Who may open what of ladder; see tests/access_table.py.

Ana (`worker`) works for `employer`, whose people are supervisor, owner and manager.
"""

from typing import Any

from ladder.models import Readiness, Rung
from ladder.readiness import NOTHING_ASKED
from tests.access_table import Row, row
from tests.builders.ladder import a_ladder, a_placement, a_rung, a_rung_goal, two_rungs
from tests.cast import Cast

STAFF_SEE = {"supervisor": 200, "owner": 200, "manager": 200}
STAFF_EDIT = {"supervisor": 403, "owner": 302, "manager": 302}
STAFF_PLACE = {"supervisor": 403, "owner": 200, "manager": 200}
PEOPLE_SEE = {"owner": 200, "manager": 200}


def ladder(cast: Cast) -> list[Any]:
    return [rungs(cast)[0].track.ladder_id]


def draft(cast: Cast) -> list[Any]:
    ladder = a_ladder(cast.employer, published=False)
    a_rung(ladder)
    return [ladder.pk]


def rungs(cast: Cast) -> tuple[Rung, Rung]:
    return two_rungs(cast.employer)


def rung(cast: Cast) -> list[Any]:
    return [rungs(cast)[0].pk]


def placement(cast: Cast) -> list[Any]:
    return [a_placement(cast.ana, rungs(cast)[0]).pk]


def goal(cast: Cast) -> list[Any]:
    return [a_rung_goal(cast.ana, rungs(cast)[0]).pk]


def readiness(cast: Cast) -> list[Any]:
    found = Readiness.objects.create(
        worker=cast.ana,
        rung=rungs(cast)[1],
        on="2026-01-01",
        verdict="met",
        tree=NOTHING_ASKED.to_json(),
    )
    return [found.pk]


ROWS: list[Row] = [
    row("ladder:index", everyone=200),
    row("ladder:new", everyone=403, owner=200, manager=200),
    row("ladder:new", "POST", everyone=403, owner=422, manager=422),
    row("ladder:detail", url=ladder, everyone=404, worker=200, **STAFF_SEE),
    row("ladder:detail", url=draft, everyone=404, **STAFF_SEE),
    row("ladder:publish", "POST", url=draft, everyone=404, **STAFF_EDIT),
    row("ladder:unpublish", "POST", url=ladder, everyone=404, worker=403, **STAFF_EDIT),
    row("ladder:rung", url=rung, everyone=404, worker=200, **STAFF_SEE),
    row("ladder:place", url=rung, everyone=404, worker=403, **STAFF_PLACE),
    row("ladder:place", "POST", url=rung, everyone=404, worker=403, supervisor=403, owner=422, manager=422),
    row("ladder:move", url=placement, everyone=404, worker=403, **PEOPLE_SEE),
    row("ladder:move", "POST", url=placement, everyone=404, worker=403, owner=422, manager=422),
    row("ladder:end", url=placement, everyone=404, worker=403, **PEOPLE_SEE),
    row("ladder:end", "POST", url=placement, everyone=404, worker=403, owner=422, manager=422),
    row("ladder:mine", everyone=404, worker=200, another_worker=200),
    # Staff see the rung but keep no record of their own that could aim at it.
    row("ladder:aim", "POST", url=rung, everyone=404, worker=302),
    row("ladder:drop", "POST", url=goal, everyone=404, worker=302),
    row("ladder:board", everyone=403, owner=200, manager=200),
    row("ladder:person", url=readiness, everyone=404, **PEOPLE_SEE),
    row("ladder_api:ladders", everyone=200),
    row("ladder_api:ladder_templates", everyone=200),
    row("ladder_api:ladders", "POST", everyone=422),
    row(
        "ladder_api:ladders",
        "POST",
        data=lambda cast: {"employer": cast.employer.slug, "template": "four-tracks"},
        everyone=404,
        supervisor=403,
        owner=422,  # the catalogue is empty here
        manager=422,
    ),
    row("ladder_api:ladder", url=ladder, everyone=404, worker=200, **STAFF_SEE),
    row("ladder_api:ladder_publish", "POST", url=draft, everyone=404, supervisor=403, **PEOPLE_SEE),
    row(
        "ladder_api:ladder_unpublish",
        "POST",
        url=ladder,
        everyone=404,
        worker=403,
        supervisor=403,
        owner=200,
        manager=200,
    ),
    row("ladder_api:placements", everyone=200),
    row("ladder_api:placements", "POST", everyone=422),
    row(
        "ladder_api:placements",
        "POST",
        data=lambda cast: {
            "worker": str(cast.ana.uid),
            "rung": rungs(cast)[0].pk,
            "started_on": "2026-01-05",
        },
        everyone=404,
        worker=403,
        supervisor=403,
        owner=201,
        manager=201,
    ),
    row("ladder_api:placement", url=placement, everyone=404, worker=200, **PEOPLE_SEE),
    row("ladder_api:placement", "PATCH", url=placement, everyone=404, worker=403, owner=422, manager=422),
    row("ladder_api:readiness", everyone=200),
    row("ladder_api:readiness_detail", url=readiness, everyone=404, worker=200, **PEOPLE_SEE),
    row(
        "ladder_api:rung_goals",
        everyone=200,
    ),
    row("ladder_api:rung_goals", "POST", everyone=422),
    row(
        "ladder_api:rung_goals",
        "POST",
        data=lambda cast: {"rung": rungs(cast)[0].pk},
        everyone=404,
        worker=201,
    ),
    row("ladder_api:rung_goal", "DELETE", url=goal, everyone=404, worker=204),
]
