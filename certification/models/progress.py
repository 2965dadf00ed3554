"""What a worker aims at, and what stands between."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from certification.models.standards import Level, Standard
from workers.marking import marks
from workers.models import Worker

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User


class Verdict(models.TextChoices):
    MET = "met", _("met")
    UNMET = "unmet", _("not yet")
    WAITING = "waiting", _("waiting")


class ProgressBase(models.Model):
    """Findings of one worker against one requirement, as the background worker last computed them.

    `tree` is `Finding.to_json()`; `remaining_minutes` the hours still to work on the nearest way;
    `reached_on` the date at the pace of the last 90 days, None when the pace never gets there or no hours
    are missing.
    """

    on = models.DateField()
    verdict = models.CharField(max_length=10, choices=Verdict)
    can_apply = models.BooleanField(default=False)
    remaining_minutes = models.PositiveIntegerField(default=0)
    reached_on = models.DateField(null=True)
    tree = models.JSONField()
    computed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True


class GoalQuerySet(models.QuerySet["Goal"]):
    def visible_to(self, user: "User | AnonymousUser") -> "GoalQuerySet":
        """One's own: what a person aims at is nobody else's business."""
        return self.filter(worker__user=user) if user.is_authenticated else self.none()


class Goal(models.Model):
    """A level that a worker aims at."""

    worker = models.ForeignKey(Worker, on_delete=models.CASCADE, related_name="goals")
    level = models.ForeignKey(Level, on_delete=models.PROTECT, related_name="goals")
    chosen_at = models.DateTimeField(default=timezone.now)

    objects = GoalQuerySet.as_manager()

    class Meta:
        ordering = ["chosen_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["worker", "level"], name="goal_chosen_once")]
        triggers = marks()[:2]

    def __str__(self) -> str:
        return str(self.level)

    @property
    def policy_user_id(self) -> int | None:
        return self.worker.user_id


class Progress(ProgressBase):
    """How far a goal is. `outlook`: what the pace of the last 90 days promises (`certification.outlook`)."""

    outlook = models.JSONField(default=dict)
    goal = models.OneToOneField(Goal, on_delete=models.CASCADE, related_name="progress")
    standard = models.ForeignKey(Standard, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(name="progress_verdict_is_known", condition=Q(verdict__in=Verdict.values)),
        ]

    def __str__(self) -> str:
        return f"{self.goal}: {self.verdict}"
