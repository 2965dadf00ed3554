"""Transcripts: what they say, that they can be checked with and without us, and what they never tell."""

import base64
import hashlib
import json
import secrets
from datetime import date

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from django.db import DatabaseError, transaction
from django.urls import reverse

from tests.builders.workers import a_session, a_statement, approved_hours, hours, submitted_hours
from workers import signing_keys, transcript_pdf, transcripts
from workers.models import Transcript


@pytest.fixture
def found(job):
    approved_hours(job.employment, hours(40), agreement=job.agreement, until=date(2026, 6, 9))
    submitted_hours(job.employment, hours(8), until=date(2026, 7, 1))
    a_session(job.agreement)
    a_statement(job.worker)
    a_statement(job.worker, "lived_experience", code="mental_health")
    a_statement(job.worker, "recovery", day=date(2020, 1, 1))
    return transcripts.issue(worker=job.worker, by=job.user)


def test_it_says_what_the_ledger_says(job, found):
    assert found.content["totals"] == {
        "approved": hours(40),
        "supervised": hours(40),
        "pending": hours(8),
        "first_day": "2026-06-05",
        "last_day": "2026-06-09",
    }
    assert found.content["months"] == [
        {"month": "2026-06", "approved": hours(40), "supervised": hours(40), "pending": 0},
        {"month": "2026-07", "approved": 0, "supervised": 0, "pending": hours(8)},
    ]
    assert found.content["supervisors"] == [
        {"name": str(job.supervisor), "employer": job.employer.name, "minutes": hours(40), "entries": 5}
    ]
    assert found.content["supervision"] == {"individual": 60, "group": 0}


def test_it_tells_nothing_of_health(found):
    said = transcripts.canonical(found.content).decode()

    assert "mental" not in said
    assert "recovery" not in said.replace("peer_recovery", "")
    assert [one["kind"] for one in found.content["learning"]] == ["training"]


def test_its_signed_line_is_checked_with_the_public_key_alone(client, found):
    """As an outsider would: with the published key and a library, none of our code."""
    _mark, payload, signature = transcripts.token(found).split(".")
    key = load_pem_public_key(client.get(reverse("workers:transcript_key")).json()["pem"][0].encode())

    key.verify(base64.urlsafe_b64decode(signature + "=="), base64.urlsafe_b64decode(payload + "=="))
    said = json.loads(base64.urlsafe_b64decode(payload + "=="))
    assert (said["name"], said["approved"]) == ("Ana Rivera", hours(40))
    canonical = json.dumps(found.content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert said["sha256"] == hashlib.sha256(canonical.encode()).hexdigest()


def test_the_line_can_be_copied_with_its_breaks(found):
    broken = "\u200b\n".join(transcripts.token(found))

    assert transcripts.read_token(broken)["name"] == "Ana Rivera"


@pytest.mark.parametrize(
    "change", [lambda line: line.replace("PL1", "PL2"), lambda line: line[:-6] + "AAAAAA"]
)
def test_a_line_that_was_changed_is_not_ours(found, change):
    assert transcripts.read_token(change(transcripts.token(found))) is None


def test_a_forged_total_is_not_ours(found):
    mark, payload, signature = transcripts.token(found).split(".")
    said = json.loads(signing_keys.decoded(payload)) | {"approved": 999_999}

    assert (
        transcripts.read_token(f"{mark}.{signing_keys.encoded(transcripts.canonical(said))}.{signature}")
        is None
    )


@pytest.mark.parametrize("line", ["", "PL1", "PL1..", "PL1.e30.e30", "PL1.🙂.x", "PL1.W10.W10"])
def test_any_other_text_is_not_ours(line):
    assert transcripts.read_token(line) is None


def test_documents_of_a_retired_key_stay_checkable(settings, found):
    line = transcripts.token(found)
    (before,) = signing_keys.public_keys().values()
    settings.SIGNING_KEY = base64.b64encode(secrets.token_bytes(32)).decode()
    assert transcripts.read_token(line) is None

    settings.SIGNING_KEYS_RETIRED = [base64.b64encode(before).decode()]

    assert transcripts.read_token(line)["id"] == str(found.uid)


def test_what_was_issued_never_changes(found):
    with pytest.raises(DatabaseError), transaction.atomic():
        Transcript.objects.update(approved_minutes=1)


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_document_is_a_tagged_pdf_with_its_data_attached(found, language):
    from django.utils import translation

    with translation.override(language):
        document = transcript_pdf.pdf(found)

    assert document.startswith(b"%PDF-")
    assert b"/StructTreeRoot" in document
    assert b"pdfuaid" in document
    assert f"/Lang({language}".encode() in document.replace(b"/Lang (", b"/Lang(")
    assert b"transcript.json" in document


def test_names_cannot_become_code_of_the_document(job, found):
    """Data is handed over as data: what looks like the language of the document is printed as it is."""
    job.worker.family_name = '#read("/etc/passwd") $x$ *b* @ref `raw` \\ "'
    job.worker.save()

    document = transcript_pdf.pdf(transcripts.issue(worker=job.worker, by=job.user))

    assert document.startswith(b"%PDF-")


# The page that checks it


def check(client, uid, **data):
    address = reverse("workers:transcript", args=[uid])
    return client.post(address, data) if data else client.get(address)


def test_anybody_who_holds_it_sees_that_it_is_genuine_but_no_name(client, found):
    page = check(client, found.uid).content.decode()

    assert "We issued this transcript" in page
    assert "40 h" in page
    assert "Rivera" not in page


@pytest.mark.parametrize("typed", ["Rivera", "rivera ", "RÍVERA"])
def test_who_knows_the_family_name_sees_what_it_is_made_of(client, job, found, typed):
    page = check(client, found.uid, family_name=typed).content.decode()

    assert "Ana Rivera" in page
    assert job.employer.name in page


def test_wrong_guesses_all_have_one_answer(client, found):
    unknown = check(client, "5f0c7c1e-2a0e-4c53-9a3e-0c6a8f4a1b11")
    wrong = check(client, found.uid, family_name="Lopez")
    both = check(client, "5f0c7c1e-2a0e-4c53-9a3e-0c6a8f4a1b11", family_name="Lopez")

    assert {answer.status_code for answer in (unknown, wrong, both)} == {404}
    pages = [answer.content.decode().partition("<main")[2] for answer in (unknown, wrong, both)]
    assert len({page.partition("</main>")[0] for page in pages}) == 1
