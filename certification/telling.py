"""What a worker and the public read of requirements and findings, as the components of the pages take it."""

from fractions import Fraction
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from certification.outlook import Outlook
from certification.requirements.difference import Change
from certification.requirements.findings import Finding, Unit, Verdict
from certification.requirements.language import GROUP_KINDS, AtLeast, Leaf, Requirement, children
from certification.requirements.nearest import keeps_out, waiting_on
from certification.requirements.sentences import sentence
from certification.wording import Wording, heading

#: Why a pace leads nowhere, by `requirements.forecast.Never.why`. Of an age the finding itself says it.
NEVER: dict[str, Promise] = {
    "no_pace": _("You logged no such hours in the last 90 days, so no date can be told."),
    "window": _("At your pace of the last 90 days, hours leave the time frame as fast as new ones come in."),
    "closed": _("What you do from now on does not count for this any more."),
    "too_far": _("At your pace of the last 90 days this takes more than sixty years."),
}


def asks(requirement: Requirement, words: Wording) -> dict[str, Any]:
    """A requirement as a tree of {kind, sentence, children}."""
    if isinstance(requirement, Leaf):
        said = sentence(requirement, words.language, words.names)
    else:
        said = heading(requirement.kind, requirement.count if isinstance(requirement, AtLeast) else None)
    branches = [asks(child, words) for _path, child in children(requirement, "")]
    return {"kind": requirement.kind, "sentence": said, "children": branches}


def changed(change: Change, words: Wording) -> dict[str, Any]:
    """A change as {sentence, before, after}; the trees only where a whole group was written anew."""
    if change.old is None or change.new is None or {change.old.kind, change.new.kind}.isdisjoint(GROUP_KINDS):
        return {"sentence": change.sentence(words.language, words.names), "before": None, "after": None}
    return {
        "sentence": gettext("These requirements were written anew:"),
        "before": asks(change.old, words),
        "after": asks(change.new, words),
    }


def tells(finding: Finding, outlook: Outlook, words: Wording) -> dict[str, Any]:
    """A finding as components/findings.html draws it, with what the pace of the worker promises."""
    return _foreseen(words.tree(finding), finding, outlook)


def _foreseen(told: dict[str, Any], finding: Finding, outlook: Outlook) -> dict[str, Any]:
    told["pending_text"] = ""  # the reason says it
    if finding.unit == Unit.YEARS:
        told["needed"] = None  # nobody fills up years: no bar
    if ahead := outlook.leaves.get(finding.path):
        told["projected_on"] = ahead.reached_on
        if ahead.never in NEVER:
            told["reason"] = f"{told['reason']} {NEVER[ahead.never]}"
    for child, below in zip(told["children"], finding.children, strict=True):
        _foreseen(child, below, outlook)
    return told


def missing(finding: Finding, outlook: Outlook, words: Wording) -> list[dict[str, Any]]:
    """What keeps the worker out on the nearest way, each as a finding of its own."""
    return [tells(leaf, outlook, words) for leaf in keeps_out(finding)]


def waiting(finding: Finding, outlook: Outlook, words: Wording) -> list[dict[str, Any]]:
    """What waits for a person's review."""
    return [tells(leaf, outlook, words) for leaf in waiting_on(finding)]


def leaving(finding: Finding, outlook: Outlook, words: Wording) -> list[dict[str, Any]]:
    """Hours about to leave a time frame: {sentence, minutes, first, by, matters}."""
    leaves = {leaf.path: leaf for leaf in finding.leaves()}
    return [
        {
            "sentence": words.asks(leaves[one.path]),
            "minutes": one.minutes,
            "first": one.first,
            "by": one.by,
            "matters": one.matters,
        }
        for one in outlook.leaving
        if one.path in leaves
    ]


def summary(finding: Finding) -> dict[str, Any]:
    """A goal in a line: how many of its parts are met, and the hours of the largest gap.

    {met, count, have, needed, pending}, the last three in minutes; `needed` is 0 where no hours are missing.
    """
    parts = finding.children if finding.kind == "all" else (finding,)
    gaps = [leaf for leaf in keeps_out(finding) if leaf.kind == "experience" and leaf.unit == Unit.MINUTES]
    widest = max(gaps, key=lambda leaf: figure(leaf.remaining), default=None)
    return {
        "met": sum(part.verdict == Verdict.MET for part in parts),
        "count": len(parts),
        "have": figure(widest.have) if widest else 0,
        "needed": figure(widest.needed) if widest else 0,
        "pending": figure(widest.pending) if widest else 0,
    }


def figure(value: Any) -> int:
    """A figure in whole units; 0 for words or nothing."""
    return int(value) if isinstance(value, int | Fraction) else 0
