"""What another system may be allowed to do by API, in the name of its organisation."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from accounts.models import ApiClient


class Scope(models.TextChoices):
    HOURS_READ = "hours:read", _("Read the hours of your people")
    HOURS_WRITE = "hours:write", _("Send hours for your people")
    PEOPLE_READ = "people:read", _("Read who works for you, and at which job")
    VERIFY = "verify", _("Check credentials, many at once")


@dataclass(frozen=True)
class System:
    """Another system as the caller of the API: it acts as its organisation, within its scopes.

    Stands where a person stands as `request.user`. It is nobody: nothing is its own, and its key equals no
    person's.
    """

    client: "ApiClient"
    scopes: frozenset[Scope]

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __str__(self) -> str:
        return str(self.client)

    @property
    def pk(self) -> str:
        return f"system:{self.client.pk}"

    @property
    def organisation_id(self) -> int:
        return self.client.organisation_id

    @property
    def active_memberships(self) -> list[Any]:
        return []


def known(names: Iterable[str]) -> frozenset[Scope]:
    """The scopes among these names."""
    return frozenset(Scope(name) for name in names if name in Scope.values)
