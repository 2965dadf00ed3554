"""The menu. Each app says what it offers a person; `settings.NAVIGATION` names those functions."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext

from accounts.policy import Permission, organisations_where


@dataclass(frozen=True)
class NavItem:
    """One entry. `order` sorts the menu across apps; `badge` counts what waits, hidden when None or 0.

    `own` is False for what everybody is offered: a person with nothing of their own is asked what brings
    them here.
    """

    label: str
    url: str
    order: int
    badge: int | None = None
    own: bool = True


@cache
def _sources() -> list[Any]:
    return [import_string(name) for name in settings.NAVIGATION]


def menu(user: Any) -> list[NavItem]:
    """Everything that `user` is offered, in order. Visitors have no menu."""
    if not user.is_authenticated:
        return []
    return sorted((item for items in _sources() for item in items(user)), key=lambda item: item.order)


def current(items: list[NavItem], path: str) -> NavItem | None:
    """The item that `path` belongs to: the one with the longest address that it starts with."""
    above = [item for item in items if path.startswith(item.url)]
    return max(above, key=lambda item: len(item.url), default=None)


def items(user: Any) -> list[NavItem]:
    """What the accounts app itself offers: the members of one's organisation to those who look after them."""
    managed = organisations_where(user, Permission.MEMBERS_MANAGE)
    slugs = dict.fromkeys(
        member.organisation.slug for member in user.active_memberships if member.organisation_id in managed
    )
    return [
        NavItem(gettext("Members"), reverse("accounts:members", args=[slug]), order=140)
        for slug in list(slugs)[:1]
    ]
