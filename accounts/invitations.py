"""Invitations: a link by email that makes its reader a member. It works once, for 14 days, for one address.

The link's token is nowhere stored, only its digest; so a lost link is replaced by a new one, never shown.
"""

import secrets
from datetime import timedelta
from functools import partial
from hashlib import sha256
from types import SimpleNamespace

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from accounts import members, notices, trail
from accounts.models import Invitation, Membership, Organisation, User
from accounts.refusals import Refused, translate
from accounts.roles import Role

VALID = timedelta(days=14)
ONCE = {"invitation_open_once": ("email", gettext_lazy("This person has an invitation that is still open."))}


def digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def find(token: str) -> Invitation | None:
    """The invitation that a link belongs to, in whatever state it is."""
    found = Invitation.objects.select_related("organisation", "invited_by")
    return found.filter(token_digest=digest(token)).first()


def why_not(invitation: Invitation) -> str:
    """Why this invitation no longer works; empty while it does."""
    if invitation.accepted_on:
        return _("This invitation has been used.")
    if invitation.withdrawn_at:
        return _("This invitation was withdrawn.")
    if invitation.expires_at <= timezone.now():
        return _("This invitation has run out. Ask for a new one.")
    return ""


def is_for(invitation: Invitation, user: User) -> bool:
    """Whether `user` has shown that the invited address is theirs."""
    return EmailAddress.objects.filter(user=user, email__iexact=invitation.email, verified=True).exists()


@transaction.atomic
def invite(*, organisation: Organisation, email: str, role: Role, by: User | None) -> Invitation:
    """Invite whoever reads `email`; `by` is None for the operator.

    Raises Refused when the role is not one of this kind of organisation, when the person holds it already,
    or when an invitation is open. Raises OSError after storing it when the mail could not be sent.
    """
    if role not in members.roles_of(organisation):
        raise Refused(_("This kind of organization has no such role."), field="role")
    email = email.strip().lower()
    held = Membership.objects.filter(
        organisation=organisation, role=role, ended_at=None, user__emailaddress__email__iexact=email
    )
    if held.exists():
        raise Refused(_("This person holds this role already."), field="email")
    _clear_expired(organisation, email, role)
    token = secrets.token_urlsafe(32)
    with translate(ONCE):
        invitation = Invitation.objects.create(
            organisation=organisation,
            email=email,
            role=role,
            token_digest=digest(token),
            invited_by=by,
            expires_at=timezone.now() + VALID,
        )
    _record("invitation.sent", invitation, by)
    transaction.on_commit(partial(_send, invitation, token))
    return invitation


@transaction.atomic
def resend(*, invitation: Invitation, by: User) -> Invitation:
    """Send a new link, good for 14 days; the old one stops working. Raises Refused once it is closed."""
    invitation = _locked(invitation)
    if invitation.accepted_on or invitation.withdrawn_at:
        raise Refused(why_not(invitation))
    token = secrets.token_urlsafe(32)
    invitation.token_digest = digest(token)
    invitation.expires_at = timezone.now() + VALID
    invitation.save(update_fields=["token_digest", "expires_at"])
    _record("invitation.sent_again", invitation, by)
    transaction.on_commit(partial(_send, invitation, token))
    return invitation


@transaction.atomic
def withdraw(*, invitation: Invitation, by: User) -> None:
    """Make the link stop working. Raises Refused once it was used or withdrawn."""
    invitation = _locked(invitation)
    if invitation.accepted_on or invitation.withdrawn_at:
        raise Refused(why_not(invitation))
    invitation.withdrawn_at = timezone.now()
    invitation.save(update_fields=["withdrawn_at"])
    _record("invitation.withdrawn", invitation, by)


@transaction.atomic
def accept(*, invitation: Invitation, by: User) -> Membership:
    """Become a member. Raises Refused when the invitation no longer works or is another person's."""
    invitation = _locked(invitation)
    if reason := why_not(invitation):
        raise Refused(reason)
    if not is_for(invitation, by):
        raise Refused(_("This invitation was sent to another address than yours."))
    membership = members.start(
        user=by, organisation=invitation.organisation, role=Role(invitation.role), by=by
    )
    invitation.accepted_by, invitation.accepted_on = by, timezone.now()
    invitation.save(update_fields=["accepted_by", "accepted_on"])
    _record("invitation.accepted", invitation, by)
    notices.tell(
        invitation.invited_by,
        gettext_noop("%(person)s accepted your invitation to %(organisation)s."),
        url=reverse("accounts:members", args=[invitation.organisation.slug]),
        person=str(by),
        organisation=invitation.organisation.name,
    )
    return membership


def _locked(invitation: Invitation) -> Invitation:
    """As it stands now; it may be withdrawn and accepted in the same second."""
    return (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("organisation")
        .get(pk=invitation.pk)
    )


def _clear_expired(organisation: Organisation, email: str, role: Role) -> None:
    """An invitation that ran out must not stand in the way of a new one."""
    Invitation.objects.filter(
        organisation=organisation,
        email__iexact=email,
        role=role,
        accepted_on=None,
        withdrawn_at=None,
        expires_at__lte=timezone.now(),
    ).update(withdrawn_at=timezone.now())


def _record(verb: str, invitation: Invitation, by: User | None) -> None:
    trail.record(
        verb, subject=invitation, by=by, organisation_id=invitation.organisation_id, role=invitation.role
    )


def _send(invitation: Invitation, token: str) -> None:
    """In the language of the person invited, where we know them; else in both."""
    reader = User.objects.filter(emailaddress__email__iexact=invitation.email).first()
    languages = [reader.language] if reader else [code for code, _name in settings.LANGUAGES]
    link = settings.PUBLIC_URL + reverse("accounts:invitation", args=[token])
    parts = [_letter(invitation, link, language) for language in languages]
    EmailMessage(
        " / ".join(part.subject for part in parts),
        "\n\n".join(part.body for part in parts),
        to=[invitation.email],
    ).send()


def _letter(invitation: Invitation, link: str, language: str) -> SimpleNamespace:
    with translation.override(language):
        return SimpleNamespace(
            subject=_("Invitation to %(organisation)s") % {"organisation": invitation.organisation.name},
            body=render_to_string(
                "accounts/mail/invitation.txt",
                {"invitation": invitation, "link": link, "days": VALID.days},
            ),
        )
