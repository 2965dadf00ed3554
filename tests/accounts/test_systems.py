"""Connected systems: who connects them, what their tokens open, and how that ends."""

from base64 import b64encode
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from oauth2_provider.models import AccessToken, Application

from accounts import clients, trail
from accounts.models import ApiClient
from accounts.policy import Permission, may
from accounts.refusals import Refused
from accounts.roles import OrganisationKind, Role
from accounts.scopes import Scope, System
from tests.builders.accounts import a_member, a_person, a_system, a_token, an_organisation

pytestmark = pytest.mark.django_db

TOKEN = "/api/v1/oauth/token"
EMPLOYMENTS = "/api/v1/employments"
NOON = datetime(2026, 6, 10, 18, tzinfo=UTC)


@pytest.fixture
def employer():
    return an_organisation("Hopewell Recovery", slug="hopewell")


@pytest.fixture
def owner(employer):
    return a_member(Role.OWNER, organisation=employer)


def connect(employer, owner, *, name="Payroll", scopes=(Scope.PEOPLE_READ,)):
    return clients.connect(organisation=employer, name=name, scopes=scopes, by=owner)


def ask(client, made, secret, **more):
    both = b64encode(f"{made.application.client_id}:{secret}".encode()).decode()
    data = {"grant_type": "client_credentials", **more}
    return client.post(TOKEN, data, headers={"authorization": f"Basic {both}"})


def read(client, token, address=EMPLOYMENTS):
    return client.get(address, headers={"authorization": f"Bearer {token}"})


def test_a_system_gets_a_token_by_its_id_and_secret_and_uses_it(client, employer, owner):
    made, secret = connect(employer, owner)

    given = ask(client, made, secret)

    assert given.status_code == 200
    assert given["Content-Type"] == "application/json"
    body = given.json()
    assert (body["token_type"], body["scope"], body["expires_in"]) == ("Bearer", "people:read", 3600)
    assert "refresh_token" not in body
    assert read(client, body["access_token"]).status_code == 200


def test_id_and_secret_may_stand_in_the_form(client, employer, owner):
    made, secret = connect(employer, owner)
    named = {"client_id": made.application.client_id, "client_secret": secret}

    given = client.post(TOKEN, {"grant_type": "client_credentials", **named})

    assert given.status_code == 200


def test_neither_secret_nor_token_is_stored_readable(client, employer, owner):
    made, secret = connect(employer, owner)
    token = ask(client, made, secret).json()["access_token"]

    made.application.refresh_from_db()
    stored = AccessToken.objects.get()
    assert secret not in made.application.client_secret
    assert token not in (stored.token, stored.token_checksum)


@pytest.mark.parametrize(
    "grant",
    [
        {"grant_type": "password", "username": "ana@example.org", "password": "x"},
        {"grant_type": "authorization_code", "code": "x"},
        {"grant_type": "refresh_token", "refresh_token": "x"},
        {"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "device_code": "x"},
        {"grant_type": "nothing"},
    ],
)
def test_no_other_grant_is_open(client, employer, owner, grant):
    made, secret = connect(employer, owner)

    answer = ask(client, made, secret, **grant)

    assert (answer.status_code, answer.json()["error"]) == (400, "unsupported_grant_type")


@pytest.mark.parametrize("secret", ["", "wrong", "x" * 128])
def test_a_wrong_secret_gets_no_token(client, employer, owner, secret):
    made, _secret = connect(employer, owner)

    answer = ask(client, made, secret)

    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_a_system_may_ask_for_less_and_not_for_more(client, employer, owner):
    made, secret = connect(employer, owner, scopes=[Scope.HOURS_READ, Scope.PEOPLE_READ])

    less = ask(client, made, secret, scope="hours:read").json()
    more = ask(client, made, secret, scope="hours:write")

    assert less["scope"] == "hours:read"
    assert read(client, less["access_token"]).status_code == 403
    assert (more.status_code, more.json()["error"]) == (400, "invalid_scope")


@pytest.mark.parametrize("token", ["", "unknown", "x" * 5000])
def test_an_unknown_token_is_told_so(client, token):
    answer = read(client, token)

    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"


def test_a_token_lives_an_hour(client, employer, owner):
    token = a_token(a_system(employer, by=owner, scopes=[Scope.PEOPLE_READ]))

    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=59)):
        assert read(client, token).status_code == 200
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=61)):
        assert read(client, token).status_code == 401


def test_a_refusal_names_the_scope_that_is_missing(client, employer, owner):
    token = a_token(a_system(employer, by=owner, scopes=[Scope.HOURS_WRITE]))

    assert "people:read" in read(client, token).json()["detail"]


def test_a_token_opens_no_page(client, employer, owner):
    token = a_token(a_system(employer, by=owner, scopes=list(Scope)))

    assert read(client, token, reverse("accounts:settings")).status_code == 302


def test_a_new_secret_ends_the_old_one_and_its_tokens(client, employer, owner):
    made, old = connect(employer, owner)
    token = ask(client, made, old).json()["access_token"]

    new = clients.change_secret(made, by=owner)

    assert ask(client, made, old).status_code == 401
    assert read(client, token).status_code == 401
    assert ask(client, made, new).status_code == 200


def test_a_disconnected_system_is_a_stranger(client, employer, owner):
    made, secret = connect(employer, owner)
    token = ask(client, made, secret).json()["access_token"]

    clients.disconnect(made, by=owner)

    assert read(client, token).status_code == 401
    assert ask(client, made, secret).status_code == 401
    assert ApiClient.objects.get().revoked_by == owner
    with pytest.raises(Refused):
        clients.disconnect(made, by=owner)
    with pytest.raises(Refused):
        clients.change_secret(made, by=owner)


def test_its_last_use_is_noted_once_a_minute(client, employer, owner, django_assert_num_queries):
    system = a_system(employer, by=owner, scopes=[Scope.PEOPLE_READ])
    token = a_token(system)
    with time_machine.travel(NOON, tick=False):
        clients.recognise(token)
    with time_machine.travel(NOON + timedelta(seconds=30), tick=False), django_assert_num_queries(1):
        clients.recognise(token)

    system.refresh_from_db()
    assert system.last_used_on == NOON


def test_what_is_done_with_it_is_in_the_trail(employer, owner):
    made, _secret = connect(employer, owner)
    clients.change_secret(made, by=owner)
    clients.disconnect(made, by=owner)

    assert [event.verb for event in trail.of(made)] == [
        "system.connected",
        "system.secret_changed",
        "system.disconnected",
    ]


@pytest.mark.parametrize("role", [Role.MANAGER, Role.SUPERVISOR])
def test_only_the_owner_connects(employer, role):
    with pytest.raises(PermissionDenied):
        connect(employer, a_member(role, organisation=employer))


def test_the_owner_of_another_employer_does_not_connect_here(employer):
    other = an_organisation()

    with pytest.raises(PermissionDenied):
        connect(employer, a_member(Role.OWNER, organisation=other))


def test_a_name_is_given_once_until_the_system_is_gone(employer, owner):
    made, _secret = connect(employer, owner)
    with pytest.raises(Refused) as problem:
        connect(employer, owner, name="payroll")
    assert problem.value.field == "name"
    assert Application.objects.count() == 1

    clients.disconnect(made, by=owner)
    connect(employer, owner, name="payroll")


def test_a_system_without_a_scope_makes_no_sense(employer, owner):
    with pytest.raises(Refused) as problem:
        connect(employer, owner, scopes=[])
    assert problem.value.field == "scopes"


def test_a_system_is_nobody_and_acts_in_its_own_organisation_only(employer, owner):
    made = a_system(employer, by=owner, scopes=list(Scope))
    system = System(client=made, scopes=frozenset(Scope))
    own, other = a_person(), an_organisation(kind=OrganisationKind.EMPLOYER)

    assert may(system, Permission.PEOPLE_VIEW, on=employer)
    assert not may(system, Permission.PEOPLE_VIEW, on=other)
    assert not any(
        may(system, permission, on=employer) for permission in Permission if "manage" in permission
    )
    assert not may(system, Permission.HOURS_SIGN, on=employer)
    assert system.pk != own.pk


# Pages


def test_the_owner_connects_a_system_and_reads_its_secret_once(client, employer, owner):
    client.force_login(owner)
    where = reverse("accounts:systems", args=[employer.slug])

    answer = client.post(where, {"name": "Payroll", "scopes": ["hours:read", "hours:write"]})

    made = ApiClient.objects.get()
    secret = answer.context["secret"]
    assert secret in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert ask(client, made, secret).status_code == 200
    again = client.get(where).content.decode()
    assert "Payroll" in again
    assert secret not in again


def test_a_form_without_scopes_is_kept_with_the_error(client, employer, owner):
    client.force_login(owner)

    answer = client.post(reverse("accounts:systems", args=[employer.slug]), {"name": "Payroll"})

    assert answer.status_code == 422
    assert 'value="Payroll"' in answer.content.decode()
    assert not ApiClient.objects.exists()


def test_the_owner_disconnects_and_sees_what_was(client, employer, owner):
    made = a_system(employer, by=owner, scopes=[Scope.HOURS_READ], name="Scheduling")
    client.force_login(owner)

    answer = client.post(reverse("accounts:disconnect_system", args=[employer.slug, made.pk]), follow=True)

    assert "Disconnected systems" in answer.content.decode()
    assert "Scheduling" in answer.content.decode()


def test_the_members_page_leads_the_owner_there(client, employer, owner):
    where = reverse("accounts:systems", args=[employer.slug])
    client.force_login(owner)
    assert where in client.get(reverse("accounts:members", args=[employer.slug])).content.decode()
    client.force_login(a_member(Role.MANAGER, organisation=employer))
    assert where not in client.get(reverse("accounts:members", args=[employer.slug])).content.decode()
