"""Is this credential good, today or on a past day? Asked with its number and the holder's family name.

A wrong name, a wrong guess and a number that was never given out have one answer, by one way of the same
length, so that nobody learns from it who is certified. Only a mistyped number is told apart: its check
character shows it, without a look at the register.
"""

from dataclasses import dataclass
from datetime import date
from hmac import compare_digest

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.refusals import Refused
from certification import credentials, numbers
from certification.credentials import Standing, Status
from certification.models import Credential
from registry.names import key

TYPING_ERROR: Promise = gettext_lazy(
    "This number has a typing error. Please compare it with the certificate, letter by letter."
)
NO_MATCH: Promise = gettext_lazy("No credential matches this number and family name.")
#: Compared with what was typed where there is no such credential: the comparison is made all the same.
NOBODY = "\N{REPLACEMENT CHARACTER}"


class NoMatch(Exception):  # noqa: N818 (an answer, not a fault)
    """Nothing matches; and nothing more is said."""


@dataclass(frozen=True)
class Answer:
    """What a verifier is told: nothing but what stands on the certificate, and the status of the day."""

    number: str
    name: str
    level: str
    abbreviation: str
    jurisdiction: str
    authority: str
    on: date
    standing: Standing

    @property
    def status(self) -> Status:
        return self.standing.status

    @property
    def good(self) -> bool:
        return self.status == Status.ACTIVE

    @property
    def explanation(self) -> str:
        """The status in a plain sentence."""
        return str(EXPLAINED[self.status]) % {
            "on": _day(self.on),
            "since": _day(self.standing.since),
            "expires": _day(self.standing.expires_on),
        }

    @property
    def address(self) -> str:
        return settings.PUBLIC_URL + reverse("registry:credential", args=[self.number])


EXPLAINED: dict[Status, Promise] = {
    Status.ACTIVE: gettext_lazy("This credential is good on %(on)s."),
    Status.SUSPENDED: gettext_lazy(
        "This credential is suspended since %(since)s. On %(on)s its holder may not work on its strength."
    ),
    Status.EXPIRED: gettext_lazy("This credential was valid through %(expires)s. On %(on)s it is expired."),
    Status.REVOKED: gettext_lazy("The authority revoked this credential from %(since)s."),
    Status.SURRENDERED: gettext_lazy("The holder gave this credential up. It ended on %(since)s."),
    Status.NOT_ISSUED: gettext_lazy("On %(on)s this credential was not issued yet."),
}


def _day(day: date | None) -> str:
    return date_format(day, "DATE_FORMAT") if day else ""


def read_number(typed: str) -> str:
    """The number as it is written. Refused at `number` when its form or check character is wrong."""
    try:
        return numbers.read(typed)
    except numbers.NumberError:
        raise Refused(str(TYPING_ERROR), field="number") from None


def verify(*, number: str, family_name: str, on: date | None = None) -> Answer:
    """The answer for a credential and the family name of its holder, on a day (today unless said).

    Raises NoMatch; Refused at the field for a mistyped number, no name, or a day that is still to come.
    """
    number = read_number(number)
    if not key(family_name):
        raise Refused(_("Type the family name."), field="family_name")
    check_day(on)
    known = Credential.objects.filter(number=number).values_list("pk", "family_name").first()
    pk, name = known or (None, NOBODY)
    if not compare_digest(key(name).encode(), key(family_name).encode()) or pk is None:
        raise NoMatch
    return answer(pk, on=on)


def listed(number: str, *, on: date | None = None) -> Answer | None:
    """The same without a name, for the holders who chose that anybody may find them; else None."""
    check_day(on)
    pk = Credential.objects.filter(number=number, worker__listed=True).values_list("pk", flat=True).first()
    return None if pk is None else answer(pk, on=on)


def check_day(on: date | None) -> None:
    if on and on > credentials.now()[0]:
        raise Refused(_("Choose today or a day in the past."), field="on")


def answer(pk: int, *, on: date | None = None) -> Answer:
    """What is told of a credential that may be told of. Without a day: of this moment."""
    day, term_on = credentials.now()
    found = (
        Credential.objects.select_related("worker", "level__program__jurisdiction", "authority")
        .prefetch_related("events")
        .get(pk=pk)
    )
    return Answer(
        number=found.number,
        name=found.holder,
        level=found.level.title,
        abbreviation=found.level.abbreviation,
        jurisdiction=found.level.program.jurisdiction.name,
        authority=found.authority.name,
        on=on or day,
        standing=credentials.standing(found.events.all(), on or day, term_on=None if on else term_on),
    )
