"""The public catalogue: what every state asks, since when, and where that is written."""

import json
from typing import Any

import yaml
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from certification.catalogue import pages
from certification.forms import StandardsFilter
from certification.models import Goal, Jurisdiction, Level
from certification.telling import asks, changed
from certification.wording import Wording
from workers.models import Worker

#: Levels listed for a search before the reader is asked to say more.
MOST_HITS = 20
FORMATS = {"json": "application/json", "yaml": "application/yaml"}


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    chosen = StandardsFilter(request.GET)
    wanted = chosen.cleaned_data if chosen.is_valid() else {}
    text = wanted.get("q", "")
    found = list(pages.jurisdictions(text, wanted.get("status", "")))
    ids = {one.pk for one in found}
    hits = [level for level in pages.levels(text) if level.program.jurisdiction_id in ids] if text else []
    context = {
        "filter": chosen,
        "filtered": any(wanted.values()),
        "jurisdictions": found,
        "hits": hits[:MOST_HITS],
        "more": max(0, len(hits) - MOST_HITS),
    }
    return render(request, "certification/standards/index.html", context)


@require_safe
def jurisdiction(request: HttpRequest, code: str) -> HttpResponse:
    place = get_object_or_404(Jurisdiction, code=code.upper())
    programs = pages.programs(place, timezone.now().date())
    context = {"jurisdiction": place, "programs": programs, "above": [catalogue()]}
    return render(request, "certification/standards/jurisdiction.html", context)


@require_safe
def level(request: HttpRequest, code: str) -> HttpResponse:
    """The version in force today, or the latest there was; the others below it."""
    shown = get_object_or_404(
        Level.objects.select_related("program__jurisdiction", "program__authority"), code=code
    )
    versions = pages.versions(shown, timezone.now().date())
    current = next((one for one in versions if one.is_current), versions[0] if versions else None)
    words = Wording()
    context: dict[str, Any] = {
        "level": shown,
        "above": [catalogue(), place(shown.program.jurisdiction)],
        "version": current,
        "versions": [
            (version, [changed(change, words) for change in version.changes or []]) for version in versions
        ],
        "choice": choice(request, shown),
    }
    if current:
        standard = current.standard
        context["requires"] = asks(standard.requirement, words) if standard.requirement else None
        context["renewal"] = (
            asks(standard.renewal_requirement, words) if standard.renewal_requirement else None
        )
    return render(request, "certification/standards/level.html", context)


def catalogue() -> dict[str, str]:
    """The first step of the path above a page."""
    return {"label": _("Standards"), "url": reverse("certification:standards")}


def place(one: Jurisdiction) -> dict[str, str]:
    return {"label": one.name, "url": reverse("certification:jurisdiction", args=[one.code.lower()])}


def choice(request: HttpRequest, shown: Level) -> dict[str, Any] | None:
    """What a worker can do with this level as a goal; None for everybody else."""
    if not request.user.is_authenticated:
        return None
    worker = Worker.objects.filter(user=request.user).first()
    if worker is None:
        return None
    goal = Goal.objects.filter(worker=worker, level=shown).first()
    return {"goal": goal, "open": shown.withdrawn_at is None and shown.program.withdrawn_at is None}


@require_safe
def data(request: HttpRequest, code: str, form: str) -> HttpResponse:
    """A standard as JSON or YAML; the latest revision, or the one that `?revision=` names."""
    standard = pages.published(code, request.GET.get("revision", ""))
    if standard is None or form not in FORMATS:
        raise Http404
    told = pages.as_data(standard)
    text = (
        json.dumps(told, indent=2, ensure_ascii=False)
        if form == "json"
        else yaml.safe_dump(told, sort_keys=False, allow_unicode=True)
    )
    return HttpResponse(text, content_type=f"{FORMATS[form]}; charset=utf-8")
