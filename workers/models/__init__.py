"""The record: what a peer worker did. No rule of any state lives here."""

from workers.models.hours import HourEntry, WorkDay
from workers.models.people import Employment, Worker
from workers.models.statements import Evidence, Statement
from workers.models.supervision import Agreement, Delegate, SupervisionSession
from workers.models.tracking import Mark, Tally, Total

__all__ = [
    "Agreement",
    "Delegate",
    "Employment",
    "Evidence",
    "HourEntry",
    "Mark",
    "Statement",
    "SupervisionSession",
    "Tally",
    "Total",
    "WorkDay",
    "Worker",
]
