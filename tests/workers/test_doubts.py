"""What is asked once before hours are stored."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
import time_machine

from tests.builders.workers import an_entry, approved_hours
from workers import doubts
from workers.entries import NewHours

SATURDAY, MONDAY = date(2026, 6, 6), date(2026, 6, 8)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(datetime(2026, 6, 10, 18, tzinfo=UTC), tick=False) as stopped:
        yield stopped


def new(job, **fields):
    return NewHours(
        employment=job.employment, **{"day": MONDAY, "minutes": 240, "domain": "advocacy", **fields}
    )


def about(job, *entries):
    return [(doubt.place, doubt.message) for doubt in doubts.about(job.worker, entries)]


def weekdays(job, minutes, days=15):
    for day in [day for day in range(1, 30) if date(2026, 5, day).weekday() < 5][:days]:
        approved_hours(job.employment, minutes, agreement=job.agreement, until=date(2026, 5, day))


def test_an_ordinary_day_is_not_asked_about(job):
    weekdays(job, 240)

    assert about(job, new(job)) == []
    assert about(job) == []


@pytest.mark.parametrize(("minutes", "asked"), [(720, False), (721, True)])
def test_more_than_12_hours_on_one_day(job, minutes, asked):
    assert bool(about(job, new(job, minutes=minutes))) == asked


def test_the_day_is_added_up_with_what_is_stored_and_what_comes_with_it(job):
    an_entry(job.employment, day=MONDAY, minutes=400)

    assert about(job, new(job, minutes=200), new(job, minutes=121)) == [
        (0, "12 h 1 min on one day: is that right?")
    ]


def test_what_is_sent_again_is_not_added_to_itself(job):
    stored = an_entry(job.employment, day=MONDAY, minutes=700, client_id=uuid4())

    assert about(job, new(job, minutes=700, client_id=stored.client_id)) == []


@pytest.mark.parametrize(("minutes", "asked"), [(420, False), (600, True)])
def test_a_day_much_longer_than_usual(job, minutes, asked):
    weekdays(job, 210)

    assert bool(about(job, new(job, minutes=minutes))) == asked


def test_a_weekend_unlike_the_pattern(job):
    weekdays(job, 240)
    assert about(job, new(job, day=SATURDAY)) == [
        (0, "This is a weekend, and you have not worked on weekends lately.")
    ]

    approved_hours(job.employment, 60, agreement=job.agreement, until=date(2026, 5, 30))
    assert about(job, new(job, day=SATURDAY)) == []


def test_a_few_days_are_no_pattern(job):
    weekdays(job, 120, days=9)

    assert about(job, new(job, day=SATURDAY, minutes=600)) == []


@pytest.mark.parametrize("n", [1, 30])
def test_it_takes_one_query_however_many_entries(job, n, django_assert_num_queries):
    with django_assert_num_queries(1):
        about(job, *[new(job, minutes=1)] * n)
