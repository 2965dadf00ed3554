"""Checking a credential: what is told, and what a wrong guess learns (nothing)."""

from datetime import date, timedelta
from time import perf_counter

import pytest
from django.utils import translation

from accounts.refusals import Refused
from certification.credentials import today
from certification.numbers import credential_number
from registry import verification
from registry.verification import NoMatch, verify
from tests.builders.certification import a_credential, an_event
from tests.builders.workers import a_worker

pytestmark = pytest.mark.django_db


@pytest.fixture
def credential():
    return a_credential(
        a_worker("Ana", "Núñez-Rivera"), issued_on=date(2025, 1, 1), expires_on=date(2026, 12, 31)
    )


@pytest.fixture(autouse=True)
def now(time_machine):
    time_machine.move_to("2026-11-21T12:00:00Z", tick=False)


def ask(credential, family_name="Nunez Rivera", **options):
    return verify(number=credential.number, family_name=family_name, **options)


def test_a_good_credential_is_told_with_what_stands_on_the_certificate(credential):
    told = ask(credential)

    assert (told.status, told.good, told.on) == ("active", True, date(2026, 11, 21))
    assert (told.name, told.level, told.authority) == (
        "Ana Núñez-Rivera",
        credential.level.title,
        credential.authority.name,
    )
    assert (told.standing.issued_on, told.standing.expires_on) == (date(2025, 1, 1), date(2026, 12, 31))
    assert "Nov. 21, 2026" in told.explanation
    assert told.address.endswith(f"/c/{credential.number}/")


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2024, 12, 31), "not_issued"),
        (date(2025, 1, 1), "active"),
        (date(2025, 6, 1), "suspended"),
        (date(2025, 9, 1), "active"),
        (None, "revoked"),
    ],
)
def test_a_past_day_has_the_status_of_that_day(credential, on, expected):
    an_event(credential, "suspended", date(2025, 5, 1))
    an_event(credential, "reinstated", date(2025, 8, 1))
    an_event(credential, "revoked", date(2026, 1, 1))

    told = ask(credential, on=on)

    assert told.status == expected
    assert told.explanation


def test_before_its_issue_no_later_fact_is_told(credential):
    told = ask(credential, on=date(2024, 12, 31))

    assert (told.standing.issued_on, told.standing.expires_on) == (None, None)


def test_the_reason_of_a_suspension_is_not_public(credential):
    an_event(credential, "suspended", date(2026, 5, 1), reason="Relapse reported by the employer")

    told = ask(credential)

    assert "employer" not in repr(told) + told.explanation


def test_the_last_day_counts_to_its_last_minute_in_every_time_zone(credential, time_machine):
    time_machine.move_to("2027-01-01T10:59:00Z", tick=False)
    assert ask(credential).good
    time_machine.move_to("2027-01-01T11:00:00Z", tick=False)
    assert ask(credential).status == "expired"
    assert ask(credential, on=date(2027, 1, 1)).status == "expired"


def test_the_explanation_speaks_the_readers_language(credential):
    told = ask(credential)
    with translation.override("es"):
        assert "2026" in told.explanation


def test_a_day_to_come_is_refused(credential):
    with pytest.raises(Refused) as refused:
        ask(credential, on=today() + timedelta(days=2))
    assert refused.value.field == "on"


# Privacy


def unknown_number():
    return credential_number("ZZZZ", 999)


def test_a_wrong_name_and_an_unknown_number_cannot_be_told_apart(credential):
    for number, name in ((credential.number, "Somebody"), (unknown_number(), "Nunez Rivera")):
        with pytest.raises(NoMatch) as raised:
            verify(number=number, family_name=name)
        assert str(raised.value) == ""


def test_a_wrong_guess_and_an_unknown_number_are_not_told_apart_by_time(credential):
    for number in (credential.number, unknown_number()):
        begun = perf_counter()
        with pytest.raises(NoMatch):
            verify(number=number, family_name="Somebody")
        assert perf_counter() - begun >= verification.NO_SOONER


def test_a_correction_learned_later_does_not_change_what_was_answered(credential, time_machine):
    """A payer was told on the 21st that it is good; the suspension from the 1st was recorded on the 25th."""
    time_machine.move_to("2026-11-25T15:00:00Z", tick=False)
    an_event(credential, "suspended", date(2026, 11, 1))
    time_machine.move_to("2026-11-30T12:00:00Z", tick=False)

    as_of_now = ask(credential, on=date(2026, 11, 20))
    as_then = ask(credential, on=date(2026, 11, 20), known_on=date(2026, 11, 24))
    once_known = ask(credential, on=date(2026, 11, 20), known_on=date(2026, 11, 25))

    assert [told.status for told in (as_of_now, as_then, once_known)] == ["suspended", "active", "suspended"]
    assert [event.kind for event in as_then.events] == ["issued"]
    assert [event.kind for event in as_of_now.events] == ["issued", "suspended"]


def test_what_was_not_known_at_all_then_is_answered_as_nobody(credential):
    with pytest.raises(NoMatch):
        ask(credential, known_on=date(2026, 11, 1))


@pytest.mark.parametrize(
    ("on", "known_on", "field"),
    [
        (None, date(2026, 11, 22), "as_known_on"),
        (date(2026, 11, 20), date(2026, 11, 19), "on"),
    ],
)
def test_nobody_is_answered_about_days_to_come(credential, on, known_on, field):
    with pytest.raises(Refused) as raised:
        ask(credential, on=on, known_on=known_on)

    assert raised.value.field == field


def test_the_events_told_carry_no_reasons(credential):
    an_event(credential, "suspended", date(2026, 5, 1), reason="Relapse reported by the employer")

    assert "Relapse" not in repr(ask(credential))


def test_the_mark_that_stands_for_nobody_is_nobodys_name():
    with pytest.raises(Refused):
        verify(number=unknown_number(), family_name=verification.NOBODY)


def test_being_listed_changes_nothing_for_a_wrong_name(credential):
    credential.worker.listed = True
    credential.worker.save()

    with pytest.raises(NoMatch):
        ask(credential, "Somebody")


@pytest.mark.parametrize("exists", [True, False])
def test_a_typing_error_is_said_without_a_look_at_the_register(credential, exists, django_assert_num_queries):
    number = credential.number if exists else unknown_number()
    wrong = number[:-1] + ("A" if number[-1] != "A" else "B")

    with django_assert_num_queries(0), pytest.raises(Refused, match="typing error") as refused:
        verify(number=wrong, family_name="Nunez Rivera")

    assert refused.value.field == "number"


def test_a_name_without_letters_is_refused(credential):
    with pytest.raises(Refused) as refused:
        ask(credential, " - ")
    assert refused.value.field == "family_name"


def test_without_a_name_only_listed_holders_are_shown(credential):
    assert verification.listed(credential.number) is None

    credential.worker.listed = True
    credential.worker.save()

    assert verification.listed(credential.number).name == "Ana Núñez-Rivera"
    assert verification.listed(unknown_number()) is None


def test_a_holder_who_changes_their_own_name_does_not_hand_the_credential_on():
    credential = a_credential(a_worker(family_name="Rivera"))
    credential.worker.family_name = "Buyer"
    credential.worker.save()

    assert verify(number=credential.number, family_name="Rivera").name == "Ana Rivera"
    with pytest.raises(NoMatch):
        verify(number=credential.number, family_name="Buyer")
