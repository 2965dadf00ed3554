"""Many questions to the register at once, each with its own day: one query, one answer for each, in order."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from accounts.refusals import Refused
from registry import lookup, verification
from registry.verification import Answer, NoMatch

MOST = 1_000


@dataclass(frozen=True)
class Question:
    """As for `verification.verify`; `id` is the asker's own mark, given back with the answer."""

    id: str = ""
    number: str = ""
    family_name: str = ""
    on: date | None = None
    known_on: date | None = None
    #: What could not be read of it, as (field, sentence).
    problems: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Result:
    """An answer; or none, with problems where the question was at fault, without where nothing matches."""

    id: str
    answer: Answer | None = None
    problems: list[tuple[str, str]] = field(default_factory=list)

    @property
    def outcome(self) -> str:
        if self.answer:
            return "match"
        return "invalid" if self.problems else "no_match"


def verify(questions: Sequence[Question]) -> list[Result]:
    """The answers in the order of the questions. A wrong question does not stop the others."""
    checked = [_checked(question) for question in questions]
    held = lookup.held_many({one.number for one in checked if isinstance(one, Question)})
    return [one if isinstance(one, Result) else _result(one, held.get(one.number)) for one in checked]


def _checked(question: Question) -> Question | Result:
    """The question with its number as it is written, or what is wrong with it."""
    if question.problems:
        return Result(question.id, problems=list(question.problems))
    try:
        number = verification.checked(
            question.number, question.family_name, on=question.on, known_on=question.known_on
        )
    except Refused as refusal:
        return Result(question.id, problems=[(refusal.field or "", refusal.message)])
    return Question(question.id, number, question.family_name, question.on, question.known_on)


def _result(question: Question, held: Any) -> Result:
    try:
        answer = verification.matched(held, question.family_name, on=question.on, known_on=question.known_on)
    except NoMatch:
        return Result(question.id)
    return Result(question.id, answer)
