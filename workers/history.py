"""The trail of an entry in sentences."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts import trail
from accounts.templatetags.ui import moment, person
from workers.models import HourEntry

SENTENCES = {
    "hours.logged": _("Logged"),
    "hours.submitted": _("Sent for a signature"),
    "hours.withdrawn": _("Taken back"),
    "hours.edited": _("Edited"),
    "hours.approved": _("Approved"),
    "hours.returned": _("Returned to be corrected"),
    "hours.amended": _("A correction was handed in"),
}
TONES = {"hours.approved": "ok", "hours.returned": "wait"}


def of(entry: HourEntry) -> list[dict[str, Any]]:
    """For the timeline component: newest last."""
    return [
        {
            "when": moment(event.at),
            "what": SENTENCES.get(event.verb, event.verb),
            "note": person(event.actor),
            "tone": TONES.get(event.verb, ""),
        }
        for event in trail.of(entry)
    ]
