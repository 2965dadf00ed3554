"""Applications, their review requirement by requirement, and what an authority accepted."""

from typing import TYPE_CHECKING

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.append_only import append_only, never_emptied
from accounts.models import User
from accounts.policy import Permission, organisations_where
from certification.models.courses import CourseApproval
from certification.models.standards import Authority, Level, Standard
from workers.marking import marks
from workers.models import Evidence, Statement, Worker

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class ApplicationQuerySet(models.QuerySet["Application"]):
    def of_person(self, user: "User | AnonymousUser") -> "ApplicationQuerySet":
        return self.filter(worker__user=user) if user.is_authenticated else self.none()

    def at_authorities_of(self, user: "User | AnonymousUser") -> "ApplicationQuerySet":
        """Handed in to an authority whose applications `user` may see.

        Drafts are the applicant's alone, also after they were withdrawn.
        """
        organisations = organisations_where(user, Permission.APPLICATION_VIEW)
        return self.filter(authority__organisation__in=organisations, submitted_on__isnull=False)

    def visible_to(self, user: "User | AnonymousUser") -> "ApplicationQuerySet":
        if not user.is_authenticated:
            return self.none()
        return self.of_person(user) | self.at_authorities_of(user)


class Application(models.Model):
    """A request for a credential. Which steps are open from which status: `certification.steps`."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        SUBMITTED = "submitted", _("submitted")
        IN_REVIEW = "in_review", _("in review")
        RETURNED = "returned", _("more information asked")
        APPROVED = "approved", _("approved")
        DENIED = "denied", _("denied")
        WITHDRAWN = "withdrawn", _("withdrawn")

    CLOSED = (Status.APPROVED, Status.DENIED, Status.WITHDRAWN)

    class Kind(models.TextChoices):
        INITIAL = "initial", _("first credential of this level")
        RENEWAL = "renewal", _("renewal")

    number = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.INITIAL)
    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="applications")
    level = models.ForeignKey(Level, on_delete=models.PROTECT, related_name="applications")
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="applications")
    standard = models.ForeignKey(Standard, on_delete=models.PROTECT, related_name="applications")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    started_at = models.DateTimeField(default=timezone.now)
    submitted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    submitted_on = models.DateTimeField(null=True)
    assigned_to = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_on = models.DateTimeField(null=True)
    reason = models.TextField(_("reason"), blank=True)
    # The findings as they stood at submission: Finding.to_json().
    findings = models.JSONField(null=True)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        ordering = ["submitted_on", "pk"]
        indexes = [
            models.Index(fields=["authority", "status", "submitted_on"], name="application_queue"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["worker", "level"],
                condition=~Q(status__in=["approved", "denied", "withdrawn"]),
                name="application_open_once",
            ),
            models.CheckConstraint(
                name="application_submitted_by_someone_on_a_day",
                condition=Q(status__in=["draft", "withdrawn"])
                | Q(submitted_by__isnull=False, submitted_on__isnull=False, findings__isnull=False),
            ),
            models.CheckConstraint(
                name="application_decided_by_someone_on_a_day",
                condition=Q(
                    status__in=["approved", "denied"], decided_by__isnull=False, decided_on__isnull=False
                )
                | ~Q(status__in=["approved", "denied"]) & Q(decided_by=None, decided_on=None),
            ),
            models.CheckConstraint(
                name="application_refused_for_a_reason",
                condition=~Q(status__in=["denied", "returned"]) | ~Q(reason=""),
            ),
        ]
        triggers = [
            never_emptied(),
            pgtrigger.Protect(
                name="decided_is_final",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Condition("OLD.status IN ('approved', 'denied')"),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_closed(self) -> bool:
        return self.status in self.CLOSED

    @property
    def policy_user_id(self) -> int | None:
        return self.worker.user_id

    @property
    def policy_organisation_id(self) -> int | None:
        return self.authority.organisation_id


class ApplicationItem(models.Model):
    """One requirement of an application that a person looks at: its evidence and its review."""

    class Decision(models.TextChoices):
        OPEN = "open", _("to review")
        ACCEPTED = "accepted", _("accepted")
        REJECTED = "rejected", _("rejected")
        ASKED = "asked", _("more asked for")

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField()
    # Where the requirement stands in the standard's tree, e.g. "requires.all[4]".
    path = models.CharField(max_length=200)
    kind = models.CharField(max_length=30)
    requirement = models.JSONField()
    answer = models.TextField(_("what you want to say about it"), blank=True)
    statements = models.ManyToManyField(Statement, related_name="+", blank=True)
    evidence = models.ManyToManyField(Evidence, related_name="+", blank=True)
    decision = models.CharField(max_length=10, choices=Decision.choices, default=Decision.OPEN)
    reason = models.TextField(_("reason"), blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_on = models.DateTimeField(null=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["application", "path"], name="item_once_a_requirement"),
            models.CheckConstraint(
                name="item_decided_by_someone_on_a_day",
                condition=Q(decision="open", decided_by=None, decided_on=None)
                | ~Q(decision="open") & Q(decided_by__isnull=False, decided_on__isnull=False),
            ),
            models.CheckConstraint(
                name="item_refused_for_a_reason",
                condition=~Q(decision__in=["rejected", "asked"]) | ~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application}: {self.path}"


class Ruling(models.Model):
    """What an authority decided along the way, with the reason it gave. Append-only.

    An item and an application show their standing decision; these rows keep every one of them, for a hearing.
    """

    class What(models.TextChoices):
        ACCEPTED = "accepted", _("accepted")
        REJECTED = "rejected", _("rejected")
        ASKED = "asked", _("more asked for")
        RETURNED = "returned", _("returned")
        APPROVED = "approved", _("approved")
        DENIED = "denied", _("denied")

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="rulings")
    # Of the requirement; empty where the whole application was decided on. An item may go, its path does not.
    path = models.CharField(max_length=200, blank=True)
    what = models.CharField(max_length=10, choices=What.choices)
    reason = models.TextField(blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_on = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["decided_on", "pk"]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.application}: {self.what} {self.path}".strip()


class Acceptance(models.Model):
    """An authority accepted a statement: that it did, by whom and when; never what lies behind it."""

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="acceptances")
    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="acceptances")
    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="acceptances")
    item = models.ForeignKey(ApplicationItem, on_delete=models.PROTECT, null=True, related_name="acceptances")
    # Accepted by rule: the authority had approved the course on the day on which it was completed.
    approval = models.ForeignKey(
        CourseApproval, on_delete=models.PROTECT, null=True, related_name="acceptances"
    )
    accepted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    accepted_on = models.DateTimeField(default=timezone.now)
    revoked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    revoked_on = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["authority", "statement"], condition=Q(revoked_on=None), name="accepted_once"
            ),
            models.CheckConstraint(
                name="acceptance_revoked_by_someone_on_a_day",
                condition=Q(revoked_by=None, revoked_on=None)
                | Q(revoked_by__isnull=False, revoked_on__gte=F("accepted_on")),
            ),
        ]
        triggers = [
            *marks(),
            never_emptied(),
            # It stands or is revoked, once: what it says of whom stays for a hearing.
            pgtrigger.Trigger(
                name="only_revoked",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF TG_OP = 'UPDATE' AND OLD.revoked_on IS NULL
                        AND to_jsonb(NEW) - 'revoked_on' - 'revoked_by_id'
                            = to_jsonb(OLD) - 'revoked_on' - 'revoked_by_id'
                    THEN
                        RETURN NEW;
                    END IF;
                    RAISE EXCEPTION 'An acceptance is revoked, never changed or deleted.'
                        USING ERRCODE = 'check_violation', CONSTRAINT = 'acceptance_only_revoked';
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.authority}: {self.statement}"
