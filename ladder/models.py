"""Employers' ladders: tracks across, rungs up, steps between them, and who stands where."""

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q, Value
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from accounts.policy import Permission, organisations_where
from certification.models import ProgressBase
from certification.requirements.language import Requirement, parse
from workers.marking import marks
from workers.models import Employment, Worker

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class LadderQuerySet(models.QuerySet["Ladder"]):
    def visible_to(self, user: "User | AnonymousUser") -> "LadderQuerySet":
        """The ladders of one's organisation; the published ones of employers one works for."""
        if not user.is_authenticated:
            return self.none()
        employers = organisations_where(user, Permission.LADDER_VIEW)
        worked_for = Employment.objects.filter(worker__user=user).values("employer")
        return self.filter(Q(employer__in=employers) | Q(published_at__isnull=False, employer__in=worked_for))


class Ladder(models.Model):
    """An employer's ladder."""

    employer = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="ladders")
    title = models.CharField(_("title"), max_length=120)
    summary = models.TextField(_("summary"), blank=True)
    template = models.CharField(max_length=60, blank=True)
    published_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = LadderQuerySet.as_manager()

    class Meta:
        ordering = ["title"]
        constraints = [
            models.UniqueConstraint(fields=["employer", "title"], name="ladder_title_once_an_employer"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def policy_organisation_id(self) -> int:
        return self.employer_id


class Track(models.Model):
    class Kind(models.TextChoices):
        PRACTICE = "practice", _("senior practice")
        MANAGEMENT = "management", _("management")
        LATERAL = "lateral", _("lateral")
        CLINICAL = "clinical", _("clinical")
        OTHER = "other", _("other")

    ladder = models.ForeignKey(Ladder, on_delete=models.CASCADE, related_name="tracks")
    title = models.CharField(_("title"), max_length=120)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["ladder", "position"], name="track_position_once"),
        ]

    def __str__(self) -> str:
        return self.title


class RungQuerySet(models.QuerySet["Rung"]):
    def visible_to(self, user: "User | AnonymousUser") -> "RungQuerySet":
        return self.filter(track__ladder__in=Ladder.objects.visible_to(user))


class Rung(models.Model):
    """A post on the ladder. What it asks is written in the one requirement language."""

    class WageUnit(models.TextChoices):
        HOUR = "hour", _("an hour")
        YEAR = "year", _("a year")

    track = models.ForeignKey(Track, on_delete=models.CASCADE, related_name="rungs")
    code = models.SlugField(max_length=60)
    title = models.CharField(_("title"), max_length=120)
    purpose = models.TextField(_("purpose"), blank=True)
    duties = models.JSONField(default=list)
    height = models.PositiveSmallIntegerField(_("how far up"))
    requires = models.JSONField(null=True)
    wage_unit = models.CharField(max_length=5, choices=WageUnit.choices, default=WageUnit.HOUR)
    wage_low = models.DecimalField(max_digits=9, decimal_places=2, null=True)
    wage_high = models.DecimalField(max_digits=9, decimal_places=2, null=True)
    wage_note = models.CharField(_("where these figures are from"), max_length=200, blank=True)

    objects = RungQuerySet.as_manager()

    class Meta:
        ordering = ["height", "track__position"]
        constraints = [
            models.UniqueConstraint(fields=["track", "height"], name="rung_height_once_a_track"),
            models.UniqueConstraint(fields=["track", "code"], name="rung_code_once_a_track"),
            models.CheckConstraint(
                name="rung_wage_band_is_a_band",
                condition=Q(wage_low=None, wage_high=None) | Q(wage_low__gt=0, wage_low__lte=F("wage_high")),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @cached_property
    def requirement(self) -> Requirement | None:
        return parse(self.requires, path="requires") if self.requires else None


class Step(models.Model):
    """A way from one rung to another, within a track or across."""

    below = models.ForeignKey(Rung, on_delete=models.CASCADE, related_name="steps_up")
    above = models.ForeignKey(Rung, on_delete=models.CASCADE, related_name="steps_down")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["below", "above"], name="step_once"),
            models.CheckConstraint(name="step_leads_elsewhere", condition=~Q(below=F("above"))),
        ]

    def __str__(self) -> str:
        return f"{self.below} → {self.above}"


class PlacementQuerySet(models.QuerySet["Placement"]):
    def of_person(self, user: "User | AnonymousUser") -> "PlacementQuerySet":
        return self.filter(worker__user=user) if user.is_authenticated else self.none()

    def visible_to(self, user: "User | AnonymousUser") -> "PlacementQuerySet":
        """One's own, and those at employers whose readiness one may see."""
        if not user.is_authenticated:
            return self.none()
        employers = organisations_where(user, Permission.READINESS_VIEW)
        return self.filter(Q(worker__user=user) | Q(employer__in=employers))

    def on(self, day: date) -> "PlacementQuerySet":
        """Those in force that day."""
        return self.filter(started_on__lte=day).exclude(ended_on__lt=day)


class Placement(models.Model):
    """A worker stands on a rung, from a day to a day."""

    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="placements")
    employer = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="placements")
    rung = models.ForeignKey(Rung, on_delete=models.PROTECT, related_name="placements")
    started_on = models.DateField(_("since"))
    ended_on = models.DateField(_("until"), null=True, blank=True)
    wage = models.DecimalField(_("pay"), max_digits=9, decimal_places=2, null=True, blank=True)
    placed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    placed_on = models.DateTimeField(default=timezone.now)

    objects = PlacementQuerySet.as_manager()

    class Meta:
        ordering = ["-started_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="placement_ends_after_it_starts",
                condition=Q(ended_on=None) | Q(ended_on__gte=F("started_on")),
            ),
            ExclusionConstraint(
                name="placement_one_rung_at_a_time",
                expressions=[
                    ("worker", RangeOperators.EQUAL),
                    ("employer", RangeOperators.EQUAL),
                    (
                        Func(F("started_on"), F("ended_on"), Value("[]"), function="daterange"),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]
        triggers = marks()

    def __str__(self) -> str:
        return f"{self.worker}: {self.rung}"

    @property
    def policy_organisation_id(self) -> int:
        return self.employer_id

    @property
    def policy_user_id(self) -> int | None:
        return self.worker.user_id


class RungGoalQuerySet(models.QuerySet["RungGoal"]):
    def of_person(self, user: "User | AnonymousUser") -> "RungGoalQuerySet":
        return self.filter(worker__user=user) if user.is_authenticated else self.none()


class RungGoal(models.Model):
    """A rung that a worker aims at."""

    worker = models.ForeignKey(Worker, on_delete=models.CASCADE, related_name="rung_goals")
    rung = models.ForeignKey(Rung, on_delete=models.CASCADE, related_name="goals")
    chosen_at = models.DateTimeField(default=timezone.now)

    objects = RungGoalQuerySet.as_manager()

    class Meta:
        ordering = ["chosen_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["worker", "rung"], name="rung_goal_chosen_once")]
        triggers = marks()

    def __str__(self) -> str:
        return str(self.rung)

    @property
    def policy_user_id(self) -> int | None:
        return self.worker.user_id


class ReadinessQuerySet(models.QuerySet["Readiness"]):
    def of_person(self, user: "User | AnonymousUser") -> "ReadinessQuerySet":
        return self.filter(worker__user=user) if user.is_authenticated else self.none()

    def of_people_of(self, user: "User | AnonymousUser", *, on: date) -> "ReadinessQuerySet":
        """Of the people who work that day for employers whose readiness one may see; for their rungs."""
        return self.of_employers(organisations_where(user, Permission.READINESS_VIEW), on=on)

    def of_employers(self, employers: Collection[int], *, on: date) -> "ReadinessQuerySet":
        at_work = Employment.objects.filter(
            worker=OuterRef("worker"), employer=OuterRef("rung__track__ladder__employer"), started_on__lte=on
        ).exclude(ended_on__lt=on)
        return self.filter(Exists(at_work), rung__track__ladder__employer__in=employers)


class Readiness(ProgressBase):
    """How far a worker is from a rung: one that a step leads to from where they stand, or a goal."""

    worker = models.ForeignKey(Worker, on_delete=models.CASCADE, related_name="readiness")
    rung = models.ForeignKey(Rung, on_delete=models.CASCADE, related_name="readiness")

    objects = ReadinessQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "readiness"
        constraints = [models.UniqueConstraint(fields=["worker", "rung"], name="readiness_once_a_rung")]

    def __str__(self) -> str:
        return f"{self.worker}: {self.rung}: {self.verdict}"
