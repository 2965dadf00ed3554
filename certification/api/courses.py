"""Which courses an authority approves, by API."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.permissions import AllowAny, BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.policy import Permission, organisations_where
from accounts.refusals import Refused
from certification import courses
from certification.models import Authority, CourseApproval
from workers.models import Course


class ApprovalSerializer(serializers.ModelSerializer):
    """Completions of these days count, both counted; null: no end."""

    authority = serializers.CharField(source="authority.name", read_only=True)
    jurisdiction = serializers.CharField(source="authority.jurisdiction.code", read_only=True)
    title = serializers.CharField(source="course.title", read_only=True)
    provider = serializers.CharField(source="course.provider.name", read_only=True)
    course = serializers.IntegerField(source="course_id")

    class Meta:
        model = CourseApproval
        fields = [
            "id",
            "authority",
            "jurisdiction",
            "course",
            "title",
            "provider",
            "started_on",
            "ended_on",
        ]
        validators: list[Any] = []


class EndApprovalSerializer(serializers.Serializer):
    ended_on = serializers.DateField()


class ApprovalsView(generics.ListAPIView):
    """Which courses which authorities approve: anybody may know."""

    serializer_class = ApprovalSerializer
    queryset = CourseApproval.objects.none()
    filterset_fields = ["course", "authority__jurisdiction__code"]

    def get_permissions(self) -> list[BasePermission]:
        return [AllowAny()] if self.request.method == "GET" else super().get_permissions()

    def get_queryset(self) -> QuerySet[CourseApproval]:
        return CourseApproval.objects.select_related("authority__jurisdiction", "course__provider")

    @extend_schema(summary="Approve a course", responses={201: ApprovalSerializer})
    def post(self, request: Request) -> Response:
        sent = ApprovalSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        given = dict(sent.validated_data)
        course = Course.objects.visible_to(request.user).filter(pk=given.pop("course_id")).first()
        where = organisations_where(request.user, Permission.APPLICATION_VIEW)
        authority = Authority.objects.filter(organisation__in=where).first()
        if course is None or authority is None:
            raise Refused(_("There is no such course."), field="course")
        approval = courses.approve(authority=authority, course=course, by=request.user, **given)
        return Response(ApprovalSerializer(approval).data, status=status.HTTP_201_CREATED)


class ApprovalView(generics.GenericAPIView):
    serializer_class = ApprovalSerializer
    queryset = CourseApproval.objects.none()

    @extend_schema(
        summary="End an approval", request=EndApprovalSerializer, responses={200: ApprovalSerializer}
    )
    def patch(self, request: Request, pk: int) -> Response:
        where = organisations_where(request.user, Permission.APPLICATION_VIEW)
        own = CourseApproval.objects.filter(authority__organisation__in=where)
        found = get_object_or_404(own.select_related("authority__jurisdiction", "course__provider"), pk=pk)
        sent = EndApprovalSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        ended = courses.end(found, by=request.user, **sent.validated_data)
        return Response(ApprovalSerializer(ended).data)
