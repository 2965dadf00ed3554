"""What a rung asks and what was found, in the reader's own words."""

from typing import Any

from django.utils.translation import gettext as _

from certification import wording
from certification.requirements.findings import Finding, Unit
from certification.requirements.language import All
from certification.requirements.nearest import keeps_out, waiting_on
from certification.requirements.sentences import duration, sentence
from ladder.models import Readiness, Rung


class Wording(wording.Wording):
    """One reader's words for rungs. Reads the titles of levels once, when they are first needed."""

    def requirements(self, rung: Rung) -> list[str]:
        """A sentence for each thing that a rung asks; empty where it asks for nothing."""
        if rung.requirement is None:
            return []
        parts = rung.requirement.of if isinstance(rung.requirement, All) else (rung.requirement,)
        return [sentence(part, self.language, self.names) for part in parts]

    def lacking(self, readiness: Readiness) -> list[str]:
        """What is still missing on the nearest way, each in a sentence with how much of it."""
        finding = Finding.from_json(readiness.tree)
        missing = [self._missing(leaf) for leaf in keeps_out(finding)]
        waiting = [
            _("%(what)s (waits for a review)") % {"what": self.asks(leaf)} for leaf in waiting_on(finding)
        ]
        return list(dict.fromkeys([*missing, *waiting]))

    def _missing(self, leaf: Finding) -> str:
        what = self.asks(leaf)
        if leaf.unit == Unit.MINUTES and isinstance(leaf.remaining, int) and leaf.have:
            return _("%(amount)s more: %(what)s") % {"amount": duration(leaf.remaining), "what": what}
        return what

    def findings(self, readiness: Readiness) -> dict[str, Any] | None:
        """The findings as templates/components/findings.html draws them; None where the rung asks nothing."""
        finding = Finding.from_json(readiness.tree)
        return self.tree(finding) if finding.children or finding.kind != "all" else None
