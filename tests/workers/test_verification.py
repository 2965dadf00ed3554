"""`verify_ledger`: clean where nothing was touched; whatever is touched, as the tables' owner, is found."""

import json
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from tests.builders.certification import a_credential, an_event
from tests.builders.workers import a_worker, an_agreement, an_employment, an_entry, submitted_hours
from workers import hours, seals, tracking
from workers.models import ChainLink, HourEntry, Seal
from workers.verification import verify

Status = HourEntry.Status
TABLES = [
    "workers_hourentry",
    "workers_signature",
    "workers_declaration",
    "workers_chainlink",
    "workers_chainhead",
    "workers_seal",
    "workers_workday",
    "certification_credential",
    "certification_credentialevent",
]


@contextmanager
def triggers_off():
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield cursor
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def tamper(sql, *params):
    """As the owner of the tables, with every trigger off."""
    with triggers_off() as cursor:
        cursor.execute(sql, params)
        assert cursor.rowcount


@pytest.fixture
def ledger(job):
    """Two workers with signed hours, a correction, hours that wait, and a credential."""
    other = an_employment(a_worker("Ben", "Okafor"), job.employer)
    an_agreement(other, job.supervisor)
    submitted_hours(job.employment, 5 * 480)
    submitted_hours(other, 3 * 480)
    for worker in (job.worker, other.worker):
        hours.approve(HourEntry.objects.filter(worker=worker), by=job.supervisor)
    entry = HourEntry.objects.filter(worker=job.worker).first()
    hours.approve([hours.amend(entry, by=job.user, minutes=60)], by=job.supervisor)
    an_entry(job.employment, day=timezone.localdate() - timedelta(days=20))
    credential = a_credential(job.worker)
    an_event(credential, "suspended", timezone.localdate())
    tracking.drain_all()
    return job


@pytest.fixture
def entry(ledger):
    return HourEntry.objects.counted().filter(worker=ledger.worker).order_by("pk").first()


def test_an_untouched_ledger_is_clean(ledger):
    result = verify()

    assert result.breaks == []
    assert result.counts == {
        "links": 12,
        "chains": 2,
        "counted entries": 8,
        "counted minutes": 7 * 480 + 60,
    }


@pytest.mark.parametrize(
    "change",
    [
        "minutes = minutes + 1",
        "day = day - 1",
        "starts = '09:00'",
        "note = 'x'",
        "domain = 'mentoring_education'",
        "supervised = NOT supervised",
        "decided_on = decided_on - interval '1 second'",
        "status = 'returned', signature_id = NULL, supervised = false, reason = 'x'",
        "superseded = true",
        "signature_id = NULL",
        "client_id = gen_random_uuid()",
    ],
)
def test_a_changed_entry_is_found(entry, change):
    tamper(f"UPDATE workers_hourentry SET {change} WHERE id = %s", entry.pk)

    found = verify().first
    link = ChainLink.objects.filter(subject=entry.pk, kind="hours.approved").get()
    assert found.check == "accepted row"
    assert found.worker_id == entry.worker_id
    assert found.position in (link.position, None)


def test_the_first_break_is_named_with_what_was_expected_and_found(entry):
    tamper("UPDATE workers_hourentry SET minutes = minutes + 1 WHERE id = %s", entry.pk)

    link = ChainLink.objects.get(subject=entry.pk, kind="hours.approved")
    found = verify().first
    assert (found.check, found.worker_id, found.position) == ("accepted row", entry.worker_id, link.position)
    assert found.subject == f"hours.approved {entry.pk}"
    assert found.expected == bytes(link.fingerprint).hex()[:16] != found.found


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM workers_hourentry WHERE amends_id IS NOT NULL",
        "DELETE FROM workers_chainlink WHERE position = 2",
        "DELETE FROM workers_chainlink WHERE position = 5",
        "DELETE FROM workers_chainlink",
        "DELETE FROM workers_chainhead",
        "UPDATE workers_chainlink SET fingerprint = sha256('x') WHERE position = 1",
        "UPDATE workers_chainlink SET hash = sha256('x') WHERE position = 1",
        "UPDATE workers_chainlink SET made_at = made_at - interval '1 second' WHERE position = 3",
        "UPDATE workers_chainlink SET kind = 'something' WHERE position = 3",
        "UPDATE workers_chainlink SET position = position + 100 WHERE position > 2",
        "UPDATE workers_signature SET name = 'Somebody Else'",
        "UPDATE workers_signature SET signed_at = signed_at - interval '1 day'",
        "UPDATE workers_declaration SET text = 'Anything'",
        "UPDATE certification_credential SET family_name = 'Else'",
        "UPDATE certification_credentialevent SET expires_on = '2040-01-01' WHERE kind = 'issued'",
        "DELETE FROM certification_credentialevent WHERE kind = 'suspended'",
        "UPDATE workers_workday SET minutes = minutes - 1 WHERE minutes > 60",
        "UPDATE workers_total SET minutes = minutes + 60",
        "DELETE FROM workers_total WHERE standing = 'waiting'",
        "UPDATE workers_tally SET minutes[1] = minutes[1] + 60",
        "UPDATE workers_tally SET months = '0' || months",
        "UPDATE workers_tally SET last_day = last_day + 1",
        "DELETE FROM workers_tally WHERE domain = '*'",
    ],
)
def test_whatever_else_is_changed_is_found(ledger, sql):
    tamper(sql)

    assert verify().breaks


def test_a_worker_whose_hours_were_taken_out_with_their_whole_chain_leaves_a_signature(ledger):
    with triggers_off() as cursor:
        for table in ("workers_chainlink", "workers_chainhead", "workers_workday", "workers_total"):
            cursor.execute(f"DELETE FROM {table} WHERE worker_id = %s", [ledger.worker.pk])
        cursor.execute("DELETE FROM workers_tally WHERE worker_id = %s", [ledger.worker.pk])
        cursor.execute("DELETE FROM certification_credentialevent")
        cursor.execute("DELETE FROM workers_hourentry WHERE worker_id = %s", [ledger.worker.pk])

    found = verify().breaks
    assert {one.check for one in found} == {"signature"}
    assert found[0].found == "none"


def test_two_workers_whose_hours_were_swapped_are_found(ledger):
    others = HourEntry.objects.exclude(worker=ledger.worker).values_list("worker", "employment").first()
    tamper(
        "UPDATE workers_hourentry SET worker_id = %s, employment_id = %s WHERE id = %s",
        *others,
        HourEntry.objects.filter(worker=ledger.worker, superseded=False).values_list("pk", flat=True)[0],
    )

    assert "accepted row" in {one.check for one in verify().breaks}


def test_an_approved_entry_slipped_in_is_found(ledger):
    with triggers_off():
        slipped = an_entry(ledger.employment, status=Status.APPROVED, agreement=ledger.agreement, minutes=30)

    found = verify().first
    assert (found.check, found.subject) == ("accepted row", f"hours.approved {slipped.pk}")
    assert (found.expected, found.found) == ("a link", "none")


def test_totals_of_workers_with_marks_are_not_due(ledger):
    hours.approve(HourEntry.objects.filter(status=Status.SUBMITTED), by=ledger.supervisor)

    result = verify()
    assert (result.breaks, result.behind) == ([], 1)


def test_one_worker_can_be_looked_at_alone(entry):
    tamper("UPDATE workers_hourentry SET minutes = minutes + 1 WHERE id = %s", entry.pk)
    other = HourEntry.objects.exclude(worker=entry.worker_id).first().worker_id

    assert verify(workers=[other]).breaks == []
    assert verify(workers=[entry.worker_id]).breaks


# Seals


def rechain(worker_id):
    """A whole chain made anew, as one could who knows how, and has the database."""
    with triggers_off() as cursor:
        cursor.execute("DELETE FROM workers_chainlink WHERE worker_id = %s", [worker_id])
        cursor.execute("DELETE FROM workers_chainhead WHERE worker_id = %s", [worker_id])
    with connection.cursor() as cursor:
        for table in ("workers_hourentry", "certification_credentialevent"):
            for trigger in ("append_only", "approved_is_final"):
                cursor.execute(
                    "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname ~ %s",
                    [table, f"_{trigger}_"],
                )
                for (name,) in cursor.fetchall():
                    cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {name}")
        cursor.execute("UPDATE workers_hourentry SET note = note WHERE worker_id = %s", [worker_id])


def test_a_chain_made_anew_is_found_by_the_seal(entry):
    seals.seal()
    assert verify().breaks == []
    tamper("UPDATE workers_hourentry SET decided_on = decided_on - interval '1 day' WHERE id = %s", entry.pk)
    tamper("DELETE FROM certification_credentialevent")

    rechain(entry.worker_id)

    assert {found.check for found in verify().breaks} == {"seal"}


def test_the_last_links_taken_off_with_their_rows_are_found_by_the_seal(ledger):
    seals.seal()
    last = ChainLink.objects.filter(worker=ledger.worker).order_by("-position").first()
    with triggers_off() as cursor:
        cursor.execute("DELETE FROM certification_credentialevent WHERE id = %s", [last.subject])
        cursor.execute("DELETE FROM workers_chainlink WHERE id = %s", [last.pk])
        cursor.execute(
            """
            UPDATE workers_chainhead h SET position = l.position, hash = l.hash FROM workers_chainlink l
            WHERE h.worker_id = l.worker_id AND l.worker_id = %s AND l.position = %s
            """,
            [ledger.worker.pk, last.position - 1],
        )

    assert {found.check for found in verify().breaks} == {"seal"}


def test_seals_follow_one_another(ledger):
    first = seals.seal()
    assert seals.seal() is None

    hours.approve(HourEntry.objects.filter(status=Status.SUBMITTED), by=ledger.supervisor)
    second = seals.seal()

    assert (first.number, second.number, second.first_link) == (1, 2, first.last_link + 1)
    assert (first.links, second.links) == (12, 1)
    tracking.drain_all()
    assert verify(kept=[str(first), str(second)]).breaks == []


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE workers_seal SET root = sha256('x') WHERE number = 1",
        "UPDATE workers_seal SET links = links - 1 WHERE number = 1",
        "UPDATE workers_seal SET made_at = made_at - interval '1 day' WHERE number = 1",
        "UPDATE workers_seal SET code = sha256('x') WHERE number = 2",
        "DELETE FROM workers_seal WHERE number = 1",
    ],
)
def test_a_changed_seal_is_found(ledger, sql):
    seals.seal()
    hours.approve(HourEntry.objects.filter(status=Status.SUBMITTED), by=ledger.supervisor)
    seals.seal()

    tamper(sql)

    assert verify().breaks


def test_a_seal_taken_off_is_found_by_its_line_kept_outside(ledger):
    line = str(seals.seal())
    tamper("DELETE FROM workers_seal")

    assert verify().breaks == []
    assert verify(kept=[line]).first.expected == line


def test_a_seal_made_with_a_former_secret_is_still_ours(ledger, settings):
    seals.seal()
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another"

    assert verify().breaks == []
    settings.SECRET_KEY_FALLBACKS = []
    assert verify().first.expected == "a code of this server"


def test_an_empty_ledger_has_nothing_to_seal(db):
    assert seals.seal() is None
    assert not Seal.objects.exists()


# The command


def test_the_command_ends_with_one_and_names_the_first_break(entry, capsys):
    call_command("verify_ledger")
    assert "Clean." in capsys.readouterr().out

    tamper("UPDATE workers_hourentry SET minutes = minutes + 1 WHERE id = %s", entry.pk)
    with pytest.raises(SystemExit) as ended:
        call_command("verify_ledger")

    assert ended.value.code == 1
    assert f"First break: accepted row: worker {entry.worker_id}, position" in capsys.readouterr().out


def test_the_command_answers_in_json(entry, capsys):
    tamper("UPDATE workers_hourentry SET minutes = minutes + 1 WHERE id = %s", entry.pk)

    with pytest.raises(SystemExit):
        call_command("verify_ledger", "--json", worker=[entry.worker_id])

    said = json.loads(capsys.readouterr().out)
    assert said["clean"] is False
    assert said["breaks"][0]["worker_id"] == entry.worker_id


def test_the_command_that_seals_prints_the_line_to_keep(ledger, capsys):
    call_command("seal_ledger")
    assert capsys.readouterr().out.strip() == str(Seal.objects.get())

    call_command("seal_ledger")
    assert "Nothing was accepted" in capsys.readouterr().out
