"""The statements that say what a record says, as rows of `workers.Statement`.

What the ledger, supervision sessions and the register of credentials hold is no statement and left out;
a credential in the record is one that another body issued.
"""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

from certification.requirements.record import CredentialRow, Place, Record
from certification.requirements.values import hours_of, number_of
from workers.models import Statement

Kind = Statement.Kind
Row = dict[str, Any]


def statements_of(record: Record) -> Iterator[tuple[bool, Row]]:
    """(whether it is accepted, fields) of each statement."""
    for table, make in TABLES.items():
        for row in getattr(record, table):
            for made in make(row):
                yield row.accepted, made


def details(**given: Any) -> Row:
    return {"details": {key: value for key, value in given.items() if value not in (None, {})}}


def shares(parts: tuple[tuple[str, int | Fraction], ...]) -> dict[str, int | float]:
    return {slug: hours_of(minutes) for slug, minutes in parts}


def number(value: int | Fraction | None) -> int | float | None:
    return None if value is None else number_of(value)


def place(basis: str) -> Any:
    def made(row: Place) -> list[Row]:
        return [
            {
                "kind": Kind.RESIDENCY,
                "code": row.state,
                **details(basis=basis, share_percent=number(row.share_percent)),
            }
        ]

    return made


def credential(row: CredentialRow) -> list[Row]:
    if row.issued is None:  # a statement of a credential says when it was issued
        return []
    return [
        {
            "kind": Kind.CREDENTIAL,
            "code": row.kind or "",
            "day": row.issued,
            "until": row.expires,
            **details(
                level=row.level,
                state=row.state,
                training_hours=None if row.training_minutes is None else hours_of(row.training_minutes),
                renewed=row.renewed and row.renewed.isoformat(),
            ),
        }
    ]


def learned(kind: str, row: Any, day: Any, **more: Any) -> list[Row]:
    if row.topic is None or day is None:  # the database takes no learning without a topic and a day
        return []
    return [
        {
            "kind": kind,
            "code": row.topic,
            "minutes": int(row.minutes),
            "day": day,
            **details(by_topic=shares(row.by_topic), mode=row.mode, provider=row.provider, **more),
        }
    ]


TABLES: dict[str, Any] = {
    "schooling": lambda row: [
        {"kind": Kind.EDUCATION, "code": row.level or "", **details(education_field=row.field)}
    ],
    "lived_experience": lambda row: [{"kind": Kind.LIVED_EXPERIENCE, "code": row.value}],
    "recovery": lambda row: [{"kind": Kind.RECOVERY, "day": row.value}],
    "lives_in": place("live"),
    "works_in": place("work"),
    "credentials": credential,
    "training": lambda row: learned(
        Kind.TRAINING, row, row.completed, approved=row.approved, days=number(row.days)
    ),
    "continuing_education": lambda row: learned(Kind.CONTINUING_EDUCATION, row, row.on),
    "exams": lambda row: (
        [{"kind": Kind.EXAM, "name": row.name, "day": row.passed, **details(percent=number(row.percent))}]
        if row.passed
        else []
    ),
    "references": lambda row: [{"kind": Kind.REFERENCE, "code": row.by or "", **details(count=row.count)}],
    "attestations": lambda row: [{"kind": Kind.ATTESTATION, "code": row.value}],
    "background_checks": lambda row: [{"kind": Kind.BACKGROUND_CHECK, "day": row.value}],
    "qualifications": lambda row: [{"kind": Kind.QUALIFICATION, "code": row.value}],
    "documents": lambda row: [{"kind": Kind.DOCUMENT, "name": row.value}],
    "fees_paid": lambda row: (
        [{"kind": Kind.FEE, "amount": Decimal(str(number_of(row.value)))}] if row.value else []
    ),
    "employment": lambda row: [{"kind": Kind.EMPLOYMENT, "code": row.value}],
}
