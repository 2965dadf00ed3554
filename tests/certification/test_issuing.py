"""Issuing credentials and what happens to them afterwards."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts import trail
from accounts.models import Event
from accounts.refusals import Refused
from accounts.roles import Role
from certification import issuing
from certification.credentials import Status, standing, status, today
from certification.models import Credential, CredentialEvent
from tests.builders.applications import an_open_standard, staff
from tests.builders.certification import a_credential, an_event
from tests.builders.workers import a_worker
from workers.models import Mark

pytestmark = pytest.mark.django_db


@pytest.fixture
def standard():
    return an_open_standard()


@pytest.fixture
def administrator(standard):
    return staff(standard.level.program.authority, Role.ADMINISTRATOR)


@pytest.fixture
def credential(standard):
    return a_credential(a_worker(), standard, issued_on=date(2025, 1, 1), expires_on=date(2099, 1, 1))


def issue(standard, by, worker=None, **options):
    return issuing.issue(
        worker=worker or a_worker(), level=standard.level, standard=standard, by=by, **options
    )


def test_a_credential_is_issued_with_a_number_and_the_standards_term(standard, administrator):
    made = issue(standard, administrator, on=date(2026, 8, 31))

    (event,) = made.events.all()
    assert (event.kind, event.effective_on, event.expires_on) == (
        "issued",
        date(2026, 8, 31),
        date(2028, 8, 31),
    )
    assert made.number.startswith(standard.level.program.authority.number_prefix + "-000001-")
    assert made.worker.user.notices.get().params["number"] == made.number


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.AUDITOR])
def test_only_who_may_act_on_credentials_issues_one_without_an_application(standard, role):
    with pytest.raises(Refused, match="Your role"):
        issue(standard, staff(standard.level.program.authority, role))


def test_nobody_issues_a_credential_to_themselves(standard, administrator):
    with pytest.raises(Refused):
        issue(standard, administrator, worker=a_worker(user=administrator))


@pytest.mark.parametrize("later", [None, "suspended"])
def test_a_second_credential_of_a_level_is_not_issued_beside_a_good_or_suspended_one(
    standard, administrator, credential, later
):
    if later:
        an_event(credential, later, date(2025, 6, 1))

    with pytest.raises(Refused, match=credential.number):
        issue(standard, administrator, worker=credential.worker)

    assert standard.level.program.authority.credentials.count() == 1


def test_after_an_expiry_a_new_one_can_be_issued(standard, administrator):
    old = a_credential(a_worker(), standard, expires_on=date(2025, 2, 1))

    assert issue(standard, administrator, worker=old.worker).number != old.number


# Terms


@pytest.mark.parametrize(
    ("begins", "term", "named", "ends"),
    [
        (date(2026, 1, 31), 1, "", date(2026, 2, 28)),
        (date(2024, 2, 29), 12, "", date(2025, 2, 28)),
        (date(2026, 11, 21), None, "", None),
        (date(2026, 11, 21), 12, "12-31", date(2026, 12, 31)),
        (date(2026, 11, 21), 24, "08-30", date(2028, 8, 30)),
        (date(2026, 8, 30), 24, "08-30", date(2028, 8, 30)),
        (date(2026, 11, 21), None, "06-30", date(2027, 6, 30)),
        (date(2026, 7, 1), 6, "06-30", date(2027, 6, 30)),
        (date(2026, 11, 21), 24, "birthday", date(2028, 2, 29)),
        (date(2026, 11, 21), 12, "birthday", date(2027, 2, 28)),
    ],
)
def test_the_last_day_of_a_term(standard, begins, term, named, ends):
    worker = a_worker(born_on=date(1992, 2, 29))
    standard.term_months, standard.expires_on = term, named

    assert issuing.expiry(standard, worker, on=begins) == ends


@pytest.mark.parametrize("named", ["", "birthday", "01-31"])
def test_no_term_goes_beyond_the_calendar(standard, named):
    standard.term_months, standard.expires_on = 24, named

    assert issuing.expiry(standard, a_worker(born_on=date(1992, 2, 29)), on=date.max) == date.max


def test_a_term_that_ends_on_a_birthday_needs_one(standard):
    standard.expires_on = "birthday"

    with pytest.raises(Refused, match="date of birth"):
        issuing.expiry(standard, a_worker(born_on=None), on=date(2026, 1, 1))


def test_a_renewal_goes_on_from_the_running_term(standard, administrator):
    made = a_credential(a_worker(), standard, expires_on=date(2027, 1, 1))

    event = issuing.renew(credential=made, by=administrator, on=date(2026, 11, 21))

    assert event.expires_on == date(2029, 1, 1)


def test_a_renewal_after_the_end_begins_anew_and_leaves_the_gap(standard, administrator):
    made = a_credential(a_worker(), standard, expires_on=date(2026, 1, 1))

    event = issuing.renew(credential=made, by=administrator, on=date(2026, 3, 1))

    assert event.expires_on == date(2028, 3, 1)
    assert [status(made, day) for day in (date(2026, 2, 1), date(2026, 3, 1))] == ["expired", "active"]


def test_pressing_renew_twice_renews_once(standard, administrator, credential):
    issuing.renew(credential=credential, by=administrator)

    with pytest.raises(Refused, match="already"):
        issuing.renew(credential=credential, by=administrator)


def test_a_standard_can_limit_the_renewals(administrator):
    standard = an_open_standard(renewals_at_most=1)
    administrator = staff(standard.level.program.authority, Role.ADMINISTRATOR)
    made = a_credential(a_worker(), standard, expires_on=date(2027, 1, 1))
    issuing.renew(credential=made, by=administrator, on=date(2026, 1, 1))

    with pytest.raises(Refused, match="another renewal"):
        issuing.renew(credential=made, by=administrator, on=date(2026, 6, 1))


# What an authority does


def test_suspended_and_reinstated(credential, administrator):
    issuing.suspend(credential=credential, by=administrator, reason="Complaint", on=date(2026, 2, 1))
    issuing.reinstate(credential=credential, by=administrator, reason="Cleared", on=date(2026, 3, 1))

    seen = [status(credential, day) for day in (date(2026, 1, 31), date(2026, 2, 1), date(2026, 3, 1))]
    assert seen == [Status.ACTIVE, Status.SUSPENDED, Status.ACTIVE]


@pytest.mark.parametrize(
    ("after", "act"),
    [
        ("suspended", issuing.suspend),
        ("revoked", issuing.suspend),
        ("revoked", issuing.revoke),
        ("surrendered", issuing.reinstate),
        ("surrendered", issuing.revoke),
        (None, issuing.reinstate),
    ],
)
def test_a_step_that_is_not_open_says_why(credential, administrator, after, act):
    if after:
        an_event(credential, after, date(2025, 6, 1))

    with pytest.raises(Refused, match=r"This credential|On that day"):
        act(credential=credential, by=administrator, reason="Because")


def test_a_revocation_can_be_overturned(credential, administrator):
    issuing.revoke(credential=credential, by=administrator, reason="Fraud", on=date(2026, 1, 1))
    issuing.reinstate(credential=credential, by=administrator, reason="Appeal", on=date(2026, 2, 1))

    assert status(credential, date(2026, 1, 15)) == Status.REVOKED
    assert status(credential, date(2026, 2, 1)) == Status.ACTIVE


@pytest.mark.parametrize(("act", "status_after"), [("surrender", "surrendered"), ("revoke", "revoked")])
def test_what_was_foreseen_before_does_not_bring_it_back(credential, administrator, act, status_after):
    issuing.suspend(credential=credential, by=administrator, reason="Asked.", on=date(2025, 2, 1))
    issuing.reinstate(credential=credential, by=administrator, reason="Then.", on=date(2025, 6, 1))
    issuing.suspend(credential=credential, by=administrator, reason="Again.", on=date(2025, 8, 1))

    getattr(issuing, act)(credential=credential, by=administrator, reason="Over.", on=date(2025, 3, 1))

    for day in (date(2025, 3, 1), date(2025, 6, 1), date(2025, 7, 1), date(2025, 9, 1)):
        here = standing(credential.events.all(), day)
        assert (here.status, here.since) == (status_after, date(2025, 3, 1))
        assert Credential.objects.with_status(day).get().status == status_after
    assert status(credential, date(2025, 2, 15)) == Status.SUSPENDED


def test_a_revoked_credential_does_not_come_back_beside_a_later_one(standard, administrator, credential):
    issuing.revoke(credential=credential, by=administrator, reason="Fraud.", on=date(2025, 2, 1))
    later = issue(standard, administrator, credential.worker)

    with pytest.raises(Refused, match=later.number):
        issuing.reinstate(credential=credential, by=administrator, reason="Overturned.")


def test_an_expired_credential_is_not_renewed_beside_a_later_one(standard, administrator):
    expired = a_credential(a_worker(), standard, issued_on=date(2020, 1, 1), expires_on=date(2021, 1, 1))
    later = issue(standard, administrator, expired.worker)

    with pytest.raises(Refused, match=later.number):
        issuing.renew(credential=expired, by=administrator)


def test_an_event_that_would_say_nothing_is_refused(credential, administrator):
    issuing.suspend(credential=credential, by=administrator, reason="Complaint", on=date(2026, 2, 1))
    issuing.reinstate(credential=credential, by=administrator, reason="Cleared", on=date(2026, 2, 1))

    with pytest.raises(Refused, match="day after") as refused:
        issuing.suspend(credential=credential, by=administrator, reason="Again", on=date(2026, 2, 1))

    assert refused.value.field == "effective_on"
    assert credential.events.count() == 3


def test_a_reason_is_needed(credential, administrator):
    with pytest.raises(Refused, match="reason") as refused:
        issuing.suspend(credential=credential, by=administrator, reason="  ")

    assert refused.value.field == "reason"


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.AUDITOR])
def test_only_administrators_act_on_credentials(credential, role):
    with pytest.raises(Refused, match="Your role"):
        issuing.suspend(credential=credential, by=staff(credential.authority, role), reason="Because")


def test_another_authority_does_nothing_to_it(credential):
    other = staff(an_open_standard().level.program.authority, Role.ADMINISTRATOR)

    with pytest.raises(Refused, match="Your role"):
        issuing.revoke(credential=credential, by=other, reason="Because")


def test_nobody_acts_on_their_own_credential(standard, administrator):
    own = a_credential(a_worker(user=administrator), standard, expires_on=None)

    with pytest.raises(Refused, match="your own"):
        issuing.renew(credential=own, by=administrator)


def test_each_event_tells_the_holder_leaves_a_line_and_marks_the_worker(credential, administrator):
    Mark.objects.all().delete()
    issuing.suspend(credential=credential, by=administrator, reason="Complaint")

    assert [event.verb for event in trail.of(credential)] == ["credential.suspended"]
    assert "Complaint" not in str(Event.objects.get(verb="credential.suspended").data)
    assert "suspended" in credential.worker.user.notices.get().text
    assert Mark.objects.filter(worker=credential.worker).exists()


def test_without_its_line_in_the_trail_nothing_is_recorded(credential, administrator, monkeypatch):
    def fails(*args, **kwargs):
        raise RuntimeError("no trail")

    monkeypatch.setattr(trail, "record", fails)
    with pytest.raises(RuntimeError):
        issuing.suspend(credential=credential, by=administrator, reason="Complaint")

    assert status(credential, today()) == Status.ACTIVE


def test_what_is_decided_today_is_never_ahead_of_the_register(time_machine):
    from django.utils import timezone

    time_machine.move_to("2026-11-21T15:00:00Z", tick=False)
    with timezone.override("Pacific/Guam"):
        assert timezone.localdate() == date(2026, 11, 22)
        assert today() == date(2026, 11, 21)
    with timezone.override("America/Chicago"):
        time_machine.move_to("2026-11-22T03:00:00Z", tick=False)
        assert today() == date(2026, 11, 21)


# The database itself


@pytest.mark.parametrize(
    "change",
    [
        lambda events: events.update(effective_on=date(2020, 1, 1)),
        lambda events: events.delete(),
        lambda events: connection.cursor().execute("DELETE FROM certification_credentialevent"),
        lambda events: connection.cursor().execute("TRUNCATE certification_credentialevent"),
    ],
)
def test_events_are_only_added(credential, change):
    with pytest.raises(DatabaseError), transaction.atomic():
        change(CredentialEvent.objects.filter(credential=credential))


@pytest.mark.parametrize(
    "change",
    [
        lambda rows: rows.update(worker=a_worker()),
        lambda rows: rows.update(number="OTHER-000001-1"),
        lambda rows: rows.delete(),
    ],
)
def test_whose_a_credential_is_never_changes(credential, change):
    with pytest.raises(DatabaseError), transaction.atomic():
        change(Credential.objects.filter(pk=credential.pk))


def test_a_credential_is_issued_once(credential):
    with pytest.raises(IntegrityError, match="credential_issued_once"), transaction.atomic():
        an_event(credential, "issued", date(2026, 1, 1))


def test_only_a_term_has_an_end(credential):
    with pytest.raises(IntegrityError, match="expiry_only_with_a_term"), transaction.atomic():
        an_event(credential, "suspended", date(2026, 1, 1), expires_on=date(2027, 1, 1))


@pytest.mark.parametrize("number", ["MN-000001", "mncps-000001-A", "MNCPS-1-A", "MNCPS-000001-a"])
def test_a_number_of_another_form_is_not_stored(standard, number):
    with pytest.raises(IntegrityError, match="credential_number_has_its_form"), transaction.atomic():
        a_credential(a_worker(), standard, number=number)


def test_a_number_is_stored_once(credential, standard):
    with pytest.raises(IntegrityError, match="number"), transaction.atomic():
        a_credential(a_worker(), standard, number=credential.number)
    assert Credential.objects.with_status(today() + timedelta(days=1)).count() == 1
