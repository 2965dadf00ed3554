"""Ladders, placements and goals on rungs, with defaults for what a test does not care about."""

from datetime import date
from itertools import count
from typing import Any

from django.utils import timezone

from accounts.models import Organisation
from ladder.models import Ladder, Placement, Rung, RungGoal, Step, Track
from tests.builders.accounts import a_person, an_organisation
from workers.models import Worker

number = count(1)


def a_ladder(employer: Organisation | None = None, *, published: bool = True, **fields: Any) -> Ladder:
    """A ladder with one track and without rungs."""
    ladder = Ladder.objects.create(
        employer=employer or an_organisation(),
        **{
            "title": f"Ladder {next(number)}",
            "published_at": timezone.now() if published else None,
            **fields,
        },
    )
    a_track(ladder)
    return ladder


def a_track(ladder: Ladder, **fields: Any) -> Track:
    position = ladder.tracks.count()
    return Track.objects.create(
        ladder=ladder,
        **{"title": f"Track {position}", "kind": "practice", "position": position, **fields},
    )


def a_rung(ladder: Ladder, requires: dict[str, Any] | None = None, **fields: Any) -> Rung:
    """A rung above the highest of the ladder's first track."""
    track = fields.pop("track", None) or ladder.tracks.first()
    n = next(number)
    return Rung.objects.create(
        track=track,
        requires=requires,
        **{"code": f"rung-{n}", "title": f"Rung {n}", "height": track.rungs.count() + 1, **fields},
    )


def a_step(below: Rung, above: Rung) -> Step:
    return Step.objects.create(below=below, above=above)


def two_rungs(employer: Organisation, requires: dict[str, Any] | None = None) -> tuple[Rung, Rung]:
    """A published ladder of two rungs with a step between them; the upper one asks for `requires`."""
    ladder = a_ladder(employer)
    below, above = a_rung(ladder), a_rung(ladder, requires)
    a_step(below, above)
    return below, above


def a_placement(worker: Worker, rung: Rung, **fields: Any) -> Placement:
    return Placement.objects.create(
        worker=worker,
        rung=rung,
        employer=rung.track.ladder.employer,
        **{
            "started_on": date(2024, 1, 1),
            "placed_by": fields.pop("placed_by", None) or a_person("Olive", "Marsh"),
            **fields,
        },
    )


def a_rung_goal(worker: Worker, rung: Rung) -> RungGoal:
    return RungGoal.objects.create(worker=worker, rung=rung)
