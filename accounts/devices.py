"""What a person's own device knows them by."""

from uuid import UUID, uuid5

from django.contrib.auth.models import AnonymousUser

from accounts.models import User

_SPACE = UUID("8f6b3f0e-61a5-4d0c-9a0e-3f6c0e6d2b57")


def device_key(user: User | AnonymousUser) -> str:
    """An opaque name of the person, the same on every device and for good; empty for a visitor.

    Hours that wait on a device are filed under it, so that they are never sent, or shown, to somebody else.
    """
    return str(uuid5(_SPACE, str(user.pk))) if user.is_authenticated else ""
