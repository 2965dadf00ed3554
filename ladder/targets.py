"""The rungs that a worker's hours may count toward (settings.ENTRY_TARGETS)."""

from datetime import date

from django.urls import reverse

from certification.entry_standing import Target
from ladder.models import Readiness
from workers.models import Worker


def targets(worker: Worker, on: date) -> list[Target]:
    """The rungs within reach that ask for something: those a step leads to, and those aimed at. One query."""
    found = Readiness.objects.filter(worker=worker).select_related("rung__track__ladder__employer")
    return [
        Target(
            kind="rung",
            title=one.rung.title,
            place=one.rung.track.ladder.employer.name,
            url=reverse("ladder:rung", args=[one.rung_id]),
            requirement=one.rung.requirement,
            sources=[{"title": one.rung.track.ladder.title}],
            code=one.rung.code,
        )
        for one in found.order_by("rung__height", "rung_id").defer("tree")
        if one.rung.requirement
    ]
