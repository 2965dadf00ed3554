"""What the parts of the demonstration share: the day, the dice, and the people made so far."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

from accounts.models import Event, Notice, Organisation, User
from certification.models import Authority
from config.demonstration.organisations import EmployerPlan
from config.demonstration.people import Life


@dataclass
class World:
    """`rng` is the only source of chance and `today` the only clock: the same two make the same world."""

    today: date
    rng: Random
    names: Iterator[tuple[str, str]]
    organisations: dict[str, Organisation] = field(default_factory=dict)
    authorities: dict[str, Authority] = field(default_factory=dict)
    members: dict[tuple[str, str], list[User]] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)
    employers: list[EmployerPlan] = field(default_factory=list)
    lives: list[Life] = field(default_factory=list)
    #: Ids of workers whose first credential is not good today.
    unlucky: set[int] = field(default_factory=set)
    #: How many applications there are.
    filed: int = 0
    events: list[Event] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    def uid(self) -> uuid.UUID:
        return uuid.UUID(int=self.rng.getrandbits(128), version=4)

    def at(self, day: date, hour: int = 17, minute: int = 0) -> datetime:
        """A moment of a day (UTC); never later than the morning of today."""
        return min(
            datetime.combine(day, time(hour, minute), UTC), datetime.combine(self.today, time(0, 30), UTC)
        )

    def ago(self, days: int) -> date:
        return self.today - timedelta(days=days)

    def weekday_ago(self, days: int) -> date:
        """A day about so long ago on which offices work."""
        day = self.ago(days)
        return day - timedelta(days=max(0, day.weekday() - 4))

    def happened(
        self,
        verb: str,
        subject: Any,
        *,
        by: User | None,
        on: date,
        hour: int = 17,
        organisation: Organisation | int | None = None,
        **data: Any,
    ) -> None:
        """A line for the trail, written with all others at the end."""
        self.events.append(
            Event(
                verb=verb,
                actor=by,
                subject_type=subject._meta.label_lower,
                subject_id=subject.pk,
                organisation_id=organisation if isinstance(organisation, int | None) else organisation.pk,
                at=self.at(on, hour),
                data=data,
            )
        )

    def tell(
        self, user: User | None, message: str, *, on: date, url: str = "", read: bool, **params: Any
    ) -> None:
        """A notice on somebody's page; none of them goes out by mail."""
        if user:
            moment = self.at(on, 18)
            self.notices.append(
                Notice(
                    user=user,
                    message=message,
                    params=params,
                    url=url,
                    created_at=moment,
                    read_at=moment + timedelta(hours=5) if read else None,
                )
            )
