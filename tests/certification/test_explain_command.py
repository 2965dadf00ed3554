"""manage.py explain: record files without a database, workers from it, piles of paper applications."""

import json
import os
import subprocess
import sys
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
import yaml
from django.core.management import CommandError, call_command

from certification.catalogue.files import shipped
from certification.catalogue.loader import load
from certification.models import Standard
from certification.requirements.record_files import parse_record
from tests.builders.certification import a_credential
from tests.builders.workers import a_worker, an_agreement, an_employment, approved_hours, hours

ROOT = Path(__file__).resolve().parents[2]
ANA = {
    "born": "1990-05-01",
    "credentials": [{"level": "mn-cps-1", "issued": "2020-01-01", "expires": "2028-01-01"}],
    "experience": [
        {"in": "peer_support", "hours": 3999.5, "supervised": True, "from": "2020-02-01", "to": "2025-06-30"}
    ],
}


def explain(*args, **options):
    said = StringIO()
    call_command("explain", *args, stdout=said, **options)
    return said.getvalue()


@pytest.fixture
def record(tmp_path):
    path = tmp_path / "ana.yaml"
    path.write_text(yaml.safe_dump({"worker": ANA}))
    return str(path)


def test_a_record_file_is_explained_without_any_database(record):
    said = explain("--level", "mn-cps-2", "--record", record, "--on", "2026-01-01", "--json")

    told = json.loads(said)
    assert told["standard"] == "mn-cps-2@2020"
    assert (told["on"], told["eligible"], told["status"]) == ("2026-01-01", False, "unmet")
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
    assert told["findings"]["children"]


def test_the_answer_has_the_parts_agreed_and_no_others(record):
    told = json.loads(explain("--standard", "mn-cps-2@2020", "--record", record, "--json"))

    assert [*told] == ["standard", "on", "eligible", "status", "unmet", "waiting", "findings"]
    assert [*told["unmet"][0]] == ["kind", "path", "needed", "have", "remaining", "unit"]


def test_the_answer_reads_as_a_tree(record):
    said = explain("--standard", "mn-cps-2@2020", "--record", record, "--on", "2026-01-01")

    assert said.startswith("mn-cps-2@2020 on 2026-01-01: unmet\n")
    assert (
        "    [ ] 4,000 hours of supervised work in peer support: 3,999 h 30 min of 4,000 h; 30 min to go."
        in said
    )


def test_a_renewal_is_judged_by_what_a_renewal_asks(record):
    told = json.loads(explain("--level", "mn-cps-2", "--record", record, "--renewal", "--json"))

    assert told["findings"]["path"] == "renewal.all"
    assert [leaf["kind"] for leaf in told["unmet"]] == ["continuing_education"]


def test_no_engine_starts_for_a_record_file(record, tmp_path):
    """As a process of its own, with a database that is not there and a folder where none could start."""
    environment = {key: value for key, value in os.environ.items() if key != "PEERLADDER_TEST_RUN"} | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PEERLADDER_DATA": str(tmp_path / "data"),
    }
    environment.pop("DATABASE_URL", None)

    done = subprocess.run(
        [sys.executable, "manage.py", "explain", "--level", "mn-cps-2", "--record", record],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert "mn-cps-2@2020" in done.stdout
    assert not (tmp_path / "data" / "postgres").exists()


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"born": "yesterday"}, "worker.born: found 'yesterday', expected a date written YYYY-MM-DD"),
        ({"shoe_size": 42}, "worker.shoe_size: found the unknown key"),
        ({"training": [{"topic": "ethics", "hours": -1}]}, "worker.training[0].hours: found -1"),
        (
            {"credentials": [{"level": "x", "issued": "2024-01-02", "expires": "2024-01-01"}]},
            "worker.credentials[0].expires",
        ),
    ],
)
def test_a_bad_record_file_is_refused_with_the_path_of_the_key(tmp_path, wrong, told):
    path = tmp_path / "bad.yaml"
    path.write_text(yaml.safe_dump({"worker": wrong}))

    with pytest.raises(CommandError) as refused:
        explain("--level", "mn-cps-2", "--record", str(path))

    assert told in str(refused.value)


@pytest.mark.parametrize(
    ("args", "told"),
    [
        ([], "Say what to judge by"),
        (["--level", "nope"], "level: found 'nope'"),
        (["--standard", "nope@2020"], "standard: found 'nope@2020'"),
        (["--level", "mn-cps-2", "--on", "2026-02-30"], "on: found '2026-02-30'"),
        (["--level", "mn-cps-2", "--record", "/nowhere.yaml"], "/nowhere.yaml"),
        (["--batch", "/nowhere.ndjson"], "/nowhere.ndjson"),
    ],
)
def test_what_cannot_be_answered_is_refused(args, told):
    with pytest.raises(CommandError) as refused:
        explain(*args)

    assert told in str(refused.value)


def test_a_pile_of_paper_applications_is_answered_line_by_line(tmp_path):
    requests = [
        {"id": "a", "standard": "mn-cps-2@2020", "on": "2026-01-01", "renewal": False, "worker": ANA},
        {"id": "b", "standard": "nope@2020", "worker": {}},
        {"id": 3, "standard": "mn-cps-2@2020", "worker": {"born": 1}},
    ]
    path = tmp_path / "pile.ndjson"
    path.write_text("\n".join(map(json.dumps, requests)) + "\n{not json\n")

    answers = [json.loads(line) for line in explain("--batch", str(path)).splitlines()]

    assert [answer["id"] for answer in answers] == ["a", "b", 3, None]
    assert answers[0]["unmet"][0]["remaining"] == 0.5
    assert [answer["error"]["path"] for answer in answers[1:]] == ["standard", "worker.born", "line"]


def test_day_and_renewal_of_the_command_stand_in_where_a_line_does_not_say(tmp_path):
    path = tmp_path / "pile.ndjson"
    asked = {"standard": "mn-cps-2@2020", "worker": {}}
    path.write_text(json.dumps(asked) + "\n" + json.dumps(asked | {"on": "2026-02-01", "renewal": False}))

    said = explain("--batch", str(path), "--on", "2025-01-01", "--renewal")
    answers = [json.loads(line) for line in said.splitlines()]

    assert [(one["on"], one["findings"]["path"]) for one in answers] == [
        ("2025-01-01", "renewal.all"),
        ("2026-02-01", "requires.all"),
    ]


def test_a_batch_beside_a_record_is_refused(record):
    with pytest.raises(CommandError, match="leave out --record"):
        explain("--batch", "pile.ndjson", "--record", record)


def test_a_line_that_is_no_text_is_refused_alone(tmp_path):
    good = json.dumps({"id": "ü", "standard": "mn-cps-2@2020", "worker": ANA}, ensure_ascii=False)
    path = tmp_path / "pile.ndjson"
    path.write_bytes(b'{"id": "\xff"}\n{"id": "\\ud800"}\n' + good.encode())

    said = explain("--batch", str(path))
    answers = [json.loads(line) for line in said.encode().decode().splitlines()]

    assert [answer["id"] for answer in answers] == [None, None, "ü"]
    assert [answer["error"]["path"] for answer in answers[:2]] == ["line", "id"]


@pytest.fixture
def worker(db):
    load(shipped())
    job = an_employment(a_worker(born_on=date(1990, 5, 1)))
    approved_hours(job, hours(3999) + 30, agreement=an_agreement(job), until=date(2026, 5, 20), a_day=1440)
    standard = Standard.objects.published().get(code="mn-cps-1@2021")
    a_credential(job.worker, standard, issued_on=date(2020, 1, 1), expires_on=date(2028, 1, 1))
    return job.worker


@pytest.mark.parametrize("key", ["pk", "uid"])
def test_a_worker_of_the_database_is_explained_in_the_same_shape(worker, key):
    said = explain(
        "--level", "mn-cps-2", "--worker", str(getattr(worker, key)), "--on", "2026-06-01", "--json"
    )

    told = json.loads(said)
    assert told["unmet"][0]["have"] == 3999.5
    assert told["unmet"][0]["remaining"] == 0.5


def test_a_workers_record_is_printed_as_a_file_that_explains_the_same(worker, tmp_path):
    path = tmp_path / "export.yaml"
    path.write_text(explain("--worker", str(worker.pk), "--on", "2026-06-01"))
    assert parse_record(yaml.safe_load(path.read_text())["worker"])

    asked = ("--level", "mn-cps-2", "--on", "2026-06-01", "--json")
    by_file = json.loads(explain(*asked, "--record", str(path)))
    by_database = json.loads(explain(*asked, "--worker", str(worker.pk)))

    assert by_file["unmet"] == by_database["unmet"]
    assert by_file["status"] == by_database["status"]


@pytest.mark.parametrize("who", ["0", "nobody", "99999999999999999999999"])
@pytest.mark.django_db
def test_a_worker_who_is_not_there_is_said_to_be_missing(who):
    with pytest.raises(CommandError, match="expected the number or uid of a worker"):
        explain("--level", "mn-cps-2", "--worker", who)
