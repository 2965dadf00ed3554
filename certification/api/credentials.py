"""Credentials by API: one's own, and those of an authority with what it does to them."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import trail
from accounts.policy import require
from accounts.refusals import Refused
from certification import credentials, desk, issuing
from certification.api import serializers
from certification.models import Credential
from certification.models.credentials import CredentialQuerySet
from certification.steps import ACTS, Act

DO: dict[Act, Any] = {
    Act.RENEW: issuing.renew,
    Act.SUSPEND: issuing.suspend,
    Act.REINSTATE: issuing.reinstate,
    Act.REVOKE: issuing.revoke,
    Act.SURRENDER: issuing.surrender,
}


def visible(user: Any) -> CredentialQuerySet:
    on, term_on = credentials.now()
    return (
        Credential.objects.visible_to(user)
        .with_status(on, term_on=term_on)
        .select_related("worker__user", "level", "authority", "standard")
        .prefetch_related("events")
    )


class CredentialList(generics.ListAPIView):
    """One's own, and those of one's authorities, newest first."""

    serializer_class = serializers.CredentialSerializer
    queryset = Credential.objects.none()

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "status", str, enum=credentials.Status.values, description="Their status today."
            ),
            OpenApiParameter("q", str, description="Part of a number or a name."),
        ]
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        asked = self.request.query_params
        found = visible(self.request.user)
        if asked.get("status") in credentials.Status.values:
            found = found.in_status(credentials.Status(asked["status"]))
        if asked.get("q"):
            found = found.filter(desk.named(asked["q"], number="number"))
        return found


class CredentialDetail(APIView):
    @extend_schema(responses=serializers.CredentialSerializer)
    def get(self, request: Request, number: str) -> Response:
        found = get_object_or_404(visible(request.user), number=number)
        if found.worker.user_id != request.user.pk:
            trail.saw(
                "credential",
                subject=found.worker,
                viewer=request.user,
                organisation_id=found.authority.organisation_id,
            )
        return Response(serializers.CredentialSerializer(found, context={"request": request}).data)


class CredentialEvents(APIView):
    @extend_schema(request=serializers.ActSerializer, responses={201: serializers.CredentialSerializer})
    def post(self, request: Request, number: str) -> Response:
        """Renew, suspend, reinstate, revoke, or record a surrender; from today or another day."""
        asked = serializers.ActSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        given = dict(asked.validated_data)
        act = Act(given.pop("act"))
        found = get_object_or_404(visible(request.user), number=number)
        require(request.user, ACTS[act].permission, on=found)
        if act != Act.RENEW and given.pop("expires_on", None):
            raise Refused(_("Only a renewal sets a last day."), field="expires_on")
        DO[act](credential=found, by=request.user, **given)
        again = visible(request.user).get(pk=found.pk)
        data = serializers.CredentialSerializer(again, context={"request": request}).data
        return Response(data, status=status.HTTP_201_CREATED)
