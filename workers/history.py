"""The trail of an entry in sentences."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext
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
    return [*_with_a_file(entry), *_events(entry)]


def _with_a_file(entry: HourEntry) -> list[dict[str, Any]]:
    """Who handed it in, where it came with a file: the trail has a line for the file, not for each row."""
    if entry.source is None:
        return []
    came = {"when": moment(entry.recorded_at), "what": _("Came with a file")}
    return [{**came, "note": person(entry.source.uploaded_by), "tone": ""}]


def _events(entry: HourEntry) -> list[dict[str, Any]]:
    return [
        {
            "when": moment(timezone.localtime(event.at)),
            "what": SENTENCES.get(event.verb, event.verb),
            "note": _by_link(entry) if event.actor is None else person(event.actor),
            "tone": TONES.get(event.verb, ""),
        }
        for event in trail.of(entry)
    ]


def _by_link(entry: HourEntry) -> str:
    """Who did it without a sign-in, where somebody signed through a link."""
    if entry.signature is None or entry.signature.link_id is None:
        return person(None)
    return gettext("%(name)s, by link, not a member") % {"name": entry.signature.name}
