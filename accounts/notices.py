"""Tell a person something: on their page at once, by email when they wish."""

from collections.abc import Iterable
from typing import Any

from accounts.models import Notice, User


def tell(user: User | None, message: str, *, url: str = "", **params: Any) -> None:
    """Leave a notice for `user`; nothing for a person without an account.

    `message` is an English message id with `%(name)s` parts, marked with `gettext_noop`.
    """
    tell_many([user] if user else [], message, url=url, **params)


def tell_many(users: Iterable[User], message: str, *, url: str = "", **params: Any) -> None:
    """The same notice for several people, in one statement."""
    Notice.objects.bulk_create(
        Notice(user=user, message=message, params=params, url=url, mail_due=user.wants_mail) for user in users
    )


def tell_each(notices: Iterable[tuple[User, dict[str, Any]]], message: str, *, url: str = "") -> None:
    """The same message with each person's own parameters, in one statement."""
    Notice.objects.bulk_create(
        Notice(user=user, message=message, params=params, url=url, mail_due=user.wants_mail)
        for user, params in notices
    )
