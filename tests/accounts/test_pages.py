"""The pages of accounts, as the people concerned see them."""

import pytest
from django.urls import reverse

from accounts.models import Membership, Notice, Organisation, User
from accounts.roles import Role
from tests.builders.accounts import a_member, a_notice, a_person, an_invitation

pytestmark = pytest.mark.django_db

UNPROCESSABLE = 422


def test_a_visitor_is_told_what_this_is_and_may_sign_up(client):
    page = client.get("/")

    assert page.status_code == 200
    assert reverse("account_signup") in page.content.decode()


def test_a_person_with_nothing_of_their_own_is_asked_what_brings_them(client):
    client.force_login(a_person())

    assert client.get("/")["Location"] == reverse("accounts:welcome")
    page = client.get(reverse("accounts:welcome")).content.decode()
    assert reverse("accounts:register_organisation") in page
    assert reverse("accounts:invited") in page


@pytest.mark.parametrize(
    "name", ["notices", "settings", "looks", "welcome", "invited", "register_organisation"]
)
def test_pages_of_ones_own_open(client, name):
    client.force_login(a_person())

    assert client.get(reverse(f"accounts:{name}")).status_code == 200


def test_whoever_registers_an_employer_owns_it(client):
    client.force_login(user := a_person())

    answer = client.post(
        reverse("accounts:register_organisation"), {"name": "Hopewell Recovery", "state": "US-MN"}
    )

    organisation = Organisation.objects.get()
    assert answer["Location"] == reverse("accounts:members", args=[organisation.slug])
    assert (organisation.kind, organisation.slug) == ("employer", "hopewell-recovery")
    assert Membership.objects.get().user == user
    assert Membership.objects.get().role == Role.OWNER


def test_a_wrong_form_answers_422_and_keeps_what_was_typed(client):
    client.force_login(a_person())

    answer = client.post(reverse("accounts:register_organisation"), {"name": "Hopewell", "state": ""})

    assert answer.status_code == UNPROCESSABLE
    assert 'value="Hopewell"' in answer.content.decode()
    assert not Organisation.objects.exists()


def test_members_see_each_other_and_only_keepers_see_addresses_and_invitations(client, cast):
    an_invitation(cast.employer, by=cast.owner, email="new@example.org")
    address = reverse("accounts:members", args=[cast.employer.slug])

    client.force_login(cast.owner)
    seen_by_owner = client.get(address).content.decode()
    client.force_login(cast.supervisor)
    seen_by_supervisor = client.get(address).content.decode()

    assert "Maya Chen" in seen_by_owner
    assert "Maya Chen" in seen_by_supervisor
    assert "new@example.org" in seen_by_owner
    assert "new@example.org" not in seen_by_supervisor
    assert cast.manager.email not in seen_by_supervisor


def test_the_last_owner_is_told_why_they_cannot_leave(client, cast):
    client.force_login(cast.owner)
    membership = Membership.objects.get(user=cast.owner)

    answer = client.post(
        reverse("accounts:end_membership", args=[cast.employer.slug, membership.pk]), follow=True
    )

    assert "Somebody has to be in charge" in answer.content.decode()
    membership.refresh_from_db()
    assert membership.ended_at is None


def test_an_owner_who_ends_their_own_membership_is_led_out(client, cast):
    a_member(Role.OWNER, organisation=cast.employer)
    client.force_login(cast.owner)
    membership = Membership.objects.get(user=cast.owner)

    answer = client.post(reverse("accounts:end_membership", args=[cast.employer.slug, membership.pk]))

    assert answer["Location"] == "/"
    assert client.get(reverse("accounts:members", args=[cast.employer.slug])).status_code == 404


def test_a_membership_of_another_organisation_is_not_found(client, cast):
    client.force_login(cast.owner)
    theirs = Membership.objects.get(user=cast.other_supervisor)

    answer = client.post(reverse("accounts:end_membership", args=[cast.employer.slug, theirs.pk]))

    assert answer.status_code == 404


# Notices


def test_opening_a_notice_reads_it_and_leads_to_what_it_is_about(client):
    client.force_login(user := a_person())
    notice = a_notice(user, url="/settings/")

    answer = client.post(reverse("accounts:read_notice", args=[notice.pk]))

    assert answer["Location"] == "/settings/"
    notice.refresh_from_db()
    assert notice.read_at


def test_a_notice_never_leads_to_another_site(client):
    client.force_login(user := a_person())
    notice = a_notice(user, url="//elsewhere.example/")

    answer = client.post(reverse("accounts:read_notice", args=[notice.pk]))

    assert answer["Location"] == reverse("accounts:notices")


def test_another_persons_notice_is_not_found(client):
    client.force_login(a_person())
    notice = a_notice(a_person())

    assert client.post(reverse("accounts:read_notice", args=[notice.pk])).status_code == 404


def test_all_notices_can_be_read_at_once(client):
    client.force_login(user := a_person())
    a_notice(user), a_notice(user), a_notice(other := a_person())

    client.post(reverse("accounts:read_all_notices"))

    assert list(Notice.objects.filter(read_at=None)) == list(other.notices.all())


@pytest.mark.parametrize("notices", [1, 20])
def test_the_notices_page_costs_the_same_however_many_there_are(client, notices, django_assert_num_queries):
    client.force_login(user := a_person())
    for _ in range(notices):
        a_notice(user)
    client.get(reverse("accounts:notices"))

    with django_assert_num_queries(9, exact=False):
        client.get(reverse("accounts:notices"))


# Settings and language


def test_settings_are_stored_and_speak_at_once(client):
    client.force_login(user := a_person())

    answer = client.post(
        reverse("accounts:settings"),
        {"given_name": "Ana", "family_name": "Rivera Soto", "language": "es", "time_zone": "America/Denver"},
        follow=True,
    )

    user.refresh_from_db()
    assert (user.family_name, user.language, user.time_zone, user.wants_mail) == (
        "Rivera Soto",
        "es",
        "America/Denver",
        False,
    )
    assert '<html lang="es"' in answer.content.decode()


def test_the_language_switch_lasts_for_a_person_and_for_a_visitor(client):
    user = a_person()

    client.post(reverse("set_language"), {"language": "es", "next": "/"})
    assert '<html lang="es"' in client.get("/").content.decode()

    client.force_login(user)
    assert '<html lang="en"' in client.get(reverse("accounts:settings")).content.decode()
    client.post(reverse("set_language"), {"language": "es", "next": "/"})
    assert User.objects.get().language == "es"
    assert '<html lang="es"' in client.get(reverse("accounts:settings")).content.decode()


def test_a_language_that_we_do_not_speak_changes_nothing(client):
    client.force_login(a_person())

    client.post(reverse("set_language"), {"language": "fr", "next": "/"})

    assert User.objects.get().language == "en"


def test_times_are_shown_by_the_persons_own_clock(client, time_machine):
    time_machine.move_to("2026-06-12 03:30:00+00:00", tick=False)
    client.force_login(user := a_person(time_zone="America/Los_Angeles"))
    a_notice(user)

    assert "June 11, 2026, 8:30 p.m." in client.get(reverse("accounts:notices")).content.decode()
