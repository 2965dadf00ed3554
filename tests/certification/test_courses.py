"""What an authority accepts by rule: completions of courses that it approved on the day."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.refusals import Refused
from certification import courses, records
from certification.models import Acceptance
from certification.requirements.findings import Verdict
from certification.wording import stated
from tests.builders.certification import a_goal, a_standard, an_authority
from tests.builders.learning import a_completion, a_course, an_approval
from workers import learning, statements, tracking
from workers.models import Mark

DAY = date(2026, 3, 2)


@pytest.fixture
def scene(cast):
    standard = a_standard(requires={"training": {"hours": 40, "topic": "peer_support", "approved": True}})
    authority = standard.level.program.authority
    authority.organisation = cast.authority
    authority.save()
    cast.__dict__["standard"], cast.__dict__["board"] = standard, authority
    cast.__dict__["course"] = a_course(cast.provider)
    return cast


def completed(scene, day=DAY):
    completion = a_completion(scene.course, scene.worker.email, day=day)
    return learning.confirm(completion, worker=scene.ana, by=scene.worker)


def accepted_by_rule():
    tracking.drain_all()
    return Acceptance.objects.filter(approval__isnull=False)


def test_a_course_approved_on_the_day_is_accepted_and_says_by_what(scene):
    approval = courses.approve(
        authority=scene.board, course=scene.course, started_on=DAY, by=scene.administrator
    )

    statement = completed(scene)

    acceptance = accepted_by_rule().get()
    assert (acceptance.statement, acceptance.approval) == (statement, approval)
    assert acceptance.accepted_by == scene.administrator


def test_it_counts_toward_the_goal_at_once(scene):
    goal = a_goal(scene.ana, scene.standard)
    an_approval(scene.board, scene.course)
    completed(scene)

    tracking.drain_all()

    goal.refresh_from_db()
    assert goal.progress.verdict == Verdict.MET


@pytest.mark.parametrize("day", [DAY - timedelta(days=1), DAY + timedelta(days=11)])
def test_a_completion_outside_the_approval_waits_for_a_reviewer(scene, day):
    an_approval(scene.board, scene.course, started_on=DAY, ended_on=DAY + timedelta(days=10))

    completed(scene, day)

    assert not accepted_by_rule().exists()


def test_an_approval_that_reaches_back_accepts_what_was_confirmed_before(scene):
    completed(scene)
    tracking.drain_all()

    courses.approve(authority=scene.board, course=scene.course, started_on=DAY, by=scene.administrator)

    assert accepted_by_rule().count() == 1


def test_an_approval_that_ends_in_the_past_leaves_what_was_accepted(scene):
    approval = an_approval(scene.board, scene.course)
    completed(scene)
    tracking.drain_all()

    courses.end(approval, ended_on=DAY - timedelta(days=1), by=scene.administrator)

    assert accepted_by_rule().filter(revoked_on=None).count() == 1


def test_what_a_reviewer_revoked_is_not_accepted_again(scene):
    an_approval(scene.board, scene.course)
    completed(scene)
    tracking.drain_all()
    Acceptance.objects.update(revoked_on=timezone.now(), revoked_by=scene.reviewer)

    assert accepted_by_rule().count() == 1


def test_accepting_twice_changes_nothing(scene):
    an_approval(scene.board, scene.course)
    completed(scene)

    courses.accept([scene.ana.pk])
    courses.accept([scene.ana.pk])

    assert Acceptance.objects.count() == 1


def test_another_authority_accepts_nothing_by_it(scene):
    other = an_authority()
    an_approval(scene.board, scene.course)
    completed(scene)
    tracking.drain_all()

    facts = records.load([scene.ana.pk], on=timezone.now().date())[scene.ana.pk]

    assert [row.accepted for row in facts.record(scene.board.pk).training] == [True]
    assert [row.accepted for row in facts.record(other.pk).training] == [False]


def test_what_the_worker_took_out_is_not_accepted(scene):
    statement = completed(scene)
    statements.withdraw(statement, by=scene.worker)
    an_approval(scene.board, scene.course)

    assert not accepted_by_rule().exists()


def test_the_accepting_settles(scene):
    """Acceptances mark their worker: the next run must find nothing more to do."""
    an_approval(scene.board, scene.course)
    completed(scene)

    tracking.drain_all()

    assert not Mark.objects.exists()


def test_a_reviewer_does_not_approve_courses(scene):
    with pytest.raises(PermissionDenied):
        courses.approve(authority=scene.board, course=scene.course, started_on=DAY, by=scene.reviewer)


def test_a_course_is_approved_once_at_a_time(scene):
    an_approval(scene.board, scene.course)

    with pytest.raises(Refused) as refusal:
        courses.approve(authority=scene.board, course=scene.course, started_on=DAY, by=scene.administrator)

    assert refusal.value.field == "started_on"


def test_a_reviewer_reads_who_verified_a_course(scene):
    statement = completed(scene)

    assert "verified by Lakes Training" in stated(statement, with_source=True)
