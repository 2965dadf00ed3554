"""The public pages of the catalogue: everything known, its sources, and never a guess."""

from datetime import date

import pytest
import time_machine
import yaml
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from certification.catalogue.files import shipped
from certification.catalogue.loader import load
from certification.models import Level
from tests.builders.certification import a_jurisdiction, a_level, a_standard
from tests.builders.workers import a_worker

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def june():
    with time_machine.travel("2026-06-01T12:00Z", tick=False):
        yield


def page(client, name, *args, **params):
    answer = client.get(reverse(f"certification:{name}", args=args), params)
    assert answer.status_code == 200
    return answer.text


def test_everybody_may_read_what_every_state_asks(client):
    load(shipped())

    listed = page(client, "standards")

    assert all(place.name in listed for place in shipped().jurisdictions)


def test_states_are_found_by_name_status_and_title(client):
    a_jurisdiction("US-OH", "Ohio")
    a_jurisdiction("US-SD", "South Dakota", status="unknown")
    a_standard(level=a_level(title="Certified Recovery Coach"))

    def found(**wanted):
        text = page(client, "standards", **wanted)
        return {name for name in ("Ohio", "South Dakota", "US-MN") if f">{name}</a>" in text}

    assert found() == {"Ohio", "South Dakota", "US-MN"}
    assert found(q="ohio") == {"Ohio"}
    assert found(status="unknown") == {"South Dakota"}
    assert found(q="recovery coach") == {"US-MN"}
    assert found(q="zzz") == set()


def test_a_state_page_shows_its_programs_levels_and_notes(client):
    place = a_jurisdiction("US-MN", "Minnesota", notes="Read it twice.", body_name="Board of Peers")
    level = a_standard(partial=True).level
    unknown = a_level(program=level.program)

    shown = page(client, "jurisdiction", place.code.lower())

    for text in ("Read it twice.", "Board of Peers", level.title, unknown.title, "Seen in part"):
        assert text in shown
    assert shown.count("No source tells what it asks today") == 1


def test_a_level_page_tells_what_is_asked_in_plain_words_and_where_it_is_written(client):
    standard = a_standard(
        {
            "all": [
                {"training": {"hours": 80, "topic": "peer_support", "approved": True}},
                {"any": [{"age": {"at_least": 18}}, {"not": {"attestation": {"to": "code_of_ethics"}}}]},
            ]
        },
        renewal={"continuing_education": {"hours": 30, "within_months": 24}},
        unclear=["Whether it matters."],
        confidence="low",
    )

    shown = page(client, "level", standard.level.code)

    for text in (
        "80 hours of approved training in peer support",
        "One of these",
        "This must not be",
        "30 hours of continuing education",
        "Rules of the board",
        "Speaks for 2020-01",
        "Regulation",
        "Whether it matters.",
        "Low",
        "24 months",
        "In force since 2015-01-01",
    ):
        assert text in shown


def test_a_date_or_term_that_no_source_states_is_not_made_up(client):
    standard = a_standard(
        effective_from="",
        in_force_stated=False,
        term_months=None,
        sources=[{"url": "https://example.org", "title": "A page", "as_of": None}],
    )

    shown = page(client, "level", standard.level.code)

    assert "The source does not say since when" in shown
    assert "Not stated by the source" in shown
    assert "The source bears no date" in shown
    assert "2015" not in shown.replace(standard.code, "")


def test_a_level_without_any_standard_says_so(client):
    assert "No source tells what this level asks" in page(client, "level", a_level().code)


def test_older_versions_are_shown_with_what_changed(client):
    old = a_standard({"training": {"hours": 40, "topic": "peer_support"}}, until=date(2020, 1, 1))
    a_standard({"training": {"hours": 60, "topic": "peer_support"}}, level=old.level, since=date(2020, 1, 1))

    shown = page(client, "level", old.level.code)

    assert "40 hours of training in peer support → 60 hours of training in peer support" in shown
    assert shown.count("in force today") == 1
    assert shown.count("The first version known.") == 1


def test_a_level_that_has_ended_is_said_to_be_no_longer_in_force(client):
    standard = a_standard(until=date(2020, 1, 1))

    assert "Not in force today" in page(client, "level", standard.level.code)


def test_workers_and_only_they_are_offered_to_choose_the_level(client):
    level = a_standard().level
    assert "Choose as a goal" not in page(client, "level", level.code)

    client.force_login(a_worker().user)

    assert "Choose as a goal" in page(client, "level", level.code)


@pytest.mark.parametrize("form", ["json", "yaml"])
def test_a_standard_is_there_for_other_programs(client, form):
    standard = a_standard()

    answer = client.get(reverse("certification:standard_data", args=[standard.code, form]))

    told = yaml.safe_load(answer.content)  # JSON is YAML
    assert told["code"] == standard.code
    assert told["requires"] == standard.requires
    assert told["in_force"] == {"from": "2015-01-01", "until": None, "stated": True}


def test_revisions_of_a_standard_are_kept_apart(client):
    old = a_standard({"age": {"at_least": 18}}, withdrawn_at="2026-01-01T12:00Z")
    a_standard({"age": {"at_least": 21}}, level=old.level, code=old.code, revision=2)
    address = reverse("certification:standard_data", args=[old.code, "json"])

    assert client.get(address).json()["requires"] == {"age": {"at_least": 21}}
    assert client.get(address, {"revision": "1"}).json()["requires"] == {"age": {"at_least": 18}}
    assert client.get(address, {"revision": "x"}).status_code == 404
    assert client.get(reverse("certification:standard_data", args=["a@2000", "json"])).status_code == 404


def test_every_level_shipped_has_a_page_in_both_languages(client):
    load(shipped())
    codes = list(Level.objects.values_list("code", flat=True))
    for language in ("en", "es"):
        for code in codes[::4]:
            answer = client.get(
                reverse("certification:level", args=[code]), headers={"accept-language": language}
            )
            assert answer.status_code == 200


@pytest.mark.parametrize("how_many", [1, 10])
def test_pages_of_the_catalogue_cost_the_same_however_much_they_list(client, how_many):
    authority = a_standard().level.program.authority
    for _ in range(how_many):
        a_standard(authority=authority)

    with CaptureQueriesContext(connection) as index:
        page(client, "standards", q="peer")
    with CaptureQueriesContext(connection) as place:
        page(client, "jurisdiction", "us-mn")

    assert len(index) == 2
    assert len(place) == 4
