"""Applications by API: the applicant's own, and those at the authority's desk."""

from typing import Any
from uuid import UUID

from django.http import FileResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import APIView

from accounts import trail
from accounts.policy import Permission, require
from certification import applications, desk, review
from certification.api import serializers
from certification.models import Application, ApplicationItem, Level
from certification.steps import STEPS, Step
from workers import evidence as files
from workers.api.common import all_of
from workers.models import Evidence, Worker

WITH = (
    "worker__user",
    "level__program__authority",
    "authority",
    "standard__level__program__jurisdiction",
    "assigned_to",
    "credential",
)
LONGEST_SEARCH = 100  # letters, as on the page
FETCHED = ("items__statements__evidence", "items__evidence")


class Own:
    """One's own applications."""

    request: Request
    kwargs: dict[str, Any]
    shape: type[serializers.ApplicationSerializer] = serializers.ApplicationSerializer

    def application(self) -> Application:
        mine = Application.objects.of_person(self.request.user)
        return get_object_or_404(
            mine.select_related(*WITH).prefetch_related(*FETCHED), number=self.kwargs["number"]
        )

    def item(self) -> ApplicationItem:
        return get_object_or_404(self.application().items, pk=self.kwargs["pk"])

    def shown(self, *, code: int = status.HTTP_200_OK) -> Response:
        data = self.shape(self.application(), context={"request": self.request}).data
        return Response(data, status=code)


class ApplicationList(Own, generics.ListAPIView):
    """One's own applications, newest first; POST starts one."""

    serializer_class = serializers.ApplicationLineSerializer
    queryset = Application.objects.none()

    def get_queryset(self) -> Any:
        return Application.objects.of_person(self.request.user).select_related(*WITH).defer("findings")

    @extend_schema(request=serializers.StartSerializer, responses={201: serializers.ApplicationSerializer})
    def post(self, request: Request) -> Response:
        asked = serializers.StartSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        worker = get_object_or_404(Worker, user=request.user)
        level = get_object_or_404(
            Level.objects.select_related("program__authority"), code=asked.validated_data["level"]
        )
        started = applications.start(worker=worker, level=level, by=request.user)
        self.kwargs["number"] = started.number
        return self.shown(code=status.HTTP_201_CREATED)


class ApplicationDetail(Own, APIView):
    @extend_schema(responses=serializers.ApplicationSerializer)
    def get(self, request: Request, number: str) -> Response:
        """One's own application; a draft asks what the standard in force asks."""
        applications.catch_up(application=self.application(), by=request.user)
        return self.shown()


class ApplicationItemDetail(Own, APIView):
    @extend_schema(request=serializers.AnswerSerializer, responses=serializers.ApplicationSerializer)
    def patch(self, request: Request, number: str, pk: int) -> Response:
        """Write something about one requirement, and attach files of one's own by their ids."""
        asked = serializers.AnswerSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        item = self.item()
        uids = asked.validated_data.get("evidence", [])
        attached = all_of(Evidence.objects.of_person(request.user), uids, key="uid")
        applications.answer(
            item=item, by=request.user, text=asked.validated_data.get("answer"), evidence=attached
        )
        return self.shown()


class ApplicationItemFiles(Own, APIView):
    parser_classes = (MultiPartParser,)

    @extend_schema(
        request=serializers.FileUploadSerializer, responses={201: serializers.ApplicationSerializer}
    )
    def post(self, request: Request, number: str, pk: int) -> Response:
        """Upload a file (PDF, JPEG or PNG) and attach it to one requirement."""
        asked = serializers.FileUploadSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        item = self.item()
        stored = files.store(
            worker=item.application.worker, file=asked.validated_data["file"], by=request.user
        )
        applications.answer(item=item, by=request.user, evidence=[stored])
        return self.shown(code=status.HTTP_201_CREATED)


class ApplicationItemFile(Own, APIView):
    @extend_schema(responses=serializers.ApplicationSerializer)
    def delete(self, request: Request, number: str, pk: int, uid: UUID) -> Response:
        """Take a file away from one requirement. It stays in one's record."""
        item = self.item()
        applications.detach(item=item, evidence=get_object_or_404(item.evidence, uid=uid), by=request.user)
        return self.shown()


class ApplicationSubmit(Own, APIView):
    @extend_schema(request=None, responses=serializers.ApplicationSerializer)
    def post(self, request: Request, number: str) -> Response:
        applications.submit(application=self.application(), by=request.user)
        return self.shown()


class ApplicationWithdraw(Own, APIView):
    @extend_schema(request=serializers.OptionalReasonSerializer, responses=serializers.ApplicationSerializer)
    def post(self, request: Request, number: str) -> Response:
        asked = serializers.OptionalReasonSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        applications.withdraw(application=self.application(), by=request.user, **asked.validated_data)
        return self.shown()


class AtDesk(Own):
    """Applications handed in to an authority of one's own; whoever looks is written down."""

    shape = serializers.DeskApplicationSerializer

    def application(self, need: Permission = Permission.APPLICATION_VIEW) -> Application:
        there = Application.objects.at_authorities_of(self.request.user)
        found = get_object_or_404(
            there.select_related(*WITH).prefetch_related(*FETCHED), number=self.kwargs["number"]
        )
        require(self.request.user, need, on=found)
        return found

    def shown(self, *, code: int = status.HTTP_200_OK) -> Response:
        self.saw(self.application(), "application")
        return super().shown(code=code)

    def saw(self, application: Application, what: str) -> None:
        if application.worker.user_id != self.request.user.pk:
            trail.saw(
                what,
                subject=application.worker,
                viewer=self.request.user,
                organisation_id=application.authority.organisation_id,
            )


class OldestFirst(api_settings.DEFAULT_PAGINATION_CLASS):
    ordering = ("submitted_on", "pk")


class DeskList(generics.ListAPIView):
    """The queue, oldest first: what waits for the authority unless `status` says otherwise."""

    serializer_class = serializers.ApplicationLineSerializer
    queryset = Application.objects.none()
    pagination_class = OldestFirst

    @extend_schema(
        parameters=[
            OpenApiParameter("status", str, enum=["any", *Application.Status.values]),
            OpenApiParameter("level", str, description="The code of a level."),
            OpenApiParameter("assigned", str, enum=["me", "nobody"]),
            OpenApiParameter("q", str, description="Part of a number or a name."),
        ]
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        require(self.request.user, Permission.APPLICATION_VIEW)
        chosen = {
            name: self.request.query_params.get(name, "") for name in ("q", "status", "assigned", "level")
        }
        chosen["q"] = chosen["q"][:LONGEST_SEARCH]
        if chosen["level"]:
            chosen["level"] = get_object_or_404(Level, code=chosen["level"])
        return desk.queue(self.request.user, chosen).select_related("authority")


class DeskDetail(AtDesk, APIView):
    @extend_schema(operation_id="desk_application", responses=serializers.DeskApplicationSerializer)
    def get(self, request: Request, number: str) -> Response:
        return self.shown()


class DeskFile(AtDesk, APIView):
    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def get(self, request: Request, number: str, uid: UUID) -> FileResponse:
        found = self.application()
        file = get_object_or_404(desk.files_of(found), uid=uid)
        self.saw(found, "evidence")
        return files.answer(file)


class DeskAssign(AtDesk, APIView):
    @extend_schema(request=serializers.AssignSerializer, responses=serializers.DeskApplicationSerializer)
    def post(self, request: Request, number: str) -> Response:
        """Take an application up, or give it to another reviewer."""
        asked = serializers.AssignSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        found = self.application(STEPS[Step.ASSIGN].permission)
        review.assign(
            application=found,
            by=request.user,
            to=review.reviewer(found, asked.validated_data["to"]) if "to" in asked.validated_data else None,
        )
        return self.shown()


class DeskDecision(AtDesk, APIView):
    @extend_schema(request=serializers.DecisionSerializer, responses=serializers.DeskApplicationSerializer)
    def post(self, request: Request, number: str, pk: int) -> Response:
        """Accept one requirement, reject it or ask for more."""
        asked = serializers.DecisionSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        item = get_object_or_404(self.application(STEPS[Step.REVIEW].permission).items, pk=pk)
        review.decide(item=item, by=request.user, **asked.validated_data)
        return self.shown()


class DeskReturn(AtDesk, APIView):
    @extend_schema(request=serializers.ReasonSerializer, responses=serializers.DeskApplicationSerializer)
    def post(self, request: Request, number: str) -> Response:
        """Give it back to the applicant with what is asked."""
        asked = serializers.ReasonSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        found = self.application(STEPS[Step.RETURN].permission)
        review.return_(application=found, by=request.user, **asked.validated_data)
        return self.shown()


class DeskApprove(AtDesk, APIView):
    @extend_schema(request=None, responses=serializers.DeskApplicationSerializer)
    def post(self, request: Request, number: str) -> Response:
        """Approve, which issues the credential."""
        review.approve(application=self.application(STEPS[Step.APPROVE].permission), by=request.user)
        return self.shown()


class DeskDeny(AtDesk, APIView):
    @extend_schema(request=serializers.ReasonSerializer, responses=serializers.DeskApplicationSerializer)
    def post(self, request: Request, number: str) -> Response:
        asked = serializers.ReasonSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        found = self.application(STEPS[Step.DENY].permission)
        review.deny(application=found, by=request.user, **asked.validated_data)
        return self.shown()
