"""What this app shows on a worker's home (settings.WORKER_PANELS)."""

from typing import Any

from certification.goal_pages import lines
from workers.models import Worker


def panel(worker: Worker) -> dict[str, Any]:
    """The worker's goals, each in a line. Two queries."""
    return {"template": "certification/goals/panel.html", "context": {"goals": lines(worker)}}
