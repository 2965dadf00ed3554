"""Connected systems: an organisation's own programs, which use the API with an id and a secret.

The secret is shown once and stored as a hash; with it a system asks for a token that lives an hour
(`POST /api/v1/oauth/token`). Whoever changes the secret or disconnects the system ends its tokens at once.
"""

from collections.abc import Collection
from datetime import timedelta
from hashlib import sha256

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from oauth2_provider.generators import generate_client_secret
from oauth2_provider.models import AccessToken, Application

from accounts import trail
from accounts.models import ApiClient, Organisation, User
from accounts.policy import Permission, require
from accounts.refusals import Refused, translate
from accounts.roles import OrganisationKind
from accounts.scopes import Scope, System, known

#: How exactly it is kept when a system last called.
USE_NOTED_EVERY = timedelta(minutes=1)
RULES = {
    "api_client_named_once": (
        "name",
        gettext_lazy("A system of this name is connected already."),
    ),
}


def connect(
    *, organisation: Organisation, name: str, scopes: Collection[Scope], by: User
) -> tuple[ApiClient, str]:
    """A new system of the organisation, and its secret, which nobody can read again.

    Raises Refused for a name that is taken, no scope, or an organisation that is no employer.
    """
    require(by, Permission.SYSTEMS_MANAGE, on=organisation)
    if organisation.kind != OrganisationKind.EMPLOYER:
        raise Refused(_("Only employers connect systems so far."))
    if not scopes:
        raise Refused(_("Choose what the system may do."), field="scopes")
    secret = generate_client_secret()
    with translate(RULES):
        client = ApiClient.objects.create(
            organisation=organisation,
            name=name.strip(),
            scopes=sorted(scopes),
            application=Application.objects.create(
                client_type=Application.CLIENT_CONFIDENTIAL,
                authorization_grant_type=Application.GRANT_CLIENT_CREDENTIALS,
                client_secret=secret,
            ),
            made_by=by,
        )
        _record("system.connected", client, by=by, scopes=client.scopes)
    return client, secret


@transaction.atomic
def change_secret(client: ApiClient, *, by: User) -> str:
    """A new secret; the old one and every token made with it end now."""
    client = _connected(client, by=by)
    secret = _new_secret(client)
    client.secret_changed_on = timezone.now()
    client.save(update_fields=["secret_changed_on"])
    _record("system.secret_changed", client, by=by)
    return secret


@transaction.atomic
def disconnect(client: ApiClient, *, by: User) -> None:
    """From now on the system is a stranger; its line stays."""
    client = _connected(client, by=by)
    client.revoked_by, client.revoked_on = by, timezone.now()
    client.save(update_fields=["revoked_by", "revoked_on"])
    _new_secret(client)  # which nobody gets to know
    _record("system.disconnected", client, by=by)


def recognise(token: str) -> System | None:
    """The system that a token was given to, while both are good."""
    found = (
        AccessToken.objects.filter(
            token_checksum=sha256(token.encode()).hexdigest(),
            expires__gt=timezone.now(),
            application__api_client__revoked_on=None,
        )
        .select_related("application__api_client__organisation")
        .first()
    )
    if not (found and found.application):
        return None
    client: ApiClient = found.application.api_client
    _note_use(client)
    return System(client=client, scopes=known(found.scope.split()) & known(client.scopes))


def _note_use(client: ApiClient) -> None:
    now = timezone.now()
    if client.last_used_on is None or client.last_used_on < now - USE_NOTED_EVERY:
        ApiClient.objects.filter(pk=client.pk).update(last_used_on=now)


def _connected(client: ApiClient, *, by: User) -> ApiClient:
    require(by, Permission.SYSTEMS_MANAGE, on=client)
    client = ApiClient.objects.select_for_update(of=("self",)).select_related("application").get(pk=client.pk)
    if client.revoked_on:
        raise Refused(_("This system is disconnected already."))
    return client


def _new_secret(client: ApiClient) -> str:
    """Takes the place of the old one, and ends every token."""
    client.application.client_secret = secret = generate_client_secret()
    client.application.save(update_fields=["client_secret", "updated"])
    AccessToken.objects.filter(application=client.application_id).delete()
    return secret


def _record(verb: str, client: ApiClient, *, by: User, **data: object) -> None:
    trail.record(verb, subject=client, by=by, organisation_id=client.organisation_id, **data)
