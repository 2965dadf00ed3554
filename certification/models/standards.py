"""Jurisdictions, authorities, programs, levels and their versioned standards."""

from datetime import date
from typing import TYPE_CHECKING, Any

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.policy import Permission, organisations_where
from certification.requirements.language import Requirement, parse

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User


class Jurisdiction(models.Model):
    """A state, or the nation for national credentials."""

    class Status(models.TextChoices):
        CERTIFIES = "certifies", _("certifies peer workers")
        IN_DEVELOPMENT = "in_development", _("is developing a certification")
        NONE = "none", _("has no certification")
        UNKNOWN = "unknown", _("not known")

    code = models.CharField(max_length=5, unique=True)
    name = models.CharField(max_length=100)
    status = models.CharField(max_length=20, choices=Status.choices)
    # Who answers for certification there, in the words of the source; a program has its `authority`.
    body_name = models.CharField(max_length=400, blank=True)
    body_url = models.URLField(max_length=500, blank=True)
    medicaid_reimburses = models.BooleanField(null=True)
    notes = models.TextField(blank=True)
    sources_searched = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Authority(models.Model):
    """The body that administers programs. It works here once an organisation is linked to it."""

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.PROTECT, related_name="authorities")
    name = models.CharField(max_length=400)
    url = models.URLField(max_length=500, blank=True)
    organisation = models.OneToOneField(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="authority"
    )
    number_prefix = models.CharField(max_length=8)
    last_number = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "authorities"
        constraints = [
            models.UniqueConstraint(fields=["jurisdiction", "name"], name="authority_once_a_jurisdiction"),
            models.UniqueConstraint(fields=["number_prefix"], name="authority_prefix_is_its_own"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def policy_organisation_id(self) -> int | None:
        return self.organisation_id


class Program(models.Model):
    """A certification program: one title, one or more levels."""

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.PROTECT, related_name="programs")
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="programs")
    code = models.SlugField(max_length=100, unique=True)
    title = models.CharField(max_length=300)
    abbreviation = models.CharField(max_length=40, blank=True)
    focus = ArrayField(models.CharField(max_length=30))
    population = models.CharField(max_length=20)
    regulation = models.CharField(max_length=20)
    reciprocity = models.TextField(blank=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title


class LevelQuerySet(models.QuerySet["Level"]):
    def at_authorities_of(self, user: "User | AnonymousUser") -> "LevelQuerySet":
        """Those of the authorities whose desk `user` works at."""
        desks = organisations_where(user, Permission.APPLICATION_VIEW)
        return self.filter(program__authority__organisation__in=desks)

    def open(self) -> "LevelQuerySet":
        """Levels of the catalogue that a worker can choose."""
        return self.filter(withdrawn_at=None, program__withdrawn_at=None)


class Level(models.Model):
    """A step of a program that a person can hold a credential of."""

    class Role(models.TextChoices):
        TRAINEE = "trainee", _("trainee")
        PRACTITIONER = "practitioner", _("practitioner")
        ADVANCED = "advanced", _("advanced")
        SUPERVISOR = "supervisor", _("supervisor")
        TRAINER = "trainer", _("trainer")

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="levels")
    code = models.SlugField(max_length=100, unique=True)
    title = models.CharField(max_length=300)
    abbreviation = models.CharField(max_length=40, blank=True)
    rank = models.PositiveSmallIntegerField()
    role = models.CharField(max_length=20, choices=Role.choices)
    endorses = models.CharField(max_length=100, blank=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects = LevelQuerySet.as_manager()

    class Meta:
        ordering = ["rank", "title"]

    def __str__(self) -> str:
        return self.title

    @property
    def policy_organisation_id(self) -> int | None:
        return self.program.authority.organisation_id


class StandardQuerySet(models.QuerySet["Standard"]):
    def published(self) -> "StandardQuerySet":
        return self.filter(status=Standard.Status.PUBLISHED, withdrawn_at=None)

    def in_force(self, on: date) -> "StandardQuerySet":
        """The one version of each level that speaks for the day `on`."""
        return self.published().filter(in_force__contains=on)


class Standard(models.Model):
    """What a level asks, as one version. Published, then immutable; a correction is a new revision.

    `in_force` is the period in which this version speaks for its level. Where the source names no date, it
    follows from the date that the source speaks for, and `in_force_stated` is false.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")

    class Confidence(models.TextChoices):
        HIGH = "high", _("high")
        MEDIUM = "medium", _("medium")
        LOW = "low", _("low")

    level = models.ForeignKey(Level, on_delete=models.PROTECT, related_name="standards")
    code = models.CharField(max_length=120)
    revision = models.PositiveSmallIntegerField(default=1)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    in_force = DateRangeField(null=True)
    in_force_stated = models.BooleanField(default=False)
    effective_from = models.CharField(max_length=10, blank=True)
    effective_until = models.CharField(max_length=10, blank=True)
    as_of = models.CharField(max_length=10, blank=True)
    requires = models.JSONField(null=True)
    renewal = models.JSONField(null=True)
    term_months = models.PositiveSmallIntegerField(null=True)
    expires_on = models.CharField(max_length=10, blank=True)
    grace_months = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    renewals_at_most = models.PositiveSmallIntegerField(null=True)
    sources = models.JSONField(default=list)
    confidence = models.CharField(max_length=10, choices=Confidence.choices)
    renewal_confidence = models.CharField(max_length=10, choices=Confidence.choices, blank=True)
    unclear = models.JSONField(default=list)
    partial = models.BooleanField(default=False)
    digest = models.CharField(max_length=64)
    published_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects = StandardQuerySet.as_manager()

    class Meta:
        ordering = ["level", "code", "revision"]
        constraints = [
            models.UniqueConstraint(fields=["code", "revision"], name="standard_revision_once"),
            models.CheckConstraint(
                name="standard_published_is_in_force_some_time",
                condition=Q(status="draft")
                | Q(in_force__isnull=False, in_force__isempty=False, published_at__isnull=False),
            ),
            ExclusionConstraint(
                name="standard_one_version_at_a_time",
                expressions=[(F("level"), RangeOperators.EQUAL), (F("in_force"), RangeOperators.OVERLAPS)],
                condition=Q(status="published", withdrawn_at=None),
            ),
        ]
        triggers = [
            # Published: its period may be closed by its successor and it may be withdrawn; its content stays.
            pgtrigger.Trigger(
                name="published_is_immutable",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Condition("OLD.status = 'published'"),
                func="""
                    IF TG_OP = 'UPDATE' AND OLD.withdrawn_at IS NULL
                        AND lower(NEW.in_force) = lower(OLD.in_force)
                        AND to_jsonb(NEW) - 'in_force' - 'withdrawn_at'
                            = to_jsonb(OLD) - 'in_force' - 'withdrawn_at'
                    THEN
                        RETURN NEW;
                    END IF;
                    RAISE EXCEPTION 'A published standard is never changed; publish a new version.'
                        USING ERRCODE = 'check_violation', CONSTRAINT = 'standard_published_is_immutable';
                """,
            ),
            # Everyone who aims at the level is to be judged anew.
            pgtrigger.Trigger(
                name="mark_goals",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                    INSERT INTO workers_mark (worker_id, marked_at)
                    SELECT DISTINCT g.worker_id, clock_timestamp()
                    FROM certification_goal g WHERE g.level_id = NEW.level_id;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.code if self.revision == 1 else f"{self.code} (revision {self.revision})"

    @cached_property
    def requirement(self) -> Requirement | None:
        """What is asked of a new applicant; None where no source tells."""
        return parse(self.requires, path="requires") if self.requires else None

    @cached_property
    def renewal_requirement(self) -> Requirement | None:
        return parse(self.renewal, path="renewal") if self.renewal else None

    def to_data(self) -> dict[str, Any]:
        """The standard as the catalogue writes it."""
        return {
            "code": self.code,
            "effective_from": self.effective_from or None,
            "effective_until": self.effective_until or None,
            "as_of": self.as_of or None,
            "requires": self.requires,
            "renewal": self.renewal,
            "term_months": self.term_months,
            "expires_on": self.expires_on or None,
            "grace_months": None if self.grace_months is None else float(self.grace_months),
            "renewals_at_most": self.renewals_at_most,
            "sources": self.sources,
            "confidence": self.confidence,
            "renewal_confidence": self.renewal_confidence or None,
            "unclear": self.unclear,
            "partial": self.partial,
        }
