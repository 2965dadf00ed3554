"""What a file survives, with real processes: a worker killed in the middle of storing it."""

from datetime import date, timedelta
from typing import Any

import psycopg

from accounts.roles import Role
from tests.builders.accounts import a_member, an_organisation
from tests.builders.imports import a_file
from tests.builders.workers import a_worker, an_employment
from workers import imports
from workers.models import Import

WORKERS, DAYS = 60, 400
ROWS = WORKERS * DAYS


def ask(stack: Any, sql: str) -> Any:
    with psycopg.connect(stack.dsn) as connection:
        row = connection.execute(sql).fetchone()
    return row[0] if row else None


def status(stack: Any) -> str:
    return ask(stack, "SELECT status FROM workers_import")


def a_large_file(jobs: Any) -> str:
    first = date(2025, 1, 1)
    rows = [
        f"{job.worker.user.email},{first + timedelta(days=day)},3:30" for day in range(DAYS) for job in jobs
    ]
    return "\n".join(["Worker,Date,Hours", *rows])


def test_a_worker_killed_in_the_middle_of_a_file_stores_each_row_once(live_stack, settings):
    settings.MEDIA_ROOT = str(live_stack.folder / "media")
    live_stack.kill_worker()
    with live_stack.orm():
        employer = an_organisation()
        jobs = [an_employment(a_worker("Ana", f"Rivera{n}"), employer) for n in range(WORKERS)]
        manager = a_member(Role.MANAGER, organisation=employer)
        found = imports.upload(
            kind="hours", file=a_file(a_large_file(jobs)), by=manager, organisation=employer
        )
        imports.choose(found, by=manager)

    live_stack.start_worker()
    live_stack.wait_until(lambda: status(live_stack) == "ready", "the check", within=90)
    with live_stack.orm():
        imports.confirm(Import.objects.get(), by=manager)
    live_stack.wait_until(
        lambda: ask(live_stack, "SELECT position > 0 FROM workers_import"), "the first part", within=60
    )
    live_stack.kill_worker()
    stored = ask(live_stack, "SELECT count(*) FROM workers_hourentry")
    assert 0 < stored < ROWS, "it was through before it could be killed: give it more rows"
    assert stored == ask(live_stack, "SELECT stored FROM workers_import")

    live_stack.start_worker()
    live_stack.wait_until(lambda: status(live_stack) == "done", "the rest", within=120)
    assert ask(live_stack, "SELECT count(*) FROM workers_hourentry") == ROWS
    assert ask(live_stack, "SELECT count(DISTINCT (worker_id, day)) FROM workers_hourentry") == ROWS
    assert ask(live_stack, "SELECT sum(minutes) FROM workers_workday") == ROWS * 210
