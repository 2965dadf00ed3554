import threading

import pytest
from django.db import IntegrityError, connection, transaction

from accounts import members, organisations
from accounts.models import Event, Membership, Notice, Organisation
from accounts.policy import Permission, may
from accounts.refusals import Refused
from accounts.roles import KIND_OF_ROLE, OrganisationKind, Role
from tests.builders.accounts import a_member, a_person, an_organisation

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner():
    return a_member(Role.OWNER)


@pytest.fixture
def employer(owner):
    return Organisation.objects.get()


def membership_of(user) -> Membership:
    return Membership.objects.get(user=user, ended_at=None)


def test_a_membership_ends_and_stays_on_record(owner, employer):
    supervisor = a_member(Role.SUPERVISOR, organisation=employer)

    members.end(membership=membership_of(supervisor), by=owner)

    ended = Membership.objects.get(user=supervisor)
    assert ended.ended_at
    assert not may(supervisor, Permission.HOURS_SIGN, on=employer)
    assert Event.objects.get().verb == "membership.ended"
    assert Notice.objects.get().user == supervisor
    with pytest.raises(Refused, match="already"):
        members.end(membership=ended, by=owner)


def test_the_last_owner_stays(owner, employer):
    with pytest.raises(Refused, match="in charge"):
        members.end(membership=membership_of(owner), by=owner)
    with pytest.raises(Refused, match="in charge"):
        members.change_role(membership=membership_of(owner), role=Role.MANAGER, by=owner)


def test_an_owner_who_no_longer_signs_in_does_not_count(owner, employer):
    a_member(Role.OWNER, organisation=employer, is_active=False)

    with pytest.raises(Refused, match="in charge"):
        members.end(membership=membership_of(owner), by=owner)


def test_the_last_administrator_of_an_authority_stays():
    administrator = a_member(Role.ADMINISTRATOR)

    with pytest.raises(Refused, match="in charge"):
        members.end(membership=membership_of(administrator), by=administrator)


def test_a_changed_role_is_a_new_membership(owner, employer):
    supervisor = a_member(Role.SUPERVISOR, organisation=employer)

    changed = members.change_role(membership=membership_of(supervisor), role=Role.MANAGER, by=owner)

    assert changed.role == Role.MANAGER
    assert Membership.objects.get(user=supervisor, role=Role.SUPERVISOR).ended_at
    assert Event.objects.get().data == {"user": supervisor.pk, "role": "manager", "before": "supervisor"}


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.REVIEWER])
def test_a_role_that_is_theirs_or_of_another_kind_is_refused(owner, employer, role):
    supervisor = a_member(Role.SUPERVISOR, organisation=employer)

    with pytest.raises(Refused) as refusal:
        members.change_role(membership=membership_of(supervisor), role=role, by=owner)
    assert refusal.value.field == "role"


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("kind", OrganisationKind)
def test_the_database_holds_each_role_to_its_kind_of_organisation(role, kind):
    organisation, user = an_organisation(kind=kind), a_person()

    if KIND_OF_ROLE[role] == kind:
        Membership.objects.create(user=user, organisation=organisation, role=role)
        return
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        Membership.objects.create(user=user, organisation=organisation, role=role)
    assert refusal.value.__cause__.diag.constraint_name == "membership_role_fits_kind"


def test_the_database_holds_a_role_to_its_kind_when_it_is_changed_in_bulk(employer):
    a_member(Role.SUPERVISOR, organisation=employer)

    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.update(role=Role.REVIEWER)


def test_a_role_is_held_once_at_a_time(owner, employer):
    with pytest.raises(IntegrityError, match="membership_once_at_a_time"), transaction.atomic():
        Membership.objects.create(user=owner, organisation=employer, role=Role.OWNER)


def test_slugs_are_made_so_that_each_organisation_has_its_own():
    person = a_person()
    names = ["Hopewell", "Hopewell", "Register", "¿?"]

    slugs = [organisations.register_employer(name=n, state="US-MN", by=person).slug for n in names]

    assert slugs == ["hopewell", "hopewell-2", "register-2", "organisation"]


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_leave_in_the_same_second_do_not_both_leave():
    first = a_member(Role.OWNER)
    employer = Organisation.objects.get()
    second = a_member(Role.OWNER, organisation=employer)
    start, refused = threading.Barrier(2), []

    def leave(user) -> None:
        try:
            start.wait()
            members.end(membership=membership_of(user), by=user)
        except Refused:
            refused.append(user)
        finally:
            connection.close()

    threads = [threading.Thread(target=leave, args=[user]) for user in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(refused) == 1
    assert Membership.objects.filter(ended_at=None).count() == 1
