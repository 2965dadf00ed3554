"""What the background tracking survives, with real processes: a killed worker, a broker that is gone."""

from datetime import date
from typing import Any

import psycopg
import pytest

from certification.models import Level
from tests.builders.accounts import an_organisation
from tests.builders.certification import a_goal
from tests.builders.workers import a_worker, an_agreement, an_employment, approved_hours, hours
from workers.models import Mark, Worker

WORKERS = 240
EACH = hours(48)

WRONG_TOTALS = """
    SELECT count(*) FROM (
        SELECT worker_id, sum(minutes) AS minutes FROM workers_hourentry
        WHERE status = 'approved' AND NOT superseded GROUP BY worker_id
    ) ledger FULL JOIN (
        SELECT worker_id, sum(minutes) AS minutes FROM workers_total
        WHERE standing = 'counted' GROUP BY worker_id
    ) total USING (worker_id) WHERE ledger.minutes IS DISTINCT FROM total.minutes
"""


def ask(stack: Any, sql: str) -> Any:
    with psycopg.connect(stack.dsn) as connection:
        row = connection.execute(sql).fetchone()
    return row[0] if row else None


def marks(stack: Any) -> int:
    return ask(stack, "SELECT count(*) FROM workers_mark")


def remaining(stack: Any) -> int:
    """Distinct answers of how many minutes each goal still lacks, as the workers' pages show it."""
    return ask(stack, "SELECT array_agg(DISTINCT remaining_minutes) FROM certification_progress")


def a_team(n: int) -> None:
    """Workers who all aim at Minnesota's Level II, each with the same approved hours."""
    employer = an_organisation()
    standard = Level.objects.get(code="mn-cps-2").standards.in_force(date.today()).get()
    jobs = [an_employment(a_worker(), employer) for _ in range(n)]
    agreement = an_agreement(jobs[0])
    for job in jobs:
        a_goal(job.worker, standard)
        under = agreement if job is jobs[0] else an_agreement(job, agreement.supervisor)
        approved_hours(job, EACH, agreement=under)


@pytest.fixture
def team(live_stack):
    """The worker is away while the facts arrive, so that they wait for it as one heap."""
    live_stack.kill_worker()
    with live_stack.orm():
        a_team(WORKERS)
    yield live_stack
    if not live_stack.worker.running:
        live_stack.start_worker()


def test_a_worker_killed_in_the_middle_of_its_marks_leaves_no_total_wrong(team):
    waiting = marks(team)
    assert waiting >= WORKERS

    team.start_worker(wait=False)
    team.wait_until(lambda: marks(team) < waiting, "the first batch", within=40)
    team.kill_worker()
    left = marks(team)
    assert left, "it was through before it could be killed: give it more workers"

    team.start_worker()
    team.wait_until(lambda: marks(team) == 0, "the marks to be worked off", within=60)
    assert ask(team, WRONG_TOTALS) == 0
    assert remaining(team) == [hours(4000) - EACH]


def test_hours_signed_while_the_broker_is_gone_are_tracked_when_it_is_back(live_stack):
    live_stack.wait_until(lambda: marks(live_stack) == 0, "a clean start", within=60)
    live_stack.stop_valkey()

    with live_stack.orm():
        worker = a_worker()
        job = an_employment(worker)
        approved_hours(job, hours(8), agreement=an_agreement(job))
        assert Mark.objects.filter(worker=worker).exists()

    live_stack.start_valkey()
    live_stack.wait_until(lambda: marks(live_stack) == 0, "the sweep after the outage", within=60)
    with live_stack.orm():
        total = Worker.objects.get(pk=worker.pk).totals.get()
        assert (total.minutes, total.standing, total.supervised) == (hours(8), "counted", True)
    assert ask(live_stack, WRONG_TOTALS) == 0
