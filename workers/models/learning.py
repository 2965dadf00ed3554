"""Courses and examinations that providers keep, and who completed them, as the provider says.

A completion is the provider's word about a person whom it names by email address or record number; whether
that person is here is never said. It enters a record only when the person confirms it.
"""

import uuid
from typing import TYPE_CHECKING

import pgtrigger
from allauth.account.models import EmailAddress
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from accounts.policy import Permission, organisations_where
from workers.models.people import Worker
from workers.models.statements import Statement
from workers.words import code_in_words

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class CourseQuerySet(models.QuerySet["Course"]):
    def kept_by(self, user: "User | AnonymousUser") -> "CourseQuerySet":
        """Those of the providers for which `user` keeps courses."""
        return self.filter(provider__in=organisations_where(user, Permission.COURSES_KEEP))

    def visible_to(self, user: "User | AnonymousUser") -> "CourseQuerySet":
        """To those who keep them, and to authorities, which approve courses."""
        if organisations_where(user, Permission.APPLICATION_VIEW):
            return self.all()
        return self.kept_by(user)

    def offered(self) -> "CourseQuerySet":
        return self.filter(retired_on=None)


class Course(models.Model):
    """A course or an examination. What it says never changes: a changed course is a new one.

    `minutes` all in all; `by_topic` holds minutes of further topics among them, the rest belongs to `code`.
    An examination has neither topic nor hours.
    """

    class Kind(models.TextChoices):
        TRAINING = "training", _("Training")
        CONTINUING_EDUCATION = "continuing_education", _("Continuing education")
        EXAM = "exam", _("Examination")

    class Mode(models.TextChoices):
        LIVE = "live", _("In person")
        ONLINE = "online", _("Online")

    provider = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="courses")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    title = models.CharField(_("title"), max_length=200)
    code = models.CharField(_("topic"), max_length=120, blank=True)
    minutes = models.PositiveIntegerField(_("hours"), null=True, blank=True)
    by_topic = models.JSONField(_("hours by topic"), default=dict, blank=True)
    mode = models.CharField(_("how"), max_length=10, choices=Mode.choices, blank=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_on = models.DateTimeField(default=timezone.now)
    retired_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    retired_on = models.DateTimeField(null=True)

    objects = CourseQuerySet.as_manager()

    class Meta:
        ordering = ["title", "pk"]
        constraints = [
            models.UniqueConstraint(
                "provider",
                "kind",
                Lower("title"),
                condition=Q(retired_on=None),
                name="course_offered_once",
            ),
            models.CheckConstraint(
                name="course_has_hours_and_an_exam_none",
                condition=Q(kind="exam", minutes=None, code="", by_topic={})
                | Q(kind__in=["training", "continuing_education"], minutes__gt=0) & ~Q(code=""),
            ),
            models.CheckConstraint(
                name="course_retired_by_someone_on_a_day",
                condition=Q(retired_by=None, retired_on=None)
                | Q(retired_by__isnull=False, retired_on__isnull=False),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="only_retired",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF OLD.retired_on IS NULL AND to_jsonb(NEW) - 'retired_on' - 'retired_by_id'
                        = to_jsonb(OLD) - 'retired_on' - 'retired_by_id'
                    THEN
                        RETURN NEW;
                    END IF;
                    RAISE EXCEPTION 'A course is retired, never changed.'
                        USING ERRCODE = 'check_violation', CONSTRAINT = 'course_only_retired';
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def topic_words(self) -> str:
        return code_in_words(self.code)

    @property
    def topics(self) -> list[tuple[str, int]]:
        """Further topics in words, with their minutes."""
        return [(code_in_words(code), minutes) for code, minutes in self.by_topic.items()]

    @property
    def policy_organisation_id(self) -> int:
        return self.provider_id


class CompletionQuerySet(models.QuerySet["Completion"]):
    def about(self, user: "User | AnonymousUser") -> "CompletionQuerySet":
        """Those that name a person: by an address shown to be theirs, or by their record number."""
        if not user.is_authenticated:
            return self.none()
        shown = EmailAddress.objects.filter(user=user, verified=True).annotate(lower=Lower("email"))
        return self.filter(
            Q(email__in=shown.values("lower")) | Q(record__in=Worker.objects.filter(user=user).values("uid"))
        )

    def visible_to(self, user: "User | AnonymousUser") -> "CompletionQuerySet":
        """To the person, and to those who keep the provider's courses."""
        return self.about(user) | self.filter(
            course__provider__in=organisations_where(user, Permission.COURSES_KEEP)
        )

    def waiting(self) -> "CompletionQuerySet":
        return self.filter(status=Completion.Status.SENT)


class Completion(models.Model):
    """A provider says that somebody completed a course, or passed an examination, on a day."""

    class Status(models.TextChoices):
        SENT = "sent", _("sent")
        CONFIRMED = "confirmed", _("confirmed")
        REFUSED = "refused", _("refused")

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="completions")
    client_id = models.UUIDField(default=uuid.uuid4, editable=False)
    email = models.EmailField(_("email address"), blank=True)
    record = models.UUIDField(_("record number"), null=True, blank=True)
    day = models.DateField(_("day"))
    percent = models.DecimalField(_("percent"), max_digits=5, decimal_places=2, null=True, blank=True)
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    uploaded_on = models.DateTimeField(default=timezone.now)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.SENT)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_on = models.DateTimeField(null=True)
    statement = models.OneToOneField(
        Statement, on_delete=models.PROTECT, null=True, related_name="completion"
    )
    # Whether somebody without an account is still to be written to.
    mail_due = models.BooleanField(default=False)

    objects = CompletionQuerySet.as_manager()

    class Meta:
        ordering = ["-day", "-pk"]
        indexes = [
            models.Index(fields=["email"], name="completion_by_email"),
            models.Index(fields=["record"], name="completion_by_record"),
            models.Index(fields=["id"], condition=Q(mail_due=True), name="completion_to_mail"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["course", "client_id"], name="completion_stored_once"),
            models.CheckConstraint(
                name="completion_names_one_person",
                condition=Q(record=None) & ~Q(email="") | Q(record__isnull=False, email=""),
            ),
            models.CheckConstraint(
                name="completion_email_in_small_letters", condition=Q(email=Lower(F("email")))
            ),
            models.CheckConstraint(
                name="completion_decided_by_someone_on_a_day",
                condition=Q(status="sent", decided_by=None, decided_on=None)
                | Q(status__in=["confirmed", "refused"], decided_by__isnull=False, decided_on__isnull=False),
            ),
            models.CheckConstraint(
                name="completion_confirmed_stands_in_the_record",
                condition=Q(status="confirmed", statement__isnull=False)
                | ~Q(status="confirmed") & Q(statement=None),
            ),
            models.CheckConstraint(
                name="completion_percent_is_one",
                condition=Q(percent=None) | Q(percent__gte=0, percent__lte=100),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="decided_is_final",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Condition("OLD.status <> 'sent'"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.course}, {self.day:%Y-%m-%d}"

    @property
    def named(self) -> str:
        """How the provider named the person."""
        return self.email or str(self.record)

    @property
    def policy_organisation_id(self) -> int:
        return self.course.provider_id
