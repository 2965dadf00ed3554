"""What helps a worker to log. Nothing here counts: it fills in forms, and people send them."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.formats import time_format
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from workers.models.hours import DAY_MINUTES, ENDS_ON_ITS_DAY
from workers.models.people import Employment, Worker
from workers.words import Domain, Mode

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

WEEK = [1, 2, 3, 4, 5, 6, 7]  # ISO: Monday is 1


class Timer(models.Model):
    """The clock a worker set going; it stays, stopped, until its time is logged or thrown away."""

    worker = models.OneToOneField(Worker, on_delete=models.CASCADE, primary_key=True, related_name="timer")
    started_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="timer_stops_after_it_starts",
                condition=Q(stopped_at=None) | Q(stopped_at__gte=F("started_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"since {self.started_at:%Y-%m-%d %H:%M}"

    @property
    def policy_user_id(self) -> int | None:
        return self.worker.user_id


class PatternQuerySet(models.QuerySet["Pattern"]):
    def visible_to(self, user: "User | AnonymousUser") -> "PatternQuerySet":
        """One's own only."""
        return self.filter(employment__worker__user=user) if user.is_authenticated else self.none()


class Pattern(models.Model):
    """Days of the week and times that repeat at one job, such as Monday to Friday, 9 to 13.

    Offered in the week view; never logged by itself.
    """

    employment = models.ForeignKey(
        Employment, on_delete=models.CASCADE, related_name="patterns", verbose_name=_("job")
    )
    weekdays = ArrayField(models.PositiveSmallIntegerField(), verbose_name=_("days"))
    starts = models.TimeField(_("from"), null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(_("minutes"))
    domain = models.CharField(_("what you did"), max_length=40, choices=Domain.choices)
    mode = models.CharField(_("how"), max_length=10, choices=Mode.choices, default=Mode.IN_PERSON)

    objects = PatternQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="pattern_of_days_of_the_week",
                condition=Q(weekdays__contained_by=WEEK) & Q(weekdays__len__gte=1),
            ),
            models.CheckConstraint(
                name="pattern_whole_minutes_of_one_day",
                condition=Q(minutes__gte=1, minutes__lte=DAY_MINUTES),
            ),
            models.CheckConstraint(
                name="pattern_ends_on_its_day",
                condition=ENDS_ON_ITS_DAY,
            ),
        ]

    def __str__(self) -> str:
        return f"{days_in_words(self.weekdays)}, {self._time()}, {self.employment}"

    def _time(self) -> str:
        if self.starts is None:
            return f"{self.minutes // 60}:{self.minutes % 60:02} h"
        until = (datetime.combine(date.min, self.starts) + timedelta(minutes=self.minutes)).time()
        return f"{time_format(self.starts)}–{time_format(until)}"

    @property
    def policy_user_id(self) -> int | None:
        return self.employment.worker.user_id


def days_in_words(weekdays: Iterable[int]) -> str:
    """The days by their short names, neighbours as a span: [1, 2, 3, 6] gives "Mon–Wed, Sat"."""
    runs: list[list[int]] = []
    for day in sorted(weekdays):
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ", ".join(_run(run) for run in runs)


def _run(days: list[int]) -> str:
    names = [str(WEEKDAYS_ABBR[day - 1]) for day in days]
    return f"{names[0]}–{names[-1]}" if len(names) > 2 else ", ".join(names)
