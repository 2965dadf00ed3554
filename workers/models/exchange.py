"""What comes in as files and goes out as documents: imports with their rows, and transcripts."""

import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.append_only import append_only
from accounts.models import Organisation, User
from accounts.policy import Permission, organisations_where
from workers.models.people import Employment, Worker

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


def import_path(found: "Import", _name: str) -> str:
    # The person's own file name can tell more than it should: it is kept in the row, never in the path.
    return f"imports/{found.uid.hex[:2]}/{found.uid.hex}"


class ImportQuerySet(models.QuerySet["Import"]):
    def visible_to(self, user: "User | AnonymousUser") -> "ImportQuerySet":
        """One's own record's, and those of an employer for whom one hands in."""
        if not user.is_authenticated:
            return self.none()
        employers = organisations_where(user, Permission.PEOPLE_IMPORT)
        return self.filter(Q(worker__user=user) | Q(organisation__in=employers))


class Import(models.Model):
    """A file handed in: `uploaded -> checking -> ready -> running -> done -> undoing -> undone`.

    Nothing of it is in the record before somebody confirmed it. `position` is the last row that was dealt
    with, so that a run which was cut off goes on from there.
    """

    class Kind(models.TextChoices):
        HOURS = "hours", _("Hours")
        CALENDAR = "calendar", _("Calendar")
        ROSTER = "roster", _("People")
        SESSIONS = "sessions", _("Supervision")
        COMPLETIONS = "completions", _("Completed training")

    class Status(models.TextChoices):
        UPLOADED = "uploaded", _("uploaded")
        CHECKING = "checking", _("being checked")
        READY = "ready", _("checked")
        RUNNING = "running", _("being stored")
        DONE = "done", _("stored")
        FAILED = "failed", _("cannot be read")
        UNDOING = "undoing", _("being taken back")
        UNDONE = "undone", _("taken back")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("what it holds"), max_length=20, choices=Kind.choices)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.UPLOADED)
    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, null=True, related_name="imports")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="imports"
    )
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    uploaded_on = models.DateTimeField(default=timezone.now)
    file = models.FileField(_("file"), upload_to=import_path)
    name = models.CharField(_("name"), max_length=200)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    # How it is read: column of the file -> field, order of dates, unit of lengths, the worker's job.
    reading = models.JSONField(default=dict)
    problem = models.CharField(max_length=300, blank=True)
    rows = models.PositiveIntegerField(default=0)
    wrong = models.PositiveIntegerField(default=0)
    present = models.PositiveIntegerField(default=0)
    stored = models.PositiveIntegerField(default=0)
    position = models.PositiveIntegerField(default=0)
    confirmed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = ImportQuerySet.as_manager()

    class Meta:
        ordering = ["-uploaded_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="import_for_a_worker_or_an_employer",
                condition=Q(worker__isnull=False, organisation=None)
                | Q(worker=None, organisation__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.name}"

    @property
    def policy_user_id(self) -> int | None:
        return self.worker.user_id if self.worker else None

    @property
    def policy_organisation_id(self) -> int | None:
        return self.organisation_id


class ImportRow(models.Model):
    """A row of a file as it was read, waiting to be stored. Gone when the import is done.

    Rows of hours have columns of their own, which the database checks and stores in sets; the other kinds,
    whose rows are few, keep what was read in `data`. Ids are plain numbers: nothing refers to a row here.
    """

    source = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="staged", db_index=False)
    place = models.PositiveIntegerField()
    worker_id = models.BigIntegerField(null=True)
    employment_id = models.BigIntegerField(null=True)
    client_id = models.UUIDField(null=True)
    draft = models.BooleanField(default=False)
    day = models.DateField(null=True)
    starts = models.TimeField(null=True)
    minutes = models.IntegerField(null=True)
    work = models.CharField(max_length=40, blank=True)
    domain = models.CharField(max_length=40, blank=True)
    mode = models.CharField(max_length=10, blank=True)
    pay = models.CharField(max_length=10, blank=True)
    state = models.CharField(max_length=5, blank=True)
    practicum = models.BooleanField(default=False)
    note = models.CharField(max_length=300, blank=True)
    data = models.JSONField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "place"], name="importrow_once")]

    def __str__(self) -> str:
        return f"row {self.place}"


class ImportProblem(models.Model):
    """What is wrong, or worth knowing, about a row of a file; `found` is what stood in the cell."""

    class Weight(models.TextChoices):
        ERROR = "error", _("error")
        PRESENT = "present", _("already there")
        WARNING = "warning", _("look twice")

    source = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="problems", db_index=False)
    place = models.PositiveIntegerField()
    field = models.CharField(max_length=40, blank=True)
    weight = models.CharField(max_length=10, choices=Weight.choices, default=Weight.ERROR)
    message = models.CharField(max_length=500)
    found = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["source", "place"], name="importproblem_by_row")]

    def __str__(self) -> str:
        return f"row {self.place}: {self.message}"


class Transcript(models.Model):
    """A transcript that was handed out: what it said, as a digest, and by which key it was signed."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="transcripts")
    issued_at = models.DateTimeField(default=timezone.now)
    #: All that it says; see workers/transcripts.py.
    content = models.JSONField(default=dict)
    sha256 = models.CharField(max_length=64)
    key_id = models.CharField(max_length=64)
    signature = models.CharField(max_length=100)
    approved_minutes = models.PositiveIntegerField()
    supervised_minutes = models.PositiveIntegerField()
    pending_minutes = models.PositiveIntegerField()
    first_day = models.DateField(null=True)
    last_day = models.DateField(null=True)

    class Meta:
        ordering = ["-issued_at", "-pk"]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.uid}, {self.issued_at:%Y-%m-%d}"

    @property
    def worker_name(self) -> str:
        """The name that it bears, whatever the worker is called by now."""
        return f"{self.content['worker']['given_name']} {self.content['worker']['family_name']}"

    @property
    def policy_user_id(self) -> int | None:
        return self.worker.user_id


class RosterLineQuerySet(models.QuerySet["RosterLine"]):
    def offered_to(self, user: "User | AnonymousUser") -> "RosterLineQuerySet":
        """What employers say of this person, by their address, that nobody answered yet."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(email__iexact=user.email, answered_at=None, withdrawn_at=None)


class RosterLine(models.Model):
    """An employer says that somebody works there. It becomes a job once that person says so too.

    Whether the address belongs to somebody with an account is told to nobody.
    """

    source = models.ForeignKey(Import, on_delete=models.PROTECT, related_name="lines")
    place = models.PositiveIntegerField()
    employer = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="roster")
    email = models.EmailField(_("email address"))
    given_name = models.CharField(_("given name"), max_length=100)
    family_name = models.CharField(_("family name"), max_length=100)
    title = models.CharField(_("job title"), max_length=120)
    work = models.CharField(max_length=40)
    pay = models.CharField(max_length=10)
    state = models.CharField(max_length=5)
    started_on = models.DateField(_("first day"))
    ended_on = models.DateField(_("last day"), null=True)
    supervisor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    basis = models.CharField(max_length=40, blank=True)
    supervised_from = models.DateField(null=True)
    answered_at = models.DateTimeField(null=True)
    employment = models.ForeignKey(Employment, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    objects = RosterLineQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "place"], name="rosterline_once")]

    def __str__(self) -> str:
        return f"{self.title}, {self.employer}"

    @property
    def policy_organisation_id(self) -> int:
        return self.employer_id
