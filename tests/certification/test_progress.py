"""Goals judged in bulk, again whenever a fact, a rule or the day changes."""

from datetime import date

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from certification import progress, tasks
from certification.models import Goal, Progress
from certification.requirements.findings import Finding
from tests.builders.certification import a_credential, a_goal, a_standard, accept, an_authority
from tests.builders.workers import a_statement, a_worker, an_agreement, an_employment, approved_hours, hours
from workers import tracking
from workers.models import HourEntry, Mark

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("june")]


@pytest.fixture
def june():
    with time_machine.travel("2026-06-01T12:00Z", tick=False):
        yield


@pytest.fixture
def job():
    return an_employment(a_worker(born_on=date(1990, 5, 1)))


def of(goal) -> Progress:
    progress.refresh([goal.worker_id])
    return Progress.objects.get(goal=goal)


def test_a_goal_tells_what_is_still_missing(job):
    approved_hours(job, hours(1200) + 30, agreement=an_agreement(job))
    goal = a_goal(job.worker, a_standard())

    found = of(goal)

    assert (found.verdict, found.can_apply) == ("unmet", False)
    assert found.remaining_minutes == hours(4000) - hours(1200) - 30
    assert found.on == date(2026, 6, 1)
    assert Finding.from_json(found.tree).have == hours(1200) + 30


def test_the_last_minute_decides(job):
    goal = a_goal(job.worker, a_standard({"experience": {"hours": 100, "in": "peer_support"}}))
    agreement = an_agreement(job)
    approved_hours(job, hours(100) - 1, agreement=agreement)
    assert (of(goal).verdict, of(goal).remaining_minutes) == ("unmet", 1)

    approved_hours(job, 1, agreement=agreement, until=date(2026, 1, 4))

    assert (of(goal).verdict, of(goal).remaining_minutes) == ("met", 0)


def test_a_worker_may_apply_when_only_a_persons_judgement_is_missing(job):
    approved_hours(job, hours(100), agreement=an_agreement(job))
    requires = {
        "all": [
            {"experience": {"hours": 100, "in": "peer_support"}},
            {"training": {"hours": 40, "topic": "peer_support"}},
        ]
    }
    authority = an_authority()
    goal = a_goal(job.worker, a_standard(requires, authority=authority))
    assert (of(goal).verdict, of(goal).can_apply) == ("unmet", True)

    stated = a_statement(job.worker, "training", minutes=hours(40))
    assert (of(goal).verdict, of(goal).can_apply) == ("waiting", True)

    accept(stated, authority)
    assert (of(goal).verdict, of(goal).can_apply) == ("met", True)


def test_only_the_goals_own_authority_accepts_for_it(job):
    requires = {"training": {"hours": 40, "topic": "peer_support"}}
    accept(a_statement(job.worker, "training", minutes=hours(40)), an_authority())

    assert of(a_goal(job.worker, a_standard(requires))).verdict == "waiting"


def test_a_level_whose_requirements_no_source_tells_has_no_progress(job):
    goal = a_goal(job.worker, a_standard())
    of(goal)
    standard = goal.level.standards.get()
    standard.withdrawn_at = "2026-05-01T12:00Z"
    standard.save()

    progress.refresh([job.worker.pk])

    assert not Progress.objects.filter(goal=goal).exists()


def test_the_version_in_force_today_is_the_one_that_judges(job):
    old = a_standard({"age": {"at_least": 90}}, until=date(2026, 6, 2))
    a_standard({"age": {"at_least": 18}}, level=old.level, since=date(2026, 6, 2))
    goal = a_goal(job.worker, old)
    assert of(goal).verdict == "unmet"

    with time_machine.travel("2026-06-02T12:00Z", tick=False):
        assert of(goal).verdict == "met"


def test_refreshing_twice_changes_nothing(job):
    goal = a_goal(job.worker, a_standard())

    one, two = of(goal), of(goal)

    assert one.pk == two.pk
    assert one.tree == two.tree


@pytest.mark.parametrize("workers", [1, 50])
def test_refreshing_costs_the_same_however_many_workers(workers):
    standard = a_standard()
    ids = []
    for _ in range(workers):
        job = an_employment(a_worker())
        approved_hours(job, hours(16), agreement=an_agreement(job))
        a_goal(job.worker, standard)
        a_credential(job.worker, standard)
        ids.append(job.worker.pk)
    progress.refresh(ids[:1])  # reads the catalogue once

    with CaptureQueriesContext(connection) as captured:
        progress.refresh(ids)

    assert Progress.objects.count() == workers
    assert len(captured) == 11


def test_time_alone_brings_a_goal_up_to_date(job):
    requires = {"experience": {"hours": 8, "in": "peer_support", "within_months": 1}}
    approved_hours(job, hours(8), agreement=an_agreement(job), until=date(2026, 5, 20))
    goal = a_goal(job.worker, a_standard(requires))
    tracking.drain_all()
    assert Progress.objects.get(goal=goal).verdict == "met"
    assert tasks.daily() == 0

    with time_machine.travel("2026-06-21T12:00Z", tick=False):
        assert tasks.daily() == 1
        tracking.drain_all()

        assert Progress.objects.get(goal=goal).verdict == "unmet"
        assert tasks.daily() == 0


def test_a_standard_that_comes_into_force_is_noticed(job):
    standard = a_standard(since=date(2026, 6, 10))
    goal = a_goal(job.worker, standard)
    tracking.drain_all()
    assert not Progress.objects.filter(goal=goal).exists()

    with time_machine.travel("2026-06-10T12:00Z", tick=False):
        assert tasks.daily() == 1


def test_plain_sql_that_changes_a_fact_is_followed(job):
    approved_hours(job, hours(8), agreement=an_agreement(job))
    goal = a_goal(job.worker, a_standard({"experience": {"hours": 8, "in": "peer_support"}}))
    tracking.drain_all()
    assert not progress.freshness(Goal.objects.filter(worker=job.worker)).updating

    with connection.cursor() as cursor:
        cursor.execute("UPDATE workers_worker SET born_on = '2020-01-01' WHERE id = %s", [job.worker.pk])

    assert progress.freshness(Goal.objects.filter(worker=job.worker)).updating
    tracking.drain_all()
    assert not Mark.objects.exists()
    assert Progress.objects.get(goal=goal).verdict == "met"
    assert HourEntry.objects.filter(worker=job.worker).exists()
