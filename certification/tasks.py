"""What the background worker does for this app by the clock."""

from celery import shared_task
from django.utils import timezone

from certification import progress
from workers import tracking


@shared_task
def daily() -> int:
    """Have every goal judged anew that was last judged for an earlier day; returns for how many workers.

    Time alone moves windows, ages, terms and the standards in force. Runs every hour, finds work once a day.
    """
    behind = progress.mark_stale(timezone.now().date())
    if behind:
        tracking.wake()
    return behind
