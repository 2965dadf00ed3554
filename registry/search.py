"""Finding credentials by name, however it is spelled: only of the people who chose to be listed."""

import re
from datetime import date

from django.db import connection
from django.db.models.expressions import RawSQL

from certification.credentials import Status
from certification.models import Credential
from certification.models.credentials import CredentialQuerySet
from registry.names import key

SHORTEST = 2
#: Nobody reads on; who is not among these is asked for by more of their name.
MOST = 200
ISSUED = [status for status in Status if status != Status.NOT_ISSUED]


def listed(
    words: str, *, on: date, term_on: date | None = None, state: str = "", level: str = ""
) -> CredentialQuerySet:
    """Credentials whose listed holder's names are like every word; the likest first, at most `MOST`.

    Case, accents, the order of words and a slip or two do not matter. Nothing for fewer than two letters: the
    register is to be asked, not to be read through.
    """
    asked = sorted(filter(None, map(key, re.split(r"\W+", words))), key=len, reverse=True)
    if len("".join(asked)) < SHORTEST:
        return Credential.objects.none()
    likest = _named(asked, state=state, level=level)
    return (
        Credential.objects.filter(pk__in=likest)
        .with_status(on, term_on=term_on)
        .in_status(*ISSUED)
        .select_related("worker", "level__program__jurisdiction", "authority")
        .order_by(RawSQL("array_position(%s::bigint[], certification_credential.id)", [likest]))
    )


def _named(words: list[str], *, state: str, level: str) -> list[int]:
    """The keys of credentials, the likest first; the longest word leads."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM registry_named(%s, %s, %s, %s)", [words, state or None, level or None, MOST]
        )
        return [row[0] for row in cursor.fetchall()]
