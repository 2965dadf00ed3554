"""Finding credentials by name: only of the people who chose to be listed."""

from datetime import date

from django.db.models import Q

from certification.credentials import Status
from certification.models import Credential
from certification.models.credentials import CredentialQuerySet
from registry.names import key

SHORTEST = 2
ISSUED = [status for status in Status if status != Status.NOT_ISSUED]


def listed(
    words: str, *, on: date, term_on: date | None = None, state: str = "", level: str = ""
) -> CredentialQuerySet:
    """Credentials whose listed holder's names contain every word, whatever case and accents; by name.

    Nothing for fewer than two letters: the register is to be asked, not to be read through.
    """
    asked = words.split()
    if len(key(words)) < SHORTEST:
        return Credential.objects.none()
    found = Credential.objects.filter(worker__listed=True)
    for word in asked:
        found = found.filter(
            Q(given_name__unaccent__icontains=word) | Q(family_name__unaccent__icontains=word)
        )
    if state:
        found = found.filter(level__program__jurisdiction__code=state)
    if level:
        found = found.filter(level__code=level)
    return (
        found.with_status(on, term_on=term_on)
        .in_status(*ISSUED)
        .select_related("worker", "level__program__jurisdiction", "authority")
        .order_by("family_name", "given_name", "pk")
    )
