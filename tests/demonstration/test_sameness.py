"""The demonstration depends on its seed and its day, on nothing else."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from certification.models import Application, Credential
from config import demonstration
from config.demonstration import people
from ladder.models import Placement
from workers.models import HourEntry


def test_the_same_seed_and_day_make_the_same_world(catalogue, monkeypatch):
    monkeypatch.setattr(people, "EACH", 2)

    first = fingerprint()

    assert fingerprint() == first
    assert fingerprint(number=5) != first


def fingerprint(number: int = demonstration.SEED) -> list[Any]:
    """What a small world holds, without the ids that a sequence gives."""
    with transaction.atomic():
        demonstration.seed(timezone.localdate(), number=number)
        found = [
            # Corrections are made by the actions of the ledger, which draw an id of their own.
            *HourEntry.objects.filter(amends=None)
            .order_by("pk")
            .values_list("worker__family_name", "client_id", "day", "starts", "minutes", "domain", "status"),
            *Credential.objects.order_by("pk").values_list("number", "worker__family_name", "created_at"),
            *Application.objects.order_by("pk").values_list("worker__family_name", "status", "submitted_on"),
            *Placement.objects.order_by("pk").values_list("worker__family_name", "rung__code", "wage"),
            *User.objects.order_by("pk").values_list("email", "language"),
        ]
        transaction.set_rollback(True)
    return found
