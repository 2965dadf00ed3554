"""Odd values by hand and by program, what a browser keeps, and pages that used to break."""

import json
from base64 import b64encode

import pytest
from django.urls import reverse

from ladder.models import Ladder
from tests.builders.ladder import two_rungs


def state(client, **body):
    return client.post(reverse("workers_api:statements"), json.dumps(body), content_type="application/json")


@pytest.mark.parametrize("position", ["p=abc", "p=0001-01-01", "p=%00"])
def test_a_page_that_was_never_handed_out_is_not_found(client, cast, position):
    client.force_login(cast.worker)
    cursor = b64encode(position.encode()).decode()

    assert client.get(reverse("workers_api:hours"), {"cursor": cursor}).status_code == 404


@pytest.mark.parametrize("position", ["p=abc", "p=%00"])
def test_nor_is_a_page_of_the_queue(client, cast, position):
    client.force_login(cast.reviewer)
    cursor = b64encode(position.encode()).decode()

    assert client.get(reverse("certification_api:desk"), {"cursor": cursor}).status_code == 404


def test_more_minutes_than_the_register_stores_are_refused(client, cast):
    client.force_login(cast.worker)
    stated = {"kind": "training", "code": "ethics", "day": "2026-01-05", "minutes": 10**12}

    assert state(client, **stated).status_code == 422


@pytest.mark.parametrize("count", [1.5, "2.5", 0, 21])
def test_references_are_counted_in_whole_numbers(client, cast, count):
    client.force_login(cast.worker)

    answer = state(client, kind="references", details={"count": count})

    assert answer.status_code == 422


def test_an_address_longer_than_any_is_not_invited(client, cast):
    client.force_login(cast.owner)
    sent = {"email": f"{'a' * 250}@example.org", "role": "supervisor"}

    assert client.post(reverse("accounts:invite", args=[cast.employer.slug]), sent).status_code == 422


def test_nobody_is_placed_on_a_rung_of_a_draft(client, cast):
    lower, _upper = two_rungs(cast.employer, {"experience": {"hours": 50, "in": "peer_support"}})
    Ladder.objects.update(published_at=None)
    client.force_login(cast.owner)

    sent = {"worker": cast.ana.pk, "started_on": "2026-01-05"}
    answer = client.post(reverse("ladder:place", args=[lower.pk]), sent)

    assert answer.status_code == 422
    assert "Publish the ladder first" in answer.content.decode()


@pytest.mark.parametrize("address", ["/settings/", "/api/v1/me", "/record/"])
def test_no_browser_keeps_what_was_shown_to_a_person(client, cast, address):
    client.force_login(cast.worker)

    assert client.get(address)["Cache-Control"] == "private, no-store"
