"""The steps of hours, in one table that pages ask: from which status, to which, by whom."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from workers.models import HourEntry

Status = HourEntry.Status


class Who(StrEnum):
    WORKER = "worker"  # the person whose hours they are
    SIGNER = "signer"  # who supervised them on that day, or a delegate


class Step(StrEnum):
    EDIT = "edit"
    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    DISCARD = "discard"
    APPROVE = "approve"
    RETURN = "return"
    AMEND = "amend"


@dataclass(frozen=True)
class Rule:
    """`to` is None where the step does not end in one status: an edited draft stays a draft."""

    came_from: frozenset[Status]
    to: Status | None
    who: Who


STEPS: dict[Step, Rule] = {
    Step.EDIT: Rule(frozenset({Status.DRAFT, Status.SUBMITTED, Status.RETURNED}), None, Who.WORKER),
    Step.SUBMIT: Rule(frozenset({Status.DRAFT, Status.RETURNED}), Status.SUBMITTED, Who.WORKER),
    Step.WITHDRAW: Rule(frozenset({Status.SUBMITTED}), Status.DRAFT, Who.WORKER),
    Step.DISCARD: Rule(frozenset({Status.DRAFT, Status.SUBMITTED, Status.RETURNED}), None, Who.WORKER),
    Step.APPROVE: Rule(frozenset({Status.SUBMITTED}), Status.APPROVED, Who.SIGNER),
    Step.RETURN: Rule(frozenset({Status.SUBMITTED}), Status.RETURNED, Who.SIGNER),
    Step.AMEND: Rule(frozenset({Status.APPROVED}), None, Who.WORKER),
}

#: Why a step is not open from a status, whatever the step. Amending has its own sentence.
CLOSED: dict[Status, Promise] = {
    Status.DRAFT: _("These hours are a draft: they were not sent yet."),
    Status.SUBMITTED: _("These hours already wait for a signature."),
    Status.APPROVED: _("Approved hours are final. They can be amended, never edited or deleted."),
    Status.RETURNED: _("These hours were returned: they are corrected and sent again first."),
}
NOT_APPROVED = _("Only approved hours are amended. These can still be edited.")
REPLACED = _("These hours were amended: the correction counts in their place.")


def why_not(entry: HourEntry, step: Step) -> str | Promise | None:
    """Why `step` is not open for an entry in its status; None when it is open to whoever may do it."""
    if step is Step.AMEND and entry.superseded:
        return REPLACED
    if entry.status in STEPS[step].came_from:
        return None
    return NOT_APPROVED if step is Step.AMEND else CLOSED[Status(entry.status)]


def open_steps(entry: HourEntry, *, who: Who = Who.WORKER) -> list[Step]:
    """What a page offers for an entry, in the order of the table."""
    return [step for step, rule in STEPS.items() if rule.who is who and why_not(entry, step) is None]


def first_closed(entries: Iterable[HourEntry], step: Step) -> str | Promise | None:
    """The reason of the first entry for which `step` is not open."""
    return next((reason for entry in entries if (reason := why_not(entry, step))), None)
