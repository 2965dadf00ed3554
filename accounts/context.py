"""What the frame of every page shows: menu, notices, languages."""

from collections.abc import Callable
from functools import partial
from typing import Any, cast

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext as _

from accounts import navigation
from accounts.devices import device_key
from accounts.requests import SignedIn


def chrome(request: HttpRequest) -> dict[str, Any]:
    """What base.html asks for.

    `nav` [{label, url, badge, current}]: the menu; `account_nav` [{label, url, icon, count, current}]: what
    is the person's own; `acting_for`: their role; `notice_count`; `languages` [{code, name, current}];
    `device_key`: what their device files them under.
    Lazy, so that a fragment or an error page that shows no frame asks nothing of the database.
    """
    notice_count = SimpleLazyObject(lambda: _tolerant(_notice_count, request, otherwise=0))
    return {
        "nav": SimpleLazyObject(lambda: _tolerant(_nav, request, otherwise=[])),
        "account_nav": SimpleLazyObject(
            lambda: _tolerant(partial(_account_nav, notice_count), request, otherwise=[])
        ),
        "acting_for": SimpleLazyObject(lambda: _tolerant(_acting_for, request, otherwise="")),
        "notice_count": notice_count,
        "languages": _languages(),
        "device_key": SimpleLazyObject(lambda: _device_key(request)),
    }


def _tolerant(ask: Callable[[SignedIn], Any], request: HttpRequest, *, otherwise: Any) -> Any:
    """An error page must come even without a database or a known person."""
    user = getattr(request, "user", None)
    try:
        return ask(cast(SignedIn, request)) if user and user.is_authenticated else otherwise
    except DatabaseError:
        return otherwise


def _device_key(request: HttpRequest) -> str:
    user = getattr(request, "user", None)
    return device_key(user) if user else ""


def _nav(request: SignedIn) -> list[dict[str, Any]]:
    items = navigation.menu(request.user)
    here = navigation.current(items, request.path)
    return [
        {"label": item.label, "url": item.url, "badge": item.badge, "current": item is here} for item in items
    ]


def _account_nav(notice_count: Any, request: SignedIn) -> list[dict[str, Any]]:
    entries = [
        (_("Notices"), "accounts:notices", "notifications", notice_count),
        (_("Who looked at my record"), "accounts:looks", "visibility", 0),
        (_("Settings"), "accounts:settings", "settings", 0),
    ]
    return [
        {
            "label": label,
            "url": reverse(name),
            "icon": icon,
            "count": count,
            "current": reverse(name) == request.path,
        }
        for label, name, icon, count in entries
    ]


def _notice_count(request: SignedIn) -> int:
    return request.user.notices.filter(read_at=None).count()


def _acting_for(request: SignedIn) -> str:
    return ", ".join(str(membership) for membership in request.user.active_memberships)


def _languages() -> list[dict[str, Any]]:
    here = get_language()
    return [
        {"code": code, "name": get_language_info(code)["name_local"], "current": code == here}
        for code, _name in settings.LANGUAGES
    ]
