"""Requirements put to everybody in the database, as numbers or in a larger query."""

from datetime import date

import pytest

from certification import records
from certification.assessment import catalogue, remaining_minutes
from certification.population import Question, generously, population, population_many
from certification.population.together import everybody
from certification.population.told import TELLERS
from certification.requirements.explain import explain
from certification.requirements.language import parse
from certification.requirements.leaves import LEAF_CLASSES
from tests.builders.certification import a_credential, a_standard, an_event
from tests.builders.workers import a_worker, an_agreement, an_employment, approved_hours, hours
from workers import tracking
from workers.models import Mark

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 1)
TODAYS = parse({"experience": {"hours": 40, "in": "peer_support"}})
DRAFT = parse({"experience": {"hours": 20, "in": "peer_support"}})


@pytest.fixture
def workers():
    """Three of 10, 30 and 50 approved hours."""
    made = []
    for worked in (10, 30, 50):
        job = an_employment(a_worker())
        approved_hours(job, hours(worked), agreement=an_agreement(job), until=date(2026, 5, 20))
        made.append(job.worker)
    tracking.rewrite_totals([one.pk for one in made])
    Mark.objects.all().delete()
    return made


def test_two_versions_are_compared_inside_the_database(workers):
    judged = population_many([Question(TODAYS), Question(DRAFT)], on=TODAY).judged
    with generously() as cursor:
        cursor.execute(
            f"""
            SELECT count(*) FILTER (WHERE verdict0 < 2 AND verdict1 = 2),
                count(*) FILTER (WHERE verdict0 = 2), sum(remaining0), sum(remaining1)
            FROM ({judged.text}) AS judged
            """,
            judged.params,
        )

        assert cursor.fetchone() == (1, 1, hours(30 + 10), hours(10))


@pytest.mark.parametrize(
    ("since", "counted"),
    [("2026-03-31", 50), ("2026-04-01", 50), ("2026-05-01", 50), ("2026-06-01", 0)],
)
def test_totals_know_the_month_in_which_the_work_began(workers, since, counted):
    asked = parse({"experience": {"hours": 60, "in": "peer_support", "from": since}})

    assert list(population(asked, on=TODAY, workers=[workers[2].pk])) == [
        (workers[2].pk, "unmet", hours(60 - counted))
    ]


def test_every_leaf_has_its_place_in_a_query():
    assert set(TELLERS) == set(LEAF_CLASSES.values())


def test_only_the_workers_named_are_judged(workers):
    found = list(population(TODAYS, on=TODAY, workers=[workers[1].pk]))

    assert found == [(workers[1].pk, "unmet", hours(10))]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("hands", [1, 2, 5])
def test_several_connections_judge_each_worker_once(workers, hands):
    put = [Question(TODAYS), Question(DRAFT)]
    found = {
        answer.worker_id: (answer.verdict(0), answer.verdict(1), answer.remaining(0), answer.remaining(1))
        for answer in everybody(put, on=TODAY, hands=hands)
    }

    assert found == {
        workers[0].pk: ("unmet", "unmet", hours(30), hours(10)),
        workers[1].pk: ("unmet", "met", hours(10), 0),
        workers[2].pk: ("met", "met", 0, 0),
    }
    assert len(list(everybody(put, on=TODAY, hands=hands))) == len(workers)


@pytest.mark.django_db(transaction=True)
def test_nobody_is_no_answer():
    assert list(everybody([Question(TODAYS)], on=TODAY)) == []


@pytest.mark.parametrize(
    "renewals",
    [
        [(date(2026, 5, 20), date(2026, 4, 1))],
        # Of two that were over when they began, the first ended the term.
        [(date(2026, 5, 20), date(2026, 4, 1)), (date(2026, 5, 28), date(2026, 4, 1))],
        [(date(2026, 5, 20), date(2026, 4, 1)), (date(2026, 5, 28), date(2026, 5, 25))],
    ],
)
def test_hours_before_a_renewal_that_was_over_when_it_began_count_for_the_level_held(workers, renewals):
    """Found by the agreement of both interpreters: the last term alone said that the level was never held."""
    held = a_standard({"age": {"at_least": 18}})
    credential = a_credential(workers[0], held, issued_on=date(2026, 5, 1), expires_on=date(2027, 1, 1))
    for began, ended in renewals:
        an_event(credential, "renewed", began, expires_on=ended)
    after = parse({"experience": {"hours": 9, "in": "peer_support", "after": held.level.code}})

    (found,) = population(after, on=TODAY, workers=[workers[0].pk])
    record = records.load([workers[0].pk], on=TODAY)[workers[0].pk].record()
    finding = explain(after, record, TODAY, catalogue(TODAY))

    assert finding.have == hours(2)  # the last eight of ten were worked on the day of the renewal
    assert found[1:] == (finding.verdict, remaining_minutes(finding))
