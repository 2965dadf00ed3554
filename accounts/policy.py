"""The one place that says who may do what.

A permission is a name. A role is a named set of them, and so is a scope of a connected system. `may` answers
for a person (or a system) and an object, which says to which organisation (`policy_organisation_id`) or to
which person (`policy_user_id`) it belongs.
"""

from enum import StrEnum
from typing import Any

from django.core.exceptions import PermissionDenied

from accounts.roles import Role
from accounts.scopes import Scope, System


class Permission(StrEnum):
    # A person, on what is their own
    RECORD_KEEP = "record.keep"
    APPLICATION_SUBMIT = "application.submit"
    # Employers
    HOURS_SIGN = "hours.sign"
    HOURS_VIEW = "hours.view"
    HOURS_SEND = "hours.send"
    PEOPLE_VIEW = "people.view"
    PEOPLE_MANAGE = "people.manage"
    PEOPLE_IMPORT = "people.import"
    SUPERVISORS_VOUCH = "supervisors.vouch"
    LADDER_VIEW = "ladder.view"
    LADDER_EDIT = "ladder.edit"
    READINESS_VIEW = "readiness.view"
    # Authorities
    APPLICATION_VIEW = "application.view"
    APPLICATION_REVIEW = "application.review"
    APPLICATION_DECIDE = "application.decide"
    CREDENTIAL_VIEW = "credential.view"
    CREDENTIAL_ACT = "credential.act"
    TRAIL_VIEW = "trail.view"
    EFFECT_VIEW = "effect.view"
    COURSES_APPROVE = "courses.approve"
    # Training providers and examination bodies
    COURSES_KEEP = "courses.keep"
    # Any organisation
    MEMBERS_MANAGE = "members.manage"
    MEMBERS_VIEW = "members.view"
    SYSTEMS_MANAGE = "systems.manage"


P = Permission

#: Held by every person on what is theirs, by nobody on anything else.
OWN = frozenset({P.RECORD_KEEP, P.APPLICATION_SUBMIT})

ROLES: dict[Role, frozenset[Permission]] = {
    Role.ADMINISTRATOR: frozenset(
        {
            P.APPLICATION_VIEW,
            P.APPLICATION_REVIEW,
            P.APPLICATION_DECIDE,
            P.CREDENTIAL_VIEW,
            P.CREDENTIAL_ACT,
            P.TRAIL_VIEW,
            P.EFFECT_VIEW,
            P.COURSES_APPROVE,
            P.SUPERVISORS_VOUCH,
            P.MEMBERS_VIEW,
            P.MEMBERS_MANAGE,
        }
    ),
    Role.REVIEWER: frozenset(
        {P.APPLICATION_VIEW, P.APPLICATION_REVIEW, P.APPLICATION_DECIDE, P.CREDENTIAL_VIEW, P.MEMBERS_VIEW}
    ),
    Role.AUDITOR: frozenset(
        {P.APPLICATION_VIEW, P.CREDENTIAL_VIEW, P.TRAIL_VIEW, P.EFFECT_VIEW, P.MEMBERS_VIEW}
    ),
    Role.OWNER: frozenset(
        {
            P.PEOPLE_VIEW,
            P.PEOPLE_MANAGE,
            P.PEOPLE_IMPORT,
            P.SUPERVISORS_VOUCH,
            P.LADDER_VIEW,
            P.LADDER_EDIT,
            P.READINESS_VIEW,
            P.MEMBERS_VIEW,
            P.MEMBERS_MANAGE,
            P.SYSTEMS_MANAGE,
        }
    ),
    Role.MANAGER: frozenset(
        {
            P.PEOPLE_VIEW,
            P.PEOPLE_MANAGE,
            P.PEOPLE_IMPORT,
            P.SUPERVISORS_VOUCH,
            P.LADDER_VIEW,
            P.LADDER_EDIT,
            P.READINESS_VIEW,
            P.MEMBERS_VIEW,
        }
    ),
    Role.SUPERVISOR: frozenset({P.HOURS_SIGN, P.LADDER_VIEW, P.MEMBERS_VIEW}),
    Role.CHECKER: frozenset({P.MEMBERS_VIEW}),
    Role.TRAINER: frozenset({P.COURSES_KEEP, P.MEMBERS_VIEW}),
    Role.EXAMINER: frozenset({P.COURSES_KEEP, P.MEMBERS_VIEW}),
}

SCOPES: dict[Scope, frozenset[Permission]] = {
    Scope.HOURS_READ: frozenset({P.HOURS_VIEW}),
    Scope.HOURS_WRITE: frozenset({P.HOURS_SEND}),
    Scope.PEOPLE_READ: frozenset({P.PEOPLE_VIEW}),
    Scope.VERIFY: frozenset(),
}


def may(user: Any, permission: Permission, on: Any = None) -> bool:
    """Whether `user` holds `permission` on the object `on`.

    Without `on`: whether they hold it anywhere (for menus; never enough to act).
    """
    if not user.is_authenticated or not user.is_active:
        return False
    if permission in OWN:
        return on is not None and on.policy_user_id == user.pk
    organisations = organisations_where(user, permission)
    return bool(organisations) if on is None else on.policy_organisation_id in organisations


def organisations_where(user: Any, permission: Permission) -> set[int]:
    """Ids of the organisations in which `user` holds `permission`."""
    if not user.is_authenticated or not user.is_active:
        return set()
    if isinstance(user, System):
        held = any(permission in SCOPES[scope] for scope in user.scopes)
        return {user.organisation_id} if held else set()
    return {m.organisation_id for m in user.active_memberships if permission in ROLES[Role(m.role)]}


def require(user: Any, permission: Permission, on: Any = None) -> None:
    """Raise PermissionDenied unless `may`. For objects the person may already see; others are 404."""
    if not may(user, permission, on=on):
        raise PermissionDenied
