"""Members of an organisation: how a membership changes and ends. It begins with an invitation."""

from contextlib import suppress

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts import notices, trail
from accounts.models import Membership, Organisation, User
from accounts.policy import ROLES, Permission
from accounts.refusals import Refused
from accounts.roles import KIND_OF_ROLE, Role

#: Roles whose holders look after the members.
KEEPERS = [role for role, permissions in ROLES.items() if Permission.MEMBERS_MANAGE in permissions]


def roles_of(organisation: Organisation) -> list[Role]:
    """The roles that people can hold in this kind of organisation."""
    return [role for role, kind in KIND_OF_ROLE.items() if kind == organisation.kind]


def start(*, user: User, organisation: Organisation, role: Role, by: User | None) -> Membership:
    """Make `user` a member, in the caller's transaction. Raises Refused when they hold the role already."""
    held = Membership.objects.filter(user=user, organisation=organisation, role=role, ended_at=None)
    if held.exists():
        raise Refused(_("You hold this role already."))
    membership = Membership.objects.create(user=user, organisation=organisation, role=role)
    trail.record(
        "membership.started",
        subject=membership,
        by=by,
        organisation_id=organisation.pk,
        user=user.pk,
        role=role,
    )
    _forget(user)
    return membership


@transaction.atomic
def end(*, membership: Membership, by: User, successor: User | None = None) -> None:
    """End a membership today. Raises Refused when it has ended, or when nobody would be left in charge.

    `successor` is who takes over what the person leaves undone; settings.MEMBERSHIP_FOLLOWERS see to it.
    """
    membership = _held(membership)
    _keep_a_keeper(membership)
    membership.ended_at = timezone.now()
    membership.save(update_fields=["ended_at"])
    trail.record(
        "membership.ended",
        subject=membership,
        by=by,
        organisation_id=membership.organisation_id,
        user=membership.user_id,
        role=membership.role,
    )
    if membership.user_id != by.pk:
        notices.tell(
            membership.user,
            gettext_noop("Your membership of %(organisation)s has ended."),
            organisation=membership.organisation.name,
        )
    _forget(membership.user, by)
    _follow(membership, by=by, successor=successor)


@transaction.atomic
def change_role(*, membership: Membership, role: Role, by: User) -> Membership:
    """End the membership and start one with another role. Raises Refused as `end` and `start` do."""
    membership = _held(membership)
    if role not in roles_of(membership.organisation):
        raise Refused(_("This kind of organization has no such role."), field="role")
    if membership.role == role:
        raise Refused(_("This is the role they hold already."), field="role")
    if role not in KEEPERS:
        _keep_a_keeper(membership)
    organisation, user = membership.organisation, membership.user
    if Membership.objects.filter(user=user, organisation=organisation, role=role, ended_at=None).exists():
        raise Refused(_("They hold this role as well; end the one they no longer need."), field="role")
    membership.ended_at = timezone.now()
    membership.save(update_fields=["ended_at"])
    changed = Membership.objects.create(user=user, organisation=organisation, role=role)
    trail.record(
        "membership.role_changed",
        subject=changed,
        by=by,
        organisation_id=organisation.pk,
        user=user.pk,
        role=role,
        before=membership.role,
    )
    _forget(user, by)
    _follow(membership, by=by, successor=None)
    return changed


def _follow(membership: Membership, *, by: User, successor: User | None) -> None:
    """What apps that build on this one have to do when somebody lost a role, in the same transaction."""
    for name in settings.MEMBERSHIP_FOLLOWERS:
        import_string(name)(
            user=membership.user, organisation=membership.organisation, by=by, successor=successor
        )


def _held(membership: Membership) -> Membership:
    """The membership as it stands, with its organisation locked: two owners may leave in the same second."""
    Organisation.objects.select_for_update().get(pk=membership.organisation_id)
    membership = Membership.objects.select_related("organisation", "user").get(pk=membership.pk)
    if membership.ended_at:
        raise Refused(_("This membership has ended already."))
    return membership


def _keep_a_keeper(membership: Membership) -> None:
    if membership.role not in KEEPERS:
        return
    others = Membership.objects.filter(
        organisation=membership.organisation_id, role__in=KEEPERS, ended_at=None, user__is_active=True
    ).exclude(pk=membership.pk)
    if not others.exists():
        raise Refused(
            _("Somebody has to be in charge: make another person %(role)s first.")
            % {"role": membership.get_role_display()}
        )


def _forget(*users: User) -> None:
    """Memberships are read once a request; these have just changed."""
    for user in users:
        with suppress(AttributeError):
            del user.active_memberships
