"""Many workers with years of signed hours, made by the database itself in set-based SQL.

`people(workers=500, entries=250)` makes that many workers, each employed by one employer and supervised by
one supervisor, with that many approved entries of working days back from yesterday, and one goal each.
The same numbers give the same rows. Triggers sleep meanwhile: what they would have kept (how full each day
is, the marks) is written in one statement each, so that a million entries take seconds.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection
from django.utils import timezone

from accounts.models import Membership, Organisation, User
from accounts.roles import Role
from certification.models import Credential, CredentialEvent, Goal, Level, Standard
from certification.numbers import credential_number
from workers.models import Agreement, Employment, Worker

LEVEL = "mn-cps-2"
LONGEST_CAREER = timedelta(days=365 * 25)


@dataclass(frozen=True)
class Population:
    employer: Organisation
    supervisor: User
    workers: list[Worker]


def people(*, workers: int, entries: int, name: str = "Bench") -> Population:
    employer = Organisation.objects.create(
        kind="employer", name=f"{name} House", slug=name.lower(), state="US-MN"
    )
    supervisor = a_user(f"supervisor@{name.lower()}.example", "Sam", "Signer")
    Membership.objects.create(user=supervisor, organisation=employer, role=Role.SUPERVISOR)
    users = User.objects.bulk_create(
        User(
            email=f"worker{n}@{name.lower()}.example",
            given_name="Worker",
            family_name=f"Number{n}",
            password="!",
        )
        for n in range(workers)
    )
    first_day = timezone.now().date() - LONGEST_CAREER
    with asleep():
        made = Worker.objects.bulk_create(
            Worker(
                user=user,
                given_name=user.given_name,
                family_name=user.family_name,
                born_on=date(1980, 1, 1),
                state="US-MN",
            )
            for user in users
        )
        Employment.objects.bulk_create(
            Employment(
                worker=worker, employer=employer, title="Peer specialist", state="US-MN", started_on=first_day
            )
            for worker in made
        )
        Agreement.objects.bulk_create(
            Agreement(
                worker=worker,
                supervisor=supervisor,
                employer=employer,
                started_on=first_day,
                made_by=supervisor,
            )
            for worker in made
        )
        level = Level.objects.get(code=LEVEL)
        Goal.objects.bulk_create(Goal(worker=worker, level=level) for worker in made)
        if entries:
            fill_ledgers(made, entries)
    analyse()
    return Population(employer, supervisor, made)


def a_user(email: str, given: str, family: str) -> User:
    return User.objects.create(email=email, given_name=given, family_name=family, password="!")


def fill_ledgers(workers: list[Worker], entries: int) -> None:
    """Approved entries on the last working days, 2 to 8 hours each, in turn of all domains and modes."""
    ids = [worker.pk for worker in workers]
    with connection.cursor() as cursor:
        cursor.execute(LEDGER, {"workers": ids, "entries": entries})
        cursor.execute(
            """
            INSERT INTO workers_workday (worker_id, day, minutes)
            SELECT worker_id, day, sum(minutes) FROM workers_hourentry
            WHERE worker_id = ANY (%s) GROUP BY 1, 2
            """,
            [ids],
        )
        cursor.execute("INSERT INTO workers_mark (worker_id) SELECT unnest(%s::bigint[])", [ids])


LEDGER = """
    INSERT INTO workers_hourentry
        (worker_id, employment_id, client_id, day, minutes, work, domain, mode, pay, state, practicum, note,
         status, recorded_at, submitted_at, decided_by_id, decided_on, reason, supervised, agreement_id,
         superseded)
    SELECT job.worker_id, job.id, gen_random_uuid(), worked.day,
        120 + 15 * ((worked.n + job.worker_id) %% 25), job.work,
        (ARRAY['advocacy', 'mentoring_education', 'recovery_wellness', 'ethical_responsibility'])
            [1 + worked.n %% 4],
        (ARRAY['in_person', 'phone', 'video'])[1 + worked.n %% 3],
        job.pay, job.state, false, '', 'approved', worked.day + time '18:00', worked.day + time '18:00',
        agreement.supervisor_id, worked.day + interval '7 days', '', true, agreement.id, false
    FROM workers_employment job
    JOIN workers_agreement agreement ON agreement.worker_id = job.worker_id
    CROSS JOIN LATERAL (
        SELECT day::date AS day, row_number() OVER (ORDER BY day DESC) AS n
        FROM generate_series(
            current_date - 1, (current_date - 1 - %(entries)s * 7 / 5 - 7)::timestamp, interval '-1 day'
        ) AS day
        WHERE extract(isodow FROM day) < 6
        LIMIT %(entries)s
    ) worked
    WHERE job.worker_id = ANY (%(workers)s)
"""


def credentials(holders: list[Worker]) -> list[str]:
    """An active credential for each, and their numbers."""
    standard = Standard.objects.filter(level__code=LEVEL).order_by("-pk")[0]
    authority = standard.level.program.authority
    issued = timezone.now().date() - timedelta(days=100)
    with asleep():
        made = Credential.objects.bulk_create(
            Credential(
                number=credential_number(authority.number_prefix, 500_000 + worker.pk),
                worker=worker,
                level=standard.level,
                authority=authority,
                standard=standard,
                # No trigger fills them here.
                given_name=worker.given_name,
                family_name=worker.family_name,
            )
            for worker in holders
        )
        CredentialEvent.objects.bulk_create(
            CredentialEvent(
                credential=credential,
                kind="issued",
                effective_on=issued,
                expires_on=issued + timedelta(days=730),
            )
            for credential in made
        )
    analyse()
    return [credential.number for credential in made]


@contextmanager
def asleep() -> Iterator[None]:
    """No triggers in this connection."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        yield
        cursor.execute("SET session_replication_role = origin")


def analyse() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
