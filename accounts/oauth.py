"""Tokens for connected systems: the client credentials grant of OAuth 2.0 (RFC 6749), nothing else of it."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema, inline_serializer
from oauth2_provider.scopes import BaseScopes
from oauth2_provider.views.mixins import OAuthLibMixin
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import ApiClient
from accounts.scopes import Scope


class OwnScopes(BaseScopes):
    """A system may have the scopes it was connected with; asked for none, it gets them all."""

    def get_all_scopes(self) -> dict[str, str]:
        return {str(scope.value): str(scope.label) for scope in Scope}

    def get_available_scopes(
        self, application: Any = None, request: Any = None, *args: Any, **kwargs: Any
    ) -> list[str]:
        client = ApiClient.objects.filter(application=application, revoked_on=None).first()
        return list(client.scopes) if client else []

    get_default_scopes = get_available_scopes


_asked = inline_serializer(
    "TokenRequest",
    {
        "grant_type": serializers.ChoiceField(["client_credentials"]),
        "scope": serializers.CharField(
            required=False, help_text="Fewer than the system has, separated by spaces."
        ),
        "client_id": serializers.CharField(required=False, help_text="Unless sent by HTTP Basic."),
        "client_secret": serializers.CharField(required=False, help_text="Unless sent by HTTP Basic."),
    },
)
_given = inline_serializer(
    "AccessToken",
    {
        "access_token": serializers.CharField(),
        "token_type": serializers.ChoiceField(["Bearer"]),
        "expires_in": serializers.IntegerField(help_text="Seconds."),
        "scope": serializers.CharField(),
    },
)


class TokenView(OAuthLibMixin, APIView):
    """A token for a connected system, by its id and secret.

    Errors are those of RFC 6749, section 5.2: `{"error": "invalid_client"}`.
    """

    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]

    @extend_schema(
        summary="A token for a connected system",
        request={"application/x-www-form-urlencoded": _asked},
        responses={200: _given},
        examples=[
            OpenApiExample(
                "An hour to send hours",
                {
                    "access_token": "Hq0z…",
                    "token_type": "Bearer",
                    "expires_in": 3600,
                    "scope": "hours:write",
                },
                response_only=True,
            )
        ],
    )
    def post(self, request: Request) -> Response:
        _url, headers, body, status = self.create_token_response(request._request)
        return _As(body, status=status, headers=headers)


class _As(Response):
    """The answer of the grant as it is: JSON already."""

    @property
    def rendered_content(self) -> str:
        self["Content-Type"] = "application/json"
        return str(self.data)
