from celery import shared_task

from accounts import outbox


@shared_task
def send_mail() -> int:
    """Mail the notices that wait. Run by beat; safe to run twice at once. Answers how many were mailed."""
    sent = 0
    while done := outbox.drain():
        sent += done
    return sent
