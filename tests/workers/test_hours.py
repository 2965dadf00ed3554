"""What people do with hours: log, send, take back, correct, sign, return, amend."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts import trail
from accounts.models import Event, Notice
from accounts.refusals import Refused
from tests.builders.workers import (
    a_delegate,
    a_supervisor,
    a_worker,
    an_agreement,
    an_employment,
    an_entry,
    submitted_hours,
)
from workers import hours
from workers.entries import NewHours
from workers.models import HourEntry
from workers.models.supervision import Basis
from workers.words import Domain

Status = HourEntry.Status
MONDAY = date(2026, 6, 1)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(datetime(2026, 6, 10, 18, tzinfo=UTC), tick=False) as stopped:
        yield stopped


def new(job, day=MONDAY, minutes=480, **fields):
    return NewHours(
        **{"employment": job.employment, "day": day, "minutes": minutes, "domain": Domain.ADVOCACY, **fields}
    )


def log(job, *entries, **options):
    return hours.log(worker=job.worker, by=job.user, entries=entries, **options)


def refusal(job, *entries):
    with pytest.raises(Refused) as problem:
        log(job, *entries)
    return problem.value


# Logging


def test_logged_hours_wait_for_a_signature_and_take_the_rest_from_the_job(job):
    (entry,) = log(job, new(job))

    entry.refresh_from_db()
    assert (entry.status, entry.work, entry.pay, entry.state) == (
        Status.SUBMITTED,
        job.employment.work,
        job.employment.pay,
        job.employment.state,
    )
    assert [event.verb for event in trail.of(entry)] == ["hours.logged"]


def test_hours_can_be_kept_as_a_draft(job):
    (entry,) = log(job, new(job), draft=True)

    assert (entry.status, entry.submitted_at) == (Status.DRAFT, None)


def test_several_entries_are_stored_together_or_not_at_all(job):
    problem = refusal(job, new(job), new(job, day=MONDAY - timedelta(days=1), minutes=0))

    assert list(problem.problems) == [1]
    assert not HourEntry.objects.exists()


def test_the_same_entry_sent_twice_is_stored_once(job):
    again = new(job, client_id=uuid4())

    first, second = log(job, again), log(job, again)

    assert first == second
    assert HourEntry.objects.count() == 1


def test_the_same_entry_twice_in_one_batch_is_stored_once(job):
    again = new(job, client_id=uuid4())

    log(job, again, again)

    assert HourEntry.objects.count() == 1


def test_an_id_used_for_other_hours_is_refused(job):
    client_id = uuid4()
    log(job, new(job, client_id=client_id))

    assert refusal(job, new(job, minutes=60, client_id=client_id)).field == "client_id"


def test_of_a_batch_what_is_right_is_stored_and_the_rest_said(job):
    outcomes = hours.log_each(
        worker=job.worker, by=job.user, entries=[new(job), new(job, minutes=0), new(job, minutes=60)]
    )

    assert [done.created for done in outcomes] == [True, False, True]
    assert outcomes[1].refused.field == "minutes"


@pytest.mark.parametrize("n", [1, 200])
def test_a_batch_takes_the_same_queries_whatever_its_length(job, n, django_assert_num_queries):
    entries = [new(job, day=MONDAY - timedelta(days=back), client_id=uuid4()) for back in range(n)]

    with django_assert_num_queries(5):  # savepoint and its release, turn, what is there, hours with trail
        log(job, *entries)


def test_a_day_has_24_hours(job):
    log(job, new(job, minutes=20 * 60))

    problem = refusal(job, new(job, minutes=4 * 60 + 1))

    assert (problem.field, "24 h 1 min" in problem.message) == ("minutes", True)
    log(job, new(job, minutes=4 * 60))


def test_overlapping_clock_times_are_refused_with_the_entry_they_overlap(job):
    log(job, new(job, starts=time(9), minutes=240))

    problem = refusal(job, new(job, starts=time(12, 59), minutes=60))

    assert problem.field == "starts"
    assert "9 a.m." in problem.message
    log(job, new(job, starts=time(13), minutes=60))


def test_two_rows_of_one_batch_may_not_overlap(job):
    problem = refusal(job, new(job, starts=time(9), minutes=60), new(job, starts=time(9, 30), minutes=60))

    assert list(problem.problems) == [1]


def test_the_future_begins_at_midnight_where_the_person_lives(job, clock):
    clock.move_to(datetime(2026, 6, 2, 3, tzinfo=UTC))  # still Monday evening in Chicago

    assert refusal(job, new(job, day=date(2026, 6, 2))).field == "day"
    log(job, new(job, day=MONDAY))


def test_hours_that_begin_later_today_are_refused(job):
    assert refusal(job, new(job, day=date(2026, 6, 10), starts=time(14), minutes=60)).field == "starts"


def test_hours_past_midnight_are_refused(job):
    assert refusal(job, new(job, starts=time(22), minutes=121)).field == "minutes"


@pytest.mark.parametrize("day", [date(2019, 12, 31), date(2026, 5, 31)])
def test_hours_outside_the_job_are_refused(job, day):
    job.employment.ended_on = date(2026, 5, 30)
    job.employment.save()

    assert refusal(job, new(job, day=day)).field == "day"


def test_nobody_logs_at_another_persons_job(job):
    assert refusal(job, new(job, employment=an_employment(a_worker()))).field == "employment"


def test_nobody_logs_for_another_person(job):
    with pytest.raises(PermissionDenied):
        hours.log(worker=job.worker, by=job.supervisor, entries=[new(job)])


# Steps of the worker


def test_submitted_hours_are_withdrawn_and_sent_again(job):
    (entry,) = log(job, new(job))

    hours.withdraw([entry], by=job.user)
    entry.refresh_from_db()
    assert (entry.status, entry.submitted_at) == (Status.DRAFT, None)

    hours.submit([entry], by=job.user)
    entry.refresh_from_db()
    assert entry.status == Status.SUBMITTED


def test_returned_hours_are_corrected_and_thereby_sent_again(job):
    entry = an_entry(job.employment)
    hours.return_([entry], by=job.supervisor, reason="Which group?")

    entry = hours.edit(entry, by=job.user, note="Tuesday group")

    entry.refresh_from_db()
    assert (entry.status, entry.decided_by, entry.reason) == (Status.SUBMITTED, None, "Which group?")


def test_returned_hours_sent_again_must_still_fit_their_day(job):
    entry = an_entry(job.employment, day=MONDAY, starts=time(9), minutes=60)
    hours.return_([entry], by=job.supervisor, reason="Which group?")
    log(job, new(job, starts=time(9), minutes=60))

    with pytest.raises(Refused) as problem:
        hours.submit([entry], by=job.user)
    assert problem.value.field == "starts"


def test_an_edit_does_not_stand_in_its_own_way(job):
    entry = an_entry(job.employment, day=MONDAY, starts=time(9), minutes=60)

    hours.edit(entry, by=job.user, starts=time(9, 30))


def test_an_edit_to_another_job_takes_its_kind_of_work(job):
    entry = an_entry(job.employment, day=MONDAY)
    other = an_employment(job.worker, title="Coach", work="recovery_coaching", pay="volunteer")

    entry = hours.edit(entry, by=job.user, employment=other)

    assert (entry.work, entry.pay) == ("recovery_coaching", "volunteer")


def test_discarded_hours_are_gone_and_the_trail_says_so(job):
    entry = an_entry(job.employment)

    hours.discard([entry], by=job.user)

    assert not HourEntry.objects.exists()
    assert Event.objects.get(subject_id=entry.pk).verb == "hours.discarded"


@pytest.mark.parametrize("step", ["withdraw", "discard", "submit"])
def test_approved_hours_are_final(job, step):
    entry = an_entry(job.employment, status=Status.APPROVED, agreement=job.agreement)

    with pytest.raises(Refused, match="final"):
        getattr(hours, step)([entry], by=job.user)
    with pytest.raises(Refused, match="final"):
        hours.edit(entry, by=job.user, minutes=60)


@pytest.mark.parametrize("step", ["withdraw", "discard", "submit"])
def test_only_their_own_worker_takes_these_steps(job, step):
    entry = an_entry(job.employment, status=Status.DRAFT if step == "submit" else Status.SUBMITTED)

    with pytest.raises(PermissionDenied):
        getattr(hours, step)([entry], by=job.supervisor)
    getattr(hours, step)([entry], by=job.user)


def test_a_failing_trail_undoes_the_step(job, monkeypatch):
    entry = an_entry(job.employment)
    monkeypatch.setattr(trail, "record_many", lambda *args, **kwargs: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        hours.approve([entry], by=job.supervisor)

    entry.refresh_from_db()
    assert entry.status == Status.SUBMITTED


# Signing


def test_the_supervisors_approval_makes_hours_supervised(job):
    entry = an_entry(job.employment)

    assert hours.approve([entry], by=job.supervisor) == 1

    entry.refresh_from_db()
    assert (entry.status, entry.supervised, entry.agreement, entry.decided_by) == (
        Status.APPROVED,
        True,
        job.agreement,
        job.supervisor,
    )


def test_hours_signed_without_a_supervisors_qualification_count_unsupervised(job):
    job.agreement.basis = Basis.NOT_QUALIFIED
    job.agreement.save()
    entry = an_entry(job.employment)

    hours.approve([entry], by=job.supervisor)

    entry.refresh_from_db()
    assert (entry.status, entry.supervised) == (Status.APPROVED, False)


def test_of_two_agreements_the_qualified_one_counts(job):
    today = timezone.localdate()
    job.agreement.basis = Basis.NOT_QUALIFIED
    job.agreement.save()
    entry = an_entry(job.employment)
    other = an_agreement(job.employment)
    a_delegate(other, job.supervisor, started_on=today, ended_on=today)

    hours.approve([entry], by=job.supervisor)

    entry.refresh_from_db()
    assert (entry.agreement, entry.supervised) == (other, True)


def test_a_delegate_signs_while_named(job, clock):
    delegate = a_delegate(job.agreement)
    entry, later = an_entry(job.employment), an_entry(job.employment)

    hours.approve([entry], by=delegate.user)
    entry.refresh_from_db()
    assert (entry.supervised, entry.decided_by) == (True, delegate.user)

    clock.move_to(datetime(2026, 7, 20, tzinfo=UTC))
    with pytest.raises(PermissionDenied):
        hours.approve([later], by=delegate.user)


def test_the_agreement_in_force_on_the_day_of_the_hours_decides(job):
    job.agreement.ended_on = MONDAY
    job.agreement.save()
    inside = an_entry(job.employment, day=MONDAY)
    after = an_entry(job.employment, day=MONDAY + timedelta(days=1))

    with pytest.raises(PermissionDenied):
        hours.approve([inside, after], by=job.supervisor)
    hours.approve([inside], by=job.supervisor)


def test_another_employers_supervisor_signs_nothing(job):
    entry = an_entry(job.employment)

    with pytest.raises(PermissionDenied):
        hours.approve([entry], by=a_supervisor(an_employment(a_worker()).employer))


def test_somebody_who_left_the_employer_signs_nothing(job):
    entry = an_entry(job.employment)
    job.supervisor.memberships.update(ended_at=timezone.now())
    vars(job.supervisor).pop("active_memberships", None)

    with pytest.raises(PermissionDenied):
        hours.approve([entry], by=job.supervisor)


def test_nobody_approves_their_own_hours(job):
    entry = an_entry(job.employment)
    an_agreement(job.employment, job.user)

    with pytest.raises(Refused, match="own hours"):
        hours.approve([entry], by=job.user)


def test_approving_twice_is_refused(job):
    entry = an_entry(job.employment)
    hours.approve([entry], by=job.supervisor)

    with pytest.raises(Refused, match="final"):
        hours.approve([entry], by=job.supervisor)


def test_returning_needs_a_reason(job):
    entry = an_entry(job.employment)

    with pytest.raises(Refused) as problem:
        hours.return_([entry], by=job.supervisor, reason="  ")
    assert problem.value.field == "reason"


def test_a_worker_gets_one_notice_however_many_entries(job):
    hours.approve(submitted_hours(job.employment, 40 * 60), by=job.supervisor)

    notice = Notice.objects.get(user=job.user)
    assert notice.text == "Sam Example approved hours of yours: 40 h."


def test_approving_hundreds_takes_a_fixed_number_of_queries(job, django_assert_max_num_queries):
    submitted_hours(job.employment, 300 * 60, a_day=60)
    waiting = HourEntry.objects.to_sign_by(job.supervisor).filter(status=Status.SUBMITTED)

    with django_assert_max_num_queries(14):
        assert hours.approve(waiting, by=job.supervisor) == 300


# Amending


@pytest.fixture
def approved(job):
    return an_entry(
        job.employment, status=Status.APPROVED, agreement=job.agreement, day=MONDAY, starts=time(9)
    )


def counted(job):
    return sum(entry.minutes for entry in HourEntry.objects.counted().filter(worker=job.worker))


def test_an_amendment_counts_once_it_is_approved_and_never_beside_what_it_amends(job, approved):
    amendment = hours.amend(approved, by=job.user, minutes=420)
    assert (amendment.status, counted(job)) == (Status.SUBMITTED, 480)

    hours.approve([amendment], by=job.supervisor)

    approved.refresh_from_db()
    assert (approved.superseded, counted(job)) == (True, 420)


def test_one_correction_at_a_time(job, approved):
    amendment = hours.amend(approved, by=job.user, minutes=420)

    with pytest.raises(Refused, match="already on its way"):
        hours.amend(approved, by=job.user, minutes=400)
    hours.discard([amendment], by=job.user)
    hours.amend(approved, by=job.user, minutes=400)


def test_what_was_amended_is_not_amended_again(job, approved):
    hours.approve([hours.amend(approved, by=job.user, minutes=420)], by=job.supervisor)

    with pytest.raises(Refused, match="counts in their place"):
        hours.amend(approved, by=job.user, minutes=400)


def test_only_approved_hours_are_amended(job):
    with pytest.raises(Refused, match="Only approved"):
        hours.amend(an_entry(job.employment), by=job.user, minutes=60)


def test_an_amendment_must_change_something(job, approved):
    with pytest.raises(Refused, match="Nothing was changed"):
        hours.amend(approved, by=job.user, minutes=approved.minutes)


def test_an_amendment_obeys_the_rules_of_the_day(job, approved):
    an_entry(job.employment, day=MONDAY, starts=time(17), minutes=60)

    with pytest.raises(Refused) as problem:
        hours.amend(approved, by=job.user, minutes=481)
    assert problem.value.field == "starts"


def test_a_returned_amendment_is_corrected(job, approved):
    amendment = hours.amend(approved, by=job.user, minutes=420)
    hours.return_([amendment], by=job.supervisor, reason="Still wrong")

    hours.edit(amendment, by=job.user, minutes=430)
    hours.approve([amendment], by=job.supervisor)

    assert counted(job) == 430


def test_others_see_no_draft(job):
    entry = an_entry(job.employment, status=Status.DRAFT)

    assert not HourEntry.objects.visible_to(job.supervisor).exists()
    assert entry in HourEntry.objects.visible_to(job.user)
