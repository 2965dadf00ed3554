"""What the background worker keeps: marks to work off, and totals."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.states import STATES
from workers.models.people import Worker
from workers.words import Domain, Pay, Work


class Mark(models.Model):
    """Something about this worker changed. Written by triggers, taken by the background worker."""

    worker = models.ForeignKey(Worker, on_delete=models.CASCADE, related_name="+")
    marked_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.worker_id} at {self.marked_at}"


class Total(models.Model):
    """Minutes of a worker in a month, one row for each way in which requirements tell hours apart.

    Derived from the ledger alone and rewritten by the background worker; nothing else writes here.
    """

    class State(models.TextChoices):
        COUNTED = "counted", _("counted")
        WAITING = "waiting", _("waiting for a signature")

    worker = models.ForeignKey(Worker, on_delete=models.CASCADE, related_name="totals")
    month = models.DateField()
    standing = models.CharField(max_length=10, choices=State.choices)
    work = models.CharField(max_length=40, choices=Work.choices)
    domain = models.CharField(max_length=40, choices=Domain.choices)
    pay = models.CharField(max_length=10, choices=Pay.choices)
    state = models.CharField(max_length=5, choices=STATES)
    supervised = models.BooleanField()
    practicum = models.BooleanField()
    minutes = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "worker",
                    "month",
                    "standing",
                    "work",
                    "domain",
                    "pay",
                    "state",
                    "supervised",
                    "practicum",
                ],
                name="total_once",
            ),
            models.CheckConstraint(name="total_of_something", condition=Q(minutes__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}, {self.minutes} min"


class Tally(models.Model):
    """A career in one row: the counted minutes of a worker in one way, added up month by month.

    `minutes` holds, for each month from `began` on, all minutes up to its end, so that any span of whole
    months is a difference of two of them; `months` has a digit for each of these months, 1 where there was
    work. The domain `*` stands for all domains together. Derived from the ledger alone, as `Total` is, for
    questions about everybody: they read one short row instead of a career of months.
    """

    # The unique constraint below begins with the worker: one index is enough.
    worker = models.ForeignKey(Worker, on_delete=models.CASCADE, related_name="+", db_index=False)
    work = models.CharField(max_length=40)
    domain = models.CharField(max_length=40)
    pay = models.CharField(max_length=10)
    state = models.CharField(max_length=5)
    supervised = models.BooleanField()
    practicum = models.BooleanField()
    began = models.DateField()
    minutes = ArrayField(models.PositiveIntegerField())
    months = models.CharField(max_length=2000)
    first_day = models.DateField()
    last_day = models.DateField()

    class Meta:
        verbose_name_plural = "tallies"
        constraints = [
            models.UniqueConstraint(
                fields=["worker", "work", "domain", "pay", "state", "supervised", "practicum"],
                name="tally_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.work}, {self.minutes[-1]} min until {self.last_day:%Y-%m-%d}"
