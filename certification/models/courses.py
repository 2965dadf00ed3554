"""Which courses an authority approves, from when until when."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from certification.models.standards import Authority
from workers.marking import marks
from workers.models import Course


class CourseApprovalQuerySet(models.QuerySet["CourseApproval"]):
    def on(self, day: object) -> "CourseApprovalQuerySet":
        return self.filter(Q(ended_on=None) | Q(ended_on__gte=day), started_on__lte=day)


class CourseApproval(models.Model):
    """An authority approves a course for completions of these days.

    What was completed then, and confirmed by the worker, is accepted by rule; an end in the past leaves what
    was accepted.
    """

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="course_approvals")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="approvals")
    started_on = models.DateField(_("from"))
    ended_on = models.DateField(_("until"), null=True, blank=True)
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    approved_on = models.DateTimeField(default=timezone.now)

    objects = CourseApprovalQuerySet.as_manager()

    class Meta:
        ordering = ["-started_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="approval_ends_after_it_starts",
                condition=Q(ended_on=None) | Q(ended_on__gte=F("started_on")),
            ),
            ExclusionConstraint(
                name="approval_once_at_a_time",
                expressions=[
                    ("authority", RangeOperators.EQUAL),
                    ("course", RangeOperators.EQUAL),
                    (
                        Func(F("started_on"), F("ended_on"), Value("[]"), function="daterange"),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]
        # Whoever completed the course is to be judged anew.
        triggers = marks(
            "SELECT s.worker_id FROM {table} a JOIN workers_completion c ON c.course_id = a.course_id"
            " JOIN workers_statement s ON s.id = c.statement_id"
        )

    def __str__(self) -> str:
        return f"{self.authority}: {self.course}"

    @property
    def policy_organisation_id(self) -> int | None:
        return self.authority.organisation_id
