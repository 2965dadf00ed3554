"""A whole country of peer workers by COPY: 100,000 workers and ten million entries in a few minutes.

`country(workers=100_000, entries=10_000_000)` spreads careers from weeks to decades, paces from one to five
days a week, employers large and small over the states, and states for each worker what the current standard
of a level of their state asks: most of it, some of it accepted, some short. One seed gives one country.

Entries come in the order of their days, as a ledger grows. Triggers sleep meanwhile and indexes are built
afterwards; what triggers and background work would have kept is written in one statement each.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from json import dumps
from random import Random
from time import perf_counter
from typing import Any

from django.db import connection, models
from django.utils import timezone

from accounts.models import Membership, Organisation, User
from accounts.states import STATES
from benchmarks.population import analyse, asleep
from certification.catalogue.files import shipped
from certification.models import Acceptance, Credential, CredentialEvent, Standard
from certification.numbers import credential_number
from certification.requirements.language import AnyOf, AtLeast, Leaf, Not, Requirement
from tests.builders.stating import statements_of
from tests.requirements.meeting import facts_for
from workers import tracking
from workers.models import Agreement, Employment, HourEntry, Statement, SupervisionSession, Worker
from workers.models.hours import WorkDay

WORK = ("peer_support", "peer_recovery", "recovery_coaching", "recovery_support", "family_peer_support")
WORK_SHARE = (50, 22, 12, 10, 6)
DOMAINS = ("advocacy", "mentoring_education", "recovery_wellness", "ethical_responsibility")
MORE_DOMAINS = ("resource_linking", "group_facilitation", "crisis_support", "harm_reduction", "other")
BASES = ("qualified-supervisor", "registered-peer-supervisor", "approved-supervisor", "not-qualified")
BASES_SHARE = (70, 15, 10, 5)
WORKERS_AN_EMPLOYER = 200
LONGEST = 2_500
TRACKED_AT_ONCE = 2_000
NOON = "12:00:00+00"


@dataclass(frozen=True)
class Career:
    """One worker: `entries` entries on `weekdays` from `first` on, about `minutes` each."""

    worker: int
    entries: int
    first: date
    last: date | None
    weekdays: tuple[int, ...]
    minutes: int
    employer: int
    work: str
    pay: str
    state: str
    basis: str
    domains: tuple[str, ...]


def country(*, workers: int, entries: int, seed: int = 7) -> dict[str, float]:
    """Fill an empty database that holds the catalogue; seconds by what was made."""
    rng = Random(seed)
    today = timezone.now().date()
    took: dict[str, float] = {}

    def timed(what: str, rows: Any) -> None:
        begun = perf_counter()
        rows()
        took[what] = perf_counter() - begun
        print(f"{what}: {took[what]:.1f} s", flush=True)

    employers = _employers(rng, max(4, workers // WORKERS_AN_EMPLOYER))
    careers = list(_careers(rng, workers, entries, employers, today))
    supervisor = User.objects.create(email=f"signs{seed}@bench.example", given_name="Sam", password="!")
    Membership.objects.bulk_create(
        Membership(user=supervisor, organisation=one, role="supervisor") for one in employers
    )
    with asleep():
        timed("people", lambda: _people(rng, careers, supervisor.pk, today))
        timed("statements", lambda: _statements(rng, careers, supervisor.pk, today))
        timed("credentials", lambda: _credentials(rng, careers, today))
        timed("sessions", lambda: _sessions(rng, careers, supervisor.pk, today))
        timed("entries", lambda: _entries(rng, careers, supervisor.pk, today))
        timed("days", _days)
        timed("totals", _totals)
    analyse()
    return took


# Careers


def _employers(rng: Random, count: int) -> list[Organisation]:
    states = rng.choices([code for code, _name in STATES], k=count)
    return Organisation.objects.bulk_create(
        Organisation(kind="employer", name=f"House {n}", slug=f"bench-{n}", state=state)
        for n, state in enumerate(states)
    )


def _careers(
    rng: Random, workers: int, entries: int, employers: list[Organisation], today: date
) -> Iterator[Career]:
    weights = [min(30.0, rng.lognormvariate(0, 1.1)) for _ in range(workers)]
    unit = entries / sum(weights)
    sizes = [min(LONGEST, max(1, round(weight * unit))) for weight in weights]
    sizes[0] = max(1, sizes[0] + entries - sum(sizes))  # exactly so many in all
    large = [rng.paretovariate(1.2) for _ in employers]
    for number, size in enumerate(sizes, start=1):
        employer = rng.choices(employers, large)[0] if number % 8 == 0 else employers[number % len(employers)]
        days = min(5, rng.choice((1, 2, 3, 4, 5, 5, 5)) + size // 600)
        career = timedelta(days=size * 7 // days + 7)
        gone = rng.random() < 0.3
        end = today - timedelta(days=rng.randint(30, 900)) if gone else today
        first = end - career
        yield Career(
            number,
            size,
            first,
            end if gone else None,
            tuple(sorted(rng.sample(range(7), days))),
            rng.choice((180, 240, 300, 360, 420, 450, 480)),
            employer.pk,
            rng.choices(WORK, WORK_SHARE)[0],
            "volunteer" if rng.random() < 0.12 else "paid",
            employer.state,
            rng.choices(BASES, BASES_SHARE)[0],
            (*DOMAINS, *rng.sample(MORE_DOMAINS, 2)),
        )


def _people(rng: Random, careers: list[Career], supervisor: int, today: date) -> None:
    start = (Worker.objects.aggregate(last=models.Max("pk"))["last"] or 0) + 1
    if start != 1:
        raise ValueError("The country wants a database without workers.")
    moment = f"{today} {NOON}"
    copy_in(
        Worker,
        "id uid given_name family_name born_on state listed created_at",
        (
            (
                one.worker,
                _uid(rng),
                "Worker",
                f"Number{one.worker}",
                today - timedelta(days=rng.randint(17 * 365, 70 * 365)),
                one.state if rng.random() < 0.97 else "",
                False,
                moment,
            )
            for one in careers
        ),
    )
    copy_in(
        Employment,
        "id worker employer title work pay state started_on ended_on confirmed_by confirmed_on",
        (
            (
                one.worker, one.worker, one.employer, "Peer specialist", one.work, one.pay, one.state,
                one.first, one.last, *((supervisor, moment) if rng.random() < 0.8 else (None, None)),
            )
            for one in careers
        ),
    )  # fmt: skip
    copy_in(
        Agreement,
        "id worker supervisor employer basis started_on ended_on made_by made_on",
        (
            (
                one.worker, one.worker, supervisor, one.employer, one.basis, one.first, one.last,
                supervisor, moment,
            )
            for one in careers
        ),
    )  # fmt: skip
    for model in (Worker, Employment, Agreement):
        _count_on(model)


# What is stated, accepted and held


@lru_cache(maxsize=1)
def _current() -> dict[str, list[Any]]:
    """The levels' current standards by state; national ones stand in where a state has none."""
    found: dict[str, list[Any]] = {}
    for level in shipped().levels:
        standard = shipped().current(level)
        if standard and standard.requires:
            found.setdefault(standard.jurisdiction, []).append(standard)
    return found


def _aim(rng: Random, career: Career) -> Any:
    known = _current()
    return rng.choice(known.get(career.state) or known["US"])


@cache
def _statements_for(leaf: Leaf, standard: str, today: date) -> list[tuple[bool, dict[str, Any]]]:
    if leaf.kind in ("age", "experience", "supervision", "credential"):
        return []
    return list(statements_of(facts_for(leaf, shipped().standards[standard], today - timedelta(days=40))))


def _leaves(rng: Random, node: Requirement) -> Iterator[Leaf]:
    """Those of one way through the tree."""
    if isinstance(node, Leaf):
        yield node
    elif not isinstance(node, Not):
        count = node.count if isinstance(node, AtLeast) else 1 if isinstance(node, AnyOf) else len(node.of)
        for branch in rng.sample(node.of, count):
            yield from _leaves(rng, branch)


def _statements(rng: Random, careers: list[Career], supervisor: int, today: date) -> None:
    authorities = dict(
        Standard.objects.in_force(today).values_list("level__code", "level__program__authority")
    )
    moment = f"{today - timedelta(days=20)} {NOON}"
    accepted: list[tuple[int, int, int]] = []
    number = 0

    def rows() -> Iterator[Sequence[Any]]:
        nonlocal number
        for career in careers:
            standard = _aim(rng, career)
            keen = rng.random()
            for leaf in _leaves(rng, standard.requires):
                if rng.random() > keen + 0.3:
                    continue
                for _, made in _statements_for(leaf, standard.code, today):
                    number += 1
                    minutes = made.get("minutes")
                    if minutes and rng.random() < 0.2:
                        minutes = max(1, minutes - 60)
                    yield (
                        number, career.worker, made["kind"], made.get("code", ""), made.get("name", ""),
                        made.get("day"), made.get("until"), minutes, made.get("amount"),
                        dumps(made.get("details", {})), moment,
                    )  # fmt: skip
                    if rng.random() < keen and standard.level in authorities:
                        accepted.append((authorities[standard.level], career.worker, number))

    copy_in(Statement, "id worker kind code name day until minutes amount details stated_at", rows())
    copy_in(
        Acceptance,
        "authority worker statement accepted_by accepted_on",
        ((*one, supervisor, moment) for one in accepted),
    )
    _count_on(Statement)


def _credentials(rng: Random, careers: list[Career], today: date) -> None:
    known = {
        standard.level.code: standard
        for standard in Standard.objects.in_force(today).select_related("level__program__authority")
    }
    made: list[tuple[Any, ...]] = []
    events: list[tuple[Any, ...]] = []
    moment = f"{today} {NOON}"
    for career in careers:
        aim = _aim(rng, career).level
        if rng.random() > 0.35 or aim not in known:
            continue
        number = len(made) + 1
        standard = known[aim]
        authority = standard.level.program.authority
        made.append(
            (
                number, credential_number(authority.number_prefix, number), career.worker, standard.level_id,
                authority.pk, standard.pk, moment, "Worker", f"Number{career.worker}",
            )
        )  # fmt: skip
        issued = today - timedelta(days=rng.randint(1, 1400))
        ends = issued + timedelta(days=730)
        events.append((number, "issued", issued, ends, "", moment))
        if ends < today and rng.random() < 0.8:
            events.append((number, "renewed", ends, ends + timedelta(days=730), "", moment))
        if rng.random() < 0.03:
            events.append((number, "suspended", issued + timedelta(days=60), None, "Under review.", moment))
            if rng.random() < 0.5:
                events.append((number, "reinstated", issued + timedelta(days=120), None, "", moment))
    copy_in(Credential, "id number worker level authority standard created_at given_name family_name", made)
    copy_in(CredentialEvent, "credential kind effective_on expires_on reason recorded_on", events)
    _count_on(Credential)


def _sessions(rng: Random, careers: list[Career], supervisor: int, today: date) -> None:
    def rows() -> Iterator[Sequence[Any]]:
        for career in careers:
            count = min(40, career.entries // (2 * len(career.weekdays)))
            for n in range(count):
                day = career.first + timedelta(days=14 * n + 9)
                if day >= today:
                    break
                confirmed = rng.random() < 0.9
                yield (
                    career.worker, career.worker, day, 60 if n % 3 else 90,
                    "individual" if n % 3 else "group", DOMAINS[n % 4], f"{day} {NOON}",
                    supervisor if confirmed else None, f"{day} {NOON}" if confirmed else None,
                )  # fmt: skip

    copy_in(
        SupervisionSession,
        "worker agreement day minutes format domain recorded_at confirmed_by confirmed_on",
        rows(),
    )


# The ledger


def _entries(rng: Random, careers: list[Career], supervisor: int, today: date) -> None:
    columns = (
        "worker employment client_id day minutes work domain mode pay state practicum note status recorded_at"
        " submitted_at decided_by decided_on reason supervised agreement superseded"
    )
    with without_indexes(HourEntry), copying(HourEntry, columns) as copy:
        for lines in _ledger(rng, careers, supervisor, today):
            copy.write(lines)


def _ledger(rng: Random, careers: list[Career], supervisor: int, today: date) -> Iterator[str]:
    """The lines of a day at a time, in the text form of COPY."""
    starting: dict[date, list[Career]] = {}
    for career in careers:
        starting.setdefault(career.first, []).append(career)
    left = {career.worker: career.entries for career in careers}
    by_weekday: list[list[tuple[Career, str, str, str]]] = [[] for _ in range(7)]
    day, number = min(starting), 0
    yesterday = today - timedelta(days=1)
    chance, pick = rng.random, rng.choice
    while day <= yesterday or any(by_weekday):
        for career in starting.pop(day, ()):
            head = f"{career.worker}\t{career.worker}\t"
            middle = f"\tin_person\t{career.pay}\t{career.state}\tf\t\t"
            supervised = "f" if career.basis == "not-qualified" else "t"
            tail = f"\t{supervisor}\t%s\t\t{supervised}\t{career.worker}\tf\n"
            for weekday in career.weekdays:
                by_weekday[weekday].append((career, head, middle, tail))
        # What did not fit before today is worked in double days at the end.
        real = min(day, yesterday)
        noon, signed = f"{real} {NOON}", f"{real + timedelta(days=7)} {NOON}"
        recent = (today - real).days <= 10
        here = by_weekday[day.weekday()]
        out, over = [], False
        for career, head, middle, tail in here:
            remain = left[career.worker]
            if not remain:
                over = True
                continue
            left[career.worker] = remain - 1
            number += 1
            minutes = career.minutes + 15 * int(chance() * 5) - 30
            if recent and chance() < 0.7:
                end = f"submitted\t{noon}\t{noon}\t\\N\t\\N\t\tf\t\\N\tf\n"
            else:
                end = f"approved\t{noon}\t{noon}" + tail % signed
            out.append(
                f"{head}{number:032x}\t{real}\t{minutes}\t{career.work}\t{pick(career.domains)}{middle}{end}"
            )
        if over:
            by_weekday[day.weekday()] = [one for one in here if left[one[0].worker]]
        if out:
            yield "".join(out)
        day += timedelta(days=1)


def _days() -> None:
    with without_indexes(WorkDay), connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO workers_workday (worker_id, day, minutes)
            SELECT worker_id, day, least(1440, sum(minutes)) FROM workers_hourentry GROUP BY 1, 2
            """
        )


def _totals() -> None:
    """As the background worker keeps them, some thousand workers at a time."""
    ids = list(Worker.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), TRACKED_AT_ONCE):
        tracking.rewrite_totals(ids[start : start + TRACKED_AT_ONCE])


# COPY


@contextmanager
def copying(model: type[models.Model], names: str) -> Iterator[Any]:
    columns = ", ".join(f'"{model._meta.get_field(name).column}"' for name in names.split())
    with (
        connection.cursor() as cursor,
        cursor.copy(f'COPY "{model._meta.db_table}" ({columns}) FROM STDIN') as copy,
    ):
        yield copy


def copy_in(model: type[models.Model], names: str, rows: Iterable[Sequence[Any]]) -> None:
    with copying(model, names) as copy:
        for row in rows:
            copy.write_row(row)


@contextmanager
def without_indexes(model: type[models.Model]) -> Iterator[None]:
    """No indexes and no constraints that need one while rows pour in, but the primary key."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
            WHERE conrelid = %s::regclass AND contype IN ('u', 'x')
            """,
            [table],
        )
        constraints = cursor.fetchall()
        for name, _ in constraints:
            cursor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"')
        cursor.execute(
            """
            SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
            WHERE indrelid = %s::regclass AND NOT indisprimary
            """,
            [table],
        )
        indexes = cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(f"DROP INDEX {name}")
        yield
        cursor.execute("SET maintenance_work_mem = '1GB'")
        for _, definition in indexes:
            cursor.execute(definition)
        for name, definition in constraints:
            cursor.execute(f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" {definition}')
        cursor.execute("RESET maintenance_work_mem")


def _count_on(model: type[models.Model]) -> None:
    with connection.cursor() as cursor:
        table = model._meta.db_table
        cursor.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM \"{table}\"))"
        )


def _uid(rng: Random) -> str:
    return f"{rng.getrandbits(128):032x}"
