"""Every standard put to a whole country of workers, and what a draft of each would do.

The country has the size that the goals speak of, and takes some minutes to make. A minute's run, in which
planning weighs more than judging: WORKERS=10000 ENTRIES=1000000 make bench NAME=population
"""

import os
from collections.abc import Callable, Iterator
from statistics import median

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from benchmarks.country import country
from benchmarks.measuring import Row, milliseconds
from certification import whatif
from certification.models import Standard
from certification.population import Question, question
from certification.population.together import everybody
from certification.requirements.language import parse
from tests import databases
from tests.stack import Stack

WORKERS = int(os.environ.get("WORKERS", "100000"))
ENTRIES = int(os.environ.get("ENTRIES", "10000000"))
COPY_WITHIN = 180 * ENTRIES / 10_000_000  # seconds
WEIGHED_WITHIN = 3  # seconds
ROUNDS = 3


def rows(stack: Stack) -> Iterator[Row]:
    database = f"{stack.database}_country"
    databases.copy(databases.with_catalogue(), database)
    connection.close()
    connection.settings_dict["NAME"] = database
    try:
        yield from measured()
    finally:
        connection.close()
        connection.settings_dict["NAME"] = stack.database
        databases.drop(database)


def measured() -> Iterator[Row]:
    took = country(workers=WORKERS, entries=ENTRIES)
    yield Row(f"{ENTRIES:,} entries by COPY", took["entries"], COPY_WITHIN, "s", goal=1, better="lower")
    questions = [question(one) for one in current_standards() if one.requires]
    plain, ours = in_turn(add_up, lambda: all_of(questions))
    size = f"{WORKERS:,} workers, {ENTRIES:,} entries"
    yield Row(f"{len(questions)} standards, {size}", ours, plain, "s", goal=3, better="lower")
    slowest = max(seconds(lambda one=one: weighed(one)) for one in current_standards() if one.requires)
    name = f"what half the hours would do, {WORKERS:,} workers, slowest of all"
    yield Row(name, slowest, WEIGHED_WITHIN, "s", goal=1, better="lower")


def current_standards() -> QuerySet[Standard]:
    in_force = Standard.objects.in_force(timezone.localdate())
    return in_force.select_related("level__program__jurisdiction", "level__program__authority")


def seconds(action: Callable[[], object]) -> float:
    return milliseconds(action) / 1000


def in_turn(*actions: Callable[[], object]) -> list[float]:
    """The median seconds of each, taken in turn so that a busy moment hits them all."""
    times: list[list[float]] = [[] for _ in actions]
    for _round in range(ROUNDS):
        for action, taken in zip(actions, times, strict=True):
            taken.append(seconds(action))
    return [median(taken) for taken in times]


def add_up() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT worker_id, sum(minutes) FROM workers_hourentry GROUP BY worker_id")
        return len(cursor.fetchall())


def all_of(questions: list[Question]) -> int:
    return sum(1 for _ in everybody(questions, on=timezone.localdate()))


def weighed(one: Standard) -> whatif.Effect:
    """What an authority sees of a draft that asks half of today's hours."""
    on = timezone.localdate()
    counts = whatif.count(one.level, one.requirement, parse(halved(one.requires)), on=on)
    return whatif.Counted(counts).effect(on, compared=True)


def halved(data: object) -> object:
    if isinstance(data, list):
        return [halved(one) for one in data]
    if not isinstance(data, dict):
        return data
    return {key: one / 2 if key == "hours" else halved(one) for key, one in data.items()}
