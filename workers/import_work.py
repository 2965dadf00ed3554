"""What the background worker does with files: checks them, stores what was confirmed, takes it back.

Each step locks the import's row, does a part and says in the same transaction how far it came. A process that
is killed leaves the last part undone and the rest as it was; whoever comes next goes on from there.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, ProtectedError, Q, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts import notices, trail
from accounts.models import Event, User
from accounts.reading import as_read_by
from accounts.refusals import Refused
from workers import import_others, intake, staging, tracking
from workers.entries import clock
from workers.import_rows import STAGED, Said, Weight, of_hours
from workers.models import HourEntry, Import, ImportProblem, ImportRow

log = logging.getLogger(__name__)

Kind, Status = Import.Kind, Import.Status
#: Rows that one transaction stores: enough to share its queries, few enough to show how far it is.
CHUNK = 5_000
FEW = 100
OF_HOURS = (Kind.HOURS, Kind.CALENDAR)
#: The fields of hours by which a file names a rule's field.
AS_IN_FILE = {"employment": "job", "client_id": ""}

HANDED_IN = gettext_noop(
    "%(employer)s handed in hours of yours: %(hours)s. Look at them: you can correct them or take them back."
)


def work() -> int:
    """Go on with every import that waits, until none is left that somebody else does not hold. How many."""
    done = 0
    waiting = (Status.CHECKING, Status.RUNNING, Status.UNDOING)
    for pk in Import.objects.filter(status__in=waiting).order_by("pk").values_list("pk", flat=True):
        try:
            while go_on(pk):
                done += 1
        except Exception:
            # One file must not hold up the others; it stays as it is and is tried again by the next sweep.
            log.exception("import %s could not be worked on", pk)
    return done


def go_on(pk: int) -> bool:
    """Do the next part of an import. Returns whether there was one."""
    with transaction.atomic():
        found = (
            Import.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
            .select_related("uploaded_by", "worker", "organisation")
            .filter(pk=pk)
            .first()
        )
        step = STEPS.get(found.status) if found else None
        if found is None or step is None:
            return False
        with as_read_by(found.uploaded_by):
            step(found)
        found.save()
    return True


# Checking


def _check(found: Import) -> None:
    try:
        with transaction.atomic():
            ImportProblem.objects.filter(source=found).delete()
            ImportRow.objects.filter(source=found).delete()
            found.rows = found.wrong = found.present = found.stored = found.position = 0
            if found.kind in OF_HOURS:
                _check_hours(found)
            else:
                _check_others(found)
            _count(found)
    except Refused as refusal:
        found.status, found.problem = Status.FAILED, refusal.message[:300]
    else:
        found.status = Status.READY


def _check_hours(found: Import) -> None:
    problems: list[tuple[int, Said]] = []

    def right() -> Iterator[tuple[Any, ...]]:
        for row, staged in of_hours(found):
            found.rows += 1
            problems.extend((row.place, one) for one in row.said)
            if staged:
                yield staged

    _copy(ImportRow, STAGED, right(), data=None)
    problems += _weighed(found, "source_id = %s", [found.pk])
    _say(found, problems)
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM workers_importrow r USING intake i"
            " WHERE r.source_id = %s AND r.place = i.place AND i.outcome <> 'new'",
            [found.pk],
        )


def _weighed(found: Import, where: str, params: list[Any]) -> list[tuple[int, Said]]:
    """Weigh staged rows against the ledger; what is wrong with some, and which are there already."""
    staging.stage_from("workers_importrow", where, params)
    staging.lock_workers()
    weighed = intake.weigh(
        by=found.uploaded_by, at=timezone.now(), seen_by=found.organisation, source_id=found.pk
    )
    said = [
        (place, Said(AS_IN_FILE.get(one.field, one.field), one.message))
        for place, problems in weighed.items()
        for one in problems
        if one.field != "client_id"
    ]
    return said + [(place, Said("", sentence, weight=Weight.PRESENT)) for place, sentence in _present()]


def _present() -> Iterator[tuple[int, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT s.place, s.outcome, min(first.place) FROM intake s
            LEFT JOIN intake first ON s.outcome = 'repeated' AND first.worker_id = s.worker_id
                AND first.client_id = s.client_id
            WHERE s.outcome IN ('present', 'conflict', 'repeated') GROUP BY s.place, s.outcome
            """
        )
        rows = cursor.fetchall()
    for place, outcome, first in rows:
        if outcome == "repeated":
            yield (
                place,
                _("The same as row %(n)s. If both took place, give each a beginning.") % {"n": first},
            )
        elif outcome == "conflict":
            yield place, _("Handed in before, and changed in the record since. It is left as it is there.")
        else:
            yield place, _("Already in the record.")


def _check_others(found: Import) -> None:
    """Store every row, see what is refused, and take all of it back: the same verbs, so the same answers."""
    problems: list[tuple[int, Said]] = []
    kept: list[ImportRow] = []
    with transaction.atomic():
        for row, store in import_others.rows(found):
            found.rows += 1
            if row.right:
                import_others.attempt(row, store)
            if row.right and not any(one.weight == Weight.PRESENT for one in row.said):
                kept.append(ImportRow(source=found, place=row.place))
            problems.extend((row.place, one) for one in row.said)
        transaction.set_rollback(True)
    ImportRow.objects.bulk_create(kept)
    _say(found, problems)


def _say(found: Import, problems: Iterable[tuple[int, Said]]) -> None:
    rows = (
        (found.pk, place, one.field, one.weight, one.message[:500], one.found[:200].replace("\0", ""))
        for place, one in problems
    )
    _copy(ImportProblem, ("source_id", "place", "field", "weight", "message", "found"), rows)


def _copy(model: Any, columns: tuple[str, ...], rows: Iterable[tuple[Any, ...]], **same: Any) -> None:
    names = ", ".join([*columns, *same])
    remaining = iter(rows)
    # A part at a time: what makes the rows may ask the database, which a COPY that is under way keeps busy.
    while part := list(islice(remaining, CHUNK)):
        with (
            connection.cursor() as cursor,
            cursor.copy(f"COPY {model._meta.db_table} ({names}) FROM STDIN") as copy,
        ):
            for row in part:
                copy.write_row((*row, *same.values()))


def _count(found: Import) -> None:
    problems = ImportProblem.objects.filter(source=found)
    wrong = problems.filter(weight=Weight.ERROR).values("place").distinct()
    found.wrong = wrong.count()
    present = problems.filter(weight=Weight.PRESENT).exclude(place__in=wrong.values("place"))
    found.present = present.values("place").distinct().count()


# Storing


def _run(found: Import) -> None:
    places = ImportRow.objects.filter(source=found, place__gt=found.position).order_by("place")
    chunk = list(places.values_list("place", flat=True)[: CHUNK if found.kind in OF_HOURS else FEW])
    if not chunk:
        _finish(found)
        return
    if found.kind in OF_HOURS:
        problems, stored = intake.attempted(lambda: _store_hours(found, chunk[0], chunk[-1]))
    else:
        problems, stored = _store_others(found, set(chunk))
    _say(found, problems)
    found.position = chunk[-1]
    found.stored += stored
    found.present += sum(one.weight == Weight.PRESENT for _place, one in problems)
    found.wrong += len({place for place, one in problems if one.weight == Weight.ERROR})


def _store_hours(found: Import, first: int, last: int) -> tuple[list[tuple[int, Said]], int]:
    problems = _weighed(found, "source_id = %s AND place BETWEEN %s AND %s", [found.pk, first, last])
    return problems, len(intake.store(at=timezone.now(), source_id=found.pk))


def _store_others(found: Import, places: set[int]) -> tuple[list[tuple[int, Said]], int]:
    problems: list[tuple[int, Said]] = []
    stored = 0
    for row, store in import_others.rows(found, places=places):
        made = import_others.attempt(row, store)
        if made:
            stored += 1
            ImportRow.objects.filter(source=found, place=row.place).update(data=made)
        problems.extend((row.place, one) for one in row.said if one.weight != Weight.WARNING)
    return problems, stored


def _finish(found: Import) -> None:
    found.status, found.finished_at = Status.DONE, timezone.now()
    if found.kind in OF_HOURS:
        ImportRow.objects.filter(source=found).delete()
        _tell_workers(found)
    trail.record(
        "import.stored",
        subject=found,
        by=found.uploaded_by,
        organisation_id=found.organisation_id,
        rows=found.stored,
    )
    transaction.on_commit(tracking.wake)


def _tell_workers(found: Import) -> None:
    """Whoever's hours an employer handed in, with how many; one notice each."""
    if found.organisation is None:
        return
    minutes = found.hours.values("worker__user").annotate(total=Sum("minutes")).order_by()
    totals = {row["worker__user"]: row["total"] for row in minutes}
    users = User.objects.filter(pk__in=[pk for pk in totals if pk])
    notices.tell_each(
        [(user, {"employer": found.organisation.name, "hours": clock(totals[user.pk])}) for user in users],
        HANDED_IN,
        url=reverse("workers:hours"),
    )


# Taking back


def untouched(found: Import) -> Any:
    """Entries of an import that nobody signed, returned, edited or sent since."""
    worked_on = Event.objects.filter(
        subject_type="workers.hourentry",
        subject_id=OuterRef("pk"),
        verb__in=["hours.edited", "hours.withdrawn", "hours.submitted", "hours.returned"],
    )
    open_ones = Q(status=HourEntry.Status.SUBMITTED) | Q(status=HourEntry.Status.DRAFT)
    return found.hours.filter(open_ones).exclude(Exists(worked_on))


def _undo(found: Import) -> None:
    if found.kind not in OF_HOURS:
        taken = import_others.take_back(found)
        found.stored -= taken
        _end_undo(found)
        return
    ids = _held(found)
    if ids:
        trail.record_ids(
            "hours.discarded",
            model=HourEntry,
            ids=ids,
            by=found.uploaded_by,
            organisation_id=found.organisation_id,
        )
        _delete(ids)
        found.stored -= len(ids)
    if len(ids) < CHUNK:
        _end_undo(found)


def _held(found: Import) -> list[int]:
    """The next entries to take back, locked as the ledger's verbs lock them.

    Asked twice: what was signed or changed until the lock was there is no longer among them.
    """
    ids = list(untouched(found).order_by("pk").values_list("pk", flat=True)[:CHUNK])
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM workers_hourentry WHERE id = ANY (%s) ORDER BY id FOR UPDATE", [ids])
    return list(untouched(found).filter(pk__in=ids).values_list("pk", flat=True))


def _delete(ids: list[int]) -> None:
    try:
        with transaction.atomic():
            HourEntry.objects.filter(pk__in=ids).delete()
    except ProtectedError as problem:
        raise Refused(_("Something else refers to these hours.")) from problem


def _end_undo(found: Import) -> None:
    found.status, found.finished_at = Status.UNDONE, timezone.now()
    trail.record(
        "import.undone",
        subject=found,
        by=found.uploaded_by,
        organisation_id=found.organisation_id,
        stayed=found.stored,
    )
    transaction.on_commit(tracking.wake)


STEPS: dict[str, Callable[[Import], None]] = {
    Status.CHECKING: _check,
    Status.RUNNING: _run,
    Status.UNDOING: _undo,
}
