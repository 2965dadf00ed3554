import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.models import Membership, Organisation, User
from accounts.policy import OWN, ROLES, SCOPES, Permission, may, organisations_where, require
from accounts.roles import KIND_OF_ROLE, OrganisationKind, Role
from tests.builders.accounts import a_member, a_person, an_organisation

OF_EMPLOYERS = {
    Permission.HOURS_SIGN,
    Permission.HOURS_VIEW,
    Permission.HOURS_SEND,
    Permission.SYSTEMS_MANAGE,
    Permission.PEOPLE_VIEW,
    Permission.PEOPLE_MANAGE,
    Permission.LADDER_VIEW,
    Permission.LADDER_EDIT,
    Permission.READINESS_VIEW,
}
OF_AUTHORITIES = {
    Permission.APPLICATION_VIEW,
    Permission.APPLICATION_REVIEW,
    Permission.APPLICATION_DECIDE,
    Permission.CREDENTIAL_VIEW,
    Permission.CREDENTIAL_ACT,
    Permission.TRAIL_VIEW,
    Permission.EFFECT_VIEW,
}


def test_every_role_has_its_permissions_and_its_kind():
    assert set(ROLES) == set(Role) == set(KIND_OF_ROLE)


def test_every_permission_is_held_by_somebody():
    assert OWN.union(*ROLES.values(), *SCOPES.values()) == set(Permission)


def test_what_belongs_to_the_person_no_role_gives():
    assert not OWN & frozenset().union(*ROLES.values())


@pytest.mark.parametrize("role", Role)
def test_no_employer_reviews_and_no_authority_signs(role):
    foreign = OF_AUTHORITIES if KIND_OF_ROLE[role] == OrganisationKind.EMPLOYER else OF_EMPLOYERS
    if KIND_OF_ROLE[role] not in (OrganisationKind.EMPLOYER, OrganisationKind.AUTHORITY):
        foreign = OF_AUTHORITIES | OF_EMPLOYERS

    assert not ROLES[role] & foreign


def test_an_auditor_changes_nothing():
    assert all(permission.endswith(".view") for permission in ROLES[Role.AUDITOR])


def test_only_those_who_sign_may_sign():
    assert [role for role in Role if Permission.HOURS_SIGN in ROLES[role]] == [Role.SUPERVISOR]


@pytest.mark.django_db
def test_a_role_counts_in_its_own_organisation_only():
    supervisor = a_member(Role.SUPERVISOR)
    theirs, another = Organisation.objects.get(), an_organisation()

    assert may(supervisor, Permission.HOURS_SIGN, on=theirs)
    assert not may(supervisor, Permission.HOURS_SIGN, on=another)
    assert may(supervisor, Permission.HOURS_SIGN)
    assert organisations_where(supervisor, Permission.HOURS_SIGN) == {theirs.pk}
    with pytest.raises(PermissionDenied):
        require(supervisor, Permission.HOURS_SIGN, on=another)


@pytest.mark.django_db
def test_an_ended_membership_gives_nothing():
    supervisor = a_member(Role.SUPERVISOR)
    Membership.objects.update(ended_at=timezone.now())

    assert not may(User.objects.get(pk=supervisor.pk), Permission.HOURS_SIGN)


@pytest.mark.django_db
@pytest.mark.parametrize("user", ["visitor", "inactive"])
def test_who_does_not_sign_in_may_nothing(user):
    person = AnonymousUser() if user == "visitor" else a_member(Role.OWNER, is_active=False)

    assert not any(may(person, permission) for permission in Permission)
    assert organisations_where(person, Permission.MEMBERS_VIEW) == set()


@pytest.mark.django_db
def test_what_is_ones_own_is_nobody_elses(cast):
    assert may(cast.worker, Permission.RECORD_KEEP, on=cast.ana)
    assert not may(cast.supervisor, Permission.RECORD_KEEP, on=cast.ana)
    assert not may(cast.worker, Permission.RECORD_KEEP, on=cast.ben)
    assert not may(cast.worker, Permission.RECORD_KEEP)


@pytest.mark.django_db
def test_being_staff_opens_no_record(cast):
    staff = a_person(is_staff=True, is_superuser=True)

    assert not any(may(staff, permission, on=cast.ana) for permission in OWN)
    assert not any(
        may(staff, permission, on=cast.employer) for permission in Permission if permission not in OWN
    )


@pytest.mark.django_db
def test_memberships_are_read_once_a_request(cast, django_assert_num_queries):
    with django_assert_num_queries(1):
        for permission in Permission:
            may(cast.owner, permission, on=cast.ana if permission in OWN else cast.employer)
