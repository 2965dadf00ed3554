"""Paper applications at an authority's desk: typed in, as a record file, or many at once. Nothing is kept."""

import csv
import json
from collections.abc import Iterable, Iterator
from io import StringIO
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.htmx import render_form
from accounts.policy import Permission, require
from accounts.requests import SignedIn
from certification import paper
from certification.paper_forms import BatchForm, QuestionForm, RecordForm
from certification.paper_questions import Paper
from certification.requirements.findings import Verdict
from certification.requirements.nearest import keeps_out
from certification.requirements.record import Record
from certification.wording import Wording
from workers.sheets import safe


def tabs(current: str) -> list[dict[str, Any]]:
    labels = {
        "desk_paper": _("Fill in"),
        "desk_paper_record": _("Record file"),
        "desk_paper_batch": _("Many at once"),
    }
    return [
        {"label": label, "url": reverse(f"certification:{name}"), "current": name == current}
        for name, label in labels.items()
    ]


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def fill_in(request: SignedIn) -> HttpResponse:
    """The fields that one standard asks for. The address says which standard, nothing of the person."""
    require(request.user, Permission.APPLICATION_REVIEW)
    standards = paper.standards_of(request.user)
    choose = QuestionForm(request.GET if "standard" in request.GET else None, standards=standards)
    context = {"tabs": tabs("desk_paper"), "choose": choose, "any": bool(standards)}
    if not choose.is_valid():
        return render_form(request, "certification/desk/paper.html", context, wrong=choose)
    question = choose.question
    words = Wording()
    form = Paper(
        question.requirement,
        level=question.standard.level.code,
        words=words,
        data=request.POST if request.method == "POST" else None,
    )
    context |= {"paper": form, "question": question}
    if request.method != "POST":
        return render(request, "certification/desk/paper.html", context)
    if not form.is_valid():
        return render_form(request, "certification/desk/paper.html", context, wrong=True)
    context |= answer(question, form.record, words) | {"text": paper.record_text(form.data)}
    return render(request, "certification/desk/paper.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def record(request: SignedIn) -> HttpResponse:
    """A record pasted or chosen as a file."""
    require(request.user, Permission.APPLICATION_REVIEW)
    standards = paper.standards_of(request.user)
    posted = request.method == "POST"
    choose = QuestionForm(request.POST if posted else None, standards=standards, prefix="by")
    form = RecordForm(*((request.POST, request.FILES) if posted else ()))
    context = {"tabs": tabs("desk_paper_record"), "choose": choose, "form": form, "any": bool(standards)}
    both_read = [choose.is_valid(), form.is_valid()]
    if all(both_read):
        context |= answer(choose.question, form.record, Wording())
    return render_form(
        request, "certification/desk/paper_record.html", context, wrong=posted and not all(both_read)
    )


def answer(question: paper.Question, found: Record, words: Wording) -> dict[str, Any]:
    """What the page says of a record."""
    finding = paper.judge(question, found)
    return {
        "question": question,
        "verdict": finding.verdict.value,
        "is_met": finding.verdict == Verdict.MET,
        "missing": [words.tree(leaf) for leaf in keeps_out(finding)],
        "tree": words.tree(finding),
    }


# Many at once


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def batch(request: SignedIn) -> HttpResponse:
    """A file of requests; its answer is handed back as a file."""
    require(request.user, Permission.APPLICATION_REVIEW)
    form = BatchForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if not form.is_valid():
        context = {"tabs": tabs("desk_paper_batch"), "form": form, "most": paper.MOST_LINES}
        return render_form(request, "certification/desk/paper_batch.html", context, wrong=form)
    on = timezone.localdate()
    told = paper.answers(form.cleaned_data["file"], on=on)
    kind = form.cleaned_data["answer"]
    done = HttpResponse(
        as_table(told) if kind == "csv" else as_lines(told),
        content_type="text/csv; charset=utf-8" if kind == "csv" else "application/x-ndjson; charset=utf-8",
    )
    done["Content-Disposition"] = f'attachment; filename="answers-{on.isoformat()}.{kind}"'
    return done


def as_lines(told: Iterable[dict[str, Any]]) -> Iterator[str]:
    for one in told:
        yield json.dumps(one, ensure_ascii=False) + "\n"


COLUMNS = ("id", "standard", "on", "status", "missing", "line", "error")


def as_table(told: Iterable[dict[str, Any]]) -> Iterator[str]:
    """One row an answer: what is missing in sentences, or what is wrong in the line."""
    language = "es" if (get_language() or "").startswith("es") else "en"
    yield "\ufeff"  # so that spreadsheets read the accents
    yield row(COLUMNS)
    for one in told:
        error = one.get("error")
        cells = one | {
            "status": "error" if error else one["status"],
            "missing": "; ".join(missing_in(one, language)),
            "error": error["message"] if error else "",
        }
        yield row([cells.get(name, "") for name in COLUMNS])


def missing_in(one: dict[str, Any], language: str) -> Iterator[str]:
    """What keeps the person out, each with the reason."""
    leaves = {leaf["path"]: leaf for leaf in leaves_of(one.get("findings"))}
    for line in one.get("unmet", ()):
        leaf = leaves[line["path"]]
        yield f"{leaf['asks'][language]}: {leaf['reason'][language]}"


def leaves_of(finding: dict[str, Any] | None) -> Iterator[dict[str, Any]]:
    if finding is None:
        return
    if "asks" in finding:
        yield finding
    for child in finding.get("children", ()):
        yield from leaves_of(child)


def row(cells: Iterable[Any]) -> str:
    written = StringIO()
    csv.writer(written).writerow([safe(cell) for cell in cells])
    return written.getvalue()
