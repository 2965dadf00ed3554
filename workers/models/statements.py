"""What a worker states about themselves, with the files that show it.

A statement is the worker's word. Whether an authority accepts it is the authority's to say and is stored
with the authority (`certification.Acceptance`), never here. A diagnosis has no place here at all.
"""

import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from workers.marking import marks
from workers.models.people import Worker
from workers.words import code_in_words

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


def evidence_path(evidence: "Evidence", _name: str) -> str:
    # The person's own file name can tell more than it should: it is kept in the row, never in the path.
    return f"evidence/{evidence.uid.hex[:2]}/{evidence.uid.hex}"


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def of_person(self, user: "User | AnonymousUser") -> "EvidenceQuerySet":
        """A person's own files. Others see a file through what it was handed in with, never here."""
        return self.filter(worker__user=user) if user.is_authenticated else self.none()


class Evidence(models.Model):
    """A file: PDF, JPEG or PNG, as found in its content."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="evidence")
    file = models.FileField(_("file"), upload_to=evidence_path)
    name = models.CharField(_("name"), max_length=200)
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    uploaded_on = models.DateTimeField(default=timezone.now)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="evidence_is_pdf_jpeg_or_png",
                condition=Q(content_type__in=["application/pdf", "image/jpeg", "image/png"]),
            ),
            # The same file sent twice is one file.
            models.UniqueConstraint(fields=["worker", "sha256"], name="evidence_stored_once"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def policy_user_id(self) -> int | None:
        return self.worker.user_id


class StatementQuerySet(models.QuerySet["Statement"]):
    def of_person(self, user: "User | AnonymousUser") -> "StatementQuerySet":
        """What a person states of themselves and did not withdraw."""
        return self.standing().filter(worker__user=user) if user.is_authenticated else self.none()

    def standing(self) -> "StatementQuerySet":
        return self.filter(withdrawn_at=None)


class Statement(models.Model):
    """One fact that a person has to accept: a training, a diploma, an exam, an attestation.

    `code` holds the slug that requirements match by (topic, level of education, attestation, qualification,
    kind of credential, state); `name` what people read; `day` when it was completed, passed, taken or
    issued, or since when it holds. `details` holds the rarer parts of the record format under its names.
    """

    class Kind(models.TextChoices):
        EDUCATION = "education", _("Education")
        LIVED_EXPERIENCE = "lived_experience", _("Lived experience")
        RECOVERY = "recovery", _("Time in recovery")
        TRAINING = "training", _("Training")
        CONTINUING_EDUCATION = "continuing_education", _("Continuing education")
        EXAM = "exam", _("Examination")
        REFERENCE = "references", _("Reference")
        ATTESTATION = "attestation", _("Attestation")
        BACKGROUND_CHECK = "background_check", _("Background check")
        QUALIFICATION = "qualification", _("Qualification")
        DOCUMENT = "document", _("Document")
        FEE = "fee", _("Fee")
        RESIDENCY = "residency", _("Where you live or work")
        EMPLOYMENT = "employment", _("Offer of a post")
        CREDENTIAL = "credential", _("Credential issued elsewhere")

    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="statements")
    kind = models.CharField(_("kind"), max_length=30, choices=Kind.choices)
    code = models.CharField(_("what"), max_length=120, blank=True)
    name = models.CharField(_("name"), max_length=300, blank=True)
    day = models.DateField(_("date"), null=True, blank=True)
    until = models.DateField(_("valid until"), null=True, blank=True)
    minutes = models.PositiveIntegerField(_("minutes"), null=True, blank=True)
    amount = models.DecimalField(_("amount"), max_digits=9, decimal_places=2, null=True, blank=True)
    details = models.JSONField(default=dict, blank=True)
    evidence = models.ManyToManyField(Evidence, blank=True, related_name="statements")
    stated_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True)

    objects = StatementQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "-day", "-pk"]
        indexes = [models.Index(fields=["worker", "kind", "code"], name="statement_by_worker")]
        constraints = [
            models.CheckConstraint(
                name="statement_of_learning_has_topic_and_date",
                condition=~Q(kind__in=["training", "continuing_education"])
                | Q(day__isnull=False) & ~Q(code=""),
            ),
            models.CheckConstraint(
                name="statement_of_hours_has_minutes",
                condition=~Q(kind="continuing_education") | Q(minutes__gt=0),
            ),
            models.CheckConstraint(
                name="statement_of_fee_has_amount", condition=~Q(kind="fee") | Q(amount__gt=0)
            ),
            models.CheckConstraint(
                name="statement_with_a_date_has_it",
                condition=~Q(kind__in=["recovery", "background_check", "exam", "credential"])
                | Q(day__isnull=False),
            ),
        ]
        triggers = marks()

    def __str__(self) -> str:
        return self.name or self.code_words or self.get_kind_display()

    @property
    def code_words(self) -> str:
        return code_in_words(self.code)

    @property
    def policy_user_id(self) -> int | None:
        return self.worker.user_id
