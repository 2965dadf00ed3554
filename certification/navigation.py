"""What this app adds to the menu."""

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.navigation import NavItem
from accounts.policy import Permission, may
from certification.desk import counts


def items(user: User) -> list[NavItem]:
    shown = [NavItem(_("Standards"), reverse("certification:standards"), 160, own=False)]
    if hasattr(user, "worker"):
        shown.append(NavItem(_("Goals"), reverse("certification:goals"), 40))
        shown.append(NavItem(_("Applications"), reverse("certification:applications"), 50))
        shown.append(NavItem(_("Credentials"), reverse("certification:credentials"), 60))
    return shown + authority_items(user)


def authority_items(user: User) -> list[NavItem]:
    """The desk, with how many applications wait there."""
    shown = []
    if may(user, Permission.APPLICATION_VIEW):
        waiting = counts(user)["waiting"]
        shown.append(NavItem(_("Applications"), reverse("certification:desk"), 20, badge=waiting))
        shown.append(NavItem(_("Courses"), reverse("certification:desk_courses"), 35))
    if may(user, Permission.APPLICATION_REVIEW):
        shown.append(NavItem(_("Paper applications"), reverse("certification:desk_paper"), 25))
    if may(user, Permission.CREDENTIAL_VIEW):
        shown.append(NavItem(_("Register"), reverse("certification:desk_credentials"), 30))
    if may(user, Permission.EFFECT_VIEW):
        shown.append(NavItem(_("What if"), reverse("certification:what_ifs"), 35))
    return shown
