"""Workers, jobs, agreements and hours, with defaults for what a test does not care about.

Rows are written as they stand, past the actions, so that a test can start from any status. The rules of the
database hold here too.
"""

from collections.abc import Iterator
from datetime import date, time, timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from accounts.models import Membership, Organisation, User
from accounts.roles import Role
from tests.builders.accounts import a_member, a_person, an_organisation
from workers.models import (
    Agreement,
    Delegate,
    Employment,
    Evidence,
    HourEntry,
    Pattern,
    Statement,
    SupervisionSession,
    SupervisorStatus,
    Worker,
)
from workers.models.supervision import Basis
from workers.words import Domain, Mode

Status = HourEntry.Status
number = count(1)

FULL_DAY = 480


def hours(n: float) -> int:
    """Hours as minutes."""
    return round(n * 60)


def a_worker(
    given_name: str = "Ana", family_name: str = "Rivera", *, user: User | None = None, **fields: Any
) -> Worker:
    """A record with an account of its own."""
    user = user or a_person(given_name, family_name)
    return Worker.objects.create(
        user=user, given_name=given_name, family_name=family_name, **{"state": "US-MN", **fields}
    )


def an_employment(
    worker: Worker | None = None, employer: Organisation | None = None, **fields: Any
) -> Employment:
    """A paid job as a peer specialist in Minnesota since 2020; still held."""
    return Employment.objects.create(
        worker=worker or a_worker(),
        employer=employer or an_organisation(),
        **{"title": "Peer specialist", "state": "US-MN", "started_on": date(2020, 1, 6), **fields},
    )


def a_supervisor(employer: Organisation, **person: Any) -> User:
    return a_member(Role.SUPERVISOR, organisation=employer, **{"given_name": "Sam", **person})


def an_agreement(employment: Employment, supervisor: User | None = None, **fields: Any) -> Agreement:
    """Supervision since the job began, by a qualified supervisor of the employer."""
    supervisor = supervisor or a_supervisor(employment.employer)
    if not supervisor.memberships.filter(organisation=employment.employer, role=Role.SUPERVISOR).exists():
        Membership.objects.create(user=supervisor, organisation=employment.employer, role=Role.SUPERVISOR)
        vars(supervisor).pop("active_memberships", None)
    return Agreement.objects.create(
        worker=employment.worker,
        supervisor=supervisor,
        employer=employment.employer,
        **{"started_on": employment.started_on, "made_by": supervisor, **fields},
    )


def a_delegate(agreement: Agreement, user: User | None = None, **fields: Any) -> Delegate:
    today = timezone.localdate()
    return Delegate.objects.create(
        agreement=agreement,
        user=user or a_supervisor(agreement.employer, given_name="Dee"),
        **{"started_on": today, "ended_on": today + timedelta(days=30), **fields},
    )


def a_status(supervisor: User, voucher: Organisation, **fields: Any) -> SupervisorStatus:
    """Qualified at this employer since 2020, with no end known."""
    return SupervisorStatus.objects.create(
        supervisor=supervisor,
        voucher=voucher,
        **{
            "basis": Basis.QUALIFIED_SUPERVISOR,
            "started_on": date(2020, 1, 1),
            "vouched_by": a_person("Vera", "Voss"),
            **fields,
        },
    )


def an_entry(employment: Employment, *, save: bool = True, **fields: Any) -> HourEntry:
    """Eight submitted hours without clock times, yesterday. Approved: with `agreement` or `decided_by`."""
    status = fields.get("status", Status.SUBMITTED)
    agreement = fields.get("agreement")
    decided = {}
    if status in (Status.APPROVED, Status.RETURNED):
        decided = {
            "decided_by": agreement.supervisor if agreement else None,
            "decided_on": timezone.now(),
            "reason": "" if status == Status.APPROVED else "Which client group was this?",
        }
    if status == Status.APPROVED and agreement:
        decided["supervised"] = agreement.qualifies
    entry = HourEntry(
        worker=employment.worker,
        employment=employment,
        **{
            "day": timezone.localdate() - timedelta(days=1),
            "minutes": FULL_DAY,
            "work": employment.work,
            "domain": Domain.ADVOCACY,
            "mode": Mode.IN_PERSON,
            "pay": employment.pay,
            "state": employment.state,
            "status": Status.SUBMITTED,
            "submitted_at": None if status == Status.DRAFT else timezone.now(),
            **decided,
            **fields,
        },
    )
    if save:
        entry.save()
    return entry


def approved_hours(
    employment: Employment,
    minutes: int,
    *,
    agreement: Agreement,
    until: date | None = None,
    a_day: int = FULL_DAY,
    **fields: Any,
) -> list[HourEntry]:
    """`minutes` of approved work, a day at a time back from `until` (yesterday); in one statement."""
    until = until or timezone.localdate() - timedelta(days=1)
    return HourEntry.objects.bulk_create(
        an_entry(
            employment,
            save=False,
            agreement=agreement,
            day=day,
            minutes=worked,
            **{"status": Status.APPROVED, **fields},
        )
        for day, worked in _spread(minutes, until, a_day)
    )


def submitted_hours(
    employment: Employment, minutes: int, *, until: date | None = None, a_day: int = FULL_DAY, **fields: Any
) -> list[HourEntry]:
    """The same, waiting for a signature."""
    until = until or timezone.localdate() - timedelta(days=1)
    return HourEntry.objects.bulk_create(
        an_entry(employment, save=False, day=day, minutes=worked, **fields)
        for day, worked in _spread(minutes, until, a_day)
    )


def _spread(minutes: int, until: date, a_day: int) -> Iterator[tuple[date, int]]:
    days = -(-minutes // a_day)
    for back in range(days):
        yield until - timedelta(days=back), min(a_day, minutes - back * a_day)


def a_pattern(employment: Employment, **fields: Any) -> Pattern:
    """Monday to Friday, from nine, four hours."""
    return Pattern.objects.create(
        employment=employment,
        **{
            "weekdays": [1, 2, 3, 4, 5],
            "starts": time(9),
            "minutes": 240,
            "domain": Domain.ADVOCACY,
            "mode": Mode.IN_PERSON,
            **fields,
        },
    )


def a_session(agreement: Agreement, *, confirmed: bool = True, **fields: Any) -> SupervisionSession:
    """An hour of supervision, one to one, yesterday."""
    done = {"confirmed_by": agreement.supervisor, "confirmed_on": timezone.now()} if confirmed else {}
    return SupervisionSession.objects.create(
        agreement=agreement,
        worker=agreement.worker,
        **{
            "day": timezone.localdate() - timedelta(days=1),
            "minutes": 60,
            "format": SupervisionSession.Format.INDIVIDUAL,
            "domain": Domain.ETHICAL_RESPONSIBILITY,
            **done,
            **fields,
        },
    )


def a_statement(worker: Worker, kind: str = "training", *, evidence: list[Evidence] = (), **fields: Any):
    """What the worker says of themselves; forty hours of peer support training unless said otherwise."""
    usual: dict[str, Any] = {}
    if kind in (Statement.Kind.TRAINING, Statement.Kind.CONTINUING_EDUCATION):
        usual = {"code": "peer_support", "name": "Training", "minutes": hours(40), "day": date(2024, 3, 1)}
    elif kind == Statement.Kind.ATTESTATION:
        usual = {"code": "code_of_ethics"}
    statement = Statement.objects.create(worker=worker, kind=kind, **{**usual, **fields})
    statement.evidence.set(evidence)
    return statement


def an_evidence(worker: Worker, **fields: Any) -> Evidence:
    """The row of a stored file, without a file behind it."""
    n = next(number)
    return Evidence.objects.create(
        worker=worker,
        **{
            "file": f"evidence/00/{n:032x}",
            "name": "certificate.pdf",
            "content_type": "application/pdf",
            "size": 1000,
            "sha256": f"{n:064x}",
            "uploaded_by": worker.user,
            **fields,
        },
    )
