"""A credential's status on a day. It follows from the events; nothing stores it.

One rule, told twice and held together by a property test: `standing` for one credential, `status_expression`
for many in SQL. Of the events in effect on the day, the last that speaks of standing decides (of two of one
day the graver, but a reinstatement undoes a suspension), then the term. The order in which they were recorded
does not matter.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import takewhile
from typing import Protocol
from zoneinfo import ZoneInfo

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import models
from django.db.models import Case, F, Min, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.zones import LAST_ZONE
from certification.models.credentials import Credential, CredentialEvent

Kind = CredentialEvent.Kind


class Status(models.TextChoices):
    NOT_ISSUED = "not_issued", _("not yet issued")
    ACTIVE = "active", _("active")
    SUSPENDED = "suspended", _("suspended")
    EXPIRED = "expired", _("expired")
    SURRENDERED = "surrendered", _("surrendered")
    REVOKED = "revoked", _("revoked")


#: Events that speak of standing, in the order in which they outweigh each other on one day.
STANDING = [Kind.SUSPENDED, Kind.REINSTATED, Kind.SURRENDERED, Kind.REVOKED]
AGAINST = {
    Kind.SUSPENDED: Status.SUSPENDED,
    Kind.SURRENDERED: Status.SURRENDERED,
    Kind.REVOKED: Status.REVOKED,
}
#: Events that set the day through which the credential is valid.
TERM = [Kind.ISSUED, Kind.RENEWED]


class Happening(Protocol):
    """What is asked of an event here, whether it is a model or a line of the register."""

    @property
    def kind(self) -> str: ...
    @property
    def effective_on(self) -> date: ...
    @property
    def expires_on(self) -> date | None: ...


@dataclass(frozen=True)
class Standing:
    """What holds on one day. `since`: from when, where the credential is not good."""

    status: Status
    issued_on: date | None = None
    renewed_on: date | None = None
    expires_on: date | None = None
    since: date | None = None


def standing(events: Iterable[Happening], on: date, *, term_on: date | None = None) -> Standing:
    """What `events` say of the day `on`.

    `term_on`, where given, is the day that the expiry is held against: see `now`.
    """
    past = [event for event in events if event.effective_on <= on]
    issue = next((event for event in past if event.kind == Kind.ISSUED), None)
    if issue is None:
        return Standing(Status.NOT_ISSUED)
    term = max((e for e in past if e.kind in TERM), key=lambda e: (e.effective_on, e.expires_on or date.max))
    said = [event for event in past if event.kind in STANDING]
    said.sort(key=lambda event: (event.effective_on, STANDING.index(Kind(event.kind))))
    of_day = {event.effective_on: Kind(event.kind) for event in said}  # of one day the last, the gravest
    last = of_day[max(of_day)] if of_day else None
    renewed_on = max((event.effective_on for event in past if event.kind == Kind.RENEWED), default=None)
    expires_on = term.expires_on
    if last and (status := AGAINST.get(last)):
        # It may have been said again on a later day.
        since = min(takewhile(lambda day: of_day[day] == last, reversed(of_day)))
    elif expires_on and expires_on < (term_on or on):
        status, since = Status.EXPIRED, expires_on + timedelta(days=1)
    else:
        status, since = Status.ACTIVE, None
    return Standing(status, issue.effective_on, renewed_on, expires_on, since)


def status(credential: Credential, on: date) -> Status:
    """The status on a day, past, present or to come."""
    return standing(credential.events.all(), on).status


def now(at: datetime | None = None) -> tuple[date, date]:
    """The day whose events count at a moment, and the day that an expiry is held against.

    A credential is good through the last minute of its last day in every time zone of the United States,
    while what is decided today takes effect at once: these are two days for eleven hours of each.
    """
    at = at or timezone.now()
    return at.astimezone(ZoneInfo("UTC")).date(), at.astimezone(LAST_ZONE).date()


def today() -> date:
    """When what is decided now takes effect: on the person's own day, never ahead of the registry's."""
    return min(timezone.localdate(), now()[0])


def _events(on: date) -> models.QuerySet[CredentialEvent]:
    return CredentialEvent.objects.filter(credential=OuterRef("pk"), effective_on__lte=on).order_by()


def status_expression(on: date, *, term_on: date | None = None) -> Coalesce:
    """The same rule for every row of a query on Credential."""
    rank = Case(*[When(kind=kind, then=Value(rank)) for rank, kind in enumerate(STANDING)])
    answer = (
        _events(on)
        .values("credential")
        .annotate(
            issued=Min("effective_on", filter=Q(kind=Kind.ISSUED)),
            last=ArrayAgg("kind", filter=Q(kind__in=STANDING), order_by=["-effective_on", rank.desc()]),
            ends=ArrayAgg(
                "expires_on",
                filter=Q(kind__in=TERM),
                order_by=["-effective_on", F("expires_on").desc(nulls_first=True)],
            ),
        )
        .annotate(
            status=Case(
                When(issued=None, then=Value(Status.NOT_ISSUED)),
                *[When(last__0=kind, then=Value(status)) for kind, status in AGAINST.items()],
                When(ends__0__lt=term_on or on, then=Value(Status.EXPIRED)),
                default=Value(Status.ACTIVE),
            )
        )
        .values("status")
    )
    return Coalesce(Subquery(answer), Value(Status.NOT_ISSUED), output_field=models.CharField())


def issued_expression(on: date) -> Subquery:
    return Subquery(_events(on).filter(kind=Kind.ISSUED).values("effective_on")[:1])


def expires_expression(on: date) -> Subquery:
    latest = _events(on).filter(kind__in=TERM)
    ordered = latest.order_by("-effective_on", F("expires_on").desc(nulls_first=True))
    return Subquery(ordered.values("expires_on")[:1])


def periods(events: Iterable[Happening]) -> list[tuple[date, date | None, Status]]:
    """From which day to which other (not counted any more; None: open) each status holds, once issued."""
    known = list(events)
    days = {event.effective_on for event in known}
    days |= {event.expires_on + timedelta(days=1) for event in known if event.expires_on}
    found: list[tuple[date, date | None, Status]] = []
    for day in sorted(days):
        here = standing(known, day).status
        if here == Status.NOT_ISSUED or (found and found[-1][2] == here):
            continue
        if found:
            found[-1] = (found[-1][0], day, found[-1][2])
        found.append((day, None, here))
    return found


def inactive(events: Iterable[Happening]) -> tuple[tuple[date, date | None], ...]:
    """The periods after issue on which it was not good, as `requirements.record.CredentialRow.suspended`.

    Without the last expiry, which that row tells by its `expires`.
    """
    return tuple(
        (start, until)
        for start, until, here in periods(events)
        if here != Status.ACTIVE and (here != Status.EXPIRED or until)
    )
