"""Who is told of supervision that ends and of hours that wait too long; once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Notice
from accounts.roles import Role
from tests.builders.accounts import a_member
from tests.builders.workers import a_status, an_agreement, an_entry
from workers import reminders
from workers.models import HourEntry


@pytest.fixture
def owner(job):
    return a_member(Role.OWNER, organisation=job.employer, given_name="Olive")


def today():
    return timezone.localdate()


def in_days(n):
    return today() + timedelta(days=n)


def told(message):
    return {notice.user for notice in Notice.objects.filter(message=message)}


def ends(agreement, day):
    agreement.ended_on = day
    agreement.save()


@pytest.mark.parametrize(("days", "reminded"), [(0, 1), (30, 1), (31, 0), (-1, 0)])
def test_an_agreement_that_ends_within_thirty_days_is_told(job, days, reminded):
    ends(job.agreement, in_days(days))

    assert reminders.remind() == reminded


def test_worker_supervisor_and_employer_are_told(job, owner):
    ends(job.agreement, in_days(5))

    reminders.remind()

    assert told(reminders.YOUR_SUPERVISION_ENDS) == {job.user}
    assert told(reminders.AGREEMENT_ENDS) == {job.supervisor, owner}


def test_nothing_is_told_where_somebody_goes_on(job):
    ends(job.agreement, in_days(5))
    an_agreement(job.employment, started_on=in_days(6))

    assert reminders.remind() == 0


def test_everything_is_told_once(job, owner):
    ends(job.agreement, in_days(5))
    a_status(job.supervisor, job.employer, ended_on=in_days(9))
    an_entry(job.employment, submitted_at=timezone.now() - timedelta(days=20))

    assert (reminders.remind(), reminders.remind()) == (3, 0)


def test_another_day_is_told_anew(job):
    ends(job.agreement, in_days(5))
    reminders.remind()

    ends(job.agreement, in_days(9))

    assert reminders.remind() == 1


def test_a_qualification_that_runs_out_is_told_to_all_whom_it_touches(job, owner):
    a_status(job.supervisor, job.employer, ended_on=in_days(9))

    reminders.remind()

    assert told(reminders.QUALIFICATION_ENDS) == {job.user, job.supervisor, owner}


def test_a_withdrawn_qualification_is_not(job, owner):
    a_status(
        job.supervisor, job.employer, ended_on=in_days(9), withdrawn_by=owner, withdrawn_on=timezone.now()
    )

    assert reminders.remind() == 0


@pytest.mark.parametrize(("days", "reminded"), [(16, 1), (13, 0)])
def test_a_week_that_waits_more_than_fourteen_days_is_told(job, days, reminded):
    an_entry(job.employment, submitted_at=timezone.now() - timedelta(days=days))

    assert reminders.remind() == reminded


def test_one_notice_however_many_weeks_wait(job, owner):
    for week in range(3):
        an_entry(
            job.employment,
            day=today() - timedelta(days=20 + 7 * week),
            submitted_at=timezone.now() - timedelta(days=16),
        )

    reminders.remind()

    notice = job.user.notices.get()
    assert (notice.message, notice.params["hours"]) == (reminders.HOURS_WAIT, "24 h")
    assert told(reminders.HOURS_WAIT_FOR_YOU) == {job.supervisor, owner}


def test_approved_hours_wait_for_nobody(job):
    an_entry(
        job.employment,
        status=HourEntry.Status.APPROVED,
        agreement=job.agreement,
        submitted_at=timezone.now() - timedelta(days=20),
    )

    assert reminders.remind() == 0


@pytest.mark.parametrize("n", [1, 4])
def test_reminding_takes_the_same_queries_however_many(job, owner, n, django_assert_max_num_queries):
    for week in range(n):
        an_entry(
            job.employment,
            day=today() - timedelta(days=20 + 7 * week),
            submitted_at=timezone.now() - timedelta(days=16),
        )

    with django_assert_max_num_queries(26):
        reminders.remind()
