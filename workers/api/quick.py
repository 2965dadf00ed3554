"""What serializers do, by hand, for the two places where it is done a thousand times a request.

`read` and `shown` give what `OneSerializer` and `HoursSerializer` give (tests/workers/test_quick.py holds
them to it), about fifty times as fast. What is not written as documented is left to the serializer, which
says what is wrong with it.
"""

import re
from datetime import date, datetime, time, tzinfo
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.utils import timezone

from accounts.states import STATES
from workers.canonical import fingerprint
from workers.entries import NewHours
from workers.models import HourEntry
from workers.models.hours import DAY_MINUTES
from workers.words import Domain, Mode, Pay, Work

DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
CLOCK = re.compile(r"\d\d:\d\d(:\d\d)?", re.ASCII)
WORDS: dict[str, frozenset[str]] = {
    "domain": frozenset(Domain.values),
    "mode": frozenset(Mode.values),
    "work": frozenset(Work.values),
    "pay": frozenset(Pay.values),
    "state": frozenset(code for code, _name in STATES),
}
KNOWN = frozenset(
    {"client_id", "employment", "worker", "day", "minutes", "starts", "practicum", "note", "draft", *WORDS}
)
REQUIRED = frozenset({"client_id", "day", "minutes", "domain"})
UIDS, UID = ("client_id", "worker"), 36
LONGEST_NOTE = 300
#: What a database key can be.
KEYS = range(2**63)


def read(sent: Any) -> dict[str, Any] | None:
    """What the serializer makes of an entry that is written as documented, or None for it to look."""
    if type(sent) is not dict or not REQUIRED <= sent.keys() <= KNOWN or not _kinds_are_right(sent):
        return None
    given = dict(sent)
    try:
        for name in UIDS:
            if name in given:
                given[name] = UUID(given[name])
        given["day"] = date.fromisoformat(given["day"])
        if given.get("starts"):
            given["starts"] = time.fromisoformat(given["starts"])
    except ValueError:
        return None
    given.setdefault("draft", False)
    return given


def _kinds_are_right(sent: dict[str, Any]) -> bool:
    return (
        all(type(sent[name]) is str and sent[name] in words for name, words in WORDS.items() if name in sent)
        and all(
            type(sent[name]) is str and len(sent[name]) == 36
            for name in ("client_id", "worker")
            if name in sent
        )
        and type(sent["day"]) is str
        and DAY.fullmatch(sent["day"]) is not None
        and type(sent["minutes"]) is int
        and 1 <= sent["minutes"] <= DAY_MINUTES
        and all(type(sent[name]) is bool for name in ("practicum", "draft") if name in sent)
        and _rarer_kinds_are_right(sent)
    )


def _rarer_kinds_are_right(sent: dict[str, Any]) -> bool:
    starts, note, job = sent.get("starts"), sent.get("note", ""), sent.get("employment", 1)
    return (
        type(job) is int
        and job in KEYS
        and (starts is None or (type(starts) is str and CLOCK.fullmatch(starts) is not None))
        # No line feeds, no NUL, no half of a pair, no space to trim.
        and type(note) is str
        and note.isprintable()
        and note == note.strip()
        and len(note) <= LONGEST_NOTE
    )


class Fresh:
    """What `shown` reads of the entry that was stored at `at` for hours handed in.

    Neither is the database asked for it, nor is it a `HourEntry`, which takes ten times as long to make.
    """

    decided_by = decided_by_id = decided_on = agreement_id = amends_id = signature_id = None
    supervised = superseded = False
    reason = ""

    def __init__(self, new: NewHours, *, pk: int, at: datetime) -> None:
        job = new.employment
        self.pk, self.client_id = pk, new.client_id
        self.worker, self.worker_id, self.employment_id = job.worker, job.worker_id, job.pk
        self.day, self.starts, self.minutes = new.day, new.starts, new.minutes
        self.domain, self.mode, self.practicum, self.note = new.domain, new.mode, new.practicum, new.note
        self.work, self.pay, self.state = new.work or job.work, new.pay or job.pay, new.state or job.state
        self.recorded_at = at
        self.status = HourEntry.Status.DRAFT if new.draft else HourEntry.Status.SUBMITTED
        self.submitted_at = None if new.draft else at


def shown(entry: HourEntry | Fresh, *, odd: list[str] | None = None) -> dict[str, Any]:
    """An entry as the API shows it; with its worker and signer at hand, without a query."""
    zone = timezone.get_current_timezone()
    return {
        "id": entry.pk,
        "client_id": str(entry.client_id),
        "worker": str(entry.worker.uid),
        "employment": entry.employment_id,
        "day": entry.day.isoformat(),
        "minutes": entry.minutes,
        "domain": entry.domain,
        "starts": entry.starts.isoformat() if entry.starts else None,
        "mode": entry.mode,
        "work": entry.work,
        "pay": entry.pay,
        "state": entry.state,
        "practicum": entry.practicum,
        "note": entry.note,
        "status": entry.status,
        "recorded_at": _moment(entry.recorded_at, zone),
        "submitted_at": _moment(entry.submitted_at, zone),
        "decided_by": str(entry.decided_by) if entry.decided_by_id else None,
        "decided_on": _moment(entry.decided_on, zone),
        "reason": entry.reason,
        "supervised": entry.supervised,
        "agreement": entry.agreement_id,
        "amends": entry.amends_id,
        "superseded": entry.superseded,
        "signature": entry.signature_id,
        "odd": odd or [],
        "fingerprint": fingerprint(entry),  # type: ignore[arg-type] # it reads what both have
    }


def _moment(at: datetime | None, zone: tzinfo) -> str | None:
    return _in_zone(at, zone) if at else None


@lru_cache(maxsize=1024)  # what is handed in together is recorded in one moment
def _in_zone(at: datetime, zone: tzinfo) -> str:
    text = at.astimezone(zone).isoformat()
    return f"{text[:-6]}Z" if text.endswith("+00:00") else text
