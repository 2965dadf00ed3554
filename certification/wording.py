"""Requirements and findings in the reader's own words."""

from functools import cached_property
from typing import Any

from django.db.models import F
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.templatetags.ui import day, dollars
from certification.models import ApplicationItem, Level
from certification.requirements.findings import Finding, Unit
from certification.requirements.language import Requirement, parse
from certification.requirements.sentences import asked, duration, reason, sentence
from workers.forms.statements import StatementForm
from workers.models import Statement


class Wording:
    """One reader's words. Reads the titles of levels once, when they are first needed."""

    def __init__(self) -> None:
        self.language = (get_language() or "en")[:2]

    @cached_property
    def names(self) -> dict[str, str]:
        levels = Level.objects.values_list("code", "title", F("program__jurisdiction__name"))
        return {code: f"{title} ({jurisdiction})" for code, title, jurisdiction in levels}

    def requirement(self, item: ApplicationItem) -> str:
        """What an item of an application asks, as a sentence."""
        return sentence(parse(item.requirement, path=item.path), self.language, self.names)

    def sentence(self, asked: Requirement) -> str:
        """What a requirement asks."""
        return sentence(asked, self.language, self.names)

    def asks(self, finding: Finding) -> str:
        return asked(finding, self.language, self.names)

    def reason(self, finding: Finding) -> str:
        """Why a finding has its verdict."""
        return reason(finding, self.language, self.names)

    def tree(self, finding: Finding) -> dict[str, Any]:
        """A finding as templates/components/findings.html draws it."""
        counted = finding.unit is not None
        return {
            "kind": finding.kind,
            "verdict": finding.verdict.value,
            "sentence": self._heading(finding),
            "reason": self.reason(finding) if finding.is_leaf else "",
            "needed": finding.needed if counted else None,
            "have": finding.have if counted else None,
            "pending": finding.pending if counted else None,
            "pending_text": duration(finding.pending)
            if finding.computed
            and finding.unit == Unit.MINUTES
            and isinstance(finding.pending, int)
            and finding.pending
            else "",
            "nearest": list(finding.nearest) or None,
            "children": [self.tree(child) for child in finding.children],
        }

    def _heading(self, finding: Finding) -> str:
        return heading(finding.kind, finding.count) or self.asks(finding)


def heading(kind: str, count: int | None = None) -> str:
    """Branches are listed below their group, so that its own sentence need not name them. None for a leaf."""
    headings = {
        "all": _("All of these"),
        "any": _("One of these"),
        "at_least": _("At least %(count)s of these") % {"count": count},
        "not": _("This must not be"),
    }
    return headings.get(kind, "")


def stated(row: Statement, *, with_source: bool = False) -> str:
    """A statement in a line, with all that it says: name, hours, dates, amount and the rarer parts.

    `with_source`: and which provider verified it, where one did.
    """
    said: list[str] = [str(row)]
    if row.minutes:
        said.append(duration(row.minutes))
    if row.amount is not None:
        said.append(dollars(row.amount))
    if row.day:
        said.append(day(row.day))
    if row.until:
        said.append(_("until %(day)s") % {"day": day(row.until)})
    if row.details:
        fields = StatementForm(kind=row.kind).fields
        said += [f"{fields[name].label}: {_value(fields[name], v)}" for name, v in row.details.items()]
    if with_source and (completion := getattr(row, "completion", None)):
        said.append(_("verified by %(provider)s") % {"provider": completion.course.provider})
    return ", ".join(said)


def _value(field: Any, value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name.replace('_', ' ')} {share} h" for name, share in value.items())
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(dict(getattr(field, "choices", ())).get(value, value))
