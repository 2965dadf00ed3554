"""What people are told of because of the calendar: supervision that ends, hours that wait too long.

Run by beat as often as it likes: a reminder is a row that is written once, in the transaction that leaves the
notices, so that nobody is told twice and a process that dies in between loses nothing.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from django.db import connection, transaction
from django.db.models import Exists, Min, OuterRef, Q, Sum
from django.db.models.functions import TruncWeek
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop

from accounts import notices
from accounts.models import Organisation, User
from workers import supervision
from workers.entries import clock
from workers.models import Agreement, HourEntry, Reminder, SupervisorStatus

AHEAD = timedelta(days=30)
TOO_LONG = timedelta(days=14)

AGREEMENT_ENDS = gettext_noop(
    "%(supervisor)s supervises %(worker)s at %(employer)s until %(day)s. Name who supervises afterwards."
)
YOUR_SUPERVISION_ENDS = gettext_noop(
    "%(supervisor)s supervises you at %(employer)s until %(day)s. Ask your employer who supervises you"
    " afterwards."
)
QUALIFICATION_ENDS = gettext_noop(
    "What qualifies %(supervisor)s to supervise runs out on %(day)s: %(basis)s. Hours of later days will not"
    " count as supervised."
)
HOURS_WAIT = gettext_noop(
    "Hours of yours have waited for a signature for more than 14 days: %(hours)s, the first of %(day)s."
)
HOURS_WAIT_FOR_YOU = gettext_noop(
    "Hours of %(worker)s have waited for a signature for more than 14 days: %(hours)s."
)

T = TypeVar("T")


def remind(*, on: date | None = None) -> int:
    """Leave every notice that is due and was not left yet; how many things people were reminded of."""
    on = on or timezone.localdate()
    return _agreements(on) + _statuses(on) + _waiting(on)


def _new(found: Iterable[T], key: Callable[[T], str]) -> list[T]:
    """Those of which nobody was reminded yet; from now on they are known. In the caller's transaction."""
    keyed = {key(one): one for one in found}
    known = set(Reminder.objects.filter(key__in=keyed).values_list("key", flat=True))
    rows = [Reminder(key=name) for name in keyed if name not in known]
    Reminder.objects.bulk_create(rows)
    return [keyed[row.key] for row in rows]


def _locked() -> None:
    """One run at a time: two at once would both find nothing written."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('workers.reminders'))")


@transaction.atomic
def _agreements(on: date) -> int:
    """Agreements that end, unless somebody goes on supervising the worker there."""
    _locked()
    after = Agreement.objects.filter(
        Q(ended_on=None) | Q(ended_on__gt=OuterRef("ended_on")),
        worker=OuterRef("worker"),
        employer=OuterRef("employer"),
        started_on__lte=OuterRef("ended_on") + timedelta(days=1),
    )
    ending = Agreement.objects.filter(~Exists(after), ended_on__gte=on, ended_on__lte=on + AHEAD)
    due = _new(
        ending.select_related("worker__user", "supervisor", "employer"),
        lambda row: f"agreement {row.pk} ends {row.ended_on}",
    )
    keepers = supervision.managers_of({row.employer_id for row in due})
    to_workers, to_others = [], []
    for row in due:
        names = {
            "supervisor": str(row.supervisor),
            "worker": row.worker.full_name,
            "employer": row.employer.name,
            "day": f"{row.ended_on:%m/%d/%Y}",
        }
        if row.worker.user:
            to_workers.append((row.worker.user, names))
        to_others += [(user, names) for user in {row.supervisor, *keepers[row.employer_id]}]
    notices.tell_each(to_workers, YOUR_SUPERVISION_ENDS, url=reverse("workers:supervision"))
    notices.tell_each(to_others, AGREEMENT_ENDS, url=reverse("accounts:home"))
    return len(due)


@transaction.atomic
def _statuses(on: date) -> int:
    """Qualifications that run out, told to the supervisor, their workers and the employers."""
    _locked()
    ending = SupervisorStatus.objects.standing().filter(ended_on__gte=on, ended_on__lte=on + AHEAD)
    due = _new(
        ending.select_related("supervisor", "voucher"), lambda row: f"status {row.pk} ends {row.ended_on}"
    )
    touched: dict[int, list[Agreement]] = defaultdict(list)
    supervised = Agreement.objects.in_force(on).filter(supervisor__in=[row.supervisor_id for row in due])
    for agreement in supervised.select_related("worker__user"):
        touched[agreement.supervisor_id].append(agreement)
    keepers = supervision.managers_of({one.employer_id for several in touched.values() for one in several})
    told: list[tuple[User, dict[str, Any]]] = []
    for row in due:
        bearing = [
            one
            for one in touched[row.supervisor_id]
            if row.voucher.kind == Organisation.Kind.AUTHORITY or one.employer_id == row.voucher_id
        ]
        people = {row.supervisor, *(one.worker.user for one in bearing if one.worker.user)}
        people |= {user for one in bearing for user in keepers[one.employer_id]}
        names = {
            "supervisor": str(row.supervisor),
            "basis": row.get_basis_display(),
            "day": f"{row.ended_on:%m/%d/%Y}",
        }
        told += [(user, names) for user in sorted(people, key=lambda user: user.pk)]
    notices.tell_each(told, QUALIFICATION_ENDS, url=reverse("accounts:home"))
    return len(due)


@transaction.atomic
def _waiting(on: date) -> int:
    """Weeks that wait longer than they should: one reminder for each worker, employer and week."""
    _locked()
    due = _new(
        _waiting_weeks(on),
        lambda row: f"waiting {row['worker']} {row['employment__employer']} {row['week']:%G-%V}",
    )
    if not due:
        return 0
    total: dict[int, int] = defaultdict(int)
    first: dict[int, date] = {}
    at: dict[tuple[int, int], int] = defaultdict(int)
    for row in due:
        worker, employer = row["worker"], row["employment__employer"]
        total[worker] += row["minutes"]
        first[worker] = min(first.get(worker, row["first"]), row["first"])
        at[worker, employer] += row["minutes"]
    _tell_workers(total, first)
    _tell_signers(at, on)
    return len(due)


def _waiting_weeks(on: date) -> Any:
    """Minutes that wait too long, by worker, employer and week."""
    before = timezone.make_aware(datetime.combine(on, datetime.min.time())) - TOO_LONG
    waiting = HourEntry.objects.filter(status=HourEntry.Status.SUBMITTED, submitted_at__lt=before)
    return (
        waiting.order_by()
        .annotate(week=TruncWeek("day"))
        .values("worker", "employment__employer", "week")
        .annotate(minutes=Sum("minutes"), first=Min("day"))
        .order_by("week", "worker", "employment__employer")
    )


def _tell_workers(total: dict[int, int], first: dict[int, date]) -> None:
    people = User.objects.filter(worker__in=total).select_related("worker")
    notices.tell_each(
        [
            (
                user,
                {"hours": clock(total[user.worker.pk]), "day": f"{first[user.worker.pk]:%m/%d/%Y}"},
            )
            for user in people
        ],
        HOURS_WAIT,
        url=reverse("workers:hours"),
    )


def _tell_signers(at: dict[tuple[int, int], int], on: date) -> None:
    """Those who sign for the worker there, and the employer, who can name somebody else."""
    workers, employers = {worker for worker, _employer in at}, {employer for _worker, employer in at}
    keepers = supervision.managers_of(employers)
    agreements = Agreement.objects.filter(worker__in=workers, employer__in=employers).select_related(
        "worker", "supervisor"
    )
    told: dict[tuple[int, int], dict[str, Any]] = {}
    for agreement in agreements:
        minutes = at.get((agreement.worker_id, agreement.employer_id))
        if not minutes:
            continue
        params = {"worker": agreement.worker.full_name, "hours": clock(minutes)}
        for user in [agreement.supervisor, *keepers[agreement.employer_id]]:
            told[user.pk, agreement.worker_id] = {"user": user, "params": params}
    notices.tell_each(
        [(one["user"], one["params"]) for one in told.values()],
        HOURS_WAIT_FOR_YOU,
        url=reverse("workers:sign"),
    )
