"""Where a worker could be certified: every standard in force against one record."""

from datetime import date

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from certification import goals, where
from certification.catalogue.files import shipped
from certification.catalogue.loader import load
from certification.models import Goal, Progress, Standard
from certification.where import Standing, survey
from certification.where_pages import TILES
from tests.builders.certification import (
    a_credential,
    a_jurisdiction,
    a_level,
    a_standard,
    accept,
    an_authority,
)
from tests.builders.workers import a_statement, a_worker, an_agreement, an_employment, approved_hours, hours

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("june")]
TODAY = date(2026, 6, 1)
WORK = {"experience": {"hours": 300, "in": "peer_support"}}
PAPER = {"exam": {"name": "Board exam"}}
COURSE = {"training": {"hours": 40, "topic": "peer_support"}}


@pytest.fixture
def june():
    with time_machine.travel("2026-06-01T12:00Z", tick=False):
        yield


@pytest.fixture
def job():
    return an_employment(a_worker(born_on=date(2010, 1, 1)))


@pytest.fixture
def worker(job):
    return job.worker


@pytest.fixture
def as_worker(client, worker):
    client.force_login(worker.user)
    return client


def standing(worker, requires, **fields):
    standard = a_standard(requires, **fields)
    found = {one.standard_id: one for one in survey(worker, on=TODAY).prospects}
    return found[standard.pk].standing


# The rule


@pytest.mark.parametrize(("worked", "expected"), [(50, "near"), (49.99, "far"), (300, "met")])
def test_hours_are_near_up_to_250_and_not_a_minute_more(job, worked, expected):
    approved_hours(job, hours(worked), agreement=an_agreement(job))

    assert standing(job.worker, WORK) == expected


def test_what_can_be_handed_in_is_near_however_much_it_is(worker):
    assert standing(worker, {"all": [PAPER, {"fee": {"usd": 50}}, {"background_check": {}}]}) == "near"


def test_hours_of_all_kinds_are_added_up(job):
    approved_hours(job, hours(60), agreement=an_agreement(job))

    assert standing(job.worker, {"all": [WORK, {"training": {"hours": 10, "topic": "ethics"}}]}) == "near"
    assert standing(job.worker, {"all": [WORK, COURSE]}) == "far"


@pytest.mark.parametrize(
    "leaf",
    [
        {"age": {"at_least": 18}},
        {"experience": {"months": 2, "in": "peer_support"}},
        {"credential": {"kind": "state_peer_certification"}},
    ],
)
def test_what_only_time_or_a_credential_brings_is_far(worker, leaf):
    assert standing(worker, {"all": [leaf, PAPER]}) == "far"


def test_of_several_ways_the_nearest_counts(worker):
    assert standing(worker, {"any": [{"all": [WORK, {"age": {"at_least": 18}}]}, PAPER]}) == "near"


def test_what_waits_for_review_is_near_and_accepted_it_is_met(worker):
    authority = an_authority()
    stated = a_statement(worker, minutes=hours(40))

    assert standing(worker, COURSE, authority=authority) == "near"

    accept(stated, authority)
    assert {one.standing for one in survey(worker, on=TODAY).prospects} == {Standing.MET}


def test_what_one_authority_accepted_counts_for_no_other(worker):
    theirs, ours = a_standard(COURSE), a_standard(COURSE)
    accept(a_statement(worker), theirs.level.program.authority)

    found = {one.standard_id: one.standing for one in survey(worker, on=TODAY).prospects}

    assert found == {theirs.pk: "met", ours.pk: "near"}


def test_a_level_that_is_held_says_so_whatever_it_asks_today(worker):
    standard = a_standard({"age": {"at_least": 90}})
    a_credential(worker, standard)

    assert [one.standing for one in survey(worker, on=TODAY).prospects] == [Standing.HELD]


# What is looked at


def test_only_standards_in_force_of_open_levels_count(worker):
    now = a_standard(WORK)
    a_standard(WORK, since=date(2027, 1, 1))
    a_standard(WORK, until=date(2026, 1, 1))
    a_standard(WORK, level=a_level(withdrawn_at="2026-01-01T12:00Z"))
    unknown = a_standard(WORK)
    Standard.objects.filter(pk=unknown.pk).update(withdrawn_at="2026-01-01T12:00Z")

    assert [one.standard_id for one in survey(worker, on=TODAY).prospects] == [now.pk]


def test_it_finds_what_the_goal_finds_for_every_shipped_standard(job):
    load(shipped())
    approved_hours(job, hours(700), agreement=an_agreement(job))
    a_statement(job.worker, minutes=hours(46))
    found = survey(job.worker, on=TODAY).prospects

    wished = [Goal(worker=job.worker, level_id=one.level_id) for one in found]
    told = {one.goal.level_id: one for one in goals.progress.judged(wished)}

    assert len(found) > 100
    for one in found:
        assert (one.verdict, one.can_apply) == (told[one.level_id].verdict, told[one.level_id].can_apply)


def test_a_new_version_is_read_and_not_the_one_remembered(worker):
    first = a_standard(PAPER, until=date(2026, 6, 1))
    assert survey(worker, on=date(2026, 5, 31)).prospects[0].standing == "near"

    a_standard({"age": {"at_least": 18}}, level=first.level, since=date(2026, 6, 1))

    assert survey(worker, on=TODAY).prospects[0].standing == "far"


def test_the_least_missing_comes_first_and_a_state_shows_its_best(worker):
    ohio = an_authority(jurisdiction="US-OH")
    a_standard({"all": [PAPER, COURSE]}, authority=ohio)
    best = a_standard(PAPER, authority=ohio)
    a_standard({"age": {"at_least": 18}})

    found = survey(worker, on=TODAY)

    assert [one.standing for one in found.prospects] == ["near", "near", "far"]
    assert {code: one.standard_id for code, one in found.places.items()}["US-OH"] == best.pk
    assert found.places["US-MN"].standing == "far"


@pytest.mark.parametrize("many", [1, 60])
def test_many_standards_cost_the_queries_of_one(worker, many):
    for _ in range(many):
        a_standard({"all": [WORK, COURSE]})
    survey(worker, on=TODAY)

    with CaptureQueriesContext(connection) as captured:
        survey(worker, on=TODAY)

    assert len(captured) <= 10


# The page


def test_every_jurisdiction_of_the_catalogue_has_its_tile():
    shown = {code for code in TILES.split() if code != "."}

    assert {place.code for place in shipped().jurisdictions} <= shown


def test_the_page_draws_every_state_and_lists_what_is_missing(as_worker):
    a_standard(PAPER, authority=an_authority(jurisdiction="US-OH"))
    a_jurisdiction("US-AK", "Alaska")

    page = as_worker.get(reverse("certification:where")).text

    assert "US-OH: Near, 1 thing missing" in page
    assert "Alaska: No standard known" in page
    assert "Board exam" in page
    assert "Rules of the board" in page


def test_the_list_is_cut_and_ordered_by_links(as_worker):
    far = a_standard({"age": {"at_least": 18}}, authority=an_authority(jurisdiction="US-AL"))
    near = a_standard(PAPER, authority=an_authority(jurisdiction="US-OH"))
    address = reverse("certification:where")

    def listed(**asked):
        return [line["prospect"].standard_id for line in as_worker.get(address, asked).context["lines"]]

    assert listed() == [near.pk, far.pk]
    assert listed(sort="state") == [far.pk, near.pk]
    assert listed(state="US-AL") == listed(standing="far") == [far.pk]
    assert listed(role="trainee") == []
    assert listed(state="nowhere", sort="sideways") == [near.pk, far.pk]


def test_where_no_standard_is_known_the_page_says_so(as_worker):
    assert "No level here" in as_worker.get(reverse("certification:where")).text


def test_a_level_can_be_looked_at_without_becoming_a_goal(as_worker, job):
    approved_hours(job, hours(100), agreement=an_agreement(job))
    standard = a_standard(WORK)

    page = as_worker.get(reverse("certification:level_mine", args=[standard.level.code])).text

    assert "100 h of 300 h" in page
    assert "Choose as a goal" in page
    assert "Rules of the board" in page
    assert "hx-get" not in page
    assert not Goal.objects.exists()
    assert not Progress.objects.exists()


def test_a_level_that_is_a_goal_leads_to_the_goal(as_worker, worker):
    goal = goals.choose(worker=worker, level=a_standard(WORK).level, by=worker.user)

    answer = as_worker.get(reverse("certification:level_mine", args=[goal.level.code]))

    assert answer["Location"] == reverse("certification:goal", args=[goal.pk])


def test_a_level_without_a_standard_says_that_none_is_known(as_worker):
    page = as_worker.get(reverse("certification:level_mine", args=[a_level().code])).text

    assert "Nothing to judge by" in page


@pytest.mark.parametrize("many", [1, 60])
def test_the_page_asks_the_same_few_queries_however_many_standards(as_worker, many):
    for _ in range(many):
        a_standard({"all": [WORK, COURSE]})
    address = reverse("certification:where")
    as_worker.get(address)

    with CaptureQueriesContext(connection) as captured:
        as_worker.get(address)

    assert len(captured) <= 21


# The API


def test_the_api_tells_the_same(as_worker):
    a_standard({"all": [WORK, PAPER]}, authority=an_authority(jurisdiction="US-OH"))
    a_standard({"age": {"at_least": 18}})

    told = as_worker.get(reverse("certification_api:where")).json()

    assert told["on"] == "2026-06-01"
    assert told["near_minutes"] == where.NEAR
    assert told["places"] == {"US-OH": "far", "US-MN": "far"}
    [second, first] = told["levels"]
    assert (first["standing"], first["status"], first["missing_minutes"]) == ("far", "unmet", hours(300))
    assert {one["kind"] for one in first["unmet"]} == {"experience", "exam"}
    assert second["unmet"][0]["kind"] == "age"


def test_the_api_takes_the_filters_of_the_page(as_worker):
    a_standard(PAPER, authority=an_authority(jurisdiction="US-OH"))
    a_standard({"age": {"at_least": 18}})
    address = reverse("certification_api:where")

    for asked in ({"jurisdiction": "us-oh"}, {"standing": "near"}):
        [one] = as_worker.get(address, asked).json()["levels"]
        assert one["jurisdiction"] == "US-OH"


@pytest.mark.parametrize("asked", [{"standing": "nearby"}, {"role": "king"}, {"jurisdiction": "Ohio"}])
def test_the_api_refuses_a_filter_that_names_nothing(as_worker, asked):
    answer = as_worker.get(reverse("certification_api:where"), asked)

    assert answer.status_code == 422
    assert next(iter(asked)) in answer.content.decode()
