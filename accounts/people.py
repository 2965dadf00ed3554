"""What a person chooses for themselves."""

from django.db import transaction
from django.utils import timezone

from accounts import trail
from accounts.models import Notice, User

#: What a person may change in their settings. The email address is allauth's: a new one is verified first.
SETTINGS = ("given_name", "family_name", "language", "time_zone", "wants_mail")


@transaction.atomic
def change_settings(*, user: User, by: User, **changes: object) -> User:
    """Store the settings named in `changes`, which are already checked, and leave the names in the trail.

    Raises TypeError for anything that is not a setting.
    """
    if unknown := changes.keys() - set(SETTINGS):
        raise TypeError(f"not settings of a person: {', '.join(sorted(unknown))}")
    changed = sorted(name for name, value in changes.items() if getattr(user, name) != value)
    if changed:
        for name in changed:
            setattr(user, name, changes[name])
        user.save(update_fields=changed)
        trail.record("person.changed", subject=user, by=by, fields=changed)
    return user


def choose_language(*, user: User, language: str) -> None:
    """The language in which pages and mail come from now on."""
    change_settings(user=user, by=user, language=language)


def read_notices(*, user: User, notice: Notice | None = None) -> int:
    """Mark one notice of `user` as read, or all; how many were unread."""
    unread = user.notices.filter(read_at=None)
    if notice is not None:
        unread = unread.filter(pk=notice.pk)
    return unread.update(read_at=timezone.now())
