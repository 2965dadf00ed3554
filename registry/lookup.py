"""What the register holds of credentials, read by their numbers: one query for one number or a thousand.

Every question of the register comes through here, a payer's single one and an auditor's batch. It is written
in SQL because nothing else here is asked as often: no row becomes a model, and a number that was never given
out costs the same query.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from itertools import starmap
from typing import Any

from django.db import connection

from accounts import prepared

HELD = """
    SELECT c.number, c.given_name, c.family_name, l.title, l.abbreviation, j.name, a.name, w.listed,
        e.kinds, e.effective, e.expiries, e.recorded
    FROM certification_credential c
    JOIN workers_worker w ON w.id = c.worker_id
    JOIN certification_level l ON l.id = c.level_id
    JOIN certification_program p ON p.id = l.program_id
    JOIN certification_jurisdiction j ON j.id = p.jurisdiction_id
    JOIN certification_authority a ON a.id = c.authority_id
    CROSS JOIN LATERAL (
        SELECT array_agg(e.kind) kinds, array_agg(e.effective_on) effective,
            array_agg(e.expires_on) expiries, array_agg(e.recorded_on) recorded
        FROM (
            SELECT * FROM certification_credentialevent
            WHERE credential_id = c.id ORDER BY effective_on, id
        ) e
    ) e
"""


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a credential's history, without what is not public: its reason and who recorded it."""

    kind: str
    effective_on: date
    expires_on: date | None
    recorded_on: datetime


@dataclass(frozen=True, slots=True)
class Held:
    """A credential as the register holds it."""

    number: str
    given_name: str
    family_name: str
    level: str
    abbreviation: str
    jurisdiction: str
    authority: str
    listed: bool
    events: tuple[Event, ...]


def held(number: str) -> Held | None:
    """What the register holds of a number; None for one that was never given out."""
    # Prepared: to plan seven tables takes five times as long as to read them.
    found = prepared.rows(f"{HELD} WHERE c.number = %s", [number])
    return _held(found[0]) if found else None


def held_many(numbers: Collection[str]) -> dict[str, Held]:
    """By number, those of `numbers` that were given out."""
    with connection.cursor() as cursor:
        cursor.execute(f"{HELD} WHERE c.number = ANY (%s)", [list(numbers)])
        return {row[0]: _held(row) for row in cursor.fetchall()}


def _held(row: tuple[Any, ...]) -> Held:
    number, given, family, level, abbreviation, jurisdiction, authority, listed, *history = row
    events = zip(*(column or () for column in history), strict=True)
    return Held(
        number,
        given,
        family,
        level,
        abbreviation,
        jurisdiction,
        authority,
        listed,
        events=tuple(starmap(Event, events)),
    )
