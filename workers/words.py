"""Words of the field that appear as choices: kinds of work, domains, modes, pay."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.states import STATES

Groups = list[tuple[Any, Any]]
"""Choices of a form: (value, label), or (name of a group, its choices)."""


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
    # Each of these counts only where a state's rule names it; forms offer them apart.
    PEER_SUPPORT_OR_RELATED = "peer_support_or_related", _("Work close to peer support")
    PEER_SUPPORT_PRACTICUM = "peer_support_practicum", _("Practicum in peer support")
    MENTAL_HEALTH_WORK = "mental_health_work", _("Work in mental health")
    MENTAL_HEALTH_DIRECT_CARE = "mental_health_direct_care", _("Direct care in mental health")
    MENTAL_HEALTH_PRACTICUM = "mental_health_practicum", _("Practicum in mental health")
    BEHAVIORAL_HEALTH = "behavioral_health", _("Work in behavioral health")
    BEHAVIORAL_HEALTH_PRACTICE_WITH_PEERS = (
        "behavioral_health_practice_with_peers",
        _("Behavioral health practice alongside peers"),
    )
    BEHAVIORAL_HEALTH_SUPERVISION = "behavioral_health_supervision", _("Supervising in behavioral health")
    BEHAVIORAL_HEALTH_MANAGEMENT = "behavioral_health_management", _("Managing in behavioral health")
    SUPPORT_OR_ADVISORY_ROLE = "support_or_advisory_role", _("Support or advisory role")
    CHILD_SERVING_SYSTEMS = "child_serving_systems", _("Services for children and families")
    ANY_WORK = "any_work", _("Any other work")


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
    SUPERVISING = "supervising", _("Supervising others")
    JOINT_SUPERVISION_OF_PEERS = (
        "joint_supervision_of_peers",
        _("Supervising peers together with a supervisor"),
    )
    SIMILAR_LIVED_EXPERIENCE = (
        "similar_lived_experience",
        _("Support for people with an experience like mine"),
    )
    DOMAIN_SPECIFIC = "domain_specific", _("Work in one domain of a state's rule")
    OTHER = "other", _("Something else")


#: The kinds of work that most people log, and what most of it goes to; forms offer the others below them.
USUAL_WORK = Work.values[: Work.values.index(Work.PEER_SUPPORT_OR_RELATED)]
USUAL_DOMAINS = [*Domain.values[: Domain.values.index(Domain.SUPERVISING)], Domain.OTHER]


def work_offered() -> Groups:
    """The kinds of work for a form: the usual ones, then the others as a group."""
    return _apart(Work.choices, USUAL_WORK, _("Other kinds of work"))


def domains_offered() -> Groups:
    """The domains for a form: the usual ones, then those of single states as a group."""
    return _apart(Domain.choices, USUAL_DOMAINS, _("Asked for by some states"))


def _apart(choices: list[tuple[str, Any]], usual: list[str], others: Any) -> Groups:
    first = [one for one in choices if one[0] in usual]
    return [*first, (others, [one for one in choices if one[0] not in usual])]


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


class Basis(models.TextChoices):
    """On what ground somebody belongs to a state."""

    LIVE = "live", _("I live there")
    WORK = "work", _("I work there")


class Offer(models.TextChoices):
    EMPLOYED = "employed", _("Employed")
    OFFER = "offer", _("Offered a post")
    EMPLOYED_OR_VOLUNTEER = "employed_or_volunteer", _("Employed or a volunteer")


class Topic(models.TextChoices):
    """Topics of training that many standards ask for. Others are typed in."""

    PEER_SUPPORT = "peer_support", _("Peer support")
    PEER_RECOVERY = "peer_recovery", _("Peer recovery support")
    RECOVERY_COACHING = "recovery_coaching", _("Recovery coaching")
    RECOVERY_SUPPORT = "recovery_support", _("Recovery support")
    FAMILY_PEER_SUPPORT = "family_peer_support", _("Family peer support")
    YOUTH_PEER_SUPPORT = "youth_peer_support", _("Youth peer support")
    INTENTIONAL_PEER_SUPPORT = "intentional_peer_support", _("Intentional Peer Support")
    PEER_SUPERVISION = "peer_supervision", _("Supervising peer workers")
    ETHICS = "ethics", _("Ethics")
    ETHICAL_RESPONSIBILITY = "ethical_responsibility", _("Ethical responsibility")
    ADVOCACY = "advocacy", _("Advocacy")
    MENTORING_EDUCATION = "mentoring_education", _("Mentoring and education")
    RECOVERY_WELLNESS = "recovery_wellness", _("Recovery and wellness support")
    CONFIDENTIALITY = "confidentiality", _("Confidentiality")
    BOUNDARIES = "boundaries", _("Boundaries")
    TRAUMA_INFORMED_CARE = "trauma_informed_care", _("Trauma-informed care")
    SUICIDE_PREVENTION = "suicide_prevention", _("Suicide prevention")
    CULTURAL_HUMILITY = "cultural_humility", _("Cultural humility")
    HARM_REDUCTION = "harm_reduction", _("Harm reduction")
    WHOLE_HEALTH = "whole_health", _("Whole health")
    CO_OCCURRING = "co_occurring", _("Co-occurring conditions")
    SYSTEM_NAVIGATION = "system_navigation", _("Finding a way through services")
    HUMAN_TRAFFICKING = "human_trafficking", _("Human trafficking")
    HIV = "hiv", _("HIV")


class Attested(models.TextChoices):
    """What standards most often ask a person to attest. Others are typed in."""

    CODE_OF_ETHICS = "code_of_ethics", _("I keep to the code of ethics")
    CODE_OF_CONDUCT = "code_of_conduct", _("I keep to the code of conduct")
    SCOPE_OF_ACTIVITIES = "scope_of_activities", _("I stay within what peer workers do")
    WILLING_TO_SHARE_LIVED_EXPERIENCE = (
        "willing_to_share_lived_experience",
        _("I am willing to share my lived experience"),
    )
    WILLING_TO_SHARE_RECOVERY_STORY = (
        "willing_to_share_recovery_story",
        _("I am willing to share my recovery story"),
    )
    PERSONAL_RECOVERY = "personal_recovery", _("My own recovery")
    IN_RECOVERY = "in_recovery", _("I am in recovery")
    GOOD_MORAL_CHARACTER = "good_moral_character", _("I am of good moral character")


class Referee(models.TextChoices):
    SUPERVISOR = "supervisor", _("A supervisor")
    PROFESSIONAL = "professional", _("A professional")
    COLLEAGUE = "colleague", _("A colleague")
    CLINICAL_PROFESSIONAL = "clinical-professional", _("A clinical professional")
    CHARACTER = "character", _("Somebody who knows my character")


class Certificate(models.TextChoices):
    """Kinds of credential from elsewhere that standards name."""

    STATE_PEER_CERTIFICATION = "state_peer_certification", _("A state's peer certification")
    US_VETERANS_AFFAIRS_PEER_CERTIFICATION = (
        "us_veterans_affairs_peer_certification",
        _("Peer certification of Veterans Affairs"),
    )
    OTHER_BODY_PEER_CERTIFICATION = "other_body_peer_certification", _("Peer certification of another body")


_CODES = {
    value: label
    for choices in (Topic, Attested, Referee, Certificate, Education, LivedExperience, Offer)
    for value, label in choices.choices
} | dict(STATES)


def code_in_words(code: str) -> str:
    """What people read for a code: its own words, or the code spelled out."""
    return str(_CODES.get(code) or code.replace("_", " ").replace("-", " ").capitalize())
