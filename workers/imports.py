"""Files handed in: uploaded, read as somebody said, checked, and stored once that person confirmed it.

    found = imports.upload(kind="hours", file=sent, by=olive, organisation=hopewell)
    imports.choose(found, by=olive, columns={"day": 0, "worker": 1, "minutes": 3}, dates="mdy")
    imports.confirm(found, by=olive)         # once the background worker has checked it
    imports.undo(found, by=olive)

The checking, storing and taking back are the background worker's (workers/import_work.py). What is to be done
stands in the import's own row, so that a lost message or a killed process only delays it.
"""

import hashlib
import logging
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from accounts import trail
from accounts.models import Organisation, User
from accounts.policy import Permission, require
from accounts.refusals import Refused
from workers import calendars
from workers.cells import order_of_dates
from workers.columns import fields_of, guess, guess_unit
from workers.models import Import, Worker
from workers.sheets import Cell, in_text, is_empty, rows
from workers.words import Domain

log = logging.getLogger(__name__)

Kind, Status = Import.Kind, Import.Status
#: What each side may hand in.
FOR_WORKER = (Kind.HOURS, Kind.CALENDAR, Kind.SESSIONS, Kind.COMPLETIONS)
FOR_EMPLOYER = (Kind.HOURS, Kind.ROSTER, Kind.SESSIONS)
#: Rows from which columns, dates and lengths are guessed.
SAMPLE = 200


def upload(
    *,
    kind: str,
    file: UploadedFile,
    by: User,
    worker: Worker | None = None,
    organisation: Organisation | None = None,
) -> Import:
    """Keep a file, with a guess at what its columns mean. Nothing of it is in any record yet.

    Raises Refused at `file` for what is too large or cannot be read, at `kind` for what is not theirs.
    """
    _may(by, worker=worker, organisation=organisation)
    if kind not in (FOR_WORKER if worker else FOR_EMPLOYER):
        raise Refused(_("Choose one of the list."), field="kind")
    if not file.size:
        raise Refused(_("This file is empty."), field="file")
    if file.size > settings.IMPORT_MAX_BYTES:
        most = settings.IMPORT_MAX_BYTES // 1_000_000
        raise Refused(_("This file is larger than %(most)s MB.") % {"most": most}, field="file")
    found = Import(kind=kind, worker=worker, organisation=organisation, uploaded_by=by)
    found.name, found.size = _name(file.name or ""), file.size
    found.sha256 = _digest(file)
    found.reading = _suggested(found, file)
    file.seek(0)
    try:
        with transaction.atomic():
            found.file.save("", file, save=False)
            found.save()
            _trail("import.uploaded", found, by)
    except BaseException:
        found.file.delete(save=False)
        raise
    return found


def choose(found: Import, *, by: User, **reading: Any) -> None:
    """Say how the file is to be read, by the names in `Import.reading`; it is then checked."""
    _step(found, by, (Status.UPLOADED, Status.READY, Status.FAILED), Status.CHECKING, reading=reading)


def confirm(found: Import, *, by: User) -> None:
    """Have what is right of the file stored."""
    _step(found, by, (Status.READY,), Status.RUNNING, position=0, confirmed_at=timezone.now())


def undo(found: Import, *, by: User) -> None:
    """Have taken back what came with the file, but for what somebody worked on since."""
    _step(found, by, (Status.DONE,), Status.UNDOING)


@transaction.atomic
def discard(found: Import, *, by: User) -> None:
    """Delete a file of which nothing was stored."""
    row = _locked(found, by)
    if row.status not in (Status.UPLOADED, Status.READY, Status.FAILED):
        raise Refused(_("This file is being worked on or was stored. It can be taken back."))
    _trail("import.discarded", row, by)
    file = row.file
    row.delete()
    transaction.on_commit(lambda: file.delete(save=False))


def same_file(found: Import) -> Import | None:
    """The latest import of the very same file that was stored."""
    return (
        _of_owner(found)
        .filter(sha256=found.sha256, kind=found.kind, status__in=(Status.RUNNING, Status.DONE))
        .exclude(pk=found.pk)
        .first()
    )


def wake() -> None:
    """Tell the background worker; for `transaction.on_commit`. Without a broker beat's sweep comes by."""
    from workers.tasks import work_on_imports

    try:
        work_on_imports.delay()
    except (KombuError, RedisError, OSError):
        log.warning("the broker cannot be reached; the next sweep takes the imports")


# Shared


def _may(by: User, *, worker: Worker | None, organisation: Organisation | None) -> None:
    if worker:
        require(by, Permission.RECORD_KEEP, on=worker)
    else:
        require(by, Permission.PEOPLE_IMPORT, on=organisation)


def _locked(found: Import, by: User) -> Import:
    row = Import.objects.select_for_update(no_key=True, of=("self",)).get(pk=found.pk)
    _may(by, worker=row.worker, organisation=row.organisation)
    return row


@transaction.atomic
def _step(
    found: Import,
    by: User,
    came_from: tuple[str, ...],
    to: str,
    *,
    reading: dict[str, Any] | None = None,
    **changes: Any,
) -> None:
    row = _locked(found, by)
    if row.status not in came_from:
        raise Refused(
            _("This is not open now: the file is %(status)s.") % {"status": row.get_status_display()}
        )
    row.reading = {**row.reading, **(reading or {})}
    row.status, row.problem, row.finished_at = to, "", None
    for name, value in changes.items():
        setattr(row, name, value)
    row.save()
    _trail(f"import.{to}", row, by)
    transaction.on_commit(wake)
    found.refresh_from_db()


def _trail(verb: str, found: Import, by: User) -> None:
    trail.record(verb, subject=found, by=by, organisation_id=found.organisation_id, kind=found.kind)


def _of_owner(found: Import) -> Any:
    return Import.objects.filter(worker=found.worker, organisation=found.organisation)


def _name(given: str) -> str:
    return given.replace("\\", "/").rpartition("/")[2].replace("\0", "")[:200] or "file"


def _digest(file: UploadedFile) -> str:
    digest = hashlib.sha256()
    for part in file.chunks():
        digest.update(part)
    file.seek(0)
    return digest.hexdigest()


# What the file seems to say


def _suggested(found: Import, file: UploadedFile) -> dict[str, Any]:
    start = file.read(200)
    file.seek(0)
    if found.kind == Kind.CALENDAR:
        if not calendars.is_calendar(start):
            raise Refused(_("This is not a calendar file (.ics)."), field="file")
        return {"domain": Domain.OTHER}
    if calendars.is_calendar(start):
        raise Refused(_("This is a calendar file. Choose “Calendar” for it."), field="kind")
    head, headers, sample = _head(file)
    reading = {"head": head, "headers": headers, **_guessed(found, headers, sample)}
    remembered = ("columns", "unit", "domain", "job")
    for before in _of_owner(found).filter(kind=found.kind)[:20]:
        if before.reading.get("headers") == headers:
            reading |= {name: before.reading[name] for name in remembered if name in before.reading}
            break
    return reading


def _head(file: UploadedFile) -> tuple[int, list[str], list[list[Cell]]]:
    """The number of the header's row, its cells, and some of the rows below."""
    head, headers, sample = 0, list[str](), list[list[Cell]]()
    for number, row in enumerate(rows(file), 1):
        if is_empty(row):
            continue
        if not headers:
            head, headers = number, [in_text(cell)[:100].replace("\0", "") for cell in row]
            continue
        sample.append(row)
        if len(sample) == SAMPLE:
            break
    if not sample:
        raise Refused(_("This file has no rows below its header."), field="file")
    return head, headers, sample


def _guessed(found: Import, headers: list[str], sample: list[list[Cell]]) -> dict[str, Any]:
    fields = fields_of(found.kind, employer=found.organisation_id is not None)
    columns = guess(fields, headers)

    def cells(name: str) -> list[Cell]:
        column = columns.get(name)
        return [] if column is None else [row[column] for row in sample if column < len(row)]

    days = [cell for field in fields if field.read.__name__ == "day" for cell in cells(field.name)]
    minutes = columns.get("minutes")
    example = [in_text(cell)[:60] for cell in [*sample[0], *[None] * len(headers)][: len(headers)]]
    return {
        "columns": columns,
        "example": example,
        "dates": order_of_dates(days),
        "unit": guess_unit(headers[minutes], cells("minutes")) if minutes is not None else "hours",
        "domain": Domain.OTHER,
    }
