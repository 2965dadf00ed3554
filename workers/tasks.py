"""What the background worker does. Messages are wake-ups: each task may be lost, or done twice."""

from celery import shared_task

from workers import import_work, letters, reminders, seals, tracking


@shared_task
def track() -> int:
    """Work off the marks; sent on commit by whoever changed a fact."""
    return tracking.drain_all()


@shared_task
def sweep() -> int:
    """The same, by the clock: finds what a lost message left."""
    return tracking.drain_all()


@shared_task
def seal() -> str:
    """Seal what was accepted since the last seal; the line of the seal, empty when there was nothing."""
    return str(seals.seal() or "")


@shared_task
def work_on_imports() -> int:
    """Check, store or take back files; sent on commit by whoever asked, and by the clock."""
    return import_work.work()


@shared_task
def remind() -> int:
    """Tell people of supervision that ends and of hours that wait too long; each thing once."""
    return reminders.remind()


@shared_task
def write_letters() -> int:
    """Write to people without an account whom providers named; safe to run twice at once."""
    sent = 0
    while done := letters.drain():
        sent += done
    return sent
