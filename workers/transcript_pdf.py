"""A transcript as a tagged PDF (PDF/UA-1), in the reader's language; the content itself is its attachment."""

import io
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import segno
import typst
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from accounts.states import STATES
from accounts.templatetags.ui import day, minutes, moment, month, number
from workers import transcripts
from workers.models import Statement, Transcript
from workers.words import Domain, Pay

SOURCE = Path(__file__).parent / "documents" / "transcript.typ"
_States = dict(STATES)


def pdf(found: Transcript) -> bytes:
    """The document. The same transcript in the same language gives the same words."""
    return _compile(found, "pdf")


def png(found: Transcript) -> list[bytes]:
    """Its pages as pictures, for looking at."""
    pages = _compile(found, "png")
    return pages if isinstance(pages, list) else [pages]


def _compile(found: Transcript, form: Any) -> Any:
    inputs = {
        "data": transcripts.canonical(_shown(found)).decode(),
        "content": transcripts.canonical(found.content).decode(),
    }
    standards: dict[str, Any] = {"pdf_standards": ["ua-1"]} if form == "pdf" else {"ppi": 80.0}
    return typst.compile(str(SOURCE), format=form, sys_inputs=inputs, font_paths=_fonts(), **standards)


@cache
def _fonts() -> Any:
    """Those that come with typst, so that a document looks the same on every machine."""
    return typst.Fonts(include_system_fonts=False)


def _shown(found: Transcript) -> dict[str, Any]:
    content = found.content
    totals = content["totals"]
    address = transcripts.address(found)
    token = transcripts.token(found)
    span = ""
    if totals["first_day"]:
        span = _("Approved hours from %(first)s to %(last)s.") % {
            "first": _day(totals["first_day"]),
            "last": _day(totals["last_day"]),
        }
    return {
        "lang": (get_language() or "en").partition("-")[0],
        "title": _("Transcript of %(name)s") % {"name": found.worker_name},
        "name": found.worker_name,
        "kicker": _("Transcript of hours of peer support work"),
        "issued": _("Issued %(when)s") % {"when": moment(datetime.fromisoformat(content["issued"]))},
        "lead": span,
        "footer": f"{address} · SHA-256 {found.sha256[:16]}…",
        "qr": _qr(address),
        "qr_alt": _("QR code of the address %(address)s") % {"address": address},
        "token": token,
        "token_qr": _qr(token),
        "totals": [
            [pgettext("hours", "Approved"), _time(totals["approved"])],
            [_("Of that supervised"), _time(totals["supervised"])],
            [_("Waiting for a signature"), _time(totals["pending"])],
        ],
        "parts": [part for part in _parts(content) if part["rows"]],
        "words": {
            "check": _("Check this document"),
            "offline": _("Check it without us"),
            "how": _(
                "The line below is signed (Ed25519). With our public key (/transcripts/key) anybody can"
                " check who it names and its totals. It names the SHA-256 of the attached transcript.json,"
                " which holds all that stands here."
            ),
            "token_alt": _("QR code of the signed line"),
            "attachment": _("All that this transcript says, as data"),
        },
    }


def _parts(content: dict[str, Any]) -> list[dict[str, Any]]:
    three = [pgettext("hours", "Approved"), _("Supervised"), _("Waiting")]
    domains, kinds = dict(Domain.choices), dict(Statement.Kind.choices)
    sessions = content["supervision"]
    return [
        {
            "title": _("By employer"),
            "head": [_("Employer"), _("Job"), *three],
            "figures": 3,
            "rows": [[job["employer"], _job(job), *_three(job)] for job in content["jobs"]],
        },
        {
            "title": _("By who signed"),
            "head": [_("Signed by"), _("Employer"), _("Entries"), pgettext("hours", "Approved")],
            "figures": 2,
            "rows": [
                [
                    one["name"] or _("someone no longer here"),
                    one["employer"],
                    number(one["entries"]),
                    _time(one["minutes"]),
                ]
                for one in content["supervisors"]
            ],
        },
        {
            "title": _("By what was done"),
            "head": [_("Activity"), *three],
            "figures": 3,
            "rows": [
                [str(domains.get(one["domain"], one["domain"])), *_three(one)] for one in content["domains"]
            ],
        },
        {
            "title": _("Supervision received and confirmed"),
            "head": [_("One to one"), _("Group")],
            "figures": 1,
            "rows": [[_time(sessions["individual"]), _time(sessions["group"])]]
            if any(sessions.values())
            else [],
        },
        {
            "title": _("Training and exams, as stated by the worker"),
            "head": [_("What"), _("Name"), _("Day"), _("Length")],
            "figures": 1,
            "rows": [
                [
                    str(kinds.get(one["kind"], one["kind"])),
                    one["name"],
                    _day(one["day"]) if one["day"] else "",
                    _time(one["minutes"]) if one["minutes"] else "",
                ]
                for one in content["learning"]
            ],
        },
        {
            "title": _("By month"),
            "head": [_("Month"), *three],
            "figures": 3,
            "rows": [[month(one["month"]), *_three(one)] for one in content["months"]],
        },
    ]


def _job(job: dict[str, Any]) -> str:
    until = _day(job["until"]) if job["until"] else _("today")
    said = [job["title"], f"{_day(job['from'])} – {until}", str(_States.get(job["state"], job["state"]))]
    if job["pay"] == Pay.VOLUNTEER:
        said.append(str(Pay.VOLUNTEER.label))
    if not job["confirmed"]:
        said.append(_("not confirmed by the employer"))
    return ", ".join(said)


def _three(row: dict[str, Any]) -> list[str]:
    return [_time(row[name]) if row[name] else "–" for name in ("approved", "supervised", "pending")]


def _time(amount: int) -> str:
    return str(minutes(amount))


def _day(iso: str) -> str:
    return str(day(date.fromisoformat(iso)))


def _qr(text: str) -> str:
    written = io.BytesIO()
    segno.make(text, error="m", micro=False).save(written, kind="svg", border=2, xmldecl=False, svgns=True)
    return written.getvalue().decode()
