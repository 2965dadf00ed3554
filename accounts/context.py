"""What the frame of every page shows: menu, notices, languages."""

from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language, get_language_info

from accounts import navigation


def chrome(request: HttpRequest) -> dict[str, Any]:
    """`nav` [{label, url, badge, current}], `notice_count`, `languages` [{code, name, current}].

    Lazy, so that a fragment or an error page that shows no frame asks nothing of the database.
    """
    return {
        "nav": SimpleLazyObject(lambda: _nav(request)),
        "notice_count": SimpleLazyObject(lambda: _notice_count(request)),
        "languages": _languages(),
    }


def _nav(request: HttpRequest) -> list[dict[str, Any]]:
    try:
        items = navigation.menu(request.user)
    except (DatabaseError, AttributeError):  # an error page must come even without database or person
        return []
    here = navigation.current(items, request.path)
    return [
        {"label": item.label, "url": item.url, "badge": item.badge, "current": item is here} for item in items
    ]


def _notice_count(request: HttpRequest) -> int:
    try:
        user = request.user
        return user.notices.filter(read_at=None).count() if user.is_authenticated else 0
    except (DatabaseError, AttributeError):
        return 0


def _languages() -> list[dict[str, Any]]:
    here = get_language()
    return [
        {"code": code, "name": get_language_info(code)["name_local"], "current": code == here}
        for code, _name in settings.LANGUAGES
    ]
