"""The letters before an authority's credential numbers."""

import re
from collections.abc import Collection
from string import ascii_uppercase

LONGEST = 8


def number_prefix(jurisdiction: str, name: str, taken: Collection[str]) -> str:
    """Two to eight capitals of the jurisdiction and a program's abbreviation (or the initials of its title).

    US-MN and CPS give MNCPS; where that is taken, MNCPSA, MNCPSB, ...
    """
    letters = re.sub(r"[^A-Z]", "", name.upper() if " " not in name else initials(name))
    plain = (jurisdiction.rpartition("-")[2] + letters)[:LONGEST]
    if plain not in taken:
        return plain
    stem = plain[: LONGEST - 2]
    endings = [*ascii_uppercase, *(a + b for a in ascii_uppercase for b in ascii_uppercase)]
    return next(stem + ending for ending in endings if stem + ending not in taken)


def initials(title: str) -> str:
    return "".join(word[0] for word in title.split() if word[0].isupper())
