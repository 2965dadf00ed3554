"""The catalogue, goals, acceptances and credentials, with defaults for what a test ignores."""

from datetime import date
from itertools import count
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from accounts.models import Organisation, User
from certification.models import (
    Acceptance,
    Authority,
    Credential,
    CredentialEvent,
    Goal,
    Jurisdiction,
    Level,
    Program,
    Standard,
)
from certification.numbers import credential_number
from tests.builders.accounts import a_person
from workers.models import Statement, Worker

number = count(1)

SOURCE = {
    "url": "https://example.org/rules",
    "title": "Rules of the board",
    "as_of": "2020-01",
    "kind": "regulation",
}


def a_jurisdiction(code: str = "US-MN", name: str = "", **fields: Any) -> Jurisdiction:
    """The jurisdiction of that code: made on the first call, found again on the next."""
    defaults = {"name": name or code, "status": "certifies", "sources_searched": 1, **fields}
    return Jurisdiction.objects.get_or_create(code=code, defaults=defaults)[0]


def an_authority(
    organisation: Organisation | None = None, *, jurisdiction: str = "US-MN", **fields: Any
) -> Authority:
    """A certifying body; it works here when `organisation` is given."""
    n = next(number)
    letters = "".join(chr(ord("A") + int(digit)) for digit in str(n))
    values = {"name": f"Board {n}", "number_prefix": f"T{letters}"[:8], **fields}
    return Authority.objects.create(
        jurisdiction=a_jurisdiction(jurisdiction), organisation=organisation, **values
    )


def a_program(authority: Authority | None = None, **fields: Any) -> Program:
    authority = authority or an_authority()
    n = next(number)
    return Program.objects.create(
        jurisdiction=authority.jurisdiction,
        authority=authority,
        **{
            "code": f"program-{n}",
            "title": f"Certified peer specialist {n}",
            "abbreviation": "CPS",
            "focus": ["mental_health"],
            "population": "adult",
            "regulation": "certification",
            **fields,
        },
    )


def a_level(*, authority: Authority | None = None, program: Program | None = None, **fields: Any) -> Level:
    """A level without a standard; most tests want `a_standard`, which makes both."""
    n = next(number)
    return Level.objects.create(
        program=program or a_program(authority),
        **{
            "code": f"level-{n}",
            "title": f"Peer specialist {n}",
            "rank": 1,
            "role": "practitioner",
            **fields,
        },
    )


def a_standard(
    requires: dict[str, Any] | None = None,
    *,
    level: Level | None = None,
    authority: Authority | None = None,
    since: date = date(2015, 1, 1),
    until: date | None = None,
    **fields: Any,
) -> Standard:
    """A published version of what a level asks: from `since` until the day before `until`."""
    n = next(number)
    level = level or a_level(authority=authority)
    return Standard.objects.create(
        level=level,
        in_force=DateRange(since, until, "[)"),
        **{
            "code": f"{level.code}@{since.year}",
            "status": Standard.Status.PUBLISHED,
            "published_at": timezone.now(),
            "effective_from": since.isoformat(),
            "in_force_stated": True,
            "requires": requires or {"experience": {"hours": 4000, "in": "peer_support", "supervised": True}},
            "term_months": 24,
            "sources": [SOURCE],
            "confidence": "high",
            "digest": f"{n:064x}",
            **fields,
        },
    )


def a_goal(worker: Worker, standard: Standard | None = None, **fields: Any) -> Goal:
    """A goal as stored, not judged yet: `progress.refresh` does that, `goals.choose` does both."""
    standard = standard or a_standard()
    return Goal.objects.create(worker=worker, level=standard.level, **fields)


def accept(
    statement: Statement, authority: Authority, *, by: User | None = None, **fields: Any
) -> Acceptance:
    """The authority took the worker's word for a statement."""
    return Acceptance.objects.create(
        authority=authority,
        statement=statement,
        worker=statement.worker,
        accepted_by=by or a_person("Rae", "Reviewer"),
        **fields,
    )


def a_credential(
    worker: Worker,
    standard: Standard | None = None,
    *,
    issued_on: date = date(2025, 1, 1),
    expires_on: date | None = date(2027, 1, 1),
    **fields: Any,
) -> Credential:
    """A credential with its first event. Further ones: `an_event`."""
    standard = standard or a_standard()
    authority = standard.level.program.authority
    credential = Credential.objects.create(
        worker=worker,
        level=standard.level,
        authority=authority,
        standard=standard,
        **{"number": credential_number(authority.number_prefix, next(number)), **fields},
    )
    an_event(credential, "issued", issued_on, expires_on=expires_on)
    return credential


def an_event(credential: Credential, kind: str, effective_on: date, **fields: Any) -> CredentialEvent:
    values = {"reason": "Because." if kind in ("suspended", "revoked") else "", **fields}
    return CredentialEvent.objects.create(
        credential=credential, kind=kind, effective_on=effective_on, **values
    )
