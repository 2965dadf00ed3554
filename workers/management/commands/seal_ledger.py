"""Seal what was accepted since the last seal, and print the line to keep outside the database."""

from typing import Any

from django.core.management.base import BaseCommand

from workers import seals


class Command(BaseCommand):
    help = "Seal what was accepted since the last seal, and print the seal's line: keep it elsewhere."

    def handle(self, *args: Any, **options: Any) -> None:
        made = seals.seal()
        self.stdout.write(str(made) if made else "Nothing was accepted since the last seal.")
