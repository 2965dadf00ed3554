"""The pages of supervisors and employers: what waits, what is signed, who works where."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.urls import reverse

from accounts.models import Access, Notice
from accounts.roles import Role
from tests.builders.accounts import a_member
from tests.builders.workers import (
    a_supervisor,
    a_worker,
    an_agreement,
    an_employment,
    an_entry,
    submitted_hours,
)
from tests.workers.browsing import go, send
from workers import hours
from workers.models import Agreement, Delegate, HourEntry, Signature

Status = HourEntry.Status


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(datetime(2026, 6, 10, 18, tzinfo=UTC), tick=False) as stopped:  # a Wednesday
        yield stopped


@pytest.fixture
def owner(job):
    return a_member(Role.OWNER, organisation=job.employer)


# The supervisor


def as_shown(client, user):
    """What the form of the page carries, as a browser sends it back."""
    context = go(client, user, "sign").context
    seen = [f"{group['key']} {group['seen']}" for group in context["groups"]]
    return {"seen": seen, "declaration": context["version"]}


def sign(client, job, **data):
    return send(client, job.supervisor, "sign", **as_shown(client, job.supervisor), **data)


def test_what_waits_stands_by_worker_and_week_the_odd_first(client, job):
    submitted_hours(job.employment, 16 * 60, until=date(2026, 6, 2))
    an_entry(job.employment, day=date(2026, 6, 9), minutes=13 * 60)

    weeks = go(client, job.supervisor, "sign").context["groups"]

    assert [(week["monday"].day, week["odd"], week["minutes"]) for week in weeks] == [
        (8, 1, 780),
        (1, 0, 960),
    ]


def test_ticked_entries_are_approved(client, job):
    one, other = an_entry(job.employment), an_entry(job.employment, minutes=60)

    sign(client, job, step="approve", entry=[one.pk])

    assert set(HourEntry.objects.values_list("pk", "status")) == {
        (one.pk, Status.APPROVED),
        (other.pk, Status.SUBMITTED),
    }


def test_a_week_is_approved_but_for_some(client, job):
    one, two = an_entry(job.employment, day=date(2026, 6, 8)), an_entry(job.employment, day=date(2026, 6, 9))
    before = an_entry(job.employment, day=date(2026, 6, 5))

    sign(client, job, step=f"rest:{job.worker.pk}-2026-06-08", entry=[two.pk])

    assert list(HourEntry.objects.filter(status=Status.APPROVED)) == [one]
    assert before.status == Status.SUBMITTED


def test_all_but_some_are_approved(client, job):
    submitted_hours(job.employment, 10 * 480)
    left = HourEntry.objects.first()

    sign(client, job, step="all", entry=[left.pk])

    assert HourEntry.objects.filter(status=Status.APPROVED).count() == 9


def test_returning_without_a_reason_keeps_the_choice(client, job):
    entry = an_entry(job.employment)

    response = send(client, job.supervisor, "sign", step="return", entry=[entry.pk])
    assert response.status_code == 422
    assert f'id="entry-{entry.pk}" data-row checked' in response.content.decode()

    send(client, job.supervisor, "sign", step="return", entry=[entry.pk], reason="Which group?")
    entry.refresh_from_db()
    assert (entry.status, entry.reason) == (Status.RETURNED, "Which group?")


def test_entries_of_others_are_left_out_however_they_are_asked_for(client, job):
    strange = an_entry(an_employment(a_worker("Ben", "Okafor")))

    sign(client, job, step="approve", entry=[strange.pk])

    strange.refresh_from_db()
    assert strange.status == Status.SUBMITTED


@pytest.mark.parametrize("n", [1, 40])
def test_the_page_to_sign_costs_the_same_however_much_waits(client, job, n, django_assert_max_num_queries):
    for _again in range(3):
        other = an_employment(a_worker(), job.employer, title="Other")
        an_agreement(other, job.supervisor)
        submitted_hours(other, n * 480)
    client.force_login(job.supervisor)

    with django_assert_max_num_queries(19):
        client.get(reverse("workers:sign"))


def test_forty_workers_and_four_weeks_are_shown_a_team_week_a_page(
    client, job, django_assert_max_num_queries
):
    team = [an_employment(a_worker("Team", f"{n:02}"), job.employer) for n in range(40)]
    for employment in team:
        an_agreement(employment, job.supervisor)
        for week in range(4):
            submitted_hours(employment, 5 * 420, a_day=420, until=date(2026, 6, 5) - timedelta(weeks=week))
    an_entry(team[-1], day=date(2026, 6, 8), minutes=13 * 60)
    client.force_login(job.supervisor)

    with django_assert_max_num_queries(20):
        context = client.get(reverse("workers:sign")).context

    groups = context["groups"]
    assert (len(groups), context["entries_here"], context["total"]) == (40, 1 + 39 * 5, 801)
    assert (groups[0]["worker"], groups[0]["odd"]) == (team[-1].worker, 1)
    assert [group["open"] for group in groups] == [True] + [False] * 39


def test_the_week_of_a_team_is_signed_by_one_button(client, job):
    for n in range(12):
        employment = an_employment(a_worker("Team", f"{n:02}"), job.employer)
        an_agreement(employment, job.supervisor)
        submitted_hours(employment, 5 * 420, a_day=420, until=date(2026, 6, 5))

    sign(client, job, step="all")

    assert HourEntry.objects.filter(status=Status.APPROVED).count() == 60
    assert Signature.objects.get().entries == 60


def test_what_changed_since_the_page_was_made_is_not_signed(client, job):
    entry = an_entry(job.employment)
    shown = as_shown(client, job.supervisor)
    hours.edit(entry, by=job.user, minutes=600)

    response = send(client, job.supervisor, "sign", step="all", **shown)

    assert "Look at them again" in next(str(said) for said in get_messages(response.wsgi_request))
    entry.refresh_from_db()
    assert entry.status == Status.SUBMITTED


def test_under_another_wording_than_the_page_has_nothing_is_signed(client, job):
    entry = an_entry(job.employment)
    shown = {**as_shown(client, job.supervisor), "declaration": 0}

    send(client, job.supervisor, "sign", step="all", **shown)

    entry.refresh_from_db()
    assert entry.status == Status.SUBMITTED


def test_looking_at_hours_is_noted_once_a_day(client, job):
    an_entry(job.employment)

    go(client, job.supervisor, "sign")
    go(client, job.supervisor, "sign")

    assert Access.objects.filter(about=job.user, viewer=job.supervisor, what="hours").count() == 1


def test_only_signers_open_the_page_to_sign(client, job, owner):
    assert go(client, job.user, "sign").status_code == 403
    assert go(client, owner, "sign").status_code == 403


def test_a_supervisor_sees_a_workers_hours(client, job):
    an_entry(job.employment)

    assert go(client, job.supervisor, "signed", job.worker.pk).status_code == 200
    assert go(client, job.supervisor, "signed", a_worker().pk).status_code == 404


def test_far_days_stay_apart(client, job):
    an_entry(job.employment, day=date(2026, 6, 10) - timedelta(days=400))

    assert "sent 400 days after the work" in go(client, job.supervisor, "sign").content.decode()


# The employer


def test_an_owner_confirms_a_job(client, job, owner):
    assert go(client, owner, "people").url == reverse("workers:team", args=[job.employer.slug])
    assert "Ana Rivera" in go(client, owner, "team", job.employer.slug).content.decode()

    send(client, owner, "confirm_job", job.employer.slug, job.employment.pk)

    job.employment.refresh_from_db()
    assert job.employment.confirmed_by == owner
    assert Access.objects.count() == 0
    go(client, owner, "person", job.employer.slug, job.employment.pk)
    assert Access.objects.get().viewer == owner


def test_an_owner_names_a_supervisor_and_ends_it(client, job, owner):
    other = a_supervisor(job.employer)
    data = {
        "supervisor": other.pk,
        "basis": "qualified-supervisor",
        "started_on": "2026-06-01",
        "ended_on": "",
    }

    send(client, owner, "add_agreement", job.employer.slug, job.employment.pk, **data)
    agreement = Agreement.objects.get(supervisor=other)
    assert agreement.made_by == owner
    assert {notice.user for notice in Notice.objects.all()} == {job.user, other}

    again = send(client, owner, "add_agreement", job.employer.slug, job.employment.pk, **data)
    assert again.status_code == 422

    send(client, owner, "end_agreement", agreement.pk, ended_on="2026-06-09")
    agreement.refresh_from_db()
    assert agreement.ended_on == date(2026, 6, 9)


def test_an_agreement_does_not_end_before_what_was_signed_under_it(client, job, owner):
    an_entry(job.employment, day=date(2026, 6, 9), status=Status.APPROVED, agreement=job.agreement)

    response = send(client, owner, "end_agreement", job.agreement.pk, ended_on="2026-06-08")

    assert response.status_code == 422


@pytest.mark.parametrize("who", ["owner", "supervisor"])
def test_owner_and_supervisor_name_a_delegate(client, job, owner, who):
    deputy = a_supervisor(job.employer)
    user = owner if who == "owner" else job.supervisor

    send(
        client,
        user,
        "add_delegate",
        job.agreement.pk,
        user=deputy.pk,
        started_on="2026-06-10",
        ended_on="2026-06-20",
    )
    delegate = Delegate.objects.get()
    assert delegate.user == deputy

    send(client, user, "end_delegation", delegate.pk)
    assert not Delegate.objects.exists()


def test_another_employer_sees_nobody_of_this_one(client, job):
    stranger = a_member(Role.OWNER)

    assert go(client, stranger, "team", job.employer.slug).status_code == 404
    assert go(client, stranger, "end_agreement", job.agreement.pk).status_code == 404


@pytest.mark.parametrize("show", ["", "unconfirmed", "unsupervised", "former"])
def test_people_are_filtered(client, job, owner, show):
    ben = an_employment(a_worker("Ben", "Okafor"), job.employer)
    ada = an_employment(a_worker("Ada", "Moss"), job.employer, ended_on=date(2021, 1, 1))

    shown = [r["job"] for r in go(client, owner, "team", job.employer.slug, show=show).context["rows"]]

    assert (
        shown
        == {
            "": [ben, job.employment],
            "unconfirmed": [ada, ben, job.employment],
            "unsupervised": [ben],
            "former": [ada],
        }[show]
    )
