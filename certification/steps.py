"""Which steps are open from which status, to whom, and the sentence why not. Pages ask this table too."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.policy import Permission, may
from accounts.refusals import Refused
from certification.credentials import Status as Standing
from certification.models import Application, Credential

Status = Application.Status


class Step(StrEnum):
    EDIT = "edit"
    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    ASSIGN = "assign"
    REVIEW = "review"
    RETURN = "return"
    APPROVE = "approve"
    DENY = "deny"


class Act(StrEnum):
    """What an authority does to a credential after its issue."""

    RENEW = "renew"
    SUSPEND = "suspend"
    REINSTATE = "reinstate"
    REVOKE = "revoke"
    SURRENDER = "surrender"


@dataclass(frozen=True)
class Rule:
    """From these statuses to that one (None: it stays), for those who hold the permission."""

    start: Collection[str]
    end: str | None
    permission: Permission


STEPS: dict[Step, Rule] = {
    Step.EDIT: Rule({Status.DRAFT, Status.RETURNED}, None, Permission.APPLICATION_SUBMIT),
    Step.SUBMIT: Rule({Status.DRAFT, Status.RETURNED}, Status.SUBMITTED, Permission.APPLICATION_SUBMIT),
    Step.WITHDRAW: Rule(
        {Status.DRAFT, Status.SUBMITTED, Status.IN_REVIEW, Status.RETURNED},
        Status.WITHDRAWN,
        Permission.APPLICATION_SUBMIT,
    ),
    Step.ASSIGN: Rule({Status.SUBMITTED, Status.IN_REVIEW}, Status.IN_REVIEW, Permission.APPLICATION_REVIEW),
    Step.REVIEW: Rule({Status.IN_REVIEW}, None, Permission.APPLICATION_REVIEW),
    Step.RETURN: Rule({Status.IN_REVIEW}, Status.RETURNED, Permission.APPLICATION_REVIEW),
    Step.APPROVE: Rule({Status.IN_REVIEW}, Status.APPROVED, Permission.APPLICATION_DECIDE),
    Step.DENY: Rule({Status.IN_REVIEW}, Status.DENIED, Permission.APPLICATION_DECIDE),
}
ACTS: dict[Act, Rule] = {
    Act.RENEW: Rule({Standing.ACTIVE, Standing.EXPIRED}, Standing.ACTIVE, Permission.CREDENTIAL_ACT),
    Act.SUSPEND: Rule({Standing.ACTIVE}, Standing.SUSPENDED, Permission.CREDENTIAL_ACT),
    # To what it then is: active, or expired when its term has ended meanwhile.
    Act.REINSTATE: Rule({Standing.SUSPENDED, Standing.REVOKED}, None, Permission.CREDENTIAL_ACT),
    Act.REVOKE: Rule(
        {Standing.ACTIVE, Standing.SUSPENDED, Standing.EXPIRED}, Standing.REVOKED, Permission.CREDENTIAL_ACT
    ),
    Act.SURRENDER: Rule(
        {Standing.ACTIVE, Standing.SUSPENDED}, Standing.SURRENDERED, Permission.CREDENTIAL_ACT
    ),
}
#: What an authority's people do, and so nobody to what is their own.
BY_AUTHORITY = set(Step) - {Step.EDIT, Step.SUBMIT, Step.WITHDRAW}

WHY_NOT_FROM = {
    Status.DRAFT: gettext_lazy("This application has not been handed in yet."),
    Status.SUBMITTED: gettext_lazy("This application waits for the authority. Nobody has taken it up yet."),
    Status.IN_REVIEW: gettext_lazy("This application is in review."),
    Status.RETURNED: gettext_lazy("This application was returned. It waits for the applicant."),
    Status.APPROVED: gettext_lazy("This application is approved already."),
    Status.DENIED: gettext_lazy("This application is denied already."),
    Status.WITHDRAWN: gettext_lazy("This application was withdrawn."),
}
WHY_NOT_STANDING = {
    Standing.NOT_ISSUED: gettext_lazy("On that day this credential is not issued yet."),
    Standing.ACTIVE: gettext_lazy("On that day this credential is active."),
    Standing.SUSPENDED: gettext_lazy("On that day this credential is suspended."),
    Standing.EXPIRED: gettext_lazy("On that day this credential is expired."),
    Standing.SURRENDERED: gettext_lazy("This credential was surrendered. That is final."),
    Standing.REVOKED: gettext_lazy("On that day this credential is revoked."),
}


def target(step: Step) -> str:
    """The status that a step leads to. Only for steps that change it."""
    end = STEPS[step].end
    if end is None:
        raise ValueError(f"{step} changes no status")
    return end


def why_not(application: Application, step: Step, *, user: Any) -> str:
    """Why `user` cannot take this step now, in a sentence; empty when they can."""
    rule = STEPS[step]
    if step in BY_AUTHORITY and application.worker.user_id == user.pk:
        return _("This application is your own. Somebody else has to decide it.")
    if not may(user, rule.permission, on=application):
        return _("Your role does not include this step.")
    if application.status not in rule.start:
        return str(WHY_NOT_FROM[Status(application.status)])
    return ""


def open_steps(application: Application, *, user: Any) -> set[str]:
    """The steps that `user` can take now, for a page to offer."""
    return {step.value for step in Step if not why_not(application, step, user=user)}


def locked(application: Application, step: Step, *, by: User) -> Application:
    """The application as it stands now, held until the transaction ends; refused when the step is not open.

    Two people who press in the same second are thus taken one after the other.
    """
    fresh = (
        Application.objects.select_for_update(of=["self"])
        .select_related("worker__user", "authority", "level", "standard", "assigned_to")
        .get(pk=application.pk)
    )
    if reason := why_not(fresh, step, user=by):
        raise Refused(reason)
    return fresh


def why_not_act(credential: Credential, standing: Standing, act: Act, *, user: Any) -> str:
    """Why `user` cannot do this to a credential of that standing; empty when they can."""
    rule = ACTS[act]
    if credential.worker.user_id == user.pk:
        return _("This credential is your own. Somebody else has to do this.")
    if not may(user, rule.permission, on=credential):
        return _("Your role does not include this step.")
    if standing not in rule.start:
        return str(WHY_NOT_STANDING[standing])
    return ""


def open_acts(credential: Credential, standing: Standing, *, user: Any) -> set[str]:
    return {act.value for act in Act if not why_not_act(credential, standing, act, user=user)}
