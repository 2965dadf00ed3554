"""People, organisations, members and invitations, with defaults for what a test does not care about."""

from datetime import timedelta
from itertools import count
from typing import Any

from allauth.account.models import EmailAddress
from django.utils import timezone
from django.utils.text import slugify

from accounts.models import Invitation, Membership, Notice, Organisation, User
from accounts.roles import KIND_OF_ROLE, OrganisationKind, Role

number = count(1)

PASSWORD = "correct horse battery staple"


def a_person(given_name: str = "Ana", family_name: str = "Rivera", *, email: str = "", **fields: Any) -> User:
    """Somebody who can sign in, with a verified address. Give `password` only where it is typed."""
    email = email or f"{slugify(given_name)}.{slugify(family_name)}.{next(number)}@example.org"
    user = User.objects.create_user(email, given_name=given_name, family_name=family_name, **fields)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def an_organisation(
    name: str = "", *, kind: OrganisationKind | str = OrganisationKind.EMPLOYER, **fields: Any
) -> Organisation:
    n = next(number)
    name = name or f"{OrganisationKind(kind).label} {n}".capitalize()
    return Organisation.objects.create(
        name=name, kind=kind, **{"slug": f"{slugify(name)[:40]}-{n}", "state": "US-MN", **fields}
    )


def a_member(
    role: Role | str = Role.SUPERVISOR,
    *,
    organisation: Organisation | None = None,
    user: User | None = None,
    **person: Any,
) -> User:
    """A person who holds `role`; in `organisation`, or in a new one of the kind that the role belongs to."""
    role = Role(role)
    user = user or a_person(**{"given_name": role.label.capitalize(), "family_name": "Example", **person})
    Membership.objects.create(
        user=user, organisation=organisation or an_organisation(kind=KIND_OF_ROLE[role]), role=role
    )
    return user


def an_invitation(organisation: Organisation, *, by: User, email: str = "new@example.org", **fields: Any):
    """An invitation stored as it stands, with a digest that no link opens. To get a link, use the action."""
    n = next(number)
    return Invitation.objects.create(
        organisation=organisation,
        email=email,
        invited_by=by,
        **{
            "role": Role.SUPERVISOR,
            "token_digest": f"{n:064x}",
            "expires_at": timezone.now() + timedelta(days=14),
            **fields,
        },
    )


def a_notice(user: User, message: str = "Something happened.", **fields: Any) -> Notice:
    return Notice.objects.create(user=user, message=message, **fields)
