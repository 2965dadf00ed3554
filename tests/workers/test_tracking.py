"""Marks, drains and totals."""

import threading
import time
from contextlib import suppress
from datetime import date, timedelta
from functools import partial

import pytest
from django.db import connection, connections, transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kombu.exceptions import OperationalError

from accounts.refusals import Refused
from tests.builders.workers import (
    a_session,
    a_statement,
    a_worker,
    an_agreement,
    an_employment,
    an_entry,
    approved_hours,
)
from workers import hours, tasks, tracking
from workers.entries import NewHours
from workers.models import HourEntry, Mark, Statement, Total, Worker
from workers.words import Domain

Status = HourEntry.Status
FOLLOWED: list[list[int]] = []


def follow(worker_ids):
    """A follower that remembers whom it was told of."""
    FOLLOWED.append(list(worker_ids))


def stumble_over_ben(worker_ids):
    if Worker.objects.filter(pk__in=worker_ids, given_name="Ben").exists():
        raise ValueError("facts that nothing can be made of")
    follow(worker_ids)


@pytest.fixture(autouse=True)
def nobody_followed():
    FOLLOWED.clear()


@pytest.fixture
def follow_with(settings, monkeypatch):
    def use(function):
        monkeypatch.setattr(tracking, "import_string", lambda name: function)
        settings.TRACKING_FOLLOWERS = ["a follower"]

    return use


def marked():
    return set(Mark.objects.values_list("worker_id", flat=True))


def totals(worker):
    found = Total.objects.filter(worker=worker).values_list("standing").annotate(minutes=Sum("minutes"))
    return dict(found.order_by())


def ledger(worker):
    """What totals must say, added up afresh."""
    counted = worker.hours.counted().aggregate(minutes=Sum("minutes"))["minutes"]
    waiting = worker.hours.filter(status=Status.SUBMITTED, amends=None).aggregate(minutes=Sum("minutes"))[
        "minutes"
    ]
    return {
        standing: minutes for standing, minutes in (("counted", counted), ("waiting", waiting)) if minutes
    }


# Marks


def test_every_way_of_changing_a_fact_marks_its_worker(job):
    changes = {
        "entry": lambda: an_entry(job.employment),
        "many": lambda: approved_hours(job.employment, 600, agreement=job.agreement),
        "update": lambda: HourEntry.objects.filter(status=Status.SUBMITTED).update(minutes=7),
        "sql": lambda: run("UPDATE workers_hourentry SET minutes = 8 WHERE status = 'submitted'"),
        "delete": lambda: run("DELETE FROM workers_hourentry WHERE status = 'submitted'"),
        "job": lambda: an_employment(job.worker, title="Other"),
        "statement": lambda: a_statement(job.worker),
        "session": lambda: a_session(job.agreement),
        "person": lambda: Worker.objects.filter(pk=job.worker.pk).update(born_on=date(1990, 1, 1)),
    }
    unmarked = []
    for name, change in changes.items():
        Mark.objects.all().delete()
        change()
        if marked() != {job.worker.pk}:
            unmarked.append(name)

    assert not unmarked


def run(sql, *params):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


def test_a_statement_that_touches_two_workers_marks_both(job):
    other = an_entry(an_employment(a_worker()))
    an_entry(job.employment)
    Mark.objects.all().delete()

    HourEntry.objects.update(note="x")

    assert marked() == {job.worker.pk, other.worker_id}


# Drains


def test_a_drain_takes_the_marks_and_writes_the_totals(job, follow_with):
    follow_with(follow)
    approved_hours(job.employment, 600, agreement=job.agreement)
    an_entry(job.employment, minutes=30)

    assert tracking.drain() == 1

    assert not Mark.objects.exists()
    assert totals(job.worker) == {"counted": 600, "waiting": 30}
    assert [[job.worker.pk]] == FOLLOWED
    assert tracking.drain() == 0


def test_totals_keep_apart_what_requirements_tell_apart(job):
    an_entry(
        job.employment, minutes=60, status=Status.APPROVED, agreement=job.agreement, day=date(2026, 5, 31)
    )
    an_entry(
        job.employment, minutes=30, status=Status.APPROVED, agreement=job.agreement, day=date(2026, 6, 1)
    )
    an_entry(
        job.employment, minutes=20, pay="volunteer", domain=Domain.MENTORING_EDUCATION, day=date(2026, 6, 1)
    )

    tracking.drain()

    assert set(Total.objects.values_list("month", "standing", "pay", "domain", "supervised", "minutes")) == {
        (date(2026, 5, 1), "counted", "paid", "advocacy", True, 60),
        (date(2026, 6, 1), "counted", "paid", "advocacy", True, 30),
        (date(2026, 6, 1), "waiting", "volunteer", "mentoring_education", False, 20),
    }


def test_draining_twice_changes_nothing(job):
    approved_hours(job.employment, 6000, agreement=job.agreement)
    tracking.drain()
    before = list(Total.objects.order_by("pk").values())
    run("INSERT INTO workers_mark (worker_id) VALUES (%s)", job.worker.pk)

    tracking.drain()

    assert list(Total.objects.order_by("pk").values()) == before


def test_totals_of_hours_that_are_gone_go(job):
    entry = an_entry(job.employment)
    tracking.drain()
    hours.discard([entry], by=job.user)

    tracking.drain()

    assert not Total.objects.exists()


@pytest.mark.parametrize("n", [1, 50])
def test_a_drain_takes_the_same_queries_for_any_number_of_workers(db, n, django_assert_num_queries):
    for _again in range(n):
        an_entry(an_employment(a_worker()))

    with django_assert_num_queries(5):  # savepoint, workers, marks, totals, release
        assert tracking.drain() == n


def test_a_batch_is_limited_and_the_rest_is_drained_next(db):
    for _again in range(5):
        an_entry(an_employment(a_worker()))

    assert tracking.drain(2) == 2
    assert tracking.drain_all(2) == 3


def test_a_worker_that_cannot_be_tracked_does_not_hold_up_the_others(job, follow_with, caplog):
    ben = an_entry(an_employment(a_worker("Ben", "Okafor"))).worker
    an_entry(job.employment)
    follow_with(stumble_over_ben)

    assert tracking.drain_all() == 1

    assert marked() == {ben.pk}
    assert not totals(ben)
    assert f"worker {ben.pk} could not be tracked" in caplog.text
    follow_with(follow)
    assert tracking.drain_all() == 1


@pytest.mark.parametrize("task", [tasks.track, tasks.sweep])
def test_the_tasks_drain_everything(job, task):
    an_entry(job.employment)

    task()

    assert totals(job.worker) == {"waiting": 480}


def test_waking_never_fails(monkeypatch):
    def unreachable():
        raise OperationalError("no broker")

    monkeypatch.setattr(tasks.track, "delay", unreachable)

    tracking.wake()


def test_actions_wake_the_worker_once_they_are_committed(
    job, monkeypatch, django_capture_on_commit_callbacks
):
    woken = []
    monkeypatch.setattr(tasks.track, "delay", lambda: woken.append(True))
    new = NewHours(employment=job.employment, day=date(2026, 6, 1), minutes=60, domain=Domain.ADVOCACY)

    with django_capture_on_commit_callbacks() as callbacks:
        hours.log(worker=job.worker, by=job.user, entries=[new])
    assert not woken
    for callback in callbacks:
        callback()
    assert woken


# At the same time


def in_thread(function):
    """Run on a connection of its own; the result, or the problem, comes with `join`."""
    result = []

    def work():
        try:
            result.append(function())
        finally:
            connections.close_all()

    thread = threading.Thread(target=work)
    thread.start()

    def join():
        thread.join(timeout=20)
        return result[0]

    return join


@pytest.mark.django_db(transaction=True)
def test_two_drains_share_the_work(job, follow_with):
    other = an_entry(an_employment(a_worker())).worker
    an_entry(job.employment)
    inside, go_on = threading.Event(), threading.Event()

    def wait(worker_ids):
        follow(worker_ids)
        if len(FOLLOWED) == 1:
            inside.set()
            go_on.wait(timeout=10)

    follow_with(wait)
    first = in_thread(lambda: tracking.drain(1))
    assert inside.wait(timeout=10)

    assert tracking.drain() == 1  # passes over the worker that the first holds
    go_on.set()

    assert first() == 1
    assert sorted(FOLLOWED) == sorted([[job.worker.pk], [other.pk]])
    assert not Mark.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_change_during_a_drain_is_not_lost(job, follow_with):
    an_entry(job.employment, minutes=100)

    def log_more(_worker_ids):
        # Another connection commits after this drain has read the ledger.
        in_thread(lambda: an_entry(job.employment, minutes=11) and None)()

    follow_with(log_more)
    tracking.drain(1)
    assert totals(job.worker) == {"waiting": 100}
    assert marked() == {job.worker.pk}

    follow_with(follow)
    tracking.drain_all()
    assert totals(job.worker) == {"waiting": 111}


@pytest.mark.django_db(transaction=True)
def test_a_killed_drain_leaves_its_marks(job, follow_with):
    an_entry(job.employment)

    def die(_worker_ids):
        raise SystemExit

    follow_with(die)
    with pytest.raises(SystemExit):
        tracking.drain()

    assert marked() == {job.worker.pk}
    assert not Total.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_people_write_while_a_drain_holds_their_record(job, follow_with):
    an_entry(job.employment, minutes=100)
    new = NewHours(employment=job.employment, day=date(2026, 6, 1), minutes=60, domain=Domain.ADVOCACY)

    def meanwhile(_worker_ids):
        in_thread(lambda: hours.log(worker=job.worker, by=job.user, entries=[new]))()

    follow_with(meanwhile)
    tracking.drain(1)

    assert HourEntry.objects.count() == 2


# Whatever people do


STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["log", "draft", "submit", "withdraw", "edit", "discard", "approve", "return", "amend", "drain"]
        ),
        st.integers(0, 5),
        st.integers(1, 600),
    ),
    max_size=14,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_totals_are_the_ledger_after_whatever_people_do(job, steps):
    with transaction.atomic():
        for step, which, minutes in steps:
            take(job, step, which, minutes)
        tracking.drain_all()
        result, wanted = totals(job.worker), ledger(job.worker)
        statements = Statement.objects.count()
        transaction.set_rollback(True)

    assert result == wanted
    assert statements == 0


def take(job, step, which, minutes):
    """One step on one of the entries there are; a refusal is an answer too."""
    if step == "drain":
        tracking.drain_all()
        return
    day = date(2026, 6, 1) - timedelta(days=which)
    if step in ("log", "draft"):
        new = NewHours(employment=job.employment, day=day, minutes=minutes, domain=Domain.ADVOCACY)
        action = partial(hours.log, worker=job.worker, by=job.user, entries=[new], draft=step == "draft")
    else:
        entries = list(HourEntry.objects.order_by("pk"))
        if not entries:
            return
        entry = entries[which % len(entries)]
        action = {
            "submit": partial(hours.submit, [entry], by=job.user),
            "withdraw": partial(hours.withdraw, [entry], by=job.user),
            "discard": partial(hours.discard, [entry], by=job.user),
            "edit": partial(hours.edit, entry, by=job.user, minutes=minutes, day=day),
            "amend": partial(hours.amend, entry, by=job.user, minutes=minutes),
            "approve": partial(hours.approve, [entry], by=job.supervisor),
            "return": partial(hours.return_, [entry], by=job.supervisor, reason="?"),
        }[step]
    with suppress(Refused):
        action()


def test_another_employment_of_the_worker_counts_too(job):
    other = an_employment(job.worker, title="Other")
    agreement = an_agreement(other)
    approved_hours(other, 100, agreement=agreement)
    approved_hours(job.employment, 200, agreement=job.agreement)

    tracking.drain()

    assert totals(job.worker) == {"counted": 300}


# Waking


@pytest.fixture
def woken(monkeypatch, settings):
    """When the worker was woken, with a quiet of a tenth of a second."""
    settings.TRACKING_QUIET = 0.1
    times = []
    monkeypatch.setattr(tasks.track, "delay", lambda: times.append(time.monotonic()))
    monkeypatch.setattr(tracking, "_alarm", tracking._Alarm())
    return times


def test_many_wakes_in_a_moment_are_two(woken):
    for _again in range(50):
        tracking.wake()
    assert len(woken) == 1  # at once
    wait_for(lambda: len(woken) == 2)

    assert woken[1] - woken[0] >= 0.1


def test_after_the_quiet_a_wake_is_sent_at_once(woken):
    tracking.wake()
    time.sleep(0.12)
    tracking.wake()

    assert len(woken) == 2


def wait_for(done):
    until = time.monotonic() + 5
    while not done() and time.monotonic() < until:
        time.sleep(0.01)
    assert done()
