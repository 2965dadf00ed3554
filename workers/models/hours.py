"""The hours ledger. Approved entries are final: the database itself refuses anything else."""

import uuid
from typing import TYPE_CHECKING, Any

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Func, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.append_only import never_emptied
from accounts.models import User
from accounts.policy import Permission, organisations_where
from accounts.scopes import System
from accounts.states import STATES
from workers.canonical import HOURS
from workers.chaining import chained
from workers.marking import marks
from workers.models.changes import feeds
from workers.models.exchange import Import
from workers.models.ledger_rules import (
    amendment_replaces,
    approved_is_final,
    fill_day,
    signed_by_another,
    within_employment,
)
from workers.models.people import Employment, Worker
from workers.models.signing import Signature
from workers.models.supervision import Agreement, SignedAs
from workers.words import Domain, Mode, Pay, Work

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

DAY_MINUTES = 24 * 60
#: Of rows with `starts` and `minutes`: none goes on past midnight.
ENDS_ON_ITS_DAY = Q(starts=None) | Q(
    minutes__lte=DAY_MINUTES
    - Func(
        F("starts"),
        template="(extract(epoch from %(expressions)s) / 60)",
        output_field=models.IntegerField(),
    )
)


class ClockSpan(Func):
    """The span of clock time of an entry, as a range of timestamps without zone."""

    output_field = DateTimeRangeField()

    def as_sql(  # type: ignore[override] # takes no template: its form is fixed
        self, compiler: Any, connection: Any, **_context: Any
    ) -> tuple[str, tuple[Any, ...]]:
        (day, day_params), (starts, starts_params), (minutes, minutes_params) = (
            compiler.compile(expression) for expression in self.get_source_expressions()
        )
        start, start_params = f"({day} + {starts})", [*day_params, *starts_params]
        return (
            f"tsrange({start}, {start} + make_interval(mins => {minutes}))",
            (*start_params, *start_params, *minutes_params),
        )


class HourEntryQuerySet(models.QuerySet["HourEntry"]):
    def of_person(self, user: "User | AnonymousUser") -> "HourEntryQuerySet":
        """The entries in a person's own ledger."""
        return self.filter(worker__user=user) if user.is_authenticated else self.none()

    def to_sign_by(self, user: "User | AnonymousUser") -> "HourEntryQuerySet":
        """Entries of workers whom `user` supervises, as supervisor or in their place, on the entry's day.

        Whoever was asked to attest as a colleague gets those that wait, and nothing else.
        """
        if not user.is_authenticated:
            return self.none()
        of_entry = {"worker": models.OuterRef("worker"), "employer": models.OuterRef("employment__employer")}
        in_force = Agreement.objects.filter(**of_entry).in_force(models.OuterRef("day"))
        return self.filter(
            models.Exists(in_force.signable_by(user))
            | Q(models.Exists(in_force.attested_by(user)), status=HourEntry.Status.SUBMITTED)
        )

    def visible_to(self, user: "User | System | AnonymousUser") -> "HourEntryQuerySet":
        """One's own, and those one may sign or has signed; nobody else sees a draft.

        A connected system sees what was worked for its organisation.
        """
        if not user.is_authenticated:
            return self.none()
        if isinstance(user, System):
            employers = organisations_where(user, Permission.HOURS_VIEW)
            return self.filter(employment__employer__in=employers).exclude(status=HourEntry.Status.DRAFT)
        return self.of_person(user) | self.to_sign_by(user).exclude(status=HourEntry.Status.DRAFT)

    def live(self) -> "HourEntryQuerySet":
        """Those that take up their worker's time: `LIVE` of the ledger's rules."""
        return self.exclude(status=HourEntry.Status.RETURNED).filter(
            Q(amends=None) | Q(status=HourEntry.Status.APPROVED), superseded=False
        )

    def counted(self) -> "HourEntryQuerySet":
        """Approved and not replaced by an approved amendment."""
        return self.filter(status=HourEntry.Status.APPROVED, superseded=False)


class HourEntry(models.Model):
    """Whole minutes of work on one day. `draft -> submitted -> approved | returned`."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        SUBMITTED = "submitted", _("submitted")
        APPROVED = "approved", _("approved")
        RETURNED = "returned", _("returned")

    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="hours")
    employment = models.ForeignKey(
        Employment, on_delete=models.PROTECT, related_name="hours", verbose_name=_("job")
    )
    client_id = models.UUIDField(default=uuid.uuid4, editable=False)
    day = models.DateField(_("day"))
    starts = models.TimeField(_("from"), null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(_("minutes"))
    work = models.CharField(_("kind of work"), max_length=40, choices=Work.choices)
    domain = models.CharField(_("what you did"), max_length=40, choices=Domain.choices)
    mode = models.CharField(_("how"), max_length=10, choices=Mode.choices, default=Mode.IN_PERSON)
    pay = models.CharField(_("paid or volunteer"), max_length=10, choices=Pay.choices)
    state = models.CharField(_("state"), max_length=5, choices=STATES)
    practicum = models.BooleanField(_("part of a practicum"), default=False)
    note = models.CharField(_("note"), max_length=300, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    recorded_at = models.DateTimeField(default=timezone.now)
    submitted_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_on = models.DateTimeField(null=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    supervised = models.BooleanField(default=False)
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, null=True, related_name="hours")
    # In which part the signer signed; empty while nobody did.
    signed_as = models.CharField(
        _("signed by"), max_length=10, choices=SignedAs, blank=True, default="", db_default=""
    )
    signature = models.ForeignKey(
        Signature, on_delete=models.PROTECT, null=True, related_name="signed", db_index=False
    )
    amends = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="amendments")
    superseded = models.BooleanField(default=False)
    # The file it came with, where it came with one.
    source = models.ForeignKey(
        Import, on_delete=models.PROTECT, null=True, related_name="hours", db_index=False
    )

    objects = HourEntryQuerySet.as_manager()

    class Meta:
        ordering = ["-day", "-starts", "-pk"]
        indexes = [
            models.Index(fields=["worker", "-day"], name="hours_by_worker_day"),
            models.Index(
                fields=["worker", "employment", "day"],
                condition=Q(status="submitted"),
                name="hours_waiting",
            ),
            models.Index(fields=["source"], condition=Q(source__isnull=False), name="hours_by_import"),
            models.Index(
                fields=["signature"], condition=Q(signature__isnull=False), name="hours_by_signature"
            ),
            # A ledger grows by its days: a few pages tell where the broken months of a window lie.
            BrinIndex(fields=["day"], name="hours_by_day", pages_per_range=32, autosummarize=True),
        ]
        constraints = [
            models.UniqueConstraint(fields=["worker", "client_id"], name="hours_stored_once"),
            models.CheckConstraint(
                name="hours_whole_minutes_of_one_day", condition=Q(minutes__gte=1, minutes__lte=DAY_MINUTES)
            ),
            models.CheckConstraint(
                name="hours_end_on_their_day",
                condition=ENDS_ON_ITS_DAY,
            ),
            # Against the time of recording, in the earliest zone on earth; the page checks the
            # person's own day.
            models.CheckConstraint(
                name="hours_not_in_the_future",
                condition=Q(
                    day__lte=Func(
                        F("recorded_at"),
                        template="((%(expressions)s AT TIME ZONE 'UTC') + interval '14 hours')::date",
                        output_field=models.DateField(),
                    )
                ),
            ),
            models.CheckConstraint(
                name="hours_decided_by_someone_on_a_day",
                condition=Q(status__in=["draft", "submitted"], decided_by=None, decided_on=None)
                | Q(status__in=["approved", "returned"], decided_by__isnull=False, decided_on__isnull=False)
                # Through a link somebody without an account decides: the signature says who.
                | Q(status="approved", signature__isnull=False, decided_on__isnull=False),
            ),
            models.CheckConstraint(
                name="hours_only_approved_are_signed", condition=Q(signature=None) | Q(status="approved")
            ),
            models.CheckConstraint(
                name="hours_returned_for_a_reason", condition=~Q(status="returned") | ~Q(reason="")
            ),
            models.CheckConstraint(
                name="hours_supervised_by_agreement",
                condition=Q(supervised=False) | Q(agreement__isnull=False, status="approved"),
            ),
            models.CheckConstraint(
                name="hours_attested_are_not_supervised",
                condition=~Q(signed_as="colleague") | Q(supervised=False),
            ),
            models.CheckConstraint(
                name="hours_only_approved_are_superseded",
                condition=Q(superseded=False) | Q(status="approved"),
            ),
            ExclusionConstraint(
                name="hours_do_not_overlap",
                expressions=[
                    ("worker", RangeOperators.EQUAL),
                    (ClockSpan(F("day"), F("starts"), F("minutes")), RangeOperators.OVERLAPS),
                ],
                condition=Q(starts__isnull=False, superseded=False)
                & ~Q(status="returned")
                & (Q(amends=None) | Q(status="approved")),
            ),
        ]
        triggers = [
            *marks(),
            never_emptied(),
            approved_is_final(),
            amendment_replaces(),
            *signed_by_another(),
            *within_employment(),
            *fill_day(),
            *chained(HOURS, pgtrigger.Insert, pgtrigger.Update),
            *feeds(),
        ]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d}, {self.minutes} min"

    @property
    def policy_user_id(self) -> int | None:
        return self.worker.user_id

    @property
    def policy_organisation_id(self) -> int:
        return self.employment.employer_id


class WorkDay(models.Model):
    """How full a worker's day is. Kept by trigger; its check is what holds the 24 hours."""

    pk = models.CompositePrimaryKey("worker_id", "day")
    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    minutes = models.IntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="workday_at_most_24_hours", condition=Q(minutes__gte=0, minutes__lte=DAY_MINUTES)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d}, {self.minutes} min"
