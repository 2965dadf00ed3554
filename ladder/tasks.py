"""What the background worker does for ladders, besides following the tracking."""

from celery import shared_task

from ladder import readiness
from workers import tracking


@shared_task
def daily() -> int:
    """Judge anew whom time alone may have moved. Doing it twice changes nothing."""
    marked = readiness.mark_for_today()
    tracking.wake()
    return marked
