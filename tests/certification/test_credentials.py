"""The status of a credential on a day, and the numbers that credentials carry."""

from datetime import UTC, date, datetime, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stdnum.iso7064 import mod_37_36

from certification import credentials, numbers
from certification.credentials import Status, inactive, periods, standing
from certification.models import Credential, CredentialEvent
from tests.builders.certification import a_credential, a_standard, an_authority, an_event
from tests.builders.workers import a_worker

Kind = CredentialEvent.Kind
FIRST = date(2024, 1, 1)
days = st.integers(0, 40).map(lambda n: FIRST + timedelta(days=n))
ids = count(1)


def event(kind, effective_on, expires_on=None):
    return CredentialEvent(pk=next(ids), kind=kind, effective_on=effective_on, expires_on=expires_on)


@st.composite
def histories(draw):
    """An issue and anything else that may be recorded, in an order of recording of its own."""
    ends = st.none() | days
    later = draw(st.lists(st.sampled_from([kind for kind in Kind if kind != Kind.ISSUED]), max_size=6))
    made = [event(kind, draw(days), draw(ends) if kind == Kind.RENEWED else None) for kind in later]
    return draw(st.permutations([event(Kind.ISSUED, draw(days), draw(ends)), *made]))


def on(n):
    return FIRST + timedelta(days=n)


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([], "not_issued"),
        ([("issued", 11)], "not_issued"),
        ([("issued", 10)], "active"),
        ([("issued", 0, 10)], "active"),
        ([("issued", 0, 9)], "expired"),
        ([("issued", 0, 5), ("renewed", 10, 20)], "active"),
        ([("issued", 0, 5), ("renewed", 11, 20)], "expired"),
        ([("issued", 0), ("suspended", 10)], "suspended"),
        ([("issued", 0), ("suspended", 11)], "active"),
        ([("issued", 0), ("suspended", 5), ("reinstated", 10)], "active"),
        ([("issued", 0), ("suspended", 5), ("reinstated", 5)], "active"),
        ([("issued", 0, 9), ("suspended", 5), ("reinstated", 8)], "expired"),
        ([("issued", 0, 9), ("suspended", 5)], "suspended"),
        ([("issued", 0), ("suspended", 2), ("revoked", 5)], "revoked"),
        ([("issued", 0), ("revoked", 5), ("reinstated", 7)], "active"),
        ([("issued", 0), ("revoked", 5), ("renewed", 7, 20)], "revoked"),
        ([("issued", 0), ("surrendered", 5)], "surrendered"),
        ([("issued", 0), ("suspended", 5), ("revoked", 5)], "revoked"),
    ],
)
def test_the_status_of_the_tenth_day(events, expected):
    made = [event(kind, on(day), on(*ends) if ends else None) for kind, day, *ends in events]

    assert standing(made, on(10)).status == expected


@given(histories(), days)
def test_the_order_of_recording_changes_nothing(history, day):
    assert standing(history, day) == standing(sorted(history, key=lambda e: e.pk), day)
    assert standing(history, day) == standing(reversed(history), day)


@given(histories(), days)
def test_an_event_of_a_later_day_changes_nothing_before(history, day):
    earlier = [event for event in history if event.effective_on <= day]

    assert standing(history, day) == standing(earlier, day)


@given(histories(), days)
def test_the_periods_tell_the_status_of_each_day(history, day):
    there = [s for start, until, s in periods(history) if start <= day and (until is None or day < until)]

    assert (there or [Status.NOT_ISSUED]) == [standing(history, day).status]


@given(histories(), days)
def test_the_judge_of_requirements_takes_the_same_days_as_good(history, day):
    last = standing(history, date.max)
    if last.issued_on is None:
        return
    off = any(start <= day and (until is None or day < until) for start, until in inactive(history))
    ended = last.expires_on is not None and day > last.expires_on
    good = day >= last.issued_on and not off and not ended

    assert good == (standing(history, day).status == Status.ACTIVE) or ended


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=st.lists(histories(), min_size=1, max_size=6), day=days)
def test_the_database_and_python_agree_on_every_status(made, day):
    worker, standard = a_worker(), a_standard()
    stored = []
    for history in made:
        credential = Credential.objects.create(
            number=numbers.credential_number("TT", next(ids)),
            worker=worker,
            level=standard.level,
            authority=standard.level.program.authority,
            standard=standard,
        )
        for one in history:
            one.pk, one.credential, one.reason = None, credential, "Because."
        CredentialEvent.objects.bulk_create(history)
        stored.append(credential)

    told = {row.pk: row for row in Credential.objects.filter(pk__in=[c.pk for c in stored]).with_status(day)}

    for credential, history in zip(stored, made, strict=True):
        expected, row = standing(history, day), told[credential.pk]
        assert (row.status, row.issued_on) == (expected.status, expected.issued_on)
        assert row.expires_on == expected.expires_on or expected.status == Status.NOT_ISSUED
        assert credentials.status(credential, day) == expected.status


@pytest.mark.django_db
def test_one_query_tells_the_status_of_many(django_assert_num_queries):
    standard = a_standard()
    for _ in range(3):
        an_event(a_credential(a_worker(), standard), "suspended", date(2025, 6, 1))

    with django_assert_num_queries(1):
        assert {c.status for c in Credential.objects.with_status(date(2025, 7, 1))} == {"suspended"}


def test_a_credential_is_good_through_its_last_minute_in_every_time_zone():
    events = [event(Kind.ISSUED, date(2024, 1, 1), date(2024, 12, 31))]
    late_in_samoa = datetime(2025, 1, 1, 10, 59, tzinfo=UTC)
    day, term_on = credentials.now(late_in_samoa)

    assert standing(events, day, term_on=term_on).status == Status.ACTIVE
    day, term_on = credentials.now(late_in_samoa + timedelta(minutes=1))
    assert standing(events, day, term_on=term_on).status == Status.EXPIRED


def test_a_suspension_of_today_holds_at_once_everywhere():
    events = [event(Kind.ISSUED, date(2024, 1, 1)), event(Kind.SUSPENDED, date(2025, 1, 1))]
    day, term_on = credentials.now(datetime(2025, 1, 1, 0, 1, tzinfo=UTC))

    assert standing(events, day, term_on=term_on).status == Status.SUSPENDED


# Numbers


def test_a_number_carries_a_check_character_of_its_own():
    number = numbers.credential_number("MNCPS", 123)

    assert number.startswith("MNCPS-000123-")
    assert mod_37_36.is_valid(number.replace("-", ""))


@pytest.mark.parametrize("write", [str.lower, lambda n: n.replace("-", " "), lambda n: n.replace("-", "")])
def test_a_number_is_read_however_it_is_typed(write):
    number = numbers.credential_number("MNCPS", 123)

    assert numbers.read(f" {write(number)} ") == number


def test_any_single_slip_of_a_digit_is_noticed():
    number = numbers.credential_number("MNCPS", 123456)
    for place in range(6, 12):
        for digit in "0123456789":
            if digit != number[place]:
                with pytest.raises(numbers.NumberError):
                    numbers.read(number[:place] + digit + number[place + 1 :])


@pytest.mark.parametrize("typed", ["", "MN", "123456", "MNCPS-12-X", "ÄÖ-000001-1", "MNCPS-000123-"])
def test_what_has_not_the_form_of_a_number_is_no_number(typed):
    with pytest.raises(numbers.NumberError):
        numbers.read(typed)


@pytest.mark.django_db
def test_numbers_of_an_authority_follow_each_other():
    authority = an_authority(number_prefix="MNX", last_number=41)

    assert numbers.take(authority).startswith("MNX-000042-")
    assert numbers.take(authority).startswith("MNX-000043-")
