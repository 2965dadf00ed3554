"""GET /api/v1/verify."""

from datetime import date

import pytest
from rest_framework.throttling import SimpleRateThrottle

from certification.numbers import credential_number
from tests.builders.certification import a_credential, an_event
from tests.builders.workers import a_worker

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/verify"


@pytest.fixture
def credential():
    return a_credential(a_worker("Ana", "Rivera"), issued_on=date(2025, 1, 1), expires_on=date(2099, 1, 1))


def ask(client, number, family_name="Rivera", **more):
    return client.get(ADDRESS, {"number": number, "family_name": family_name, **more})


def test_a_good_credential(client, credential):
    answer = ask(client, credential.number)

    assert answer.status_code == 200
    told = answer.json()
    assert told.pop("explanation")
    assert told.pop("url").endswith(f"/c/{credential.number}/")
    assert told.pop("on")
    [issued] = told.pop("events")
    assert issued.pop("recorded_on")
    assert issued == {"kind": "issued", "effective_on": "2025-01-01", "expires_on": "2099-01-01"}
    assert told == {
        "number": credential.number,
        "name": "Ana Rivera",
        "level": credential.level.title,
        "abbreviation": "",
        "jurisdiction": "US-MN",
        "authority": credential.authority.name,
        "as_known_on": None,
        "status": "active",
        "good": True,
        "issued_on": "2025-01-01",
        "renewed_on": None,
        "expires_on": "2099-01-01",
        "since": None,
    }


def test_a_past_day(client, credential):
    an_event(credential, "suspended", date(2025, 6, 1))

    before = ask(client, credential.number, on="2025-05-31").json()
    after = ask(client, credential.number, on="2025-06-30").json()

    assert (before["status"], before["on"]) == ("active", "2025-05-31")
    assert (after["status"], after["since"]) == ("suspended", "2025-06-01")


def test_no_match_has_one_answer_whatever_the_reason(client, credential):
    wrong = ask(client, credential.number, "Somebody")
    nothing = ask(client, credential_number("ZZZZ", 999), "Rivera")

    assert wrong.status_code == nothing.status_code == 404
    assert wrong.content == nothing.content
    assert wrong["Content-Type"] == "application/problem+json"
    assert {name: wrong[name] for name in wrong.headers if name != "Expires"} == {
        name: nothing[name] for name in nothing.headers if name != "Expires"
    }


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"family_name": "Rivera"}, "number"),
        ({"number": "MN-1", "family_name": "Rivera"}, "number"),
        ({"number": "TA-000001-?", "family_name": "Rivera"}, "number"),
        ({"number": credential_number("TA", 1)}, "family_name"),
        ({"number": credential_number("TA", 1), "family_name": "Rivera", "on": "today"}, "on"),
        ({"number": credential_number("TA", 1), "family_name": "Rivera", "on": "2999-01-01"}, "on"),
    ],
)
def test_what_is_wrong_is_named(client, asked, field):
    answer = client.get(ADDRESS, asked)

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_no_answer_is_stored_on_the_way(client, credential):
    for answer in (ask(client, credential.number), ask(client, credential.number, "Somebody")):
        assert "no-store" in answer["Cache-Control"]


def test_visitors_are_limited(client, credential, monkeypatch):
    monkeypatch.setitem(SimpleRateThrottle.THROTTLE_RATES, "anon", "2/minute")

    answers = [ask(client, credential.number, "Somebody") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [404, 404, 429]
    assert answers[2]["Content-Type"] == "application/problem+json"
    assert int(answers[2]["Retry-After"]) > 0


def test_one_question_to_the_database_and_none_beside_it(client, credential, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert ask(client, credential.number).status_code == 200


def test_visitors_of_one_network_are_limited_together(client, credential, monkeypatch):
    monkeypatch.setitem(SimpleRateThrottle.THROTTLE_RATES, "network", "2/minute")

    answers = [
        client.get(ADDRESS, {"number": credential.number, "family_name": "X"}, REMOTE_ADDR=f"203.0.113.{n}")
        for n in range(3)
    ]
    elsewhere = client.get(
        ADDRESS, {"number": credential.number, "family_name": "X"}, REMOTE_ADDR="203.0.114.1"
    )

    assert [answer.status_code for answer in [*answers, elsewhere]] == [404, 404, 429, 404]


def test_as_the_register_would_have_answered(client, credential):
    told = ask(client, credential.number, as_known_on="2999-01-01")
    then = ask(client, credential.number, on="2025-02-01", as_known_on=date.today().isoformat()).json()

    assert told.json()["errors"][0]["field"] == "as_known_on"
    assert (then["status"], then["as_known_on"]) == ("active", date.today().isoformat())


def test_listed_holders_are_found_by_name_and_opened_by_number(client):
    listed = a_credential(a_worker("Ana", "Rivera", listed=True), issued_on=date(2025, 1, 1))
    a_credential(a_worker("Ana", "Rivera"), issued_on=date(2025, 1, 1))

    [found] = client.get("/api/v1/register", {"q": "rivera ana"}).json()["results"]
    opened = client.get(f"/api/v1/register/{found['number']}").json()

    assert (found["number"], found["name"], found["status"]) == (listed.number, "Ana Rivera", "active")
    assert (opened["number"], opened["good"]) == (listed.number, True)


def test_many_listed_holders_come_in_pages_by_name(client):
    for given_name in ("Cleo", "Ana", "Ben"):
        a_credential(a_worker(given_name, "Rivera", listed=True), issued_on=date(2025, 1, 1))
    a_credential(a_worker("Zoe", "Adams-Rivera", listed=True), issued_on=date(2025, 1, 1))

    first = client.get("/api/v1/register", {"q": "rivera", "limit": 2}).json()
    second = client.get(first["next"]).json()

    names = [one["name"] for one in first["results"] + second["results"]]
    assert names == ["Zoe Adams-Rivera", "Ana Rivera", "Ben Rivera", "Cleo Rivera"]


def test_who_did_not_choose_to_be_listed_is_answered_like_nobody(client, credential):
    unknown = credential_number("MNCPS", 999_999)

    hidden = client.get(f"/api/v1/register/{credential.number}")
    nobody = client.get(f"/api/v1/register/{unknown}")

    assert (hidden.status_code, hidden.json()) == (404, nobody.json())
    assert client.get("/api/v1/register", {"q": "rivera"}).json()["results"] == []
    assert client.get("/api/v1/register/AB-1").status_code == 422


@pytest.mark.parametrize("asked", [{}, {"q": "r"}])
def test_the_register_is_asked_not_read_through(client, asked):
    answer = client.get("/api/v1/register", asked)

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "q")
