"""Hours in one line of text, the same in SQL and in Python, so that anybody can take its SHA-256 again.

A line is a JSON array as PostgreSQL's `jsonb` and Python's `json.dumps(…, ensure_ascii=False)` write it:
numbers and dates plainly, moments in UTC to the microsecond, nothing as null.
"""

import json
from collections.abc import Iterable
from hashlib import sha256
from typing import TYPE_CHECKING

from workers.chaining import Facts, moment

if TYPE_CHECKING:
    from workers.models import HourEntry

_CLOCK = "to_char({alias}.starts, 'HH24:MI:SS.US')"

#: What the worker said of their hours: what a signer signs. `{alias}` is a row of the ledger.
_SAID_FIELDS = (
    "{alias}.id, {alias}.worker_id, {alias}.employment_id, {alias}.day, " + _CLOCK + ", {alias}.minutes,"
    " {alias}.work, {alias}.domain, {alias}.mode, {alias}.pay, {alias}.state, {alias}.practicum,"
    " {alias}.note, {alias}.amends_id"
)


def said_sql(alias: str) -> str:
    """The line of `said`, as an SQL expression."""
    return f"jsonb_build_array('said', {_SAID_FIELDS.format(alias=alias)})::text"


def said(entry: "HourEntry") -> str:
    """What the worker said of one entry, as a line."""
    return json.dumps(
        [
            "said",
            entry.pk,
            entry.worker_id,
            entry.employment_id,
            entry.day.isoformat(),
            entry.starts.strftime("%H:%M:%S.%f") if entry.starts else None,
            entry.minutes,
            str(entry.work),
            str(entry.domain),
            str(entry.mode),
            str(entry.pay),
            str(entry.state),
            entry.practicum,
            entry.note,
            entry.amends_id,
        ],
        ensure_ascii=False,
    )


def fingerprint(entry: "HourEntry") -> str:
    """SHA-256 of one entry's content, in hex: another one as soon as anything is changed."""
    return sha256(said(entry).encode()).hexdigest()


def fingerprint_of_all(entries: Iterable["HourEntry"]) -> str:
    """SHA-256, in hex, of the lines of several entries in the order of their ids, parted by line feeds."""
    lines = "\n".join(said(entry) for entry in sorted(entries, key=lambda entry: entry.pk))
    return sha256(lines.encode()).hexdigest()


#: The same as an SQL aggregate.
FINGERPRINT_OF_ALL_SQL = (
    f"encode(sha256(convert_to(string_agg({said_sql('e')}, E'\\n' ORDER BY e.id), 'UTF8')), 'hex')"
)

_SIGNATURE = f"""
    CASE WHEN s.id IS NOT NULL THEN jsonb_build_array(
        s.id, {moment("s.signed_at")}, s.signer_id, s.name, s.role, s.relationship, s.link_id,
        s.fingerprint, s.entries, s.minutes, d.version, d.language, d.text
    ) END
"""

#: An approved entry with all that was decided of it and the signature it bears; and that it was put aside.
HOURS = Facts(
    table="workers_hourentry",
    kinds=("hours.approved", "hours.superseded"),
    select=f"""
        SELECT e.worker_id, 'hours.approved' AS kind, e.id AS subject, jsonb_build_array(
            {_SAID_FIELDS.format(alias="e")}, e.client_id, {moment("e.recorded_at")},
            {moment("e.submitted_at")}, e.decided_by_id, {moment("e.decided_on")}, e.reason, e.supervised,
            e.agreement_id, e.signed_as, {_SIGNATURE}
        )::text AS content
        FROM {{table}} e
        LEFT JOIN workers_signature s ON s.id = e.signature_id
        LEFT JOIN workers_declaration d ON d.id = s.declaration_id
        WHERE e.status = 'approved'
        UNION ALL
        SELECT e.worker_id, 'hours.superseded', e.id, jsonb_build_array(e.id)::text
        FROM {{table}} e WHERE e.superseded
    """,  # noqa: S608 (names of our own)
)
