"""What the workers stated, what the authorities accepted of it, and the credentials they hold or held."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from accounts.models import User
from certification.issuing import MESSAGES, expiry
from certification.models import Acceptance, Authority, Credential, CredentialEvent, Goal, Level, Standard
from certification.numbers import credential_number
from certification.requirements import leaves
from certification.requirements.language import AnyOf, AtLeast, Leaf, Not, Requirement
from certification.requirements.values import add_months, hours_of
from config.demonstration.people import Life
from workers.models import Statement, Worker

if TYPE_CHECKING:
    from config.demonstration.world import World

Kind = CredentialEvent.Kind
#: What befell the credentials of an employer's people, by their place among those who hold one.
FATES = {
    "northern-lights": {2: "expiring", 5: "expired", 8: "suspended"},
    "lakeshore": {1: "expired", 4: "expiring", 7: "revoked", 9: "reinstated"},
    "harbor-recovery": {3: "suspended", 6: "surrendered"},
    "merrimack-wellness": {4: "reinstated", 7: "suspended"},
    "keystone-peers": {2: "expired", 5: "expiring", 8: "suspended"},
    "three-rivers": {1: "expiring", 4: "surrendered", 6: "expired", 9: "revoked"},
}
REASONS = {
    Kind.SUSPENDED: "A complaint is being looked into; the board will decide within 60 days.",
    Kind.REINSTATED: "The complaint was not upheld.",
    Kind.REVOKED: "Decided by the board after a hearing.",
    Kind.SURRENDERED: "Moved to another profession and gave the credential up.",
}
#: Fates that leave no active credential to build on.
UNLUCKY = {"expired", "suspended", "revoked", "surrendered"}
TO_LEVEL_TWO, TO_NCPS = 4000 * 60, 2000 * 60
SPOKEN_OF = 70


@dataclass(frozen=True)
class Issued:
    """A credential to be stored, with its events."""

    credential: Credential
    events: list[CredentialEvent]
    life: Life


def standards(world: "World") -> dict[str, Standard]:
    """The versions in force today of the levels that the demonstration speaks of, by level."""
    codes = {plan.level for plan in world.employers} | {plan.advanced for plan in world.employers}
    found = Standard.objects.in_force(world.today).filter(level__code__in=codes)
    known = {one.level.code: one for one in found.select_related("level__program__jurisdiction")}
    # One object for each authority, as its counter of numbers goes up in memory.
    authorities = {authority.pk: authority for authority in world.authorities.values()}
    for standard in known.values():
        program = standard.level.program
        program.authority = authorities[program.authority_id]
    return known


# Statements


def stated(
    requirement: Requirement, worker: Worker, on: date, world: "World", *, by_papers: bool
) -> Iterator[Statement]:
    """What a worker has to state so that on that day all that a person judges is met.

    Of alternatives the first that papers can show; without `by_papers` none where the ledger or a credential
    can answer for one.
    """
    if isinstance(requirement, Not):
        return
    if not isinstance(requirement, Leaf):
        branches = list(requirement.of)
        if isinstance(requirement, AnyOf | AtLeast):
            papers = [branch for branch in branches if not _computed(branch)]
            if len(papers) < len(branches) and not by_papers:
                return
            branches = papers[: requirement.count if isinstance(requirement, AtLeast) else 1]
        for branch in branches:
            yield from stated(branch, worker, on, world, by_papers=by_papers)
        return
    values = None if requirement.computed else _values(requirement, worker, on, world)
    if values is not None:
        moment = world.at(on - timedelta(days=1), 19)
        yield Statement(worker=worker, kind=requirement.kind, stated_at=moment, **values)


def _computed(requirement: Requirement) -> bool:
    if isinstance(requirement, Leaf):
        return requirement.computed
    return all(_computed(branch) for branch in requirement.of)


def _values(leaf: Leaf, worker: Worker, on: date, world: "World") -> dict[str, Any] | None:
    """The fields of the statement that meets `leaf`; None where something else speaks for it."""
    rng = world.rng
    day = on - timedelta(days=rng.randint(20, 80))
    makers: dict[type[Leaf], Callable[[Any], dict[str, Any]]] = {
        leaves.Education: lambda leaf: {
            "code": leaf.at_least,
            "name": "High school diploma",
            "details": {"education_field": leaf.field} if leaf.field else {},
        },
        leaves.LivedExperience: lambda leaf: {"code": leaf.of[0]},
        leaves.Recovery: lambda leaf: {"day": add_months(on, -leaf.months - rng.randint(2, 90))},
        leaves.Training: lambda leaf: _learning(leaf, day),
        leaves.ContinuingEducation: lambda leaf: _learning(leaf, day),
        leaves.Exam: lambda leaf: {
            "name": leaf.name,
            "day": day,
            "details": {"percent": rng.randint(82, 97)},
        },
        leaves.References: lambda leaf: {
            "code": (leaf.sources or ("supervisor",))[0],
            "details": {"count": leaf.count},
        },
        leaves.BackgroundCheck: lambda leaf: {"day": on - timedelta(days=15)},
        leaves.Attestation: lambda leaf: {"code": leaf.to, "day": day},
        leaves.Residency: lambda leaf: {
            "code": worker.state,
            "details": {"basis": "live", "share_percent": 100},
        },
        leaves.Qualification: lambda leaf: {"code": leaf.code, "name": leaf.summary[:300]},
        leaves.Document: lambda leaf: {"name": leaf.what, "day": day},
        leaves.Fee: lambda leaf: {"amount": Decimal(str(float(leaf.usd))), "day": day},
    }
    maker = makers.get(type(leaf))
    return maker(leaf) if maker else None


def _learning(leaf: leaves.Training | leaves.ContinuingEducation, day: date) -> dict[str, Any]:
    topics = {slug: hours_of(minutes) for slug, minutes in leaf.by_topic or ()}
    name = getattr(leaf, "name", None) or "Peer support training"
    return {
        "code": getattr(leaf, "topic", None) or "peer_support",
        "name": name,
        "minutes": int(leaf.minutes or 40 * 60),
        "day": day,
        "details": {"mode": "live", **({"by_topic": topics} if topics else {})},
    }


# Credentials


def hold(world: "World", known: dict[str, Standard]) -> None:
    """Statements, acceptances and credentials of those who hold one today or did."""
    made: list[Issued] = []
    statements: list[tuple[Statement, Authority, User, date]] = []
    for life, fate in _fates(world):
        if fate in UNLUCKY:
            world.unlucky.add(life.worker.pk)
        for level, on, its_fate in _careers(world, life, fate, known):
            standard = known[level]
            made.append(issued(world, life, standard, on, its_fate))
            life.held.append(level)
            statements += _accepted(world, life, standard, on)
    save_statements(world, statements)
    save_credentials(world, made)


def _fates(world: "World") -> Iterator[tuple[Life, str]]:
    for plan in world.employers:
        holders = [life for life in world.lives if life.employer is plan and life.part == "holds"]
        for n, life in enumerate(holders):
            yield life, FATES[plan.slug].get(n, "")


def _accepted(
    world: "World", life: Life, standard: Standard, on: date
) -> Iterator[tuple[Statement, Authority, User, date]]:
    """What the authority had accepted when it issued a credential on that day."""
    if standard.requirement is None:
        return
    by = _reviewer(world, standard)
    first = standard.level.code == life.employer.level
    for made in stated(standard.requirement, life.worker, on - timedelta(days=30), world, by_papers=first):
        yield made, standard.level.program.authority, by, on


def _careers(
    world: "World", life: Life, fate: str, known: dict[str, Standard]
) -> Iterator[tuple[str, date, str]]:
    """The levels a worker reached, with the day of issue and what befell the credential."""
    plan, rng = life.employer, world.rng
    first = life.started + timedelta(days=rng.randint(-400, 60))
    term = known[plan.level].term_months
    if fate == "expiring" and term:
        first = add_months(world.today + timedelta(days=rng.randint(9, 55)), -term)
    elif fate == "expired" and term:
        first = add_months(world.ago(rng.randint(15, 150)), -term)
    first = min(first, world.ago(200)) if not fate or fate not in ("expiring", "expired") else first
    yield plan.level, first, fate
    if fate or life.is_ana:
        return
    if plan.advanced == "mn-cps-2" and life.minutes > TO_LEVEL_TWO and rng.random() < 0.4:
        yield "mn-cps-2", world.ago(rng.randint(30, 300)), ""
    elif life.minutes > 2.2 * TO_NCPS and rng.random() < 0.5:
        yield "mha-ncps", world.ago(rng.randint(30, 300)), ""


def issued(world: "World", life: Life, standard: Standard, on: date, fate: str = "") -> Issued:
    """A credential of that day with all that befell it since, not stored yet."""
    authority = standard.level.program.authority
    credential = Credential(
        number=next_number(authority),
        worker=life.worker,
        level=standard.level,
        authority=authority,
        standard=standard,
        created_at=world.at(on, 16),
    )
    return Issued(credential, list(_events(world, life, standard, credential, on, fate)), life)


def next_number(authority: Authority) -> str:
    """The authority's next number. The count is stored once, at the end (`save_credentials`)."""
    authority.last_number += 1
    return credential_number(authority.number_prefix, authority.last_number)


def _events(
    world: "World", life: Life, standard: Standard, credential: Credential, on: date, fate: str
) -> Iterator[CredentialEvent]:
    by = _administrator(world, standard)
    ends = expiry(standard, life.worker, on=on)
    yield _event(world, credential, Kind.ISSUED, on, by, ends)
    while ends and ends < world.today + timedelta(days=60) and fate not in ("expiring", "expired"):
        renewed = ends - timedelta(days=20)
        ends = expiry(standard, life.worker, on=ends)
        yield _event(world, credential, Kind.RENEWED, renewed, by, ends)
    ago = world.rng.randint(12, 80)
    if fate in ("suspended", "reinstated"):
        yield _event(world, credential, Kind.SUSPENDED, world.ago(ago + 60), by)
    if fate == "reinstated":
        yield _event(world, credential, Kind.REINSTATED, world.ago(ago), by)
    if fate in ("revoked", "surrendered"):
        yield _event(world, credential, Kind(fate), world.ago(ago), by)


def _event(
    world: "World",
    credential: Credential,
    kind: CredentialEvent.Kind,
    on: date,
    by: User,
    ends: date | None = None,
) -> CredentialEvent:
    return CredentialEvent(
        credential=credential,
        kind=kind,
        effective_on=on,
        expires_on=ends,
        reason=REASONS.get(kind, ""),
        recorded_by=by,
        recorded_on=world.at(on, 16),
    )


def authority_of(standard: Standard) -> int | None:
    return standard.level.program.authority.organisation_id


def _administrator(world: "World", standard: Standard) -> User:
    return staff(world, standard, "administrator")[0]


def _reviewer(world: "World", standard: Standard) -> User:
    return world.rng.choice(staff(world, standard, "reviewer"))


def staff(world: "World", standard: Standard, role: str) -> list[User]:
    slug = next(
        slug for slug, one in world.authorities.items() if one.pk == standard.level.program.authority_id
    )
    return world.members[slug, role]


# Storing


def save_statements(
    world: "World", accepted: list[tuple[Statement, Authority, User, date]]
) -> list[Acceptance]:
    """Statements that an authority accepted, each with who did and when."""
    Statement.objects.bulk_create(statement for statement, *_rest in accepted)
    return Acceptance.objects.bulk_create(
        Acceptance(
            authority=authority,
            worker=statement.worker,
            statement=statement,
            accepted_by=by,
            accepted_on=world.at(on - timedelta(days=1), 15),
        )
        for statement, authority, by, on in accepted
    )


def save_credentials(world: "World", made: list[Issued]) -> None:
    """Credentials, their events, the lines of the trail, and the counters of their authorities."""
    Credential.objects.bulk_create(one.credential for one in made)
    CredentialEvent.objects.bulk_create(event for one in made for event in one.events)
    Authority.objects.bulk_update({one.credential.authority for one in made}, ["last_number"])
    for one in made:
        for event in one.events:
            world.happened(
                f"credential.{event.kind}",
                one.credential,
                by=event.recorded_by,
                on=event.effective_on,
                hour=16,
                organisation=one.credential.authority.organisation_id,
                effective_on=event.effective_on.isoformat(),
                expires_on=event.expires_on.isoformat() if event.expires_on else None,
            )
        last = one.events[-1]
        if (world.today - last.effective_on).days < SPOKEN_OF:
            world.tell(
                one.life.user,
                MESSAGES[CredentialEvent.Kind(last.kind)],
                on=last.effective_on,
                url=f"/credentials/{one.credential.number}/",
                read=world.rng.random() < 0.6,
                number=one.credential.number,
                day=last.effective_on.isoformat(),
            )


# Goals


def aim(world: "World") -> None:
    """Everybody who has an account aims at the next level; some at a second one."""
    levels = {
        level.code: level
        for level in Level.objects.filter(
            code__in={plan.level for plan in world.employers}
            | {plan.advanced for plan in world.employers}
            | {"mha-ncps"}
        )
    }
    Goal.objects.bulk_create(
        Goal(worker=life.worker, level=levels[code], chosen_at=world.at(life.started + timedelta(days=20)))
        for life in world.lives
        if life.user and life.ended is None
        for code in _aims(world, life)
    )


def _aims(world: "World", life: Life) -> list[str]:
    plan = life.employer
    ways = [plan.level, plan.advanced, "mha-ncps"]
    open_ways = [code for code in dict.fromkeys(ways) if code not in life.held]
    return open_ways[: 2 if world.rng.random() < 0.35 else 1]
