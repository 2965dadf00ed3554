import pytest

from accounts import invitations, trail
from accounts.models import Invitation, Membership
from accounts.roles import Role
from tests.builders.accounts import a_member, a_notice, a_person, an_invitation

pytestmark = pytest.mark.django_db

JSON = "application/json"


def test_a_person_reads_and_changes_their_settings(client, cast):
    client.force_login(cast.owner)

    me = client.get("/api/v1/me").json()
    changed = client.patch("/api/v1/me", {"language": "es", "time_zone": "America/Denver"}, content_type=JSON)

    assert me["memberships"][0]["organisation"]["slug"] == "hopewell"
    assert changed.json()["language"] == "es"
    cast.owner.refresh_from_db()
    assert (cast.owner.language, cast.owner.time_zone) == ("es", "America/Denver")


@pytest.mark.parametrize(
    ("field", "value"), [("language", "fr"), ("time_zone", "Mars/Base"), ("given_name", "")]
)
def test_a_wrong_setting_is_named_and_nothing_changes(client, field, value):
    client.force_login(user := a_person())

    answer = client.patch("/api/v1/me", {field: value, "wants_mail": False}, content_type=JSON)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field
    user.refresh_from_db()
    assert user.wants_mail


def test_nobody_makes_themselves_staff(client):
    client.force_login(user := a_person())

    client.patch("/api/v1/me", {"is_staff": True, "email": "x@example.org"}, content_type=JSON)

    user.refresh_from_db()
    assert not user.is_staff
    assert user.email != "x@example.org"


def test_notices_are_listed_newest_first_and_read(client):
    client.force_login(user := a_person())
    old, new = a_notice(user, "Old."), a_notice(user, "New.")
    a_notice(a_person(), "Not theirs.")

    listed = client.get("/api/v1/notices").json()["results"]
    read = client.post(f"/api/v1/notices/{old.pk}/read")

    assert [notice["text"] for notice in listed] == ["New.", "Old."]
    assert read.json()["read_at"]
    client.post("/api/v1/notices/read")
    new.refresh_from_db()
    assert new.read_at


def test_an_employer_is_registered(client):
    client.force_login(user := a_person())

    answer = client.post("/api/v1/organisations", {"name": "Hopewell", "state": "US-MN"}, content_type=JSON)

    assert answer.status_code == 201
    assert answer.json() == {"slug": "hopewell", "name": "Hopewell", "kind": "employer", "state": "US-MN"}
    assert Membership.objects.get().user == user


def test_members_show_their_address_only_to_those_who_look_after_them(client, cast):
    client.force_login(cast.supervisor)
    by_supervisor = client.get("/api/v1/organisations/hopewell/members").json()["results"]
    client.force_login(cast.owner)
    by_owner = client.get("/api/v1/organisations/hopewell/members").json()["results"]

    assert {member["name"] for member in by_owner} == {"Sam Lindqvist", "Olive Marsh", "Maya Chen"}
    assert all(member["email"] for member in by_owner)
    assert not any(member["email"] for member in by_supervisor)


def test_a_role_is_changed_and_a_membership_ended(client, cast):
    client.force_login(cast.owner)
    pk = Membership.objects.get(user=cast.supervisor).pk

    changed = client.patch(
        f"/api/v1/organisations/hopewell/members/{pk}", {"role": "manager"}, content_type=JSON
    )
    ended = client.delete(f"/api/v1/organisations/hopewell/members/{changed.json()['id']}")

    assert changed.json()["role"] == "manager"
    assert ended.status_code == 204
    assert not Membership.objects.filter(user=cast.supervisor, ended_at=None).exists()


def test_the_last_owner_is_refused_with_a_reason(client, cast):
    client.force_login(cast.owner)
    pk = Membership.objects.get(user=cast.owner).pk

    answer = client.delete(f"/api/v1/organisations/hopewell/members/{pk}")

    assert answer.status_code == 409
    assert "in charge" in answer.json()["detail"]


def test_an_invitation_is_sent_listed_and_withdrawn(client, cast):
    client.force_login(cast.owner)
    address = "/api/v1/organisations/hopewell/invitations"

    sent = client.post(address, {"email": "n@example.org", "role": "supervisor"}, content_type=JSON)
    again = client.post(address, {"email": "n@example.org", "role": "supervisor"}, content_type=JSON)
    listed = client.get(address).json()["results"]
    withdrawn = client.delete(f"{address}/{sent.json()['id']}")

    assert (sent.status_code, again.status_code, withdrawn.status_code) == (201, 422, 204)
    assert again.json()["errors"][0]["field"] == "email"
    assert [invitation["email"] for invitation in listed] == ["n@example.org"]
    assert "token" not in sent.content.decode()
    assert Invitation.objects.get().withdrawn_at


def test_an_invitation_is_accepted_by_its_token(client, cast, mailoutbox, django_capture_on_commit_callbacks):
    client.force_login(cast.owner)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(
            "/api/v1/organisations/hopewell/invitations",
            {"email": "ben@example.org", "role": "supervisor"},
            content_type=JSON,
        )
    token = mailoutbox[0].body.split("/invitations/")[1].split("/")[0]

    client.force_login(cast.worker)
    refused = client.post("/api/v1/invitations/accept", {"token": token}, content_type=JSON)
    client.force_login(cast.another_worker)
    accepted = client.post("/api/v1/invitations/accept", {"token": token}, content_type=JSON)

    assert refused.status_code == 409
    assert accepted.json()["role"] == "supervisor"


@pytest.mark.parametrize("members", [1, 20])
def test_the_members_cost_the_same_however_many_there_are(client, cast, members, django_assert_num_queries):
    for _ in range(members):
        a_member(Role.SUPERVISOR, organisation=cast.employer)
        an_invitation(cast.employer, by=cast.owner, email=f"{_}@example.org")
    client.force_login(cast.owner)

    with django_assert_num_queries(8, exact=False):
        client.get("/api/v1/organisations/hopewell/members")
    with django_assert_num_queries(12, exact=False):
        client.get("/organisations/hopewell/members/")


def test_the_members_are_named_by_what_an_agreement_asks_for(client, cast):
    client.force_login(cast.manager)

    members = client.get("/api/v1/organisations/hopewell/members").json()["results"]

    assert {member["name"]: member["user"] for member in members}["Sam Lindqvist"] == cast.supervisor.pk


def test_an_employer_is_found_by_part_of_its_name(client, cast):
    client.force_login(cast.worker)

    found = client.get("/api/v1/employers", {"q": "hope"}).json()["results"]
    everyone = client.get("/api/v1/employers").json()["results"]

    assert [one["slug"] for one in found] == ["hopewell"]
    names = [one["name"] for one in everyone]
    assert len(names) > 1
    assert names == sorted(names)
    assert {one["kind"] for one in everyone} == {"employer"}


def test_a_person_reads_who_looked_at_their_record(client, cast):
    trail.saw("record", subject=cast.ana, viewer=cast.supervisor, organisation_id=cast.employer.pk)
    client.force_login(cast.worker)

    [look] = client.get("/api/v1/looks").json()["results"]

    assert (look["what"], look["viewer"]) == ("record", "Sam Lindqvist")
    assert look["organisation"] == "Hopewell Recovery"
    client.force_login(cast.another_worker)
    assert client.get("/api/v1/looks").json()["results"] == []


def test_an_invitation_is_read_before_it_is_accepted(client, cast):
    invitation = an_invitation(cast.employer, by=cast.owner, token_digest=invitations.digest("a-token"))
    sent = {"token": "a-token"}

    read = client.post("/api/v1/invitations/read", sent, content_type=JSON).json()
    invitations.withdraw(invitation=invitation, by=cast.owner)
    closed = client.post("/api/v1/invitations/read", sent, content_type=JSON).json()

    assert (read["organisation"]["slug"], read["role"], read["why_not"]) == ("hopewell", "supervisor", "")
    assert closed["why_not"] == "This invitation was withdrawn."
