"""Two who act on the same hours in one moment, on a real database: one wins, nothing is lost or doubled."""

import threading
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connections, transaction
from django.utils import timezone

from accounts.models import Event
from accounts.refusals import Refused
from accounts.roles import Role
from tests.builders.accounts import a_member
from tests.builders.imports import an_import
from tests.builders.workers import a_session, an_agreement, an_employment, an_entry, submitted_hours
from workers import hours, import_work, imports, intake, sessions, supervision, timer, tracking
from workers.entries import NewHours
from workers.models import HourEntry, Timer
from workers.verification import verify

pytestmark = pytest.mark.django_db(transaction=True)

Status = HourEntry.Status
DAY = date(2026, 6, 8)


@pytest.fixture
def agreement():
    return an_agreement(an_employment())


@pytest.fixture
def entry(agreement):
    return an_entry(agreement.worker.employments.get(), day=DAY)


def at_once(*steps):
    """What each step gave, or how it was refused; all begin in one moment."""
    start, done = threading.Barrier(len(steps)), {}

    def run(place, step):
        start.wait(timeout=20)
        try:
            done[place] = step()
        except (Refused, PermissionDenied, DatabaseError) as problem:
            done[place] = problem
        connections.close_all()

    threads = [threading.Thread(target=run, args=one) for one in enumerate(steps)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return [done[place] for place in range(len(steps))]


def is_clean():
    tracking.drain()
    return verify().breaks == []


def test_ending_supervision_waits_for_a_signature_that_is_under_way(agreement, entry):
    owner = a_member(Role.OWNER, organisation=agreement.employer)
    signed, go_on = threading.Event(), threading.Event()

    def sign():
        with transaction.atomic():
            hours.approve([entry], by=agreement.supervisor)
            signed.set()
            go_on.wait(timeout=20)

    def end():
        signed.wait(timeout=20)
        threading.Timer(0.3, go_on.set).start()
        return supervision.end(agreement, by=owner, on=DAY - timedelta(days=1))

    _signed, ended = at_once(sign, end)

    assert isinstance(ended, Refused)
    entry.refresh_from_db()
    agreement.refresh_from_db()
    assert (entry.status, agreement.ended_on) == (Status.APPROVED, None)


def test_a_signature_waits_for_the_end_of_supervision_that_is_under_way(agreement, entry):
    owner = a_member(Role.OWNER, organisation=agreement.employer)
    ended, go_on = threading.Event(), threading.Event()

    def end():
        with transaction.atomic():
            supervision.end(agreement, by=owner, on=DAY - timedelta(days=1))
            ended.set()
            go_on.wait(timeout=20)

    def sign():
        ended.wait(timeout=20)
        threading.Timer(0.3, go_on.set).start()
        return hours.approve([entry], by=agreement.supervisor)

    _ended, signed = at_once(end, sign)

    assert isinstance(signed, Refused)
    entry.refresh_from_db()
    assert entry.status == Status.SUBMITTED


def test_ending_supervision_waits_for_a_session_that_is_being_confirmed(agreement):
    owner = a_member(Role.OWNER, organisation=agreement.employer)
    held = a_session(agreement, confirmed=False, day=DAY)
    confirmed, go_on = threading.Event(), threading.Event()

    def confirm():
        with transaction.atomic():
            sessions.confirm([held], by=agreement.supervisor)
            confirmed.set()
            go_on.wait(timeout=20)

    def end():
        confirmed.wait(timeout=20)
        threading.Timer(0.3, go_on.set).start()
        return supervision.end(agreement, by=owner, on=DAY - timedelta(days=1))

    _confirmed, ended = at_once(confirm, end)

    assert isinstance(ended, Refused)
    agreement.refresh_from_db()
    assert agreement.ended_on is None


def test_of_those_who_sign_at_once_one_signs(agreement):
    entries = submitted_hours(agreement.worker.employments.get(), 10 * 480)

    answers = at_once(*[lambda: hours.approve(entries, by=agreement.supervisor)] * 3)

    assert sorted(str(answer) == "10" for answer in answers) == [False, False, True]
    assert Event.objects.filter(verb="hours.approved").count() == 10
    assert is_clean()


def test_what_is_edited_while_it_is_signed_is_one_or_the_other(agreement):
    entries = submitted_hours(agreement.worker.employments.get(), 8 * 480)

    at_once(
        *(lambda one=one: hours.edit(one, by=agreement.worker.user, minutes=60) for one in entries),
        lambda: hours.approve(entries, by=agreement.supervisor),
    )

    assert set(HourEntry.objects.values_list("minutes", flat=True)) <= {60, 480}
    assert is_clean()


def test_one_batch_sent_ten_times_at_once_is_stored_once(agreement):
    job, worker = agreement.worker.employments.get(), agreement.worker
    batch = [
        NewHours(employment=job, day=DAY - timedelta(days=n), minutes=300, domain="advocacy", client_id=uid)
        for n, uid in enumerate(intake.content_id(worker.pk, [n]) for n in range(20))
    ]

    answers = at_once(*[lambda: intake.take(batch, by=worker.user)] * 10)

    assert sum(result.created for answer in answers for result in answer) == 20
    assert all(result.stored for answer in answers for result in answer)
    assert HourEntry.objects.count() == 20
    assert is_clean()


def test_a_file_is_taken_back_while_some_of_it_is_signed(agreement, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    worker = agreement.worker
    rows = "".join(f"{DAY - timedelta(days=n)},3\n" for n in range(30))
    found = an_import(f"Date,Hours\n{rows}", by=worker.user, worker=worker, stored=True)
    imports.undo(found, by=worker.user)
    entries = list(found.hours.order_by("day"))

    at_once(
        import_work.work,
        *(lambda one=one: hours.approve([one], by=agreement.supervisor) for one in entries[:5]),
    )
    import_work.work()

    found.refresh_from_db()
    approved = HourEntry.objects.filter(status=Status.APPROVED).count()
    assert (found.status, found.stored, HourEntry.objects.count()) == ("undone", approved, approved)
    assert Event.objects.filter(verb="hours.discarded").count() == 30 - approved
    assert is_clean()


def test_a_timer_pressed_at_once_runs_once(agreement):
    worker = agreement.worker
    now = timezone.now()

    answers = at_once(*[lambda: timer.start(worker, by=worker.user, at=now)] * 4)

    assert {answer.pk for answer in answers} == {Timer.objects.get().pk}
    assert Event.objects.filter(verb="timer.started").count() == 1
