"""What a rung asks and what was found, in the reader's own words."""

from functools import cached_property
from typing import Any

from django.db.models import F
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from certification.models import Level
from certification.requirements.findings import Finding, Unit
from certification.requirements.language import All
from certification.requirements.nearest import keeps_out, waiting_on
from certification.requirements.sentences import asked, duration, reason, sentence
from ladder.models import Readiness, Rung


class Wording:
    """One reader's words. Reads the titles of levels once, when they are first needed."""

    def __init__(self) -> None:
        self.language = get_language() or "en"

    @cached_property
    def names(self) -> dict[str, str]:
        levels = Level.objects.values_list("code", "title", F("program__jurisdiction__name"))
        return {code: f"{title} ({jurisdiction})" for code, title, jurisdiction in levels}

    def requirements(self, rung: Rung) -> list[str]:
        """A sentence for each thing that a rung asks; empty where it asks for nothing."""
        if rung.requirement is None:
            return []
        parts = rung.requirement.of if isinstance(rung.requirement, All) else (rung.requirement,)
        return [sentence(part, self.language, self.names) for part in parts]

    def lacking(self, readiness: Readiness) -> list[str]:
        """What is still missing, on the nearest way: the requirement, and how far it is."""
        finding = Finding.from_json(readiness.tree)
        missing = [self._missing(leaf) for leaf in keeps_out(finding)]
        waiting = [
            _("%(what)s (waits for a review)") % {"what": asked(leaf, self.language, self.names)}
            for leaf in waiting_on(finding)
        ]
        return list(dict.fromkeys([*missing, *waiting]))

    def _missing(self, leaf: Finding) -> str:
        what = asked(leaf, self.language, self.names)
        if leaf.unit == Unit.MINUTES and isinstance(leaf.remaining, int) and leaf.remaining:
            return _("%(amount)s more: %(what)s") % {"amount": duration(leaf.remaining), "what": what}
        return what

    def tree(self, readiness: Readiness) -> dict[str, Any]:
        """The findings as templates/components/findings.html draws them."""
        return self._node(Finding.from_json(readiness.tree))

    def _node(self, finding: Finding) -> dict[str, Any]:
        counted = finding.unit is not None
        return {
            "kind": finding.kind,
            "verdict": finding.verdict.value,
            "sentence": self._heading(finding),
            "reason": reason(finding, self.language, self.names) if finding.is_leaf else "",
            "needed": finding.needed if counted else None,
            "have": finding.have if counted else None,
            "pending": finding.pending if counted else None,
            "pending_text": duration(finding.pending)
            if finding.unit == Unit.MINUTES and isinstance(finding.pending, int) and finding.pending
            else "",
            "nearest": list(finding.nearest) or None,
            "children": [self._node(child) for child in finding.children],
        }

    def _heading(self, finding: Finding) -> str:
        """Branches are listed below their group, so that its own sentence need not name them."""
        headings = {
            "all": _("All of these"),
            "any": _("One of these"),
            "at_least": _("At least %(count)s of these") % {"count": finding.count},
            "not": _("This must not be"),
        }
        if finding.is_leaf and finding.kind != "all":
            return asked(finding, self.language, self.names)
        if finding.is_leaf:
            return _("Nothing more is asked")
        return headings[finding.kind]
