from typing import Any

from allauth.core.internal.sessionkit import get_session_user
from allauth.headless.contrib.rest_framework.authentication import XSessionTokenAuthentication
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends import db
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed

from accounts import clients, prepared, reading
from accounts.models import User
from accounts.scopes import Scope, System

_SESSION = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"
_USER = f"SELECT {prepared.columns(User, 'u')} FROM accounts_user u WHERE u.id = %s"  # noqa: S608


class SessionStore(db.SessionStore):
    """Django's sessions, in its table, looked up by a prepared query."""

    def load(self) -> dict[str, Any]:
        found = prepared.rows(_SESSION, [self.session_key, timezone.now()])
        if not found:
            self._session_key = None
            return {}
        data: dict[str, Any] = self.decode(found[0][0])
        return data


def user_of(session: SessionStore) -> User | None:
    """Who signed in by this session.

    The plain case is decided here, by all that Django asks. Any other, such as a session from before the
    secret key changed, is left to Django.
    """
    key = session.get(SESSION_KEY)
    if not isinstance(key, str) or not key.isdecimal():
        return None
    for row in prepared.rows(_USER, [int(key)]):
        user = prepared.made(User, row)
        if (
            user.is_active
            and session.get(BACKEND_SESSION_KEY) in settings.AUTHENTICATION_BACKENDS
            and constant_time_compare(session.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash())
        ):
            return user
    found: User | None = get_session_user(session)
    return found


class TokenAuthentication(XSessionTokenAuthentication):
    """The token that an API client got when it signed in, sent as `X-Session-Token`.

    Stands first, so that a caller without any proof of who they are is answered 401, not 403.
    """

    def authenticate(self, request: Any) -> Any:
        token = self.get_session_token(request)
        session = SessionStore(token)
        user = user_of(session) if token else None
        if user is None:
            return None
        # The middleware did not know the person yet.
        reading.activate(user)
        return user, session

    def authenticate_header(self, request: Any) -> str:
        return "X-Session-Token"


class TokenScheme(OpenApiAuthenticationExtension):
    """How the OpenAPI document describes it."""

    target_class = TokenAuthentication
    name = "sessionToken"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "header", "name": "X-Session-Token"}


class SystemAuthentication(BaseAuthentication):
    """The token of a connected system, sent as `Authorization: Bearer …`.

    It opens what a view names in `scopes` ({"GET": Scope.HOURS_READ}) and nothing else: a view that names
    nothing refuses every system.
    """

    def authenticate(self, request: Any) -> tuple[System, None] | None:
        kind, _space, token = request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer":
            return None
        system = clients.recognise(token.strip())
        if system is None:
            raise AuthenticationFailed(_("This token is unknown, or it has run out."))
        needed = getattr(request.parser_context["view"], "scopes", {}).get(request.method)
        if needed is None:
            raise PermissionDenied(_("Connected systems may not do this."))
        if needed not in system.scopes:
            raise PermissionDenied(_("This needs the scope %(scope)s.") % {"scope": needed})
        return system, None

    def authenticate_header(self, request: Any) -> str:
        return "Bearer"


class SystemScheme(OpenApiAuthenticationExtension):
    """How the OpenAPI document describes it: with the scope that each operation needs."""

    target_class = SystemAuthentication
    name = "connectedSystem"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "oauth2",
            "description": "An organization's own system, connected in its settings.",
            "flows": {
                "clientCredentials": {
                    "tokenUrl": "/api/v1/oauth/token",
                    "scopes": {str(scope.value): str(scope.label) for scope in Scope},
                }
            },
        }

    def get_security_requirement(self, auto_schema: Any) -> Any:
        needed = getattr(auto_schema.view, "scopes", {}).get(auto_schema.method)
        return {self.name: [str(needed.value)]} if needed else None
