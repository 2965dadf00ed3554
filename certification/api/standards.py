"""The catalogue by API. Public: what a state asks is nobody's secret."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import APIView

from certification.catalogue import pages
from certification.models import Jurisdiction, Level


class JurisdictionSerializer(serializers.ModelSerializer):
    """`levels` counts what can be chosen there; null stands for what no source states."""

    levels = serializers.IntegerField(source="level_count", read_only=True)

    class Meta:
        model = Jurisdiction
        fields = (
            "code",
            "name",
            "status",
            "body_name",
            "body_url",
            "medicaid_reimburses",
            "notes",
            "sources_searched",
            "levels",
        )


class LevelSerializer(serializers.ModelSerializer):
    jurisdiction = serializers.CharField(source="program.jurisdiction.code", read_only=True)
    program = serializers.CharField(source="program.title", read_only=True)
    authority = serializers.CharField(source="program.authority.name", read_only=True)
    takes_applications = serializers.SerializerMethodField()

    class Meta:
        model = Level
        fields: tuple[str, ...] = (
            "code",
            "title",
            "abbreviation",
            "rank",
            "role",
            "jurisdiction",
            "program",
            "authority",
            "takes_applications",
        )

    def get_takes_applications(self, level: Level) -> bool:
        """Whether the authority works here, so that one can apply here."""
        return level.program.authority.organisation_id is not None


class StandardSerializer(serializers.Serializer):
    """A standard as the catalogue writes it: catalogue/README.md defines `requires` and `renewal`."""

    code = serializers.CharField()
    revision = serializers.IntegerField()
    level = serializers.CharField()
    jurisdiction = serializers.CharField()
    in_force = serializers.JSONField(help_text="{from, until, stated}: until is the first day no longer.")
    withdrawn = serializers.BooleanField()
    effective_from = serializers.CharField(allow_null=True)
    effective_until = serializers.CharField(allow_null=True)
    as_of = serializers.CharField(allow_null=True)
    requires = serializers.JSONField(allow_null=True)
    renewal = serializers.JSONField(allow_null=True)
    term_months = serializers.IntegerField(allow_null=True)
    expires_on = serializers.CharField(allow_null=True)
    grace_months = serializers.FloatField(allow_null=True)
    renewals_at_most = serializers.IntegerField(allow_null=True)
    sources = serializers.JSONField()
    confidence = serializers.CharField()
    renewal_confidence = serializers.CharField(allow_null=True)
    unclear = serializers.ListField(child=serializers.CharField())
    partial = serializers.BooleanField()


class LevelDetailSerializer(LevelSerializer):
    standards = StandardSerializer(many=True, read_only=True, help_text="All versions, the latest first.")
    current = serializers.CharField(allow_null=True, help_text="The code of the version in force today.")

    class Meta(LevelSerializer.Meta):
        fields: tuple[str, ...] = (*LevelSerializer.Meta.fields, "current", "standards")


class ByCode(api_settings.DEFAULT_PAGINATION_CLASS):
    ordering = "code"


class Public:
    permission_classes = (AllowAny,)


class JurisdictionList(Public, generics.ListAPIView):
    """Every state and the nation, by code."""

    serializer_class = JurisdictionSerializer
    pagination_class = ByCode
    queryset = Jurisdiction.objects.none()

    @extend_schema(
        parameters=[
            OpenApiParameter("q", str, description="Part of a name, title or abbreviation."),
            OpenApiParameter("status", str, enum=Jurisdiction.Status.values),
        ]
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        asked = self.request.query_params
        return pages.jurisdictions(asked.get("q", ""), asked.get("status", ""))


class LevelList(Public, generics.ListAPIView):
    """Every level that can be chosen, by code."""

    serializer_class = LevelSerializer
    pagination_class = ByCode
    queryset = Level.objects.none()

    @extend_schema(
        parameters=[
            OpenApiParameter("q", str, description="Part of a title or abbreviation."),
            OpenApiParameter("jurisdiction", str, description="US or US-XX."),
            OpenApiParameter("role", str, enum=Level.Role.values),
        ]
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        asked = self.request.query_params
        found = pages.levels(asked.get("q", ""))
        if place := asked.get("jurisdiction"):
            found = found.filter(program__jurisdiction__code=place.upper())
        if role := asked.get("role"):
            found = found.filter(role=role)
        return found


class LevelDetail(Public, APIView):
    @extend_schema(operation_id="level", responses=LevelDetailSerializer)
    def get(self, request: Request, code: str) -> Response:
        """A level with all versions of what it asks."""
        shown = Level.objects.select_related("program__jurisdiction", "program__authority")
        level = get_object_or_404(shown, code=code)
        versions = pages.versions(level, timezone.now().date())
        current = next((one.standard.code for one in versions if one.is_current), None)
        standards = [pages.as_data(one.standard) for one in versions]
        told = LevelSerializer(level).data | {
            "current": current,
            "standards": StandardSerializer(standards, many=True).data,
        }
        return Response(told)


class StandardDetail(Public, APIView):
    @extend_schema(
        operation_id="standard",
        parameters=[OpenApiParameter("revision", OpenApiTypes.INT, description="The latest unless named.")],
        responses=StandardSerializer,
    )
    def get(self, request: Request, code: str) -> Response:
        """One version of what a level asks."""
        standard = pages.published(code, request.query_params.get("revision", ""))
        if standard is None:
            raise NotFound
        return Response(StandardSerializer(pages.as_data(standard)).data)
