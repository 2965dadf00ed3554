"""Requests such as paper applications, one at a time and in batches."""

import json
from datetime import date

import pytest

from certification.catalogue.files import shipped
from certification.requirements.answers import answer, batch, judged, read_record
from certification.requirements.record_files import parse_record
from certification.requirements.values import RequirementError

TODAY = date(2026, 1, 1)
WORKER = {
    "credentials": [{"level": "mn-cps-1", "issued": "2020-01-01", "expires": "2028-01-01"}],
    "experience": [
        {"in": "peer_support", "hours": 3999.5, "supervised": True, "from": "2020-02-01", "to": "2025-06-30"}
    ],
}


def ask(**request) -> dict:
    return answer({"standard": "mn-cps-2@2020", "worker": WORKER} | request, shipped(), today=TODAY)


def test_half_an_hour_short_of_level_two():
    told = ask()

    assert (told["standard"], told["on"], told["eligible"], told["status"]) == (
        "mn-cps-2@2020",
        "2026-01-01",
        False,
        "unmet",
    )
    assert told["unmet"] == [
        {
            "kind": "experience",
            "path": "requires.all[1].any[0].experience",
            "needed": 4000,
            "have": 3999.5,
            "remaining": 0.5,
            "unit": "hours",
        }
    ]
    assert told["waiting"] == []
    assert told["findings"]["children"][1]["nearest"] == [0]
    assert json.loads(json.dumps(told)) == told


def test_half_an_hour_more():
    worker = WORKER | {"experience": [WORKER["experience"][0] | {"hours": 4000}]}
    told = ask(worker=worker)

    assert (told["eligible"], told["status"], told["unmet"]) == (True, "met", [])


def test_the_day_may_be_given():
    assert ask(on="2029-01-01")["unmet"][0]["kind"] == "credential"


def test_a_level_means_its_standard_in_force_on_the_day():
    request = {"level": "mn-cprs", "worker": {}}

    assert answer(request, shipped(), today=TODAY)["standard"] == "mn-cprs@2021"
    assert answer(request | {"on": "2021-01-01"}, shipped(), today=TODAY)["standard"] == "mn-cprs@2020"


def test_the_renewal_is_judged_when_asked():
    told = ask(renewal=True, worker={"continuing_education": [{"hours": 30, "date": "2025-01-01"}]})

    assert told["eligible"]
    assert told["findings"]["path"] == "renewal.all"


def test_what_the_source_does_not_say_is_unknown():
    standard = next(one for one in shipped().standards.values() if one.requires is None)
    told = judged(standard, parse_record({}), TODAY, shipped().catalogue)

    assert (told["eligible"], told["status"], told["findings"]) == (False, "unknown", None)


def test_the_id_is_given_back():
    assert ask(id=7)["id"] == 7
    assert "id" not in ask()


@pytest.mark.parametrize(
    ("request_", "path", "found"),
    [
        ([], "request", "a list of 0"),
        ({"standards": "x"}, "request.standards", "the unknown key 'standards'"),
        ({"worker": {}}, "standard", "neither a standard nor a level"),
        ({"standard": "a", "level": "b"}, "standard", "both a standard and a level"),
        ({"standard": "mn-cps-9@2020"}, "standard", "'mn-cps-9@2020'"),
        ({"standard": 3}, "standard", "3"),
        ({"level": "mn-cps-9"}, "level", "'mn-cps-9'"),
        ({"standard": "mn-cps-2@2020"}, "worker", "nothing"),
        ({"standard": "mn-cps-2@2020", "on": "today", "worker": {}}, "on", "'today'"),
        ({"standard": "mn-cps-2@2020", "renewal": "no", "worker": {}}, "renewal", "'no'"),
        ({"standard": "mn-cps-2@2020", "worker": {"age": 3}}, "worker.age", "the unknown key 'age'"),
    ],
)
def test_a_wrong_request_is_refused_with_its_place(request_, path, found):
    with pytest.raises(RequirementError) as refused:
        answer(request_, shipped(), today=TODAY)

    assert (refused.value.path, refused.value.found) == (path, found)


def test_a_batch_answers_each_line_in_order_and_goes_on_after_a_bad_one():
    good = {"id": "a", "standard": "mn-cps-2@2020", "worker": WORKER}
    lines = [
        json.dumps(good),
        "",
        "{",
        json.dumps(good | {"id": "b", "worker": {"experience": [{"hours": -1}]}}),
        "[" * 100_000,
        "1" * 5_000,
        json.dumps(good | {"id": "c"}),
    ]
    told = list(batch(lines, shipped(), today=TODAY))

    assert [one.get("id") for one in told] == ["a", None, "b", None, None, "c"]
    assert told[2]["line"] == 4
    assert told[2]["error"]["path"] == "worker.experience[0].hours"
    assert told[2]["error"]["found"] == "-1"
    assert [told[n]["error"]["path"] for n in (1, 3, 4)] == ["line", "line", "request"]
    assert told[0] | {"id": "c"} == told[5]


@pytest.mark.parametrize(
    ("line", "path", "found"),
    [
        ('{"id": "\\ud800"}', "id", "'\\ud800'"),
        ('{"id": NaN}', "id", "nan"),
        ('{"id": [1]}', "id", "a list of 1"),
        ('{"id": "a", "id": "b"}', "id", "the key 'id' is written twice"),
        ('{"worker": {"born": 1, "born": 2}}', "worker.born", "the key 'born' is written twice"),
        ('{"worker": {"exams": [{"name": "x"}, {"name": 1, "name": 2}]}}', "worker.exams[1].name", "the key"),
        ('{"\\ud800": 1}', "request.'\\ud800'", "the unknown key '\\ud800'"),
        ('{"level": "mn-cps-2", "worker": {"documents": ["\\udfff"]}}', "worker.documents[0]", "'\\udfff'"),
        ('{"level": "mn-cps-2", "worker": {"documents": ["\\u0000"]}}', "worker.documents[0]", "'\\x00'"),
        ('{"level": "mn-cps-2", "worker": {"fees_paid": [Infinity]}}', "worker.fees_paid[0]", "inf"),
        ('{"level": "mn-cps-2", "worker": {"fees_paid": [1e999]}}', "worker.fees_paid[0]", "inf"),
        ('{"level": "mn-cps-2", "worker": {"references": ' + "9" * 5000 + "}}", "worker.references", "inf"),
        ('{"worker": ' + "[" * 500 + "]" * 500 + "}", "worker[0][0]", "more lists and mappings"),
        ("caf\udce9", "line", "bytes that are not UTF-8 at character 4"),
    ],
)
def test_a_hostile_line_is_refused_with_its_path_and_fit_to_print(line, path, found):
    (told,) = batch([line], shipped(), today=TODAY)

    assert told["error"]["path"].startswith(path)
    assert found in told["error"]["found"]
    json.dumps(told, ensure_ascii=False, allow_nan=False).encode()


@pytest.mark.parametrize("given", ["a", "", 3, None])
def test_what_can_be_an_id(given):
    assert ask(id=given)["id"] == given


def test_a_record_file_holds_a_worker():
    assert read_record("worker:\n  born: 1990-05-01\n", "ana.yaml").born == date(1990, 5, 1)
    for text, path in (
        ("born: 1990-05-01", "ana.yaml.born"),
        ("{}", "ana.yaml: worker"),
        ("worker: [", "ana.yaml"),
    ):
        with pytest.raises(RequirementError) as refused:
            read_record(text, "ana.yaml")
        assert refused.value.path.startswith(path)


def test_a_thousand_requests_are_answered():
    codes = sorted(shipped().standards)
    lines = (json.dumps({"id": n, "standard": codes[n % len(codes)], "worker": WORKER}) for n in range(1000))

    assert sum("error" not in told for told in batch(lines, shipped(), today=TODAY)) == 1000
