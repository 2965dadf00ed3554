"""Turns: writers of one worker's record go one after another where each must see what the others stored."""

from accounts import prepared
from workers.models import Worker


def one_at_a_time(worker: Worker) -> None:
    """Wait until nobody else writes this record in this way, and hold the turn to the end of the transaction.

    A lock of its own: the row of the worker belongs to the background worker's drain.
    """
    prepared.rows("SELECT pg_advisory_xact_lock(hashtextextended('workers.record', %s))", [worker.pk])
