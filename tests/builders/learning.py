"""Courses, completions and approvals, with defaults for what a test does not care about."""

from datetime import date, timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from accounts.models import Organisation
from accounts.roles import Role
from certification.models import Authority, CourseApproval
from tests.builders.accounts import a_member, a_person, an_organisation
from tests.builders.workers import hours
from workers.models import Completion, Course

number = count(1)


def a_provider(**fields: Any) -> Organisation:
    return an_organisation(kind="training_provider", **fields)


def a_trainer(provider: Organisation, **person: Any):
    return a_member(Role.TRAINER, organisation=provider, **{"given_name": "Tess", **person})


def a_course(provider: Organisation | None = None, **fields: Any) -> Course:
    """Forty hours of peer support training, six of them on ethics."""
    return Course.objects.create(
        provider=provider or a_provider(),
        made_by=a_person("Tom", "Teacher"),
        **{
            "kind": "training",
            "title": f"Peer support {next(number)}",
            "code": "peer_support",
            "minutes": hours(40),
            "by_topic": {"ethics": hours(6)},
            **fields,
        },
    )


def an_exam(provider: Organisation | None = None, **fields: Any) -> Course:
    provider = provider or an_organisation(kind="exam_body")
    return a_course(provider, **{"kind": "exam", "code": "", "minutes": None, "by_topic": {}, **fields})


def a_completion(course: Course, email: str = "ana@example.org", **fields: Any) -> Completion:
    return Completion.objects.create(
        course=course,
        email=email,
        uploaded_by=course.made_by,
        **{"day": timezone.localdate() - timedelta(days=10), **fields},
    )


def an_approval(authority: Authority, course: Course, **fields: Any) -> CourseApproval:
    return CourseApproval.objects.create(
        authority=authority,
        course=course,
        **{"started_on": date(2020, 1, 1), "approved_by": a_person("Ada", "Admin"), **fields},
    )
