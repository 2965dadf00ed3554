"""What a page would not send, and somebody does all the same: it is answered, and never an error of ours."""

import json
from datetime import date

import pytest
from django.urls import reverse

from accounts import trail
from tests.builders.workers import a_session, an_entry
from workers.models import HourEntry

HUGE = "9" * 5000


def send(client, name, /, **body):
    return client.post(reverse(name), json.dumps(body), content_type="application/json")


@pytest.mark.parametrize(
    "address",
    ["/verify/?number=%00&family_name=x", "/standards/?q=%00", "/readiness/?employer=%00", "/%00/"],
)
def test_an_address_with_a_nul_is_a_bad_request(client, cast, address):
    client.force_login(cast.owner)
    assert client.get(address).status_code == 400


def test_the_api_says_so_in_its_own_way(client, cast):
    client.force_login(cast.worker)

    answer = client.get(reverse("workers_api:hours") + "?status=%00")

    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


@pytest.mark.parametrize("query", [{"rung": HUGE}, {"rung": "x"}, {"when": "sometime"}])
def test_readiness_of_no_rung_and_no_time_is_refused(client, cast, query):
    client.force_login(cast.worker)
    assert client.get(reverse("ladder_api:readiness"), query).status_code == 422


@pytest.mark.parametrize(
    "sent",
    [
        {"step": "approve", "entry": [HUGE, "²", "-1", ""]},
        {"step": "rest:1-9999-12-31"},
        {"step": f"rest:{HUGE}-2026-06-08"},
        {"step": f"rest:{'9' * 30}-2026-06-08"},
        {"step": "return", "entry": HUGE, "reason": "Which day?"},
    ],
)
def test_a_signer_who_names_no_entry_signs_none(client, cast, sent):
    entry = an_entry(cast.employment)
    client.force_login(cast.supervisor)

    assert client.post(reverse("workers:sign"), sent).status_code == 302

    entry.refresh_from_db()
    assert entry.status == HourEntry.Status.SUBMITTED


def test_a_reason_loses_what_cannot_be_stored(client, cast):
    entry = an_entry(cast.employment)
    client.force_login(cast.supervisor)

    client.post(reverse("workers:sign"), {"step": "return", "entry": entry.pk, "reason": "Which\0 day?"})

    entry.refresh_from_db()
    assert (entry.status, entry.reason) == (HourEntry.Status.RETURNED, "Which day?")


def test_a_page_that_carries_nonsense_signs_nothing(client, cast):
    entry = an_entry(cast.employment)
    client.force_login(cast.supervisor)

    sent = {"step": "approve", "entry": entry.pk, "seen": f"1-2026-06-08 {entry.pk}:x", "declaration": "²"}

    assert client.post(reverse("workers:sign"), sent).status_code == 302


def test_sessions_that_are_none_are_not_confirmed(client, cast):
    session = a_session(cast.agreement, confirmed=False)
    client.force_login(cast.supervisor)

    assert client.post(reverse("workers:confirm_sessions"), {"session": [HUGE, "²"]}).status_code == 302

    session.refresh_from_db()
    assert session.confirmed_on is None


def test_a_level_of_no_possible_code_is_none(client, cast):
    client.force_login(cast.worker)

    assert client.post(reverse("certification:choose_goal"), {"level": "\0"}).status_code == 404


def test_an_employer_of_no_possible_name_is_none(client, cast):
    client.force_login(cast.worker)

    answer = send(
        client,
        "workers_api:employments",
        employer="\0",
        title="Peer specialist",
        state="US-MN",
        started_on="2026-01-05",
    )

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["employer"]


@pytest.mark.parametrize("percent", ["NaN", "sNaN", "Infinity", "1e99999", [1], True])
def test_a_score_that_is_no_number_is_refused(client, cast, percent):
    client.force_login(cast.worker)
    stated = {"kind": "exam", "name": "State exam", "day": date(2026, 1, 5).isoformat()}

    answer = send(client, "workers_api:statements", **stated, details={"percent": percent})

    assert answer.status_code == 422


def test_a_look_is_noted_in_words_that_the_person_can_read(cast):
    with pytest.raises(KeyError):
        trail.saw("something", subject=cast.ana, viewer=cast.supervisor)
