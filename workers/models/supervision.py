"""Who supervises whom, and what supervision was received."""

from typing import TYPE_CHECKING, Any

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from accounts.policy import Permission, organisations_where
from workers.marking import marks
from workers.models.people import Worker
from workers.words import Domain

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class Basis(models.TextChoices):
    """Why a person may supervise peer workers; the slugs that the catalogue's `by` names."""

    QUALIFIED_SUPERVISOR = "qualified-supervisor", _("Qualified supervisor at this employer")
    MENTAL_HEALTH_PROFESSIONAL = "mental-health-professional", _("Licensed mental health professional")
    REGISTERED_PEER_SUPERVISOR = "registered-peer-supervisor", _("Registered peer supervisor")
    PEER_RECOVERY_PEER_SUPERVISOR = "peer-recovery-peer-supervisor", _("Peer recovery peer supervisor")
    APPROVED_SUPERVISOR = "approved-supervisor", _("Supervisor approved by the authority")
    QUALIFIED_SUPERVISORY_STAFF = "qualified-supervisory-staff", _("Qualified supervisory staff")
    RECOVERY_COACH_SUPERVISOR = "recovery-coach-supervisor", _("Recovery coach supervisor")
    NOT_QUALIFIED = "not-qualified", _("Does not hold a supervisor's qualification")


class AgreementQuerySet(models.QuerySet["Agreement"]):
    def signable_by(self, user: "User | AnonymousUser") -> "AgreementQuerySet":
        """Agreements under which `user` signs today, as the supervisor or as a named delegate.

        Somebody who no longer supervises for the employer signs nothing there; a substitute does.
        """
        if not user.is_authenticated:
            return self.none()
        today = timezone.localdate()
        delegated = Delegate.objects.filter(user=user, started_on__lte=today, ended_on__gte=today)
        return self.filter(
            Q(supervisor=user) | Q(pk__in=delegated.values("agreement")),
            employer__in=organisations_where(user, Permission.HOURS_SIGN),
        )

    def visible_to(self, user: "User | AnonymousUser") -> "AgreementQuerySet":
        """To the worker, to who signs under them, and to whoever sees the people of the employer."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(
            Q(worker__user=user)
            | Q(pk__in=Agreement.objects.signable_by(user).values("pk"))
            | Q(employer__in=organisations_where(user, Permission.PEOPLE_VIEW))
        )

    def in_force(self, day: Any) -> "AgreementQuerySet":
        """On a day, given as a date or as an expression of the query."""
        return self.filter(Q(ended_on=None) | Q(ended_on__gte=day), started_on__lte=day)


class Agreement(models.Model):
    """This supervisor supervises this worker at this employer, from a day to a day."""

    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="agreements")
    supervisor = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="agreements", verbose_name=_("supervisor")
    )
    employer = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="agreements")
    basis = models.CharField(
        _("what qualifies the supervisor"),
        max_length=40,
        choices=Basis,
        default=Basis.QUALIFIED_SUPERVISOR,
    )
    started_on = models.DateField(_("from"))
    ended_on = models.DateField(_("until"), null=True, blank=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_on = models.DateTimeField(default=timezone.now)

    objects = AgreementQuerySet.as_manager()

    class Meta:
        ordering = ["-started_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="agreement_ends_after_it_starts",
                condition=Q(ended_on=None) | Q(ended_on__gte=F("started_on")),
            ),
            models.CheckConstraint(name="agreement_basis_is_known", condition=Q(basis__in=Basis.values)),
            ExclusionConstraint(
                name="agreement_once_at_a_time",
                expressions=[
                    ("worker", RangeOperators.EQUAL),
                    ("supervisor", RangeOperators.EQUAL),
                    ("employer", RangeOperators.EQUAL),
                    (
                        Func(F("started_on"), F("ended_on"), Value("[]"), function="daterange"),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.supervisor}, {self.started_on:%Y-%m-%d}"

    @property
    def qualifies(self) -> bool:
        """Whether hours signed under this agreement are supervised hours."""
        return self.basis != Basis.NOT_QUALIFIED

    @property
    def policy_organisation_id(self) -> int:
        return self.employer_id

    @property
    def policy_user_id(self) -> int | None:
        return self.worker.user_id


class Delegate(models.Model):
    """Someone who may sign in the supervisor's place for a while."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="delegates")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="delegations")
    started_on = models.DateField(_("from"))
    ended_on = models.DateField(_("until"))

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="delegate_ends_after_it_starts", condition=Q(ended_on__gte=F("started_on"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.started_on:%Y-%m-%d}"


class SessionQuerySet(models.QuerySet["SupervisionSession"]):
    def to_confirm_by(self, user: "User | AnonymousUser") -> "SessionQuerySet":
        """Sessions under agreements that `user` signs for, as supervisor or delegate."""
        return self.filter(agreement__in=Agreement.objects.signable_by(user))

    def visible_to(self, user: "User | AnonymousUser") -> "SessionQuerySet":
        """One's own, and those one may confirm or has confirmed."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(Q(worker__user=user) | Q(agreement__in=Agreement.objects.signable_by(user)))


class SupervisionSession(models.Model):
    """Supervision a worker received. Counts once the supervisor has confirmed it."""

    class Format(models.TextChoices):
        INDIVIDUAL = "individual", _("one to one")
        GROUP = "group", _("group")

    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="sessions")
    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, related_name="sessions", verbose_name=_("supervisor")
    )
    day = models.DateField(_("day"))
    minutes = models.PositiveSmallIntegerField(_("minutes"))
    format = models.CharField(_("format"), max_length=10, choices=Format.choices)
    domain = models.CharField(_("subject"), max_length=40, choices=Domain.choices)
    recorded_at = models.DateTimeField(default=timezone.now)
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_on = models.DateTimeField(null=True)

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ["-day", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="session_whole_minutes_of_one_day", condition=Q(minutes__gte=1, minutes__lte=24 * 60)
            ),
            models.CheckConstraint(
                name="session_confirmed_by_someone_on_a_day",
                condition=Q(confirmed_by=None, confirmed_on=None)
                | Q(confirmed_by__isnull=False, confirmed_on__isnull=False),
            ),
        ]
        triggers = [
            *marks(),
            pgtrigger.Protect(
                name="confirmed_is_final",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Condition("OLD.confirmed_on IS NOT NULL"),
            ),
            pgtrigger.Trigger(
                name="confirmed_by_another",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Insert,
                condition=pgtrigger.Condition("NEW.confirmed_on IS NOT NULL"),
                func="""
                    IF EXISTS (
                        SELECT FROM workers_worker w
                        WHERE w.id = NEW.worker_id AND w.user_id = NEW.confirmed_by_id
                    ) THEN
                        RAISE EXCEPTION 'Nobody confirms their own supervision.'
                            USING ERRCODE = 'check_violation',
                                CONSTRAINT = 'session_not_confirmed_by_oneself';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d}, {self.minutes} min"

    @property
    def policy_user_id(self) -> int | None:
        return self.worker.user_id
