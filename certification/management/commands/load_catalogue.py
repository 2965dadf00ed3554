"""Load the shipped standards, or say what loading them would change."""

from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from certification.catalogue import files
from certification.catalogue.loader import load


class Command(BaseCommand):
    help = "Validate the catalogue files and bring the database into agreement with them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="only say what would change")
        parser.add_argument(
            "--from", dest="directory", type=Path, default=files.SHIPPED, help="a directory of us*.yaml files"
        )

    def handle(self, *args: Any, check: bool, directory: Path, **options: Any) -> None:
        try:
            changes = load(files.read_directory(directory), check=check)
        except files.CatalogueError as error:
            raise CommandError(f"Nothing was loaded.\n{error}") from error
        for change in changes:
            if options["verbosity"] > 1 or check or change.what != "new":
                self.stdout.write(str(change))
        counts = Counter((change.what, change.sort) for change in changes)
        told = ", ".join(f"{n} {sort} {what}" for (what, sort), n in counts.items()) or "nothing to change"
        self.stdout.write(("Would load: " if check else "Catalogue loaded: ") + told)
