"""A worker brings in a record file: their own word, looked at first, stored once, taken back."""

from datetime import date

import pytest
import yaml
from django.urls import reverse

from accounts.models import Event
from accounts.refusals import Refused
from certification import record_imports, records
from certification.explaining import record_file
from certification.models import RecordImport
from certification.record_imports import LEFT_OUT, NEW, THERE
from certification.requirements.record_files import parse_record
from tests.builders.applications import a_draft, accept_all, an_open_standard, in_review, with_statements
from tests.builders.certification import a_credential
from tests.builders.workers import a_statement, a_worker, an_agreement, an_employment, approved_hours, hours
from tests.requirements.test_record import FULL
from workers.models import HourEntry, Statement

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 1)
SMALL = {
    "born": "1990-05-01",
    "state": "US-MN",
    "training": [{"topic": "peer_support", "hours": 80, "approved": True, "completed": "2019-11-01"}],
    "experience": [
        {"in": "peer_support", "hours": 3999.5, "supervised": True, "from": "2020-02-01", "to": "2025-06-30"},
        {"in": "peer_support", "hours": 0.5, "supervised": True, "from": "2019-02-01", "to": "2019-02-01"},
    ],
    "attestations": ["code_of_ethics"],
}
KEPT = (
    "born",
    "education",
    "education_field",
    "lived_experience",
    "recovery_since",
    "residency",
    "works_in",
    "training",
    "exams",
    "continuing_education",
    "attestations",
    "background_check",
    "qualifications",
    "documents",
    "fees_paid",
    "employment",
)


@pytest.fixture
def worker():
    return a_worker(born_on=None, state="")


def bring_in(worker, data):
    made, _is_new = record_imports.store(worker=worker, record=parse_record(data), by=worker.user)
    worker.refresh_from_db()
    return made


def exported(worker):
    return record_file(worker, on=TODAY)["worker"]


def test_a_plan_stores_nothing(worker):
    found = record_imports.plan(worker, parse_record(SMALL))

    assert [line.path for line in found.new] == ["worker.training[0]", "worker.attestations[0]"]
    assert found.profile == {"born_on": date(1990, 5, 1), "state": "US-MN"}
    assert not Statement.objects.exists()


def test_what_is_brought_in_is_stated_and_never_accepted(worker):
    bring_in(worker, FULL)

    record = records.load([worker.pk], on=TODAY)[worker.pk].record()
    tables = (record.schooling, record.training, record.exams, record.attestations, record.credentials)
    assert all(tables)
    assert not [row for table in tables for row in table if row.accepted]


def test_hours_stand_beside_and_count_for_nothing(worker):
    made = bring_in(worker, SMALL)

    (row,) = made.hours["experience"]
    assert row == {
        "in": "peer_support", "supervised": True, "hours": 4000, "from": "2019-02-01", "to": "2025-06-30",
    }  # fmt: skip
    assert not HourEntry.objects.exists()
    assert records.load([worker.pk], on=TODAY)[worker.pk].record().experience == ()
    assert "experience" not in exported(worker)


def test_what_goes_out_comes_in_and_goes_out_the_same(worker):
    """Of the format all but what must not be laundered: hours, and credentials that were once suspended."""
    bring_in(worker, FULL)
    out = exported(worker)

    again = a_worker(born_on=None, state="")
    bring_in(again, out)

    assert exported(again) == out
    kept = (
        "born",
        "education",
        "education_field",
        "lived_experience",
        "recovery_since",
        "residency",
        "exams",
    )
    kept += ("training", "attestations", "qualifications", "documents", "fees_paid", "employment", "works_in")
    assert {key: out[key] for key in kept} == {key: FULL[key] for key in kept}
    assert sorted(out["references"]["from"]) == sorted(FULL["references"]["from"])
    assert len(out["credentials"]) == 2
    assert "supervision" not in out


def test_a_record_made_here_goes_over_to_another_account(worker):
    job = an_employment(a_worker(born_on=date(1990, 5, 1)))
    approved_hours(job, hours(40), agreement=an_agreement(job), until=date(2026, 5, 20))
    a_statement(job.worker, "training", minutes=hours(40))
    a_statement(job.worker, "attestation")
    out = exported(job.worker)
    made = bring_in(worker, out)

    assert made.hours["experience"][0]["hours"] == 40
    again = exported(worker)
    assert again["training"] == out["training"]
    assert again["born"] == "1990-05-01"


def test_brought_in_twice_it_is_stored_once(worker):
    first = bring_in(worker, SMALL)
    same = dict(reversed(SMALL.items()))  # another order of keys is the same record

    second, is_new = record_imports.store(worker=worker, record=parse_record(same), by=worker.user)

    assert (second, is_new) == (first, False)
    assert Statement.objects.count() == 2


def test_what_stands_there_is_not_stated_again(worker):
    bring_in(worker, SMALL)
    more = SMALL | {"attestations": ["code_of_ethics", "code_of_conduct"]}

    found = record_imports.plan(worker, parse_record(more))
    assert [line.path for line in found.there] == ["worker.training[0]", "worker.attestations[0]"]
    bring_in(worker, more)

    assert Statement.objects.count() == 3


def test_a_file_with_nothing_new_is_refused(worker):
    bring_in(worker, {"attestations": ["code_of_ethics"]})

    with pytest.raises(Refused, match="Nothing of this is new"):
        bring_in(worker, {"attestations": ["code_of_ethics", "code_of_ethics"]})


@pytest.mark.parametrize(
    ("data", "path", "outcome", "reason"),
    [
        ({"training": [{"topic": "ethics", "hours": 3}]}, "worker.training[0]", LEFT_OUT, "completed:"),
        ({"training": [{"hours": 3, "completed": "2020-01-01"}]}, "worker.training[0]", LEFT_OUT, "topic:"),
        ({"exams": [{"name": "x" * 301, "passed": "2020-01-01"}]}, "worker.exams[0]", LEFT_OUT, "name:"),
        ({"exams": [{"name": "x", "passed": "2099-01-01"}]}, "worker.exams[0]", LEFT_OUT, "passed:"),
        ({"references": 21}, "worker.references", LEFT_OUT, "Found 21"),
        ({"credentials": [{"kind": "x"}]}, "worker.credentials[0]", LEFT_OUT, "issued:"),
        (
            {"credentials": [{"kind": "x", "issued": "2020-01-01", "suspended": [{"from": "2021-01-01"}]}]},
            "worker.credentials[0]",
            LEFT_OUT,
            "It was suspended",
        ),
        ({"works_in": {"state": "US"}}, "worker.works_in", LEFT_OUT, "Choose one of the list"),
        ({"documents": ["Letter"]}, "worker.documents[0]", NEW, ""),
        ({"background_check": "2020-01-01"}, "worker.background_check", NEW, ""),
    ],
)  # fmt: skip
def test_each_line_says_what_becomes_of_it(worker, data, path, outcome, reason):
    (line,) = record_imports.plan(worker, parse_record(data)).lines

    assert (line.path, line.outcome) == (path, outcome)
    assert line.reason.startswith(reason) or reason in line.reason


def test_a_credential_issued_here_is_there_already(worker):
    standard = an_open_standard()
    a_credential(worker, standard, issued_on=date(2020, 1, 1), expires_on=date(2099, 1, 1))
    data = {"credentials": [{"level": standard.level.code, "issued": "2020-01-01"}]}

    (line,) = record_imports.plan(worker, parse_record(data)).lines

    assert line.outcome == THERE


def test_the_profile_is_filled_only_where_it_is_empty():
    worker = a_worker(born_on=date(1980, 1, 1), state="US-OH")
    bring_in(worker, SMALL)

    assert (worker.born_on, worker.state) == (date(1980, 1, 1), "US-OH")
    assert Statement.objects.get(kind="residency").code == "US-MN"


def test_it_is_taken_back_whole(worker):
    made = bring_in(worker, SMALL)

    assert record_imports.undo(made, by=worker.user) == 0

    assert not Statement.objects.standing().exists()
    assert exported(worker).keys() == {"born", "state"}
    with pytest.raises(Refused, match="taken back already"):
        record_imports.undo(made, by=worker.user)
    assert bring_in(worker, SMALL) != made  # and may be brought in anew


def test_what_an_application_rests_on_stays():
    worker = with_statements(a_worker())
    Statement.objects.all().delete()
    data = {
        "training": [{"topic": "peer_support", "hours": 40, "approved": True, "completed": "2019-11-01"}],
        "attestations": ["code_of_ethics"],
        "documents": ["Letter"],
    }
    made = bring_in(worker, data)
    application, reviewer = in_review(worker=worker)
    accept_all(application, reviewer)

    assert record_imports.undo(made, by=worker.user) == 2
    assert set(Statement.objects.standing().values_list("kind", flat=True)) == {"training", "attestation"}


def test_a_draft_does_not_keep_what_is_taken_back(worker):
    data = {"training": [{"topic": "peer_support", "hours": 40, "completed": "2019-11-01"}]}
    made = bring_in(worker, data)
    a_draft(worker=worker)

    assert record_imports.undo(made, by=worker.user) == 0


def test_the_trail_tells_that_and_never_what(worker):
    record_imports.undo(bring_in(worker, FULL), by=worker.user)

    verbs = set(Event.objects.values_list("verb", flat=True))
    assert {"record.imported", "record.import_undone", "statement.added", "statement.withdrawn"} <= verbs
    assert "mental" not in str(list(Event.objects.values_list("data", flat=True)))


def test_many_facts_take_few_queries(worker, django_assert_max_num_queries):
    data = {"attestations": [f"thing_{n}" for n in range(200)]}
    with django_assert_max_num_queries(25):
        bring_in(worker, data)


def test_too_many_facts_are_refused(worker):
    with pytest.raises(Refused, match="Found 1001 facts"):
        bring_in(worker, {"attestations": [f"thing_{n}" for n in range(1001)]})


# The pages


@pytest.fixture
def phone(client, worker):
    client.force_login(worker.user)
    return client


URL = "/goals/record/bring-in/"
TEXT = yaml.safe_dump({"worker": SMALL})


def test_the_page_shows_first_and_stores_when_told(phone, worker):
    page = phone.post(URL, {"text": TEXT})
    assert page.status_code == 200
    assert "Goes into your record" in page.content.decode()
    assert "4,000 h" in page.content.decode()
    assert not RecordImport.objects.exists()

    done = phone.post(URL, {"text": TEXT, "step": "confirm", "seen": page.context["seen"]}, follow=True)

    assert done.redirect_chain[0][0] == reverse(
        "certification:brought_in", args=[RecordImport.objects.get().pk]
    )
    assert "80 h" in done.content.decode()


@pytest.mark.parametrize("seen", ["", "0" * 64])
def test_what_was_changed_since_is_shown_again_first(phone, seen):
    page = phone.post(URL, {"text": TEXT, "step": "confirm", "seen": seen})

    assert page.status_code == 200
    assert "seen" in page.context
    assert not RecordImport.objects.exists()


def test_pressed_twice_it_is_stored_once(phone):
    seen = phone.post(URL, {"text": TEXT}).context["seen"]
    for _press in range(2):
        done = phone.post(URL, {"text": TEXT, "step": "confirm", "seen": seen}, follow=True)

    assert "Nothing was added" in done.content.decode()
    assert RecordImport.objects.count() == 1


def test_a_wrong_file_names_the_key_and_stays(phone):
    page = phone.post(URL, {"text": "worker: {born: x}"})

    assert page.status_code == 422
    assert "worker.born: found" in page.content.decode()
    assert "worker: {born: x}" in page.content.decode()


def test_taken_back_on_the_page(phone, worker):
    made = bring_in(worker, SMALL)
    done = phone.post(reverse("certification:take_back", args=[made.pk]), follow=True)

    assert "It is taken back." in done.content.decode()
    assert not Statement.objects.standing().exists()
