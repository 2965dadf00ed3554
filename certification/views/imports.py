"""A worker brings in a record file: look at what it would make, put it in, take it back."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.htmx import render_form
from accounts.refusals import Refused, on_form
from accounts.requests import SignedIn
from accounts.templatetags.ui import day as format_day
from certification import record_imports
from certification.models import RecordImport
from certification.paper_forms import RecordForm
from certification.record_imports import digest
from certification.views.goals import own_record
from certification.wording import stated
from workers.models import Statement
from workers.words import code_in_words

CONFIRM = "confirm"


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def bring_in(request: SignedIn) -> HttpResponse:
    """Paste or choose a file, look at what it makes, and put it in. Before that nothing is stored.

    `seen` is the digest of what the person looked at: what was changed since is shown again first.
    """
    worker = own_record(request)
    posted = request.method == "POST"
    form = RecordForm(*((request.POST, request.FILES) if posted else ()))
    context: dict[str, Any] = {"form": form, "imports": worker.record_imports.all()}
    if not form.is_valid():
        return render_form(request, "certification/goals/bring_in.html", context, wrong=form)
    seen = digest(form.record)
    if request.POST.get("step") == CONFIRM and request.POST.get("seen") == seen:
        try:
            made, is_new = record_imports.store(worker=worker, record=form.record, by=request.user)
        except Refused as refusal:
            on_form(form, refusal)
        else:
            if is_new:
                messages.success(request, _("It is in your record as your own word."))
            else:
                messages.info(request, _("You brought this in before. Nothing was added."))
            return redirect("certification:brought_in", pk=made.pk)
    found = record_imports.plan(worker, form.record)
    context |= {"plan": found, "seen": seen, "groups": groups(found), "hours": hours(found.hours)}
    return render_form(request, "certification/goals/bring_in.html", context, wrong=form)


def groups(plan: record_imports.Plan) -> list[dict[str, Any]]:
    """The lines of a plan as the page lists them."""
    kinds = dict(Statement.Kind.choices)

    def told(line: record_imports.Line) -> dict[str, Any]:
        return {
            "kind": kinds[line.kind],
            "what": stated(line.statement) if line.statement else roughly(line.said),
            "path": line.path,
            "reason": line.reason,
        }

    titles = {
        _("Goes into your record"): plan.new,
        _("Is there already"): plan.there,
        _("Is left out"): plan.left_out,
    }
    return [
        {"title": title, "lines": [told(line) for line in lines]} for title, lines in titles.items() if lines
    ]


def roughly(said: dict[str, Any]) -> str:
    """A fact that cannot be stated as it stands, so that the person knows which is meant."""
    day = said.get("day")
    told = [said.get("name"), code_in_words(said.get("code") or ""), day and format_day(day)]
    return ", ".join(part for part in told if part)


def hours(summary: dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Hours that a file speaks of: {what, minutes, from, to, supervised, pay}."""
    rows = [(code_in_words(row.get("in", "")) or _("Work"), row) for row in summary.get("experience", [])]
    rows += [(_("Supervision received"), row) for row in summary.get("supervision", [])]
    return [
        {
            "what": what,
            "minutes": round(row["hours"] * 60),
            "from": date.fromisoformat(row["from"]) if "from" in row else None,
            "to": date.fromisoformat(row["to"]) if "to" in row else None,
            "supervised": row.get("supervised"),
            "pay": code_in_words(row.get("pay", "")),
        }
        for what, row in rows
    ]


@login_required
@never_cache
@require_safe
def brought_in(request: SignedIn, pk: int) -> HttpResponse:
    """What one file made, and how to take it back."""
    made = get_object_or_404(RecordImport.objects.visible_to(request.user), pk=pk)
    context = {
        "made": made,
        "statements": [
            {"kind": row.get_kind_display(), "what": stated(row), "withdrawn": row.withdrawn_at}
            for row in made.statements.all()
        ],
        "hours": hours(made.hours),
    }
    return render(request, "certification/goals/brought_in.html", context)


@login_required
@require_POST
def take_back(request: SignedIn, pk: int) -> HttpResponse:
    made = get_object_or_404(RecordImport.objects.visible_to(request.user).select_related("worker"), pk=pk)
    try:
        kept = record_imports.undo(made, by=request.user)
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("It is taken back."))
        if kept:
            words = ngettext(
                "%(count)s fact stays, because an application rests on it.",
                "%(count)s facts stay, because an application rests on them.",
                kept,
            )
            messages.info(request, words % {"count": kept})
    return redirect("certification:brought_in", pk=pk)
