"""Applications, as the authority works them: take, look at each requirement, return, approve, deny.

Every action takes the application's row first, so that two people who press at the same moment are taken one
after the other, and the second is told what the first did.
"""

from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts import notices, trail
from accounts.models import Membership, User
from accounts.policy import ROLES, Permission, may
from accounts.refusals import Refused
from accounts.roles import Role
from certification import issuing
from certification.applications import missing
from certification.judging import Case, accepted_way, cases_of
from certification.models import Acceptance, Application, ApplicationItem, Credential, Ruling
from certification.requirements.findings import Verdict
from certification.requirements.nearest import keeps_out, waiting_on
from certification.steps import Step, locked, target
from workers import tracking
from workers.models import Statement

Status = Application.Status
Decision = ApplicationItem.Decision

RETURNED = gettext_noop("More is asked for your application %(number)s.")
APPROVED = gettext_noop("Your application %(number)s is approved.")
DENIED = gettext_noop("Your application %(number)s is denied. The reasons are on its page.")
ASSIGNED = gettext_noop("Application %(number)s is now yours to review.")


def reviewers(authority_organisation_id: int) -> list[User]:
    """The people of an authority who may be given applications."""
    roles = [role for role in Role if Permission.APPLICATION_REVIEW in ROLES[role]]
    members = Membership.objects.filter(
        organisation=authority_organisation_id, ended_at=None, role__in=roles, user__is_active=True
    )
    users = User.objects.filter(pk__in=members.values("user"))
    return list(users.order_by("family_name", "given_name", "pk"))


def reviewer(application: Application, email: str) -> User:
    """One of them by email address. Refused at `to` for anybody else."""
    people = reviewers(application.authority.organisation_id or 0)
    found = next((user for user in people if user.email == email.lower()), None)
    if found is None:
        raise Refused(_("Nobody of this address reviews applications here."), field="to")
    return found


def assign(*, application: Application, by: User, to: User | None = None) -> Application:
    """Take an application up, or give it to another reviewer of the authority."""
    to = to or by
    with transaction.atomic():
        fresh = locked(application, Step.ASSIGN, by=by)
        if to.pk == fresh.worker.user_id or not may(to, Permission.APPLICATION_REVIEW, on=fresh):
            raise Refused(_("%(name)s does not review applications here.") % {"name": to}, field="to")
        if fresh.assigned_to_id == to.pk and fresh.status == Status.IN_REVIEW:
            return fresh
        fresh.assigned_to = to
        fresh.status = target(Step.ASSIGN)
        fresh.save(update_fields=["assigned_to", "status"])
        _note("application.assigned", fresh, by=by, to=to.pk)
        if to.pk != by.pk:
            url = reverse("certification:desk_application", args=[fresh.number])
            notices.tell(to, ASSIGNED, url=url, number=fresh.number)
    return fresh


def decide(*, item: ApplicationItem, by: User, decision: str, reason: str = "") -> ApplicationItem:
    """Accept what was handed in for one requirement, reject it or ask for more; both with a reason.

    Accepting says of each statement behind it that this authority accepts it; another decision later takes
    that back.
    """
    reason = reason.strip()
    if decision not in Decision.values or decision == Decision.OPEN:
        raise Refused(_("Choose: accept, reject or ask for more."), field="decision")
    if decision != Decision.ACCEPTED and not reason:
        raise Refused(_("Say why, so that the applicant knows what to do."), field="reason")
    with transaction.atomic():
        application = locked(item.application, Step.REVIEW, by=by)
        now = timezone.now()
        item.decision, item.reason = decision, reason
        item.decided_by, item.decided_on = by, now
        item.save(update_fields=["decision", "reason", "decided_by", "decided_on"])
        if decision == Decision.ACCEPTED:
            Acceptance.objects.bulk_create(
                (
                    Acceptance(
                        authority=application.authority,
                        worker=application.worker,
                        statement=statement,
                        item=item,
                        accepted_by=by,
                        accepted_on=now,
                    )
                    for statement in item.statements.filter(withdrawn_at=None)
                ),
                ignore_conflicts=True,  # accepted before, with another application
            )
        else:
            _resting_on(item).update(revoked_by=by, revoked_on=now)
        _rule(application, decision, by=by, reason=reason, path=item.path)
        _note(f"application.item_{decision}", application, by=by, path=item.path)
        transaction.on_commit(tracking.wake)
    return item


def _resting_on(item: ApplicationItem) -> QuerySet[Acceptance]:
    """What stands accepted for this item alone: a statement may serve another accepted one as well."""
    others = ApplicationItem.objects.filter(application=item.application_id, decision=Decision.ACCEPTED)
    here = Acceptance.objects.filter(item__application=item.application_id, revoked_on=None)
    made = here.filter(Q(item=item) | Q(statement__in=item.statements.all()))
    return made.exclude(statement__in=Statement.objects.filter(pk__in=others.values("statements")))


def return_(*, application: Application, by: User, reason: str) -> Application:
    """Give it back to the applicant, who is told what is asked."""
    reason = _required(reason)
    with transaction.atomic():
        fresh = locked(application, Step.RETURN, by=by)
        fresh.status, fresh.reason = target(Step.RETURN), reason
        fresh.save(update_fields=["status", "reason"])
        asked = fresh.items.filter(decision__in=[Decision.ASKED, Decision.REJECTED])
        _rule(fresh, Ruling.What.RETURNED, by=by, reason=reason)
        _note("application.returned", fresh, by=by, asked=list(asked.values_list("path", flat=True)))
        _tell(fresh, RETURNED)
    return fresh


def obstacles(application: Application, cases: tuple[Case, Case] | None = None) -> list[str]:
    """What stands in the way of approval, in sentences; empty when it can be approved.

    Judged by the facts of the day it was handed in with what the authority has accepted by now; a credential
    that it rests on must be good today as well. `cases`, of `cases_of`, spare reading the facts again.
    """
    case, today = cases or cases_of(application)
    decisions = {item.path: item.decision for item in application.items.all()}
    found = []
    undecided = [path for path, made in decisions.items() if made in (Decision.OPEN, Decision.ASKED)]
    if undecided:
        leaves = [case.leaves[path] for path in undecided if path in case.leaves]
        found.append(_("Not decided yet: %(what)s") % {"what": "; ".join(missing(leaves))})
    rejected = [path for path, made in decisions.items() if made == Decision.REJECTED]
    accepted = {path for path, made in decisions.items() if made == Decision.ACCEPTED}
    if not undecided and rejected and not accepted_way(case.finding, accepted, set(decisions)):
        leaves = [case.leaves[path] for path in rejected if path in case.leaves]
        found.append(_("Rejected: %(what)s") % {"what": "; ".join(missing(leaves))})
    if case.finding.verdict != Verdict.MET and not found:
        leaves = keeps_out(case.finding) or waiting_on(case.finding)
        found.append(_("Not met: %(what)s") % {"what": "; ".join(missing(leaves))})
    if today is not case:
        lost = [leaf for leaf in keeps_out(today.finding) if leaf.kind == "credential"]
        if lost:
            found.append(_("No longer held: %(what)s") % {"what": "; ".join(missing(lost))})
    return found


def approve(*, application: Application, by: User) -> Credential:
    """Approve, and issue the credential in the same transaction. Refused with what is missing."""
    with transaction.atomic():
        fresh = locked(application, Step.APPROVE, by=by)
        if against := obstacles(fresh):
            raise Refused(" ".join(against))
        _decide(fresh, Step.APPROVE, by=by, reason="")
        credential = issuing.issue(
            worker=fresh.worker, level=fresh.level, standard=fresh.standard, by=by, application=fresh
        )
        _note("application.approved", fresh, by=by, credential=credential.number)
        _tell(fresh, APPROVED)
    return credential


def deny(*, application: Application, by: User, reason: str) -> Application:
    reason = _required(reason)
    with transaction.atomic():
        fresh = locked(application, Step.DENY, by=by)
        _decide(fresh, Step.DENY, by=by, reason=reason)
        _note("application.denied", fresh, by=by)
        _tell(fresh, DENIED)
    return fresh


def _required(reason: str) -> str:
    if not (reason := reason.strip()):
        raise Refused(_("Give the reason. The applicant reads it."), field="reason")
    return reason


def _decide(application: Application, step: Step, *, by: User, reason: str) -> None:
    application.status = target(step)
    application.decided_by, application.decided_on, application.reason = by, timezone.now(), reason
    application.save(update_fields=["status", "decided_by", "decided_on", "reason"])
    _rule(application, target(step), by=by, reason=reason)


def _rule(application: Application, what: str, *, by: User, reason: str, path: str = "") -> None:
    """Reasons are kept here, never in the trail: they can tell what the trail must not."""
    Ruling.objects.create(application=application, path=path, what=what, reason=reason, decided_by=by)


def _note(verb: str, application: Application, *, by: User, **data: object) -> None:
    trail.record(
        verb, subject=application, by=by, organisation_id=application.authority.organisation_id, **data
    )


def _tell(application: Application, message: str) -> None:
    notices.tell(
        application.worker.user,
        message,
        url=reverse("certification:application", args=[application.number]),
        number=application.number,
    )
