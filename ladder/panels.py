"""What the worker's home page shows of the ladder."""

from typing import Any

from django.utils import timezone

from certification.requirements.findings import Verdict
from ladder.models import Placement, Readiness
from workers.models import Worker

SHOWN = 3


def panel(worker: Worker) -> dict[str, Any] | None:
    """Where the worker stands and the nearest rungs, in two queries. None without either."""
    today = timezone.localdate()
    placed = Placement.objects.on(today).filter(worker=worker)
    here = placed.select_related("rung", "employer").first()
    found = Readiness.objects.filter(worker=worker).select_related("rung").defer("tree")
    nearest = sorted(found, key=lambda one: (one.verdict != Verdict.MET, one.remaining_minutes))
    if not (here or nearest):
        return None
    return {"template": "ladder/panel.html", "context": {"place": here, "next": nearest[:SHOWN]}}
