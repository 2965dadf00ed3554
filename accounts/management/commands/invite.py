"""Invite somebody to an organisation, for an operator: where nobody is in charge who could."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts import invitations
from accounts.models import Organisation
from accounts.refusals import Refused
from accounts.roles import Role


class Command(BaseCommand):
    help = "Invite a person to an organization by email."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="short name of the organization")
        parser.add_argument("email")
        parser.add_argument("role", choices=Role.values)

    def handle(self, *, slug: str, email: str, role: str, **options: Any) -> None:
        organisation = Organisation.objects.filter(slug=slug).first()
        if organisation is None:
            raise CommandError(f"There is no organization {slug!r}.")
        try:
            invitation = invitations.invite(organisation=organisation, email=email, role=Role(role), by=None)
        except Refused as refusal:
            raise CommandError(str(refusal.message)) from refusal
        self.stdout.write(f"Invited {invitation.email} to {organisation.name} as {invitation.role}.")
