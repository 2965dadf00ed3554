"""A worker's record is read strictly from its file form, and written back."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from certification.catalogue.files import SHIPPED
from certification.requirements.record import CredentialRow, ExperienceRow, Record, ReferenceRow, split
from certification.requirements.record_files import KEYS, parse_record
from certification.requirements.values import RequirementError
from certification.requirements.yaml_text import read_yaml

EXAMPLE = re.search(r"```yaml\n(.*?)```", (SHIPPED / "RECORD.md").read_text(), re.DOTALL)[1]
FULL = {
    "born": "1990-05-01",
    "education": "bachelor",
    "education_field": "behavioral_science",
    "lived_experience": ["mental_health", "family"],
    "recovery_since": "2019-01-01",
    "residency": {"state": "US-MN", "share_percent": 60},
    "credentials": [
        {"level": "mn-cps-1", "issued": "2020-01-01", "renewed": "2022-01-01", "expires": "2028-01-01"},
        {"kind": "state_peer_certification", "training_hours": 46, "state": "US-MA", "issued": "2020-01-01"},
        {
            "level": "mn-cps-2",
            "issued": "2020-01-01",
            "suspended": [{"from": "2021-01-01", "until": "2021-03-01"}],
        },
        {"level": "ma-cps", "issued": "2020-01-01", "suspended": [{"from": "2021-01-01"}]},
    ],
    "training": [
        {
            "topic": "peer_support",
            "hours": 80,
            "by_topic": {"ethics": 10, "advocacy": 2.5},
            "approved": True,
            "completed": "2019-11-01",
            "days": 2.5,
            "mode": "live",
            "provider": "dhs",
            "name": "Course",
        }
    ],
    "experience": [
        {
            "in": "peer_support",
            "hours": 3999.5,
            "supervised": True,
            "pay": "paid",
            "from": "2020-02-01",
            "to": "2025-06-30",
            "state": "US-MN",
            "domain": "advocacy",
            "by_domain": {"ethics": 50},
            "practicum": True,
        }
    ],
    "supervision": [
        {
            "hours": 20,
            "by": "md-rps",
            "date": "2022-01-01",
            "domain": "ethics",
            "by_domain": {"advocacy": 5},
            "sessions": 4,
            "format": "group",
        }
    ],
    "exams": [{"name": "Exam", "passed": "2019-12-01", "percent": 84.5}],
    "continuing_education": [
        {
            "hours": 10,
            "topic": "ethics",
            "by_topic": {"law": 2},
            "date": "2025-01-01",
            "provider": "x",
            "mode": "online",
        }
    ],
    "references": {"from": ["supervisor", "colleague"]},
    "attestations": ["code_of_ethics"],
    "background_check": "2019-12-01",
    "qualifications": ["mental-health-practitioner"],
    "documents": ["Resume"],
    "fees_paid": [50, 12.5],
    "employment": "employed",
    "works_in": {"state": "US-MN", "share_percent": 100},
}


def test_the_example_of_the_format_is_read_whole():
    worker = read_yaml(EXAMPLE, "example")["worker"]
    read = parse_record(worker)

    assert set(worker) <= set(KEYS)
    assert read.experience[0] == ExperienceRow(
        work="peer_support",
        minutes=239_970,
        supervised=True,
        pay="paid",
        start=date(2020, 2, 1),
        end=date(2025, 6, 30),
        state="US-MN",
        domain="advocacy",
    )
    assert read.references[0].count == 2
    assert parse_record(read.to_data()) == read


def test_every_key_goes_in_and_comes_out_unchanged():
    assert parse_record(FULL).to_data() == FULL
    assert set(KEYS) - set(FULL) == {"state"}  # residency stands in its place


def test_every_key_is_optional():
    assert parse_record({}) == Record()
    assert Record().to_data() == {}
    for table in ("credentials", "training", "experience", "supervision", "continuing_education"):
        assert len(getattr(parse_record({table: [{}]}), table)) == 1


REFUSED = [
    ([], "worker", "a list of 0", "a mapping with born"),
    ({"name": "x"}, "worker.name", "the unknown key 'name'", "one of born"),
    ({"born": "1990-13-01"}, "worker.born", "'1990-13-01'", "a day that exists"),
    ({"born": 1990}, "worker.born", "1990", "YYYY-MM-DD"),
    ({"education": "college"}, "worker.education", "'college'", "one of none"),
    ({"lived_experience": "family"}, "worker.lived_experience", "'family'", "a list"),
    ({"state": "MN"}, "worker.state", "'MN'", "US-XX"),
    ({"state": "US-MA", "residency": {"state": "US-MN"}}, "worker.residency.state", "US-MN", "US-MA"),
    ({"experience": {"in": "x"}}, "worker.experience", "a mapping", "a list"),
    ({"experience": [{"in": "x", "hours": -1}]}, "worker.experience[0].hours", "-1", "0 or more"),
    (
        {"experience": [{}, {"hour": 1}]},
        "worker.experience[1].hour",
        "the unknown key 'hour'",
        "one of in, hours",
    ),
    (
        {"experience": [{"from": "2020-02-02", "to": "2020-02-01"}]},
        "worker.experience[0].to",
        "2020-02-01",
        "2020-02-02 (from) or later",
    ),
    ({"experience": [{"supervised": "yes"}]}, "worker.experience[0].supervised", "'yes'", "true or false"),
    ({"experience": [{"pay": "cash"}]}, "worker.experience[0].pay", "'cash'", "one of paid, volunteer"),
    (
        {"experience": [{"hours": 1, "by_domain": {"a": 1, "b": 0.5}}]},
        "worker.experience[0].by_domain",
        "1.5 hours",
        "at most the 1 hours",
    ),
    ({"training": [{"hours": True}]}, "worker.training[0].hours", "True", "a number of hours"),
    ({"training": [{"mode": "hybrid"}]}, "worker.training[0].mode", "'hybrid'", "one of live, online"),
    ({"supervision": [{"sessions": 1.5}]}, "worker.supervision[0].sessions", "1.5", "a whole number"),
    ({"exams": [{"passed": "2020-01-01"}]}, "worker.exams[0].name", "nothing", "text"),
    ({"exams": [{"name": "x", "percent": 101}]}, "worker.exams[0].percent", "101", "0 to 100"),
    (
        {"credentials": [{"issued": "2020-01-02", "expires": "2020-01-01"}]},
        "worker.credentials[0].expires",
        "2020-01-01",
        "2020-01-02 (issued) or later",
    ),
    ({"references": -1}, "worker.references", "-1", "at least 0"),
    ({"references": {"of": []}}, "worker.references.of", "the unknown key 'of'", "from"),
    ({"references": "two"}, "worker.references", "'two'", "a whole number, or a mapping"),
    ({"fees_paid": [-5]}, "worker.fees_paid[0]", "-5", "0 or more"),
    ({"fees_paid": 50}, "worker.fees_paid", "50", "a list"),
    ({"employment": "contract"}, "worker.employment", "'contract'", "one of employed"),
    ({"works_in": {"share_percent": 5}}, "worker.works_in.state", "nothing", "US-XX"),
    ({"documents": [3]}, "worker.documents[0]", "3", "text"),
]


@pytest.mark.parametrize(("data", "path", "found", "expected"), REFUSED)
def test_a_wrong_record_is_refused_with_the_path_of_the_key(data, path, found, expected):
    with pytest.raises(RequirementError) as refused:
        parse_record(data)

    assert refused.value.path == path
    assert found in refused.value.found
    assert expected in refused.value.expected


def test_hours_still_pending_are_left_out_of_the_file():
    row = ExperienceRow(work="peer_support", minutes=60, start=date(2025, 1, 1), end=date(2025, 1, 1))
    record = Record(experience=(row, replace(row, minutes=30, pending=True)))

    assert [one["hours"] for one in record.to_data()["experience"]] == [1]


def test_referees_named_and_not_named_all_come_out():
    record = Record(references=(ReferenceRow("supervisor"), ReferenceRow(count=2)))

    assert record.to_data() == {"references": {"from": ["supervisor", "other", "other"]}}
    assert Record(references=(ReferenceRow(count=2),)).to_data() == {"references": 2}


def test_a_breakdown_without_hours_says_the_hours():
    row = parse_record({"training": [{"by_topic": {"ethics": 3, "law": 2}}]}).training[0]

    assert row.minutes == 300


def test_what_a_breakdown_leaves_over_belongs_to_the_rows_own_topic():
    assert split(600, "peer_support", (("ethics", 180),)) == {"ethics": 180, "peer_support": 420}
    assert split(600, None, (("ethics", 600),)) == {"ethics": 600}
    assert split(600, "ethics", ()) == {"ethics": 600}


def test_a_suspension_interrupts_a_credential():
    row = CredentialRow(
        level="mn-cps-1",
        issued=date(2020, 1, 1),
        expires=date(2023, 12, 31),
        suspended=((date(2021, 1, 1), date(2021, 3, 1)), (date(2023, 1, 1), None)),
    )

    assert row.held() == [(date(2020, 1, 1), date(2020, 12, 31)), (date(2021, 3, 1), date(2022, 12, 31))]
    good = [date(2020, 1, 1), date(2021, 3, 1), date(2022, 12, 31)]
    bad = [date(2019, 12, 31), date(2021, 1, 1), date(2021, 2, 28), date(2023, 6, 1), date(2024, 1, 1)]
    assert [row.active_on(day) for day in good + bad] == [True] * 3 + [False] * 5


def test_a_key_written_twice_is_refused():
    with pytest.raises(
        RequirementError, match=r"record\.yaml, line 2: born: found the key 'born' is written twice"
    ):
        read_yaml("born: 1990-01-01\nborn: 1991-01-01\n", "record.yaml")


BOMB = "worker:\n  a: &a [x, x]\n  b: &b [*a, *a, *a]\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (BOMB, "line 3: worker.b[0]: found the alias *a, expected the value itself"),
        ("worker: &w {<<: *w}", "line 1: worker.<<: found the alias *w"),
        ("worker: " + "[" * 5000, "line 1: worker[0][0]"),
        ("worker: {experience: [{hours: .nan}]}", "worker.experience[0].hours: found nan"),
        ("worker: {references: -.inf}", "worker.references: found -inf"),
        (
            "worker: {experience: [{hours: 1:30}]}",
            "worker.experience[0].hours: found '1:30', expected a number",
        ),
        ("worker: {references: 010}", "worker.references: found '010'"),
        ("worker: {references: 0xff}", "worker.references: found '0xff'"),
        ("worker: {references: %s}" % ("9" * 9000), "worker.references: found a number of 9000 digits"),
        ("worker: {references: !!int x}", "worker.references: found the tag"),
        ("worker: !!python/object:os.system {}", "worker: found the tag"),
        ('worker: {documents: ["\\0"]}', "worker.documents[0]: found '\\x00'"),
        ("worker: {? [a] : b}", "worker: found a list or a mapping as a key, expected text"),
        ("worker: {<<: {born: 1990-01-01}}", "worker.<<: found the unknown key '<<'"),
        ("worker: {}\n---\nworker: {}", "line 2: found another document, expected one"),
        ('{"worker": {"born": 1, "born": 2}}', "worker.born: found the key 'born' is written twice"),
        ("worker: \x07", "record.yaml: found"),
    ],
)
def test_hostile_text_is_refused_with_its_path(text, told):
    with pytest.raises(RequirementError) as refused:
        parse_record(read_yaml(text, "record.yaml")["worker"])

    assert told in str(refused.value)


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("a: [1, -2.5, 1e3, .5, true, FALSE, null, ~, '', yes, 2020-01-01, '7', x]",
         {"a": [1, -2.5, 1000.0, 0.5, True, False, None, None, "", "yes", "2020-01-01", "7", "x"]}),
        ("a: |\n  two\n  lines\nb: >-\n  7", {"a": "two\nlines\n", "b": "7"}),
        ('{"a": "\\ud83d\\ude00",\t"b": 1}', {"a": "\N{GRINNING FACE}", "b": 1}),
        ("\ufeff{a: 1, b: [{c: 2}]}", {"a": 1, "b": [{"c": 2}]}),
        ("", None),
    ],
)  # fmt: skip
def test_what_text_means(text, data):
    assert read_yaml(text, "record.yaml") == data


def test_text_that_is_not_yaml_is_refused():
    with pytest.raises(RequirementError, match=r"^record\.yaml, line \d: "):
        read_yaml("worker: [", "record.yaml")


def test_the_shipped_format_is_the_one_described():
    described = (Path(SHIPPED) / "RECORD.md").read_text()
    for key in KEYS:
        assert re.search(rf"\b{key}\b", described), key
