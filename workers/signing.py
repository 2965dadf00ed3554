"""The act of signing: what is declared, about which content, by whom and when."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.refusals import Refused
from workers.canonical import fingerprint, fingerprint_of_all
from workers.models import Declaration, HourEntry, Signature, SigningLink

#: Of the wording below. Another wording is another version; what was signed before keeps its own.
VERSION = 1
WORDING = {
    "en": (
        "I supervised this worker on these days, or stood in for the person who did. I have looked at these"
        " hours. To the best of my knowledge they were worked as written here."
    ),
    "es": (
        "Supervisé a esta persona en estos días, o sustituí a quien lo hizo. He revisado estas horas. Según"
        " mi leal saber y entender, se trabajaron como consta aquí."
    ),
}
#: Of a colleague, who did not supervise and must not say so.
ATTESTATION = {
    "en": (
        "I worked with this person or saw their work. I did not supervise them. I have looked at these hours."
        " To the best of my knowledge they were worked as written here."
    ),
    "es": (
        "Trabajé con esta persona o vi su trabajo. No la supervisé. He revisado estas horas. Según mi leal"
        " saber y entender, se trabajaron como consta aquí."
    ),
}
#: Of somebody outside, with whom no supervision was agreed here.
OUTSIDE = {
    "en": (
        "I know of this person's work on these days in the way that I state here. I have looked at these"
        " hours. To the best of my knowledge they were worked as written here."
    ),
    "es": (
        "Conozco el trabajo de esta persona en estos días de la manera que indico aquí. He revisado estas"
        " horas. Según mi leal saber y entender, se trabajaron como consta aquí."
    ),
}


def wording(*, attesting: bool = False, outside: bool = False) -> str:
    """What is declared by a signature, in the reader's language.

    `attesting`: as a colleague; `outside`: through a link that no agreement stands behind.
    """
    words = OUTSIDE if outside else ATTESTATION if attesting else WORDING
    return words[_language()]


def _language() -> str:
    language = (get_language() or "en").partition("-")[0]
    return language if language in WORDING else "en"


def check_seen(entries: Sequence[HourEntry], *, seen: Mapping[int, str] | None, version: int | None) -> None:
    """Refuse to sign what the signer did not see: other content, other entries or another declaration.

    `seen`: id -> fingerprint of the entries on the signer's page; `version`: of the declaration there. None
    where the signer says nothing of it. The entries must be locked, so that they stay as they are.
    """
    if version is not None and version != VERSION:
        raise Refused(_("The wording that you sign was changed. Read it again."))
    if seen is not None and any(seen.get(entry.pk) != fingerprint(entry) for entry in entries):
        raise Refused(_("Some of these hours were changed after you opened the page. Look at them again."))


def sign(
    entries: Sequence[HourEntry],
    *,
    at: datetime,
    by: User | None = None,
    link: SigningLink | None = None,
    name: str = "",
    role: str = "",
    relationship: str = "",
    attesting: bool = False,
) -> Signature:
    """Put down one signature under these entries, by a person with a sign-in or through a link."""
    language = _language()
    declaration, _made = Declaration.objects.get_or_create(
        text=wording(attesting=attesting, outside=link is not None and link.agreement_id is None),
        defaults={"version": VERSION, "language": language},
    )
    return Signature.objects.create(
        signed_at=at,
        signer=by,
        link=link,
        name=name or str(by),
        role=role,
        relationship=relationship,
        declaration=declaration,
        fingerprint=fingerprint_of_all(entries),
        entries=len(entries),
        minutes=sum(entry.minutes for entry in entries),
    )
