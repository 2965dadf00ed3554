"""Ladders by API: the same lookups and the same actions as the pages."""

from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import generics, serializers, status
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import policy, trail
from accounts.models import Organisation
from accounts.policy import Permission, organisations_where
from certification.requirements.answers import told
from certification.requirements.findings import Finding
from ladder import board, goals, ladders, placements, plans
from ladder.models import Ladder, Placement, Readiness, Rung, RungGoal, Step, Track
from ladder.readiness import NOTHING_ASKED
from ladder.views.shared import own_worker
from ladder.wording import Wording
from workers.models import Worker


class RungOut(serializers.ModelSerializer[Rung]):
    class Meta:
        model = Rung
        fields = [
            "id",
            "code",
            "title",
            "height",
            "purpose",
            "duties",
            "requires",
            "wage_unit",
            "wage_low",
            "wage_high",
            "wage_note",
        ]


class TrackOut(serializers.ModelSerializer[Track]):
    rungs = RungOut(many=True)

    class Meta:
        model = Track
        fields = ["id", "title", "kind", "position", "rungs"]


class StepOut(serializers.ModelSerializer[Step]):
    class Meta:
        model = Step
        fields = ["below", "above"]


class LadderOut(serializers.ModelSerializer[Ladder]):
    employer = serializers.SlugRelatedField(slug_field="slug", read_only=True)

    class Meta:
        model = Ladder
        fields = ["id", "employer", "title", "summary", "template", "published_at"]


class LadderInFull(LadderOut):
    tracks = TrackOut(many=True)
    steps = serializers.SerializerMethodField(help_text="Pairs of ids of rungs: from below, to above.")

    class Meta(LadderOut.Meta):
        fields = [*LadderOut.Meta.fields, "tracks", "steps"]

    @extend_schema_field(StepOut(many=True))
    def get_steps(self, ladder: Ladder) -> list[dict[str, Any]]:
        steps = Step.objects.filter(below__track__ladder=ladder).order_by("pk")
        return [{"below": below, "above": above} for below, above in steps.values_list("below", "above")]


class LadderIn(serializers.Serializer[Any]):
    employer = serializers.SlugField()
    template = serializers.ChoiceField(choices=sorted(plans.shipped()))
    title = serializers.CharField(max_length=120, required=False, default="")


class TemplateOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    title = serializers.CharField()
    summary = serializers.CharField()


class TemplateList(APIView):
    @extend_schema(operation_id="ladder_templates", responses=TemplateOut(many=True))
    def get(self, request: Request) -> Response:
        """What a new ladder may start from."""
        return Response(TemplateOut(plans.shipped().values(), many=True).data)


class LadderList(generics.ListAPIView[Ladder]):
    """The ladders one may see: an employer's own with drafts, the published ones of one's employers."""

    serializer_class = LadderOut
    queryset = Ladder.objects.none()

    def get_queryset(self) -> QuerySet[Ladder]:
        return Ladder.objects.visible_to(self.request.user).select_related("employer")

    @extend_schema(request=LadderIn, responses={201: LadderInFull})
    def post(self, request: Request) -> Response:
        """Make a ladder from a shipped template."""
        given = _read(LadderIn, request)
        visible = Organisation.objects.filter(
            pk__in=organisations_where(request.user, Permission.LADDER_VIEW)
        )
        employer = get_object_or_404(visible, slug=given["employer"])
        policy.require(request.user, Permission.LADDER_EDIT, on=employer)
        ladder = ladders.create(
            employer=employer, template=given["template"], title=given["title"], by=request.user
        )
        return Response(LadderInFull(ladder).data, status=status.HTTP_201_CREATED)


class LadderDetail(generics.RetrieveAPIView[Ladder]):
    serializer_class = LadderInFull
    queryset = Ladder.objects.none()

    def get_queryset(self) -> QuerySet[Ladder]:
        found = Ladder.objects.visible_to(self.request.user).select_related("employer")
        return found.prefetch_related(Prefetch("tracks__rungs", Rung.objects.order_by("height")))


class LadderPublish(APIView):
    @extend_schema(request=None, responses=LadderOut)
    def post(self, request: Request, pk: int) -> Response:
        """Show the ladder to the people who work for the employer."""
        ladder = _ladder_to_edit(request, pk)
        ladders.publish(ladder, by=request.user)
        ladder.refresh_from_db()
        return Response(LadderOut(ladder).data)


class LadderUnpublish(APIView):
    @extend_schema(request=None, responses=LadderOut)
    def post(self, request: Request, pk: int) -> Response:
        """Hide the ladder from workers again."""
        ladder = _ladder_to_edit(request, pk)
        ladders.unpublish(ladder, by=request.user)
        ladder.refresh_from_db()
        return Response(LadderOut(ladder).data)


def _ladder_to_edit(request: Request, pk: int) -> Ladder:
    ladder = get_object_or_404(Ladder.objects.visible_to(request.user).select_related("employer"), pk=pk)
    policy.require(request.user, Permission.LADDER_EDIT, on=ladder)
    return ladder


# Placements


class PlacementOut(serializers.ModelSerializer[Placement]):
    worker = serializers.SlugRelatedField(slug_field="uid", read_only=True)
    employer = serializers.SlugRelatedField(slug_field="slug", read_only=True)

    class Meta:
        model = Placement
        fields = ["id", "worker", "employer", "rung", "started_on", "ended_on", "wage"]


class Wage(serializers.DecimalField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            max_digits=9,
            decimal_places=2,
            **{"required": False, "allow_null": True, "default": None, **kwargs},
        )


class PlacementIn(serializers.Serializer[Any]):
    worker = serializers.UUIDField(help_text="The worker's uid.")
    rung = serializers.IntegerField()
    started_on = serializers.DateField()
    wage = Wage()


class PlacementChange(serializers.Serializer[Any]):
    """Either `rung` and `started_on` (move on), or `ended_on` (leave)."""

    rung = serializers.IntegerField(required=False)
    started_on = serializers.DateField(required=False)
    wage = Wage()
    ended_on = serializers.DateField(required=False)

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        moves, ends = "rung" in given, "ended_on" in given
        if moves == ends:
            raise serializers.ValidationError("Give either rung (to move) or ended_on (to leave).")
        if moves and "started_on" not in given:
            raise serializers.ValidationError({"started_on": ["When do they start on the new rung?"]})
        return given


class PlacementList(generics.ListAPIView[Placement]):
    """One's own placements, and those at employers whose readiness one may see."""

    serializer_class = PlacementOut
    queryset = Placement.objects.none()

    def get_queryset(self) -> QuerySet[Placement]:
        return Placement.objects.visible_to(self.request.user).select_related("worker", "employer")

    @extend_schema(request=PlacementIn, responses={201: PlacementOut})
    def post(self, request: Request) -> Response:
        """Put a worker on a rung."""
        given = _read(PlacementIn, request)
        rung = get_object_or_404(_rungs(request), pk=given["rung"])
        policy.require(request.user, Permission.PEOPLE_MANAGE, on=rung.track.ladder)
        worker = get_object_or_404(Worker.objects.visible_to(request.user), uid=given["worker"])
        placement = placements.place(
            worker=worker, rung=rung, by=request.user, on=given["started_on"], wage=given["wage"]
        )
        return Response(PlacementOut(placement).data, status=status.HTTP_201_CREATED)


class PlacementDetail(generics.RetrieveAPIView[Placement]):
    serializer_class = PlacementOut
    queryset = Placement.objects.none()

    def get_queryset(self) -> QuerySet[Placement]:
        return Placement.objects.visible_to(self.request.user).select_related(
            "worker", "employer", "rung__track__ladder"
        )

    @extend_schema(request=PlacementChange, responses=PlacementOut)
    def patch(self, request: Request, pk: int) -> Response:
        """Move the worker on to another rung (answers the new placement), or end the placement."""
        placement = self.get_object()
        policy.require(request.user, Permission.PEOPLE_MANAGE, on=placement)
        given = _read(PlacementChange, request)
        if "ended_on" in given:
            placements.end(placement, on=given["ended_on"], by=request.user)
            placement.refresh_from_db()
        else:
            rung = get_object_or_404(_rungs(request), pk=given["rung"])
            placement = placements.move(
                placement, to=rung, by=request.user, on=given["started_on"], wage=given["wage"]
            )
        return Response(PlacementOut(placement).data)


def _rungs(request: Request) -> QuerySet[Rung]:
    return Rung.objects.visible_to(request.user).select_related("track__ladder__employer")


# Readiness


class ReadinessOut(serializers.ModelSerializer[Readiness]):
    worker = serializers.SlugRelatedField(slug_field="uid", read_only=True)
    worker_name = serializers.CharField(source="worker.full_name", read_only=True)
    rung_title = serializers.CharField(source="rung.title", read_only=True)
    when = serializers.ChoiceField(choices=board.When.choices, read_only=True)
    lacking = serializers.SerializerMethodField(help_text="What is still missing, in the caller's language.")

    class Meta:
        model = Readiness
        fields = [
            "id",
            "worker",
            "worker_name",
            "rung",
            "rung_title",
            "verdict",
            "when",
            "remaining_minutes",
            "reached_on",
            "lacking",
            "on",
            "computed_at",
        ]

    def get_lacking(self, readiness: Readiness) -> list[str]:
        wording: Wording = self.context.setdefault("wording", Wording())
        return wording.lacking(readiness)


class ReadinessAsk(serializers.Serializer[Any]):
    rung = serializers.IntegerField(required=False)
    when = serializers.ChoiceField(choices=board.When.choices, required=False)


class ReadinessInFull(ReadinessOut):
    findings = serializers.SerializerMethodField(
        help_text="The whole tree, figures in clock hours; null where the rung asks for nothing."
    )

    class Meta(ReadinessOut.Meta):
        fields = [*ReadinessOut.Meta.fields, "findings"]

    def get_findings(self, readiness: Readiness) -> dict[str, Any] | None:
        finding = Finding.from_json(readiness.tree)
        return None if finding == NOTHING_ASKED else told(finding)


class ReadinessDetail(APIView):
    @extend_schema(operation_id="readiness", responses=ReadinessInFull)
    def get(self, request: Request, pk: int) -> Response:
        """One worker and one rung, requirement by requirement. The worker can read who looked."""
        today = timezone.localdate()
        mine = Readiness.objects.of_person(request.user)
        visible = Readiness.objects.of_people_of(request.user, on=today)
        found = get_object_or_404(
            board.with_when(
                Readiness.objects.filter(Q(pk__in=mine) | Q(pk__in=visible)), on=today
            ).select_related("worker", "rung__track__ladder"),
            pk=pk,
        )
        employer = found.rung.track.ladder.employer_id
        trail.saw("readiness", subject=found.worker, viewer=request.user, organisation_id=employer)
        return Response(ReadinessInFull(found).data)


class ReadinessList(generics.ListAPIView[Readiness]):
    """Of the people of the employer named; without one, one's own."""

    serializer_class = ReadinessOut
    queryset = Readiness.objects.none()

    @extend_schema(
        parameters=[
            OpenApiParameter("employer", str, description="Slug of the employer."),
            OpenApiParameter("rung", int),
            OpenApiParameter("when", str, enum=board.When.values),
        ]
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[Readiness]:
        today = timezone.localdate()
        asked = self.request.query_params
        if "employer" in asked:
            seen = organisations_where(self.request.user, Permission.READINESS_VIEW)
            employer = get_object_or_404(Organisation.objects.filter(pk__in=seen), slug=asked["employer"])
            found = board.rows(employer, on=today)
        else:
            found = board.with_when(Readiness.objects.of_person(self.request.user), on=today)
        wanted = ReadinessAsk(data={name: asked[name] for name in ("rung", "when") if asked.get(name)})
        wanted.is_valid(raise_exception=True)
        for name, value in wanted.validated_data.items():
            found = found.filter(**{name: value})
        return found.select_related("worker", "rung")


# Goals


class RungGoalOut(serializers.ModelSerializer[RungGoal]):
    rung_title = serializers.CharField(source="rung.title", read_only=True)

    class Meta:
        model = RungGoal
        fields = ["id", "rung", "rung_title", "chosen_at"]


class RungGoalIn(serializers.Serializer[Any]):
    rung = serializers.IntegerField()


class RungGoalList(generics.ListAPIView[RungGoal]):
    """The rungs one aims at."""

    serializer_class = RungGoalOut
    queryset = RungGoal.objects.none()

    def get_queryset(self) -> QuerySet[RungGoal]:
        return RungGoal.objects.of_person(self.request.user).select_related("rung")

    @extend_schema(request=RungGoalIn, responses={201: RungGoalOut})
    def post(self, request: Request) -> Response:
        """Aim at a rung."""
        given = _read(RungGoalIn, request)
        worker = own_worker(request)
        if worker is None:
            raise NotFound
        rung = get_object_or_404(_rungs(request), pk=given["rung"])
        policy.require(request.user, Permission.RECORD_KEEP, on=worker)
        goal = goals.choose(worker=worker, rung=rung, by=request.user)
        return Response(RungGoalOut(goal).data, status=status.HTTP_201_CREATED)


class RungGoalDetail(generics.DestroyAPIView[RungGoal]):
    serializer_class = RungGoalOut
    queryset = RungGoal.objects.none()

    def get_queryset(self) -> QuerySet[RungGoal]:
        return RungGoal.objects.of_person(self.request.user).select_related("worker")

    def perform_destroy(self, goal: RungGoal) -> None:
        policy.require(self.request.user, Permission.RECORD_KEEP, on=goal)
        goals.drop(goal, by=self.request.user)


def _read(shape: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    given = shape(data=request.data)
    given.is_valid(raise_exception=True)
    return given.validated_data
