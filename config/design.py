"""The gallery at /design/: every component with its states, on made-up data, for staff and developers."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from accounts.htmx import render_form
from accounts.templatetags.ui import STATUSES


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label="Name", help_text="As on your certificate.")
    email = forms.EmailField(label="Email address")
    born = forms.DateField(label="Date of birth")
    start = forms.TimeField(label="Start", required=False)
    hours = forms.DecimalField(label="Hours", max_digits=4, decimal_places=2, help_text="For example 2.5")
    state = forms.ChoiceField(
        label="State", choices=[("", "Choose"), ("mn", "Minnesota"), ("ma", "Massachusetts")]
    )
    pay = forms.ChoiceField(
        label="Paid or volunteer",
        choices=[("paid", "Paid"), ("volunteer", "Volunteer")],
        widget=forms.RadioSelect,
    )
    languages = forms.MultipleChoiceField(
        label="Languages",
        choices=[("en", "English"), ("es", "Spanish"), ("so", "Somali")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    note = forms.CharField(
        label="Note", required=False, widget=forms.Textarea, help_text="Do not name the people you support."
    )
    proof = forms.FileField(label="Certificate", required=False, help_text="PDF, JPEG or PNG, up to 5 MB.")
    password = forms.CharField(label="Password", widget=forms.PasswordInput, required=False)
    agree = forms.BooleanField(label="I follow the code of ethics", help_text="You can read it first.")

    fieldsets = (
        ("About you", "", ["name", "email", "born", "state", "languages"]),
        ("The work", "What you did on one day.", ["start", "hours", "pay", "note", "proof"]),
    )


class SampleEntry(forms.Form):
    day = forms.DateField(label="Day", widget=forms.DateInput(attrs={"data-repeat": ""}))
    place = forms.ChoiceField(label="Place", choices=[("clinic", "Clinic"), ("phone", "Phone")])
    hours = forms.DecimalField(label="Hours")


class SampleFilter(forms.Form):
    who = forms.CharField(label="Worker", required=False)
    since = forms.DateField(label="Since", required=False)
    state = forms.ChoiceField(
        label="Status", required=False, choices=[("", "All"), ("submitted", "Submitted")]
    )


def gallery(request: HttpRequest) -> HttpResponse:
    """Every component in one page; a POST shows the form with its errors (422)."""
    if not (settings.DEBUG or request.user.is_staff):
        raise Http404
    form = SampleForm(request.POST if request.method == "POST" else None, prefix="sample")
    context: dict[str, Any] = {
        "form": form,
        "wrong": SampleForm({"wrong-hours": "two", "wrong-pay": "maybe"}, prefix="wrong"),
        "entries": forms.formset_factory(SampleEntry, extra=2)(prefix="entries"),
        "filter": SampleFilter(),
        "page": Paginator(range(240), 10).page(12),
        "statuses": list(STATUSES),
        "finding": sample_finding(),
        "lattice": sample_lattice(),
        "lengths": [60, 120, 210, 240],
        "map": sample_map(),
        **sample_lists(),
    }
    return render_form(request, "design.html", context, wrong=form)


def sample_finding() -> dict[str, Any]:
    """A tree with every verdict, a group with a nearest way, and figures."""
    soon = timezone.localdate() + timedelta(days=140)

    def leaf(verdict: str, sentence: str, **more: Any) -> dict[str, Any]:
        return {"kind": "leaf", "verdict": verdict, "sentence": sentence, **more}

    return {
        "kind": "all",
        "verdict": "unmet",
        "sentence": "All of these",
        "children": [
            leaf("met", "At least 18 years old", reason="Reached in 2009."),
            leaf(
                "waiting",
                "40 hours of approved training in peer support",
                reason="Handed in, not reviewed yet.",
            ),
            {
                "kind": "any",
                "verdict": "unmet",
                "sentence": "One of these ways",
                "nearest": [0],
                "children": [
                    leaf(
                        "unmet",
                        "4,000 hours of supervised peer support",
                        reason="1,200 h 30 min of 4,000 h; 2,799 h 30 min to go",
                        needed=240000,
                        have=72030,
                        pending=4800,
                        pending_text="80 h",
                        projected_on=soon,
                    ),
                    leaf("unmet", "A bachelor’s degree", reason="Nothing stated yet."),
                ],
            },
            leaf("unmet", "Two references from a supervisor", needed=2, have=1, reason="1 of 2"),
        ],
    }


def sample_map() -> dict[str, Any]:
    """A tile of every state."""
    states = [("MN", "held"), ("OH", "met"), ("TX", "near"), ("RI", "far"), ("SD", "none")]
    tiles = [
        {
            "x": 2 + 48 * n,
            "y": 2,
            "code": code,
            "state": state,
            "count": 2 if state == "near" else 0,
            "label": f"{code}: {state}",
            "url": "" if state == "none" else "#",
        }
        for n, (code, state) in enumerate(states)
    ]
    return {"width": 576, "height": 48, "side": 44, "title": "Five states", "tiles": tiles}


def sample_lattice() -> dict[str, Any]:
    """Two tracks; the person stands on the second rung and may go two ways."""

    def rung(
        column: int, row: int, lines: list[str], note: str, state: str = "", flag: str = ""
    ) -> dict[str, Any]:
        x, y = 30 + column * 260, 56 + row * 130
        first = y + (26 if len(lines) > 1 else 30)
        return {
            "x": x,
            "y": y,
            "width": 200,
            "height": 80,
            "lines": [{"text": text, "x": x + 100, "y": first + 18 * i} for i, text in enumerate(lines)],
            "note": note,
            "note_x": x + 100,
            "note_y": y + 66,
            "state": state,
            "flag": flag,
            "flag_x": x + 100 - 50,
            "flag_y": y - 11,
            "flag_width": 100,
            "flag_text_x": x + 100,
            "flag_text_y": y + 3,
        }

    def up(column: int, row: int, *, is_open: bool = False) -> dict[str, Any]:
        x, top, bottom = 130 + column * 260, 56 + row * 130 + 80, 56 + (row + 1) * 130
        return {
            "path": f"M{x} {bottom}V{top + 10}",
            "tip": f"M{x - 6} {top + 12}L{x} {top + 1}L{x + 6} {top + 12}Z",
            "open": is_open,
        }

    lanes = [
        {
            "name": name,
            "x": 10 + i * 260,
            "y": 4,
            "width": 240,
            "height": 412,
            "name_x": 130 + i * 260,
            "name_y": 26,
        }
        for i, name in enumerate(["Peer practice", "Supervision"])
    ]
    return {
        "width": 520,
        "height": 424,
        "title": "Ladder of a community provider",
        "description": "You are a Recovery Coach. Next: Senior Recovery Coach or Team Lead.",
        "tracks": lanes,
        "steps": [
            up(0, 1),
            up(0, 0, is_open=True),
            up(1, 0),
            {"path": "M230 226H282", "tip": "M280 220L291 226L280 232Z", "open": True, "across": True},
        ],
        "rungs": [
            rung(0, 2, ["Recovery Support", "Navigator"], "$17.00", "done"),
            rung(0, 1, ["Recovery Coach"], "$19.50", "here", "You are here"),
            rung(0, 0, ["Senior Recovery", "Coach"], "$23.00", "ready", "Ready"),
            rung(1, 1, ["Team Lead"], "$24.00", "reachable", "Can reach"),
            rung(1, 0, ["Program Manager"], "$29.00"),
        ],
        "caption": "Thick arrows are steps open to you; broken ones lead to another track.",
    }


def sample_lists() -> dict[str, Any]:
    today = date(2026, 6, 12)
    return {
        "today": timezone.localdate(),
        "stats": [
            {"label": "Hours this week", "value": "18 h 30 min", "note": "6 h wait for approval"},
            {"label": "Approved in all", "value": "1,200 h"},
            {"label": "Credential", "value": "Active", "note": "until May 4, 2027", "url": "#"},
        ],
        "rows": [
            ("Number", "MN-27A4-91"),
            ("Level", "Certified Peer Specialist, Level I"),
            ("Expires", "May 4, 2027"),
        ],
        "events": [
            {"when": today, "what": "Approved", "note": "by Rosa Delgado", "tone": "ok"},
            {
                "when": today - timedelta(days=3),
                "what": "Asked for more",
                "note": "The date is missing.",
                "tone": "wait",
            },
            {"when": today - timedelta(days=9), "what": "Handed in", "tone": "accent"},
            {"when": "May 2027", "what": "Expires", "future": True},
        ],
        "tabs": [
            {"label": "Hours", "url": "#", "current": True},
            {"label": "Training", "url": "#", "count": 3},
            {"label": "Supervision", "url": "#"},
        ],
        "steps": ["Your goal", "Your record", "Evidence", "Check and hand in"],
        "path": [
            {"state": "met", "label": "Training", "note": "40 h, March 2024"},
            {"state": "here", "label": "1,200 h of 4,000 h", "note": "2,799 h 30 min to go"},
            {"state": "waiting", "label": "References", "note": "one waits for review"},
            {"state": "goal", "label": "Level II", "note": "April 2028 at your pace"},
        ],
        "files": [
            {"name": "certificate.pdf", "url": "#", "kind": "PDF", "size": 340_000, "status": "accepted"},
            {"name": "letter.jpg", "url": "#", "kind": "JPEG", "size": 1_240_000, "status": "stated"},
        ],
        "above": [{"label": "Home", "url": "#"}, {"label": "Hours", "url": "#"}],
        "questions": [
            {
                "id": "q1",
                "title": "What counts as supervised?",
                "body": "An agreement was in force on that day.",
                "open": True,
            },
            {
                "id": "q2",
                "title": "Who sees my hours?",
                "body": "You, your supervisor, and the authority you apply to.",
            },
        ],
        "workers": ["Ana Morales", "Devon Reed", "Li Wen"],
    }
