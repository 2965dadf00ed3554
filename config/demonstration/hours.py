"""Up to four years of hours for every worker, the agreements they are signed under, and supervision received.

Weeks follow each person's pace, with holidays, long days and short ones. Old weeks are signed, the last two
wait, and the present one is half written.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from accounts.models import User
from config.demonstration.bulk import copy_in
from config.demonstration.people import HOLIDAY, VOLUNTEER, Life, fifth_weekday_before
from workers import hours
from workers.models import Agreement, Delegate, HourEntry, SupervisionSession
from workers.models.supervision import Basis
from workers.words import Domain, Mode

if TYPE_CHECKING:
    from config.demonstration.world import World

Status = HourEntry.Status
SPLIT, WITH_CLOCK = 0.1, 0.5
NOTES = (
    "Group at the drop-in center",
    "Warm line, evening shift",
    "Visits at the hospital",
    "Team meeting and notes",
)
REASONS = (
    "This day was a training day. Please log it under training.",
    "Is it one group or two? The calendar shows one.",
    "Please choose what you did; “Something else” is too wide.",
)
FIELDS = (
    "worker", "employment", "client_id", "day", "starts", "minutes", "work", "domain", "mode", "pay", "state",
    "practicum", "note", "status", "recorded_at", "submitted_at", "decided_by", "decided_on", "reason",
    "supervised", "agreement", "amends", "superseded",
)  # fmt: skip


@dataclass(frozen=True)
class Habit:
    """What one person mostly does, and how."""

    domains: tuple[str, ...]
    modes: tuple[str, ...]
    starts: time

    @classmethod
    def of(cls, rng: Random) -> "Habit":
        four = (
            Domain.ADVOCACY,
            Domain.MENTORING_EDUCATION,
            Domain.RECOVERY_WELLNESS,
            Domain.ETHICAL_RESPONSIBILITY,
        )
        favourites = rng.choices((*four, Domain.RESOURCE_LINKING, Domain.GROUP_FACILITATION), k=3)
        # Everybody does some of each of the four domains that standards name, most of it what they like best.
        domains = (*four, *favourites, *favourites, Domain.CRISIS_SUPPORT)
        modes = (Mode.IN_PERSON, Mode.IN_PERSON, Mode.IN_PERSON, *rng.choices(tuple(Mode), k=2))
        return cls(tuple(map(str, domains)), tuple(map(str, modes)), time(rng.choice((8, 9, 10, 13)), 0))


def supervise(world: "World") -> dict[int, list[Agreement]]:
    """Agreements by worker, oldest first. A third of the longer careers changed supervisors once."""
    rng = world.rng
    agreements: dict[int, list[Agreement]] = defaultdict(list)
    counts: dict[str, int] = defaultdict(int)
    for life in world.lives:
        slug = life.employer.slug
        supervisors = world.members[slug, "supervisor"]
        first = supervisors[counts[slug] % len(supervisors)]
        counts[slug] += 1
        job = life.employment()
        basis = Basis.NOT_QUALIFIED if rng.random() < 0.04 and not life.is_ana else _basis(life)
        made = Agreement(
            worker=life.worker,
            supervisor=first,
            employer=job.employer,
            basis=basis,
            started_on=job.started_on,
            ended_on=life.ended,
            made_by=world.members[slug, "manager"][0],
            made_on=world.at(job.started_on, 15),
        )
        tenure = (world.today - job.started_on).days
        if tenure > 500 and rng.random() < 0.33 and not life.is_ana:
            change = job.started_on + timedelta(days=rng.randint(200, tenure - 100))
            before = supervisors[counts[slug] % len(supervisors)]
            agreements[life.worker.pk].append(
                Agreement(
                    worker=life.worker,
                    supervisor=before,
                    employer=job.employer,
                    basis=_basis(life),
                    started_on=job.started_on,
                    ended_on=change - timedelta(days=1),
                    made_by=made.made_by,
                    made_on=made.made_on,
                )
            )
            made.started_on, made.made_on = change, world.at(change, 15)
        agreements[life.worker.pk].append(made)
    Agreement.objects.bulk_create(one for several in agreements.values() for one in several)
    _delegate(world, agreements)
    return agreements


def _basis(life: Life) -> str:
    return (
        Basis.RECOVERY_COACH_SUPERVISOR
        if life.employer.work == "recovery_coaching"
        else Basis.QUALIFIED_SUPERVISOR
    )


def _delegate(world: "World", agreements: dict[int, list[Agreement]]) -> None:
    """One supervisor of the second employer is away; a colleague signs for two of her people."""
    supervisors = world.members["lakeshore", "supervisor"]
    away, stands_in = supervisors[0], supervisors[1]
    theirs = [several[-1] for several in agreements.values() if several[-1].supervisor == away]
    Delegate.objects.bulk_create(
        Delegate(
            agreement=one,
            user=stands_in,
            started_on=world.ago(6),
            ended_on=world.today + timedelta(days=30),
        )
        for one in theirs[:2]
    )


def log(world: "World", agreements: dict[int, list[Agreement]]) -> int:
    """All hours, in one COPY. Sets `Life.minutes` to what is signed; answers how many entries there are."""
    rows = [row for life in world.lives for row in _ledger(world, life, agreements[life.worker.pk])]
    copy_in(HourEntry, FIELDS, rows)
    return len(rows)


def _ledger(world: "World", life: Life, agreements: list[Agreement]) -> Iterator[tuple[Any, ...]]:
    habit = Habit.of(world.rng)
    signs_late = world.rng.random() < 0.1
    worked = life.days or _days(world, life)
    for day, minutes in worked:
        under = next((one for one in agreements if one.started_on <= day and _until(one) >= day), None)
        for start, share, domain in _entries(world.rng, habit, minutes):
            yield _row(world, life, day, start, share, domain, under, habit, signs_late=signs_late)


def _until(agreement: Agreement) -> date:
    return agreement.ended_on or date.max


def _days(world: "World", life: Life) -> Iterator[tuple[date, int]]:
    """The days a person worked, and how long."""
    rng, monday = world.rng, life.started
    weekdays = sorted(rng.sample(range(6 if life.pace is VOLUNTEER else 5), life.pace.days))
    last = min(life.ended or world.today, world.today - timedelta(days=1))
    while monday <= last:
        on_holiday = rng.random() < HOLIDAY
        for weekday in weekdays:
            day = monday + timedelta(days=weekday)
            if on_holiday or not life.started <= day <= last or rng.random() < 0.03:
                continue
            yield day, max(60, life.pace.minutes + rng.choice((-60, -30, -15, 0, 0, 15, 30)))
        monday += timedelta(weeks=1)


def _entries(rng: Random, habit: Habit, minutes: int) -> Iterator[tuple[time | None, int, str]]:
    """A day as one entry, sometimes two; half of them with clock times."""
    start = habit.starts if rng.random() < WITH_CLOCK else None
    if minutes >= 240 and rng.random() < SPLIT:
        first = minutes // 2 // 15 * 15
        later = (datetime.combine(date.min, start) + timedelta(minutes=first + 30)).time() if start else None
        yield start, first, rng.choice(habit.domains)
        yield later, minutes - first, rng.choice(habit.domains)
        return
    yield start, minutes, rng.choice(habit.domains)


def _row(
    world: "World",
    life: Life,
    day: date,
    start: time | None,
    minutes: int,
    domain: str,
    under: Agreement | None,
    habit: Habit,
    *,
    signs_late: bool,
) -> tuple[Any, ...]:
    job = life.employment()
    status = _status(world, life, day, under, signs_late=signs_late)
    recorded = world.at(day + timedelta(days=max(0, 4 - day.weekday())), 22)
    decided_by: User | None = None
    decided_on: datetime | None = None
    if status in (Status.APPROVED, Status.RETURNED) and under:
        decided_by, decided_on = under.supervisor, world.at(day + timedelta(days=8 - day.weekday()), 16)
    if status == Status.APPROVED:
        life.minutes += minutes
    return (
        life.worker.pk,
        job.pk,
        world.uid(),
        day,
        start,
        minutes,
        job.work,
        domain,
        world.rng.choice(habit.modes),
        job.pay,
        job.state,
        False,
        world.rng.choice(NOTES) if world.rng.random() < 0.05 else "",
        str(status),
        recorded,
        None if status == Status.DRAFT else recorded,
        decided_by and decided_by.pk,
        decided_on,
        world.rng.choice(REASONS) if status == Status.RETURNED else "",
        status == Status.APPROVED and under is not None and under.qualifies,
        under.pk if under and status == Status.APPROVED else None,
        None,
        False,
    )


def _status(
    world: "World", life: Life, day: date, under: Agreement | None, *, signs_late: bool
) -> HourEntry.Status:
    age = (world.today - day).days
    if life.is_ana:
        return Status.SUBMITTED if day >= fifth_weekday_before(world.today) else Status.APPROVED
    if under is None:
        return Status.SUBMITTED
    roll = world.rng.random()
    if age <= 5:
        return Status.DRAFT if roll < 0.3 else Status.SUBMITTED
    if age <= (35 if signs_late else 10):
        return Status.SUBMITTED
    if age <= 45 and roll < 0.02:
        return Status.RETURNED
    return Status.APPROVED


def meet(world: "World", agreements: dict[int, list[Agreement]]) -> None:
    """Supervision received: an hour every other week, alone or in a group; the newest not confirmed yet."""
    fields = (
        "worker", "agreement", "day", "minutes", "format", "domain", "recorded_at",
        "confirmed_by", "confirmed_on",
    )  # fmt: skip
    rows = [
        row
        for life in world.lives
        for agreement in agreements[life.worker.pk]
        for row in _sessions(world, life, agreement)
    ]
    copy_in(SupervisionSession, fields, rows)


def _sessions(world: "World", life: Life, agreement: Agreement) -> Iterator[tuple[Any, ...]]:
    rng = world.rng
    day = agreement.started_on + timedelta(days=rng.randint(5, 13))
    last = min(_until(agreement), world.today - timedelta(days=1))
    while day <= last:
        confirmed = (world.today - day).days > 9
        alone = rng.random() < 0.7
        yield (
            life.worker.pk,
            agreement.pk,
            day,
            60 if alone else 90,
            "individual" if alone else "group",
            str(rng.choice(tuple(Domain)[:4])),
            world.at(day, 20),
            agreement.supervisor.pk if confirmed else None,
            world.at(day + timedelta(days=2), 15) if confirmed else None,
        )
        day += timedelta(days=14 if life.pace is not VOLUNTEER else 28)


def correct(world: "World") -> None:
    """Three people corrected hours that were signed: one correction is signed too, two wait."""
    people = [life for life in world.lives if life.ended is None and not life.is_ana]
    signed_in = [(life.worker, life.user) for life in people if life.user][:3]
    for n, (worker, user) in enumerate(signed_in):
        signed = HourEntry.objects.filter(worker=worker, status=Status.APPROVED).order_by("-day", "pk")
        entry = signed.first()
        if entry is None:
            continue
        correction = hours.amend(entry, by=user, minutes=entry.minutes - 30)
        if n == 0 and entry.decided_by:
            hours.approve([correction], by=entry.decided_by)
