"""The leaves that one accepted fact is enough for, and where such facts are stored."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from certification.requirements.judge_facts import SATISFIED_BY
from certification.requirements.leaves import (
    SCHOOLING,
    Age,
    Attestation,
    BackgroundCheck,
    Document,
    Education,
    Employment,
    Exam,
    Fee,
    LivedExperience,
    Qualification,
    Recovery,
    Residency,
)
from certification.requirements.values import name_key

from .marks import ANY_KEY, Place
from .sql import FALSE, SQL, every, sql
from .told import Told, latest_start, tells

if TYPE_CHECKING:
    from .plan import Asked, Plan

#: A day as a figure is the number of days since then.
EPOCH = date(2000, 1, 1)
#: Kinds of statement whose facts are found by their code alone.
BY_CODE = ("lived_experience", "attestation", "qualification", "education")
BY_NAME = ("exam", "document")
WORKS = ("employed", "employed_or_volunteer")
BY_FIGURE = ("recovery", "background_check", "fee")


def facts(plan: Plan) -> list[SQL]:
    """The facts of the kinds that the marks of the plan ask for: worker, who, stated, kind, key, value."""
    kinds = plan.marks.kinds
    asked = [kind for kind in (*BY_CODE, *BY_NAME, *BY_FIGURE, "employment") if kind in kinds]
    found = [sql(_STATED, asked, plan.on, plan.standing("said"))] if asked else []
    if "field" in kinds:
        found.append(sql(_FIELDS, plan.standing("said")))
    keys = sorted(plan.marks.keys("live", "work"))
    if keys:
        found += [sql(_PLACES, plan.standing("said"), keys), sql(_HOMES, plan.among("worker.id"), keys)]
    if keys or "employment" in kinds:
        found.append(sql(_JOBS, plan.on, plan.on, plan.among("job.worker_id"), [*keys, *WORKS]))
    return found


_STATED = f"""
    SELECT said.worker_id, accepted.who, true AS stated, said.kind,
        CASE said.kind
            WHEN 'exam' THEN peerladder_name_key(coalesce(nullif(said.name, ''), said.code))
            WHEN 'document' THEN peerladder_name_key(coalesce(nullif(said.name, ''), said.code))
            WHEN 'employment' THEN coalesce(nullif(said.code, ''), 'offer')
            WHEN 'recovery' THEN '' WHEN 'background_check' THEN '' WHEN 'fee' THEN ''
            ELSE said.code
        END AS key,
        CASE said.kind
            WHEN 'exam' THEN coalesce(nullif(said.details ->> 'percent', '')::numeric, -1)
            WHEN 'fee' THEN said.amount
            WHEN 'recovery' THEN said.day - DATE '{EPOCH}'
            WHEN 'background_check' THEN said.day - DATE '{EPOCH}'
            ELSE 0
        END AS value
    FROM workers_statement said LEFT JOIN accepted ON accepted.statement_id = said.id
    WHERE said.kind = ANY ({{}}::text[])
        AND (said.day <= {{}}::date OR said.kind NOT IN ('exam', 'recovery', 'background_check')) AND {{}}
"""

_FIELDS = """
    SELECT said.worker_id, accepted.who, true, 'field',
        said.code || '/' || (said.details ->> 'education_field'), 0
    FROM workers_statement said LEFT JOIN accepted ON accepted.statement_id = said.id
    WHERE said.kind = 'education' AND said.details ->> 'education_field' IS NOT NULL AND {}
"""

# Where the profile says that the worker lives is their word; where they work is the employer's to confirm.
_PLACES = f"""
    SELECT said.worker_id, accepted.who, true,
        CASE said.details ->> 'basis' WHEN 'work' THEN 'work' ELSE 'live' END, place.key,
        coalesce(nullif(said.details ->> 'share_percent', '')::numeric, 100)
    FROM workers_statement said LEFT JOIN accepted ON accepted.statement_id = said.id
    CROSS JOIN LATERAL (VALUES (said.code), ('{ANY_KEY}')) AS place(key)
    WHERE said.kind = 'residency' AND said.code <> '' AND {{}} AND place.key = ANY ({{}}::text[])
"""
_HOMES = f"""
    SELECT worker.id, NULL::bigint, true, 'live', place.key, 100
    FROM workers_worker worker CROSS JOIN LATERAL (VALUES (worker.state), ('{ANY_KEY}')) AS place(key)
    WHERE worker.state <> '' AND {{}} AND place.key = ANY ({{}}::text[])
"""
_JOBS = f"""
    SELECT job.worker_id, CASE WHEN job.confirmed_on IS NOT NULL THEN 0::bigint END, true,
        fact.kind, fact.key, fact.value
    FROM workers_employment job
    CROSS JOIN LATERAL (VALUES
        ('work', job.state, 100), ('work', '{ANY_KEY}', 100),
        ('employment', CASE job.pay WHEN 'paid' THEN 'employed' ELSE 'employed_or_volunteer' END, 0)
    ) AS fact(kind, key, value)
    WHERE job.started_on <= {{}}::date AND (job.ended_on IS NULL OR job.ended_on >= {{}}::date) AND {{}}
        AND fact.key = ANY ({{}}::text[])
"""


# The leaves


def since_epoch(day: date) -> int:
    return (day - EPOCH).days


@tells(Age)
def age(leaf: Age, asked: Asked) -> Told:
    on = asked.plan.on
    conditions = [sql("born_on IS NOT NULL"), sql("born_on <= {}::date", on)]
    if leaf.at_least is not None:
        latest = latest_start(on, 12 * leaf.at_least)
        conditions.append(sql("born_on <= {}::date", latest) if latest else FALSE)
    if leaf.at_most is not None and (too_old := latest_start(on, 12 * (leaf.at_most + 1))):
        conditions.append(sql("born_on > {}::date", too_old))
    met = every(conditions)
    return Told(met, met)


@tells(Education)
def education(leaf: Education, asked: Asked) -> Told:
    levels = SCHOOLING[SCHOOLING.index(leaf.at_least) :]
    if leaf.field is None:
        return asked.mark(*(Place("education", level) for level in levels))
    return asked.mark(*(Place("field", f"{level}/{leaf.field}") for level in levels))


@tells(LivedExperience)
def lived_experience(leaf: LivedExperience, asked: Asked) -> Told:
    return asked.mark(*(Place("lived_experience", one) for one in leaf.of))


@tells(Recovery)
def recovery(leaf: Recovery, asked: Asked) -> Told:
    latest = latest_start(asked.plan.on, leaf.months)
    if latest is None:
        return Told(FALSE, FALSE)
    return asked.mark(Place("recovery", below=since_epoch(latest) + 1))


@tells(BackgroundCheck)
def background_check(leaf: BackgroundCheck, asked: Asked) -> Told:
    if leaf.within_days is None:
        return asked.mark(Place("background_check"))
    first = asked.plan.on - timedelta(days=leaf.within_days)
    return asked.mark(Place("background_check", least=since_epoch(first)))


@tells(Exam)
def exam(leaf: Exam, asked: Asked) -> Told:
    return asked.mark(Place("exam", name_key(leaf.name), leaf.at_least_percent))


@tells(Document)
def document(leaf: Document, asked: Asked) -> Told:
    return asked.mark(Place("document", name_key(leaf.what)))


@tells(Attestation)
def attestation(leaf: Attestation, asked: Asked) -> Told:
    return asked.mark(Place("attestation", leaf.to))


@tells(Qualification)
def qualification(leaf: Qualification, asked: Asked) -> Told:
    return asked.mark(Place("qualification", leaf.code))


@tells(Fee)
def fee(leaf: Fee, asked: Asked) -> Told:
    return asked.mark(Place("fee", "", leaf.usd))


@tells(Employment)
def employment(leaf: Employment, asked: Asked) -> Told:
    return asked.mark(*(Place("employment", status) for status in SATISFIED_BY[leaf.status]))


@tells(Residency)
def residency(leaf: Residency, asked: Asked) -> Told:
    """Living or working in the jurisdiction; of a national standard, in any state."""
    state = ANY_KEY if asked.jurisdiction in (None, "US") else asked.jurisdiction
    kinds = ("live", "work") if leaf.basis == "live_or_work" else (leaf.basis,)
    return asked.mark(*(Place(kind, state, leaf.share_percent) for kind in kinds))
