"""What this app shows of supervision (settings.AGREEMENT_PANELS and SUPERVISION_PANELS)."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from certification.models import Goal, Standard
from certification.requirements.findings import Finding
from certification.requirements.sentences import sentence
from certification.supervising import Rule, figures, spans, standards_of
from certification.wording import Wording
from workers.models import Agreement, Worker


class StandardForm(forms.Form):
    """Under which standard an agreement is looked at."""

    standard = forms.ChoiceField(label=_("Under the rule of"))

    def __init__(self, *, standards: list[Standard], chosen: Standard) -> None:
        super().__init__(initial={"standard": chosen.code})
        field: Any = self.fields["standard"]
        field.choices = [
            (one.code, f"{one.level.title} ({one.level.program.jurisdiction})") for one in standards
        ]


def agreement_panel(agreement: Agreement, reader: User, chosen: Mapping[str, str]) -> dict[str, Any] | None:
    """Whether a state's rule allowed this supervision, day by day, and what it asks beside the hours.

    `chosen["standard"]` names one of the standards that the reader may hold it against; else the first.
    """
    today = timezone.localdate()
    is_mine = agreement.worker.user_id == reader.pk
    standards = standards_of(agreement, on=today, goals=is_mine)
    if not standards:
        return None
    standard = next((one for one in standards if one.code == chosen.get("standard")), standards[0])
    rule = Rule.of(standard)
    words = Wording()
    # The whole record is the worker's and the supervisor's to know; to others nothing is added up.
    counts = is_mine or Agreement.objects.signable_by(reader).filter(pk=agreement.pk).exists()
    lines = [
        {"sentence": sentence(leaf, words.language, words.names), **figures(agreement, leaf, on=today)}
        for leaf in (rule.leaves if counts else ())
    ]
    context = {
        "agreement": agreement,
        "standards": standards,
        "standard": standard,
        "form": StandardForm(standards=standards, chosen=standard),
        "today": today,
        "rule": rule,
        "spans": spans(agreement, standard),
        "lines": lines,
    }
    return {"template": "certification/supervising/agreement.html", "context": context}


def worker_panel(worker: Worker) -> dict[str, Any] | None:
    """The supervision that the worker's goals ask for, with what is there of it. Two queries."""
    words = Wording()
    found = Goal.objects.filter(worker=worker, progress__isnull=False)
    asked = [
        {"level": goal.level, "goal": goal, "findings": [words.tree(leaf) for leaf in leaves]}
        for goal in found.select_related("level__program__jurisdiction", "progress")
        if (leaves := _supervision(Finding.from_json(goal.progress.tree)))
    ]
    if not asked:
        return None
    return {"template": "certification/supervising/worker.html", "context": {"asked": asked}}


def _supervision(finding: Finding) -> list[Finding]:
    return [leaf for leaf in finding.leaves() if leaf.kind == "supervision"]
