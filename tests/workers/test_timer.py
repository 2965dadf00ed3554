"""The timer: one a worker, its time by day."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Event
from accounts.refusals import Refused
from workers import timer
from workers.models import Timer

NINE = datetime(2026, 6, 10, 14, tzinfo=UTC)  # in Chicago
CHICAGO = ZoneInfo("America/Chicago")


def test_pressed_twice_it_runs_from_the_first_press_on(job):
    timer.start(job.worker, by=job.user, at=NINE)
    timer.start(job.worker, by=job.user, at=NINE + timedelta(minutes=5))

    assert Timer.objects.get().started_at == NINE
    assert Event.objects.filter(verb="timer.started").count() == 1


def test_stopped_twice_the_first_press_counts(job):
    timer.start(job.worker, by=job.user, at=NINE)
    timer.stop(job.worker, by=job.user, at=NINE + timedelta(hours=1))
    timer.stop(job.worker, by=job.user, at=NINE + timedelta(hours=2))

    assert Timer.objects.get().stopped_at == NINE + timedelta(hours=1)


def test_it_does_not_start_anew_over_time_that_is_not_logged(job):
    timer.start(job.worker, by=job.user, at=NINE)
    timer.stop(job.worker, by=job.user, at=NINE + timedelta(hours=1))

    with pytest.raises(Refused, match="First log the time"):
        timer.start(job.worker, by=job.user)


def test_what_does_not_run_is_not_stopped(job):
    with pytest.raises(Refused, match="not running"):
        timer.stop(job.worker, by=job.user)


def test_a_clock_that_went_back_stops_it_where_it_began(job):
    timer.start(job.worker, by=job.user, at=NINE)

    assert timer.stop(job.worker, by=job.user, at=NINE - timedelta(hours=1)).stopped_at == NINE


@pytest.mark.parametrize("step", [timer.start, timer.stop, timer.clear])
def test_nobody_else_touches_it(job, step):
    with pytest.raises(PermissionDenied):
        step(job.worker, by=job.supervisor)


def test_only_the_timer_that_was_logged_is_cleared(job):
    timer.start(job.worker, by=job.user, at=NINE)

    timer.clear(job.worker, by=job.user, started_at=NINE - timedelta(seconds=1))
    assert Timer.objects.exists()

    timer.clear(job.worker, by=job.user, started_at=NINE)
    assert not Timer.objects.exists()


MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(lambda at: at.replace(tzinfo=UTC))
LENGTHS = st.integers(0, 15 * 3600).map(lambda seconds: timedelta(seconds=seconds))


@given(began=MOMENTS, length=LENGTHS)
def test_its_spans_are_its_time_cut_at_midnight(began, length):
    found = timer.spans(Timer(started_at=began, stopped_at=began + length), CHICAGO)

    whole = int(length.total_seconds()) // 60
    assert whole - 1 <= sum(span.minutes for span in found) <= whole
    assert len({span.day for span in found}) == len(found) <= 2
    for span in found:
        assert span.starts.hour * 60 + span.starts.minute + span.minutes <= 24 * 60 + 60  # a day of 25 hours


@pytest.mark.parametrize(
    ("began", "days"),
    [
        (datetime(2026, 6, 8, 23, 59, 40, tzinfo=CHICAGO), [9]),
        (datetime(2026, 6, 8, 23, 30, tzinfo=CHICAGO), [8, 9]),
    ],
)
def test_less_than_a_minute_of_a_day_suggests_nothing_for_it(began, days):
    found = timer.spans(Timer(started_at=began, stopped_at=began + timedelta(hours=1)), CHICAGO)

    assert [span.day.day for span in found] == days
