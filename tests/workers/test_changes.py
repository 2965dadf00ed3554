"""What changed in the ledger since a cursor: nothing is missed, whoever writes at the same time."""

import random
import threading
import time
from datetime import date, timedelta

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection, transaction
from rest_framework.test import APIClient

from accounts.refusals import Refused
from accounts.roles import Role
from accounts.scopes import Scope
from tests.builders.accounts import a_member, a_system, a_token
from tests.builders.workers import a_worker, an_agreement, an_employment, an_entry
from workers import changes, hours
from workers.models import HourChange, HourEntry

API = "/api/v1/hours/changes"
Status = HourEntry.Status


def settle():
    """Wait until what was written before now is read: tests beside this one write to the same server too."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text")
        (here,) = cursor.fetchone()
        until = time.monotonic() + 60
        while time.monotonic() < until:
            cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot()) > %s::xid8", [here])
            if cursor.fetchone() == (True,):
                return
            time.sleep(0.02)
    raise AssertionError("Another transaction has been running for a minute.")


def read(worker=None, employer=None, cursor="", limit=changes.MOST, *, settled=True):
    """What a reader of the feed gets, page after page, and the cursor at the end."""
    if settled:
        settle()
    whose = {"employer": employer} if employer else {"worker": worker}
    found = []
    while True:
        page = changes.since(cursor, limit=limit, **whose)
        found += page.changes
        cursor = page.cursor
        if not page.more:
            return found, cursor


@pytest.fixture(scope="module")
def commits(django_db_setup, django_db_blocker):
    """What is written is committed, for a transaction that still runs hides its rows. Emptied at the end."""
    with django_db_blocker.unblock():
        yield
        call_command("flush", interactive=False, verbosity=0, inhibit_post_migrate=True)


@pytest.fixture
def committed(commits):
    """A job of somebody's of their own, for each test."""
    employment = an_employment(a_worker())
    an_agreement(employment)
    return employment


def test_changes_come_in_order_and_once_a_page(committed):
    first, second = an_entry(committed, minutes=60), an_entry(committed, minutes=61)
    hours.edit(first, by=committed.worker.user, minutes=90)

    found, cursor = read(committed.worker)

    assert [(pk, entry.minutes) for pk, entry in found] == [(second.pk, 61), (first.pk, 90)]
    assert read(committed.worker, cursor=cursor) == ([], cursor)


def test_a_signature_is_a_change(committed):
    entry = an_entry(committed)
    _found, cursor = read(committed.worker)
    hours.approve([entry], by=committed.worker.agreements.get().supervisor)

    ((pk, now),), _cursor = read(committed.worker, cursor=cursor)

    assert (pk, now.status) == (entry.pk, Status.APPROVED)


def test_an_amendment_changes_both_entries(committed):
    entry = an_entry(committed)
    sam = committed.worker.agreements.get().supervisor
    hours.approve([entry], by=sam)
    correction = hours.amend(entry, by=committed.worker.user, minutes=60)
    _found, cursor = read(committed.worker)
    hours.approve([correction], by=sam)

    found, _cursor = read(committed.worker, cursor=cursor)

    assert {(pk, now.superseded) for pk, now in found} == {(entry.pk, True), (correction.pk, False)}


def test_a_deleted_draft_leaves_a_tombstone(committed):
    draft = an_entry(committed, status=Status.DRAFT)
    _found, cursor = read(committed.worker)
    pk = draft.pk
    hours.discard([draft], by=committed.worker.user)

    assert read(committed.worker, cursor=cursor)[0] == [(pk, None)]


def test_an_employer_hears_of_what_was_sent_and_taken_back_and_of_no_draft(committed):
    draft = an_entry(committed, status=Status.DRAFT)
    assert read(employer=committed.employer)[0] == []

    hours.submit([draft], by=committed.worker.user)
    found, cursor = read(employer=committed.employer)
    assert [pk for pk, entry in found if entry] == [draft.pk]

    draft.refresh_from_db()
    hours.withdraw([draft], by=committed.worker.user)
    assert read(employer=committed.employer, cursor=cursor)[0] == [(draft.pk, None)]


def test_an_employer_hears_that_hours_were_moved_to_a_job_elsewhere(committed):
    entry = an_entry(committed)
    elsewhere = an_employment(committed.worker)
    _found, cursor = read(employer=committed.employer)
    hours.edit(entry, by=committed.worker.user, employment=elsewhere)

    assert read(employer=committed.employer, cursor=cursor)[0] == [(entry.pk, None)]
    assert [pk for pk, now in read(employer=elsewhere.employer)[0] if now] == [entry.pk]


def test_nobody_reads_of_others(committed):
    an_entry(committed)
    other = an_employment(a_worker())

    assert read(other.worker)[0] == []
    assert read(employer=other.employer)[0] == []


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_pages_of_any_length_hold_the_same(committed, limit):
    entries = [an_entry(committed, minutes=60 + n) for n in range(4)]

    found, _cursor = read(committed.worker, limit=limit)

    assert [pk for pk, _entry in found] == [entry.pk for entry in entries]


def test_a_row_committed_late_is_not_passed_over(committed):
    """Two transactions take their ids in one order and commit in the other."""
    with elsewhere() as slow:
        late = insert(slow, committed)  # has its id, and is not committed
        early = an_entry(committed, minutes=60)
        before, cursor = read(committed.worker, settled=False)
        slow.commit()
    after, _cursor = read(committed.worker, cursor=cursor)

    assert before == []  # the earlier transaction still runs: what follows it waits
    assert {pk for pk, _entry in after} == {late, early.pk}
    assert HourChange.objects.filter(worker=committed.worker).earliest("id").entry_id == late


def test_a_row_of_a_transaction_that_began_first_and_wrote_last_is_not_passed_over(committed):
    with elsewhere() as slow:
        slow.execute("SELECT pg_current_xact_id()")  # its place in the order, before it writes
        early = an_entry(committed, minutes=60)
        _before, cursor = read(committed.worker, settled=False)
        late = insert(slow, committed)
        slow.commit()
    after, _cursor = read(committed.worker, cursor=cursor)

    assert {pk for pk, _entry in after} == {late, early.pk}


def test_transactions_are_in_the_order_of_their_numbers_not_of_their_letters(committed):
    """Read as texts, the thousandth transaction would come before the nine hundred and ninety-ninth."""
    entries = [an_entry(committed, minutes=n) for n in range(1, 7)]
    with connection.cursor() as cursor:
        for entry, number in zip(entries, ["8", "9", "10", "99", "100", "101"], strict=True):
            cursor.execute(
                "UPDATE workers_hourchange SET written_in = %s::xid8 WHERE entry_id = %s", [number, entry.pk]
            )

    found, _cursor = read(committed.worker, limit=2)

    assert [pk for pk, _entry in found] == [entry.pk for entry in entries]


def test_what_is_rolled_back_holds_nothing_up(committed):
    with elsewhere() as slow:
        insert(slow, committed)
        early = an_entry(committed, minutes=60)
        slow.rollback()

    assert [pk for pk, _entry in read(committed.worker)[0]] == [early.pk]


def test_a_reader_misses_nothing_while_many_write(committed):
    """Writers commit after pauses of any length while one reader goes on from cursor to cursor."""
    jobs = [an_employment(a_worker("Ben", f"Number{n}"), committed.employer) for n in range(4)]
    done = threading.Event()
    seen: set[int] = set()
    cursor = ""

    def write(job, seed):
        dice = random.Random(seed)
        for back in range(12):
            with transaction.atomic():
                an_entry(job, day=date.today() - timedelta(days=1 + back))
                time.sleep(dice.random() / 50)
        connection.close()

    writers = [threading.Thread(target=write, args=(job, seed)) for seed, job in enumerate(jobs)]
    for writer in writers:
        writer.start()
    while not done.is_set():
        if not any(writer.is_alive() for writer in writers):
            done.set()  # and once more, for what came last
        found, cursor = read(employer=committed.employer, cursor=cursor, limit=3, settled=done.is_set())
        seen |= {pk for pk, _entry in found}
    for writer in writers:
        writer.join()

    assert seen == set(HourEntry.objects.filter(employment__in=jobs).values_list("pk", flat=True))
    assert len(seen) == 48


def test_after_a_backup_was_restored_nothing_is_missed(committed):
    """Rows that name transactions which this database has yet to begin are past."""
    old = an_entry(committed, minutes=60)
    HourChange.objects.filter(worker=committed.worker).update(written_in=2**40)

    found, cursor = read(committed.worker)
    new = an_entry(committed, minutes=61)

    assert [pk for pk, _entry in found] == [old.pk]
    assert [pk for pk, _entry in read(committed.worker, cursor=cursor)[0]] == [new.pk]


def test_a_cursor_of_another_database_begins_again(committed):
    _found, cursor = read(committed.worker)
    other = "1" + cursor[cursor.index(".") :]

    with pytest.raises(Refused) as problem:
        changes.since(other, worker=committed.worker)
    assert problem.value.field == "cursor"


@pytest.mark.parametrize(
    "cursor", ["x", "1.2", "1.99999999999999999999.1", "-1.2.3", "1.2.3.4", "²..", "9" * 99]
)
def test_what_is_no_cursor_is_refused_at_the_field(job, cursor):
    client = APIClient()
    client.force_authenticate(job.user)

    response = client.get(API, {"cursor": cursor})

    assert response.status_code == 422
    assert [error["field"] for error in response.json()["errors"]] == ["cursor"]


# By API


def test_the_worker_and_the_employers_system_read_by_api(client, committed):
    entry = an_entry(committed)
    owner = a_member(Role.OWNER, organisation=committed.employer)
    system = a_system(committed.employer, by=owner, scopes=[Scope.HOURS_READ])
    client.force_login(committed.worker.user)
    token = a_token(system)
    settle()

    own = client.get(API).json()
    theirs = APIClient().get(API, headers={"authorization": f"Bearer {token}"}).json()

    for answer in (own, theirs):
        (change,) = answer["changes"]
        assert (change["id"], change["deleted"], change["entry"]["minutes"]) == (entry.pk, False, 480)
    assert own["more"] is False
    assert client.get(API, {"cursor": own["cursor"]}).json()["changes"] == []


@pytest.mark.parametrize("n", [1, 30])
def test_a_page_costs_the_same_queries_whatever_its_length(committed, n, django_assert_num_queries):
    for back in range(n):
        an_entry(committed, day=date.today() - timedelta(days=1 + back))
    client = APIClient()
    client.force_authenticate(committed.worker.user)
    settle()

    with django_assert_num_queries(7):
        assert len(client.get(API).json()["changes"]) == n


def elsewhere():
    """Another connection to the same database, with a transaction of its own."""
    given = connection.get_connection_params()
    return psycopg.connect(
        **{name: given[name] for name in ("dbname", "user", "host", "port") if name in given}
    )


def insert(cursor, employment):
    """An entry stored by plain SQL in a transaction that is still open; its id."""
    return cursor.execute(
        """
        INSERT INTO workers_hourentry (worker_id, employment_id, client_id, day, minutes, work, domain, mode,
            pay, state, practicum, note, status, recorded_at, submitted_at, reason, supervised, superseded)
        VALUES (%s, %s, gen_random_uuid(), current_date - 2, 60, 'peer_support', 'advocacy', 'in_person',
            'paid', 'US-MN', false, '', 'submitted', now(), now(), '', false, false)
        RETURNING id
        """,
        [employment.worker_id, employment.pk],
    ).fetchone()[0]
