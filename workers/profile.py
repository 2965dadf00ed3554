"""A worker's record itself: begun and kept by the person."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import trail
from accounts.models import User
from accounts.policy import Permission, require
from accounts.refusals import Refused, translate
from workers import tracking
from workers.models import Worker

#: What the person says of themselves.
OWN = ("given_name", "family_name", "born_on", "state", "listed")

ONCE = {"workers_worker_user_id_key": (None, gettext_lazy("You have a record already."))}


def start(
    *, by: User, given_name: str, family_name: str, born_on: date | None = None, state: str = ""
) -> Worker:
    """Begin a person's own record. Nobody but they is told."""
    _check_birth(born_on)
    with translate(ONCE):
        worker = Worker.objects.create(
            user=by, given_name=given_name, family_name=family_name, born_on=born_on, state=state
        )
        trail.record("record.started", subject=worker, by=by)
        transaction.on_commit(tracking.wake)
    return worker


@transaction.atomic
def change(worker: Worker, *, by: User, **changes: Any) -> Worker:
    """Change what the person says of themselves; the names are those of `OWN`."""
    require(by, Permission.RECORD_KEEP, on=worker)
    if unknown := set(changes) - set(OWN):
        raise ValueError(f"not the worker's to say: {sorted(unknown)}")
    _check_birth(changes.get("born_on"))
    row = Worker.objects.select_for_update(no_key=True).get(pk=worker.pk)
    changed = [name for name, value in changes.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, changes[name])
    if changed:
        row.save(update_fields=changed)
        trail.record("record.changed", subject=row, by=by, changed=changed)
        transaction.on_commit(tracking.wake)
    return row


def _check_birth(born_on: date | None) -> None:
    if born_on and not date(1900, 1, 1) <= born_on < timezone.localdate():
        raise Refused(_("This is not a date of birth."), field="born_on")
