"""The record: what a peer worker did. No rule of any state lives here."""

from workers.models.aids import Pattern, Timer
from workers.models.exchange import Import, ImportProblem, ImportRow, RosterLine, Transcript
from workers.models.hours import HourEntry, WorkDay
from workers.models.people import Employment, Worker
from workers.models.statements import Evidence, Statement
from workers.models.supervision import Agreement, Delegate, SignedAs, SupervisionSession, SupervisorStatus
from workers.models.tracking import Mark, Tally, Total

__all__ = [
    "Agreement",
    "Delegate",
    "Employment",
    "Evidence",
    "HourEntry",
    "Import",
    "ImportProblem",
    "ImportRow",
    "Mark",
    "Pattern",
    "RosterLine",
    "SignedAs",
    "Statement",
    "SupervisionSession",
    "SupervisorStatus",
    "Tally",
    "Timer",
    "Total",
    "Transcript",
    "WorkDay",
    "Worker",
]
