from typing import Any

from allauth.headless.contrib.rest_framework.authentication import XSessionTokenAuthentication
from drf_spectacular.extensions import OpenApiAuthenticationExtension

from accounts import reading


class TokenAuthentication(XSessionTokenAuthentication):
    """The token that an API client got when it signed in, sent as `X-Session-Token`.

    Stands first, so that a caller without any proof of who they are is answered 401, not 403.
    """

    def authenticate(self, request: Any) -> Any:
        found = super().authenticate(request)
        if found:
            # The middleware did not know the person yet.
            reading.activate(found[0])
        return found

    def authenticate_header(self, request: Any) -> str:
        return "X-Session-Token"


class TokenScheme(OpenApiAuthenticationExtension):
    """How the OpenAPI document describes it."""

    target_class = TokenAuthentication
    name = "sessionToken"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "header", "name": "X-Session-Token"}
