"""Kinds of organisation and the roles people hold in them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OrganisationKind(models.TextChoices):
    AUTHORITY = "authority", _("certifying authority")
    EMPLOYER = "employer", _("employer")
    VERIFIER = "verifier", _("verifier")
    TRAINING_PROVIDER = "training_provider", _("training provider")
    EXAM_BODY = "exam_body", _("examination body")


class Role(models.TextChoices):
    ADMINISTRATOR = "administrator", _("administrator")
    REVIEWER = "reviewer", _("reviewer")
    AUDITOR = "auditor", _("auditor")
    OWNER = "owner", _("owner")
    MANAGER = "manager", _("manager")
    SUPERVISOR = "supervisor", _("supervisor")
    CHECKER = "checker", _("checker")
    TRAINER = "trainer", _("trainer")
    EXAMINER = "examiner", _("examiner")


KIND_OF_ROLE: dict[Role, OrganisationKind] = {
    Role.ADMINISTRATOR: OrganisationKind.AUTHORITY,
    Role.REVIEWER: OrganisationKind.AUTHORITY,
    Role.AUDITOR: OrganisationKind.AUTHORITY,
    Role.OWNER: OrganisationKind.EMPLOYER,
    Role.MANAGER: OrganisationKind.EMPLOYER,
    Role.SUPERVISOR: OrganisationKind.EMPLOYER,
    Role.CHECKER: OrganisationKind.VERIFIER,
    Role.TRAINER: OrganisationKind.TRAINING_PROVIDER,
    Role.EXAMINER: OrganisationKind.EXAM_BODY,
}
