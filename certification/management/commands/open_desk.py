"""Let an organisation receive the applications of a certifying authority that the catalogue names."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import Organisation
from accounts.refusals import Refused
from certification import authorities
from certification.models import Program


class Command(BaseCommand):
    help = "Put an organization in charge of the authority that administers a program of the catalogue."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("program", help="code of a program, such as mn-cps-program")
        parser.add_argument("slug", help="short name of the organization, as `create_authority` printed it")

    def handle(self, *, program: str, slug: str, **options: Any) -> None:
        found = Program.objects.filter(code=program).select_related("authority").first()
        if found is None:
            raise CommandError(f"The catalogue has no program {program!r}.")
        organisation = Organisation.objects.filter(slug=slug).first()
        if organisation is None:
            raise CommandError(f"There is no organization {slug!r}.")
        try:
            authorities.put_in_charge(authority=found.authority, organisation=organisation, by=None)
        except Refused as refusal:
            raise CommandError(str(refusal.message)) from refusal
        self.stdout.write(f"{organisation.name} now receives the applications of {found.authority.name}.")
