"""Where a worker could be certified, by API: their own record against every standard in force."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from certification.models import Level
from certification.models.progress import Verdict
from certification.requirements.answers import line
from certification.where import NEAR, Prospect, Standing, survey
from workers.models import Worker

STANDINGS = [one for one in Standing if one != Standing.NONE]


class WhereAskedSerializer(serializers.Serializer):
    """The filters. One that names nothing there is would look like a country without levels."""

    jurisdiction = serializers.RegexField(r"(?i)^US(-[A-Z]{2})?$", default="", allow_blank=True)
    role = serializers.ChoiceField(choices=Level.Role.choices, default="", allow_blank=True)
    standing = serializers.ChoiceField(
        choices=[(one.value, one.label) for one in STANDINGS], default="", allow_blank=True
    )


class ProspectSerializer(serializers.Serializer):
    """One level. `unmet` is what keeps the worker out on the nearest way, figures in clock hours."""

    level = serializers.CharField()
    title = serializers.CharField()
    role = serializers.ChoiceField(choices=Level.Role.choices)
    program = serializers.CharField()
    jurisdiction = serializers.CharField()
    standard = serializers.CharField()
    standing = serializers.ChoiceField(choices=[(one.value, one.label) for one in STANDINGS])
    status = serializers.ChoiceField(source="verdict", choices=Verdict.choices)
    can_apply = serializers.BooleanField()
    missing_minutes = serializers.IntegerField(
        source="minutes", help_text="Hours of work, supervision and training that are missing, added up."
    )
    unmet = serializers.SerializerMethodField()

    def get_unmet(self, one: Prospect) -> list[dict[str, Any]]:
        return [line(leaf) for leaf in one.missing]


class SurveySerializer(serializers.Serializer):
    on = serializers.DateField()
    near_minutes = serializers.IntegerField(help_text="The most that may be missing where a level is near.")
    places = serializers.DictField(
        child=serializers.CharField(), help_text="By jurisdiction, the best standing among its levels."
    )
    levels = ProspectSerializer(many=True, help_text="The least missing first.")


class Where(APIView):
    @extend_schema(
        operation_id="where",
        parameters=[
            OpenApiParameter("jurisdiction", str, description="US or US-XX."),
            OpenApiParameter("role", str, enum=Level.Role.values),
            OpenApiParameter("standing", str, enum=[one.value for one in STANDINGS]),
        ],
        responses=SurveySerializer,
    )
    def get(self, request: Request) -> Response:
        """Every level that has a standard in force today, held against one's own record."""
        worker = get_object_or_404(Worker, user=request.user)
        asked = WhereAskedSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        found = survey(worker, on=timezone.now().date()).chosen(
            role=given["role"], state=given["jurisdiction"].upper(), standing=given["standing"]
        )
        told = {
            "on": found.on,
            "near_minutes": NEAR,
            "places": {code: best.standing.value for code, best in found.places.items()},
            "levels": found.prospects,
        }
        answer = Response(SurveySerializer(told).data)
        answer["Cache-Control"] = "no-store"
        return answer
