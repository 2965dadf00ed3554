import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts import invitations
from accounts.models import Event, Invitation, Membership, Notice, Organisation, User
from accounts.refusals import Refused
from accounts.roles import Role
from tests.builders.accounts import PASSWORD, a_member, a_person, an_invitation, an_organisation

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner():
    return a_member(Role.OWNER)


@pytest.fixture
def employer(owner):
    return Organisation.objects.get()


@pytest.fixture
def send(employer, owner, mailoutbox, django_capture_on_commit_callbacks):
    """Invite somebody and answer the token of the link in the message."""

    def send(email="new@example.org", role=Role.SUPERVISOR):
        with django_capture_on_commit_callbacks(execute=True):
            invitations.invite(organisation=employer, email=email, role=role, by=owner)
        return token_in(mailoutbox[-1])

    return send


def token_in(message) -> str:
    return re.search(r"/invitations/([\w-]{43})/", message.body)[1]


def test_the_link_goes_to_the_person_and_only_its_digest_is_stored(send, mailoutbox):
    token = send("New.Person@Example.org")

    invitation = Invitation.objects.get()
    assert mailoutbox[0].to == ["new.person@example.org"]
    assert token not in str(vars(invitation))
    assert invitations.find(token) == invitation
    assert timedelta(days=13, hours=23) < invitation.expires_at - timezone.now() <= timedelta(days=14)


def test_somebody_unknown_is_written_to_in_both_languages(send, mailoutbox):
    send()

    assert mailoutbox[0].body.count("/invitations/") == 2


def test_somebody_known_is_written_to_in_their_own_language(send, mailoutbox):
    send(a_person(language="es").email)

    assert mailoutbox[0].body.count("/invitations/") == 1


def test_the_person_invited_becomes_a_member(send, employer, owner):
    person = a_person(email="new@example.org")
    invitation = invitations.find(send())

    membership = invitations.accept(invitation=invitation, by=person)

    assert (membership.organisation, membership.role, membership.user) == (employer, "supervisor", person)
    assert Notice.objects.get().user == owner
    verbs = set(Event.objects.values_list("verb", flat=True))
    assert verbs >= {"invitation.sent", "membership.started", "invitation.accepted"}


def test_an_address_counts_whatever_its_case_and_only_when_verified(send):
    person = a_person(email="other@example.org")
    EmailAddress.objects.create(user=person, email="NEW@example.org", verified=False)
    invitation = invitations.find(send())

    with pytest.raises(Refused, match="another address"):
        invitations.accept(invitation=invitation, by=person)

    EmailAddress.objects.filter(email="NEW@example.org").update(verified=True)
    invitations.accept(invitation=invitation, by=person)


def test_a_link_works_once(send):
    person = a_person(email="new@example.org")
    invitation = invitations.find(send())
    invitations.accept(invitation=invitation, by=person)

    with pytest.raises(Refused, match="used"):
        invitations.accept(invitation=invitation, by=person)


def test_a_link_works_for_fourteen_days(send, time_machine):
    person = a_person(email="new@example.org")
    invitation = invitations.find(send())

    time_machine.move_to(invitation.expires_at)

    with pytest.raises(Refused, match="run out"):
        invitations.accept(invitation=invitation, by=person)


def test_a_withdrawn_link_does_not_work(send, owner):
    person = a_person(email="new@example.org")
    invitation = invitations.find(send())
    invitations.withdraw(invitation=invitation, by=owner)

    with pytest.raises(Refused, match="withdrawn"):
        invitations.accept(invitation=invitation, by=person)
    with pytest.raises(Refused, match="withdrawn"):
        invitations.resend(invitation=invitation, by=owner)


def test_a_link_sent_again_replaces_the_first(
    send, owner, mailoutbox, time_machine, django_capture_on_commit_callbacks
):
    first = send()
    time_machine.move_to(timezone.now() + timedelta(days=20))

    with django_capture_on_commit_callbacks(execute=True):
        invitations.resend(invitation=Invitation.objects.get(), by=owner)

    second = token_in(mailoutbox[-1])
    assert invitations.find(first) is None
    assert invitations.why_not(invitations.find(second)) == ""


def test_nobody_is_invited_twice_to_the_same_role(send, employer, owner):
    send()

    with pytest.raises(Refused, match="still open") as refusal:
        invitations.invite(organisation=employer, email="NEW@example.org", role=Role.SUPERVISOR, by=owner)
    assert refusal.value.field == "email"


def test_an_invitation_that_ran_out_does_not_stand_in_the_way(employer, owner):
    old = an_invitation(employer, by=owner, expires_at=timezone.now() - timedelta(seconds=1))

    invitations.invite(organisation=employer, email=old.email, role=Role.SUPERVISOR, by=owner)

    assert Invitation.objects.filter(withdrawn_at=None).count() == 1


def test_who_holds_the_role_is_not_invited_to_it(employer, owner):
    member = a_member(Role.SUPERVISOR, organisation=employer)

    with pytest.raises(Refused, match="already"):
        invitations.invite(organisation=employer, email=member.email, role=Role.SUPERVISOR, by=owner)


def test_a_role_of_another_kind_of_organisation_is_refused(employer, owner):
    with pytest.raises(Refused) as refusal:
        invitations.invite(organisation=employer, email="a@example.org", role=Role.REVIEWER, by=owner)
    assert refusal.value.field == "role"


def test_the_database_refuses_half_an_acceptance(employer, owner):
    invitation = an_invitation(employer, by=owner)

    with pytest.raises(IntegrityError, match="invitation_accepted_by_someone_on_a_day"), transaction.atomic():
        Invitation.objects.filter(pk=invitation.pk).update(accepted_by=owner)


def test_without_the_trail_nothing_is_stored(employer, owner, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("no trail")

    monkeypatch.setattr("accounts.trail.record", fail)

    with pytest.raises(RuntimeError):
        invitations.invite(organisation=employer, email="a@example.org", role=Role.OWNER, by=owner)
    assert not Invitation.objects.exists()


# Pages


def test_a_newcomer_signs_up_from_the_link_without_proving_the_address_again(client, send, mailoutbox):
    token = send()
    link = reverse("accounts:invitation", args=[token])
    assert "new@example.org" in client.get(link).content.decode()

    to_sign_up = client.post(link)
    client.post(
        to_sign_up["Location"],
        {
            "given_name": "Sam",
            "family_name": "Lindqvist",
            "email": "new@example.org",
            "password1": PASSWORD,
            "language": "en",
        },
    )
    done = client.post(link, follow=True)

    assert done.status_code == 200
    assert len(mailoutbox) == 1
    assert Membership.objects.get(user__email="new@example.org").role == Role.SUPERVISOR


def test_somebody_else_is_told_whose_invitation_it_is(client, send):
    link = reverse("accounts:invitation", args=[send()])
    client.force_login(a_person(email="other@example.org"))

    assert "signed in as other@example.org" in client.get(link).content.decode()
    assert "another address" in client.post(link, follow=True).content.decode()
    assert not Membership.objects.filter(user__email="other@example.org").exists()


def test_a_closed_link_says_why(client, send, owner):
    link = reverse("accounts:invitation", args=[send()])
    invitations.withdraw(invitation=Invitation.objects.get(), by=owner)

    answer = client.get(link)

    assert answer.status_code == 410
    assert "withdrawn" in answer.content.decode()


def test_a_pasted_link_leads_to_its_page(client, send):
    client.force_login(a_person())
    link = reverse("accounts:invitation", args=[send()])

    answer = client.post(reverse("accounts:invited"), {"link": f" http://localhost:8000{link}"})
    wrong = client.post(reverse("accounts:invited"), {"link": "http://localhost:8000/"})

    assert answer["Location"] == link
    assert wrong.status_code == 422


def test_an_owner_invites_by_page(client, employer, owner, mailoutbox, django_capture_on_commit_callbacks):
    client.force_login(owner)

    with django_capture_on_commit_callbacks(execute=True):
        client.post(
            reverse("accounts:invite", args=[employer.slug]), {"email": "n@example.org", "role": "manager"}
        )

    assert mailoutbox[0].to == ["n@example.org"]


# The operator


def test_an_operator_sets_up_an_authority(mailoutbox, django_capture_on_commit_callbacks, capsys):
    with django_capture_on_commit_callbacks(execute=True):
        call_command("create_authority", "Minnesota Board", "ada@example.org", state="US-MN")

    invitation = invitations.find(token_in(mailoutbox[0]))
    assert (invitation.role, invitation.invited_by) == ("administrator", None)
    ada = a_person(email="ada@example.org")
    assert invitations.accept(invitation=invitation, by=ada).organisation.slug == "minnesota-board"


def test_an_operator_is_told_what_is_wrong():
    an_organisation("Board", slug="board")

    with pytest.raises(CommandError, match="already"):
        call_command("create_authority", "Board", "ada@example.org", slug="board")
    with pytest.raises(CommandError, match="no organization"):
        call_command("invite", "nowhere", "ada@example.org", "owner")
    with pytest.raises(CommandError, match="no such role"):
        call_command("invite", "board", "ada@example.org", "reviewer")
    assert not User.objects.exists()
