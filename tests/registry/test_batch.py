"""POST /api/v1/verify/batch: many questions at once."""

import csv
import io
import json
from datetime import date

import pytest

from certification.numbers import credential_number
from registry import batch
from tests.builders.accounts import a_person
from tests.builders.certification import a_credential, an_event
from tests.builders.workers import a_worker

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/verify/batch"


@pytest.fixture
def payer(client):
    client.force_login(a_person("Pat", "Payer"))
    return client


@pytest.fixture
def credential():
    return a_credential(a_worker("Ana", "Rivera"), issued_on=date(2025, 1, 1), expires_on=date(2099, 1, 1))


def send(client, *questions):
    return client.post(ADDRESS, {"questions": list(questions)}, content_type="application/json")


def test_each_question_is_answered_in_its_place_and_for_its_own_day(payer, credential):
    an_event(credential, "suspended", date(2025, 6, 1))
    one = {"number": credential.number, "family_name": "rivera"}

    results = send(
        payer,
        {"id": "a", **one, "on": "2025-05-31"},
        {"id": "b", **one, "on": "2025-06-01"},
        {"id": "c", **one, "family_name": "Somebody"},
        {"id": "d", "number": credential_number("ZZZZ", 7), "family_name": "Rivera"},
    ).json()["results"]

    assert [(one["id"], one["outcome"]) for one in results] == [
        ("a", "match"),
        ("b", "match"),
        ("c", "no_match"),
        ("d", "no_match"),
    ]
    assert [one["answer"]["status"] for one in results[:2]] == ["active", "suspended"]
    assert results[2] == {**results[3], "id": "c"}


def test_the_answer_is_the_one_that_a_single_question_gets(payer, credential):
    question = {"number": credential.number, "family_name": "Rivera"}

    [result] = send(payer, question).json()["results"]

    assert result["answer"] == payer.get("/api/v1/verify", question).json()


def test_a_wrong_question_is_told_what_is_wrong_and_stops_no_other(payer, credential):
    results = send(
        payer,
        {"number": "AB-1", "family_name": "Rivera"},
        {"number": credential.number, "family_name": "", "on": "soon"},
        {"number": 7, "family_name": ["Rivera"]},
        "a text",
        {"number": credential.number, "family_name": "Rivera", "on": "2999-01-01"},
        {"number": credential.number, "family_name": "Rivera"},
    ).json()["results"]

    assert [[problem["field"] for problem in one["problems"]] for one in results] == [
        ["number"],
        ["family_name", "on"],
        ["number", "family_name"],
        [""],
        ["on"],
        [],
    ]
    assert [one["outcome"] for one in results] == ["invalid"] * 5 + ["match"]


def test_a_thousand_questions_cost_one_query(credential, django_assert_num_queries):
    questions = [batch.Question(str(n), credential.number, "Rivera") for n in range(batch.MOST)]

    with django_assert_num_queries(1):
        results = batch.verify(questions)

    assert [result.id for result in results] == [str(n) for n in range(batch.MOST)]
    assert {result.outcome for result in results} == {"match"}


@pytest.mark.parametrize(
    "asked", [{}, {"questions": []}, {"questions": "x"}, {"questions": [{}] * 1_001}, []]
)
def test_no_list_or_too_long_a_list_is_refused(payer, asked):
    answer = payer.post(ADDRESS, json.dumps(asked), content_type="application/json")

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "questions")


def test_a_visitor_asks_one_by_one(client, credential):
    assert send(client, {"number": credential.number, "family_name": "Rivera"}).status_code == 401


def test_ndjson_in_and_out(payer, credential):
    lines = [{"id": "1", "number": credential.number, "family_name": "Rivera"}, {"id": "2"}]

    answer = payer.post(
        ADDRESS,
        "\n".join(json.dumps(line) for line in lines),
        content_type="application/x-ndjson",
        headers={"Accept": "application/x-ndjson"},
    )

    assert answer["Content-Type"].startswith("application/x-ndjson")
    results = [json.loads(line) for line in answer.content.splitlines()]
    assert [one["outcome"] for one in results] == ["match", "invalid"]


def test_csv_in_and_out_as_a_spreadsheet_keeps_it(payer, credential):
    number = credential.number
    sent = f"\ufeffid,number,family_name,on\n=1+1,{number},Rivera,2025-02-01\n2,{number},X,\n"

    answer = payer.post(ADDRESS, sent.encode(), content_type="text/csv", headers={"Accept": "text/csv"})

    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert [(row["id"], row["outcome"], row["status"], row["on"]) for row in rows] == [
        ("'=1+1", "match", "active", "2025-02-01"),
        ("2", "no_match", "", ""),
    ]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/x-ndjson", b"{"),
        ("application/x-ndjson", b"\xff"),
        ("text/csv", b'number\n"open'),
        ("application/json", b"["),
    ],
)
def test_what_cannot_be_read_is_said_as_a_problem(payer, kind, body):
    answer = payer.post(ADDRESS, body, content_type=kind, headers={"Accept": "text/csv"})

    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert json.loads(answer.content)["detail"]
