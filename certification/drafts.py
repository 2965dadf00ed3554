"""Drafts of standards as people type them: text in, a requirement or a sentence about what is wrong out."""

import yaml

from certification.requirements.language import Leaf, Requirement, parse, walk
from certification.requirements.values import RequirementError
from certification.requirements.yaml_text import read_yaml

LONGEST = 20_000
#: Several times what any standard in the country has; beyond it counting everybody takes too long.
MOST_LEAVES, DEEPEST = 100, 10


def text_of(requirement: object) -> str:
    """Plain data as text to be edited."""
    return yaml.safe_dump(requirement, sort_keys=False, allow_unicode=True, width=100) if requirement else ""


def read(text: str) -> Requirement:
    """The requirement that a text writes.

    Raises RequirementError with the path of what is wrong, what was found and what was expected.
    """
    requirement = parse(read_yaml(text, "requires"), "requires")
    count = sum(1 for _ in walk(requirement))
    if count > MOST_LEAVES:
        raise RequirementError("requires", f"{count} requirements", f"at most {MOST_LEAVES}")
    if depth(requirement) > DEEPEST:
        raise RequirementError("requires", f"groups {depth(requirement)} deep", f"at most {DEEPEST}")
    return requirement


def depth(node: Requirement) -> int:
    return 0 if isinstance(node, Leaf) else 1 + max(depth(child) for child in node.of)
