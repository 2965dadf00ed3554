"""What is read and shown by hand is what the serializers read and show."""

from datetime import UTC, date, datetime, time
from uuid import UUID, uuid4

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as some
from rest_framework.exceptions import ValidationError

from tests.builders.workers import an_entry
from workers.api import quick
from workers.api.batch import BatchEntrySerializer
from workers.api.hours import HoursSerializer
from workers.entries import NewHours
from workers.models import HourEntry

Status = HourEntry.Status

anything = (
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=5) | some.just([])
)
FIELDS = {
    "client_id": some.uuids().map(str) | some.uuids().map(lambda uid: uid.hex) | anything,
    "worker": some.uuids().map(str) | anything,
    "employment": some.integers(-1, 2**64) | anything,
    "day": some.dates().map(str)
    | some.sampled_from(["2026-6-9", "20260609", "2026-W24-2", "2026-02-30"])
    | anything,
    "minutes": some.integers(-1, 1500) | some.sampled_from(["60", "60.0", 60.0, True]) | anything,
    "starts": some.times().map(str)
    | some.sampled_from(["9:00", "09:00", "09:00:00", "24:00", "09:00Z"])
    | anything,
    "domain": some.sampled_from(["advocacy", "other", "golf", " advocacy"]) | anything,
    "mode": some.sampled_from(["phone", "letter"]) | anything,
    "work": some.sampled_from(["peer_support", ""]) | anything,
    "pay": some.sampled_from(["paid", "volunteer", ""]) | anything,
    "state": some.sampled_from(["US-MN", "US-XX"]) | anything,
    "practicum": some.booleans() | some.sampled_from(["true", 1]) | anything,
    "draft": some.booleans() | some.sampled_from(["false", 0]) | anything,
    "note": some.text(max_size=301)
    | some.sampled_from([" x ", "a\nb", "\0", "\ud800", "x" * 301])
    | anything,
    "more": anything,
}
entries = some.fixed_dictionaries({}, optional=FIELDS) | anything


RIGHT = {"client_id": str(uuid4()), "day": "2026-06-09", "minutes": 60, "domain": "advocacy"}
#: Mostly right: one or two fields are anything.
nearly_right = some.dictionaries(some.sampled_from(sorted(FIELDS)), some.none(), max_size=2).flatmap(
    lambda names: some.fixed_dictionaries({name: FIELDS[name] for name in names}).map(lambda odd: RIGHT | odd)
)


@given(entries | nearly_right)
def test_what_is_read_by_hand_is_what_the_serializer_reads(sent):
    read = quick.read(sent)

    if read is not None:
        assert read == dict(BatchEntrySerializer().run_validation(sent))


def test_what_is_written_as_documented_is_read_by_hand():
    client_id = uuid4()
    plain = {"client_id": str(client_id), "day": "2026-06-09", "minutes": 60, "domain": "advocacy"}

    read = quick.read({**plain, "employment": 1, "starts": "09:00", "note": "Intake visit", "mode": "phone"})

    assert read == {
        "client_id": client_id,
        "employment": 1,
        "day": date(2026, 6, 9),
        "minutes": 60,
        "starts": time(9),
        "domain": "advocacy",
        "mode": "phone",
        "note": "Intake visit",
        "draft": False,
    }


@pytest.mark.parametrize("minutes", [0, -1, 1441, 10**12])
def test_minutes_that_no_day_has_are_refused_in_our_own_words(minutes):
    sent = {"client_id": str(uuid4()), "day": "2026-06-09", "minutes": minutes, "domain": "advocacy"}

    with pytest.raises(ValidationError) as problem:
        BatchEntrySerializer().run_validation(sent)
    assert [str(one) for one in problem.value.detail["minutes"]] == [
        "Hours are from 1 minute to 24 hours a day."
    ]


@pytest.mark.parametrize("zone", ["UTC", "America/Chicago"])
def test_what_is_shown_by_hand_is_what_the_serializer_shows(job, zone):
    signed = an_entry(job.employment, status=Status.APPROVED, agreement=job.agreement, starts=time(9, 30))
    draft = an_entry(job.employment, status=Status.DRAFT, day=date(2026, 6, 1), minutes=60, note="Ünï")
    stored = HourEntry.objects.select_related("worker", "decided_by")

    with timezone.override(zone):
        for entry in stored.filter(pk__in=[signed.pk, draft.pk]):
            assert quick.shown(entry) == HoursSerializer(entry).data


@pytest.mark.parametrize("draft", [False, True])
def test_an_entry_just_stored_is_shown_as_the_ledger_holds_it(client, job, draft):
    at = datetime(2026, 6, 10, 18, tzinfo=UTC)
    new = NewHours(
        employment=job.employment,
        client_id=UUID(int=1),
        day=date(2026, 6, 9),
        minutes=60,
        domain="advocacy",
        draft=draft,
    )
    stored = new.entry(job.worker)
    stored.recorded_at = at
    if not draft:
        stored.status, stored.submitted_at = Status.SUBMITTED, at
    stored.save()

    made = quick.Fresh(new, pk=stored.pk, at=at)

    assert quick.shown(made) == quick.shown(HourEntry.objects.get(pk=stored.pk))
