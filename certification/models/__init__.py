"""The rules, who meets them, and the credentials issued."""

from certification.models.applications import Acceptance, Application, ApplicationItem, Ruling
from certification.models.courses import CourseApproval
from certification.models.credentials import Credential, CredentialEvent
from certification.models.imports import RecordImport
from certification.models.progress import Goal, Progress, ProgressBase
from certification.models.standards import Authority, Jurisdiction, Level, Program, Standard

__all__ = [
    "Acceptance",
    "Application",
    "ApplicationItem",
    "Authority",
    "CourseApproval",
    "Credential",
    "CredentialEvent",
    "Goal",
    "Jurisdiction",
    "Level",
    "Program",
    "Progress",
    "ProgressBase",
    "RecordImport",
    "Ruling",
    "Standard",
]
