"""The act of signing: nothing but what the signer saw, under a declaration that is kept."""

from datetime import UTC, datetime
from hashlib import sha256

import pytest
import time_machine
from django.utils import timezone, translation

from accounts.refusals import Refused
from tests.builders.workers import an_entry, submitted_hours
from workers import hours
from workers.canonical import fingerprint, fingerprint_of_all
from workers.models import Declaration, Signature
from workers.signing import ATTESTATION, OUTSIDE, VERSION, WORDING


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(datetime(2026, 6, 10, 18, tzinfo=UTC), tick=False) as stopped:
        yield stopped


def test_nothing_is_signed_that_changed_after_the_signer_saw_it(job):
    entry = an_entry(job.employment)
    seen = {entry.pk: fingerprint(entry)}
    entry = hours.edit(entry, by=job.user, minutes=600)

    with pytest.raises(Refused, match="changed"):
        hours.approve([entry], by=job.supervisor, seen=seen)
    with pytest.raises(Refused, match="changed"):
        hours.approve([entry], by=job.supervisor, seen={})
    hours.approve([entry], by=job.supervisor, seen={entry.pk: fingerprint(entry)})


def test_another_wording_than_the_signer_read_is_not_signed(job):
    entry = an_entry(job.employment)

    with pytest.raises(Refused, match="wording"):
        hours.approve([entry], by=job.supervisor, declaration=VERSION - 1)
    hours.approve([entry], by=job.supervisor, declaration=VERSION)


def test_one_signature_says_what_was_declared_about_what_by_whom_and_when(job):
    entries = submitted_hours(job.employment, 3 * 480)
    for entry in entries:
        entry.refresh_from_db()
    with translation.override("es"):
        hours.approve(entries, by=job.supervisor)

    signature = Signature.objects.get()
    assert list(signature.signed.order_by("pk")) == sorted(entries, key=lambda entry: entry.pk)
    assert (signature.signer, signature.name, signature.link) == (job.supervisor, "Sam Example", None)
    assert (signature.signed_at, signature.entries, signature.minutes) == (timezone.now(), 3, 3 * 480)
    assert signature.fingerprint == fingerprint_of_all(entries)
    declared = signature.declaration
    assert (declared.version, declared.language, declared.text) == (VERSION, "es", WORDING["es"])


def test_a_declaration_is_kept_once(job):
    for entry in submitted_hours(job.employment, 2 * 480):
        hours.approve([entry], by=job.supervisor)

    assert (Declaration.objects.count(), Signature.objects.count()) == (1, 2)


def test_the_wording_of_a_version_stays(job):
    """Whoever changes a word gives it a new version, and writes the new one's hash here."""
    texts = [words[language] for words in (WORDING, ATTESTATION, OUTSIDE) for language in sorted(words)]

    assert (VERSION, sha256("\n".join(texts).encode()).hexdigest()[:12]) == (1, "0ba8ddd8e1c4")
