"""Recompute every chain, every accepted row and every total, and name the first break."""

import json
import time
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from workers.verification import Result, verify


class Command(BaseCommand):
    help = (
        "Recompute every chain, accepted row, total and seal of the ledger. Ends with 1 and names the first"
        " break when something is not as it was accepted."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--worker", type=int, action="append", help="look at this worker's id alone")
        parser.add_argument("--json", action="store_true", help="print all that was found as JSON")
        parser.add_argument(
            "--seal",
            action="append",
            default=[],
            metavar="NUMBER:ROOT",
            help="a seal's line that was kept outside the database: it must still be there",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        begun = time.monotonic()
        result = verify(workers=options["worker"], kept=options["seal"])
        seconds = round(time.monotonic() - begun, 1)
        write = self._json if options["json"] else self._words
        write(result, seconds)
        if result.breaks:
            raise SystemExit(1)

    def _json(self, result: Result, seconds: float) -> None:
        words = {"clean": not result.breaks, "seconds": seconds, **asdict(result)}
        self.stdout.write(json.dumps(words, indent=2))

    def _words(self, result: Result, seconds: float) -> None:
        counts = ", ".join(f"{n:,} {name}" for name, n in result.counts.items())
        self.stdout.write(f"Looked at {counts} in {seconds} s.")
        if result.behind:
            self.stdout.write(f"Totals of {result.behind} workers are still to be written: not looked at.")
        self.stdout.write(f"Last seal: {result.last_seal or 'none'}")
        if not result.first:
            self.stdout.write(self.style.SUCCESS("Clean."))
            return
        self.stdout.write(self.style.ERROR(f"First break: {result.first}"))
        for more in result.breaks[1:10]:
            self.stdout.write(f"Also: {more}")
        if len(result.breaks) > 10:
            self.stdout.write(f"And {len(result.breaks) - 10} more.")
