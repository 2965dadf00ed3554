"""The trail and the notices that go with everything made in bulk."""

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import connection

from accounts.models import Event, Notice
from workers import hours
from workers.entries import clock
from workers.models import Agreement, HourEntry

if TYPE_CHECKING:
    from config.demonstration.world import World

#: Of hours, the trail of so many days is told; who signed what before stands in the entry itself.
DAYS = 120
NOTICES = 10

_HOURS = """
    INSERT INTO accounts_event (at, verb, actor_id, subject_type, subject_id, organisation_id, data)
    SELECT entry.submitted_at, 'hours.logged', worker.user_id, 'workers.hourentry', entry.id,
        NULL::bigint, '{}'::jsonb
    FROM workers_hourentry entry JOIN workers_worker worker ON worker.id = entry.worker_id
    WHERE entry.day >= %(since)s AND entry.submitted_at IS NOT NULL
    UNION ALL
    SELECT decided_on, 'hours.' || status, decided_by_id, 'workers.hourentry', id, NULL::bigint, '{}'::jsonb
    FROM workers_hourentry WHERE day >= %(since)s AND decided_by_id IS NOT NULL
    ORDER BY 1, 2, 5
"""


def tell(world: "World", agreements: dict[int, list[Agreement]]) -> None:
    """Everything that `World.happened` and `World.tell` collected, and what follows from the hours."""
    for several in agreements.values():
        for one in several:
            world.happened(
                "agreement.made",
                one,
                by=one.made_by,
                on=one.started_on,
                organisation=one.employer_id,
                basis=one.basis,
            )
    with connection.cursor() as cursor:
        cursor.execute(_HOURS, {"since": world.ago(DAYS)})
    Event.objects.bulk_create(sorted(world.events, key=lambda event: event.at))
    _signed(world)
    Notice.objects.bulk_create(sorted(world.notices, key=lambda notice: notice.created_at))


def _signed(world: "World") -> None:
    """What a supervisor signed or returned in the last days, in one notice a person and sitting."""
    found = HourEntry.objects.filter(decided_on__gte=world.at(world.ago(NOTICES)), worker__user__isnull=False)
    minutes: dict[tuple[int, int, str, object], int] = defaultdict(int)
    for entry in found.order_by("pk").values("worker", "decided_by", "status", "decided_on", "minutes"):
        minutes[entry["worker"], entry["decided_by"], entry["status"], entry["decided_on"]] += entry[
            "minutes"
        ]
    users = {life.worker.pk: life.user for life in world.lives}
    signers = {user.pk: user for user in world.people.values()}
    for (worker, signer, status, moment), total in minutes.items():
        world.tell(
            users[worker],
            hours.APPROVED if status == HourEntry.Status.APPROVED else hours.RETURNED,
            on=moment.date() if hasattr(moment, "date") else world.today - timedelta(days=1),
            url="/record/hours/",
            read=world.rng.random() < 0.4,
            name=str(signers[signer]),
            hours=clock(total),
        )
