"""What the API of the record shares."""

from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import NotFound

from accounts.models import User
from accounts.refusals import Refused
from workers.models import Worker

Row = TypeVar("Row", bound=Model)
MOST = 1000


def own_record(user: Any) -> Worker:
    """The caller's own record; refused for somebody who has none."""
    worker = Worker.objects.select_related("user").filter(user=user).first()
    if worker is None:
        raise Refused(_("Begin your record first."))
    return worker


def all_of(rows: QuerySet[Row], ids: list[int], *, key: str = "pk") -> list[Row]:
    """The rows with these ids, in their order; 404 if the caller may not see one of them."""
    found = {getattr(row, key): row for row in rows.filter(**{f"{key}__in": ids})}
    if missing := [one for one in ids if one not in found]:
        raise NotFound(_("There is no %(id)s here.") % {"id": missing[0]})
    return [found[one] for one in dict.fromkeys(ids)]


class PersonField(serializers.StringRelatedField):
    """A person by name only."""

    def to_representation(self, value: User) -> str:
        return str(value)


class DoneSerializer(serializers.Serializer):
    """How many rows a step was taken for."""

    done = serializers.IntegerField()
