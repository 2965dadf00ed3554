"""The public pages of the register, as a visitor meets them."""

import re
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from rest_framework.throttling import SimpleRateThrottle

from certification.numbers import credential_number
from tests.builders.certification import a_credential, an_event
from tests.builders.workers import a_worker

pytestmark = pytest.mark.django_db


@pytest.fixture
def credential():
    return a_credential(a_worker("Ana", "Rivera"), issued_on=date(2025, 1, 1), expires_on=date(2099, 1, 1))


@pytest.fixture
def unknown():
    return credential_number("ZZZZ", 999)


def check(client, number, family_name="Rivera", **more):
    return client.post(reverse("registry:verify"), {"number": number, "family_name": family_name, **more})


def page(client, number):
    return client.get(reverse("registry:credential", args=[number]))


def text(answer, *without):
    """The page's text without what differs by what was typed, and without tokens."""
    words = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())
    for typed in without:
        words = words.replace(typed, "")
    return words


def test_a_good_credential_is_shown(client, credential):
    answer = check(client, credential.number.lower(), " RIVERA ")

    assert answer.status_code == 200
    for told in ("This credential is good", "Ana Rivera", credential.level.title, credential.authority.name):
        assert told in text(answer)


def test_a_past_day_can_be_asked(client, credential):
    an_event(credential, "suspended", date(2025, 6, 1), reason="Secret reason")

    assert "This credential is good" in text(check(client, credential.number, on="2025-05-31"))
    answer = text(check(client, credential.number, on="2025-06-01"))
    assert "Suspended" in answer
    assert "Secret reason" not in answer


def test_a_link_may_ask_as_well(client, credential):
    answer = client.get(reverse("registry:verify"), {"number": credential.number, "family_name": "Rivera"})

    assert "This credential is good" in text(answer)


def test_a_wrong_name_and_an_unknown_number_get_the_same_page(client, credential, unknown):
    wrong = check(client, credential.number, "Somebody")
    nothing = check(client, unknown, "Somebody")

    assert wrong.status_code == nothing.status_code == 404
    assert text(wrong, credential.number) == text(nothing, unknown)
    assert set(wrong.headers) == set(nothing.headers)
    assert "Ana" not in text(wrong)


def test_a_mistyped_number_is_said_at_the_field(client, credential):
    wrong = credential.number[:-1] + ("A" if credential.number[-1] != "A" else "B")
    answer = check(client, wrong)

    assert answer.status_code == 422
    assert "typing error" in text(answer)


@pytest.mark.parametrize("more", [{"on": "2999-01-01"}, {"on": "yesterday"}, {"family_name": ""}])
def test_what_is_typed_wrong_is_said_and_kept(client, credential, more):
    answer = check(client, credential.number, **{"family_name": "Rivera", **more})

    assert answer.status_code == 422
    assert credential.number in text(answer)


def test_no_answer_is_kept_by_anybody(client, credential, unknown):
    for answer in (check(client, credential.number), check(client, unknown), page(client, credential.number)):
        assert "no-store" in answer["Cache-Control"]


def test_the_page_of_a_number_says_nothing_before_the_name(client, credential, unknown):
    there, nothing = page(client, credential.number), page(client, unknown)

    assert there.status_code == nothing.status_code == 200
    assert text(there, credential.number) == text(nothing, unknown)
    assert "Rivera" not in text(there)


def test_the_page_of_a_number_answers_to_the_family_name(client, credential):
    address = reverse("registry:credential", args=[credential.number])

    assert "Ana Rivera" in text(client.post(address, {"family_name": "rivera"}))
    wrong = client.post(address, {"family_name": "Somebody"})
    assert wrong.status_code == 404
    assert "Ana" not in text(wrong)


def test_the_page_of_somebody_listed_shows_at_once(client, credential):
    credential.worker.listed = True
    credential.worker.save()

    assert "Ana Rivera" in text(page(client, credential.number))


def test_the_page_of_a_number_with_a_slip_says_so(client, credential):
    wrong = credential.number[:-1] + ("A" if credential.number[-1] != "A" else "B")
    answer = page(client, wrong)

    assert answer.status_code == 404
    assert "typing error" in text(answer)


def test_search_finds_those_who_are_listed(client, credential):
    credential.worker.listed = True
    credential.worker.save()
    a_credential(a_worker("Rosalba", "Rivera"))

    found = text(client.get(reverse("registry:search"), {"q": "rivera"}))

    assert "Ana Rivera" in found
    assert "Rosalba" not in found


def test_search_for_nobody_does_not_say_that_they_are_not_certified(client, credential):
    assert "does not mean" in text(client.get(reverse("registry:search"), {"q": "rivera"}))


def test_too_many_questions_are_answered_later(client, credential, monkeypatch):
    monkeypatch.setitem(SimpleRateThrottle.THROTTLE_RATES, "anon", "2/minute")

    answers = [check(client, credential.number) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[2]["Retry-After"]) > 0
    assert page(client, credential.number).status_code == 429
    assert Client().get(reverse("registry:verify")).status_code == 200
