"""Set up an organisation that cannot register itself, and invite the person in charge of it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts import invitations, organisations
from accounts.refusals import Refused
from accounts.roles import OrganisationKind, Role
from accounts.states import STATES

FIRST_ROLE = {
    OrganisationKind.AUTHORITY: Role.ADMINISTRATOR,
    OrganisationKind.EMPLOYER: Role.OWNER,
    OrganisationKind.VERIFIER: Role.CHECKER,
    OrganisationKind.TRAINING_PROVIDER: Role.TRAINER,
    OrganisationKind.EXAM_BODY: Role.EXAMINER,
}


class Command(BaseCommand):
    help = "Create an authority (or another kind of organization) and invite its first administrator."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="the name that people read")
        parser.add_argument("email", help="who is to be in charge; gets a link that works for 14 days")
        parser.add_argument(
            "--slug", default="", help="short name in addresses; made from the name if missing"
        )
        parser.add_argument("--state", default="", choices=[code for code, _name in STATES], metavar="US-MN")
        parser.add_argument(
            "--kind", default=OrganisationKind.AUTHORITY.value, choices=OrganisationKind.values
        )

    def handle(self, *, name: str, email: str, slug: str, state: str, kind: str, **options: Any) -> None:
        kind = OrganisationKind(kind)
        try:
            with transaction.atomic():
                organisation = organisations.create(kind=kind, name=name, state=state, slug=slug)
                invitation = invitations.invite(
                    organisation=organisation, email=email, role=FIRST_ROLE[kind], by=None
                )
        except Refused as refusal:
            raise CommandError(str(refusal.message)) from refusal
        self.stdout.write(
            f"Created {organisation.name} ({organisation.slug})"
            f" and invited {invitation.email} as {invitation.role}."
        )
