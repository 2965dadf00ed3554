"""The register by API, open to everybody at a low rate."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date
from functools import partial
from typing import Any

from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, generics, permissions, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import APIView

from certification import credentials
from certification.credentials import Status
from certification.models import Credential, CredentialEvent
from registry import search, verification
from registry.verification import Answer


class PublicEventSerializer(serializers.Serializer):
    """One thing that happened to a credential; its reason is not public."""

    kind = serializers.ChoiceField(choices=CredentialEvent.Kind.choices)
    effective_on = serializers.DateField(help_text="From which day it holds.")
    expires_on = serializers.DateField(allow_null=True)
    recorded_on = serializers.DateTimeField(help_text="When the register learned it.")


class AnswerSerializer(serializers.Serializer):
    """What a verifier is told; nothing else is. `answered` makes it."""

    number = serializers.CharField()
    name = serializers.CharField()
    level = serializers.CharField()
    abbreviation = serializers.CharField(allow_blank=True)
    jurisdiction = serializers.CharField()
    authority = serializers.CharField()
    on = serializers.DateField(help_text="The day that the answer speaks for.")
    as_known_on = serializers.DateField(
        allow_null=True, help_text="Answered as the register would have answered on that day; null: as today."
    )
    status = serializers.ChoiceField(choices=Status.choices)
    good = serializers.BooleanField(help_text="True when the status is active.")
    issued_on = serializers.DateField(allow_null=True)
    renewed_on = serializers.DateField(allow_null=True)
    expires_on = serializers.DateField(allow_null=True, help_text="Valid through its last minute.")
    since = serializers.DateField(allow_null=True, help_text="From when, where it is not good.")
    explanation = serializers.CharField()
    url = serializers.CharField()
    events = PublicEventSerializer(many=True, help_text="What the status follows from.")


def answered(answer: Answer) -> dict[str, Any]:
    """An answer in the shape of `AnswerSerializer`, made by hand: nothing here is asked as often."""
    standing = answer.standing
    return {
        "number": answer.number,
        "name": answer.name,
        "level": answer.level,
        "abbreviation": answer.abbreviation,
        "jurisdiction": answer.jurisdiction,
        "authority": answer.authority,
        "on": answer.on,
        "as_known_on": answer.known_on,
        "status": standing.status,
        "good": answer.good,
        "issued_on": standing.issued_on,
        "renewed_on": standing.renewed_on,
        "expires_on": standing.expires_on,
        "since": standing.since,
        "explanation": answer.explanation,
        "url": answer.address,
        "events": [asdict(event) for event in answer.events],
    }


class ListedSerializer(serializers.ModelSerializer):
    """A credential of somebody who chose to be found by name, with its standing today."""

    name = serializers.CharField(source="holder", read_only=True)
    level = serializers.CharField(source="level.title", read_only=True)
    jurisdiction = serializers.CharField(source="level.program.jurisdiction.name", read_only=True)
    authority = serializers.CharField(source="authority.name", read_only=True)
    status = serializers.ChoiceField(choices=Status.choices, read_only=True)
    expires_on = serializers.DateField(read_only=True, allow_null=True)

    class Meta:
        model = Credential
        fields = ("number", "name", "level", "jurisdiction", "authority", "status", "expires_on")


class SearchSerializer(serializers.Serializer):
    q = serializers.CharField(max_length=100, min_length=search.SHORTEST)
    state = serializers.CharField(required=False, max_length=10)


class ByHolder(api_settings.DEFAULT_PAGINATION_CLASS):
    ordering = ("family_name", "given_name", "pk")


@method_decorator(never_cache, name="dispatch")
class Register(generics.ListAPIView):
    """Listed holders by name."""

    permission_classes = (permissions.AllowAny,)
    serializer_class = ListedSerializer
    pagination_class = ByHolder
    queryset = Credential.objects.none()

    @extend_schema(
        operation_id="register",
        parameters=[
            OpenApiParameter("q", str, required=True, description="Names, or parts of them."),
            OpenApiParameter("state", str, description="US or US-XX."),
        ],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        asked = SearchSerializer(data=self.request.query_params)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        on, term_on = credentials.now()
        return search.listed(given["q"], on=on, term_on=term_on, state=given.get("state", ""))


@method_decorator(never_cache, name="dispatch")
class Listed(APIView):
    """One credential of a holder who chose to be listed; any other is not there."""

    permission_classes = (permissions.AllowAny,)

    @extend_schema(operation_id="listed", responses=AnswerSerializer)
    def get(self, request: Request, number: str) -> Response:
        answer = verification.listed(verification.read_number(number))
        if answer is None:
            raise exceptions.NotFound(verification.NO_MATCH)
        return Response(answered(answer))


@method_decorator(never_cache, name="dispatch")
class Verify(APIView):
    """Is a credential good?

    404 for every pair that does not match, whatever the reason. 422 for a mistyped number, which its check
    character shows, or a day to come.
    """

    permission_classes = (permissions.AllowAny,)

    @extend_schema(
        operation_id="verify",
        parameters=[
            OpenApiParameter("number", str, required=True, description="The number of the credential."),
            OpenApiParameter("family_name", str, required=True, description="Of its holder."),
            OpenApiParameter("on", OpenApiTypes.DATE, description="A day in the past; today when absent."),
            OpenApiParameter(
                "as_known_on",
                OpenApiTypes.DATE,
                description="Answer as the register would have answered on that day.",
            ),
        ],
        responses=AnswerSerializer,
    )
    def get(self, request: Request) -> Response:
        try:
            answer = verification.verify(**question(request.query_params))
        except verification.NoMatch:
            raise exceptions.NotFound(verification.NO_MATCH) from None
        return Response(answered(answer))


def question(asked: Mapping[str, str]) -> dict[str, Any]:
    """The arguments of `verification.verify`. Everything that is wrong is named at once, each at its field.

    Made by hand as the answers are: a serializer takes longer to be built than the register to be read.
    """
    read: dict[str, Any] = {}
    wrong: dict[str, list[str]] = {}
    for name, argument, reader in QUESTION:
        try:
            read[argument] = reader(asked.get(name, "").strip())
        except ValueError as problem:
            wrong[name] = [str(problem)]
    if wrong:
        raise exceptions.ValidationError(wrong)
    return read


def text(given: str, *, longest: int) -> str:
    if not given:
        raise ValueError(_("This field is required."))
    if len(given) > longest:
        raise ValueError(_("At most %(count)d letters.") % {"count": longest})
    return given


def day(given: str) -> date | None:
    try:
        return date.fromisoformat(given) if given else None
    except ValueError:
        message = _("“%(given)s” is not a day as it is written here: 2026-11-30.")
        raise ValueError(message % {"given": given[:40]}) from None


QUESTION: list[tuple[str, str, Callable[[str], Any]]] = [
    ("number", "number", partial(text, longest=40)),
    ("family_name", "family_name", partial(text, longest=100)),
    ("on", "on", day),
    ("as_known_on", "known_on", day),
]
