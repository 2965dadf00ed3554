"""A worker's goals and record by API: one's own, and nobody else's."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from certification import goals
from certification.explaining import record_file
from certification.models import Goal, Level
from certification.models.progress import Verdict
from certification.requirements.answers import line, told
from certification.requirements.findings import Finding
from certification.requirements.nearest import keeps_out, waiting_on
from workers.models import Worker


class GoalSerializer(serializers.ModelSerializer):
    """A goal in a list; everything of its progress is null while no standard is known."""

    level = serializers.SlugRelatedField("code", read_only=True)
    title = serializers.CharField(source="level.title", read_only=True)
    jurisdiction = serializers.CharField(source="level.program.jurisdiction.code", read_only=True)
    standard = serializers.CharField(source="progress.standard.code", read_only=True, default=None)
    on = serializers.DateField(source="progress.on", read_only=True, default=None)
    status = serializers.ChoiceField(
        source="progress.verdict", choices=Verdict.choices, read_only=True, default=None
    )
    can_apply = serializers.BooleanField(source="progress.can_apply", read_only=True, default=None)
    remaining_minutes = serializers.IntegerField(
        source="progress.remaining_minutes", read_only=True, default=None
    )
    reached_on = serializers.DateField(
        source="progress.reached_on",
        read_only=True,
        default=None,
        help_text="At the pace of the last 90 days; null when no day can be told or no hours are missing.",
    )
    computed_at = serializers.DateTimeField(source="progress.computed_at", read_only=True, default=None)

    class Meta:
        model = Goal
        fields: tuple[str, ...] = (
            "id",
            "level",
            "title",
            "jurisdiction",
            "chosen_at",
            "standard",
            "on",
            "status",
            "can_apply",
            "remaining_minutes",
            "reached_on",
            "computed_at",
        )


class GoalDetailSerializer(GoalSerializer):
    """A goal with its findings, figures in clock hours as in `manage.py explain --json`."""

    unmet = serializers.SerializerMethodField()
    waiting = serializers.SerializerMethodField()
    findings = serializers.SerializerMethodField()
    outlook = serializers.JSONField(source="progress.outlook", read_only=True, default=None)

    class Meta(GoalSerializer.Meta):
        fields: tuple[str, ...] = (*GoalSerializer.Meta.fields, "unmet", "waiting", "findings", "outlook")

    def get_unmet(self, goal: Goal) -> list[dict[str, Any]]:
        """What keeps the worker out, on the nearest way."""
        found = finding_of(goal)
        return [line(leaf) for leaf in keeps_out(found)] if found else []

    def get_waiting(self, goal: Goal) -> list[dict[str, Any]]:
        """What waits for a person's review."""
        found = finding_of(goal)
        return [line(leaf) for leaf in waiting_on(found)] if found else []

    def get_findings(self, goal: Goal) -> dict[str, Any] | None:
        """The whole tree."""
        found = finding_of(goal)
        return told(found) if found else None


def finding_of(goal: Goal) -> Finding | None:
    known = getattr(goal, "progress", None)
    return Finding.from_json(known.tree) if known else None


class ChooseSerializer(serializers.Serializer):
    level = serializers.SlugField(help_text="The code of a level of the catalogue.")


def own(user: Any) -> Any:
    return Goal.objects.visible_to(user).select_related(
        "worker", "level__program__jurisdiction", "progress__standard"
    )


class GoalList(generics.ListAPIView):
    """One's own goals; POST chooses one."""

    serializer_class = GoalSerializer
    queryset = Goal.objects.none()

    def get_queryset(self) -> Any:
        return own(self.request.user)

    @extend_schema(request=ChooseSerializer, responses={201: GoalDetailSerializer})
    def post(self, request: Request) -> Response:
        asked = ChooseSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        worker = get_object_or_404(Worker, user=request.user)
        level = get_object_or_404(Level.objects.select_related("program"), code=asked.validated_data["level"])
        chosen = goals.choose(worker=worker, level=level, by=request.user)
        shown = own(request.user).get(pk=chosen.pk)
        return Response(GoalDetailSerializer(shown).data, status=status.HTTP_201_CREATED)


class GoalDetail(APIView):
    @extend_schema(operation_id="goal", responses=GoalDetailSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """A goal with its findings."""
        return Response(GoalDetailSerializer(get_object_or_404(own(request.user), pk=pk)).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        """Give the goal up. Nothing of the record changes."""
        goals.drop(goal=get_object_or_404(own(request.user), pk=pk), by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class OwnRecord(APIView):
    @extend_schema(responses=inline_serializer("RecordFile", {"worker": serializers.JSONField()}))
    def get(self, request: Request) -> Response:
        """All of one's own record as a record file (catalogue/RECORD.md)."""
        worker = get_object_or_404(Worker, user=request.user)
        answer = Response(record_file(worker, on=timezone.now().date()))
        answer["Cache-Control"] = "no-store"
        return answer
