"""What keeps a worker out, and what waits for a person: the leaves that decide a verdict."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

from .findings import Finding, Unit, Verdict

HOURS_KINDS = frozenset({"experience", "supervision", "training", "continuing_education"})


def keeps_out(finding: Finding) -> list[Finding]:
    """Every unmet leaf that decides an unmet verdict; none where the verdict is met or waiting.

    Under `all` each unmet branch tells; under `any` and `at_least` the nearest as many as are missing.
    A leaf under `not` is told as forbidden, under its own kind.
    """
    return _deciding(finding, Verdict.UNMET, forbidden=False)


def waiting_on(finding: Finding) -> list[Finding]:
    """Every leaf that waits for a person's review and matters to the verdict.

    Under an unmet `any` or `at_least` those are the leaves waiting inside its nearest branches.
    """
    if finding.verdict == Verdict.MET:
        return []
    if finding.is_leaf:
        return [finding] if finding.verdict == Verdict.WAITING else []
    branches: Iterable[Finding] = finding.children
    if finding.kind in ("any", "at_least"):
        waiting = [child for child in finding.children if child.verdict == Verdict.WAITING]
        missing = (finding.count or 1) - sum(child.verdict == Verdict.MET for child in finding.children)
        if finding.verdict == Verdict.WAITING:
            branches = sorted(waiting, key=lambda child: len(waiting_on(child)))[:missing]
        else:
            branches = [*waiting, *(finding.children[n] for n in finding.nearest)]
    return [leaf for child in branches for leaf in waiting_on(child)]


def can_apply(finding: Finding) -> bool:
    """Whether to open an application: all that is missing can be handed in with it for a person to judge.

    What is computed from the ledger cannot be handed in, and a disqualifier cannot be handed away.
    """
    return all(not leaf.computed and not leaf.forbidden for leaf in keeps_out(finding))


def mark(finding: Finding) -> Finding:
    """An unmet `any` or `at_least` with its nearest branches named."""
    if finding.kind not in ("any", "at_least") or finding.verdict != Verdict.UNMET:
        return finding
    unmet = [(n, child) for n, child in enumerate(finding.children) if child.verdict == Verdict.UNMET]
    missing = (finding.count or 1) - (len(finding.children) - len(unmet))
    return replace(finding, nearest=tuple(sorted(n for n, _ in closest(unmet, missing, forbidden=False))))


def closest(branches: list[tuple[int, Finding]], count: int, *, forbidden: bool) -> list[tuple[int, Finding]]:
    """The branches nearest to turning: fewest leaves against, fewest that hours cannot fill, fewest hours."""
    verdict = Verdict.MET if forbidden else Verdict.UNMET
    return sorted(branches, key=lambda one: distance(_deciding(one[1], verdict, forbidden=forbidden)))[:count]


def distance(leaves: list[Finding]) -> tuple[int, int, Fraction]:
    """How far leaves that keep a worker out are from being met."""
    fillable = [leaf for leaf in leaves if hours_can_fill(leaf)]
    remaining = sum((Fraction(leaf.remaining or 0) for leaf in fillable), Fraction(0))
    return len(leaves), len(leaves) - len(fillable), remaining


def hours_can_fill(leaf: Finding) -> bool:
    return leaf.kind in HOURS_KINDS and leaf.unit == Unit.MINUTES and not leaf.forbidden


def _deciding(finding: Finding, verdict: Verdict, *, forbidden: bool) -> list[Finding]:
    """The leaves that make a finding's verdict what it is: unmet, or under a `not`, met."""
    if finding.verdict != verdict:
        return []
    if finding.is_leaf:
        return [finding.as_forbidden() if forbidden else finding]
    if finding.kind == "not":
        other = Verdict.MET if verdict == Verdict.UNMET else Verdict.UNMET
        return _deciding(finding.children[0], other, forbidden=not forbidden)
    branches: Iterable[Finding] = finding.children
    if not forbidden and finding.kind in ("any", "at_least"):
        branches = [finding.children[n] for n in finding.nearest]
    elif forbidden and finding.kind in ("all", "at_least"):
        branches = breaking(finding)
    return [leaf for child in branches for leaf in _deciding(child, verdict, forbidden=forbidden)]


def breaking(finding: Finding) -> list[Finding]:
    """The branches of a group under `not` whose end would end the disqualification, the nearest ones."""
    met = [(n, child) for n, child in enumerate(finding.children) if child.verdict == Verdict.MET]
    surplus = len(met) - (finding.count or len(finding.children)) + 1
    return [child for _, child in closest(met, surplus, forbidden=True)]
