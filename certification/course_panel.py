"""What this app says of a course to its provider (settings.COURSE_PANELS)."""

from typing import Any

from workers.models import Course


def panel(course: Course) -> dict[str, Any]:
    """Which authorities approve it, from when until when. One query."""
    approvals = course.approvals.select_related("authority__jurisdiction")
    return {"template": "certification/courses/panel.html", "context": {"approvals": approvals}}
