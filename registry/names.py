"""Family names as a verifier may type them: whatever the case, accents, spaces, hyphens and apostrophes."""

import unicodedata

#: Letters that are one with a plain letter to those who type, but that Unicode does not take apart.
PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})


def key(name: str) -> str:
    """What two writings of one name have in common; empty where nothing of a name is left."""
    apart = unicodedata.normalize("NFKD", name.casefold())
    kept = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return "".join(letter for letter in kept.translate(PLAIN) if letter.isalnum())
