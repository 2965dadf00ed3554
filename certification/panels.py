"""What this app shows on a worker's home (settings.WORKER_PANELS) and beside an entry (ENTRY_PANELS)."""

from typing import Any

from certification.entry_standing import standing_of
from certification.goal_pages import lines
from workers.models import HourEntry, Worker


def panel(worker: Worker) -> dict[str, Any]:
    """The worker's goals, each in a line. Two queries."""
    return {"template": "certification/goals/panel.html", "context": {"goals": lines(worker)}}


def entry(found: HourEntry) -> dict[str, Any]:
    """What an entry counts toward, for its own worker."""
    return {"template": "certification/hours/panel.html", "context": {"answers": standing_of(found)}}
