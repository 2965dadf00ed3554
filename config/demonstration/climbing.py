"""The employers' ladders, who stands on them since when, and the rungs that people aim at."""

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from config.demonstration.people import Life
from ladder import ladders
from ladder.models import Ladder, Placement, Rung, RungGoal

if TYPE_CHECKING:
    from config.demonstration.world import World

#: For each template: its rungs in the order in which people come to them, with the minutes that it takes.
WAYS = {
    "four-tracks": (
        (("peer-support-worker",), 0),
        (("peer-specialist",), 0),
        (("senior-peer-specialist", "lead-peer-specialist", "peer-program-coordinator"), 5200 * 60),
    ),
    "massachusetts-provider": (
        (("recovery-support-navigator",), 0),
        (("recovery-coach",), 1100 * 60),
        (("lead-recovery-coach",), 4200 * 60),
    ),
}


def build(world: "World") -> None:
    """A published ladder for every employer; one of them drafts a second."""
    for plan in world.employers:
        owner = world.members[plan.slug, "owner"][0]
        employer = world.organisations[plan.slug]
        ladder = ladders.create(employer=employer, template=plan.template, title=plan.ladder, by=owner)
        ladders.publish(ladder, by=owner, at=world.at(world.ago(900)))
    draft = world.employers[-1]
    ladders.create(
        employer=world.organisations[draft.slug],
        template="massachusetts-provider",
        title="Recovery coaching (draft)",
        by=world.members[draft.slug, "manager"][0],
    )
    Ladder.objects.update(created_at=world.at(world.ago(930)))


def place(world: "World") -> None:
    """Most people stand on a rung; those who climbed keep the rung they came from in their history."""
    rungs = {
        (rung.track.ladder.title, rung.code): rung for rung in Rung.objects.select_related("track__ladder")
    }
    placements = [
        placement
        for n, life in enumerate(world.lives)
        if n % 11 != 9 or life.is_ana
        for placement in _placements(world, life, rungs)
    ]
    Placement.objects.bulk_create(placements)
    for one in placements:
        world.happened(
            "placement.made",
            one,
            by=one.placed_by,
            on=one.started_on,
            organisation=one.employer,
            rung=one.rung_id,
            on_day=one.started_on.isoformat(),
        )
    _aim(world, placements, rungs)


def _placements(world: "World", life: Life, rungs: dict[tuple[str, str], Rung]) -> list[Placement]:
    plan = life.employer
    reached = [
        rungs[plan.ladder, world.rng.choice(codes)]
        for n, (codes, minutes) in enumerate(WAYS[plan.template])
        if n == 0 or (life.minutes >= minutes and life.held and not (life.is_ana and n > 1))
    ]
    starts = _starts(world, life, len(reached))
    manager = world.members[plan.slug, "manager"][0]
    return [
        Placement(
            worker=life.worker,
            employer=world.organisations[plan.slug],
            rung=rung,
            started_on=start,
            ended_on=until,
            wage=_wage(world, rung) if life.pay == "paid" else None,
            placed_by=manager,
            placed_on=world.at(start, 15),
        )
        for rung, start, until in zip(
            reached, starts, [*(day - timedelta(days=1) for day in starts[1:]), life.ended], strict=True
        )
    ]


def _starts(world: "World", life: Life, count: int) -> list[date]:
    """The first days on each rung, spread over the time at work."""
    tenure = ((life.ended or world.today) - life.started).days
    return [life.started + timedelta(days=tenure * n // (count + 1)) for n in range(count)]


def _wage(world: "World", rung: Rung) -> Decimal | None:
    if rung.wage_low is None or rung.wage_high is None:
        return None
    share = Decimal(world.rng.randint(0, 20)) / 20
    wage = rung.wage_low + (rung.wage_high - rung.wage_low) * share
    return (wage * 4).to_integral_value() / 4


def _aim(world: "World", placements: list[Placement], rungs: dict[tuple[str, str], Rung]) -> None:
    """Ana and four in ten others aim at a rung of their employer's ladder."""
    tops = {
        "four-tracks": ("senior-peer-specialist", "peer-supervisor", "crisis-peer-specialist"),
        "massachusetts-provider": ("lead-recovery-coach", "recovery-coach-supervisor"),
    }
    here = {(one.worker_id, one.rung_id) for one in placements}
    goals = []
    for life in world.lives:
        plan = life.employer
        code = tops[plan.template][0] if life.is_ana else world.rng.choice(tops[plan.template])
        rung = rungs[plan.ladder, code]
        wants = life.is_ana or world.rng.random() < 0.4
        if wants and life.user and life.ended is None and (life.worker.pk, rung.pk) not in here:
            chosen = world.at(life.started + timedelta(days=40))
            goals.append(RungGoal(worker=life.worker, rung=rung, chosen_at=chosen))
    RungGoal.objects.bulk_create(goals)
