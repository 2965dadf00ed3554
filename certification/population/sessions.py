"""Supervision received: sums over confirmed sessions, and the leaf that asks for them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from certification.requirements.leaves import Supervision
from certification.requirements.ledger import window
from certification.requirements.values import Minutes
from workers.models.supervision import Basis

from .hours import Days, Which, computed
from .sql import SQL, every, join, lack, number, sql, total
from .told import Told, tells

if TYPE_CHECKING:
    from .plan import Asked, Plan


@dataclass(frozen=True)
class Sessions:
    """Which sessions. `by`: what qualifies the supervisor, as the agreement says."""

    first: date
    by: frozenset[str] | None = None
    format: str | None = None
    domain: str | None = None

    def conditions(self) -> Iterator[SQL]:
        if self.first > date.min:
            yield sql("day >= {}::date", self.first)
        if self.format is not None:
            yield sql("format = {}", self.format)

    def measures(self, measure: str) -> Iterator[tuple[SQL, tuple[SQL, ...]]]:
        """What is added up, under which conditions: a session has the rest of its time on its own subject."""
        here = tuple(self.conditions())
        if self.domain is None:
            yield sql(measure), here
        else:
            yield sql("sum(rest)"), (*here, sql("domain = {}", self.domain))
            yield sql("sum((topics ->> {})::int)", self.domain), here


class Supervised:
    """The figures that one query wants of sessions."""

    def __init__(self) -> None:
        self.figures: dict[tuple[str, Sessions], str] = {}

    def minutes(self, which: Sessions) -> SQL:
        return self._figure("sum(minutes)", which)

    def count(self, which: Sessions) -> SQL:
        return self._figure("count(*)", which)

    def _figure(self, measure: str, which: Sessions) -> SQL:
        return SQL(self.figures.setdefault((measure, which), f"sessions{len(self.figures)}"))

    def columns(self) -> Iterator[SQL]:
        for name in self.figures.values():
            yield sql(f"coalesce(supervised.{name}, 0)::bigint AS {name}")

    def query(self, plan: Plan) -> SQL | None:
        """A row for each worker: sessions are added up by agreement first, as each has one supervisor."""
        if not self.figures:
            return None
        sums: dict[tuple[SQL, tuple[SQL, ...]], str] = {}
        figures = []
        for (measure, which), name in self.figures.items():
            parts = [sums.setdefault(part, f"sum{len(sums)}") for part in which.measures(measure)]
            by = sql("true") if which.by is None else sql("basis = ANY ({}::text[])", _qualified(which.by))
            added = (sql(f"coalesce(sum({one}) FILTER (WHERE {{}}), 0)", by) for one in parts)
            figures.append(sql(f"{{}} AS {name}", total(added)))
        columns = (
            sql(f"({{}} FILTER (WHERE {{}}))::int AS {name}", measure, every(conditions))
            for (measure, conditions), name in sums.items()
        )
        subjects = SQL(_SUBJECTS if any(which.domain for _, which in self.figures) else "")
        among = plan.among("worker_id")
        return sql(_RECEIVED, join(", ", figures), join(", ", columns), subjects, plan.on, among)


#: Most sessions have one subject; a null is passed over faster than an empty breakdown is looked into.
_SUBJECTS = """,
    nullif(topics, '{}') AS topics,
    CASE WHEN topics = '{}' THEN minutes
    ELSE minutes - (SELECT sum(value::int) FROM jsonb_each_text(topics)) END AS rest
"""
# What qualified the supervisor was sealed with a session; with an older one it is what the agreement says.
# OFFSET 0 keeps the planner from walking all sessions by the index of their workers.
_RECEIVED = """
    SELECT worker_id, {} FROM (
        SELECT received.*, coalesce(nullif(received.sealed, ''), agreement.basis) AS basis FROM (
            SELECT agreement_id, worker_id, sealed, {} FROM (
                SELECT agreement_id, worker_id, basis AS sealed, day, minutes, format, domain {}
                FROM workers_supervisionsession
                WHERE confirmed_on IS NOT NULL AND day <= {}::date AND {} OFFSET 0
            ) AS session
            GROUP BY agreement_id, worker_id, sealed
        ) AS received
        JOIN workers_agreement agreement ON agreement.id = received.agreement_id
    ) AS received
    GROUP BY worker_id
"""


def _qualified(by: frozenset[str]) -> list[str]:
    """A supervisor without a qualification is none of any kind."""
    return sorted(by - {Basis.NOT_QUALIFIED})


@tells(Supervision)
def supervision(leaf: Supervision, asked: Asked) -> Told:
    plan = asked.plan
    first = window(plan.on, leaf.within_months)
    which = Sessions(first, None if leaf.by is None else frozenset(leaf.by), leaf.format)
    done = plan.supervised
    lacking, others = [], []
    if leaf.minutes is not None or leaf.per_experience_minutes is not None:
        lacking.append(lack(_needed(leaf, plan), done.minutes(which)))
    if leaf.by_domain:
        lacking.append(
            total(lack(needed, done.minutes(replace(which, domain=slug))) for slug, needed in leaf.by_domain)
        )
    if leaf.sessions is not None:
        others.append(sql("{} >= {}", done.count(which), leaf.sessions))
    if not lacking and not others:
        others.append(sql("{} > 0", done.count(which)))
    asked_for = [leaf.minutes, *(needed for _, needed in leaf.by_domain or ())]
    whole = all(isinstance(needed, int | None) for needed in asked_for)
    return computed(plan, lacking, others, whole=whole)


def _needed(leaf: Supervision, plan: Plan) -> SQL | Minutes:
    """One hour for each so many hours worked in the same window, in proportion, down to the minute."""
    if leaf.per_experience_minutes is None:
        return leaf.minutes or 0
    worked = plan.hours.minutes(Which(), Days(window(plan.on, leaf.within_months), plan.on))
    owed = sql("div({} * 60, {})::bigint", worked, number(leaf.per_experience_minutes))
    return sql("greatest({}, {})", number(leaf.minutes), owed) if leaf.minutes else owed
