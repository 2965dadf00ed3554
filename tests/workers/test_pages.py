"""The worker's pages: what they show and what they do."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.urls import reverse

from accounts.models import Access, Notice
from tests.builders.accounts import a_person, an_organisation
from tests.builders.workers import (
    a_session,
    a_statement,
    a_supervisor,
    a_worker,
    an_agreement,
    an_employment,
    an_entry,
    approved_hours,
)
from tests.workers.browsing import go, page_of, row, send
from workers import tracking
from workers.models import Employment, HourEntry, Statement, SupervisionSession, Worker

Status = HourEntry.Status


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(datetime(2026, 6, 10, 18, tzinfo=UTC), tick=False) as stopped:  # a Wednesday
        yield stopped


def test_a_person_without_a_record_is_asked_to_begin_one(client, db):
    user = a_person("Ana", "Rivera")

    assert go(client, user, "home").url == reverse("workers:start")
    send(client, user, "start", given_name="Ana", family_name="Rivera", state="US-MN", born_on="1990-05-01")

    assert Worker.objects.get(user=user).born_on == date(1990, 5, 1)
    assert go(client, user, "home").status_code == 200


def test_home_answers_what_now(client, job):
    approved_hours(job.employment, 100 * 60, agreement=job.agreement, until=date(2026, 5, 30))
    an_entry(job.employment, day=date(2026, 6, 9), minutes=90)
    an_entry(job.employment, day=date(2026, 6, 1), status=Status.RETURNED, decided_by=job.supervisor)
    tracking.drain_all()

    page = go(client, job.user, "home").content.decode()

    assert "100 h" in page
    assert "1 h 30 min" in page
    assert "1 entry came back" in page


def test_home_takes_at_most_15_queries_with_5000_entries(client, job, django_assert_max_num_queries):
    old = an_employment(job.worker, job.employer, title="Old", started_on=date(2012, 1, 1))
    approved_hours(old, 5000 * 30, agreement=an_agreement(old), a_day=30)
    tracking.drain_all()
    client.force_login(job.user)

    with django_assert_max_num_queries(15):
        client.get(reverse("workers:home"))


def test_the_list_is_by_week_and_filtered(client, job):
    an_entry(job.employment, day=date(2026, 6, 9), minutes=60)
    an_entry(job.employment, day=date(2026, 6, 1), minutes=61, status=Status.DRAFT)

    assert [w["total"] for w in go(client, job.user, "hours").context["weeks"]] == [60, 61]
    assert [w["total"] for w in go(client, job.user, "hours", status="draft").context["weeks"]] == [61]
    assert "No hours like that" in go(client, job.user, "hours", status="approved").content.decode()


@pytest.mark.parametrize("n", [1, 120])
def test_the_list_costs_the_same_however_long_it_is(client, job, n, django_assert_max_num_queries):
    approved_hours(job.employment, 60 * n, agreement=job.agreement, a_day=60)
    client.force_login(job.user)

    with django_assert_max_num_queries(11):
        client.get(reverse("workers:hours"))


def test_an_entry_shows_its_history_and_offers_what_is_open(client, job):
    send(client, job.user, "week", **page_of(row(job)))
    entry = HourEntry.objects.get()

    page = go(client, job.user, "entry", entry.pk)
    assert page.context["steps"] == ["edit", "withdraw", "discard"]

    send(client, job.user, "step", entry.pk, "withdraw")
    page = go(client, job.user, "entry", entry.pk)
    assert [str(item["what"]) for item in page.context["history"]] == ["Logged", "Taken back"]


def test_an_entry_is_edited(client, job):
    entry = an_entry(job.employment)
    form = go(client, job.user, "edit", entry.pk).context["form"]
    data = {name: form[name].value() or "" for name in form.fields} | {"minutes": "6", "practicum": ""}

    send(client, job.user, "edit", entry.pk, **data)

    entry.refresh_from_db()
    assert entry.minutes == 360


def test_approved_hours_are_corrected_by_an_amendment(client, job):
    entry = an_entry(job.employment, status=Status.APPROVED, agreement=job.agreement)
    form = go(client, job.user, "amend", entry.pk).context["form"]
    data = {name: form[name].value() or "" for name in form.fields} | {"minutes": "6", "practicum": ""}

    response = send(client, job.user, "amend", entry.pk, **data)

    correction = HourEntry.objects.get(amends=entry)
    assert response.url == reverse("workers:entry", args=[correction.pk])
    assert "A correction waits" in go(client, job.user, "entry", entry.pk).content.decode()


def test_a_supervisor_sees_an_entry_and_changes_nothing_of_it(client, job):
    entry = an_entry(job.employment)

    assert go(client, job.supervisor, "entry", entry.pk).status_code == 200
    assert send(client, job.supervisor, "step", entry.pk, "discard").status_code == 403
    stranger = a_supervisor(an_organisation())
    assert go(client, stranger, "entry", entry.pk).status_code == 404
    assert Access.objects.filter(about=job.user, viewer=job.supervisor).exists()


def test_jobs_are_added_and_ended(client, job):
    employer = an_organisation("Northside")
    data = {
        "employer": employer.pk,
        "title": "Coach",
        "work": "recovery_coaching",
        "pay": "paid",
        "state": "US-MN",
        "started_on": "2026-06-01",
        "ended_on": "",
    }

    send(client, job.user, "add_job", **data)
    added = Employment.objects.get(employer=employer)
    assert send(client, job.user, "add_job", **data).status_code == 422  # the same job twice

    send(client, job.user, "end_job", added.pk, ended_on="2026-06-09")
    added.refresh_from_db()
    assert added.ended_on == date(2026, 6, 9)


def test_a_job_with_later_hours_does_not_end_before_them(client, job):
    an_entry(job.employment, day=date(2026, 6, 9))

    response = send(client, job.user, "end_job", job.employment.pk, ended_on="2026-06-08")

    assert response.status_code == 422
    assert "hours of this job after that day" in response.content.decode()


def test_only_jobs_without_hours_and_confirmation_are_discarded(client, job):
    an_entry(job.employment)
    other = an_employment(job.worker, title="Coach")

    send(client, job.user, "discard_job", job.employment.pk)
    send(client, job.user, "discard_job", other.pk)

    assert list(job.worker.employments.all()) == [job.employment]


def test_the_profile_is_changed(client, job):
    data = {"given_name": "Ana María", "family_name": "Rivera", "born_on": "1990-05-01", "state": "US-OH"}

    send(client, job.user, "profile", **data, listed="on")

    worker = Worker.objects.get()
    assert (worker.given_name, worker.state, worker.listed) == ("Ana María", "US-OH", True)
    assert send(client, job.user, "profile", **{**data, "born_on": "2030-01-01"}).status_code == 422


def test_the_whole_record_stands_on_one_page(client, job):
    approved_hours(job.employment, 600, agreement=job.agreement)
    a_statement(job.worker, name="Forty hours of peer support")
    a_session(job.agreement)
    tracking.drain_all()

    page = go(client, job.user, "record").content.decode()

    assert "Forty hours of peer support" in page
    assert "10 h" in page


def test_supervision_is_recorded_and_confirmed(client, job):
    data = {
        "agreement": job.agreement.pk,
        "day": "2026-06-09",
        "minutes": "1:00",
        "format": "individual",
        "domain": "ethical_responsibility",
    }
    send(client, job.user, "add_session", **data)
    session = SupervisionSession.objects.get()
    assert (session.minutes, session.confirmed_on) == (60, None)

    send(client, job.supervisor, "confirm_sessions", session=session.pk)
    session.refresh_from_db()
    assert session.confirmed_by == job.supervisor
    assert Notice.objects.filter(user=job.user, message__contains="confirmed supervision").count() == 1


def test_supervision_outside_the_agreement_is_an_error_at_the_day(client, job):
    job.agreement.ended_on = date(2026, 6, 1)
    job.agreement.save()
    data = {"agreement": job.agreement.pk, "day": "2026-06-09", "minutes": "1", "format": "group"}

    response = send(client, job.user, "add_session", **data, domain="advocacy")

    assert response.status_code == 422
    assert "did not supervise you on that day" in response.content.decode()


@pytest.mark.parametrize(
    "name", ["home", "log", "week", "patterns", "hours", "jobs", "qualifications", "supervision", "record"]
)
def test_pages_of_an_empty_record_lead_on(client, db, name):
    worker = a_worker()

    response = go(client, worker.user, name)

    assert response.status_code == (302 if name in ("log", "week", "patterns") else 200)


def test_statements_are_added_by_small_forms(client, job):
    data = {
        "code": "Peer support",
        "minutes": "40",
        "day": "2024-03-01",
        "name": "Core",
        "by_topic": "Ethics: 6",
    }

    response = send(client, job.user, "add_qualification", "training", **data)

    assert response.url == reverse("workers:qualifications")
    stated = Statement.objects.get()
    assert (stated.code, stated.minutes, stated.details) == (
        "peer_support",
        2400,
        {"by_topic": {"ethics": 6}},
    )
    assert "Core" in go(client, job.user, "qualification", stated.pk).content.decode()

    send(client, job.user, "withdraw_qualification", stated.pk)
    assert go(client, job.user, "qualification", stated.pk).status_code == 404


@pytest.mark.parametrize("kind", Statement.Kind.values)
def test_each_kind_of_statement_has_its_form(client, job, kind):
    assert go(client, job.user, "add_qualification", kind).status_code == 200
    wrong = send(client, job.user, "add_qualification", kind)
    assert wrong.status_code == (302 if kind == "references" else 422)


def test_a_link_may_suggest_what_is_stated(client, job):
    page = go(client, job.user, "add_qualification", "qualification", code="mn-mental-health-service-user")

    assert 'value="mn-mental-health-service-user"' in page.content.decode()
