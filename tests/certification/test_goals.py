"""Goals: chosen, dropped, and their pages, which stay fresh by themselves."""

from datetime import date
from unittest import mock

import pytest
import time_machine
import yaml
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import trail
from accounts.refusals import Refused
from certification import goals, panels, progress
from certification.models import Goal, Progress
from certification.requirements.record_files import parse_record
from tests.builders.accounts import an_organisation
from tests.builders.certification import a_credential, a_goal, a_level, a_standard, an_authority
from tests.builders.workers import (
    a_statement,
    a_worker,
    an_agreement,
    an_employment,
    approved_hours,
    hours,
    submitted_hours,
)
from workers import tracking
from workers.models import HourEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("june")]


@pytest.fixture
def june():
    with time_machine.travel("2026-06-01T12:00Z", tick=False):
        yield


@pytest.fixture
def job():
    return an_employment(a_worker(born_on=date(1990, 5, 1)))


@pytest.fixture
def worker(job):
    return job.worker


@pytest.fixture
def as_worker(client, worker):
    client.force_login(worker.user)
    return client


# Actions


def test_choosing_a_level_judges_it_at_once(worker):
    standard = a_standard()

    goal = goals.choose(worker=worker, level=standard.level, by=worker.user)

    assert goal.progress.verdict == "unmet"
    assert [event.verb for event in trail.of(goal)] == ["goal.chosen"]


def test_choosing_twice_is_choosing_once(worker):
    level = a_standard().level

    one = goals.choose(worker=worker, level=level, by=worker.user)
    two = goals.choose(worker=worker, level=level, by=worker.user)

    assert one == two
    assert trail.of(one).count() == 1


def test_a_level_whose_requirements_nobody_knows_can_be_a_goal(worker):
    goal = goals.choose(worker=worker, level=a_level(), by=worker.user)

    assert not Progress.objects.filter(goal=goal).exists()


def test_a_level_that_left_the_catalogue_cannot_be_chosen(worker):
    with pytest.raises(Refused, match="no longer offered"):
        goals.choose(worker=worker, level=a_level(withdrawn_at="2026-01-01T12:00Z"), by=worker.user)


def test_nobody_chooses_for_somebody_else(worker):
    with pytest.raises(PermissionDenied):
        goals.choose(worker=worker, level=a_level(), by=a_worker().user)


def test_a_dropped_goal_is_gone_and_the_trail_says_so(worker):
    goal = goals.choose(worker=worker, level=a_standard().level, by=worker.user)
    subject = Goal(pk=goal.pk)

    goals.drop(goal=goal, by=worker.user)

    assert not Goal.objects.exists()
    assert [event.verb for event in trail.of(subject)] == ["goal.chosen", "goal.dropped"]


def test_nothing_is_chosen_where_the_trail_cannot_be_written(worker):
    with mock.patch("accounts.trail.record", side_effect=RuntimeError), pytest.raises(RuntimeError):
        goals.choose(worker=worker, level=a_standard().level, by=worker.user)

    assert not Goal.objects.exists()


# Pages


def test_choosing_on_the_page_leads_to_the_goal(as_worker, worker):
    level = a_standard().level

    answer = as_worker.post(reverse("certification:choose_goal"), {"level": level.code}, follow=True)

    assert answer.redirect_chain[-1][0] == reverse("certification:goal", args=[worker.goals.get().pk])
    assert "4,000 hours of supervised" in answer.text


def test_dropping_on_the_page_leads_back_to_the_goals(as_worker, worker):
    goal = goals.choose(worker=worker, level=a_standard().level, by=worker.user)

    answer = as_worker.post(reverse("certification:drop_goal", args=[goal.pk]), follow=True)

    assert "No goals yet" in answer.text


def test_a_goal_page_tells_what_is_there_what_is_missing_and_when(as_worker, job):
    approved_hours(job, hours(360), agreement=an_agreement(job))
    submitted_hours(job, hours(10), until=date(2026, 4, 10))
    standard = a_standard(partial=True, unclear=["Whether volunteer hours count is not said."])
    goal = goals.choose(worker=job.worker, level=standard.level, by=job.worker.user)

    page = as_worker.get(reverse("certification:goal", args=[goal.pk])).text

    assert "360 h of 4,000 h" in page
    assert "3,640 h to go" in page
    assert "10 h" in page
    assert "At your pace of the last 90 days you get there on" in page
    assert "What is still missing" in page
    assert standard.code in page
    assert "Seen only in part" in page
    assert "Whether volunteer hours count is not said." in page
    assert "Rules of the board" in page


def test_the_nearest_way_is_marked(as_worker, worker):
    requires = {
        "any": [
            {"experience": {"hours": 4000, "in": "peer_support"}},
            {"qualification": {"code": "mn-practitioner", "summary": "Is a practitioner"}},
        ]
    }
    goal = goals.choose(worker=worker, level=a_standard(requires).level, by=worker.user)

    page = as_worker.get(reverse("certification:goal", args=[goal.pk])).text

    assert page.count("Your nearest way") == 1


def test_hours_about_to_leave_a_window_are_announced(as_worker, job):
    requires = {"experience": {"hours": 8, "in": "peer_support", "within_months": 12}}
    approved_hours(job, hours(8), agreement=an_agreement(job), until=date(2025, 6, 10))
    goal = goals.choose(worker=job.worker, level=a_standard(requires).level, by=job.worker.user)

    page = as_worker.get(reverse("certification:goal", args=[goal.pk])).text

    assert "Hours will soon stop counting" in page
    assert "would not meet it then" in page
    assert "8 h will soon stop counting" in as_worker.get(reverse("certification:goals")).text


@pytest.mark.parametrize("works_here", [True, False])
def test_the_way_to_apply_opens_when_only_evidence_is_missing(as_worker, worker, works_here):
    authority = an_authority(an_organisation(kind="authority") if works_here else None)
    standard = a_standard({"training": {"hours": 40, "topic": "peer_support"}}, authority=authority)
    goal = goals.choose(worker=worker, level=standard.level, by=worker.user)

    page = as_worker.get(reverse("certification:goal", args=[goal.pk])).text

    assert ("You can apply" in page) == works_here
    assert ("This authority does not take applications here" in page) != works_here


def test_who_holds_the_level_is_not_asked_to_apply(as_worker, worker):
    standard = a_standard(
        {"training": {"hours": 40, "topic": "peer_support"}},
        authority=an_authority(an_organisation(kind="authority")),
    )
    a_credential(worker, standard, expires_on=date(2027, 1, 1))
    goal = goals.choose(worker=worker, level=standard.level, by=worker.user)

    page = as_worker.get(reverse("certification:goal", args=[goal.pk])).text

    assert "You hold this credential" in page
    assert "You can apply" not in page


def test_an_open_page_learns_of_an_approval_and_otherwise_stays_as_it_is(as_worker, job):
    agreement = an_agreement(job)
    [entry] = submitted_hours(job, hours(8))
    goal = goals.choose(worker=job.worker, level=a_standard().level, by=job.worker.user)
    tracking.drain_all()
    address = reverse("certification:goal_findings", args=[goal.pk])

    def seen():
        fresh = progress.freshness(Goal.objects.filter(pk=goal.pk))
        return {"seen": fresh.version}

    before = seen()
    assert as_worker.get(address, before).status_code == 204

    HourEntry.objects.filter(pk=entry.pk).update(
        status="approved", decided_by=agreement.supervisor, decided_on="2026-06-01T12:00Z",
        supervised=True, agreement=agreement,
    )  # fmt: skip
    assert "being worked in" in as_worker.get(address, before).text

    with time_machine.travel("2026-06-01T12:00:01Z", tick=False):
        tracking.drain_all()
    assert "8 h of 4,000 h" in as_worker.get(address, before).text
    assert as_worker.get(address, seen()).status_code == 204


def test_an_open_page_asks_often_while_something_may_be_approved(as_worker, job):
    goal = goals.choose(worker=job.worker, level=a_standard().level, by=job.worker.user)
    tracking.drain_all()
    address = reverse("certification:goal", args=[goal.pk])
    assert "every 15000ms" in as_worker.get(address).text

    submitted_hours(job, hours(8))
    tracking.drain_all()

    assert "every 500ms" in as_worker.get(address).text


def test_other_peoples_goals_do_not_exist(client, worker):
    goal = a_goal(worker)
    client.force_login(a_worker().user)

    for name in ("goal", "goal_findings"):
        assert client.get(reverse(f"certification:{name}", args=[goal.pk])).status_code == 404
    assert client.post(reverse("certification:drop_goal", args=[goal.pk])).status_code == 404


def test_people_without_a_record_have_no_goals(client, worker):
    client.force_login(an_agreement(an_employment(worker, title="Other")).supervisor)

    assert client.get(reverse("certification:goals")).status_code == 404


@pytest.mark.parametrize("entries", [1, 400])
def test_a_goal_page_costs_the_same_however_many_entries(as_worker, job, entries):
    approved_hours(job, entries, agreement=an_agreement(job), a_day=1)
    requires = {
        "all": [
            {"credential": {"any_of": ["mn-cps-1"]}},
            {"experience": {"hours": 4000, "in": "peer_support"}},
            {"training": {"hours": 40, "topic": "peer_support"}},
        ]
    }
    goal = goals.choose(worker=job.worker, level=a_standard(requires).level, by=job.worker.user)

    with CaptureQueriesContext(connection) as captured:
        as_worker.get(reverse("certification:goal", args=[goal.pk]))

    assert len(captured) <= 12


def test_the_list_of_goals_and_the_panel_cost_the_same_however_many_goals(as_worker, worker):
    counts = []
    for _ in range(3):
        goals.choose(worker=worker, level=a_standard().level, by=worker.user)
        with CaptureQueriesContext(connection) as page:
            as_worker.get(reverse("certification:goals"))
        with CaptureQueriesContext(connection) as panel:
            list(panels.panel(worker)["context"]["goals"])
        counts.append((len(page), len(panel)))

    assert len(set(counts)) == 1
    assert counts[0][0] <= 10
    assert counts[0][1] == 2


def test_asking_for_news_is_cheap(as_worker, worker):
    goal = goals.choose(worker=worker, level=a_standard().level, by=worker.user)
    seen = progress.freshness(Goal.objects.filter(pk=goal.pk)).version

    with CaptureQueriesContext(connection) as captured:
        answer = as_worker.get(reverse("certification:goal_findings", args=[goal.pk]), {"seen": seen})

    assert answer.status_code == 204
    assert len(captured) <= 3


# The record as a file


@pytest.mark.parametrize("form", ["json", "yaml"])
def test_a_worker_takes_their_record_with_them(as_worker, job, form):
    approved_hours(job, hours(8), agreement=an_agreement(job), until=date(2026, 5, 4))
    a_statement(job.worker, "attestation", code="code_of_ethics")

    answer = as_worker.get(reverse("certification:export_record", args=[form]))

    assert "attachment" in answer["Content-Disposition"]
    told = yaml.safe_load(answer.content)  # JSON is YAML
    record = parse_record(told["worker"])
    assert record.born == date(1990, 5, 1)
    assert [(row.minutes, row.supervised, row.start) for row in record.experience] == [
        (hours(8), True, date(2026, 5, 4))
    ]
    assert [fact.value for fact in record.attestations] == ["code_of_ethics"]
