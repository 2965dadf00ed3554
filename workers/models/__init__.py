"""The record: what a peer worker did. No rule of any state lives here."""

from workers.models.aids import Pattern, Timer
from workers.models.chain import ChainHead, ChainLink, Seal
from workers.models.changes import HourChange
from workers.models.exchange import Import, ImportProblem, ImportRow, RosterLine, Transcript
from workers.models.hours import HourEntry, WorkDay
from workers.models.learning import Completion, Course
from workers.models.people import Employment, Worker
from workers.models.signing import Declaration, Signature, SigningLink
from workers.models.statements import Evidence, Statement
from workers.models.supervision import (
    Agreement,
    Delegate,
    Reminder,
    SignedAs,
    SupervisionSession,
    SupervisorStatus,
)
from workers.models.tracking import Mark, Tally, Total

__all__ = [
    "Agreement",
    "ChainHead",
    "ChainLink",
    "Completion",
    "Course",
    "Declaration",
    "Delegate",
    "Employment",
    "Evidence",
    "HourChange",
    "HourEntry",
    "Import",
    "ImportProblem",
    "ImportRow",
    "Mark",
    "Pattern",
    "Reminder",
    "RosterLine",
    "Seal",
    "Signature",
    "SignedAs",
    "SigningLink",
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
