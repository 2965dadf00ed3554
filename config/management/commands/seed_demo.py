"""Make the demonstration, for trying and for showing; never in production."""

import time
from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from config import demonstration


class Command(BaseCommand):
    help = (
        "Fill an empty database with a demonstration: authorities, employers, workers, four years of hours."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--today", type=date.fromisoformat, help="the day it is made for (YYYY-MM-DD)")
        parser.add_argument(
            "--seed", type=int, default=demonstration.SEED, help="another number, another world"
        )

    def handle(self, *args: Any, today: date | None, seed: int, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("The demonstration has known passwords: it is never made in production mode.")
        if demonstration.is_there():
            self.stdout.write("The demonstration is there already.")
            return
        started = time.monotonic()
        try:
            made = demonstration.seed(today or timezone.localdate(), number=seed)
        except demonstration.NoCatalogueError as error:
            raise CommandError("Load the catalogue first: manage.py load_catalogue") from error
        self.stdout.write(
            f"Demonstration made: {made.workers} workers, {made.entries} entries of hours, "
            f"{made.applications} applications, {made.tracked} workers tracked, "
            f"in {time.monotonic() - started:.1f} s."
        )
