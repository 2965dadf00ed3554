"""The rules of the ledger as the database keeps them: by plain SQL and by the ORM's short cuts as well."""

import threading
from datetime import date, time, timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, OperationalError, connection, connections, transaction
from django.utils import timezone

from tests.builders.workers import a_session, a_worker, an_agreement, an_employment, an_entry
from workers import hours
from workers.entries import NewHours
from workers.models import HourEntry, WorkDay
from workers.words import Domain

Status = HourEntry.Status
DAY = date(2026, 6, 1)


def refused_by(constraint):
    return pytest.raises(DatabaseError, match=constraint)


def run(sql, *params):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)


@pytest.fixture
def approved(job):
    return an_entry(job.employment, day=DAY, status=Status.APPROVED, agreement=job.agreement)


def insert(job, **fields):
    """One row by plain SQL, with all that an entry needs."""
    row = {
        "worker_id": job.worker.pk,
        "employment_id": job.employment.pk,
        "client_id": "5f0c7c1e-2a0e-4c53-9a3e-0c6a8f4a1b11",
        "day": DAY,
        "minutes": 60,
        "work": "peer_support",
        "domain": "advocacy",
        "mode": "phone",
        "pay": "paid",
        "state": "US-MN",
        "practicum": False,
        "note": "",
        "status": "submitted",
        "recorded_at": timezone.now(),
        "reason": "",
        "supervised": False,
        "superseded": False,
        **fields,
    }
    columns, places = ", ".join(row), ", ".join(["%s"] * len(row))
    run(f"INSERT INTO workers_hourentry ({columns}) VALUES ({places})", *row.values())


# Approved is final


@pytest.mark.parametrize(
    "change",
    [
        "minutes = 1",
        "note = 'x'",
        "status = 'draft'",
        "superseded = true",
        "day = day - 1",
        "decided_on = now()",
    ],
)
def test_approved_hours_are_not_changed_by_sql(approved, change):
    with refused_by("Approved hours are amended"):
        run(f"UPDATE workers_hourentry SET {change} WHERE id = %s", approved.pk)


def test_approved_hours_are_not_changed_by_a_queryset_or_save(approved):
    with refused_by("Approved hours"), transaction.atomic():
        HourEntry.objects.filter(pk=approved.pk).update(minutes=1)
    approved.minutes = 1
    with refused_by("Approved hours"), transaction.atomic():
        approved.save()


def test_approved_hours_are_not_deleted(approved):
    with refused_by("Approved hours"), transaction.atomic():
        HourEntry.objects.filter(pk=approved.pk).delete()
    with refused_by("Approved hours"):
        run("DELETE FROM workers_hourentry WHERE id = %s", approved.pk)


def test_the_ledger_is_never_emptied(approved):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET LOCAL peerladder.allow_truncate = 'off'")
    with refused_by("never emptied"):
        run("TRUNCATE workers_hourentry CASCADE")


# The day


def test_a_day_has_24_hours(job):
    an_entry(job.employment, day=DAY, minutes=23 * 60)

    with refused_by("workday_at_most_24_hours"):
        insert(job, minutes=61)
    insert(job, minutes=60)


def test_24_hours_hold_in_one_statement_and_for_moved_hours(job):
    one, two = an_entry(job.employment, day=DAY, minutes=720), an_entry(job.employment, day=DAY, minutes=720)
    other = an_entry(job.employment, day=DAY - timedelta(days=1), minutes=1)

    with refused_by("workday_at_most_24_hours"):
        run("UPDATE workers_hourentry SET minutes = minutes + 1 WHERE id IN (%s, %s)", one.pk, two.pk)
    with refused_by("workday_at_most_24_hours"):
        run("UPDATE workers_hourentry SET day = %s WHERE id = %s", DAY, other.pk)
    assert WorkDay.objects.get(day=DAY).minutes == 1440


def test_hours_that_take_up_no_time_leave_room(job):
    an_entry(job.employment, day=DAY, minutes=1440, status=Status.RETURNED, decided_by=job.supervisor)

    an_entry(job.employment, day=DAY, minutes=1440)
    with refused_by("workday_at_most_24_hours"):
        run(
            "UPDATE workers_hourentry SET status='draft', decided_by_id=NULL, decided_on=NULL "
            "WHERE status='returned'"
        )


def test_deleted_hours_leave_room(job):
    an_entry(job.employment, day=DAY, minutes=1440).delete()

    an_entry(job.employment, day=DAY, minutes=1440)


@pytest.mark.parametrize("minutes", [0, -1, 1441])
def test_minutes_are_those_of_a_day(job, minutes):
    with pytest.raises(IntegrityError):
        insert(job, minutes=minutes)


# Clock times


def test_clock_times_do_not_overlap(job):
    insert(job, starts=time(9))

    with refused_by("hours_do_not_overlap"):
        insert(job, starts=time(9, 59), client_id="00000000-0000-0000-0000-000000000001")
    insert(job, starts=time(10), client_id="00000000-0000-0000-0000-000000000002")


def test_clock_times_of_two_jobs_do_not_overlap_either(job):
    insert(job, starts=time(9))
    other = an_employment(job.worker)

    with refused_by("hours_do_not_overlap"):
        insert(job, starts=time(9), employment_id=other.pk, client_id="00000000-0000-0000-0000-000000000001")


def test_hours_end_on_their_day(job):
    with refused_by("hours_end_on_their_day"):
        insert(job, starts=time(23), minutes=61)
    insert(job, starts=time(23), minutes=60)


# The rest


def test_hours_are_not_in_the_future(job):
    with refused_by("hours_not_in_the_future"):
        insert(job, day=timezone.now().date() + timedelta(days=2))


@pytest.mark.parametrize("day", [date(2020, 1, 5), date(2026, 6, 2)])
def test_hours_lie_within_the_job(job, day):
    job.employment.ended_on = DAY
    job.employment.save()

    with refused_by("Hours lie outside the employment"):
        insert(job, day=day)


def test_a_job_does_not_shrink_away_from_its_hours(job, approved):
    with refused_by("Hours lie outside these dates"):
        run("UPDATE workers_employment SET ended_on = %s", DAY - timedelta(days=1))


def test_hours_belong_to_a_job_of_their_worker(job):
    with refused_by("Hours lie outside the employment"):
        insert(job, employment_id=an_employment(a_worker()).pk)


def test_an_id_is_stored_once_a_worker(job):
    insert(job)
    other = an_employment(a_worker())

    with refused_by("hours_stored_once"):
        insert(job, minutes=1)
    insert(job, worker_id=other.worker_id, employment_id=other.pk)


def test_nobody_approves_their_own_hours(job):
    entry = an_entry(job.employment)

    with refused_by("Nobody approves their own hours"):
        run(
            "UPDATE workers_hourentry SET status='approved', decided_by_id=%s, decided_on=now() WHERE id=%s",
            job.user.pk,
            entry.pk,
        )


def test_nothing_is_approved_by_nobody(job):
    with refused_by("hours_decided_by_someone_on_a_day"):
        insert(job, status="approved")


def test_nothing_is_returned_without_a_reason(job):
    with refused_by("hours_returned_for_a_reason"):
        insert(job, status="returned", decided_by_id=job.supervisor.pk, decided_on=timezone.now())


def test_supervised_hours_name_their_agreement(job):
    with refused_by("hours_supervised_by_agreement"):
        insert(
            job,
            status="approved",
            supervised=True,
            decided_by_id=job.supervisor.pk,
            decided_on=timezone.now(),
        )


# Amendments


def amendment(job, approved, **fields):
    return an_entry(job.employment, day=approved.day, amends=approved, minutes=400, **fields)


def approve_by_sql(entry, by):
    run(
        "UPDATE workers_hourentry SET status='approved', decided_by_id=%s, decided_on=now() WHERE id=%s",
        by.pk,
        entry.pk,
    )


def test_an_approved_amendment_replaces_in_the_same_statement(job, approved):
    approve_by_sql(amendment(job, approved), job.supervisor)

    assert [entry.minutes for entry in HourEntry.objects.counted()] == [400]
    assert WorkDay.objects.get(day=approved.day).minutes == 400


def test_an_amendment_is_approved_after_it_was_handed_in_never_stored_so(job, approved):
    with refused_by("Approved hours are amended"), transaction.atomic():
        amendment(job, approved, status=Status.APPROVED, agreement=job.agreement)


def test_two_amendments_of_one_entry_never_both_count(job, approved):
    one, two = amendment(job, approved), amendment(job, approved)
    approve_by_sql(one, job.supervisor)

    with refused_by("was amended before"):
        approve_by_sql(two, job.supervisor)
    with refused_by("was amended before"):
        run("UPDATE workers_hourentry SET superseded = false WHERE id = %s", two.pk)
        approve_by_sql(two, job.supervisor)


def test_hours_of_another_worker_are_not_amended(job, approved):
    other = an_employment(a_worker("Ben", "Okafor"))
    an_agreement(other, job.supervisor)
    entry = an_entry(other, day=approved.day, amends=approved)

    with refused_by("was amended before"):
        approve_by_sql(entry, job.supervisor)


def test_an_amendment_may_fill_the_day_that_it_replaces(job, approved):
    an_entry(job.employment, day=approved.day, minutes=1440 - approved.minutes)
    larger = an_entry(job.employment, day=approved.day, amends=approved, minutes=approved.minutes)

    approve_by_sql(larger, job.supervisor)
    assert WorkDay.objects.get(day=approved.day).minutes == 1440


# At the same time


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("field", ["minutes", "starts"])
def test_two_transactions_do_not_fill_a_day_twice(job, field):
    """Both write before either commits: one waits for the other, and is refused."""
    fields = {"minutes": 1000} if field == "minutes" else {"minutes": 60, "starts": time(9)}
    both_began = threading.Barrier(2, timeout=10)
    results = []

    def write(client_id):
        try:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("SELECT 1")
                both_began.wait()
                insert(job, client_id=client_id, **fields)
            results.append("stored")
        except (IntegrityError, OperationalError):
            # In the very same moment each waits for the other: the database refuses one as a deadlock.
            results.append("refused")
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=write, args=[f"00000000-0000-0000-0000-00000000000{n}"]) for n in (1, 2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)

    assert sorted(results) == ["refused", "stored"]
    assert HourEntry.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_hours_sent_at_the_same_time_are_stored_once(job):
    """A phone that lost the answer sends again while the first sending is still under way."""
    sent = NewHours(
        employment=job.employment,
        day=DAY,
        minutes=60,
        domain=Domain.ADVOCACY,
        starts=time(9),
        client_id=uuid4(),
    )
    both_began = threading.Barrier(4, timeout=10)
    stored = []

    def send():
        try:
            both_began.wait()
            stored.extend(hours.log(worker=job.worker, by=job.user, entries=[sent]))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send) for _again in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)

    assert {entry.pk for entry in stored} == {HourEntry.objects.get().pk}
    assert len(stored) == 4


# What plain SQL could do around the actions


def test_only_the_approval_of_a_correction_puts_approved_hours_aside(job, approved):
    an_entry(job.employment, day=DAY, amends=approved)

    with refused_by("hours_approved_are_final|amended, never edited"):
        run("UPDATE workers_hourentry SET superseded = true WHERE id = %s", approved.pk)


def test_hours_are_not_signed_under_an_agreement_about_somebody_else(job):
    elsewhere = an_agreement(an_employment(a_worker("Ben", "Okafor")))
    entry = an_entry(job.employment, day=DAY)

    with refused_by("hours_signed_under_their_agreement|not about these hours"):
        HourEntry.objects.filter(pk=entry.pk).update(
            status=Status.APPROVED,
            decided_by=elsewhere.supervisor,
            decided_on=timezone.now(),
            agreement=elsewhere,
            supervised=True,
        )


@pytest.mark.parametrize(
    "change", ["minutes = 600", "day = day - 1", "confirmed_on = NULL, confirmed_by_id = NULL"]
)
def test_confirmed_supervision_is_not_changed_by_sql(job, change):
    session = a_session(job.agreement)

    with refused_by("Cannot update"):
        run(f"UPDATE workers_supervisionsession SET {change} WHERE id = %s", session.pk)


def test_nobody_confirms_their_own_supervision(job):
    session = a_session(job.agreement, confirmed=False)

    with refused_by("session_not_confirmed_by_oneself|Nobody confirms"):
        run(
            "UPDATE workers_supervisionsession SET confirmed_by_id = %s, confirmed_on = now() WHERE id = %s",
            job.worker.user_id,
            session.pk,
        )
