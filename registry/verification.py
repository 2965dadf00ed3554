"""Is this credential good, today or on a past day? Asked with its number and the holder's family name.

A wrong name, a wrong guess and a number that was never given out have one answer, by one way of the same
length, so that nobody learns from it who is certified. Only a mistyped number is told apart: its check
character shows it, without a look at the register.
"""

from dataclasses import dataclass
from datetime import UTC, date
from functools import lru_cache
from hmac import compare_digest
from time import monotonic, sleep

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.refusals import Refused
from certification import credentials, numbers
from certification.credentials import Standing, Status
from registry import lookup
from registry.lookup import Event, Held
from registry.names import key

TYPING_ERROR: Promise = gettext_lazy(
    "This number has a typing error. Compare it with the certificate, letter by letter."
)
NO_MATCH: Promise = gettext_lazy("No credential matches this number and family name.")
#: Compared with what was typed where there is no such credential: the comparison is made all the same.
NOBODY = "\N{REPLACEMENT CHARACTER}"
#: Seconds. To read what is there takes a little longer than to find nothing; a wrong guess is not to tell.
NO_SOONER = 0.02


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
    known_on: date | None
    standing: Standing
    #: What the standing follows from: the events in effect on that day, as far as they were known.
    events: tuple[Event, ...]

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
            "on": _day(self.on, get_language()),
            "since": _day(self.standing.since, get_language()),
            "expires": _day(self.standing.expires_on, get_language()),
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


@lru_cache(maxsize=5_000)
def _day(day: date | None, _language: str | None) -> str:
    """As the language writes it. A batch names few days, many times."""
    return date_format(day, "DATE_FORMAT") if day else ""


def read_number(typed: str) -> str:
    """The number as it is written. Refused at `number` when its form or check character is wrong."""
    try:
        return numbers.read(typed)
    except numbers.NumberError:
        raise Refused(str(TYPING_ERROR), field="number") from None


def verify(*, number: str, family_name: str, on: date | None = None, known_on: date | None = None) -> Answer:
    """The answer for a credential and the family name of its holder, on a day (today unless said).

    With `known_on`, what the register would have answered on that day: only what was recorded by its end (in
    UTC) is looked at, so that what was learned or corrected later does not change what somebody was told.

    Raises NoMatch; Refused at the field for a mistyped number, no name, or a day that is still to come.
    """
    number = checked(number, family_name, on=on, known_on=known_on)
    begun = monotonic()
    try:
        return matched(lookup.held(number), family_name, on=on, known_on=known_on)
    except NoMatch:
        sleep(max(0, begun + NO_SOONER - monotonic()))
        raise


def checked(number: str, family_name: str, *, on: date | None, known_on: date | None) -> str:
    """The number as it is written. Refused at the field for what is wrong with a question in itself."""
    number = read_number(number)
    if not key(family_name):
        raise Refused(_("Type the family name."), field="family_name")
    check_days(on, known_on)
    return number


def matched(
    held: Held | None, family_name: str, *, on: date | None = None, known_on: date | None = None
) -> Answer:
    """The answer, if the family name is its holder's and it was known at the time. Raises NoMatch."""
    name = held.family_name if held else NOBODY
    same = compare_digest(key(name).encode(), key(family_name).encode())
    if not same or held is None:
        raise NoMatch
    answer = _answer(held, on=on, known_on=known_on)
    if known_on and not answer.events:
        raise NoMatch
    return answer


def listed(number: str, *, on: date | None = None) -> Answer | None:
    """The same without a name, for the holders who chose that anybody may find them; else None."""
    check_days(on)
    held = lookup.held(number)
    return _answer(held, on=on) if held and held.listed else None


def check_days(on: date | None, known_on: date | None = None) -> None:
    """Refused at the field for a day to come, and for one that was to come when it was known."""
    today = credentials.now()[0]
    if known_on and known_on > today:
        raise Refused(_("Choose today or a day in the past."), field="as_known_on")
    if on and on > (known_on or today):
        raise Refused(_("Choose today or a day in the past."), field="on")


def _answer(held: Held, *, on: date | None = None, known_on: date | None = None) -> Answer:
    """What is told of a credential that may be told of. Without a day: of this moment."""
    day, term_on = credentials.now()
    if on or known_on:
        day = term_on = on or known_on or day
    known = held.events
    if known_on:
        known = tuple(event for event in known if event.recorded_on.astimezone(UTC).date() <= known_on)
    return Answer(
        number=held.number,
        name=f"{held.given_name} {held.family_name}",
        level=held.level,
        abbreviation=held.abbreviation,
        jurisdiction=held.jurisdiction,
        authority=held.authority,
        on=day,
        known_on=known_on,
        standing=credentials.standing(known, day, term_on=term_on),
        events=tuple(event for event in known if event.effective_on <= day),
    )
