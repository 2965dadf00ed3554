"""Links by which somebody without a sign-in signs certain hours: sent by email, once, for 30 days.

Who may be asked: the supervisor of an agreement who cannot sign in for the employer any more, at the address
that stands in their account; the worker may ask for that, and the employer. Anybody else, at any address but
the worker's and one's own, is named by the employer alone: nobody picks who approves their own hours.

The link's token is nowhere stored, only its digest. To open a link signs nothing, for mail scanners do that.
"""

import secrets
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from functools import partial
from types import SimpleNamespace

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts import notices, trail
from accounts.invitations import digest
from accounts.models import User
from accounts.policy import Permission, may, require
from accounts.refusals import Refused
from workers import hours, supervision
from workers.entries import clock
from workers.locks import one_at_a_time
from workers.models import Agreement, Employment, HourEntry, SigningLink

VALID = timedelta(days=30)
MOST_ENTRIES = 400
MOST_OPEN = 10

ASKED = gettext_noop("%(name)s was asked to sign hours of yours by a link: %(hours)s.")
ASKED_FOR = gettext_noop("%(worker)s asked a former supervisor to sign hours by a link: %(hours)s.")
DECLINED = gettext_noop("Hours were not signed through the link you asked for: %(hours)s.")


def signs_in(agreement: Agreement) -> bool:
    """Whether the supervisor can still sign under the agreement as everybody does."""
    supervisor = agreement.supervisor
    return supervisor.is_active and Agreement.objects.signable_by(supervisor).filter(pk=agreement.pk).exists()


def may_ask(user: User, agreement: Agreement) -> bool:
    """Whether a link under the agreement is `user`'s to ask for."""
    return may(user, Permission.RECORD_KEEP, on=agreement) or may(
        user, Permission.PEOPLE_MANAGE, on=agreement
    )


def waiting_under(agreement: Agreement) -> list[HourEntry]:
    """The hours that a link under the agreement would be for, the oldest first."""
    return _read(supervision.waiting_under(agreement))


def waiting_at(job: Employment) -> list[HourEntry]:
    """The hours at a job that a link to somebody outside would be for, the oldest first."""
    return _read(HourEntry.objects.filter(employment=job, status=HourEntry.Status.SUBMITTED))


def _read(waiting: QuerySet[HourEntry]) -> list[HourEntry]:
    found = waiting.select_related("worker__user", "employment__employer", "amends")
    return list(found.order_by("day", "starts", "pk")[:MOST_ENTRIES])


@transaction.atomic
def ask_supervisor(
    agreement: Agreement, *, by: User, email: str = "", at: datetime | None = None
) -> SigningLink:
    """Send the supervisor of an agreement a link for the hours that wait under it.

    The employer may name another address than the one in the supervisor's account; the worker may not.
    Raises OSError after storing it when the mail could not be sent.
    """
    manages = may(by, Permission.PEOPLE_MANAGE, on=agreement)
    if not manages:
        require(by, Permission.RECORD_KEEP, on=agreement)
    if signs_in(agreement):
        raise Refused(_("This supervisor still signs in Peerladder. No link is needed."))
    # Who keeps the record and manages the employer as well picks no mailbox for it either.
    chooses = manages and agreement.worker.user_id != by.pk
    address = email if email and chooses else agreement.supervisor.email
    entries = waiting_under(agreement)
    link = _ask(entries, agreement=agreement, email=address, by=by, at=at)
    total = clock(sum(entry.minutes for entry in entries))
    if manages:
        _tell_worker(link, total)
    else:
        notices.tell_many(
            supervision.managers(agreement.employer),
            ASKED_FOR,
            url=reverse("workers:agreement", args=[agreement.pk]),
            worker=agreement.worker.full_name,
            hours=total,
        )
    return link


@transaction.atomic
def ask_outsider(job: Employment, *, by: User, email: str, at: datetime | None = None) -> SigningLink:
    """Send somebody whom the employer names a link for the hours that wait at a job.

    No agreement stands behind them, so what they sign is approved and not supervised.
    """
    require(by, Permission.PEOPLE_MANAGE, on=job)
    if job.worker.user_id == by.pk:
        raise Refused(_("Nobody picks who approves their own hours. Somebody else of your employer can ask."))
    entries = waiting_at(job)
    link = _ask(entries, agreement=None, email=email, by=by, at=at)
    _tell_worker(link, clock(sum(entry.minutes for entry in entries)))
    return link


def _ask(
    entries: list[HourEntry], *, agreement: Agreement | None, email: str, by: User, at: datetime | None
) -> SigningLink:
    at = at or timezone.now()
    if not entries:
        raise Refused(_("No hours wait for this signature."))
    worker = entries[0].worker
    one_at_a_time(worker)  # so that the limit holds
    if SigningLink.objects.open().filter(worker=worker).count() >= MOST_OPEN:
        raise Refused(_("Many links are open already. Take some back, or wait until they are used."))
    email = email.strip().lower()
    if _is_of(email, worker.user) or _is_of(email, by):
        raise Refused(_("This is the address of the worker, or your own."), field="email")
    token = secrets.token_urlsafe(32)
    link = SigningLink.objects.create(
        worker=worker,
        employment=entries[0].employment,
        agreement=agreement,
        email=email,
        token_digest=digest(token),
        entries=[entry.pk for entry in entries],
        asked_by=by,
        asked_on=at,
        expires_at=at + VALID,
    )
    _record("signing_link.sent", link, by, entries=len(entries))
    transaction.on_commit(partial(_send, link, token))
    return link


def _is_of(email: str, user: User | None) -> bool:
    if user is None:
        return False
    return user.email.lower() == email or EmailAddress.objects.filter(user=user, email__iexact=email).exists()


def _tell_worker(link: SigningLink, total: str) -> None:
    name = str(link.agreement.supervisor) if link.agreement else link.email
    notices.tell(link.worker.user, ASKED, url=reverse("workers:hours"), name=name, hours=total)


@transaction.atomic
def withdraw(link: SigningLink, *, by: User, at: datetime | None = None) -> None:
    """Make a link stop working; for whoever may ask for it. Refused once it was used."""
    if not may(by, Permission.RECORD_KEEP, on=link):
        require(by, Permission.PEOPLE_MANAGE, on=link)
    link = _locked(link)
    if reason := why_not(link):
        raise Refused(reason)
    link.withdrawn_on = at or timezone.now()
    link.save(update_fields=["withdrawn_on"])
    _record("signing_link.withdrawn", link, by)


# The person with the link


def find(token: str) -> SigningLink | None:
    """The link of a token, in whatever state it is."""
    found = SigningLink.objects.select_related("worker", "employment__employer", "agreement__supervisor")
    return found.filter(token_digest=digest(token)).first()


def why_not(link: SigningLink) -> str:
    """Why a link no longer works; empty while it does."""
    if link.used_on:
        return _("This link has been used. It works once.")
    if link.withdrawn_on:
        return _("This link was taken back.")
    if link.expires_at <= timezone.now():
        return _("This link has run out. Ask for a new one.")
    return ""


def entries_of(link: SigningLink) -> list[HourEntry]:
    """What still waits of the entries a link is limited to."""
    return _read(_waiting(link))


def _waiting(link: SigningLink) -> QuerySet[HourEntry]:
    """An entry that was moved to another employer since is not what the person was asked about."""
    return HourEntry.objects.filter(
        pk__in=link.entries,
        employment__employer=link.employment.employer_id,
        status=HourEntry.Status.SUBMITTED,
    )


@transaction.atomic
def sign(
    link: SigningLink,
    *,
    name: str,
    role: str,
    relationship: str,
    seen: Mapping[int, str],
    declaration: int,
    left_out: Collection[int] = (),
    at: datetime | None = None,
) -> int:
    """Sign the entries of a link but for those `left_out`, which go on waiting; the link is used up.

    The signer states their name, role and relationship to the work. Returns how many were signed. Refused
    when the link does not work, or something is not as the signer saw it.
    """
    at = at or timezone.now()
    link = _locked(link)
    if reason := why_not(link):
        raise Refused(reason)
    entries = _waiting(link).exclude(pk__in=left_out)
    done = hours.approve_by_link(
        entries,
        link=link,
        name=name.strip(),
        role=role.strip(),
        relationship=relationship.strip(),
        seen=seen,
        declaration=declaration,
        at=at,
    )
    if not done:
        raise Refused(_("Nothing was chosen. If you cannot sign any of these hours, say so below."))
    _use(link, at=at)
    return done


@transaction.atomic
def decline(link: SigningLink, *, at: datetime | None = None) -> None:
    """The person does not sign. The hours go on waiting, and whoever asked is told."""
    link = _locked(link)
    if reason := why_not(link):
        raise Refused(reason)
    _use(link, at=at or timezone.now(), declined=True)
    total = sum(entry.minutes for entry in entries_of(link))
    notices.tell(link.asked_by, DECLINED, url=reverse("accounts:home"), hours=clock(total))


def _use(link: SigningLink, *, at: datetime, declined: bool = False) -> None:
    link.used_on, link.declined = at, declined
    link.save(update_fields=["used_on", "declined"])
    _record("signing_link.declined" if declined else "signing_link.used", link, None)


def _locked(link: SigningLink) -> SigningLink:
    """As it stands now: of two who use it in the same second, one finds it used."""
    return (
        SigningLink.objects.select_for_update(of=("self",))
        .select_related("worker__user", "employment__employer", "agreement", "asked_by")
        .get(pk=link.pk)
    )


def _record(verb: str, link: SigningLink, by: User | None, **data: int) -> None:
    trail.record(verb, subject=link, by=by, organisation_id=link.policy_organisation_id, **data)


def _send(link: SigningLink, token: str) -> None:
    """In the language of the person asked, where we know them; else in both."""
    reader = link.agreement.supervisor if link.agreement else None
    languages = [reader.language] if reader else [code for code, _name in settings.LANGUAGES]
    address = settings.PUBLIC_URL + reverse("workers:signing_link", args=[token])
    letters = [_letter(link, address, language) for language in languages]
    EmailMessage(
        " / ".join(letter.subject for letter in letters),
        "\n\n".join(letter.body for letter in letters),
        to=[link.email],
    ).send()


def _letter(link: SigningLink, address: str, language: str) -> SimpleNamespace:
    context = {"link": link, "address": address, "days": VALID.days, "entries": len(link.entries)}
    with translation.override(language):
        return SimpleNamespace(
            subject=_("Please sign hours of work"),
            body=render_to_string("workers/mail/signing_link.txt", context),
        )
