"""Credentials and their append-only events. No status is stored: it follows from the events and the day."""

from datetime import date
from typing import TYPE_CHECKING

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.append_only import append_only
from accounts.models import User
from accounts.policy import Permission, organisations_where
from certification.canonical import CREDENTIALS
from certification.models.applications import Application
from certification.models.standards import Authority, Level, Standard
from workers.chaining import chained
from workers.marking import marks
from workers.models import Worker

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class CredentialQuerySet(models.QuerySet["Credential"]):
    def of_person(self, user: "User | AnonymousUser") -> "CredentialQuerySet":
        return self.filter(worker__user=user) if user.is_authenticated else self.none()

    def at_authorities_of(self, user: "User | AnonymousUser") -> "CredentialQuerySet":
        """Issued by an authority whose credentials `user` may see."""
        organisations = organisations_where(user, Permission.CREDENTIAL_VIEW)
        return self.filter(authority__organisation__in=organisations)

    def visible_to(self, user: "User | AnonymousUser") -> "CredentialQuerySet":
        """One's own, and those that an authority issued whose credentials one may see."""
        if not user.is_authenticated:
            return self.none()
        return self.of_person(user) | self.at_authorities_of(user)

    def with_status(self, on: date, *, term_on: date | None = None) -> "CredentialQuerySet":
        """Each with `status`, `issued_on` and `expires_on` as of a day; see `certification.credentials`."""
        from certification import credentials

        return self.annotate(
            status=credentials.status_expression(on, term_on=term_on),
            issued_on=credentials.issued_expression(on),
            expires_on=credentials.expires_expression(on),
        )

    def in_status(self, *statuses: str) -> "CredentialQuerySet":
        """Those of one of these statuses, after `with_status`."""
        return self.filter(status__in=statuses)


class Credential(models.Model):
    """That a worker holds a level, under a number with a check digit (ISO 7064 Mod 37, 36)."""

    number = models.CharField(max_length=24, unique=True)
    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="credentials")
    level = models.ForeignKey(Level, on_delete=models.PROTECT, related_name="credentials")
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="credentials")
    standard = models.ForeignKey(Standard, on_delete=models.PROTECT, related_name="credentials")
    application = models.OneToOneField(
        Application, on_delete=models.PROTECT, null=True, related_name="credential"
    )
    # The holder's name as issued, filled by a trigger. A record's own name may change; what a verifier is
    # told may not follow it, or a credential could be handed to somebody else.
    given_name = models.CharField(max_length=100, blank=True, editable=False)
    family_name = models.CharField(max_length=100, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now)

    objects = CredentialQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="credential_number_has_its_form",
                condition=Q(number__regex=r"^[A-Z]{2,8}-[0-9]{6,9}-[0-9A-Z]$"),
            ),
        ]
        # Whose it is and what it says never changes: what happens to it is an event.
        triggers = [
            *append_only(),
            *marks()[:1],
            pgtrigger.Trigger(
                name="named_as_issued",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    SELECT w.given_name, w.family_name INTO NEW.given_name, NEW.family_name
                    FROM workers_worker w WHERE w.id = NEW.worker_id;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def holder(self) -> str:
        """The name as issued; read from the database, so refresh a row that was just made."""
        return f"{self.given_name} {self.family_name}"

    @property
    def policy_user_id(self) -> int | None:
        return self.worker.user_id

    @property
    def policy_organisation_id(self) -> int | None:
        return self.authority.organisation_id


class CredentialEvent(models.Model):
    """What happened to a credential: `effective_on` is when it holds, `recorded_on` when we learned it."""

    class Kind(models.TextChoices):
        ISSUED = "issued", _("issued")
        RENEWED = "renewed", _("renewed")
        SUSPENDED = "suspended", _("suspended")
        REINSTATED = "reinstated", _("reinstated")
        REVOKED = "revoked", _("revoked")
        SURRENDERED = "surrendered", _("surrendered")

    credential = models.ForeignKey(Credential, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    effective_on = models.DateField()
    # Valid through its last minute; null: no expiry. Only issue and renewal set it.
    expires_on = models.DateField(null=True)
    reason = models.TextField(blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_on = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["effective_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["credential"], condition=Q(kind="issued"), name="credential_issued_once"
            ),
            models.CheckConstraint(
                name="credential_event_expiry_only_with_a_term",
                condition=Q(kind__in=["issued", "renewed"]) | Q(expires_on=None),
            ),
            models.CheckConstraint(
                name="credential_event_against_has_a_reason",
                condition=~Q(kind__in=["suspended", "revoked"]) | ~Q(reason=""),
            ),
        ]
        triggers = [
            *append_only(),
            *marks(
                "SELECT c.worker_id FROM {table} t JOIN certification_credential c ON c.id = t.credential_id"
            )[:1],
            *chained(CREDENTIALS, pgtrigger.Insert),
        ]

    def __str__(self) -> str:
        return f"{self.credential} {self.kind} {self.effective_on:%Y-%m-%d}"
