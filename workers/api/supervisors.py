"""What qualifies supervisors, and who takes over from one who left, by API."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Organisation, User
from accounts.policy import Permission, organisations_where
from workers import supervision, vouching
from workers.api.common import PersonField
from workers.api.people import BySlug, DelegateSerializer, visible_agreements
from workers.models import Agreement, Delegate, SupervisorStatus
from workers.models.supervision import Basis


class OwnVoucher(BySlug):
    """An organisation for which the caller may vouch; whether another is there is not told."""

    def get_queryset(self) -> QuerySet[Organisation]:
        where = organisations_where(self.context["request"].user, Permission.SUPERVISORS_VOUCH)
        return Organisation.objects.filter(pk__in=where)


class StatusSerializer(serializers.ModelSerializer):
    """From when to when somebody held what qualifies a supervisor, and who vouches for it."""

    supervisor = serializers.PrimaryKeyRelatedField(queryset=User.objects.all())
    supervisor_name = PersonField(source="supervisor", read_only=True)
    voucher = OwnVoucher(slug_field="slug", queryset=Organisation.objects.none())
    basis = serializers.ChoiceField(choices=[one for one in Basis.choices if one[0] != Basis.NOT_QUALIFIED])

    class Meta:
        model = SupervisorStatus
        fields = [
            "id",
            "supervisor",
            "supervisor_name",
            "basis",
            "voucher",
            "evidence",
            "started_on",
            "ended_on",
            "vouched_on",
            "withdrawn_on",
        ]
        read_only_fields = ["vouched_on", "withdrawn_on"]
        validators: list[Any] = []


class StatusEndSerializer(serializers.Serializer):
    ended_on = serializers.DateField(allow_null=True)


def visible_statuses(request: Request) -> QuerySet[SupervisorStatus]:
    return SupervisorStatus.objects.visible_to(request.user).select_related("supervisor", "voucher")


class StatusesView(generics.ListAPIView):
    """Of oneself, of those for whom one vouches, and where they bear on an agreement one sees."""

    serializer_class = StatusSerializer
    queryset = SupervisorStatus.objects.none()
    filterset_fields = ["supervisor", "basis"]

    def get_queryset(self) -> QuerySet[SupervisorStatus]:
        return visible_statuses(self.request)

    @extend_schema(summary="Put down what qualifies a supervisor", responses={201: StatusSerializer})
    def post(self, request: Request) -> Response:
        sent = StatusSerializer(data=request.data, context={"request": request})
        sent.is_valid(raise_exception=True)
        made = vouching.vouch(by=request.user, **sent.validated_data)
        return Response(StatusSerializer(made).data, status=status.HTTP_201_CREATED)


class StatusView(generics.GenericAPIView):
    serializer_class = StatusSerializer
    queryset = SupervisorStatus.objects.none()

    @extend_schema(
        summary="Say until when it holds", request=StatusEndSerializer, responses={200: StatusSerializer}
    )
    def patch(self, request: Request, pk: int) -> Response:
        found = get_object_or_404(visible_statuses(request), pk=pk)
        sent = StatusEndSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        return Response(
            StatusSerializer(vouching.change_end(found, by=request.user, **sent.validated_data)).data
        )

    @extend_schema(summary="Withdraw what was put down by mistake", responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        vouching.withdraw(get_object_or_404(visible_statuses(request), pk=pk), by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class HandOverSerializer(serializers.Serializer):
    user = serializers.PrimaryKeyRelatedField(queryset=User.objects.all())
    kind = serializers.ChoiceField(
        choices=[Delegate.Kind.SUBSTITUTE, Delegate.Kind.COLLEAGUE],
        help_text="A substitute signs as the supervisor would; what a colleague attests is not supervised.",
    )


class HandOverView(generics.GenericAPIView):
    serializer_class = HandOverSerializer
    queryset = Agreement.objects.none()

    @extend_schema(
        summary="Name who signs what still waits",
        request=HandOverSerializer,
        responses={201: DelegateSerializer},
    )
    def post(self, request: Request, pk: int) -> Response:
        agreement = get_object_or_404(visible_agreements(request), pk=pk)
        sent = HandOverSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        given = sent.validated_data
        named = supervision.hand_over(agreement, to=given["user"], kind=given["kind"], by=request.user)
        return Response(DelegateSerializer(named).data, status=status.HTTP_201_CREATED)
