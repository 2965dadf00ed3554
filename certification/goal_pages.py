"""What the pages of goals show, read in few queries and worked out once."""

from collections import defaultdict
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils import timezone

from certification import telling
from certification.credentials import Status as Standing
from certification.credentials import standing
from certification.models import Application, Credential, CredentialEvent, Goal, Progress
from certification.outlook import Outlook
from certification.progress import Freshness
from certification.requirements.findings import Finding
from certification.wording import Wording
from workers.models import Worker

#: Milliseconds between the questions for news of an open page: while an approval may come, and otherwise.
SOON, LATER = 500, 15_000


def lines(worker: Worker) -> list[dict[str, Any]]:
    """Each goal of a worker in a line: {goal, progress, summary, leaving, is_held}. Two queries."""
    found = Goal.objects.filter(worker=worker).select_related(
        "level__program__jurisdiction", "level__program__authority", "progress"
    )
    held = good_today(worker)
    return [line(goal, is_held=goal.level_id in held) for goal in found]


def line(goal: Goal, *, is_held: bool) -> dict[str, Any]:
    known = progress_of(goal)
    if known is None:
        return {"goal": goal, "progress": None, "summary": None, "leaving": 0, "is_held": is_held}
    leaving = [one for one in Outlook.from_json(known.outlook).leaving if one.matters]
    return {
        "goal": goal,
        "progress": known,
        "summary": telling.summary(Finding.from_json(known.tree)),
        "leaving": sum(one.minutes for one in leaving),
        "is_held": is_held,
    }


def good_today(worker: Worker) -> dict[int, Credential]:
    """By its level, each credential of a worker that is good or suspended: nobody applies for those again.

    One query. For the few credentials of one person the rule costs less in Python than in SQL.
    """
    events: dict[Credential, list[CredentialEvent]] = defaultdict(list)
    for event in CredentialEvent.objects.filter(credential__worker=worker).select_related("credential"):
        events[event.credential].append(event)
    today = timezone.now().date()
    return {
        credential.level_id: credential
        for credential, told in events.items()
        if standing(told, today).status in (Standing.ACTIVE, Standing.SUSPENDED)
    }


def progress_of(goal: Goal) -> Progress | None:
    """None where the source tells no requirements, or nobody has judged it yet."""
    return getattr(goal, "progress", None)


class GoalPage:
    """One goal with its findings in words, what can be done about it, and how fresh that is."""

    def __init__(self, goal: Goal, freshness: Freshness) -> None:
        self.goal = goal
        self.progress = progress_of(goal)
        self.freshness = freshness
        self.words = Wording()
        self.finding = Finding.from_json(self.progress.tree) if self.progress else None
        self.outlook = Outlook.from_json(self.progress.outlook) if self.progress else Outlook()

    @property
    def poll(self) -> int:
        """Milliseconds until the open page asks again."""
        return SOON if self.freshness.updating or self.freshness.waiting else LATER

    @cached_property
    def tree(self) -> dict[str, Any] | None:
        return telling.tells(self.finding, self.outlook, self.words) if self.finding else None

    @cached_property
    def missing(self) -> list[dict[str, Any]]:
        return telling.missing(self.finding, self.outlook, self.words) if self.finding else []

    @cached_property
    def waiting(self) -> list[dict[str, Any]]:
        return telling.waiting(self.finding, self.outlook, self.words) if self.finding else []

    @cached_property
    def leaving(self) -> list[dict[str, Any]]:
        return telling.leaving(self.finding, self.outlook, self.words) if self.finding else []

    @cached_property
    def summary(self) -> dict[str, Any] | None:
        return telling.summary(self.finding) if self.finding else None

    @cached_property
    def application(self) -> Application | None:
        """The open application for this level, where there is one."""
        made = Application.objects.filter(worker=self.goal.worker, level=self.goal.level)
        return made.exclude(status__in=Application.CLOSED).first()

    @cached_property
    def credential(self) -> Credential | None:
        """The credential of this level that is good or suspended today."""
        return good_today(self.goal.worker).get(self.goal.level_id)

    @property
    def apply_url(self) -> str:
        """Where to apply; empty while it is too early or the authority takes no applications here."""
        authority = self.goal.level.program.authority
        if not (self.progress and self.progress.can_apply and authority.organisation_id):
            return ""
        return reverse("certification:apply", args=[self.goal.level.code])
