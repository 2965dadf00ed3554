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


class Supervised:
    """The figures that one query wants of sessions."""

    def __init__(self) -> None:
        self.figures: dict[tuple[SQL, Sessions], str] = {}

    def minutes(self, which: Sessions) -> SQL:
        return self._figure(sql("sum({})", _share(which.domain)), which)

    def count(self, which: Sessions) -> SQL:
        return self._figure(sql("count(*)"), which)

    def _figure(self, measure: SQL, which: Sessions) -> SQL:
        return SQL(self.figures.setdefault((measure, which), f"sessions{len(self.figures)}"))

    def columns(self) -> Iterator[SQL]:
        for name in self.figures.values():
            yield sql(f"coalesce(supervised.{name}, 0)::bigint AS {name}")

    def query(self, plan: Plan) -> SQL | None:
        """A row for each worker: sessions are added up by agreement first, as each has one supervisor.

        What qualified the supervisor was sealed with a session, or stands in the agreement.
        """
        if not self.figures:
            return None
        sums: dict[tuple[SQL, tuple[SQL, ...]], str] = {}
        figures = []
        for (measure, which), name in self.figures.items():
            part = sums.setdefault((measure, tuple(which.conditions())), f"sum{len(sums)}")
            held = "coalesce(nullif(received.basis, ''), agreement.basis) = ANY ({}::text[])"
            by = sql("true") if which.by is None else sql(held, _qualified(which.by))
            figures.append(sql(f"sum({part}) FILTER (WHERE {{}}) AS {name}", by))
        return sql(
            """
            SELECT received.worker_id, {} FROM (
                SELECT agreement_id, worker_id, basis, {} FROM workers_supervisionsession
                WHERE confirmed_on IS NOT NULL AND day <= {}::date AND {}
                GROUP BY agreement_id, worker_id, basis
            ) AS received
            JOIN workers_agreement agreement ON agreement.id = received.agreement_id
            GROUP BY received.worker_id
            """,
            join(", ", figures),
            join(
                ", ",
                (
                    sql(f"({{}} FILTER (WHERE {{}}))::int AS {name}", measure, every(conditions))
                    for (measure, conditions), name in sums.items()
                ),
            ),
            plan.on,
            plan.among("worker_id"),
        )


def _share(domain: str | None) -> SQL:
    """The minutes of a session on a subject: what its topics give it, and to its own the rest of the hour."""
    if domain is None:
        return sql("minutes")
    rest = "minutes - (SELECT coalesce(sum(value::int), 0) FROM jsonb_each_text(topics))"
    return sql(
        f"coalesce((topics ->> {{}})::int, 0) + CASE WHEN domain = {{}} THEN {rest} ELSE 0 END",
        domain,
        domain,
    )


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
