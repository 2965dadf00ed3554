"""The chain of accepted facts, worker by worker, and the seals over all of it; see workers/chaining.py."""

from django.db import models
from django.db.models.functions import Now

from accounts.append_only import append_only, never_emptied
from workers.chaining import only_by_trigger
from workers.models.people import Worker


class ChainLink(models.Model):
    """One accepted fact, tied to the one before it. Written by triggers alone, never changed."""

    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="+", db_index=False)
    position = models.IntegerField()
    kind = models.CharField(max_length=40)
    #: Id of the row that the fact is about, in the table of its kind.
    subject = models.BigIntegerField()
    fingerprint = models.BinaryField()
    hash = models.BinaryField()
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["worker", "position"], name="chain_one_after_another"),
            models.UniqueConstraint(fields=["kind", "subject"], name="chain_fact_once"),
        ]
        triggers = [*append_only(), only_by_trigger()]

    def __str__(self) -> str:
        return f"{self.worker_id}/{self.position} {self.kind} {self.subject}"


class ChainHead(models.Model):
    """Where a worker's chain ends now. Its row is the lock of the chain."""

    worker = models.OneToOneField(Worker, on_delete=models.PROTECT, primary_key=True, related_name="+")
    position = models.IntegerField()
    hash = models.BinaryField()

    class Meta:
        triggers = [never_emptied(), only_by_trigger()]

    def __str__(self) -> str:
        return f"{self.worker_id}/{self.position}"


class Seal(models.Model):
    """All links up to one, in one hash, which is kept outside the database as well; see workers/seals.py."""

    number = models.PositiveIntegerField(unique=True)
    first_link = models.BigIntegerField()
    last_link = models.BigIntegerField()
    links = models.BigIntegerField()
    made_at = models.DateTimeField()
    root = models.BinaryField()
    #: Made with the server's secret: whoever has the database alone cannot make it anew.
    code = models.BinaryField()

    class Meta:
        ordering = ["number"]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.number}:{bytes(self.root).hex()}"
