"""People, organisations, members and invitations, with defaults for what a test does not care about."""

from datetime import timedelta
from itertools import count
from typing import Any

from allauth.account.models import EmailAddress
from django.utils import timezone
from django.utils.text import slugify
from oauth2_provider.models import AccessToken, Application, set_token_value

from accounts.models import ApiClient, Invitation, Membership, Notice, Organisation, User
from accounts.roles import KIND_OF_ROLE, OrganisationKind, Role
from accounts.scopes import Scope

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


def a_system(organisation: Organisation, *, by: User, scopes: list[Scope], **fields: Any) -> ApiClient:
    """A connected system. For its secret use the action."""
    n = next(number)
    application = Application.objects.create(
        client_id=f"system-{n}",
        client_secret=f"md5$salt${n:032x}",
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_CLIENT_CREDENTIALS,
    )
    return ApiClient.objects.create(
        organisation=organisation,
        application=application,
        made_by=by,
        **{"name": f"System {n}", "scopes": scopes, **fields},
    )


def a_token(client: ApiClient, scopes: list[Scope] | None = None, **fields: Any) -> str:
    """A token that was given to a system; with all its scopes unless said."""
    token = f"token-{next(number)}"
    row = AccessToken(
        application=client.application,
        scope=" ".join(client.scopes if scopes is None else scopes),
        **{"expires": timezone.now() + timedelta(hours=1), **fields},
    )
    set_token_value(row, token)
    row.save()
    return token
