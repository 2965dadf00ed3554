"""In which language a person reads, and by which clock."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import tzinfo
from zoneinfo import ZoneInfo

from django.utils import timezone, translation

from accounts.models import User


def zone_of(user: User) -> tzinfo:
    """The person's time zone."""
    return ZoneInfo(user.time_zone)


def activate(user: User) -> None:
    """Until the end of the request: the language and the time zone of `user`."""
    translation.activate(user.language)
    timezone.activate(zone_of(user))


@contextmanager
def as_read_by(user: User) -> Iterator[None]:
    """The language and time zone of `user`, for what is written to them outside a request."""
    with translation.override(user.language), timezone.override(zone_of(user)):
        yield
