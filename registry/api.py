"""The register by API, open to everybody at a low rate."""

from typing import Any

from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, permissions, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from certification.credentials import Status
from registry import verification


class AskSerializer(serializers.Serializer):
    number = serializers.CharField(max_length=40)
    family_name = serializers.CharField(max_length=100)
    on = serializers.DateField(required=False)


class AnswerSerializer(serializers.Serializer):
    """What a verifier is told; nothing else is."""

    number = serializers.CharField()
    name = serializers.CharField()
    level = serializers.CharField()
    abbreviation = serializers.CharField(allow_blank=True)
    jurisdiction = serializers.CharField()
    authority = serializers.CharField()
    on = serializers.DateField(help_text="The day that the answer speaks for.")
    status = serializers.ChoiceField(choices=Status.choices)
    good = serializers.BooleanField(help_text="True when the status is active.")
    issued_on = serializers.DateField(source="standing.issued_on", allow_null=True)
    renewed_on = serializers.DateField(source="standing.renewed_on", allow_null=True)
    expires_on = serializers.DateField(
        source="standing.expires_on", allow_null=True, help_text="Valid through its last minute."
    )
    since = serializers.DateField(
        source="standing.since", allow_null=True, help_text="From when, where it is not good."
    )
    explanation = serializers.CharField()
    url = serializers.CharField(source="address")


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
        ],
        responses=AnswerSerializer,
    )
    def get(self, request: Request) -> Response:
        asked = AskSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        given: dict[str, Any] = asked.validated_data
        try:
            answer = verification.verify(**given)
        except verification.NoMatch:
            raise exceptions.NotFound(verification.NO_MATCH) from None
        return Response(AnswerSerializer(answer).data)
