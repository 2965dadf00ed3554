"""What this app adds to the menu."""

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.navigation import NavItem
from accounts.policy import Permission, may


def items(user: User) -> list[NavItem]:
    offered = []
    if getattr(user, "worker", None):
        offered.append(NavItem(_("My ladder"), reverse("ladder:mine"), order=50))
    if may(user, Permission.READINESS_VIEW):
        offered.append(NavItem(_("Readiness"), reverse("ladder:board"), order=120))
    if may(user, Permission.LADDER_VIEW):
        offered.append(NavItem(_("Ladders"), reverse("ladder:index"), order=130))
    return offered
