"""Hours in sets: the rules of a single entry, for many at once."""

from datetime import UTC, date, datetime, time
from uuid import uuid4

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Event
from tests.builders.workers import a_worker, an_employment, an_entry
from workers import hours, intake
from workers.entries import NewHours
from workers.models import HourEntry, Mark, WorkDay

NOON = datetime(2026, 6, 10, 17, tzinfo=UTC)  # noon in Chicago
DAY = date(2026, 6, 9)


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


def new(employment, **fields):
    return NewHours(
        **{
            "employment": employment,
            "day": DAY,
            "minutes": 60,
            "domain": "advocacy",
            "client_id": uuid4(),
            **fields,
        }
    )


def said(result):
    return [(problem.field, problem.message) for problem in result.problems]


def test_right_rows_are_stored_beside_wrong_ones(job):
    rows = [new(job.employment), new(job.employment, minutes=0), new(job.employment, minutes=90)]

    results = intake.take(rows, by=job.user)

    assert [result.created for result in results] == [True, False, True]
    assert said(results[1]) == [("minutes", "Hours are from 1 minute to 24 hours a day.")]
    stored = HourEntry.objects.get(pk=results[2].entry_id)
    assert (stored.worker, stored.minutes, stored.status) == (job.worker, 90, "submitted")
    assert (stored.work, stored.pay, stored.state) == ("peer_support", "paid", "US-MN")
    assert WorkDay.objects.get(worker=job.worker, day=DAY).minutes == 150
    assert Mark.objects.filter(worker=job.worker).exists()
    assert set(Event.objects.filter(verb="hours.logged").values_list("subject_id", flat=True)) == {
        results[0].entry_id,
        results[2].entry_id,
    }


def test_a_draft_is_not_sent(job):
    (result,) = intake.take([new(job.employment, draft=True)], by=job.user)

    stored = HourEntry.objects.get(pk=result.entry_id)
    assert (stored.status, stored.submitted_at) == ("draft", None)


def test_sent_again_nothing_is_stored_twice(job):
    rows = [new(job.employment), new(job.employment, starts=time(9))]
    first = intake.take(rows, by=job.user)

    again = intake.take(rows, by=job.user)

    assert [(result.created, result.entry_id, result.stored) for result in again] == [
        (False, one.entry_id, True) for one in first
    ]
    assert HourEntry.objects.count() == 2


def test_the_same_row_twice_in_one_batch_is_stored_once(job):
    one = new(job.employment)

    first, second = intake.take([one, one], by=job.user)

    assert first.created
    assert not second.created
    assert second.entry_id == first.entry_id


def test_an_id_stored_with_other_content_is_a_conflict(job):
    one = new(job.employment)
    intake.take([one], by=job.user)

    (result,) = intake.take([new(job.employment, client_id=one.client_id, minutes=90)], by=job.user)

    assert result.entry_id == HourEntry.objects.get().pk
    assert said(result) == [("client_id", "Other hours were stored under this id before.")]
    assert not result.stored


def test_an_id_twice_in_one_batch_with_other_content_is_a_conflict(job):
    one = new(job.employment)

    first, second = intake.take([one, new(job.employment, client_id=one.client_id, minutes=90)], by=job.user)

    assert first.created
    assert said(second) == [("client_id", "Other hours were stored under this id before.")]
    assert HourEntry.objects.get().minutes == 60


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"minutes": 1441}, ("minutes", "Hours are from 1 minute to 24 hours a day.")),
        (
            {"starts": time(23), "minutes": 61},
            ("minutes", "These hours run past midnight: log the part after it on the next day."),
        ),
        ({"day": date(2026, 6, 11)}, ("day", "This day is still to come.")),
        ({"day": date(2026, 6, 10), "starts": time(12, 30)}, ("starts", "12:30 p.m. is still to come.")),
        ({"day": date(2020, 1, 5)}, ("day", "This job began on Jan. 6, 2020.")),
    ],
)
def test_a_broken_rule_is_said_at_its_field(job, fields, problem):
    (result,) = intake.take([new(job.employment, **fields)], by=job.user)

    assert said(result) == [problem]
    assert not HourEntry.objects.exists()


def test_the_day_is_that_of_the_worker_wherever_the_sender_is(job, make_guam):
    """Noon in Chicago is the next day in Guam already."""
    (result,) = intake.take([new(make_guam, day=date(2026, 6, 11), minutes=60)], by=job.user)

    assert result.created


@pytest.fixture
def make_guam(job):
    worker = a_worker()
    worker.user.time_zone = "Pacific/Guam"
    worker.user.save()
    return an_employment(worker, job.employer)


def test_overlaps_are_found_with_the_ledger_and_among_the_rows(job):
    before = an_entry(job.employment, day=DAY, starts=time(9), minutes=120)
    rows = [
        new(job.employment, starts=time(10)),  # with the ledger
        new(job.employment, starts=time(11)),
        new(job.employment, starts=time(11, 30)),  # with the row before
        new(job.employment, starts=time(12)),
    ]

    results = intake.take(rows, by=job.user)

    assert [result.created for result in results] == [False, True, False, True]
    assert said(results[0]) == [
        ("starts", f"Overlaps with 9 a.m.–11 a.m., Peer specialist, {job.employer.name}.")
    ]
    assert results[0].problems[0].beside == before.pk
    assert said(results[2]) == [
        ("starts", f"Overlaps with 11 a.m.–noon, Peer specialist, {job.employer.name}.")
    ]


def test_of_several_overlaps_the_earliest_is_named(job):
    for at in (time(9, 30), time(9)):
        an_entry(job.employment, day=DAY, starts=at, minutes=10)
    entry = new(job.employment, starts=time(9), minutes=60)

    (many,) = intake.take([entry], by=job.user)
    (single,) = hours.log_each(worker=job.worker, by=job.user, entries=[entry])

    assert many.problems[0].message == single.refused.message
    assert many.problems[0].message.startswith("Overlaps with 9 a.m.–9:10 a.m.")


def test_a_day_holds_no_more_than_24_hours(job):
    an_entry(job.employment, day=DAY, minutes=1200)

    results = intake.take([new(job.employment, minutes=200), new(job.employment, minutes=60)], by=job.user)

    assert [result.created for result in results] == [True, False]
    assert said(results[1]) == [
        ("minutes", "With these, June 9, 2026 would hold 24 h 20 min: a day has 24 hours.")
    ]


def test_an_employer_learns_nothing_of_hours_elsewhere(job):
    elsewhere = an_employment(job.worker)
    an_entry(elsewhere, day=DAY, starts=time(9), minutes=120)
    an_entry(elsewhere, day=date(2026, 6, 8), minutes=1400)
    rows = [new(job.employment, starts=time(10)), new(job.employment, day=date(2026, 6, 8))]

    results = intake.take(rows, by=job.supervisor, seen_by=job.employer)

    assert [said(result) for result in results] == [
        [("starts", "Overlaps with other hours of this worker.")],
        [("minutes", "A day has 24 hours.")],
    ]


def test_rows_of_many_workers_take_as_many_queries_as_one(job, django_assert_max_num_queries):
    jobs = [an_employment(a_worker(), job.employer) for _ in range(30)]
    jobs = list(type(job.employment).objects.filter(pk__in=[one.pk for one in jobs]).select_related("worker"))
    rows = [new(one) for one in jobs]

    with django_assert_max_num_queries(17):
        results = intake.take(rows, by=job.supervisor)

    assert all(result.created for result in results)


rows_of_a_day = st.lists(
    st.tuples(
        st.integers(7, 10),
        st.one_of(st.none(), st.builds(time, st.integers(0, 23), st.sampled_from([0, 30]))),
        st.integers(0, 1441),
        st.integers(0, 11),
    ),
    max_size=12,
    unique_by=lambda row: row[3],
)


@given(rows=rows_of_a_day, before=rows_of_a_day)
@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_many_at_once_are_judged_like_one_after_another(job, rows, before):
    """`hours.log_each` is the yardstick: the same rows are stored, and the same fields are at fault."""
    HourEntry.objects.all().delete()
    hours.log_each(worker=job.worker, by=job.user, entries=_entries(job, before, 0))
    stored = set(HourEntry.objects.values_list("pk", flat=True))
    entries = _entries(job, rows, 3)
    wanted = [
        (done.created, done.refused and done.refused.field, done.refused and done.refused.message)
        for done in hours.log_each(worker=job.worker, by=job.user, entries=entries)
    ]
    HourEntry.objects.exclude(pk__in=stored).delete()

    results = intake.take(entries, by=job.user)

    assert [
        (
            result.created,
            result.problems[0].field if result.problems else None,
            result.problems[0].message if result.problems else None,
        )
        for result in results
    ] == wanted


def _entries(job, rows, first):
    ids = [intake.content_id(first + n, ()) for n in range(12)]
    return [
        new(job.employment, day=date(2026, 6, day), starts=starts, minutes=minutes, client_id=ids[n])
        for day, starts, minutes, n in rows
    ]
