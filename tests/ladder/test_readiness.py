"""Readiness follows the record: what is stored is what `explain` says today."""

from datetime import timedelta

import pytest
from django.utils import timezone

from certification import records
from certification.assessment import catalogue
from certification.requirements.explain import explain
from certification.requirements.findings import Finding
from ladder import goals, readiness
from ladder.models import Readiness, RungGoal
from tests.builders.accounts import a_person, an_organisation
from tests.builders.certification import a_credential, a_level, a_standard, accept, an_authority
from tests.builders.ladder import a_placement, a_rung, a_rung_goal, a_step, two_rungs
from tests.builders.workers import (
    a_statement,
    a_worker,
    an_agreement,
    an_employment,
    approved_hours,
    hours,
)
from workers import tracking
from workers.models import Mark

pytestmark = pytest.mark.django_db

FIFTY_HOURS = {"experience": {"hours": 50, "in": "peer_support"}}


@pytest.fixture
def employer():
    return an_organisation()


def placed(employer, requires=FIFTY_HOURS, *, worked: int = 0):
    """A worker on the lower of two rungs, with so many approved minutes."""
    job = an_employment(employer=employer)
    below, above = two_rungs(employer, requires)
    a_placement(job.worker, below)
    if worked:
        approved_hours(job, worked, agreement=an_agreement(job))
    return job.worker, above


def test_a_step_up_is_judged_from_the_ledger(employer):
    worker, above = placed(employer, worked=hours(30))

    readiness.refresh([worker.pk])

    stored = Readiness.objects.get(worker=worker)
    assert (stored.rung, stored.verdict, stored.remaining_minutes) == (above, "unmet", hours(20))


def test_a_minute_short_is_not_ready(employer):
    worker, _above = placed(employer, worked=hours(50) - 1)
    readiness.refresh([worker.pk])

    assert Readiness.objects.get(worker=worker).verdict == "unmet"


def test_what_is_stored_is_what_explain_says(employer):
    requires = {
        "all": [
            FIFTY_HOURS,
            {
                "any": [
                    {"credential": {"any_of": ["mn-cps-2"]}},
                    {"training": {"hours": 40, "topic": "peer_support"}},
                ]
            },
        ]
    }
    worker, above = placed(employer, requires, worked=hours(60))
    a_statement(worker, "training")
    today = timezone.localdate()

    readiness.refresh([worker.pk])

    facts = records.load([worker.pk], on=today)[worker.pk]
    expected = explain(above.requirement, facts.record(), today, catalogue(today))
    stored = Readiness.objects.get(worker=worker)
    assert Finding.from_json(stored.tree) == expected
    assert stored.verdict == expected.verdict == "waiting"


def test_any_authoritys_acceptance_counts_for_a_rung(employer):
    worker, _above = placed(employer, {"training": {"hours": 40, "topic": "peer_support"}})
    accept(a_statement(worker, "training"), an_authority())

    readiness.refresh([worker.pk])

    assert Readiness.objects.get(worker=worker).verdict == "met"


def test_a_credential_makes_a_worker_ready(employer):
    level = a_level(code="mn-cps-2", role="advanced")
    worker, _above = placed(employer, {"credential": {"any_of": ["mn-cps-2"]}})
    tracking.drain_all()
    assert Readiness.objects.get(worker=worker).verdict == "unmet"

    today = timezone.localdate()
    a_credential(worker, a_standard(level=level), issued_on=today, expires_on=today + timedelta(days=700))
    tracking.drain_all()

    assert Readiness.objects.get(worker=worker).verdict == "met"


def test_a_rung_that_asks_nothing_is_met(employer):
    worker, _above = placed(employer, None)

    readiness.refresh([worker.pk])

    assert Readiness.objects.get(worker=worker).verdict == "met"


def test_a_goal_is_judged_wherever_it_stands(employer):
    worker, above = placed(employer)
    far = a_rung(above.track.ladder, FIFTY_HOURS)
    a_step(above, far)

    goals.choose(worker=worker, rung=far, by=worker.user)
    readiness.refresh([worker.pk])

    assert set(Readiness.objects.values_list("rung", flat=True)) == {above.pk, far.pk}


def test_what_is_no_longer_within_reach_is_forgotten(employer):
    worker, above = placed(employer)
    goal = a_rung_goal(worker, a_rung(above.track.ladder, FIFTY_HOURS))
    tracking.drain_all()
    assert Readiness.objects.count() == 2

    goals.drop(goal, by=worker.user)
    worker.placements.update(ended_on=timezone.localdate() - timedelta(days=1))
    tracking.drain_all()

    assert not Readiness.objects.exists()


def test_a_goal_is_chosen_once_and_on_a_published_ladder(employer):
    worker, above = placed(employer)
    goals.choose(worker=worker, rung=above, by=worker.user)

    with pytest.raises(Exception, match="already aim"):
        goals.choose(worker=worker, rung=above, by=worker.user)
    assert RungGoal.objects.count() == 1


def test_one_worker_costs_as_many_queries_as_many(employer, django_assert_num_queries):
    crowd = [placed(employer, worked=hours(10))[0] for _ in range(12)]
    readiness.refresh([crowd[0].pk])  # what is kept of the catalogue is read once

    with django_assert_num_queries(13):
        readiness.refresh([crowd[0].pk])
    with django_assert_num_queries(13):
        readiness.refresh([worker.pk for worker in crowd])


def test_doing_it_twice_changes_nothing(employer):
    worker, _above = placed(employer, worked=hours(10))
    readiness.refresh([worker.pk])
    first = Readiness.objects.values("pk", "verdict", "tree", "remaining_minutes").get()

    readiness.refresh([worker.pk])

    assert Readiness.objects.values("pk", "verdict", "tree", "remaining_minutes").get() == first


def test_the_day_marks_whom_time_alone_may_have_moved(employer):
    worker, _above = placed(employer)
    tracking.drain_all()
    assert readiness.mark_for_today() == 0

    Readiness.objects.update(on=timezone.localdate() - timedelta(days=1))

    assert readiness.mark_for_today() == 1
    assert Mark.objects.get().worker == worker


def test_a_worker_without_a_rung_has_no_readiness():
    readiness.refresh([a_worker(user=a_person()).pk])

    assert not Readiness.objects.exists()
