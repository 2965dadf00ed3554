"""The requirement language: groups of leaves, read strictly from plain data and written back.

    parse({"all": [{"age": {"at_least": 18}}, {"training": {"hours": 40, "topic": "ethics"}}]})

`catalogue/README.md` defines the language; docs/requirements.md shows every leaf by an example.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from .leaves import COMPUTED_KINDS, LEAF_CLASSES, LEAF_KINDS, Leaf
from .values import RequirementError, check_keys, refuse, whole_from

__all__ = [
    "COMPUTED_KINDS",
    "GROUP_KINDS",
    "LEAF_KINDS",
    "All",
    "AnyOf",
    "AtLeast",
    "Leaf",
    "Not",
    "Requirement",
    "RequirementError",
    "parse",
    "walk",
]

GROUP_KINDS = ("all", "any", "at_least", "not")
DEEPEST = 40
"""Groups within groups: beyond this a tree is a mistake or an attack, not a rule."""


@dataclass(frozen=True)
class All:
    """Every one holds."""

    of: tuple[Requirement, ...]
    kind: ClassVar[str] = "all"

    def to_data(self) -> dict[str, Any]:
        return {"all": [one.to_data() for one in self.of]}


@dataclass(frozen=True)
class AnyOf:
    """At least one holds."""

    of: tuple[Requirement, ...]
    kind: ClassVar[str] = "any"

    def to_data(self) -> dict[str, Any]:
        return {"any": [one.to_data() for one in self.of]}


@dataclass(frozen=True)
class AtLeast:
    """So many hold."""

    count: int
    of: tuple[Requirement, ...]
    kind: ClassVar[str] = "at_least"

    def to_data(self) -> dict[str, Any]:
        return {"at_least": {"count": self.count, "of": [one.to_data() for one in self.of]}}


@dataclass(frozen=True)
class Not:
    """A disqualifier: what must not hold."""

    of: tuple[Requirement]
    kind: ClassVar[str] = "not"

    def to_data(self) -> dict[str, Any]:
        return {"not": self.of[0].to_data()}


Group = All | AnyOf | AtLeast | Not
Requirement = Group | Leaf


def parse(data: object, path: str = "requires") -> Requirement:
    """The requirement that plain data (from YAML or JSON) writes.

    Raises RequirementError with the path of what is wrong, what was found and what was expected.
    """
    return _parse(data, path, 0)


def _parse(data: object, path: str, depth: int) -> Requirement:
    expected = f"one group ({', '.join(GROUP_KINDS)}) or one leaf ({', '.join(LEAF_KINDS)})"
    if not isinstance(data, Mapping):
        raise refuse(path, data, expected)
    if len(data) != 1:
        found = f"{len(data)} keys ({', '.join(map(str, data))})" if data else "an empty mapping"
        raise RequirementError(path, found, "exactly one key: " + expected)
    if depth > DEEPEST:
        raise RequirementError(path, "more groups within groups", f"at most {DEEPEST}")
    ((kind, body),) = data.items()
    here = f"{path}.{kind}"
    match kind:
        case "all":
            return All(_branches(body, here, depth, least=1))
        case "any":
            return AnyOf(_branches(body, here, depth, least=2))
        case "at_least":
            given = check_keys(body, here, ("count", "of"))
            branches = _branches(given.get("of"), f"{here}.of", depth, least=2)
            return AtLeast(whole_from(1, len(branches)).read(given.get("count"), f"{here}.count"), branches)
        case "not":
            return Not((_parse(body, here, depth + 1),))
        case str() if kind in LEAF_CLASSES:
            return LEAF_CLASSES[kind].read(body, here)
    raise RequirementError(path, f"the unknown key {kind!r}", expected)


def _branches(data: object, path: str, depth: int, *, least: int) -> tuple[Requirement, ...]:
    if not isinstance(data, list | tuple) or len(data) < least:
        raise refuse(path, data, f"a list of at least {least} requirement{'s' if least > 1 else ''}")
    return tuple(_parse(one, f"{path}[{n}]", depth + 1) for n, one in enumerate(data))


def children(node: Requirement, path: str) -> Iterator[tuple[str, Requirement]]:
    """The branches of a group, each with its own path; `path` is the group's."""
    if isinstance(node, Leaf):
        return
    if isinstance(node, Not):
        yield path, node.of[0]
        return
    listed = f"{path}.of" if isinstance(node, AtLeast) else path
    for n, one in enumerate(node.of):
        yield f"{listed}[{n}]", one


def walk(node: Requirement, path: str = "requires") -> Iterator[tuple[str, Leaf]]:
    """Every leaf with its path, such as `requires.all[1].training`, in the order written."""
    here = f"{path}.{node.kind}"
    if isinstance(node, Leaf):
        yield here, node
    else:
        for where, child in children(node, here):
            yield from walk(child, where)
