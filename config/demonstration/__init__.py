"""The demonstration: a world that looks alive, made in seconds from a seed and a day.

Everybody and every employer in it is invented; the authorities and their rules are those of the catalogue.
The same seed and day make the same world. What is many is written in bulk, by the same tables and under the
same rules of the database as everything else; then the tracking works off what that marked.
"""

from dataclasses import dataclass
from datetime import date
from random import Random

from django.contrib.auth.hashers import make_password
from django.db import transaction

from accounts.models import User
from certification.models import Level
from config.demonstration import (
    applications,
    cast,
    climbing,
    hours,
    learning,
    organisations,
    people,
    standing,
    told,
)
from config.demonstration.names import drawn
from config.demonstration.world import World
from workers import tracking

SEED = 4000


@dataclass(frozen=True)
class Made:
    """How much there is now."""

    workers: int
    entries: int
    applications: int
    tracked: int


class NoCatalogueError(RuntimeError):
    """The demonstration stands on levels of the catalogue, which is not loaded."""


def is_there() -> bool:
    return User.objects.filter(email=cast.ANA.email).exists()


def seed(today: date, *, number: int = SEED) -> Made:
    """Make the world as of the morning of `today`. Raises NoCatalogueError without the catalogue."""
    if not Level.objects.filter(code="mn-cps-2").exists():
        raise NoCatalogueError
    with transaction.atomic():
        made, entries = _make(today, number)
    tracked = tracking.drain_all()
    return Made(len(made.lives), entries, made.filed, tracked)


def _make(today: date, number: int) -> tuple[World, int]:
    rng = Random(number)  # noqa: S311 dice for a demonstration, no secret
    world = World(today, rng, drawn(rng))
    password = make_password(cast.PASSWORD)
    organisations.found(world, password)
    people.settle(world, password)
    agreements = hours.supervise(world)
    entries = hours.log(world, agreements)
    hours.correct(world)
    hours.meet(world, agreements)
    known = standing.standards(world)
    standing.hold(world, known)
    climbing.build(world)
    world.filed = len(applications.hand_in(world, known))
    climbing.place(world)
    standing.aim(world)
    learning.teach(world)
    told.tell(world, agreements)
    return world, entries
