"""What the authority's desk lists: the queue of applications and the register of credentials."""

from collections.abc import Sequence
from datetime import date, datetime
from operator import itemgetter
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import trail
from accounts.models import User
from accounts.templatetags.ui import moment
from certification.desk_forms import MINE, NOBODY
from certification.models import Application, ApplicationItem, Credential, Ruling
from certification.models.applications import ApplicationQuerySet
from certification.models.credentials import CredentialQuerySet
from workers.models import Evidence, Statement

Status = Application.Status
#: The items of an application with all that a reviewer reads of them.
ITEMS = Prefetch(
    "items",
    ApplicationItem.objects.select_related("decided_by").prefetch_related(
        Prefetch("statements", Statement.objects.select_related("completion__course__provider")),
        "statements__evidence",
        "evidence",
    ),
)

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
        found = found.in_status(chosen["status"])
    if chosen.get("q"):
        found = found.filter(named(chosen["q"], number="number"))
    return found.order_by("-created_at", "-pk")


def story(application: Application, decisions: Sequence[Ruling] | None = None) -> list[dict[str, Any]]:
    """What happened, oldest first, as templates/components/timeline.html draws it.

    Steps come from the trail; decisions with their reasons from the rulings, unless they are given.
    """
    return [{"when": moment(timezone.localtime(at)), **told} for at, told in events(application, decisions)]


def events(
    application: Application, decisions: Sequence[Ruling] | None = None
) -> list[tuple[datetime, dict[str, str]]]:
    """What happened, oldest first: when, and {what, note, tone} in words."""
    steps = {
        "application.started": _("%(name)s started the application"),
        "application.submitted": _("%(name)s handed it in"),
        "application.withdrawn": _("%(name)s withdrew it"),
        "application.assigned": _("%(name)s gave it to a reviewer"),
    }
    taken = _("%(name)s took it up")
    told = []
    for event in trail.of(application).filter(verb__in=steps):
        words = taken if event.actor_id and event.data.get("to") == event.actor_id else steps[event.verb]
        told.append((event.at, {"what": words % {"name": event.actor or _("Somebody")}}))
    made = rulings(application) if decisions is None else decisions
    told += [(ruling.decided_on, in_words(ruling)) for ruling in made]
    return sorted(told, key=itemgetter(0))


TONES = {
    Ruling.What.APPROVED: "ok",
    Ruling.What.DENIED: "bad",
    Ruling.What.REJECTED: "bad",
    Ruling.What.RETURNED: "wait",
    Ruling.What.ASKED: "wait",
}


def rulings(application: Application) -> QuerySet[Ruling]:
    return application.rulings.select_related("decided_by")


def in_words(ruling: Ruling) -> dict[str, str]:
    """{what, note, tone}, without its time."""
    words = {
        Ruling.What.ACCEPTED: _("%(name)s accepted: %(kind)s"),
        Ruling.What.REJECTED: _("%(name)s did not accept: %(kind)s"),
        Ruling.What.ASKED: _("%(name)s asked for more: %(kind)s"),
        Ruling.What.RETURNED: _("%(name)s returned it to the applicant"),
        Ruling.What.APPROVED: _("%(name)s approved it"),
        Ruling.What.DENIED: _("%(name)s denied it"),
    }
    kind = ruling.path.rpartition(".")[2]
    what = Ruling.What(ruling.what)
    return {
        "what": words[what] % {"name": ruling.decided_by, "kind": KINDS.get(kind, kind)},
        "note": ruling.reason,
        "tone": TONES.get(what, ""),
    }


def decided_before(decisions: Sequence[Ruling]) -> dict[str, list[dict[str, str]]]:
    """The decisions on each requirement in words, by its path, oldest first; the standing one is the last."""
    found: dict[str, list[dict[str, str]]] = {}
    for ruling in decisions:
        if not ruling.path:
            continue  # on the whole application
        when = {"when": moment(timezone.localtime(ruling.decided_on))}
        found.setdefault(ruling.path, []).append(in_words(ruling) | when)
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
