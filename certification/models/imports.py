"""Records that workers brought in as files."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from workers.models import Statement, Worker

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class RecordImportQuerySet(models.QuerySet["RecordImport"]):
    def visible_to(self, user: "User | AnonymousUser") -> "RecordImportQuerySet":
        return self.filter(worker__user=user) if user.is_authenticated else self.none()

    def standing(self) -> "RecordImportQuerySet":
        return self.filter(undone_on=None)


class RecordImport(models.Model):
    """A record file that a worker brought in: the statements made of it, and the hours it speaks of.

    `hours` is what the file says of work and supervision, summed up by {"experience": [...], "supervision":
    [...]} as record files write rows. It is the worker's word and counts for nothing: hours count once a
    supervisor signed them here. The file itself is not kept.
    """

    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="record_imports")
    sha256 = models.CharField(max_length=64)
    statements = models.ManyToManyField(Statement, related_name="record_imports")
    hours = models.JSONField(default=dict)
    imported_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    imported_on = models.DateTimeField(default=timezone.now)
    undone_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    undone_on = models.DateTimeField(null=True)

    objects = RecordImportQuerySet.as_manager()

    class Meta:
        ordering = ["-imported_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["worker", "sha256"], condition=Q(undone_on=None), name="record_imported_once"
            ),
            models.CheckConstraint(
                name="record_import_undone_by_someone",
                condition=Q(undone_by=None, undone_on=None)
                | Q(undone_by__isnull=False, undone_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"record brought in on {self.imported_on:%Y-%m-%d}"

    @property
    def policy_user_id(self) -> int | None:
        return self.worker.user_id
