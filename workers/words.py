"""Words of the field that appear as choices: kinds of work, domains, modes, pay."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Work(models.TextChoices):
    """What kind of work an hour is; the `in` of the requirement language."""

    PEER_SUPPORT = "peer_support", _("Peer support")
    PEER_RECOVERY = "peer_recovery", _("Peer recovery support")
    RECOVERY_COACHING = "recovery_coaching", _("Recovery coaching")
    RECOVERY_SUPPORT = "recovery_support", _("Recovery support")
    INTENTIONAL_PEER_SUPPORT = "intentional_peer_support", _("Intentional peer support")
    FAMILY_PEER_SUPPORT = "family_peer_support", _("Family peer support")
    YOUTH_PEER_SUPPORT = "youth_peer_support", _("Youth peer support")
    PROVIDING_PEER_SUPERVISION = "providing_peer_supervision", _("Supervising peer workers")
    LEAD_PEER_ROLE = "lead_peer_role", _("Leading a peer team")
    MENTAL_HEALTH_SERVICES = "mental_health_services", _("Other mental health services")
    SUBSTANCE_USE_SERVICES = "substance_use_services", _("Other substance use services")


class Domain(models.TextChoices):
    """What the time went to. The first four are the domains that the boards' standards name."""

    ADVOCACY = "advocacy", _("Advocacy")
    MENTORING_EDUCATION = "mentoring_education", _("Mentoring and education")
    RECOVERY_WELLNESS = "recovery_wellness", _("Recovery and wellness support")
    ETHICAL_RESPONSIBILITY = "ethical_responsibility", _("Ethical responsibility")
    HARM_REDUCTION = "harm_reduction", _("Harm reduction")
    RESOURCE_LINKING = "resource_linking", _("Linking to resources and services")
    CRISIS_SUPPORT = "crisis_support", _("Support in a crisis")
    GROUP_FACILITATION = "group_facilitation", _("Leading a group")
    SUPERVISING_PEERS = "supervising_peers", _("Supervising peers")
    OTHER = "other", _("Something else")


class Mode(models.TextChoices):
    IN_PERSON = "in_person", _("In person")
    PHONE = "phone", _("By phone")
    VIDEO = "video", _("By video")
    DIGITAL = "digital", _("By text or app")


class Pay(models.TextChoices):
    PAID = "paid", _("Paid")
    VOLUNTEER = "volunteer", _("Volunteer")


class Education(models.TextChoices):
    NONE = "none", _("No diploma yet")
    HIGH_SCHOOL = "high_school", _("High school diploma or equivalent")
    ASSOCIATE = "associate", _("Associate degree")
    BACHELOR = "bachelor", _("Bachelor's degree")
    MASTER = "master", _("Master's degree or higher")


class LivedExperience(models.TextChoices):
    MENTAL_HEALTH = "mental_health", _("Mental health")
    SUBSTANCE_USE = "substance_use", _("Substance use")
    CO_OCCURRING = "co_occurring", _("Both")
    FAMILY = "family", _("As a family member")
    YOUTH = "youth", _("As a young person")
    JUSTICE = "justice", _("With the justice system")
    VETERAN = "veteran", _("As a veteran")
    OTHER = "other", _("Other")
