"""Signing through a link: by whom it is asked, what it may sign, and that it works once."""

import re
import threading
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import connections
from django.urls import reverse
from django.utils import timezone
from rest_framework.throttling import SimpleRateThrottle

from accounts.models import Notice
from accounts.refusals import Refused
from accounts.roles import Role
from tests.builders.accounts import a_member
from tests.builders.workers import an_agreement, an_employment, an_entry, submitted_hours
from tests.workers.browsing import go, send
from workers import hours, links
from workers.canonical import fingerprint
from workers.models import HourEntry, Signature, SigningLink
from workers.models.supervision import Basis, SignedAs
from workers.signing import OUTSIDE, VERSION
from workers.verification import verify

Status = HourEntry.Status
SAID = {"name": "Sam Lindqvist", "role": "Clinical supervisor", "relationship": "I led the team."}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(datetime(2026, 6, 10, 18, tzinfo=UTC), tick=False) as stopped:
        yield stopped


@pytest.fixture
def owner(job):
    return a_member(Role.OWNER, organisation=job.employer)


@pytest.fixture
def left(job):
    """The supervisor has left; the agreement ended, and a week waits."""
    job.agreement.ended_on = date(2026, 6, 5)
    job.agreement.save()
    job.supervisor.memberships.update(ended_at=timezone.now())
    vars(job.supervisor).pop("active_memberships", None)
    submitted_hours(job.employment, 5 * 480, until=date(2026, 6, 5))
    return job


@pytest.fixture
def token(left, mailoutbox, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        links.ask_supervisor(left.agreement, by=left.user)
    return token_of(mailoutbox[-1])


def token_of(mail):
    return re.search(r"/sign/link/([^/]+)/", mail.body).group(1)


def page_of(client, token):
    return client.get(reverse("workers:signing_link", args=[token]))


def as_shown(client, token):
    context = page_of(client, token).context
    return {"seen": context["seen"], "declaration": context["version"]}


def post(client, token, **data):
    return client.post(
        reverse("workers:signing_link", args=[token]), {**as_shown(client, token), **SAID, **data}
    )


# Asking


def test_the_worker_asks_a_supervisor_who_left_at_the_address_on_file(left, owner, mailoutbox, token):
    link = SigningLink.objects.get()

    assert (link.email, link.agreement, len(link.entries)) == (left.supervisor.email, left.agreement, 5)
    assert mailoutbox[-1].to == [left.supervisor.email]
    assert "Ana Rivera" in mailoutbox[-1].body
    assert token not in link.token_digest
    assert "asked a former supervisor" in Notice.objects.get(user=owner).text


def test_the_worker_does_not_choose_the_address(left):
    link = links.ask_supervisor(left.agreement, by=left.user, email="friend@example.org")

    assert link.email == left.supervisor.email


def test_a_supervisor_who_signs_in_needs_no_link(job):
    an_entry(job.employment)

    with pytest.raises(Refused, match="still signs"):
        links.ask_supervisor(job.agreement, by=job.user)


def test_an_employer_names_another_address_or_somebody_outside(left, owner):
    assert (
        links.ask_supervisor(left.agreement, by=owner, email="Sam@Home.example").email == "sam@home.example"
    )
    link = links.ask_outsider(left.employment, by=owner, email="dr.lee@clinic.example")

    assert (link.agreement, len(link.entries)) == (None, 5)
    assert Notice.objects.filter(user=left.user).count() == 2


def test_nobody_asks_the_worker_or_themselves(left, owner):
    for email in (left.user.email.upper(), owner.email):
        with pytest.raises(Refused) as refused:
            links.ask_outsider(left.employment, by=owner, email=email)
        assert refused.value.field == "email"


def test_others_ask_for_nothing(left):
    stranger = a_member(Role.OWNER)

    with pytest.raises(PermissionDenied):
        links.ask_supervisor(left.agreement, by=stranger)
    with pytest.raises(PermissionDenied):
        links.ask_outsider(left.employment, by=left.user, email="dr.lee@clinic.example")


def test_there_is_an_end_to_open_links(left):
    for _again in range(links.MOST_OPEN):
        links.ask_supervisor(left.agreement, by=left.user)

    with pytest.raises(Refused, match="open already"):
        links.ask_supervisor(left.agreement, by=left.user)


def test_a_link_is_only_for_what_waits_in_the_days_of_the_agreement(left):
    an_entry(left.employment, day=date(2026, 6, 8))
    an_entry(left.employment, day=date(2026, 5, 1), status=Status.DRAFT)
    an_entry(an_employment(left.worker), day=date(2026, 6, 5), minutes=60)

    assert len(links.waiting_under(left.agreement)) == 5


# Signing


def test_through_the_link_hours_are_signed_and_supervised_as_the_agreement_says(client, left, token):
    assert page_of(client, token).status_code == 200
    assert HourEntry.objects.filter(status=Status.APPROVED).count() == 0  # to open it signs nothing

    response = post(client, token)

    assert response.status_code == 200
    assert "5 entries are signed" in response.content.decode()
    signature = Signature.objects.get()
    assert (signature.signer, signature.name, signature.role) == (None, SAID["name"], SAID["role"])
    assert signature.link == SigningLink.objects.get()
    for entry in HourEntry.objects.all():
        assert (entry.status, entry.supervised, entry.agreement) == (Status.APPROVED, True, left.agreement)
        assert (entry.decided_by, entry.signed_as) == (None, SignedAs.LINK)
    assert "Sam Lindqvist approved" in Notice.objects.get(user=left.user).text
    assert verify(workers=[left.worker.pk]).breaks == []
    page = go(client, left.user, "entry", HourEntry.objects.first().pk).content.decode()
    assert "Sam Lindqvist, by link, not a member" in page


def test_without_a_qualification_the_hours_are_not_supervised(client, left, token):
    left.agreement.basis = Basis.NOT_QUALIFIED
    left.agreement.save()

    post(client, token)

    assert HourEntry.objects.filter(supervised=False, status=Status.APPROVED).count() == 5


def test_what_somebody_outside_signs_is_not_supervised(
    client, left, owner, mailoutbox, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        links.ask_outsider(left.employment, by=owner, email="dr.lee@clinic.example")

    post(client, token_of(mailoutbox[-1]))

    entry = HourEntry.objects.first()
    assert (entry.status, entry.supervised, entry.agreement, entry.signed_as) == (
        Status.APPROVED,
        False,
        None,
        SignedAs.LINK,
    )
    assert entry.signature.declaration.text == OUTSIDE["en"]


def test_some_are_left_out_and_go_on_waiting(client, left, token):
    out = HourEntry.objects.first()

    post(client, token, entry=[out.pk])

    assert list(HourEntry.objects.filter(status=Status.SUBMITTED)) == [out]


def test_a_link_works_once(client, left, token):
    data = {**as_shown(client, token), **SAID}
    post(client, token, entry=[HourEntry.objects.first().pk])

    assert page_of(client, token).status_code == 410
    assert client.post(reverse("workers:signing_link", args=[token]), data).status_code == 410
    assert HourEntry.objects.filter(status=Status.SUBMITTED).count() == 1


def test_a_link_runs_out_and_is_taken_back(client, left, token, clock):
    clock.shift(timedelta(days=30, seconds=1))
    assert page_of(client, token).status_code == 410

    clock.shift(-timedelta(days=2))
    assert page_of(client, token).status_code == 200
    send(client, left.user, "withdraw_link", SigningLink.objects.get().pk)
    client.logout()
    assert page_of(client, token).status_code == 410


def test_a_wrong_token_is_no_page(client, db):
    assert page_of(client, "x" * 43).status_code == 404


def test_the_worker_signs_nothing_by_their_own_link(client, left, token):
    client.force_login(left.user)

    assert page_of(client, token).status_code == 403


def test_what_changed_since_the_page_is_not_signed(client, left, token):
    data = {**as_shown(client, token), **SAID}
    hours.edit(HourEntry.objects.first(), by=left.user, minutes=600)

    response = client.post(reverse("workers:signing_link", args=[token]), data)

    assert response.status_code == 422
    assert "changed" in response.content.decode()
    assert not Signature.objects.exists()
    assert post(client, token).status_code == 200


@pytest.mark.parametrize("missing", list(SAID))
def test_who_signs_states_name_role_and_relationship(client, left, token, missing):
    assert post(client, token, **{missing: " "}).status_code == 422
    assert not Signature.objects.exists()


def test_the_person_can_say_no(client, left, token):
    post(client, token, step="decline")

    assert HourEntry.objects.filter(status=Status.SUBMITTED).count() == 5
    assert "not signed" in Notice.objects.get(user=left.user).text
    assert page_of(client, token).status_code == 410


def test_nothing_beyond_its_entries_is_signed_by_a_link(left, token):
    other = an_entry(left.employment, day=date(2026, 6, 8))
    other.refresh_from_db()
    link = SigningLink.objects.get()

    with pytest.raises(PermissionDenied):
        hours.approve_by_link(
            [other],
            link=link,
            **SAID,
            seen={other.pk: fingerprint(other)},
            declaration=VERSION,
            at=timezone.now(),
        )


def test_hours_that_were_moved_to_another_employer_are_not_signed_by_the_link(client, left, token):
    moved = HourEntry.objects.first()
    elsewhere = an_employment(left.worker, started_on=left.employment.started_on)
    hours.edit(moved, by=left.user, employment=elsewhere)

    assert post(client, token).status_code == 200
    moved.refresh_from_db()
    assert moved.status == Status.SUBMITTED
    assert HourEntry.objects.filter(status=Status.APPROVED).count() == 4


def test_who_manages_their_own_employer_does_not_pick_a_mailbox_either(left, mailoutbox):
    a_member(Role.OWNER, user=left.user, organisation=left.employer)

    with pytest.raises(Refused, match="picks"):
        links.ask_outsider(left.employment, by=left.user, email="a.second@mailbox.example")
    link = links.ask_supervisor(left.agreement, by=left.user, email="a.second@mailbox.example")
    assert link.email == left.supervisor.email


def test_tokens_are_not_tried_out_without_end(client, db, monkeypatch):
    monkeypatch.setitem(SimpleRateThrottle.THROTTLE_RATES, "anon", "2/minute")

    answers = [page_of(client, f"wrong-{n}").status_code for n in range(3)]

    assert answers == [404, 404, 429]


def test_the_pages_lead_to_the_link(client, left, owner):
    assert reverse("workers:ask_supervisor", args=[left.agreement.pk]) in (
        go(client, left.user, "agreement", left.agreement.pk).content.decode()
    )
    assert go(client, left.user, "ask_supervisor", left.agreement.pk).status_code == 200
    send(client, owner, "ask_outsider", left.employment.pk, email="dr.lee@clinic.example")
    page = go(client, owner, "ask_outsider", left.employment.pk).content.decode()
    assert "Open until" in page


@pytest.mark.django_db(transaction=True)
def test_of_those_who_use_a_link_in_one_moment_one_signs():
    employment = an_employment()
    agreement = an_agreement(employment)
    agreement.supervisor.memberships.update(ended_at=timezone.now())
    vars(agreement.supervisor).pop("active_memberships", None)
    an_entry(employment)
    link = links.ask_supervisor(agreement, by=employment.worker.user)
    seen = {entry.pk: fingerprint(entry) for entry in links.entries_of(link)}
    start, done = threading.Barrier(3), []

    def use():
        start.wait(timeout=10)
        try:
            done.append(links.sign(link, **SAID, seen=seen, declaration=VERSION))
        except Refused:
            done.append(0)
        connections.close_all()

    threads = [threading.Thread(target=use) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert sorted(done) == [0, 0, 1]
