"""What makes an entry odd to whoever signs it."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from tests.builders.workers import an_employment, an_entry, approved_hours
from workers.models import HourEntry
from workers.oddities import flags

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


@pytest.mark.parametrize("n", [1, 30])
def test_flags_cost_the_same_however_many_entries(job, n, django_assert_num_queries):
    entries = [an_entry(job.employment, day=MONDAY, minutes=1) for _again in range(n)]

    with django_assert_num_queries(1):
        flags(entries)
