"""Judges a requirement by a worker's record on a day, and says why.

explain(parse({"age": {"at_least": 18}}), Record(born=date(2000, 1, 1)), date(2026, 1, 1)).verdict
"""

from __future__ import annotations

from datetime import date

from . import judge_facts, judge_hours, nearest
from .case import NO_CATALOGUE, Case, Catalogue
from .findings import Finding, Verdict
from .judging import JUDGES
from .language import AtLeast, Leaf, Not, Requirement, children
from .record import Record

JUDGE_MODULES = (judge_facts, judge_hours)
"""Importing them registers the judges of all leaves."""


def explain(
    requirement: Requirement,
    record: Record,
    on: date,
    catalogue: Catalogue = NO_CATALOGUE,
    *,
    level: str | None = None,
    jurisdiction: str | None = None,
    path: str = "requires",
) -> Finding:
    """The tree of findings for one worker.

    `level` is the code of the level the requirement belongs to (for `window: term`), `jurisdiction` its
    US or US-XX (for `residency`, `in_state`, `other_state`), taken from the catalogue where it knows the
    level. Without a jurisdiction any state will do.
    """
    known = catalogue.levels.get(level or "")
    if jurisdiction is None and known:
        jurisdiction = known.jurisdiction
    return judge(requirement, Case(record, on, catalogue, level, jurisdiction), path)


def judge(node: Requirement, case: Case, path: str) -> Finding:
    here = f"{path}.{node.kind}"
    if isinstance(node, Leaf):
        return judge_leaf(node, case, here)
    found = tuple(judge(child, case, where) for where, child in children(node, here))
    verdicts = [finding.verdict for finding in found]
    if isinstance(node, Not):
        return Finding("not", here, verdicts[0].opposite, children=found)
    count = {"all": len(found), "any": 1}.get(node.kind) or (node.count if isinstance(node, AtLeast) else 0)
    finding = Finding(
        node.kind,
        here,
        at_least(count, verdicts),
        needed=count if node.kind == "at_least" else None,
        have=verdicts.count(Verdict.MET) if node.kind == "at_least" else None,
        count=count if node.kind == "at_least" else None,
        children=found,
    )
    return nearest.mark(finding)


def at_least(count: int, verdicts: list[Verdict]) -> Verdict:
    """`all` wants every branch, `any` wants one, `at_least` so many; what waits may yet turn out met."""
    met = verdicts.count(Verdict.MET)
    if met >= count:
        return Verdict.MET
    return Verdict.WAITING if met + verdicts.count(Verdict.WAITING) >= count else Verdict.UNMET


def judge_leaf(leaf: Leaf, case: Case, path: str) -> Finding:
    judged = JUDGES[type(leaf)](leaf, case)
    return Finding(leaf.kind, path, asked=leaf.body(), computed=leaf.computed, **vars(judged))
