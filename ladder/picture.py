"""A ladder with its tracks, rungs and steps as pages show it, and as one person sees it."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.templatetags.ui import dollars
from certification.requirements.findings import Verdict
from ladder import drawing
from ladder.models import Ladder, Placement, Readiness, Rung, RungGoal, Step, Track
from workers.models import Worker


@dataclass(frozen=True)
class Picture:
    """All of one ladder, read in three queries."""

    ladder: Ladder
    tracks: list[Track]
    rungs: list[Rung]
    steps: list[Step]

    @classmethod
    def of(cls, ladder: Ladder) -> "Picture":
        return cls(
            ladder,
            list(ladder.tracks.all()),
            list(Rung.objects.filter(track__ladder=ladder).select_related("track")),
            list(Step.objects.filter(below__track__ladder=ladder)),
        )

    @cached_property
    def _by_id(self) -> dict[int, Rung]:
        return {rung.pk: rung for rung in self.rungs}

    def above(self, rung: int) -> list[Rung]:
        """The rungs that a step leads to from this one."""
        return [self._by_id[step.above_id] for step in self.steps if step.below_id == rung]

    def below(self, rung: int) -> list[Rung]:
        return [self._by_id[step.below_id] for step in self.steps if step.above_id == rung]

    def lattice(self, marks: drawing.Marks | None = None) -> dict[str, Any]:
        """The drawing, for templates/components/lattice.html."""
        return drawing.lattice(
            self.ladder,
            tracks=self.tracks,
            rungs=self.rungs,
            steps=self.steps,
            marks=marks,
            note=pay,
            url=lambda rung: reverse("ladder:rung", args=[rung.pk]),
        )


def pay(rung: Rung) -> str:
    """The wage band in words; empty where none is stated."""
    if rung.wage_low is None or rung.wage_high is None:
        return ""
    band = {"low": dollars(rung.wage_low), "high": dollars(rung.wage_high)}
    if rung.wage_unit == Rung.WageUnit.YEAR:
        return _("%(low)s–%(high)s a year") % band
    return _("%(low)s–%(high)s an hour") % band


@dataclass(frozen=True)
class Standing:
    """Where one worker is on the ladders they see: read in three queries, whatever the ladder."""

    placements: list[Placement]
    readiness: dict[int, Readiness]
    goals: dict[int, RungGoal]

    @classmethod
    def of(cls, worker: Worker, *, on: date) -> "Standing":
        placements = Placement.objects.filter(worker=worker, started_on__lte=on)
        found = Readiness.objects.filter(worker=worker).select_related("rung__track__ladder__employer")
        return cls(
            list(placements.select_related("rung__track__ladder", "employer")),
            {one.rung_id: one for one in found},
            {goal.rung_id: goal for goal in worker.rung_goals.select_related("rung__track__ladder")},
        )

    def here(self, on: date) -> list[Placement]:
        return [one for one in self.placements if one.ended_on is None or one.ended_on >= on]

    def marks(self, on: date) -> drawing.Marks:
        here = {one.rung_id for one in self.here(on)}
        ready = {rung for rung, one in self.readiness.items() if one.verdict == Verdict.MET}
        return drawing.Marks(
            here=here,
            ready=ready - here,
            reachable=set(self.readiness) - ready - here,
            done={one.rung_id for one in self.placements} - here,
            goals=set(self.goals),
        )
