"""At which job the hours were worked that somebody hands in."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any, Self
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from accounts import prepared
from accounts.models import User
from accounts.refusals import Refused
from accounts.scopes import System
from workers.api.common import own_record
from workers.entries import NewHours
from workers.models import Employment, Worker

LARGEST_ID = 2**63 - 1


@contextmanager
def of_a_record(caller: User | System) -> Iterator[None]:
    """A person hands in hours for their own record: where there is none, that is what is wrong."""
    try:
        yield
    except (ValidationError, Refused):
        if not isinstance(caller, System):
            own_record(caller)
        raise


class Jobs:
    """The jobs that some entries name, as far as the caller may hand in hours for them."""

    def __init__(self, jobs: Iterable[Employment]) -> None:
        self._by_id = {job.pk: job for job in jobs}

    @classmethod
    def named_in(cls, sent: Iterable[Any], *, by: User | System) -> Self:
        """One query, whatever was sent; what is no id is left to the serializer."""
        sent = list(sent)
        if len(sent) == 1 and isinstance(by, User) and (job := _own_job(sent[0], by)):
            return cls([job])
        entries = [entry for entry in sent if isinstance(entry, dict)]
        ids = {pk for entry in entries if (pk := _id(entry.get("employment"))) is not None}
        workers = {uid for entry in entries if (uid := _uid(entry.get("worker"))) is not None}
        jobs = Employment.objects.taking_hours_from(by)
        named = Q(pk__in=ids) | Q(worker__uid__in=workers) if workers else Q(pk__in=ids)
        found = list(jobs.filter(named).select_related("worker"))
        if not isinstance(by, System):
            for job in found:
                job.worker.user = by
        return cls(found)

    def new_hours(self, given: dict[str, Any]) -> NewHours:
        """What a serializer read, at its job; Refused where there is no such job."""
        given = dict(given)
        worker, pk = given.pop("worker", None), given.pop("employment", None)
        job = self._one_of(worker, given["day"]) if pk is None else self._by_id.get(pk)
        if job is None or (worker and job.worker.uid != worker):
            raise Refused(_("There is no such job here."), field="employment")
        return NewHours(employment=job, **given)

    def _one_of(self, worker: UUID | None, day: date) -> Employment:
        if worker is None:
            raise Refused(_("Name the job."), field="employment")
        held = [
            job
            for job in self._by_id.values()
            if job.worker.uid == worker
            and job.started_on <= day
            and not (job.ended_on and job.ended_on < day)
        ]
        if not held:
            raise Refused(_("This person had no job with you on that day."), field="worker")
        if len(held) > 1:
            raise Refused(_("This person had several jobs on that day: name one."), field="employment")
        return held[0]


#: One of `taking_hours_from` a person (tests/workers/test_prepared.py), with its worker.
_OWN_JOB = f"""
    SELECT {prepared.columns(Employment, "e")}, {prepared.columns(Worker, "w")}
    FROM workers_employment e JOIN workers_worker w ON w.id = e.worker_id
    WHERE e.id = %s AND w.user_id = %s
"""  # noqa: S608


def _own_job(sent: Any, by: User) -> Employment | None:
    """The job that a person names by its id alone, as nearly everybody does; None for another way to look."""
    pk = sent.get("employment") if isinstance(sent, dict) and "worker" not in sent else None
    if type(pk) is not int or not 0 <= pk <= LARGEST_ID:
        return None
    for row in prepared.rows(_OWN_JOB, [pk, by.pk]):
        job = prepared.made(Employment, row[: prepared.width(Employment)])
        job.worker = prepared.made(Worker, row[prepared.width(Employment) :])
        job.worker.user = by
        return job
    return None


def _id(sent: Any) -> int | None:
    try:
        found = int(sent)
    except (TypeError, ValueError, OverflowError):
        return None
    return found if 0 <= found <= LARGEST_ID else None


def _uid(sent: Any) -> UUID | None:
    if sent is None:  # as it nearly always is: the job is named
        return None
    try:
        return UUID(sent)
    except (TypeError, ValueError, AttributeError):
        return None
