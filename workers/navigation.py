"""What this app adds to the menu."""

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.navigation import NavItem
from accounts.policy import Permission, may
from workers import supervision
from workers.views.signing import sessions_for, waiting_for


def items(user: User) -> list[NavItem]:
    """A worker's record, what waits for a supervisor, an employer's people."""
    found = []
    if hasattr(user, "worker"):
        found += [
            NavItem(_("Home"), reverse("workers:home"), 10),
            NavItem(_("Hours"), reverse("workers:hours"), 11),
            NavItem(_("Qualifications"), reverse("workers:qualifications"), 12),
        ]
    if supervision.may_sign(user):
        waits = waiting_for(user).count() + sessions_for(user).count()
        found.append(NavItem(_("To sign"), reverse("workers:sign"), 30, badge=waits))
    if may(user, Permission.PEOPLE_VIEW):
        found.append(NavItem(_("People"), reverse("workers:people"), 40))
    if may(user, Permission.COURSES_KEEP):
        found.append(NavItem(_("Courses"), reverse("workers:courses"), 20))
    if may(user, Permission.SUPERVISORS_VOUCH):
        found.append(NavItem(_("Supervisors"), reverse("workers:choose_supervisors"), 45))
    return found
