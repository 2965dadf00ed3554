"""The workers of the demonstration: where each works, since when, how much, and how far they have come."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from accounts.models import User
from config.demonstration import organisations
from config.demonstration.cast import ANA, LINH
from config.demonstration.organisations import EMPLOYERS, EmployerPlan
from workers.models import Employment, Worker
from workers.words import Pay

if TYPE_CHECKING:
    from config.demonstration.world import World

EACH = 22
#: Ana's hours: signed, and last week's, which wait. Together a little more than the 4,000 of Level II.
ANA_SIGNED, ANA_WAITING = 3982 * 60 + 30, 25 * 60
ANA_DAY = 450
HOLIDAY = 0.06
#: How an employer's people have come along with its first level; each employer's list starts elsewhere.
PARTS = (
    "submitted", "in_review", "holds", "returned", "approved", "holds", "holds", "draft", "holds", "holds",
    "denied", "holds", "holds", "aims", "holds", "withdrawn", "holds", "holds", "aims", "submitted",
    "holds", "holds",
)  # fmt: skip
#: Parts that somebody plays who has not worked for long.
NEW = {"submitted", "in_review", "returned", "draft", "denied", "aims", "withdrawn"}
FOUR_YEARS = 4 * 52
UNPAID, WITHOUT_ACCOUNT = 5, 11


@dataclass(frozen=True)
class Pace:
    """So many days a week, so many minutes a day."""

    days: int
    minutes: int


PACES = (Pace(5, 450), Pace(5, 420), Pace(4, 420), Pace(4, 390), Pace(3, 360), Pace(3, 300), Pace(2, 240))
VOLUNTEER = Pace(1, 180)


@dataclass
class Life:
    """One worker and all that the other modules make of them."""

    employer: EmployerPlan
    part: str
    pace: Pace
    started: date
    worker: Worker
    pay: str = Pay.PAID
    ended: date | None = None
    job: Employment | None = None
    minutes: int = 0
    #: Days and minutes worked, where they are not left to chance.
    days: list[tuple[date, int]] = field(default_factory=list)
    #: Codes of levels held today or before, in order.
    held: list[str] = field(default_factory=list)

    @property
    def user(self) -> User | None:
        return self.worker.user

    @property
    def is_ana(self) -> bool:
        return self.worker.full_name == ANA.name

    def employment(self) -> Employment:
        if self.job is None:
            raise ValueError(f"{self.worker} has no job yet")
        return self.job


def settle(world: "World", password: str) -> None:
    """Workers with their accounts and jobs."""
    world.lives = [_life(world, plan, n, password) for plan in EMPLOYERS for n in range(EACH)]
    organisations.save_users(world, [life.user for life in world.lives if life.user])
    Worker.objects.bulk_create(life.worker for life in world.lives)
    _employ(world)


def _life(world: "World", plan: EmployerPlan, n: int, password: str) -> Life:
    rng, place = world.rng, EMPLOYERS.index(plan)
    part = PARTS[(n + 3 * place) % len(PARTS)]
    given, family = next(world.names)
    pace = VOLUNTEER if n % 7 == UNPAID else rng.choice(PACES)
    weeks = rng.randint(8, 40) if part in NEW else round(rng.triangular(30, FOUR_YEARS, 150))
    if place == 0 and n == 0:
        given, family, part, pace = ANA.given_name, ANA.family_name, "holds", Pace(5, ANA_DAY)
    elif place == 0 and part == "returned":
        given, family = LINH.given_name, LINH.family_name
    has_account = n % 13 != WITHOUT_ACCOUNT or part not in ("holds", "aims")
    language = "es" if rng.random() < 0.15 else "en"
    user = (
        organisations.a_user(world, given, family, password, state=plan.state, language=language)
        if has_account
        else None
    )
    started = world.today - timedelta(weeks=weeks, days=world.today.weekday())
    worker = Worker(
        uid=world.uid(),
        user=user,
        given_name=given,
        family_name=family,
        born_on=world.ago(rng.randint(22 * 366, 64 * 365)),
        state=plan.state,
        listed=rng.random() < 0.4,
        created_at=world.at(started),
    )
    life = Life(plan, part, pace, started, worker, pay=Pay.VOLUNTEER if pace is VOLUNTEER else Pay.PAID)
    if life.is_ana:
        life.days = anas_days(world)
        life.started = life.days[0][0]
    if n == EACH - 1 and part == "holds":
        life.ended = world.weekday_ago(rng.randint(20, 120))
        life.started = min(life.started, life.ended - timedelta(weeks=40))
    return life


def anas_days(world: "World") -> list[tuple[date, int]]:
    """Counted back from yesterday: last week's five days wait, and all before them comes to ANA_SIGNED."""
    rng, day, days = world.rng, world.today, list[tuple[date, int]]()
    while len(days) < 5:
        day -= timedelta(days=1)
        if day.weekday() < 5:
            days.append((day, ANA_WAITING // 5))
    left = ANA_SIGNED
    while left:
        day -= timedelta(days=1)
        if day.weekday() >= 5 or rng.random() < HOLIDAY:
            continue
        minutes = min(left, ANA_DAY + rng.choice((-30, -15, 0, 0, 15, 30)))
        days.append((day, minutes))
        left -= minutes
    return days[::-1]


def fifth_weekday_before(today: date) -> date:
    day, left = today, 5
    while left:
        day -= timedelta(days=1)
        left -= day.weekday() < 5
    return day


def _employ(world: "World") -> None:
    for life in world.lives:
        plan = life.employer
        owner = world.members[plan.slug, "owner"][0]
        life.job = Employment(
            worker=life.worker,
            employer=world.organisations[plan.slug],
            title="Recovery coach" if plan.work == "recovery_coaching" else "Peer specialist",
            work=plan.work,
            pay=life.pay,
            state=plan.state,
            started_on=life.started,
            ended_on=life.ended,
            confirmed_by=owner,
            confirmed_on=world.at(life.started + timedelta(days=3)),
        )
    # Two are new, and wait for their employer's word.
    for life in [life for life in world.lives if life.part == "aims"][:2]:
        life.employment().confirmed_by = life.employment().confirmed_on = None
    Employment.objects.bulk_create(life.employment() for life in world.lives)
