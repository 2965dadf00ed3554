"""One query for many requirements: what they want of the facts is gathered first, each thing once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import cached_property

from certification.requirements.case import Catalogue
from certification.requirements.language import Requirement

from . import courses, facts, held, hours, sessions, tenure
from .marks import ANYONE, Marks, Place, reached
from .sql import SQL, join, sql
from .told import Bit, Told
from .tree import Node

COLUMN = re.compile(r"\bcolumn(\d+)\b")


class Share(Enum):
    """Parameters of a query about a span of workers' ids that is named when it runs: `within` it."""

    FIRST = "first"
    END = "end"

    @classmethod
    def within(cls, ids: range, query: SQL) -> SQL:
        named = {cls.FIRST: ids.start, cls.END: ids.stop}
        return SQL(query.text, tuple(named[one] if isinstance(one, cls) else one for one in query.params))


Workers = Sequence[int] | type[Share] | None


@dataclass(frozen=True)
class Question:
    """A requirement as one authority puts it; the fields are those of `explain` and `Facts.record`.

    Without an authority what any authority accepted counts, as employers take it.
    """

    requirement: Requirement
    authority_id: int | None = None
    level: str | None = None
    jurisdiction: str | None = None


@dataclass(frozen=True)
class Asked:
    """What a leaf is told in: the query, and whose question it is."""

    plan: Plan
    who: int
    level: str | None
    jurisdiction: str | None

    def bit(self, *places: Place) -> Bit:
        return self.plan.marks.bit(places, self.who)

    def mark(self, *places: Place) -> Told:
        """A leaf that one fact in any of these places is enough for."""
        bit = self.bit(*places)
        return Told(reached([bit], "met"), reached([bit], "stated"), bit=bit)


class Plan:
    """The facts that one query reads, and the columns it works out for each worker."""

    def __init__(self, on: date, catalogue: Catalogue, workers: Workers) -> None:
        self.on = on
        self.catalogue = catalogue
        self.workers = workers
        self.marks = Marks()
        self.courses = courses.Courses()
        self.held = held.Held()
        self.hours = hours.Hours()
        self.supervised = sessions.Supervised()
        self._columns: dict[SQL, tuple[str, int]] = {}

    @cached_property
    def first_month(self) -> date:
        return hours.first_month(self.on)

    @property
    def months(self) -> int:
        """How many months there are from then to the day asked about."""
        return hours.number_of(self.on) - hours.number_of(self.first_month) + 1

    def node(self, question: Question) -> Node:
        jurisdiction = question.jurisdiction
        known = self.catalogue.levels.get(question.level or "")
        if jurisdiction is None and known:
            jurisdiction = known.jurisdiction
        who = ANYONE if question.authority_id is None else question.authority_id
        return Node(question.requirement, Asked(self, who, question.level, jurisdiction))

    def column(self, expression: SQL) -> SQL:
        """A name for an expression that is worked out once for each worker."""
        if expression not in self._columns:
            used = [int(n) for n in COLUMN.findall(expression.text)]
            known = list(self._columns.values())
            depth = 1 + max((known[n][1] for n in used), default=0)
            self._columns[expression] = (f"column{len(self._columns)}", depth)
        return SQL(self._columns[expression][0])

    def among(self, column: str) -> SQL:
        """That a row is of one of the workers asked about."""
        if self.workers is None:
            return sql("true")
        if self.workers is Share:
            return sql(f"{column} >= {{}}::bigint AND {column} < {{}}::bigint", Share.FIRST, Share.END)
        return sql(f"{column} = ANY ({{}}::bigint[])", [*self.workers])

    def standing(self, said: str) -> SQL:
        """That a statement was not withdrawn, by one of the workers asked about."""
        return sql(f"{said}.withdrawn_at IS NULL AND {{}}", self.among(f"{said}.worker_id"))

    # The query

    def query(self, answer: Iterable[SQL]) -> SQL:
        """A row for each worker: `worker_id` and the expressions of `answer`, each with its own name."""
        told = join(", ", [SQL("worker_id"), *answer])  # first, for it says what is wanted of the facts
        rows = self._rows()  # before the relations, for the same reason
        by_depth: dict[int, list[SQL]] = {}
        for expression, (name, depth) in self._columns.items():
            by_depth.setdefault(depth, []).append(sql(f"{{}} AS {name}", expression))
        for _, columns in sorted(by_depth.items()):
            # OFFSET 0 keeps the planner from working a column out again wherever it is used.
            rows = sql("SELECT *, {} FROM ({}) AS facts OFFSET 0", join(", ", columns), rows)
        found = sql("SELECT {} FROM ({}) AS facts", told, rows)
        relations = self._relations()
        return sql("WITH {} {}", join(", ", relations), found) if relations else found

    def _relations(self) -> list[SQL]:
        found = [_accepted(self)] if self.authorities() else []
        found += [hours.late(self)] if self.hours.figures else []
        found += [*self.held.relations(self), *tenure.relations(self), *self.courses.relations(self)]
        return found + (self.marks.relations() if self.marks.bits else [])

    def authorities(self) -> set[int]:
        """Whose acceptances are asked about."""
        asked = {who for _, who in self.marks.bits} | {who for _, who in self.held.tenures}
        return asked | {who for _, who in self.held.terms} | self.courses.asked

    def _rows(self) -> SQL:
        """The figures of each worker, none of them null."""
        columns = [sql("who.id AS worker_id"), sql("who.born_on")]
        columns += [*self.marks.columns(), *self.hours.columns(), *self.supervised.columns()]
        columns += self.courses.columns()
        sources = {
            "marked": self.marks.query(facts.facts(self) + self.held.facts()) if self.marks.bits else None,
            "worked": self.hours.query(self),
            "held": tenure.query(self),
            "supervised": self.supervised.query(self),
            "stated": self.courses.stated(self),
            "accepted": self.courses.accepted(self),
        }
        joined = (
            sql(f"LEFT JOIN ({{}}) AS {name} ON {name}.worker_id = who.id", query)
            for name, query in sources.items()
            if query
        )
        return sql(
            "SELECT {} FROM workers_worker who {} WHERE {} OFFSET 0",
            join(", ", columns),
            join(" ", joined),
            self.among("who.id"),
        )


def _accepted(plan: Plan) -> SQL:
    """Which authority accepted which statement; ANYONE where any of them did."""
    asked = plan.authorities()
    found = [
        sql(
            "SELECT statement_id, authority_id AS who FROM certification_acceptance"
            " WHERE revoked_on IS NULL AND authority_id = ANY ({}::bigint[]) AND {}",
            sorted(asked - {ANYONE}),
            plan.among("worker_id"),
        )
    ]
    if ANYONE in asked:
        found.append(
            sql(
                "SELECT DISTINCT statement_id, {}::bigint FROM certification_acceptance"
                " WHERE revoked_on IS NULL AND {}",
                ANYONE,
                plan.among("worker_id"),
            )
        )
    return sql("accepted AS NOT MATERIALIZED ({})", join(" UNION ALL ", found))
