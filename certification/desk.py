"""What the authority's desk lists: the queue of applications and the register of credentials."""

from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import trail
from accounts.models import Event, User
from accounts.templatetags.ui import moment
from certification.desk_forms import MINE, NOBODY
from certification.models import Application, ApplicationItem, Credential
from certification.models.applications import ApplicationQuerySet
from certification.models.credentials import CredentialQuerySet
from workers.models import Evidence, Statement

Status = Application.Status
Decision = ApplicationItem.Decision

KINDS = dict(Statement.Kind.choices)
#: What waits for the authority rather than for the applicant.
WAITING = [Status.SUBMITTED, Status.IN_REVIEW]


def named(words: str, *, number: str) -> Q:
    """Rows whose number contains the words, or whose worker's names contain every one of them."""
    query = Q()
    for word in words.split():
        query &= Q(worker__given_name__icontains=word) | Q(worker__family_name__icontains=word)
    return Q(**{f"{number}__icontains": words.strip()}) | query


def queue(user: User, chosen: dict[str, Any]) -> ApplicationQuerySet:
    """The applications that `user` may see, oldest first, as `desk_forms.QueueFilter` says."""
    found = Application.objects.at_authorities_of(user).select_related("worker", "level", "assigned_to")
    status = chosen.get("status")
    if not status:
        found = found.filter(status__in=WAITING)
    elif status != "any":
        found = found.filter(status=status)
    if chosen.get("level"):
        found = found.filter(level=chosen["level"])
    if chosen.get("assigned") == MINE:
        found = found.filter(assigned_to=user)
    elif chosen.get("assigned") == NOBODY:
        found = found.filter(assigned_to=None)
    if chosen.get("q"):
        found = found.filter(named(chosen["q"], number="number"))
    return found.order_by("submitted_on", "pk").defer("findings")


def counts(user: User) -> dict[str, int]:
    """How many applications wait, are the person's own to review, and wait for their applicants."""
    return Application.objects.at_authorities_of(user).aggregate(
        waiting=Count("pk", filter=Q(status__in=WAITING)),
        mine=Count("pk", filter=Q(status__in=WAITING, assigned_to=user)),
        returned=Count("pk", filter=Q(status=Status.RETURNED)),
    )


def register(user: User, chosen: dict[str, Any], *, on: date) -> CredentialQuerySet:
    """The credentials of the person's authorities with their status on a day, newest first."""
    found = Credential.objects.at_authorities_of(user).select_related("worker", "level").with_status(on)
    if chosen.get("status"):
        found = found.filter(status=chosen["status"])
    if chosen.get("q"):
        found = found.filter(named(chosen["q"], number="number"))
    return found.order_by("-created_at", "-pk")


def story(application: Application) -> list[dict[str, Any]]:
    """The application's trail in words, oldest first, as templates/components/timeline.html draws it."""
    return [told for event in trail.of(application) if (told := _told(event))]


TONES = {"approved": "ok", "denied": "bad", "returned": "wait", "item_rejected": "bad", "item_asked": "wait"}


def _told(event: Event) -> dict[str, Any] | None:
    verb = event.verb.removeprefix("application.")
    words = {
        "started": _("%(name)s started the application"),
        "submitted": _("%(name)s handed it in"),
        "withdrawn": _("%(name)s withdrew it"),
        "assigned": _("%(name)s gave it to a reviewer"),
        "item_accepted": _("%(name)s accepted: %(kind)s"),
        "item_rejected": _("%(name)s did not accept: %(kind)s"),
        "item_asked": _("%(name)s asked for more: %(kind)s"),
        "returned": _("%(name)s returned it to the applicant"),
        "approved": _("%(name)s approved it"),
        "denied": _("%(name)s denied it"),
    }.get(verb)
    if words is None:
        return None
    kind = event.data.get("path", "").rpartition(".")[2]
    return {
        "when": moment(timezone.localtime(event.at)),
        "what": words % {"name": event.actor or _("Somebody"), "kind": KINDS.get(kind, kind)},
        "note": event.data.get("reason", ""),
        "tone": TONES.get(verb, ""),
    }


def decided_before(application: Application) -> dict[str, list[dict[str, Any]]]:
    """The decisions on each requirement in words, by its path, oldest first; the standing one is the last."""
    verbs = [f"application.item_{made}" for made in (Decision.ACCEPTED, Decision.REJECTED, Decision.ASKED)]
    found: dict[str, list[dict[str, Any]]] = {}
    for event in trail.of(application).filter(verb__in=verbs):
        if told := _told(event):
            found.setdefault(event.data["path"], []).append(told)
    return found


def files_of(application: Application) -> QuerySet[Evidence]:
    """The files that were handed in with an application: of its items and of the statements behind them."""
    items = application.items.values("pk")
    return (
        Evidence.objects.filter(worker=application.worker_id)
        .filter(
            Q(
                pk__in=ApplicationItem.evidence.through.objects.filter(applicationitem__in=items).values(
                    "evidence"
                )
            )
            | Q(
                statements__in=ApplicationItem.statements.through.objects.filter(
                    applicationitem__in=items
                ).values("statement")
            )
        )
        .distinct()
    )
