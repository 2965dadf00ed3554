"""What a requirement asks beside papers: its computed leaves, with all that a person judges handed in."""

from __future__ import annotations

from .language import All, AnyOf, AtLeast, Leaf, Not, Requirement


def papers_aside(requirement: Requirement) -> Requirement | bool:
    """The requirement once everything that a person judges holds, and nothing judged stands in the way.

    True where nothing else is asked.
    """
    return _left(requirement, holds=True)


def _left(node: Requirement, *, holds: bool) -> Requirement | bool:
    if isinstance(node, Leaf):
        return node if node.computed else holds
    if isinstance(node, Not):
        inner = _left(node.of[0], holds=not holds)
        return not inner if isinstance(inner, bool) else Not((inner,))
    parts = [_left(one, holds=holds) for one in node.of]
    rest = tuple(one for one in parts if not isinstance(one, bool))
    wanted = {"all": len(parts), "any": 1}.get(node.kind) or (node.count if isinstance(node, AtLeast) else 0)
    return _some(wanted - parts.count(True), rest)


def _some(count: int, rest: tuple[Requirement, ...]) -> Requirement | bool:
    """So many of these hold."""
    if count <= 0:
        return True
    if count > len(rest):
        return False
    if len(rest) == 1:
        return rest[0]
    if count == len(rest):
        return All(rest)
    return AnyOf(rest) if count == 1 else AtLeast(count, rest)
