"""The time zones of the states and territories, under names that people there know."""

from datetime import date
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

TIME_ZONES = [
    ("America/New_York", _("Eastern time")),
    ("America/Chicago", _("Central time")),
    ("America/Denver", _("Mountain time")),
    ("America/Phoenix", _("Arizona time")),
    ("America/Los_Angeles", _("Pacific time")),
    ("America/Anchorage", _("Alaska time")),
    ("Pacific/Honolulu", _("Hawaii time")),
    ("America/Puerto_Rico", _("Puerto Rico and Virgin Islands time")),
    ("Pacific/Guam", _("Guam and Northern Mariana Islands time")),
    ("Pacific/Pago_Pago", _("American Samoa time")),
]

#: Where a day of the United States begins last.
LAST_ZONE = ZoneInfo("Pacific/Pago_Pago")


def begun_everywhere() -> date:
    """The latest day that has begun in every zone: what starts on it has started for everybody."""
    return timezone.localdate(timezone=LAST_ZONE)
