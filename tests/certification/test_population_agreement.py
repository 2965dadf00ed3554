"""Both interpreters of the requirement language agree: `explain` for one worker, `population` for all.

Hypothesis makes up lives and requirements; the lives are stored, and every requirement is put to every life.
A few dozen examples run with all tests, thousands in the nightly profile; see CONTRIBUTING.md.
"""

import os

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from certification import records
from certification.assessment import catalogue, remaining_minutes
from certification.population import Question, population_many
from certification.requirements.explain import explain
from tests.builders.lives import World, a_world, store
from tests.strategies import DAYS_ASKED, lives, questions, several

pytestmark = [
    pytest.mark.django_db,
    # What was found is shown whole: else the warning about its length hides it.
    pytest.mark.filterwarnings("ignore:Generating overly large repr"),
]
A_FEW = 60
NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
EXAMPLES = int(os.environ.get("EXAMPLES", settings().max_examples if NIGHTLY else A_FEW))


@pytest.fixture
def world(db) -> World:
    return a_world()


def made_up(on):
    return st.tuples(
        st.just(on),
        several(lives(on), 5, least=1),
        several(questions, 10, least=1),
        st.booleans(),
    )


def asked(world: World, one) -> Question:
    authority = one["authority"]
    return Question(
        one["requirement"],
        None if authority is None else world.authorities[authority].pk,
        one["level"],
        one["jurisdiction"],
    )


def test_both_interpreters_agree_on_everything_the_database_can_hold(world):
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
    )
    @given(st.sampled_from(DAYS_ASKED).flatmap(made_up))
    def agree(example):
        on, made, put, by_name = example
        with transaction.atomic():
            check(world, on, made, [asked(world, one) for one in put], by_name=by_name)
            transaction.set_rollback(True)

    agree()


def check(world: World, on, made, put: list[Question], *, by_name: bool) -> None:
    ids = store(world, made)
    known = catalogue(on)
    answers = {
        answer.worker_id: answer
        for answer in population_many(put, on=on, workers=ids if by_name else None, catalogue=known)
    }
    facts = records.load(ids, on=on)
    assert set(answers) == set(ids)
    for worker in ids:
        for n, one in enumerate(put):
            finding = explain(
                one.requirement,
                facts[worker].record(one.authority_id),
                on,
                known,
                level=one.level,
                jurisdiction=one.jurisdiction,
            )
            ours = (finding.verdict, remaining_minutes(finding))
            theirs = (answers[worker].verdict(n), answers[worker].remaining(n))
            note(f"{one.requirement.to_data()} on {on} for {one.authority_id}: {finding.to_json()}")
            assert ours == theirs
