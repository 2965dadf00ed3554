"""The register by API, open to everybody at a low rate."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Any, ClassVar

from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, generics, permissions, serializers
from rest_framework.parsers import JSONParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import APIView

from accounts.scopes import Scope
from certification import credentials
from certification.credentials import Status
from certification.models import Credential, CredentialEvent
from registry import batch, search, verification
from registry.formats import CsvParser, CsvRenderer, NdjsonParser, NdjsonRenderer
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
        "events": [
            {
                "kind": event.kind,
                "effective_on": event.effective_on,
                "expires_on": event.expires_on,
                "recorded_on": event.recorded_on,
            }
            for event in answer.events
        ],
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


class VerifyQuestionSerializer(serializers.Serializer):
    id = serializers.CharField(required=False, help_text="Your own mark; given back with the answer.")
    number = serializers.CharField(max_length=40)
    family_name = serializers.CharField(max_length=100)
    on = serializers.DateField(required=False, help_text="A day in the past; today when absent.")
    as_known_on = serializers.DateField(required=False)


class VerifyQuestionsSerializer(serializers.Serializer):
    questions = VerifyQuestionSerializer(many=True, help_text="At most 1,000.")


class VerifyProblemSerializer(serializers.Serializer):
    field = serializers.CharField(allow_blank=True)
    message = serializers.CharField()


class VerifyResultSerializer(serializers.Serializer):
    id = serializers.CharField(allow_blank=True)
    outcome = serializers.ChoiceField(choices=["match", "no_match", "invalid"])
    answer = AnswerSerializer(allow_null=True)
    problems = VerifyProblemSerializer(many=True)


class VerifyResultsSerializer(serializers.Serializer):
    results = VerifyResultSerializer(many=True)


@method_decorator(never_cache, name="dispatch")
class VerifyMany(APIView):
    """Up to 1,000 questions at once, each with its own day; one answer for each, in their order.

    Sent and answered as JSON, as NDJSON (a question a line) or as CSV (a row a question, under the names of
    the fields). A question that is wrong in itself is answered with what is wrong; the others are answered.
    """

    scopes: ClassVar = {"POST": Scope.VERIFY}
    parser_classes = (JSONParser, NdjsonParser, CsvParser)
    renderer_classes = (JSONRenderer, NdjsonRenderer, CsvRenderer)

    @extend_schema(
        operation_id="verify_many", request=VerifyQuestionsSerializer, responses=VerifyResultsSerializer
    )
    def post(self, request: Request) -> Response:
        results = batch.verify([asked_one(one) for one in asked_many(request.data)])
        return Response({"results": [resulted(result) for result in results]})


def asked_many(data: Any) -> list[Any]:
    """The questions of a request. ValidationError where they are no list, or too many."""
    asked = data.get("questions") if isinstance(data, dict) else None
    if not isinstance(asked, list) or not asked:
        raise exceptions.ValidationError({"questions": [_("Send a list of questions.")]})
    if len(asked) > batch.MOST:
        message = _("At most %(most)d questions at once; these are %(found)d.")
        raise exceptions.ValidationError({"questions": [message % {"most": batch.MOST, "found": len(asked)}]})
    return asked


def asked_one(asked: Any) -> batch.Question:
    if not isinstance(asked, dict):
        return batch.Question(problems=(("", _("A question has the fields number and family_name.")),))
    arguments, problems = read(asked)
    return batch.Question(id=str(asked.get("id") or "")[:100], problems=problems, **arguments)


def resulted(result: batch.Result) -> dict[str, Any]:
    """A result in the shape of `VerifyResultSerializer`."""
    return {
        "id": result.id,
        "outcome": result.outcome,
        "answer": answered(result.answer) if result.answer else None,
        "problems": [{"field": name, "message": message} for name, message in result.problems],
    }


def question(asked: Mapping[str, str]) -> dict[str, Any]:
    """The arguments of `verification.verify`. Everything that is wrong is named at once, each at its field.

    Made by hand as the answers are: a serializer takes longer to be built than the register to be read.
    """
    arguments, problems = read(asked)
    if problems:
        raise exceptions.ValidationError({name: [message] for name, message in problems})
    return arguments


def read(asked: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[tuple[str, str], ...]]:
    """What could be read of a question, and what could not, as (field, sentence)."""
    arguments: dict[str, Any] = {}
    problems: list[tuple[str, str]] = []
    for name, argument, reader in QUESTION:
        given = asked.get(name)
        try:
            arguments[argument] = reader(written(given).strip())
        except ValueError as problem:
            problems.append((name, str(problem)))
    return arguments, tuple(problems)


def written(given: Any) -> str:
    if given is not None and not isinstance(given, str):
        raise ValueError(_("A text is needed here."))
    return given or ""


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
