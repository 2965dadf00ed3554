"""Shapes of the API of accounts. What is allowed is the actions' to say."""

from typing import Any

from rest_framework import serializers

from accounts import invitations
from accounts.models import Access, Invitation, Membership, Notice, Organisation, User
from accounts.roles import Role
from accounts.zones import TIME_ZONES


class OrganisationSerializer(serializers.ModelSerializer):
    class Meta:
        model = Organisation
        fields = ["slug", "name", "kind", "state"]
        read_only_fields = ["slug", "kind"]
        extra_kwargs = {"state": {"required": True, "allow_blank": False}}


class OwnMembershipSerializer(serializers.ModelSerializer):
    organisation = OrganisationSerializer(read_only=True)

    class Meta:
        model = Membership
        fields = ["organisation", "role", "started_at"]


class MeSerializer(serializers.ModelSerializer):
    """The person who asks."""

    time_zone = serializers.ChoiceField(choices=TIME_ZONES)
    given_name = serializers.CharField(max_length=100)
    family_name = serializers.CharField(max_length=100)
    memberships = OwnMembershipSerializer(source="active_memberships", many=True, read_only=True)

    class Meta:
        model = User
        fields = [
            "email",
            "given_name",
            "family_name",
            "language",
            "time_zone",
            "wants_mail",
            "memberships",
        ]
        read_only_fields = ["email"]

    def to_representation(self, instance: User) -> dict[str, Any]:
        shown = super().to_representation(instance)
        # A zone that is no longer offered is still theirs.
        shown["time_zone"] = instance.time_zone
        return shown


class NoticeSerializer(serializers.ModelSerializer):
    text = serializers.CharField(read_only=True, help_text="In the reader's language.")

    class Meta:
        model = Notice
        fields = ["id", "text", "url", "created_at", "read_at"]


class LookSerializer(serializers.ModelSerializer):
    """Somebody looked at something of one's own."""

    viewer = serializers.CharField(read_only=True, allow_null=True)
    system = serializers.CharField(
        read_only=True, allow_null=True, help_text="A connected system of the organization."
    )
    organisation = serializers.CharField(source="organisation.name", read_only=True, default=None)

    class Meta:
        model = Access
        fields = ["at", "what", "viewer", "system", "organisation"]


class MemberSerializer(serializers.ModelSerializer):
    user = serializers.PrimaryKeyRelatedField(
        read_only=True, help_text="By which agreements name a supervisor, and delegates."
    )
    name = serializers.CharField(source="user", read_only=True)
    email = serializers.SerializerMethodField(help_text="Only for those who look after the members.")

    class Meta:
        model = Membership
        fields = ["id", "user", "name", "email", "role", "started_at"]
        read_only_fields = ["started_at"]

    def get_email(self, membership: Membership) -> str | None:
        return membership.user.email if self.context.get("manages") else None


class InvitationSerializer(serializers.ModelSerializer):
    role = serializers.ChoiceField(choices=Role.choices)

    class Meta:
        model = Invitation
        fields = ["id", "email", "role", "invited_on", "expires_at"]
        read_only_fields = ["invited_on", "expires_at"]


class InvitedSerializer(serializers.ModelSerializer):
    """An invitation, to whoever holds its link."""

    organisation = OrganisationSerializer(read_only=True)
    invited_by = serializers.CharField(read_only=True, allow_null=True)
    why_not = serializers.SerializerMethodField(help_text="Why it works no longer; empty while it does.")

    class Meta:
        model = Invitation
        fields = ["organisation", "role", "email", "invited_by", "expires_at", "why_not"]

    def get_why_not(self, invitation: Invitation) -> str:
        return invitations.why_not(invitation)


class TokenSerializer(serializers.Serializer):
    token = serializers.CharField(max_length=100, help_text="The last part of the link in the message.")
