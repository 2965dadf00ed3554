"""Paper applications at the desk: typed in, as a record file, many at once. Nothing of it is kept."""

import csv
import json
from datetime import date
from io import StringIO

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from certification.catalogue.files import shipped
from certification.paper_questions import Paper
from certification.requirements.explain import explain
from certification.requirements.nearest import keeps_out
from certification.wording import Wording
from tests.builders.applications import a_working_authority, an_open_standard, staff
from tests.certification.paper_filling import filled
from tests.requirements.meeting import a_record_that_meets

pytestmark = pytest.mark.django_db
ON = date(2026, 1, 1)
REQUIRES = {
    "all": [
        {"age": {"at_least": 18}},
        {"training": {"hours": 40, "topic": "peer_support", "approved": True}},
        {"experience": {"hours": 500, "in": "peer_support", "supervised": True}},
        {"attestation": {"to": "code_of_ethics"}},
    ]
}
RECORD = """
worker:
  born: 1990-05-01
  training: [{topic: peer_support, hours: 40, approved: true, completed: 2019-11-01}]
  experience: [{in: peer_support, hours: 499.5, supervised: true, from: 2020-02-01, to: 2020-06-30}]
  attestations: [code_of_ethics]
"""


def at(name):
    return reverse(f"certification:{name}")


@pytest.fixture
def standard():
    return an_open_standard(REQUIRES, authority=a_working_authority(), renewal={"fee": {"usd": 50}})


@pytest.fixture
def desk(client, standard):
    client.force_login(staff(standard.level.program.authority))
    return client


def by(standard, **more):
    return {"standard": f"standard:{standard.pk}", "on": ON.isoformat()} | more


def sent(standard, text, **more):
    return {f"by-{key}": value for key, value in by(standard).items()} | {"text": text} | more


def text_of(answer):
    return answer.content.decode()


def rows(key, *given):
    """A table of the form as a browser sends it."""
    data = {f"{key}-TOTAL_FORMS": len(given), f"{key}-INITIAL_FORMS": 0}
    return data | {f"{key}-{n}-{name}": value for n, row in enumerate(given) for name, value in row.items()}


PERSON = {"person-born": "1990-05-01", "person-attestations": ["code_of_ethics"]}
TRAINING = {"topic": "peer_support", "hours": "40", "completed": "2019-11-01", "approved": "on"}
WORK = {
    "in": "peer_support",
    "hours": "499:59",
    "from": "2020-02-01",
    "to": "2020-06-30",
    "supervised": "on",
}


def test_the_page_asks_what_the_standard_asks(desk, standard):
    page = desk.get(at("desk_paper"), by(standard))

    names = set(page.context["paper"].person.fields)
    assert names == {"born", "attestations"}
    assert [table.key for table in page.context["paper"].tables] == ["experience", "training"]


def test_what_is_typed_in_is_judged_to_the_minute(desk, standard):
    url = f"{at('desk_paper')}?standard=level:{standard.level.code}&on={ON}"
    page = desk.post(url, PERSON | rows("training", TRAINING) | rows("experience", WORK, {}))

    assert page.status_code == 200
    assert page.context["verdict"] == "unmet"
    assert "1 min to go" in text_of(page)
    assert "hours: 499.98" in page.context["text"]

    page = desk.post(url, PERSON | rows("training", TRAINING) | rows("experience", WORK | {"hours": "500"}))
    assert page.context["verdict"] == "met"


def test_nothing_about_the_person_is_kept(desk, standard):
    def everything():
        ours = (model for model in apps.get_models() if model._meta.app_label != "sessions")
        return {model._meta.label: model._default_manager.count() for model in ours}

    before = everything()
    url = f"{at('desk_paper')}?standard=standard:{standard.pk}&on={ON}"
    answers = [
        desk.post(url, PERSON | rows("training", TRAINING) | rows("experience", WORK)),
        desk.post(at("desk_paper_record"), sent(standard, RECORD)),
    ]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert everything() == before
    assert all("no-store" in answer["Cache-Control"] for answer in answers)


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"hours": "many"}, "Write hours like 7:30 or 7.5."),
        ({"to": "2019-01-01"}, "2020-02-01 (from) or later"),
        ({"from": "yesterday"}, "Enter a valid date."),
    ],
)
def test_a_wrong_row_says_so_at_its_field_and_keeps_what_was_typed(desk, standard, row, told):
    url = f"{at('desk_paper')}?standard=standard:{standard.pk}&on={ON}"
    page = desk.post(url, PERSON | rows("training", TRAINING) | rows("experience", {}, WORK | row))

    assert page.status_code == 422
    assert told in text_of(page)
    assert "Row 2" in text_of(page)
    assert 'value="1990-05-01"' in text_of(page)
    assert "verdict" not in page.context


@pytest.mark.parametrize(
    "sent_in",
    [
        {},
        {"experience-TOTAL_FORMS": "x", "experience-INITIAL_FORMS": "0"},
        {"experience-TOTAL_FORMS": "100000", "experience-INITIAL_FORMS": "0"},
        rows("experience", WORK | {"in": "nothing-known"}),
        rows("experience", WORK | {"hours": "\0"}),
        {"person-attestations": ["another"]},
    ],
)
def test_a_page_that_was_tampered_with_is_refused(desk, standard, sent_in):
    url = f"{at('desk_paper')}?standard=standard:{standard.pk}&on={ON}"

    assert desk.post(url, sent_in).status_code == 422


def test_a_record_is_judged_and_shown_again(desk, standard):
    page = desk.post(at("desk_paper_record"), sent(standard, RECORD))

    assert (page.status_code, page.context["verdict"]) == (200, "unmet")
    assert "30 min to go" in text_of(page)
    assert "hours: 499.5" in text_of(page)


def test_a_file_is_read_as_well(desk, standard):
    file = SimpleUploadedFile("ana.yaml", RECORD.encode())
    page = desk.post(at("desk_paper_record"), sent(standard, "", file=file))

    assert page.context["verdict"] == "unmet"
    assert "hours: 499.5" in text_of(page)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("worker: {born: yesterday}", "worker.born: found &#x27;yesterday&#x27;"),
        ("worker: {training: [{hours: -1}]}", "worker.training[0].hours: found -1"),
        ("worker: {a: &amp;x 1, b: *x}", "worker.b: found the alias *x"),
        ("worker: [", "record, line"),
        ("{}", "worker: found nothing"),
        (" ", "Paste a record, or choose a file."),
    ],
)
def test_a_wrong_record_names_the_key_and_stays_in_the_field(desk, standard, text, told):
    text = text.replace("&amp;", "&")
    page = desk.post(at("desk_paper_record"), sent(standard, text))

    assert page.status_code == 422
    assert told in text_of(page)
    assert page.context["form"]["text"].value() == text


def test_a_wrong_file_is_shown_as_text(desk, standard):
    file = SimpleUploadedFile("ana.yaml", b"worker: {born: 7}")
    page = desk.post(at("desk_paper_record"), sent(standard, "", file=file))

    assert page.status_code == 422
    assert "worker: {born: 7}" in text_of(page)


def test_bytes_that_are_no_text_are_refused(desk, standard):
    file = SimpleUploadedFile("ana.yaml", b"\xff\xfe")
    page = desk.post(at("desk_paper_record"), sent(standard, "", file=file))

    assert page.status_code == 422
    assert "byte 1 is not UTF-8" in text_of(page)


def test_a_renewal_is_judged_by_what_a_renewal_asks(desk, standard):
    page = desk.post(
        at("desk_paper_record"), sent(standard, "worker: {fees_paid: [50]}") | {"by-what": "renewal"}
    )

    assert page.context["verdict"] == "met"


def test_a_day_without_a_version_is_refused_at_the_day(desk, standard):
    page = desk.get(at("desk_paper"), {"standard": f"level:{standard.level.code}", "on": "1900-01-01"})

    assert page.status_code == 422
    assert page.context["choose"].errors.keys() == {"on"}


def test_only_the_own_standards_are_offered(desk, standard):
    other = an_open_standard(authority=a_working_authority())
    page = desk.get(at("desk_paper"), by(other))

    assert page.status_code == 422
    assert page.context["choose"].errors.keys() == {"standard"}


# Many at once


def pile(standard, **answer_as):
    lines = [
        {"id": "a", "standard": standard.code, "on": "2026-01-01", "worker": {"born": "1990-05-01"}},
        {"id": "=cmd()", "standard": standard.code, "renewal": True, "worker": {"fees_paid": [50]}},
        {"id": 3, "standard": "nope", "worker": {}},
    ]
    text = "\n".join(map(json.dumps, lines)) + "\n{\n\n"
    return {"file": SimpleUploadedFile("pile.ndjson", text.encode()), "answer": "csv"} | answer_as


def test_a_batch_is_answered_as_a_table(desk, standard):
    done = desk.post(at("desk_paper_batch"), pile(standard))

    assert done["Content-Disposition"].startswith('attachment; filename="answers-')
    table = list(csv.DictReader(StringIO(text_of(done).removeprefix("\ufeff"))))
    assert [row["id"] for row in table] == ["a", "'=cmd()", "3", ""]
    assert [row["status"] for row in table] == ["unmet", "met", "error", "error"]
    assert "500 hours" in table[0]["missing"]
    assert table[2]["error"].startswith("standard: found 'nope'")


def test_a_batch_is_answered_as_lines(desk, standard):
    done = desk.post(at("desk_paper_batch"), pile(standard, answer="ndjson"))

    told = [json.loads(line) for line in text_of(done).splitlines()]
    assert [one.get("status") for one in told] == ["unmet", "met", None, None]
    assert told[3]["line"] == 4


def test_a_thousand_lines_cost_no_more_queries_than_one(desk, standard, django_assert_max_num_queries):
    line = {"level": standard.level.code, "on": "2026-01-01", "worker": {"born": "1990-05-01"}}
    text = "\n".join(json.dumps(line | {"id": n}) for n in range(1000))
    sent = {"file": SimpleUploadedFile("pile.ndjson", text.encode()), "answer": "csv"}

    with django_assert_max_num_queries(15):
        done = desk.post(at("desk_paper_batch"), sent)

    assert text_of(done).count("unmet") == 1000


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"\n" * 5, "The file holds no line."),
        (b"{}\n" * 1001, "Found 1001 lines; at most 1000 are answered at once."),
        (b"", "The submitted file is empty."),
    ],
)
def test_a_batch_that_cannot_be_answered_is_refused(desk, content, told):
    file = SimpleUploadedFile("pile.ndjson", content)
    page = desk.post(at("desk_paper_batch"), {"file": file, "answer": "csv"})

    assert page.status_code == 422
    assert told in text_of(page)


def test_a_topic_that_is_only_capped_counts_up_to_its_cap(desk):
    capped = {"training": {"hours": 20, "topic": "behavioral_health", "max_by_topic": {"families": 8}}}
    standard = an_open_standard(capped, authority=a_working_authority())
    desk.force_login(staff(standard.level.program.authority))
    url = f"{at('desk_paper')}?standard=standard:{standard.pk}&on={ON}"

    def judged(own, families):
        given = {"behavioral_health": own, "families": families}
        typed = [{"topic": topic, "hours": str(hours)} for topic, hours in given.items()]
        return desk.post(url, rows("training", *typed)).context["verdict"]

    assert (judged(12, 8), judged(11, 9), judged(11, 8)) == ("met", "unmet", "unmet")


# The form of every standard

STANDARDS = shipped().standards


@pytest.mark.parametrize("code", sorted(STANDARDS))
def test_every_standard_can_be_filled_in(code):
    """What meets a standard can be said in the fields that it asks for, and is judged the same."""
    standard = STANDARDS[code]
    words = Wording()
    words.__dict__["names"] = {level: level for level in shipped().levels}
    for key in ("requires", "renewal"):
        tree = getattr(standard, key)
        if tree is None:
            continue
        record = a_record_that_meets(tree, standard, ON)
        paper = Paper(tree, level=standard.level, words=words, data=filled(record))

        assert paper.is_valid(), (paper.person.errors, [table.rows.errors for table in paper.tables])
        found = explain(tree, paper.record, ON, shipped().catalogue, level=standard.level)
        assert found.verdict == "met", (
            key,
            paper.data,
            [(leaf.path, leaf.asked) for leaf in keeps_out(found)],
        )
