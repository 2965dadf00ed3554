"""What this app adds to the menu."""

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.navigation import NavItem
from accounts.roles import OrganisationKind


def items(user: User) -> list[NavItem]:
    """Anyone may check a credential; for those who check for a living it is the first page."""
    checks = any(one.organisation.kind == OrganisationKind.VERIFIER for one in user.active_memberships)
    return [NavItem(_("Check a credential"), reverse("registry:verify"), 10 if checks else 150, own=checks)]
