"""The record itself, jobs and agreements by API."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Organisation, User
from accounts.policy import Permission, require
from accounts.refusals import Refused
from accounts.scopes import Scope
from workers import jobs, profile, supervision
from workers.api.common import PersonField, own_record
from workers.models import Agreement, Delegate, Employment, Worker


class ProfileSerializer(serializers.ModelSerializer):
    """Whose record it is."""

    class Meta:
        model = Worker
        fields = ["uid", *profile.OWN]
        read_only_fields = ["uid"]


class ProfileView(generics.GenericAPIView):
    """One's own record."""

    serializer_class = ProfileSerializer
    queryset = Worker.objects.none()

    @extend_schema(summary="One's own record", responses={200: ProfileSerializer})
    def get(self, request: Request) -> Response:
        return Response(ProfileSerializer(own_record(request.user)).data)

    @extend_schema(summary="Begin one's record", responses={201: ProfileSerializer})
    def post(self, request: Request) -> Response:
        sent = ProfileSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        given = dict(sent.validated_data)
        listed = given.pop("listed", False)
        worker = profile.start(by=request.user, **given)
        if listed:
            worker = profile.change(worker, by=request.user, listed=True)
        return Response(ProfileSerializer(worker).data, status=status.HTTP_201_CREATED)

    @extend_schema(summary="Change what one says of oneself", responses={200: ProfileSerializer})
    def patch(self, request: Request) -> Response:
        sent = ProfileSerializer(data=request.data, partial=True)
        sent.is_valid(raise_exception=True)
        worker = profile.change(own_record(request.user), by=request.user, **sent.validated_data)
        return Response(ProfileSerializer(worker).data)


class BySlug(serializers.SlugRelatedField):
    def to_internal_value(self, data: Any) -> Any:
        if "\0" in str(data):  # which PostgreSQL cannot even look for
            self.fail("invalid")
        return super().to_internal_value(data)


class EmploymentSerializer(serializers.ModelSerializer):
    """A job; the employer is named by its slug."""

    worker = serializers.UUIDField(source="worker.uid", read_only=True)
    employer = BySlug(
        slug_field="slug", queryset=Organisation.objects.filter(kind=Organisation.Kind.EMPLOYER)
    )

    class Meta:
        model = Employment
        fields = [
            "id",
            "worker",
            "employer",
            "title",
            "work",
            "pay",
            "state",
            "started_on",
            "ended_on",
            "confirmed_on",
        ]
        read_only_fields = ["confirmed_on"]
        validators: list[Any] = []


class EndSerializer(serializers.Serializer):
    ended_on = serializers.DateField()


def visible_jobs(request: Request) -> QuerySet[Employment]:
    return Employment.objects.visible_to(request.user).select_related("worker", "employer")


class EmploymentsView(generics.ListAPIView):
    """One's own jobs, and those at employers whose people one may see."""

    scopes = {"GET": Scope.PEOPLE_READ}
    serializer_class = EmploymentSerializer
    queryset = Employment.objects.none()
    filterset_fields = ["employer__slug"]

    def get_queryset(self) -> QuerySet[Employment]:
        return visible_jobs(self.request)

    @extend_schema(summary="Add a job to one's record", responses={201: EmploymentSerializer})
    def post(self, request: Request) -> Response:
        sent = EmploymentSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        job = jobs.add(worker=own_record(request.user), by=request.user, **sent.validated_data)
        return Response(EmploymentSerializer(job).data, status=status.HTTP_201_CREATED)


class EmploymentView(generics.GenericAPIView):
    """One job."""

    scopes = {"GET": Scope.PEOPLE_READ}
    serializer_class = EmploymentSerializer
    queryset = Employment.objects.none()

    @extend_schema(summary="Read a job")
    def get(self, request: Request, pk: int) -> Response:
        return Response(EmploymentSerializer(get_object_or_404(visible_jobs(request), pk=pk)).data)

    @extend_schema(
        summary="Say which day was the last",
        request=EndSerializer,
        responses={200: EmploymentSerializer},
    )
    def patch(self, request: Request, pk: int) -> Response:
        job = get_object_or_404(visible_jobs(request), pk=pk)
        sent = EndSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        ended = jobs.end(job, by=request.user, on=sent.validated_data["ended_on"])
        return Response(EmploymentSerializer(ended).data)

    @extend_schema(summary="Take out a job added by mistake", responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        jobs.discard(get_object_or_404(visible_jobs(request), pk=pk), by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class ConfirmEmploymentView(generics.GenericAPIView):
    """The employer's word that the worker worked there."""

    serializer_class = EmploymentSerializer
    queryset = Employment.objects.none()

    @extend_schema(summary="Confirm a job", request=None, responses={200: EmploymentSerializer})
    def post(self, request: Request, pk: int) -> Response:
        job = jobs.confirm(get_object_or_404(visible_jobs(request), pk=pk), by=request.user)
        return Response(EmploymentSerializer(job).data)


class DelegateSerializer(serializers.ModelSerializer):
    user = serializers.PrimaryKeyRelatedField(queryset=User.objects.all())
    name = PersonField(source="user", read_only=True)

    class Meta:
        model = Delegate
        fields = ["id", "kind", "user", "name", "started_on", "ended_on"]
        read_only_fields = ["kind"]


class AgreementSerializer(serializers.ModelSerializer):
    """Who supervises whom."""

    worker = serializers.UUIDField(source="worker.uid", read_only=True)
    employment = serializers.IntegerField(write_only=True, help_text="Id of the worker's job.")
    employer = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    supervisor = serializers.PrimaryKeyRelatedField(
        queryset=User.objects.all(), help_text="A member of the employer with the role of supervisor."
    )
    supervisor_name = PersonField(source="supervisor", read_only=True)
    delegates = DelegateSerializer(many=True, read_only=True)

    class Meta:
        model = Agreement
        fields = [
            "id",
            "worker",
            "employment",
            "employer",
            "supervisor",
            "supervisor_name",
            "basis",
            "started_on",
            "ended_on",
            "delegates",
        ]
        validators: list[Any] = []


def visible_agreements(request: Request) -> QuerySet[Agreement]:
    found = Agreement.objects.visible_to(request.user).select_related("worker", "employer", "supervisor")
    return found.prefetch_related("delegates__user")


class AgreementsView(generics.ListAPIView):
    """Agreements of one's own record, those one signs under, and those of one's employer."""

    serializer_class = AgreementSerializer
    queryset = Agreement.objects.none()
    filterset_fields = ["employer__slug"]

    def get_queryset(self) -> QuerySet[Agreement]:
        return visible_agreements(self.request)

    @extend_schema(summary="Name who supervises a worker", responses={201: AgreementSerializer})
    def post(self, request: Request) -> Response:
        sent = AgreementSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        given = dict(sent.validated_data)
        job = visible_jobs(request).filter(pk=given.pop("employment")).first()
        if job is None:
            raise Refused(_("There is no such job at your employer."), field="employment")
        require(request.user, Permission.PEOPLE_MANAGE, on=job)
        agreement = supervision.agree(worker=job.worker, employer=job.employer, by=request.user, **given)
        return Response(AgreementSerializer(agreement).data, status=status.HTTP_201_CREATED)


class EndAgreementSerializer(EndSerializer):
    substitute = serializers.PrimaryKeyRelatedField(
        queryset=User.objects.all(),
        required=False,
        allow_null=True,
        help_text="Who signs what still waits: a supervisor of the employer.",
    )
    attested = serializers.BooleanField(
        default=False, help_text="The substitute is a colleague, who only attests it."
    )


class AgreementView(generics.GenericAPIView):
    """One agreement."""

    serializer_class = AgreementSerializer
    queryset = Agreement.objects.none()

    @extend_schema(summary="Read an agreement")
    def get(self, request: Request, pk: int) -> Response:
        return Response(AgreementSerializer(get_object_or_404(visible_agreements(request), pk=pk)).data)

    @extend_schema(
        summary="Say which day of supervision was the last",
        request=EndAgreementSerializer,
        responses={200: AgreementSerializer},
    )
    def patch(self, request: Request, pk: int) -> Response:
        agreement = get_object_or_404(visible_agreements(request), pk=pk)
        sent = EndAgreementSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        given = dict(sent.validated_data)
        ended = supervision.end(agreement, by=request.user, on=given.pop("ended_on"), **given)
        return Response(AgreementSerializer(ended).data)


class DelegatesView(generics.GenericAPIView):
    """Who stands in for a supervisor."""

    serializer_class = DelegateSerializer
    queryset = Delegate.objects.none()

    @extend_schema(summary="Name who stands in", responses={201: DelegateSerializer})
    def post(self, request: Request, pk: int) -> Response:
        agreement = get_object_or_404(visible_agreements(request), pk=pk)
        sent = DelegateSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        delegate = supervision.name_delegate(agreement, by=request.user, **sent.validated_data)
        return Response(DelegateSerializer(delegate).data, status=status.HTTP_201_CREATED)


class DelegateView(generics.GenericAPIView):
    serializer_class = DelegateSerializer
    queryset = Delegate.objects.none()

    @extend_schema(summary="End a delegation", responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        visible = Agreement.objects.visible_to(request.user).values("pk")
        delegates = Delegate.objects.filter(agreement__in=visible).select_related("agreement")
        supervision.end_delegation(get_object_or_404(delegates, pk=pk), by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)
