"""Courses that an authority approves, and what it thereby accepts by rule."""

from collections.abc import Iterable
from datetime import date

from django.db import connection, transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from accounts import notices, trail
from accounts.models import User
from accounts.policy import ROLES, Permission, require
from accounts.refusals import Refused, translate
from certification.models import Authority, CourseApproval
from workers import tracking
from workers.models import Course

APPROVED = gettext_noop("%(authority)s approves your course %(course)s.")
ENDED = gettext_noop("%(authority)s ends its approval of your course %(course)s.")

RULES = {
    "approval_ends_after_it_starts": ("ended_on", gettext_lazy("The last day lies before the first.")),
    "approval_once_at_a_time": (
        "started_on",
        gettext_lazy("This course is approved already on some of these days."),
    ),
}


def approve(
    *, authority: Authority, course: Course, started_on: date, by: User, ended_on: date | None = None
) -> CourseApproval:
    """Approve a course for what is completed from a day on, up to a last day or with no end."""
    require(by, Permission.COURSES_APPROVE, on=authority)
    with translate(RULES):
        approval = CourseApproval.objects.create(
            authority=authority, course=course, started_on=started_on, ended_on=ended_on, approved_by=by
        )
        _note("course.approved", approval, by=by, message=APPROVED)
    return approval


def end(approval: CourseApproval, *, ended_on: date, by: User) -> CourseApproval:
    """Say which day of completion is the last that counts. What was accepted by then stays accepted."""
    require(by, Permission.COURSES_APPROVE, on=approval)
    with translate(RULES):
        row = CourseApproval.objects.select_for_update().get(pk=approval.pk)
        if row.ended_on and row.ended_on <= ended_on:
            raise Refused(_("This ended on %(day)s.") % {"day": date_format(row.ended_on)}, field="ended_on")
        row.ended_on = ended_on
        row.save(update_fields=["ended_on"])
        _note("course.approval_ended", row, by=by, message=ENDED)
    return row


def _note(verb: str, approval: CourseApproval, *, by: User, message: str) -> None:
    trail.record(
        verb,
        subject=approval,
        by=by,
        organisation_id=approval.authority.organisation_id,
        course=approval.course_id,
        started_on=approval.started_on.isoformat(),
        ended_on=approval.ended_on.isoformat() if approval.ended_on else None,
    )
    roles = [role for role, held in ROLES.items() if Permission.COURSES_KEEP in held]
    keepers = approval.course.provider.memberships.filter(role__in=roles, ended_at=None)
    notices.tell_many(
        User.objects.filter(pk__in=keepers.values("user"), is_active=True),
        message,
        authority=approval.authority.name,
        course=approval.course.title,
    )
    transaction.on_commit(tracking.wake)


def accept(worker_ids: Iterable[int]) -> None:
    """Accept what these workers confirmed of courses approved on the day: one statement for however many.

    Named in settings.TRACKING_FOLLOWERS, before what judges. An acceptance that a reviewer revoked is not
    made again, and each names the approval that it rests on.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ACCEPT, {"workers": list(worker_ids)})


_ACCEPT = """
    INSERT INTO certification_acceptance
        (authority_id, worker_id, statement_id, approval_id, accepted_by_id, accepted_on)
    SELECT approval.authority_id, said.worker_id, said.id, approval.id, approval.approved_by_id, now()
    FROM workers_statement said
    JOIN workers_completion done ON done.statement_id = said.id
    JOIN certification_courseapproval approval ON approval.course_id = done.course_id
        AND done.day >= approval.started_on AND done.day <= coalesce(approval.ended_on, 'infinity')
    WHERE said.worker_id = ANY (%(workers)s) AND said.withdrawn_at IS NULL AND NOT EXISTS (
        SELECT FROM certification_acceptance before
        WHERE before.statement_id = said.id AND before.authority_id = approval.authority_id
    )
    ON CONFLICT DO NOTHING
"""
