"""The API of accounts: the same lookups and actions as the pages."""

from typing import Any, ClassVar

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import get_language
from drf_spectacular.utils import OpenApiParameter, extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework import generics, status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import APIView

from accounts import invitations, members, organisations, people
from accounts.models import Access, Invitation, Membership, Notice, Organisation
from accounts.policy import Permission, may, require
from accounts.roles import Role
from accounts.serializers import (
    InvitationSerializer,
    InvitedSerializer,
    LookSerializer,
    MemberSerializer,
    MeSerializer,
    NoticeSerializer,
    OrganisationSerializer,
    OwnMembershipSerializer,
    TokenSerializer,
)


class Me(APIView):
    @extend_schema(responses=MeSerializer)
    def get(self, request: Request) -> Response:
        return Response(MeSerializer(request.user).data)

    @extend_schema(request=MeSerializer, responses=MeSerializer)
    def patch(self, request: Request) -> Response:
        asked = MeSerializer(request.user, data=request.data, partial=True)
        asked.is_valid(raise_exception=True)
        people.change_settings(user=request.user, by=request.user, **asked.validated_data)
        return Response(MeSerializer(request.user).data)


class NoticeList(generics.ListAPIView):
    """One's own notices, newest first."""

    serializer_class = NoticeSerializer
    queryset = Notice.objects.none()

    def get_queryset(self) -> Any:
        return self.request.user.notices.all() if self.request.user.is_authenticated else self.queryset


class NoticeRead(APIView):
    @extend_schema(request=None, responses=NoticeSerializer)
    def post(self, request: Request, pk: int) -> Response:
        notice = get_object_or_404(request.user.notices, pk=pk)
        people.read_notices(user=request.user, notice=notice)
        notice.refresh_from_db()
        return Response(NoticeSerializer(notice).data)


class NoticesRead(APIView):
    @extend_schema(operation_id="notices_read_all", request=None, responses={204: None})
    def post(self, request: Request) -> Response:
        """All of one's notices."""
        people.read_notices(user=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class LookList(generics.ListAPIView):
    """Who looked at one's own record, when and at what, the latest first."""

    serializer_class = LookSerializer
    queryset = Access.objects.none()

    def get_queryset(self) -> Any:
        if not self.request.user.is_authenticated:
            return self.queryset
        return Access.objects.filter(about=self.request.user).select_related(
            "viewer", "system", "organisation"
        )


class ByName(api_settings.DEFAULT_PAGINATION_CLASS):
    ordering = ("name", "pk")


class EmployerList(generics.ListAPIView):
    """Every employer, by name: the one of a job is named by its slug."""

    serializer_class = OrganisationSerializer
    pagination_class = ByName
    queryset = Organisation.objects.none()

    @extend_schema(parameters=[OpenApiParameter("q", str, description="Part of the name.")])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        employers = Organisation.objects.filter(kind=Organisation.Kind.EMPLOYER)
        return employers.filter(name__icontains=self.request.query_params.get("q", ""))


class OrganisationList(generics.ListAPIView):
    """The organisations one is a member of; POST registers an employer, whose owner one becomes."""

    serializer_class = OrganisationSerializer
    queryset = Organisation.objects.none()

    def get_queryset(self) -> Any:
        return Organisation.objects.visible_to(self.request.user)

    @extend_schema(request=OrganisationSerializer, responses={201: OrganisationSerializer})
    def post(self, request: Request) -> Response:
        asked = OrganisationSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        organisation = organisations.register_employer(**asked.validated_data, by=request.user)
        return Response(OrganisationSerializer(organisation).data, status=status.HTTP_201_CREATED)


class OfOrganisation:
    """What lies under /organisations/{slug}/."""

    request: Request
    kwargs: dict[str, Any]

    def organisation(self, need: Permission | None = None) -> Organisation:
        """404 to strangers, 403 to members who do not hold `need`."""
        found = get_object_or_404(
            Organisation.objects.visible_to(self.request.user), slug=self.kwargs["slug"]
        )
        if need:
            require(self.request.user, need, on=found)
        return found


class MemberList(OfOrganisation, generics.ListAPIView):
    serializer_class = MemberSerializer
    queryset = Membership.objects.none()

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        return self.organisation().memberships.filter(ended_at=None).select_related("user")

    def get_serializer_context(self) -> dict[str, Any]:
        context = super().get_serializer_context()
        if not getattr(self, "swagger_fake_view", False):
            manages = may(self.request.user, Permission.MEMBERS_MANAGE, on=self.organisation())
            context["manages"] = manages
        return context


class MemberDetail(OfOrganisation, APIView):
    def membership(self) -> Membership:
        organisation = self.organisation(Permission.MEMBERS_MANAGE)
        held = organisation.memberships.filter(ended_at=None).select_related("user", "organisation")
        return get_object_or_404(held, pk=self.kwargs["pk"])

    @extend_schema(request=MemberSerializer, responses=MemberSerializer)
    def patch(self, request: Request, slug: str, pk: int) -> Response:
        """Another role; answers the new membership that takes this one's place."""
        membership = self.membership()
        asked = MemberSerializer(membership, data=request.data)
        asked.is_valid(raise_exception=True)
        changed = members.change_role(
            membership=membership, role=Role(asked.validated_data["role"]), by=request.user
        )
        return Response(MemberSerializer(changed, context={"manages": True}).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, slug: str, pk: int) -> Response:
        """End the membership; nothing is deleted."""
        members.end(membership=self.membership(), by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class InvitationList(OfOrganisation, generics.ListAPIView):
    """Open invitations; POST sends one."""

    serializer_class = InvitationSerializer
    queryset = Invitation.objects.none()

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        organisation = self.organisation(Permission.MEMBERS_MANAGE)
        return organisation.invitations.filter(accepted_on=None, withdrawn_at=None)

    @extend_schema(request=InvitationSerializer, responses={201: InvitationSerializer})
    def post(self, request: Request, slug: str) -> Response:
        organisation = self.organisation(Permission.MEMBERS_MANAGE)
        asked = InvitationSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        invitation = invitations.invite(
            organisation=organisation,
            email=asked.validated_data["email"],
            role=Role(asked.validated_data["role"]),
            by=request.user,
        )
        return Response(InvitationSerializer(invitation).data, status=status.HTTP_201_CREATED)


class InvitationDetail(OfOrganisation, APIView):
    def invitation(self) -> Invitation:
        organisation = self.organisation(Permission.MEMBERS_MANAGE)
        return get_object_or_404(organisation.invitations, pk=self.kwargs["pk"])

    @extend_schema(responses={204: None})
    def delete(self, request: Request, slug: str, pk: int) -> Response:
        """Withdraw it."""
        invitations.withdraw(invitation=self.invitation(), by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class InvitationAgain(InvitationDetail):
    http_method_names = ["post", "options"]

    @extend_schema(request=None, responses=InvitationSerializer)
    def post(self, request: Request, slug: str, pk: int) -> Response:
        """Send a new link; the old one stops working."""
        invitation = invitations.resend(invitation=self.invitation(), by=request.user)
        return Response(InvitationSerializer(invitation).data)


def _invitation_of_link(request: Request) -> Invitation:
    asked = TokenSerializer(data=request.data)
    asked.is_valid(raise_exception=True)
    invitation = invitations.find(asked.validated_data["token"])
    if invitation is None:
        raise Http404
    return invitation


class InvitationRead(APIView):
    """Posted, so that the token stands in no address."""

    permission_classes = (AllowAny,)

    @extend_schema(request=TokenSerializer, responses=InvitedSerializer)
    def post(self, request: Request) -> Response:
        """What one is invited to, before one signs up or accepts."""
        return Response(InvitedSerializer(_invitation_of_link(request)).data)


class InvitationAccept(APIView):
    @extend_schema(request=TokenSerializer, responses={201: OwnMembershipSerializer})
    def post(self, request: Request) -> Response:
        """Become a member."""
        membership = invitations.accept(invitation=_invitation_of_link(request), by=request.user)
        return Response(OwnMembershipSerializer(membership).data, status=status.HTTP_201_CREATED)


class Description(SpectacularAPIView):
    """The OpenAPI description. The same for everybody, so it is made once a language and process."""

    made: ClassVar[dict[str | None, Any]] = {}

    def _get_schema_response(self, request: Request) -> Response:
        language = get_language()
        if language not in self.made:
            self.made[language] = super()._get_schema_response(request).data
        return Response(self.made[language])
