"""What the pages for logging remember of the last times, so that a usual day takes three taps."""

from collections import Counter
from dataclasses import dataclass, field

from workers.models import HourEntry, Worker

#: How many of the latest entries are read.
LATELY = 40
LENGTHS = 4
#: What is offered beside one's own lengths, in minutes.
COMMON = (60, 120, 240, 480)


@dataclass(frozen=True)
class Remembered:
    """The latest entry, and the lengths (minutes, shortest first) to choose from."""

    last: HourEntry | None = None
    lengths: list[int] = field(default_factory=lambda: list(COMMON))


def of(worker: Worker) -> Remembered:
    """One query, however long the ledger is."""
    latest = list(
        worker.hours.filter(amends=None)
        .select_related("employment__employer")
        .order_by("-day", "-pk")[:LATELY]
    )
    if not latest:
        return Remembered()
    often = [minutes for minutes, _times in Counter(entry.minutes for entry in latest).most_common(LENGTHS)]
    lengths = list(dict.fromkeys([latest[0].minutes, *often, *COMMON]))[:LENGTHS]
    return Remembered(last=latest[0], lengths=sorted(lengths))
