"""What a language table (en.py, es.py) holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Heads = tuple[tuple[str, str], ...]
"""(keys that must be there, template), the first that fits is used; the last asks for no key."""

ACRONYMS = frozenset(
    {
        "aps",
        "bms",
        "ccar",
        "cprs",
        "crss",
        "dbhds",
        "gmhcn",
        "hiv",
        "mhps",
        "naadac",
        "ncb",
        "prs",
        "prss",
        "rsps",
    }
)


@dataclass(frozen=True)
class Words:
    """The words of one language. Templates name the keys of the leaf they speak of."""

    heads: Mapping[str, Heads]
    """By kind of leaf: how its sentence begins."""
    clauses: Mapping[str, str]
    """By `kind.key`: what a key adds. A key its head has already said adds nothing."""
    flags: Mapping[str, str]
    """By `kind.key`: the word a true key puts into the head."""
    choices: Mapping[str, str]
    """By `key.value`: the words of a fixed choice."""
    slugs: Mapping[str, str]
    """Phrases for slugs; any other is read with its marks as spaces."""
    nouns: Mapping[str, tuple[str, str]]
    """One and many."""
    groups: Mapping[str, str]
    reasons: Mapping[str, str]
    parts: Mapping[str, str]
    changes: Mapping[str, str]
    months: tuple[str, ...]
    day: str
    both: str
    """The word between the last two of a list: and."""
    either: str
