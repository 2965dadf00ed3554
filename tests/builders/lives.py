"""Lives made up by tests/strategies.py, stored: a few statements of SQL for any number of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from accounts.models import Organisation, User
from certification.models import Acceptance, Authority, Credential, CredentialEvent, Standard
from certification.numbers import credential_number
from tests.builders.accounts import a_person, an_organisation
from tests.builders.certification import a_level, a_program, a_standard, an_authority
from tests.requirements.strategies import LEVELS
from tests.strategies import Life
from workers import tracking
from workers.models import Agreement, Employment, HourEntry, Mark, Statement, SupervisionSession, Worker
from workers.models.supervision import Basis

THEN = datetime(2025, 1, 1, tzinfo=UTC)
ALWAYS = date(2000, 1, 1)
ROLES = ("trainee", "advanced", "practitioner", "practitioner")
#: Whether hours count as supervised follows from what qualifies who signed them.
HOURS_SIGNED = {True: "qualified-supervisor", False: "not-qualified"}
number = count(1)


@dataclass(frozen=True)
class World:
    """What all lives share: who employs, signs and accepts, and the levels that can be held."""

    employer: Organisation
    signers: tuple[User, ...]
    authorities: tuple[Authority, ...]
    standards: tuple[Standard, ...]


def a_world() -> World:
    """Two authorities, of Minnesota and of Massachusetts, and the four levels of the language's tests."""
    minnesota, massachusetts = an_authority(), an_authority(jurisdiction="US-MA")
    national = an_authority(jurisdiction="US")
    standards = []
    for code, role in zip(LEVELS, ROLES, strict=True):
        authority = {"mn": minnesota, "ma": massachusetts}.get(code[:2], national)
        level = a_level(program=a_program(authority), code=code, role=role)
        asks = (
            {"training": {"hours": 40, "topic": "peer_support"}}
            if role != "trainee"
            else {"age": {"at_least": 18}}
        )
        standards.append(a_standard(asks, level=level))
    return World(
        employer=an_organisation(),
        signers=tuple(a_person("Sam", f"Signer{n}") for n in range(len(Basis))),
        authorities=(minnesota, massachusetts),
        standards=tuple(standards),
    )


def store(world: World, lives: Sequence[Life]) -> list[int]:
    """The workers' ids, in the order of the lives."""
    workers = Worker.objects.bulk_create(
        Worker(given_name="Ana", family_name="Rivera", born_on=life.born_on, state=life.state)
        for life in lives
    )
    jobs = _jobs(world, workers, lives)
    under = _agreements(world, workers, lives)
    each = list(zip(workers, lives, strict=True))
    _entries([(worker, entry) for worker, life in each for entry in life.entries], jobs, under)
    SupervisionSession.objects.bulk_create(
        _session(worker, row, under[worker.pk]) for worker, life in each for row in life.sessions
    )
    _statements(world, [(worker, row) for worker, life in each for row in life.statements])
    _credentials(world, [(worker, row) for worker, life in each for row in life.credentials])
    tracked = [worker.pk for worker, life in each if life.tracked]
    tracking.rewrite_totals(tracked)
    Mark.objects.filter(worker__in=tracked).delete()
    return [worker.pk for worker in workers]


def _agreements(
    world: World, workers: list[Worker], lives: Sequence[Life]
) -> dict[int, dict[str, Agreement]]:
    """By worker and what qualifies the supervisor: those that hours or sessions were signed under."""
    made: dict[int, dict[str, Agreement]] = {}
    for worker, life in zip(workers, lives, strict=True):
        asked = {HOURS_SIGNED[row["supervised"]] for row in life.entries} | {
            row["basis"] for row in life.sessions
        }
        made[worker.pk] = {
            basis: Agreement(
                worker=worker,
                supervisor=world.signers[list(Basis).index(basis)],
                employer=world.employer,
                basis=basis,
                started_on=ALWAYS,
                made_by=world.signers[0],
            )
            for basis in sorted(asked)
        }
    Agreement.objects.bulk_create(one for several in made.values() for one in several.values())
    return made


def _jobs(world: World, workers: list[Worker], lives: Sequence[Life]) -> dict[int, Employment]:
    """Every worker has one unpaid job in no state that matters, long over, for all hours to lie in."""
    always = {
        worker.pk: Employment(
            worker=worker,
            employer=world.employer,
            title="Always",
            pay="volunteer",
            state="US-OH",
            started_on=ALWAYS,
            ended_on=date(2030, 1, 1),
        )
        for worker in workers
    }
    others = [
        Employment(
            worker=worker,
            employer=world.employer,
            title=f"Job {n}",
            pay=row["pay"],
            state=row["state"],
            started_on=row["started_on"],
            ended_on=None if row["length"] is None else row["started_on"] + timedelta(days=row["length"]),
            confirmed_by=world.signers[0] if row["is_confirmed"] else None,
            confirmed_on=THEN if row["is_confirmed"] else None,
        )
        for worker, life in zip(workers, lives, strict=True)
        for n, row in enumerate(life.jobs)
    ]
    Employment.objects.bulk_create([*always.values(), *others])
    return always


def _entries(
    rows: list[tuple[Worker, dict[str, Any]]],
    jobs: dict[int, Employment],
    under: dict[int, dict[str, Agreement]],
) -> None:
    made = [_entry(worker, row, jobs[worker.pk], under[worker.pk]) for worker, row in rows]
    HourEntry.objects.bulk_create(made)
    amendments = [
        _entry(worker, {**row, "minutes": row["amended_to"]}, jobs[worker.pk], under[worker.pk], amends=entry)
        for (worker, row), entry in zip(rows, made, strict=True)
        if row["amended_to"] and entry.status == "approved"
    ]
    decided = [
        (one.status, one.decided_by, one.decided_on, one.supervised, one.agreement) for one in amendments
    ]
    for one in amendments:
        one.status, one.decided_by, one.decided_on = "submitted", None, None
        one.supervised, one.agreement = False, None
    HourEntry.objects.bulk_create(amendments)
    # Every other one is approved, and so puts the entry that it amends aside.
    for one, how in list(zip(amendments, decided, strict=True))[::2]:
        one.status, one.decided_by, one.decided_on, one.supervised, one.agreement = how
    fields = ["status", "decided_by", "decided_on", "supervised", "agreement"]
    HourEntry.objects.bulk_update(amendments[::2], fields)


def _entry(
    worker: Worker,
    row: dict[str, Any],
    job: Employment,
    under: dict[str, Agreement],
    *,
    amends: HourEntry | None = None,
) -> HourEntry:
    status = row["status"]
    decided = status in ("approved", "returned")
    signed = under[HOURS_SIGNED[row["supervised"]]]
    return HourEntry(
        worker=worker,
        employment=job,
        **{
            name: row[name]
            for name in ("day", "minutes", "work", "domain", "pay", "state", "practicum", "status")
        },
        submitted_at=None if status == "draft" else THEN,
        decided_by=signed.supervisor if decided else None,
        decided_on=THEN if decided else None,
        reason="Which day?" if status == "returned" else "",
        supervised=row["supervised"] and status == "approved",
        agreement=signed if status == "approved" else None,
        amends=amends,
    )


def _session(worker: Worker, row: dict[str, Any], under: dict[str, Agreement]) -> SupervisionSession:
    agreement = under[row["basis"]]
    return SupervisionSession(
        worker=worker,
        agreement=agreement,
        **{name: row[name] for name in ("day", "minutes", "format", "domain", "topics")},
        basis=row["sealed"],
        confirmed_by=agreement.supervisor if row["is_confirmed"] else None,
        confirmed_on=THEN if row["is_confirmed"] else None,
    )


def _statements(world: World, rows: list[tuple[Worker, dict[str, Any]]]) -> None:
    fields = ("kind", "code", "name", "day", "until", "minutes", "amount", "details")
    made = Statement.objects.bulk_create(
        Statement(
            worker=worker,
            **{name: row[name] for name in fields if row.get(name) is not None},
            withdrawn_at=THEN if row["is_withdrawn"] else None,
        )
        for worker, row in rows
    )
    Acceptance.objects.bulk_create(
        Acceptance(
            authority=world.authorities[n],
            worker=worker,
            statement=statement,
            accepted_by=world.signers[0],
            accepted_on=THEN,
            revoked_by=world.signers[0] if row["is_revoked"] else None,
            revoked_on=THEN if row["is_revoked"] else None,
        )
        for (worker, row), statement in zip(rows, made, strict=True)
        for n in sorted(row["accepted_by"])
    )


def _credentials(world: World, rows: list[tuple[Worker, dict[str, Any]]]) -> None:
    made = []
    for worker, row in rows:
        standard = world.standards[row["level"]]
        authority = standard.level.program.authority
        made.append(
            Credential(
                number=credential_number(authority.number_prefix, next(number)),
                worker=worker,
                level=standard.level,
                authority=authority,
                standard=standard,
            )
        )
    Credential.objects.bulk_create(made)
    CredentialEvent.objects.bulk_create(
        CredentialEvent(
            credential=credential, reason="Why." if event["kind"] in ("suspended", "revoked") else "", **event
        )
        for (_, row), credential in zip(rows, made, strict=True)
        for event in (row["issued"], *row["events"])
    )
