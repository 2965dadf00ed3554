"""What changed between two versions of a requirement, in plain words.

[change.sentence("en") for change in difference(old, new)]
-> ["Changed: 40 hours of training in ethics → 60 hours of training in ethics"]
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .language import All, Leaf, Requirement
from .sentences import LANGUAGES, Names, sentence

SUBJECTS = ("topic", "work", "to", "code", "what", "name", "any_of", "of_kind", "by", "of", "basis", "status")
"""The fields that say what a leaf is about, rather than how much it asks."""


@dataclass(frozen=True)
class Change:
    """One difference: `added` (no old), `removed` (no new), or `changed`.

    `path` is where it stands in the new version, or for what was removed in the old one.
    """

    kind: str
    path: str
    old: Requirement | None = None
    new: Requirement | None = None

    def sentence(self, language: str = "en", names: Names | None = None) -> str:
        words = (LANGUAGES.get(language) or LANGUAGES["en"]).changes
        old = sentence(self.old, language, names) if self.old else ""
        new = sentence(self.new, language, names) if self.new else ""
        return words[self.kind].format(sentence=new or old, old=old, new=new)


def difference(old: Requirement | None, new: Requirement | None, path: str = "requires") -> list[Change]:
    """The changes from an old version to a new one, in the order of the new one, then what was dropped."""
    if old == new:
        return []
    if old is None or new is None:
        only = new or old
        return (
            [Change("added" if old is None else "removed", f"{path}.{only.kind}", old, new)] if only else []
        )
    if isinstance(old, All) or isinstance(new, All):
        return list(_between(_branches(old), _branches(new), path))
    # A changed branch of alternatives only makes sense with its sisters, so the group is told whole.
    return [Change("changed", f"{path}.{new.kind}", old, new)]


def _branches(node: Requirement) -> tuple[Requirement, ...]:
    return node.of if isinstance(node, All) else (node,)


def _between(old: tuple[Requirement, ...], new: tuple[Requirement, ...], path: str) -> Iterator[Change]:
    """Branches of two `all` groups, matched by equality, then by what they are about, then by kind."""
    left = list(enumerate(old))
    partners: dict[int, Requirement] = {}
    for same in (_equal, _about_the_same, _of_one_kind):
        for n, one in enumerate(new):
            match = next((other for other in left if n not in partners and same(other[1], one)), None)
            if match:
                left.remove(match)
                partners[n] = match[1]
    for n, one in enumerate(new):
        yield from difference(partners.get(n), one, f"{path}.all[{n}]")
    yield from (Change("removed", f"{path}.all[{n}].{one.kind}", old=one) for n, one in left)


def _equal(old: Requirement, new: Requirement) -> bool:
    return old == new


def _of_one_kind(old: Requirement, new: Requirement) -> bool:
    """Two limits of one kind are one rule that changed; two documents or topics are two rules."""
    return old.kind == new.kind and not any(hasattr(old, name) for name in SUBJECTS if name != "of")


def _about_the_same(old: Requirement, new: Requirement) -> bool:
    return old.kind == new.kind and all(
        getattr(old, name, None) == getattr(new, name, None) for name in SUBJECTS if not _is_group(old, name)
    )


def _is_group(node: Requirement, name: str) -> bool:
    return name == "of" and not isinstance(node, Leaf)
