"""Paper applications: what a standard finds in facts that stand in no record here.

    finding = paper.judge(question, record)
    answers = list(paper.answers(text.splitlines(), on=today))

Nothing about the person is stored, and nothing is looked up about them: what is put in counts as accepted.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import yaml

from accounts.models import User
from accounts.policy import Permission, organisations_where
from certification.assessment import catalogue
from certification.explaining import Loaded
from certification.models import Standard
from certification.requirements.answers import batch
from certification.requirements.explain import explain
from certification.requirements.findings import Finding
from certification.requirements.language import Requirement
from certification.requirements.record import Record

MOST_LINES = 1_000
MOST_BYTES = 4 * 1024 * 1024
#: One record: an export of many years of daily hours has half of it.
MOST_CHARACTERS = 2_000_000


@dataclass(frozen=True)
class Question:
    """By which version, for which day, and what it asks: of new applicants or for a renewal."""

    standard: Standard
    on: date
    requirement: Requirement
    renewal: bool = False


def standards_of(user: User) -> list[Standard]:
    """The published versions of every level that the person's authorities certify, by level, newest first."""
    organisations = organisations_where(user, Permission.APPLICATION_REVIEW)
    own = Standard.objects.published().filter(level__program__authority__organisation__in=organisations)
    related = own.select_related("level__program__jurisdiction", "level__program__authority")
    return list(related.order_by("level__program__title", "level__rank", "level__code", "-in_force"))


def judge(question: Question, record: Record) -> Finding:
    """The tree of findings."""
    level = question.standard.level
    return explain(
        question.requirement,
        record,
        question.on,
        catalogue(question.on),
        level=level.code,
        jurisdiction=level.program.jurisdiction.code,
        path="renewal" if question.renewal else "requires",
    )


def answers(lines: Iterable[str], *, on: date) -> Iterator[dict[str, Any]]:
    """An answer for each line of a batch (`requirements.answers.batch`) by the published standards."""
    return batch(lines, Loaded(on), today=on)


def record_text(data: dict[str, Any]) -> str:
    """A record as the text of a record file."""
    return yaml.safe_dump({"worker": data}, sort_keys=False, allow_unicode=True)
