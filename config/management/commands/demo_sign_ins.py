"""Print whom one can sign in as in the demonstration."""

from textwrap import wrap
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config import demonstration
from config.demonstration.cast import PASSWORD, SIGN_INS

WIDTH = 46


class Command(BaseCommand):
    help = "Print the sign-ins of the demonstration, one for each role."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("There is no demonstration in production mode.")
        if not demonstration.is_there():
            self.stdout.write("There is no demonstration in this database: manage.py seed_demo makes one.")
            return
        self.stdout.write(f"Sign in as any of these. The password is the same for all: {PASSWORD}\n\n")
        for line in table():
            self.stdout.write(line)


def table() -> list[str]:
    """Role, name, email address and what to try, in columns."""
    rows = [("Role", "Name", "Email", "Try"), *((s.part, s.name, s.email, s.tries) for s in SIGN_INS)]
    widths = [max(len(row[n]) for row in rows) for n in range(3)]
    lines = []
    for n, (part, name, email, tries) in enumerate(rows):
        first, *rest = wrap(tries, WIDTH)
        start = f"{part:<{widths[0]}}  {name:<{widths[1]}}  {email:<{widths[2]}}  "
        lines.append(start + first)
        lines += [" " * len(start) + more for more in rest]
        if n == 0:
            lines.append("-" * (len(start) + WIDTH))
    return lines
