"""Transcripts: what the ledger says of a worker on a day, signed, as a document that anybody can check.

    found = transcripts.issue(worker=ana, by=ana.user)
    transcripts.pdf(found)             # the document, in the language of whoever asks for it
    transcripts.token(found)           # the signed line in it, to be checked without us

The signed line is `PL1.<payload>.<signature>`, both base64url. The payload is JSON with sorted keys: the id,
the name, the day, the totals, the key's id, and the SHA-256 of the whole content, which stands in the PDF as
the attachment `transcript.json`. Nothing about health is in it: no lived experience, no recovery.
"""

import hashlib
import json
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Case, Count, F, Max, Min, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce, TruncMonth
from django.urls import reverse
from django.utils import timezone

from accounts import trail
from accounts.models import User
from accounts.policy import Permission, require
from workers import signing_keys
from workers.models import HourEntry, Statement, SupervisionSession, Transcript, Worker

Status = HourEntry.Status
MARK = "PL1"
#: Statements that a transcript lists. The others tell of health, character or a private life.
LISTED = (Statement.Kind.TRAINING, Statement.Kind.CONTINUING_EDUCATION, Statement.Kind.EXAM)

_COUNTED = Q(status=Status.APPROVED, superseded=False)
_PENDING = Q(status=Status.SUBMITTED, amends=None)
_SUMS = {
    "approved": Coalesce(Sum("minutes", filter=_COUNTED), 0),
    "supervised": Coalesce(Sum("minutes", filter=_COUNTED & Q(supervised=True)), 0),
    "pending": Coalesce(Sum("minutes", filter=_PENDING), 0),
}


@transaction.atomic
def issue(*, worker: Worker, by: User, at: datetime | None = None) -> Transcript:
    """Write down what the ledger says now, and sign it. What was issued never changes."""
    require(by, Permission.RECORD_KEEP, on=worker)
    at = at or timezone.now()
    found = Transcript(worker=worker, issued_at=at, key_id=signing_keys.current())
    found.content = content(worker, uid=str(found.uid), at=at)
    totals = found.content["totals"]
    found.approved_minutes = totals["approved"]
    found.supervised_minutes = totals["supervised"]
    found.pending_minutes = totals["pending"]
    found.first_day, found.last_day = (
        day and date.fromisoformat(day) for day in (totals["first_day"], totals["last_day"])
    )
    found.sha256 = hashlib.sha256(canonical(found.content)).hexdigest()
    found.signature = signing_keys.encoded(signing_keys.sign(_payload(found)))
    found.save()
    trail.record("transcript.issued", subject=found, by=by)
    return found


def content(worker: Worker, *, uid: str, at: datetime) -> dict[str, Any]:
    """All that a transcript says: names, days as ISO dates and whole minutes. A fixed number of queries."""
    hours = HourEntry.objects.filter(_COUNTED | _PENDING, worker=worker)
    by: Any = hours  # grouped below by columns that types do not follow
    days = hours.filter(_COUNTED).aggregate(first=Min("day"), last=Max("day"))
    return {
        "transcript": uid,
        "issued": at.isoformat(timespec="seconds"),
        "worker": {"given_name": worker.given_name, "family_name": worker.family_name},
        "totals": {
            **hours.aggregate(**_SUMS),
            "first_day": _iso(days["first"]),
            "last_day": _iso(days["last"]),
        },
        "jobs": _jobs(worker, hours),
        "supervisors": _supervisors(hours),
        "domains": [
            {"domain": row["domain"], **_of(row)}
            for row in by.values("domain").annotate(**_SUMS).order_by("-approved", "domain")
        ],
        "months": [
            {"month": f"{row['month']:%Y-%m}", **_of(row)}
            for row in by.values(month=TruncMonth("day")).annotate(**_SUMS).order_by("month")
        ],
        "supervision": _sessions(worker),
        "learning": [
            {
                "kind": one.kind,
                "name": one.name or one.code_words,
                "day": _iso(one.day),
                "minutes": one.minutes,
            }
            for one in Statement.objects.standing()
            .filter(worker=worker, kind__in=LISTED)
            .order_by("day", "pk")
        ],
    }


def _of(row: Any) -> dict[str, int]:
    return {name: row[name] for name in _SUMS}


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _jobs(worker: Worker, hours: QuerySet[HourEntry]) -> list[dict[str, Any]]:
    by: Any = hours
    sums = {row["employment"]: row for row in by.values("employment").annotate(**_SUMS).order_by()}
    nothing = dict.fromkeys(_SUMS, 0)
    return [
        {
            "employer": job.employer.name,
            "title": job.title,
            "state": job.state,
            "pay": job.pay,
            "from": _iso(job.started_on),
            "until": _iso(job.ended_on),
            "confirmed": job.confirmed_on is not None,
            **_of(sums.get(job.pk, nothing)),
        }
        for job in worker.employments.select_related("employer").order_by("started_on", "pk")
    ]


def _supervisors(hours: QuerySet[HourEntry]) -> list[dict[str, Any]]:
    """Who signed, as they were called when they did, at which employer."""
    signed = hours.filter(_COUNTED).annotate(
        name=Case(
            When(signature__isnull=False, then=F("signature__name")),
            default=Value(""),
        )
    )
    rows = (
        signed.values(
            "name", "decided_by__given_name", "decided_by__family_name", "employment__employer__name"
        )
        .annotate(minutes=Sum("minutes"), entries=Count("pk"))
        .order_by("-minutes", "name")
    )
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        own = f"{row['decided_by__given_name'] or ''} {row['decided_by__family_name'] or ''}".strip()
        key = (row["name"] or own, row["employment__employer__name"])
        into = found.setdefault(key, {"name": key[0], "employer": key[1], "minutes": 0, "entries": 0})
        into["minutes"] += row["minutes"]
        into["entries"] += row["entries"]
    return list(found.values())


def _sessions(worker: Worker) -> dict[str, int]:
    confirmed = SupervisionSession.objects.filter(worker=worker, confirmed_on__isnull=False)
    sums = {
        row["format"]: row["all"]
        for row in confirmed.values("format").annotate(all=Sum("minutes")).order_by()
    }
    return {kind: sums.get(kind, 0) for kind in SupervisionSession.Format.values}


# The signed line


def canonical(data: dict[str, Any]) -> bytes:
    """JSON in one form: sorted keys, no spaces, UTF-8."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _payload(found: Transcript) -> bytes:
    return canonical(
        {
            "id": str(found.uid),
            "name": found.worker_name,
            "issued": found.content["issued"],
            "approved": found.approved_minutes,
            "supervised": found.supervised_minutes,
            "pending": found.pending_minutes,
            "sha256": found.sha256,
            "key": found.key_id,
        }
    )


def token(found: Transcript) -> str:
    """The signed line: what it says can be read and checked with the public key alone."""
    return f"{MARK}.{signing_keys.encoded(_payload(found))}.{found.signature}"


def read_token(line: str) -> dict[str, Any] | None:
    """What a signed line says, if one of our keys signed it; None for any other text."""
    # Whoever copies it out of the document may copy the breaks of its lines too.
    parts = "".join(line.replace("\u200b", "").split()).split(".")
    if len(parts) != 3 or parts[0] != MARK:
        return None
    try:
        payload, signature = signing_keys.decoded(parts[1]), signing_keys.decoded(parts[2])
        said = json.loads(payload)
        key = signing_keys.public_keys().get(said["key"])
    except (ValueError, KeyError, TypeError):
        return None
    return said if key and signing_keys.genuine(payload, signature, key) else None


def address(found: Transcript) -> str:
    """Where anybody can check it."""
    return f"{settings.PUBLIC_URL}{reverse('workers:transcript', args=[found.uid])}"
