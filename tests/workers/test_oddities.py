"""What makes an entry odd to whoever signs it."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from tests.builders.workers import a_worker, an_agreement, an_employment, an_entry, approved_hours
from workers import hours
from workers.models import HourEntry
from workers.oddities import Week, flags, more_than_seen, weeks

Status = HourEntry.Status

SATURDAY, MONDAY = date(2026, 6, 6), date(2026, 6, 8)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(datetime(2026, 6, 10, 18, tzinfo=UTC), tick=False) as stopped:
        yield stopped


def flagged(*entries):
    found = flags(entries)
    return [found.get(entry.pk, []) for entry in entries]


def test_an_ordinary_day_is_not_odd(job):
    assert flagged(an_entry(job.employment, day=MONDAY)) == [[]]


def test_more_than_12_hours_a_day_are_odd_also_over_several_entries(job):
    one = an_entry(job.employment, day=MONDAY, minutes=6 * 60)
    two = an_entry(job.employment, day=MONDAY, minutes=6 * 60)
    assert flagged(one, two) == [[], []]

    HourEntry.objects.filter(pk=two.pk).update(minutes=6 * 60 + 1)
    assert flagged(one, two) == [["12 h 1 min on one day"]] * 2


@pytest.mark.parametrize(("day", "odd"), [(date(2026, 5, 11), False), (date(2026, 5, 10), True)])
def test_hours_sent_more_than_30_days_late_are_odd(job, day, odd):
    assert bool(flagged(an_entry(job.employment, day=day))[0]) == odd


def test_a_weekend_is_odd_to_somebody_who_never_works_then(job):
    weekdays = [day for day in range(11, 30) if date(2026, 5, day).weekday() < 5]
    for day in weekdays:
        approved_hours(job.employment, 60, agreement=job.agreement, until=date(2026, 5, day))
    entry = an_entry(job.employment, day=SATURDAY, minutes=60)
    assert flagged(entry) == [["a weekend, unlike before"]]

    approved_hours(job.employment, 60, agreement=job.agreement, until=date(2026, 5, 30))
    assert flagged(entry) == [[]]


def test_a_weekend_is_not_odd_where_there_is_no_pattern_yet(job):
    assert flagged(an_entry(job.employment, day=SATURDAY)) == [[]]


def test_hours_for_another_employer_on_the_same_day_are_odd(job):
    entry = an_entry(job.employment, day=MONDAY, minutes=60)
    an_entry(an_employment(job.worker), day=MONDAY, minutes=60)

    assert flagged(entry) == [["hours for another employer on the same day"]]


def pattern(job, minutes):
    """Four weeks of ordinary days before the Monday."""
    for back in range(3, 31):
        day = MONDAY - timedelta(days=back)
        if day.weekday() < 5:
            approved_hours(job.employment, minutes + back % 3, agreement=job.agreement, until=day)


@pytest.mark.parametrize(("minutes", "odd"), [(10 * 60, True), (6 * 60, False), (60, False)])
def test_a_day_far_beyond_the_usual_is_odd(job, minutes, odd):
    pattern(job, 5 * 60)

    found = flagged(an_entry(job.employment, day=MONDAY, minutes=minutes))

    assert found == [["10 h on one day, usually 5 h 1 min"] if odd else []]


def test_a_long_day_is_nothing_odd_to_somebody_whose_days_differ(job):
    for back in range(3, 31):
        day = MONDAY - timedelta(days=back)
        approved_hours(job.employment, 60 + 20 * (back % 30), agreement=job.agreement, until=day)

    assert flagged(an_entry(job.employment, day=MONDAY, minutes=11 * 60)) == [[]]


def test_a_correction_is_weighed_in_the_place_of_what_it_corrects(job):
    entry = an_entry(job.employment, day=MONDAY, status=Status.APPROVED, agreement=job.agreement)
    correction = hours.amend(entry, by=job.user, minutes=9 * 60)

    assert flagged(correction) == [[]]
    correction = hours.edit(correction, by=job.user, minutes=13 * 60)
    assert flagged(correction) == [["13 h on one day"]]


def test_weeks_are_told_with_their_sums_the_odd_first(job):
    ben = an_employment(a_worker("Ben", "Abbot"), job.employer)
    for employment, minutes in ((job.employment, 13 * 60), (ben, 60), (ben, 30)):
        an_entry(employment, day=MONDAY, minutes=minutes)

    assert weeks(HourEntry.objects.all()) == [
        Week(job.worker.pk, MONDAY, entries=1, minutes=13 * 60, odd=1),
        Week(ben.worker_id, MONDAY, entries=2, minutes=90, odd=0),
    ]


def test_more_hours_in_person_than_one_can_see(job):
    others = [an_employment(a_worker(), job.employer) for _ in range(2)]
    for other in others:
        an_agreement(other, job.supervisor)
        an_entry(other, day=MONDAY, minutes=8 * 60)
    hours.approve(HourEntry.objects.filter(worker=others[0].worker_id), by=job.supervisor)
    an_entry(job.employment, day=MONDAY, minutes=8 * 60)
    waiting = HourEntry.objects.filter(status=Status.SUBMITTED)
    assert more_than_seen(waiting, signer=job.supervisor) == []

    an_entry(job.employment, day=MONDAY, minutes=1, mode="phone")
    assert more_than_seen(waiting, signer=job.supervisor) == []
    an_entry(job.employment, day=MONDAY, minutes=1)
    # Of the worker whose hours were signed before nothing waits, so they are not counted again here.
    an_entry(others[0], day=MONDAY, minutes=1)
    assert more_than_seen(waiting, signer=job.supervisor) == [(MONDAY, 24 * 60 + 2, 3)]


@pytest.mark.parametrize("n", [1, 30])
def test_flags_cost_the_same_however_many_entries(job, n, django_assert_num_queries):
    entries = [an_entry(job.employment, day=MONDAY, minutes=1) for _again in range(n)]

    with django_assert_num_queries(1):
        flags(entries)
