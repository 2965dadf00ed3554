"""Requirements judged for all workers at once, as one query: the second interpreter of the language.

    for worker_id, verdict, minutes in population(standard.requirement, on=day, authority_id=7):
        ...
    for answer in population_many([question(standard) for standard in current], on=day):
        answer.worker_id, answer.verdict(0), answer.remaining(0)

Numbers over everybody stay in the database:

    judged = population_many([Question(today), Question(draft)], on=day).judged
    with generously() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM ({judged.text}) AS judged WHERE verdict0 < 2 AND verdict1 = 2",
            judged.params,
        )

It means what `explain` means over `records.load(...)[worker].record(authority_id)`; a property test holds the
two together (docs/decisions/0010-all-workers-in-one-query.md). Each kind of leaf is told in one place:
facts.py, courses.py, held.py, hours.py, sessions.py; groups in tree.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from certification.assessment import catalogue as known_on
from certification.models import Standard
from certification.requirements.case import Catalogue
from certification.requirements.findings import Verdict
from certification.requirements.language import Requirement

from .plan import Plan, Question, Workers
from .sql import SQL, ZERO, case, join, sql
from .tree import Node

__all__ = ["Answer", "Population", "Question", "generously", "population", "population_many", "question"]

VERDICTS = (Verdict.UNMET, Verdict.WAITING, Verdict.MET)
#: Verdicts a bigint, two bits each.
PACKED = 31


@dataclass(frozen=True, slots=True)
class Answer:
    """Of one worker to each question, in its order; minutes as `assessment.remaining_minutes`."""

    worker_id: int
    words: list[int]
    minutes: list[int]
    working: Mapping[int, int]

    def verdict(self, n: int) -> Verdict:
        return VERDICTS[self.words[n // PACKED] >> 2 * (n % PACKED) & 3]

    def remaining(self, n: int) -> int:
        place = self.working.get(n)
        return 0 if place is None else self.minutes[place]


class Population:
    """Questions put to all workers, or to those named, in one query.

    `query(*columns)` has a row for each worker: `worker_id` and columns made of `verdict(n)` (0 unmet, 1
    waiting, 2 met), `met(n)` and `remaining(n)`, each with its own name. It may stand in a larger query, to
    be run by `generously`. Iterating runs it and gives an Answer for each worker.
    """

    def __init__(self, questions: Iterable[Question], plan: Plan) -> None:
        self.plan = plan
        self.nodes: list[Node] = [plan.node(one) for one in questions]

    def met(self, n: int) -> SQL:
        return self.nodes[n].met

    def verdict(self, n: int) -> SQL:
        return case(self.nodes[n].may, case(self.nodes[n].met, sql("2"), sql("1")))

    def remaining(self, n: int) -> SQL:
        """Minutes of experience still to be worked on the nearest way."""
        return sql("({})::bigint", self.nodes[n].remaining())

    def query(self, *columns: SQL) -> SQL:
        return self.plan.query(columns)

    @property
    def judged(self) -> SQL:
        """A row for each worker, to stand in a larger query that `generously` runs.

        `worker_id`, and for question n `verdict<n>` (0 unmet, 1 waiting, 2 met) and `remaining<n>` (minutes).
        """
        columns = []
        for n in range(len(self.nodes)):
            columns += [
                sql(f"({{}})::int AS verdict{n}", self.verdict(n)),
                sql(f"{{}} AS remaining{n}", self.remaining(n)),
            ]
        return self.query(*columns)

    @cached_property
    def _working(self) -> dict[int, int]:
        """The questions that can leave hours to be worked, and their places in the array of minutes."""
        working = (n for n, node in enumerate(self.nodes) if node.remaining() != ZERO)
        return {n: place for place, n in enumerate(working)}

    @cached_property
    def packed(self) -> SQL:
        """`words`: the verdict of question n in two bits of word n / 31; `minutes` of those `_working`."""
        words = []
        for start in range(0, len(self.nodes), PACKED):
            codes = (
                case(
                    node.may,
                    case(node.met, sql(str(2 << 2 * place)), sql(str(1 << 2 * place))),
                )
                for place, node in enumerate(self.nodes[start : start + PACKED])
            )
            words.append(sql("({})::bigint", join(" | ", (sql("({})::bigint", code) for code in codes))))
        return self.query(
            sql("ARRAY[{}]::bigint[] AS words", join(", ", words)),
            sql("ARRAY[{}]::bigint[] AS minutes", join(", ", (self.remaining(n) for n in self._working))),
        )

    def __iter__(self) -> Iterator[Answer]:
        return self.answers(self.packed)

    def answers(self, packed: SQL) -> Iterator[Answer]:
        """Runs `packed`, as it is or with a share of the workers named."""
        with generously() as cursor:
            cursor.execute(packed.text, packed.params)
            while rows := cursor.fetchmany(5_000):
                for worker_id, words, minutes in rows:
                    yield Answer(worker_id, words, minutes, self._working)


@contextmanager
def generously() -> Iterator[CursorWrapper]:
    """A cursor for queries over everybody.

    They get room to group in memory, and no machine code for thousands of small expressions, which takes
    longer to make than it saves.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '128MB'; SET LOCAL jit = off")
        yield cursor


def population(
    requirement: Requirement,
    *,
    on: date,
    authority_id: int | None = None,
    level: str | None = None,
    jurisdiction: str | None = None,
    workers: Sequence[int] | None = None,
    catalogue: Catalogue | None = None,
) -> Iterator[tuple[int, Verdict, int]]:
    """(worker id, verdict, minutes of experience to go) of every worker, or of those named."""
    asked = Question(requirement, authority_id, level, jurisdiction)
    for answer in population_many([asked], on=on, workers=workers, catalogue=catalogue):
        yield answer.worker_id, answer.verdict(0), answer.remaining(0)


def population_many(
    questions: Iterable[Question],
    *,
    on: date,
    workers: Workers = None,
    catalogue: Catalogue | None = None,
) -> Population:
    """Many questions in one query, which works out once what several of them ask."""
    known = known_on(on) if catalogue is None else catalogue
    return Population(questions, Plan(on, known, workers))


def question(standard: Standard, *, renewal: bool = False) -> Question:
    """What a published standard asks of a new applicant, or for a renewal. It asks something."""
    requirement = standard.renewal_requirement if renewal else standard.requirement
    if requirement is None:
        raise ValueError(f"No source tells what {standard} asks.")
    program = standard.level.program
    return Question(requirement, program.authority_id, standard.level.code, program.jurisdiction.code)
