"""The chain of accepted facts: written by whatever accepts them, and the same when written down again."""

import json
import threading
from datetime import UTC, date, time
from hashlib import sha256
from time import monotonic

import pytest
from django.db import DatabaseError, connection, connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.builders.certification import a_credential
from tests.builders.workers import (
    a_worker,
    an_agreement,
    an_employment,
    an_entry,
    approved_hours,
    submitted_hours,
)
from workers import hours
from workers.canonical import fingerprint, said, said_sql
from workers.chaining import hold
from workers.models import ChainHead, ChainLink, HourEntry

Status = HourEntry.Status


def chain(worker):
    return list(ChainLink.objects.filter(worker=worker).order_by("position"))


def kinds(worker):
    return [link.kind for link in chain(worker)]


def moment(at):
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ") if at else None


def approved_line(entry):
    """The line of an approved entry as docs/ledger.md describes it, by other code than the trigger's."""
    signature = entry.signature
    declared = signature and signature.declaration
    return json.dumps(
        [
            entry.pk,
            entry.worker_id,
            entry.employment_id,
            entry.day.isoformat(),
            entry.starts and entry.starts.strftime("%H:%M:%S.%f"),
            *(entry.minutes, entry.work, entry.domain, entry.mode, entry.pay, entry.state),
            *(entry.practicum, entry.note, entry.amends_id, str(entry.client_id)),
            moment(entry.recorded_at),
            moment(entry.submitted_at),
            entry.decided_by_id,
            moment(entry.decided_on),
            *(entry.reason, entry.supervised, entry.agreement_id, entry.signed_as),
            signature
            and [
                signature.pk,
                moment(signature.signed_at),
                signature.signer_id,
                *(signature.name, signature.role, signature.relationship, signature.link_id),
                *(signature.fingerprint, signature.entries, signature.minutes),
                *(declared.version, declared.language, declared.text),
            ],
        ],
        ensure_ascii=False,
    )


def linked(last, link):
    words = [link.worker_id, link.position, link.kind, link.subject]
    words += [bytes(link.fingerprint).hex(), moment(link.made_at)]
    return sha256(last + json.dumps(words).encode()).digest()


def test_each_approval_is_linked_to_the_one_before(job):
    first = hours.approve([an_entry(job.employment, note='Grüße, 你好 "x" \\ \n')], by=job.supervisor)
    second = hours.approve([an_entry(job.employment, starts=time(9, 5), minutes=60)], by=job.supervisor)

    assert (first, second) == (1, 1)
    last = b""
    for place, link in enumerate(chain(job.worker), start=1):
        entry = HourEntry.objects.get(pk=link.subject)
        assert (link.position, link.kind) == (place, "hours.approved")
        assert bytes(link.fingerprint) == sha256(approved_line(entry).encode()).digest()
        assert bytes(link.hash) == linked(last, link)
        last = bytes(link.hash)
    head = ChainHead.objects.get(worker=job.worker)
    assert (head.position, bytes(head.hash)) == (2, last)


def test_hours_that_nobody_approved_are_in_no_chain(job):
    entry = an_entry(job.employment)
    hours.edit(entry, by=job.user, minutes=60)
    hours.return_([entry], by=job.supervisor, reason="Which group?")

    assert kinds(job.worker) == []


def test_a_correction_chains_that_the_old_entry_was_put_aside_and_then_itself(job):
    entry = an_entry(job.employment)
    hours.approve([entry], by=job.supervisor)
    correction = hours.amend(entry, by=job.user, minutes=60)
    hours.approve([correction], by=job.supervisor)

    assert [(link.kind, link.subject) for link in chain(job.worker)] == [
        ("hours.approved", entry.pk),
        ("hours.superseded", entry.pk),
        ("hours.approved", correction.pk),
    ]


def test_plain_sql_that_approves_is_chained_as_well(job):
    entries = submitted_hours(job.employment, 5 * 480)

    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE workers_hourentry SET status = 'approved', decided_by_id = %s, decided_on = now()",
            [job.supervisor.pk],
        )
    approved_hours(job.employment, 480, agreement=job.agreement, until=date(2026, 1, 5))

    assert kinds(job.worker) == ["hours.approved"] * 6
    assert {link.subject for link in chain(job.worker)[:5]} == {entry.pk for entry in entries}


def test_several_workers_have_chains_of_their_own(job):
    other = an_employment(a_worker("Ben", "Okafor"), job.employer)
    an_agreement(other, job.supervisor)
    submitted_hours(job.employment, 3 * 480)
    submitted_hours(other, 2 * 480)

    hours.approve(HourEntry.objects.all(), by=job.supervisor)

    assert [link.position for link in chain(job.worker)] == [1, 2, 3]
    assert [link.position for link in chain(other.worker)] == [1, 2]


def test_events_of_credentials_are_in_their_holders_chain(db):
    credential = a_credential(a_worker())
    credential.refresh_from_db()

    assert kinds(credential.worker) == ["credential.issued"]
    event = credential.events.get()
    line = [
        *(event.pk, credential.pk, event.kind, event.effective_on.isoformat()),
        event.expires_on and event.expires_on.isoformat(),
        *(event.reason, event.recorded_by_id, moment(event.recorded_on), credential.number),
        *(credential.worker_id, credential.level_id, credential.authority_id, credential.standard_id),
        *(credential.application_id, credential.worker.given_name, credential.worker.family_name),
        moment(credential.created_at),
    ]
    text = json.dumps(line, ensure_ascii=False)
    assert bytes(chain(credential.worker)[0].fingerprint) == sha256(text.encode()).digest()


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE workers_chainlink SET made_at = now()",
        "DELETE FROM workers_chainlink",
        "TRUNCATE workers_chainlink",
        "UPDATE workers_chainhead SET position = 0",
        "DELETE FROM workers_chainhead",
        "INSERT INTO workers_chainhead (worker_id, position, hash) SELECT id, 0, '' FROM workers_worker",
    ],
)
def test_nobody_writes_to_the_chain_by_hand(job, sql):
    hours.approve([an_entry(job.employment)], by=job.supervisor)

    with (
        pytest.raises(DatabaseError, match=r"Peerladder|pgtrigger|cannot"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    note=st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=60),
    starts=st.none() | st.times(),
    practicum=st.booleans(),
)
def test_python_and_the_database_write_the_same_line(job, note, starts, practicum):
    with transaction.atomic():
        entry = an_entry(job.employment, minutes=1, note=note, starts=starts, practicum=practicum)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {said_sql('e')} FROM workers_hourentry e WHERE id = %s", [entry.pk])
            ((line,),) = cursor.fetchall()
        transaction.set_rollback(True)

    assert line == said(entry)
    assert fingerprint(entry) == sha256(line.encode()).hexdigest()


@pytest.mark.django_db(transaction=True)
def test_writers_of_one_chain_take_turns():
    """Two approve at the same moment: no position twice, none left out."""
    employment = an_employment()
    agreement = an_agreement(employment)
    entries = submitted_hours(employment, 20 * 480)
    start = threading.Barrier(4)

    def approve(mine):
        start.wait()
        for entry in mine:
            hours.approve([entry], by=agreement.supervisor)
        connections.close_all()

    threads = [threading.Thread(target=approve, args=[entries[n::4]]) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    links = chain(employment.worker)
    assert [link.position for link in links] == list(range(1, 21))
    last = b""
    for link in links:
        assert bytes(link.hash) == linked(last, link)
        last = bytes(link.hash)


@pytest.mark.django_db(transaction=True)
def test_corrections_of_many_workers_signed_at_once_block_nobody():
    """Entries are put aside row by row; the turns are taken before, in the order of the workers."""
    first = an_employment()
    supervisor = an_agreement(first).supervisor
    employments = [first, *(an_employment(a_worker(), first.employer) for _ in range(11))]
    pairs = []
    for number, employment in enumerate(employments):
        agreement = an_agreement(employment, supervisor) if number else employment.worker.agreements.get()
        pairs.append(approved_hours(employment, 2 * 480, agreement=agreement))

    def corrections(entries):
        return [hours.amend(entry, by=entry.worker.user, minutes=60) for entry in entries]

    forth = corrections(one for one, _other in pairs)
    back = corrections(other for _one, other in reversed(pairs))
    hours.approve([an_entry(first)], by=supervisor)  # the declaration's first use would make one wait
    trouble = []

    def sign(mine):
        try:
            hours.approve(mine, by=supervisor)
        except DatabaseError as problem:
            trouble.append(problem)
        connections.close_all()

    threads = [threading.Thread(target=sign, args=[half]) for half in (forth, back)]
    with transaction.atomic():
        hold([employments[6].worker_id])  # until both have come as far as they can
        for thread in threads:
            thread.start()
        wait_until_blocked(2)
    for thread in threads:
        thread.join(timeout=30)

    assert trouble == []
    assert HourEntry.objects.counted().count() == len(forth + back) + 1


def wait_until_blocked(writers):
    """Until so many others wait for a lock in this database."""
    end = monotonic() + 20
    blocked = 0
    while blocked < writers and monotonic() < end:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(
                """
                SELECT count(*) FROM pg_stat_activity
                WHERE datname = current_database() AND wait_event_type = 'Lock'
                """
            )
            ((blocked,),) = cursor.fetchall()
    assert blocked == writers
