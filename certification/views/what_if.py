"""What a draft of a standard would do: for the staff of the authority that would publish it."""

from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.htmx import render_form
from accounts.policy import Permission, require
from accounts.refusals import Refused, on_form
from accounts.requests import SignedIn
from certification import drafts, whatif, whatif_pages
from certification.desk_forms import WhatIfForm
from certification.models import Level, Standard
from certification.requirements.difference import difference
from certification.telling import asks, changed
from certification.wording import Wording


@login_required
@require_safe
def index(request: SignedIn) -> HttpResponse:
    """The levels of the person's authorities."""
    require(request.user, Permission.EFFECT_VIEW)
    in_force = Standard.objects.in_force(timezone.now().date())
    levels = (
        Level.objects.at_authorities_of(request.user)
        .open()
        .select_related("program")
        .prefetch_related(Prefetch("standards", in_force, to_attr="current"))
    )
    return render(request, "certification/what_if/index.html", {"levels": levels})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def level(request: SignedIn, code: str) -> HttpResponse:
    """The text of a draft, first as today's version has it; posted, its effect as a page or as CSV."""
    found = Level.objects.at_authorities_of(request.user).select_related(
        "program__authority", "program__jurisdiction"
    )
    shown = get_object_or_404(found, code=code)
    require(request.user, Permission.EFFECT_VIEW, on=shown)
    on = timezone.now().date()
    today = Standard.objects.in_force(on).filter(level=shown, requires__isnull=False).first()
    asked_today = today.requirement if today else None
    context = {
        "above": [{"label": _("What if"), "url": reverse("certification:what_ifs")}],
        "level": shown,
        "today": today,
        "form": WhatIfForm(initial={"requires": drafts.text_of(today.requires if today else None)}),
    }
    if request.method == "POST":
        form = context["form"] = WhatIfForm(request.POST)
        if form.is_valid():
            draft = form.cleaned_data["requires"]
            try:
                effect = whatif.weigh(
                    level=shown,
                    today=asked_today,
                    draft=draft,
                    on=on,
                    by=request.user,
                    without_papers=form.cleaned_data["without_papers"],
                )
            except Refused as refusal:
                on_form(form, refusal)
            else:
                if request.POST.get("as") == "csv":
                    return whatif_pages.as_csv(effect, name=f"what-if-{shown.code}-{on.isoformat()}")
                words = Wording()
                context |= {
                    "changes": [changed(one, words) for one in difference(asked_today, draft)],
                    "asks": asks(draft, words),
                    "effect": whatif_pages.told(effect),
                }
        return render_form(request, "certification/what_if/level.html", context, wrong=form)
    return render(request, "certification/what_if/level.html", context)
