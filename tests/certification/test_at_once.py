"""Two people, or one who presses twice, in the same second: each thing happens once."""

import threading
from collections import Counter

import pytest
from django.db import connection

from accounts import trail
from accounts.refusals import Refused
from accounts.roles import Role
from certification import applications, issuing, record_imports, review
from certification.models import Application, Credential
from certification.requirements.record_files import parse_record
from tests.builders.applications import a_draft, accept_all, an_open_standard, in_review, staff
from tests.builders.workers import a_worker
from workers.models import Statement

pytestmark = pytest.mark.django_db(transaction=True)
Status = Application.Status


def test_two_who_approve_in_the_same_second_issue_one_credential():
    application, reviewer = in_review()
    accept_all(application, reviewer)
    people = [reviewer, staff(application.authority, given_name="Twin")]
    answers = at_once(lambda by: review.approve(application=application, by=by), people)

    assert Credential.objects.count() == 1
    assert sorted(type(answer).__name__ for answer in answers) == ["Credential", "Refused"]
    assert trail.of(application).filter(verb="application.approved").count() == 1


def test_two_presses_of_the_button_hand_in_once():
    draft = a_draft()
    answers = at_once(lambda by: applications.submit(application=draft, by=by), [draft.worker.user] * 2)

    assert [answer.status for answer in answers] == [Status.SUBMITTED] * 2
    assert trail.of(draft).filter(verb="application.submitted").count() == 1


def test_two_presses_of_the_button_start_one_application():
    worker, standard = a_worker(), an_open_standard()
    answers = at_once(
        lambda by: applications.start(worker=worker, level=standard.level, by=by), [worker.user] * 2
    )

    assert sorted(type(answer).__name__ for answer in answers) == ["Application", "Refused"]
    assert Application.objects.count() == 1


def test_numbers_issued_at_the_same_time_differ():
    standard = an_open_standard()
    administrator = staff(standard.level.program.authority, Role.ADMINISTRATOR)
    workers = [a_worker(family_name=f"Person {n}") for n in range(4)]
    made = at_once(
        lambda worker: issuing.issue(
            worker=worker, level=standard.level, standard=standard, by=administrator
        ),
        workers,
    )

    assert len({credential.number for credential in made}) == 4


@pytest.mark.parametrize("second", [{}, {"attestations": ["code_of_ethics", "code_of_conduct"]}])
def test_files_brought_in_at_the_same_time_state_each_fact_once(second):
    worker = a_worker()
    first = {"attestations": ["code_of_ethics"], "fees_paid": [50]}
    given = [parse_record(first), parse_record(second or first)]
    answers = at_once(
        lambda record: record_imports.store(worker=worker, record=record, by=worker.user), given
    )

    stated = Counter(Statement.objects.filter(worker=worker).values_list("kind", "code"))
    assert set(stated.values()) == {1}
    assert sorted(is_new for _, is_new in answers) == [bool(second), True]


def at_once(do, given):
    """What each call answered or raised, all made at the same moment on connections of their own."""
    barrier, answers = threading.Barrier(len(given)), [None] * len(given)

    def run(place, one):
        try:
            barrier.wait(timeout=10)
            answers[place] = do(one)
        except Refused as refusal:
            answers[place] = refusal
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(given)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return answers
