"""Logging by page: one entry, a week, the timer, patterns."""

from datetime import UTC, date, datetime, time

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from tests.builders.workers import a_pattern, a_worker, an_employment, an_entry, approved_hours
from tests.workers.browsing import go, page_of, quick, row, send
from workers.models import HourEntry, Pattern, Timer

Status = HourEntry.Status


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(datetime(2026, 6, 10, 18, tzinfo=UTC), tick=False) as stopped:  # a Wednesday
        yield stopped


# One entry


def test_an_entry_is_logged_and_sent(client, job):
    response = send(client, job.user, "log", **quick(job))

    entry = HourEntry.objects.get()
    assert response.url == reverse("workers:home")
    assert (entry.day, entry.minutes, entry.status) == (date(2026, 6, 9), 450, Status.SUBMITTED)


@pytest.mark.parametrize(
    ("length", "hours", "minutes"),
    [("240", "", 240), ("", "3 h 30", 210), ("", "3.5", 210), ("", "3:30", 210), ("480", "3:30", 210)],
)
def test_a_length_is_tapped_or_typed_and_what_is_typed_counts(client, job, length, hours, minutes):
    send(client, job.user, "log", **quick(job, length=length, hours=hours))

    assert HourEntry.objects.get().minutes == minutes


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"hours": ""}, "Say how long you worked."),
        ({"hours": "a while"}, "7:30 or 7.5"),
        ({"hours": "25"}, "from 1 minute to 24 hours"),
        ({"day": "2026-06-11"}, "still to come"),
        ({"day": "2019-06-11"}, "This job began on"),
        ({"starts": "20:00", "hours": "5"}, "run past midnight"),
        ({"length": "9999", "hours": ""}, "less than or equal to 1440"),
        ({"client_id": "x", "note": "the group"}, "Enter a valid UUID"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(client, job, given, says):
    response = send(client, job.user, "log", **quick(job, **{"note": "kept", **given}))

    page = response.content.decode()
    assert response.status_code == 422
    assert says in page
    assert f'value="{given.get("note", "kept")}"' in page
    assert not HourEntry.objects.exists()


def test_pressing_twice_stores_once(client, job):
    data = quick(job)

    send(client, job.user, "log", **data)
    second = send(client, job.user, "log", **data)

    assert second.status_code == 302
    assert HourEntry.objects.count() == 1


def test_other_hours_under_the_same_id_are_refused(client, job):
    data = quick(job)
    send(client, job.user, "log", **data)

    response = send(client, job.user, "log", **{**data, "hours": "3"})

    assert response.status_code == 422
    assert "stored under this id before" in response.content.decode()


def test_the_last_job_kind_of_work_domain_and_mode_are_remembered(client, job):
    other = an_employment(job.worker, title="Coach")
    an_entry(other, minutes=435, domain="harm_reduction", mode="phone", work="lead_peer_role")

    form = go(client, job.user, "log").context["form"]

    assert [form[name].value() for name in ("day", "employment", "domain", "mode", "work", "length")] == [
        timezone.localdate(),
        other.pk,
        "harm_reduction",
        "phone",
        "lead_peer_role",
        None,
    ]
    assert 435 in form.lengths


def test_same_as_last_time_suggests_the_length_too(client, job):
    an_entry(job.employment, minutes=435, starts=time(9))
    assert f"{reverse('workers:log')}?again=1" in go(client, job.user, "home").content.decode()

    form = go(client, job.user, "log", again=1).context["form"]

    assert (form["length"].value(), form["starts"].value()) == (435, time(9))


@pytest.mark.parametrize(("asked", "day"), [("2026-06-08", 8), ("2026-06-12", 10), ("soon", 10)])
def test_a_link_may_name_a_day_that_has_come(client, job, asked, day):
    assert go(client, job.user, "log", day=asked).context["form"]["day"].value() == date(2026, 6, day)


def test_nobody_logs_at_the_job_of_another(client, job):
    theirs = an_employment(a_worker("Ben", "Okafor"))

    assert send(client, job.user, "log", **quick(job, employment=theirs.pk)).status_code == 422


@pytest.mark.parametrize("n", [1, 60])
def test_the_page_costs_the_same_however_long_the_ledger_is(client, job, n, django_assert_max_num_queries):
    approved_hours(job.employment, 60 * n, agreement=job.agreement, a_day=60)
    client.force_login(job.user)

    with django_assert_max_num_queries(11):
        client.get(reverse("workers:log"))


# What is asked once


def test_a_long_day_is_asked_about_once_and_logged_anyway(client, job):
    an_entry(job.employment, day=date(2026, 6, 9), minutes=480)
    data = quick(job)

    asked = send(client, job.user, "log", **data)
    assert asked.status_code == 422
    assert "15 h 30 min on one day" in asked.content.decode()
    assert HourEntry.objects.count() == 1

    assert send(client, job.user, "log", **data, sure="1").status_code == 302
    assert HourEntry.objects.count() == 2


def test_saying_it_anyway_does_not_get_around_a_rule(client, job):
    response = send(client, job.user, "log", **quick(job, day="2026-06-11"), sure="1")

    assert response.status_code == 422
    assert not HourEntry.objects.exists()


def test_the_week_asks_at_the_day(client, job):
    data = page_of(row(job, hours="13"), row(job, 1, day="2026-06-08"))

    asked = send(client, job.user, "week", **data)
    assert [(form.date, message) for form, message in asked.context["doubts"]] == [
        (date(2026, 6, 9), "13 h on one day: is that right?")
    ]
    assert not HourEntry.objects.exists()

    send(client, job.user, "week", **data, sure="1")
    assert HourEntry.objects.count() == 2


# A week


def test_several_days_are_logged_at_once(client, job):
    data = page_of(row(job), row(job, 1, day="2026-06-08", hours="8"), row(job, 2, hours=""))

    response = send(client, job.user, "week", **data)

    assert response.url == reverse("workers:home")
    assert sorted(HourEntry.objects.values_list("day", "minutes", "status")) == [
        (date(2026, 6, 8), 480, Status.SUBMITTED),
        (date(2026, 6, 9), 450, Status.SUBMITTED),
    ]


def test_a_week_sent_twice_is_stored_once(client, job):
    data = page_of(row(job))

    send(client, job.user, "week", **data)
    send(client, job.user, "week", **data)

    assert HourEntry.objects.count() == 1


def test_wrong_rows_show_their_errors_and_keep_what_was_typed(client, job):
    data = page_of(row(job), row(job, 1, day="2019-06-11", note="late"))

    response = send(client, job.user, "week", **data)

    page = response.content.decode()
    assert response.status_code == 422
    assert "This job began on" in page
    assert 'value="late"' in page
    assert not HourEntry.objects.exists()


def test_a_page_without_any_hours_says_so(client, job):
    response = send(client, job.user, "week", **page_of(row(job, hours="")))

    assert response.status_code == 422
    assert "at least one day" in response.content.decode()


def test_hours_that_cannot_be_read_are_an_error_at_the_field(client, job):
    response = send(client, job.user, "week", **page_of(row(job, hours="a while")))

    assert response.status_code == 422
    assert "7:30 or 7.5" in response.content.decode()


def test_a_week_has_seven_rows_and_those_to_come_hold_no_fields(client, job):
    an_entry(job.employment, day=date(2026, 6, 9), minutes=90)

    rows = go(client, job.user, "week", day="2026-06-10").context["rows"]

    assert [row["day"].day for row in rows] == [8, 9, 10, 11, 12, 13, 14]
    assert [bool(row["form"]) for row in rows] == [True] * 3 + [False] * 4
    assert [row.get("logged") for row in rows[:3]] == [None, 90, None]


def test_a_week_gone_by_has_all_its_fields(client, job):
    page = go(client, job.user, "week", day="2026-06-03")

    assert [form.date.day for form in page.context["formset"]] == [1, 2, 3, 4, 5, 6, 7]
    assert page.context["after"] == date(2026, 6, 8)


def test_a_row_says_in_short_what_is_folded_away(client, job):
    rows = go(client, job.user, "week").context["formset"]
    assert rows[0].words() == "Advocacy · In person"  # what the lists show before anything was logged

    an_entry(an_employment(job.worker, title="Coach"), domain="harm_reduction", mode="phone")
    rows = go(client, job.user, "week").context["formset"]
    assert rows[0].words().startswith("Harm reduction · By phone · Coach, ")


def test_hours_can_be_kept_as_drafts_and_sent_together(client, job):
    send(client, job.user, "week", **page_of(row(job), draft="1"))
    assert HourEntry.objects.get().status == Status.DRAFT

    send(client, job.user, "submit_drafts")
    assert HourEntry.objects.get().status == Status.SUBMITTED


@pytest.mark.parametrize("n", [1, 60])
def test_the_week_costs_the_same_however_long_the_ledger_is(client, job, n, django_assert_max_num_queries):
    approved_hours(job.employment, 60 * n, agreement=job.agreement, a_day=60)
    a_pattern(job.employment)
    client.force_login(job.user)

    with django_assert_max_num_queries(13):
        client.get(reverse("workers:week"), {"fill": "all"})


# Patterns


def test_a_pattern_is_kept_and_deleted(client, job):
    data = {
        "weekdays": ["1", "2", "3"],
        "starts": "09:00",
        "until": "13:00",
        "hours": "",
        "employment": job.employment.pk,
        "domain": "advocacy",
        "mode": "phone",
    }

    send(client, job.user, "patterns", **data)

    pattern = Pattern.objects.get()
    assert (pattern.weekdays, pattern.minutes, pattern.starts) == ([1, 2, 3], 240, time(9))
    assert "Mon–Wed, 9 a.m.–1 p.m., Peer specialist" in go(client, job.user, "patterns").content.decode()
    assert not HourEntry.objects.exists()

    send(client, job.user, "discard_pattern", pattern.pk)
    assert not Pattern.objects.exists()


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"until": "08:00"}, "before the beginning"),
        ({"starts": ""}, "Say from when"),
        ({"starts": "", "until": ""}, "or how long"),
        ({"weekdays": []}, "required"),
        ({"starts": "23:00", "until": "", "hours": "3"}, "past midnight"),
    ],
)
def test_a_pattern_without_a_length_is_refused(client, job, given, says):
    usual = {"weekdays": ["1"], "starts": "09:00", "until": "13:00", "hours": "", "mode": "phone"}
    where = {"employment": job.employment.pk, "domain": "advocacy"}

    response = send(client, job.user, "patterns", **{**usual, **where, **given})

    assert response.status_code == 422
    assert says in response.content.decode()


def test_a_pattern_fills_in_the_days_without_hours_and_logs_nothing(client, job):
    pattern = a_pattern(job.employment, weekdays=[1, 2, 3, 4])
    an_entry(job.employment, day=date(2026, 6, 9))

    formset = go(client, job.user, "week", fill=pattern.pk).context["formset"]

    assert [(form.date.day, form["hours"].value()) for form in formset] == [
        (8, "4:00"),
        (9, None),
        (10, "4:00"),
    ]
    assert HourEntry.objects.count() == 1


def test_a_pattern_stops_with_its_job(client, job):
    job.employment.ended_on = date(2026, 6, 8)
    job.employment.save()
    a_pattern(job.employment)

    formset = go(client, job.user, "week", fill="all").context["formset"]

    assert [form["hours"].value() for form in formset] == ["4:00", None, None]


# The timer


def test_the_timer_runs_on_and_its_time_is_suggested(client, job, clock):
    send(client, job.user, "timer", "start")
    clock.shift(90 * 60)
    assert "Running since" in go(client, job.user, "log").content.decode()

    send(client, job.user, "timer", "stop")
    form = go(client, job.user, "log").context["form"]

    # 18:00 UTC is 1 p.m. where Ana lives.
    assert [form[name].value() for name in ("day", "starts", "hours")] == [
        date(2026, 6, 10),
        time(13),
        "1:30",
    ]
    suggested = {name: form[name].value() for name in ("day", "starts", "hours", "timer", "client_id")}
    send(client, job.user, "log", **quick(job, **suggested))
    assert HourEntry.objects.get().minutes == 90
    assert not Timer.objects.exists()


def test_a_timer_that_passed_midnight_is_two_rows(client, job, clock):
    clock.move_to(datetime(2026, 6, 10, 3, tzinfo=UTC))  # 10 p.m. of the day before
    send(client, job.user, "timer", "start")
    clock.shift(4 * 3600)
    send(client, job.user, "timer", "stop")

    page = client.get(reverse("workers:log"), follow=True)

    formset = page.context["formset"]
    assert [(form.date.day, form["hours"].value()) for form in formset] == [(9, "2:00"), (10, "2:00")]
    rows = [
        row(job, n, day=f"2026-06-{9 + n:02}", hours="2", starts=starts)
        for n, starts in ((0, "22:00"), (1, "0:00"))
    ]
    client.post(reverse("workers:week") + "?timer=1", page_of(*rows))
    assert sorted(HourEntry.objects.values_list("day__day", "minutes")) == [(9, 120), (10, 120)]
    assert not Timer.objects.exists()


def test_a_timer_that_nobody_stopped_asks(client, job, clock):
    send(client, job.user, "timer", "start")
    clock.shift(40 * 3600)
    send(client, job.user, "timer", "stop")

    page = go(client, job.user, "log")

    assert page.context["form"]["hours"].value() is None
    assert "Your timer ran from" in page.content.decode()


def test_a_stopped_timer_is_thrown_away(client, job):
    send(client, job.user, "timer", "start")
    send(client, job.user, "timer", "clear")

    assert not Timer.objects.exists()
    assert send(client, job.user, "timer", "wind").status_code == 404
