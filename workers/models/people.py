"""The peer worker and where they worked."""

import uuid
from datetime import date
from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from accounts.policy import Permission, organisations_where
from accounts.scopes import System
from accounts.states import STATES
from workers.marking import marks
from workers.words import Pay, Work

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class WorkerQuerySet(models.QuerySet["Worker"]):
    def visible_to(self, user: "User | AnonymousUser") -> "WorkerQuerySet":
        """One's own record; the workers who named an employer whose people one may see or sign for."""
        from workers.models.supervision import Agreement

        if not user.is_authenticated:
            return self.none()
        employers = organisations_where(user, Permission.PEOPLE_VIEW)
        return self.filter(
            Q(user=user)
            | Q(pk__in=Employment.objects.filter(employer__in=employers).values("worker"))
            | Q(pk__in=Agreement.objects.signable_by(user).values("worker"))
        )


class Worker(models.Model):
    """A peer worker's record. It belongs to the person, not to any employer or state."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="worker"
    )
    given_name = models.CharField(_("given name"), max_length=100)
    family_name = models.CharField(_("family name"), max_length=100)
    born_on = models.DateField(_("date of birth"), null=True, blank=True)
    state = models.CharField(_("state you live in"), max_length=5, choices=STATES, blank=True)
    listed = models.BooleanField(_("anyone may find my credentials by my name"), default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = WorkerQuerySet.as_manager()

    class Meta:
        triggers = [
            *marks("SELECT id AS worker_id FROM {table}")[:2],
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        return f"{self.given_name} {self.family_name}"

    @property
    def policy_user_id(self) -> int | None:
        return self.user_id


class EmploymentQuerySet(models.QuerySet["Employment"]):
    def visible_to(self, user: "User | System | AnonymousUser") -> "EmploymentQuerySet":
        """One's own jobs, and those at an employer whose people one may see."""
        if not user.is_authenticated:
            return self.none()
        employers = organisations_where(user, Permission.PEOPLE_VIEW)
        if isinstance(user, System):
            return self.filter(employer__in=employers)
        return self.filter(Q(worker__user=user) | Q(employer__in=employers))

    def taking_hours_from(self, caller: "User | System | AnonymousUser") -> "EmploymentQuerySet":
        """Jobs for which one may hand in hours: a person's own; of a connected system, its organisation's."""
        if isinstance(caller, System):
            return self.filter(employer__in=organisations_where(caller, Permission.HOURS_SEND))
        return self.filter(worker__user=caller) if caller.is_authenticated else self.none()

    def current(self, day: date) -> "EmploymentQuerySet":
        return self.filter(Q(ended_on=None) | Q(ended_on__gte=day), started_on__lte=day)


class Employment(models.Model):
    """Where, as what and from when to when a worker worked, paid or not."""

    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="employments")
    employer = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        related_name="employments",
        limit_choices_to={"kind": Organisation.Kind.EMPLOYER},
        verbose_name=_("employer"),
    )
    title = models.CharField(_("job title"), max_length=120)
    work = models.CharField(_("kind of work"), max_length=40, choices=Work.choices, default=Work.PEER_SUPPORT)
    pay = models.CharField(_("paid or volunteer"), max_length=10, choices=Pay.choices, default=Pay.PAID)
    state = models.CharField(_("state you work in"), max_length=5, choices=STATES)
    started_on = models.DateField(_("first day"))
    ended_on = models.DateField(_("last day"), null=True, blank=True)
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_on = models.DateTimeField(null=True)

    objects = EmploymentQuerySet.as_manager()

    class Meta:
        ordering = ["-started_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="employment_ends_after_it_starts",
                condition=Q(ended_on=None) | Q(ended_on__gte=F("started_on")),
            ),
            models.CheckConstraint(
                name="employment_confirmed_by_someone_on_a_day",
                condition=Q(confirmed_by=None, confirmed_on=None)
                | Q(confirmed_by__isnull=False, confirmed_on__isnull=False),
            ),
            ExclusionConstraint(
                name="employment_same_job_once_at_a_time",
                expressions=[
                    ("worker", RangeOperators.EQUAL),
                    ("employer", RangeOperators.EQUAL),
                    ("title", RangeOperators.EQUAL),
                    (
                        Func(F("started_on"), F("ended_on"), Value("[]"), function="daterange"),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]
        triggers = [
            *marks(),
            pgtrigger.Trigger(
                name="keeps_its_hours",
                operation=pgtrigger.Update,
                when=pgtrigger.After,
                func="""
                    IF EXISTS (
                        SELECT FROM workers_hourentry h WHERE h.employment_id = NEW.id
                        AND (h.day < NEW.started_on OR h.day > NEW.ended_on OR h.worker_id <> NEW.worker_id)
                    ) THEN
                        RAISE EXCEPTION 'Hours lie outside these dates.'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'employment_keeps_its_hours';
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}, {self.employer}"

    @property
    def policy_organisation_id(self) -> int:
        return self.employer_id

    @property
    def policy_user_id(self) -> int | None:
        return self.worker.user_id
