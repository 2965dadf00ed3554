"""The hours ledger: the only way in which hours change.

    hours.log(worker=ana, by=ana.user, entries=[NewHours(employment=job, day=monday, minutes=480, ...)])
    hours.approve(HourEntry.objects.to_sign_by(sam), by=sam)

Every action takes its entries as a queryset or a list, does all or nothing, leaves a line in the trail for
each entry and wakes the background worker once it is committed.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts import notices, trail
from accounts.models import User
from accounts.policy import Permission, require
from accounts.refusals import Refused, translate
from workers import entries as checks
from workers import signing, storing, tracking
from workers.chaining import hold
from workers.entries import RULES, Beside, NewHours, clock, content, own_time, problem
from workers.locks import one_at_a_time
from workers.models import Agreement, HourEntry, Signature, SignedAs, SigningLink, Worker
from workers.models.supervision import AgreementQuerySet
from workers.steps import Step, first_closed

Status = HourEntry.Status
Entries = QuerySet[HourEntry] | Sequence[HourEntry]

LONGEST_REASON = 500
APPROVED = gettext_noop("%(name)s approved hours of yours: %(hours)s.")
RETURNED = gettext_noop("%(name)s returned hours of yours to be corrected: %(hours)s.")


class SomeRefused(Refused):
    """Some of several entries are wrong, so none was stored. `problems`: place in the list -> Refused."""

    def __init__(self, problems: dict[int, Refused]) -> None:
        first = problems[min(problems)]
        super().__init__(first.message, field=first.field)
        self.problems = problems


@dataclass(frozen=True)
class Outcome:
    """What became of one entry handed in: stored now, stored before, or refused.

    `existing` is what stands in its way: other content stored under its id, or the entry that it overlaps.
    """

    entry: HourEntry | None = None
    refused: Refused | None = None
    created: bool = False
    existing: HourEntry | None = None

    @property
    def conflicts(self) -> bool:
        """Whether other content is stored under the entry's id."""
        return bool(self.existing and self.refused and self.refused.field == "client_id")


# Logging


def log(
    *, worker: Worker, by: User, entries: Sequence[NewHours], draft: bool = False, at: datetime | None = None
) -> list[HourEntry]:
    """Store hours, sent for a signature at once or as a draft; all of them or none.

    An entry whose `client_id` is stored already with the same content is given back as it stands. Raises
    SomeRefused for what is wrong.
    """
    with _change():
        outcomes = _store(worker=worker, by=by, entries=entries, draft=draft, at=at)
        problems = {place: done.refused for place, done in enumerate(outcomes) if done.refused}
        if problems:
            raise SomeRefused(problems)
    return [done.entry for done in outcomes if done.entry]


def log_each(
    *, worker: Worker, by: User, entries: Sequence[NewHours], at: datetime | None = None
) -> list[Outcome]:
    """Store what is right of `entries` and say of each what became of it, in their order."""
    with _change():
        return _store(worker=worker, by=by, entries=entries, draft=False, at=at)


def _store(
    *, worker: Worker, by: User, entries: Sequence[NewHours], draft: bool, at: datetime | None
) -> list[Outcome]:
    require(by, Permission.RECORD_KEEP, on=worker)
    at = at or timezone.now()
    one_at_a_time(worker)
    stored, beside = checks.near(worker, entries)
    now = own_time(worker, by, at)
    outcomes, rows = [], []
    for new in entries:
        entry = new.entry(worker)
        before = stored.get(entry.client_id)
        if before:
            outcomes.append(_again(entry, before))
        elif refused := problem(entry, beside=beside, now=now):
            outcomes.append(Outcome(refused=refused, existing=beside.overlapping(entry)))
        else:
            entry.recorded_at = at
            if not (draft or new.draft):
                entry.status, entry.submitted_at = Status.SUBMITTED, at
            beside.add(entry)
            stored[entry.client_id] = entry
            rows.append(entry)
            outcomes.append(Outcome(entry=entry, created=True))
    storing.insert(rows, verb="hours.logged", by=by)
    return outcomes


def _again(entry: HourEntry, before: HourEntry) -> Outcome:
    if content(entry) == content(before):
        return Outcome(entry=before)
    return Outcome(
        refused=Refused(_("Other hours were stored under this id before."), field="client_id"),
        existing=before,
    )


# What the worker does


def submit(entries: Entries, *, by: User, at: datetime | None = None) -> int:
    """Send drafts, or returned hours as they are, for a signature. Returns how many."""
    at = at or timezone.now()
    with _change():
        rows = _taken(entries, Step.SUBMIT, by=by)
        _check_again([entry for entry in rows if entry.status == Status.RETURNED], by=by, at=at)
        _update(rows, status=Status.SUBMITTED, submitted_at=at, decided_by=None, decided_on=None)
        trail.record_many("hours.submitted", subjects=rows, by=by)
    return len(rows)


def withdraw(entries: Entries, *, by: User) -> int:
    """Take hours back that nobody signed yet; they are drafts again. Returns how many."""
    with _change():
        rows = _taken(entries, Step.WITHDRAW, by=by)
        _update(rows, status=Status.DRAFT, submitted_at=None)
        trail.record_many("hours.withdrawn", subjects=rows, by=by)
    return len(rows)


def discard(entries: Entries, *, by: User) -> int:
    """Delete hours that were never approved; the trail keeps that they were there. Returns how many."""
    with _change():
        rows = _taken(entries, Step.DISCARD, by=by)
        trail.record_many("hours.discarded", subjects=rows, by=by)
        HourEntry.objects.filter(pk__in=[entry.pk for entry in rows]).delete()
    return len(rows)


def edit(entry: HourEntry, *, by: User, at: datetime | None = None, **changes: Any) -> HourEntry:
    """Change hours before they are approved, by the names of `NewHours`; sends returned hours again."""
    at = at or timezone.now()
    with _change():
        (row,) = _taken([entry], Step.EDIT, by=by)
        changed = _apply(row, changes)
        without = [pk for pk in (row.pk, row.amends_id) if pk]
        _refuse(row, beside=Beside.of(row.worker, [row.day], without=without), by=by, at=at)
        if row.status != Status.DRAFT:
            row.status, row.submitted_at = Status.SUBMITTED, at
            row.decided_by = row.decided_on = None
        row.save()
        trail.record("hours.edited", subject=row, by=by, changed=changed)
    return row


def amend(entry: HourEntry, *, by: User, at: datetime | None = None, **changes: Any) -> HourEntry:
    """Hand in a correction of approved hours. It counts in their place once it is approved, not before."""
    at = at or timezone.now()
    with _change():
        (row,) = _taken([entry], Step.AMEND, by=by)
        if HourEntry.objects.filter(amends=row).exclude(status=Status.APPROVED).exists():
            raise Refused(_("A correction of these hours is already on its way."))
        correction = HourEntry(worker=row.worker, employment=row.employment, amends=row)
        for name in checks.CONTENT:
            setattr(correction, name, getattr(row, name))
        changed = _apply(correction, changes)
        if not changed:
            raise Refused(_("Nothing was changed."))
        correction.status, correction.recorded_at, correction.submitted_at = Status.SUBMITTED, at, at
        _refuse(correction, beside=Beside.of(row.worker, [correction.day], without=[row.pk]), by=by, at=at)
        correction.save()
        trail.record("hours.amended", subject=row, by=by, amendment=correction.pk, changed=changed)
        trail.record("hours.logged", subject=correction, by=by, amends=row.pk)
    return correction


# What the supervisor does


def approve(
    entries: Entries,
    *,
    by: User,
    seen: Mapping[int, str] | None = None,
    declaration: int | None = None,
    at: datetime | None = None,
) -> int:
    """Sign hours, all of them by one signature. Returns how many.

    They count as supervised hours when `by` signs as the supervisor, a delegate or a substitute under the
    agreement in force on their day, and its supervisor was qualified on that day; a colleague's word makes no
    hour supervised. Nothing is signed that is not as the signer saw it: `seen` is entry id -> fingerprint,
    `declaration` its version; see signing.check_seen.
    """
    at = at or timezone.now()
    with _change():
        rows = _taken(entries, Step.APPROVE, by=by)
        signing.check_seen(rows, seen=seen, version=declaration)
        if not rows:
            return 0
        attested = _attested(rows, by=by)
        for attesting in (False, True):
            # A colleague declares something else: hours of both kinds take two signatures.
            if some := [entry for entry in rows if (entry.pk in attested) == attesting]:
                signature = signing.sign(some, by=by, at=at, attesting=attesting)
                _sign(some, signature, under=_agreements_of(by))
        _tell_workers(rows, APPROVED, by=by)
    return len(rows)


def _attested(rows: list[HourEntry], *, by: User) -> set[int]:
    """Ids of the entries for which `by` can only speak as a colleague."""
    if not Agreement.objects.attested_by(by).exists():
        return set()
    agreements = Agreement.objects.signable_by(by).filter(
        worker=OuterRef("worker"), employer=OuterRef("employment__employer")
    )
    signable = HourEntry.objects.filter(Exists(agreements.in_force(OuterRef("day"))))
    ids = [entry.pk for entry in rows]
    return set(ids) - set(signable.filter(pk__in=ids).order_by().values_list("pk", flat=True))


def approve_by_link(
    entries: Entries,
    *,
    link: SigningLink,
    name: str,
    role: str,
    relationship: str,
    seen: Mapping[int, str],
    declaration: int,
    at: datetime,
) -> int:
    """Sign hours through a link, whose turn the caller holds; see `links.sign`. Returns how many.

    They count as supervised hours when the link is for the supervisor of an agreement that was in force on
    their day, and who was qualified on that day.
    """
    with _change():
        rows = _held(_ids(entries))
        if any(entry.pk not in link.entries or entry.worker_id != link.worker_id for entry in rows):
            raise PermissionDenied
        if reason := first_closed(rows, Step.APPROVE):
            raise Refused(str(reason))
        signing.check_seen(rows, seen=seen, version=declaration)
        if not rows:
            return 0
        signature = signing.sign(rows, at=at, link=link, name=name, role=role, relationship=relationship)
        _sign(rows, signature, under=_agreement_of(link))
        _tell_workers(rows, APPROVED, by=name)
    return len(rows)


def _sign(rows: list[HourEntry], signature: Signature, *, under: QuerySet[Any]) -> None:
    """Approve rows that are held, under one signature.

    `under`: the agreements of an entry of the outer query, the best first, with `supervises` and
    `signing_as`; what is of none of them is approved as it is, and not supervised.
    """
    corrected = [entry.worker_id for entry in rows if entry.amends_id]
    if corrected:  # these put others aside one by one
        hold(corrected)
    # The three belong together, and to find them is dear: once an entry is enough.
    found = JSONObject(agreement="pk", supervised="supervises", signed_as="signing_as")
    signed = HourEntry.objects.filter(pk__in=[entry.pk for entry in rows]).order_by()
    sql, params = (
        signed.annotate(under=Subquery(under.values(found=found)[:1]))
        .values("pk", "under")
        .query.sql_with_params()
    )
    with connection.cursor() as cursor:
        cursor.execute(
            _APPROVE.format(signed=sql),
            [
                *params,
                *(signature.signer_id, signature.signed_at, signature.pk),
                SignedAs.LINK if signature.link_id else "",
            ],
        )
    trail.record_many("hours.approved", subjects=rows, by=signature.signer)


_APPROVE = """
    WITH signed (id, under) AS MATERIALIZED ({signed})
    UPDATE workers_hourentry e SET status = 'approved', reason = '',
        decided_by_id = %s, decided_on = %s, signature_id = %s,
        agreement_id = (signed.under ->> 'agreement')::bigint,
        supervised = coalesce((signed.under ->> 'supervised')::boolean, false),
        signed_as = coalesce(signed.under ->> 'signed_as', %s)
    FROM signed WHERE signed.id = e.id
"""


def return_(entries: Entries, *, by: User, reason: str, at: datetime | None = None) -> int:
    """Send hours back to the worker, who can correct them and send them again. Returns how many."""
    reason = reason.strip()
    if not reason:
        raise Refused(_("Say what should be corrected."), field="reason")
    if len(reason) > LONGEST_REASON:
        raise Refused(_("At most 500 letters."), field="reason")
    with _change():
        rows = _taken(entries, Step.RETURN, by=by)
        _update(rows, status=Status.RETURNED, decided_by=by, decided_on=at or timezone.now(), reason=reason)
        trail.record_many("hours.returned", subjects=rows, by=by)
        _tell_workers(rows, RETURNED, by=by)
    return len(rows)


def _agreements_of(by: User) -> QuerySet[Any]:
    """The agreements under which `by` signs an entry of the outer query, the qualified ones first."""
    signing = Agreement.objects.signable_by(by) | Agreement.objects.attested_by(by)
    return (
        _about_entry(signing)
        .signed_by(by)
        .annotate(
            supervises=Case(
                When(signing_as=SignedAs.COLLEAGUE, then=Value(False)),
                default=F("qualified"),
            ),
            attests=Case(When(signing_as=SignedAs.COLLEAGUE, then=Value(True)), default=Value(False)),
        )
        .order_by("-supervises", "attests", "-started_on", "pk")
    )


def _agreement_of(link: SigningLink) -> QuerySet[Any]:
    """The agreement of a link, where it is about an entry of the outer query."""
    named = _about_entry(Agreement.objects.filter(pk=link.agreement_id or 0))
    return named.annotate(supervises=F("qualified"), signing_as=Value(SignedAs.LINK))


def _about_entry(agreements: AgreementQuerySet) -> AgreementQuerySet:
    """Those that were in force for an entry of the outer query, with `qualified` as of its day."""
    return agreements.filter(
        Q(ended_on=None) | Q(ended_on__gte=F("worker__hours__day")),
        worker__hours=OuterRef("pk"),
        employer=F("worker__hours__employment__employer"),
        started_on__lte=F("worker__hours__day"),
    ).qualified_on(F("worker__hours__day"))


def _tell_workers(rows: Sequence[HourEntry], message: str, *, by: User | str) -> None:
    """One notice for each worker, however many entries."""
    minutes: dict[User, int] = defaultdict(int)
    for entry in rows:
        if entry.worker.user:
            minutes[entry.worker.user] += entry.minutes
    notices.tell_each(
        [(user, {"name": str(by), "hours": clock(total)}) for user, total in minutes.items()],
        message,
        url=reverse("workers:hours"),
    )


# Shared


@contextmanager
def _change() -> Iterator[None]:
    """One transaction, with the database's refusals in words; the background worker is woken after it."""
    with translate(RULES):
        yield
        transaction.on_commit(tracking.wake)


def _taken(entries: Entries, step: Step, *, by: User) -> list[HourEntry]:
    """The entries, locked in one order, if `step` is open for every one of them and `by` may take it."""
    ids = _ids(entries)
    rows = _held(ids)
    _may(rows, step, by=by)
    if reason := first_closed(rows, step):
        raise Refused(str(reason))
    if len(rows) < len(set(ids)):
        raise Refused(_("Some of these hours were deleted in the meantime."))
    return rows


def _ids(entries: Entries) -> list[int]:
    if isinstance(entries, QuerySet):
        return list(entries.order_by().values_list("pk", flat=True))
    return [entry.pk for entry in entries]


def _held(ids: list[int]) -> list[HourEntry]:
    """The rows as they stand now, locked in one order."""
    return list(
        HourEntry.objects.filter(pk__in=ids)
        .select_related("worker__user", "employment__employer")
        .select_for_update(of=("self",))
        .order_by("pk")
    )


def _may(rows: list[HourEntry], step: Step, *, by: User) -> None:
    if step not in (Step.APPROVE, Step.RETURN):
        for entry in rows:
            require(by, Permission.RECORD_KEEP, on=entry)
        return
    if any(entry.worker.user_id == by.pk for entry in rows):
        raise Refused(_("Nobody approves their own hours."))
    ids = [entry.pk for entry in rows]
    if HourEntry.objects.filter(pk__in=ids).to_sign_by(by).count() < len(ids):
        raise PermissionDenied


def _update(rows: list[HourEntry], **values: Any) -> None:
    HourEntry.objects.filter(pk__in=[entry.pk for entry in rows]).update(**values)


def _apply(entry: HourEntry, changes: dict[str, Any]) -> list[str]:
    """Set what is changed, and return the names of what is different now."""
    before = content(entry)
    job = changes.get("employment")
    if job and job.pk != entry.employment_id:
        changes = {"work": job.work, "pay": job.pay, "state": job.state} | changes
    for name, value in changes.items():
        setattr(entry, name, value)
    return [name for name, old, new in zip(checks.CONTENT, before, content(entry), strict=True) if old != new]


def _check_again(rows: list[HourEntry], *, by: User, at: datetime) -> None:
    """Returned hours took up no time; sent again, they must still fit."""
    for_worker: dict[Worker, list[HourEntry]] = defaultdict(list)
    for entry in rows:
        if entry.amends_id is None:
            for_worker[entry.worker].append(entry)
    for worker, own in for_worker.items():  # a person sends their own hours: one round
        beside = Beside.of(worker, [entry.day for entry in own])
        for entry in own:
            _refuse(entry, beside=beside, by=by, at=at)
            beside.add(entry)


def _refuse(entry: HourEntry, *, beside: Beside, by: User, at: datetime) -> None:
    refused = problem(entry, beside=beside, now=own_time(entry.worker, by, at))
    if refused:
        raise refused
