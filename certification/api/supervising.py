"""Whether supervision was allowed under a state's rule, by API."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.refusals import Refused
from certification import supervising
from workers.models import Agreement


class AllowedSerializer(serializers.Serializer):
    """An answer from a day to a day, both counted; null: still so."""

    first = serializers.DateField()
    last = serializers.DateField(allow_null=True)
    verdict = serializers.ChoiceField(choices=supervising.Verdict.choices)
    reason = serializers.CharField(help_text="In the reader's language.")
    source = serializers.CharField()


class AgreementAllowedSerializer(serializers.Serializer):
    standard = serializers.CharField()
    spans = AllowedSerializer(many=True)


class AllowedView(generics.GenericAPIView):
    """Every day of an agreement, held against a standard."""

    serializer_class = AgreementAllowedSerializer
    queryset = Agreement.objects.none()

    @extend_schema(
        summary="Whether supervision was allowed, by day",
        parameters=[
            OpenApiParameter(
                "standard",
                str,
                description="Code of a standard of the job's state or of one's own goals; else the first.",
            )
        ],
        responses={200: AgreementAllowedSerializer},
    )
    def get(self, request: Request, pk: int) -> Response:
        found = Agreement.objects.visible_to(request.user).select_related("worker", "supervisor", "employer")
        agreement = get_object_or_404(found, pk=pk)
        is_mine = agreement.worker.user_id == request.user.pk
        standards = supervising.standards_of(agreement, on=timezone.localdate(), goals=is_mine)
        code = request.query_params.get("standard")
        standard = next((one for one in standards if code in (None, one.code)), None)
        if standard is None:
            raise Refused(_("There is no such standard for this agreement."), field="standard")
        return Response(
            {"standard": standard.code, "spans": [_span(s) for s in supervising.spans(agreement, standard)]}
        )


def _span(span: supervising.Span) -> dict[str, Any]:
    answer = span.answer
    return {
        "first": span.first,
        "last": span.last,
        "verdict": answer.verdict.value,
        "reason": answer.reason,
        "source": answer.source,
    }
