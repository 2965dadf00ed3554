"""One agreement of supervision, and who takes over what its supervisor left open."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q, Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import trail
from accounts.htmx import go_to, render_form
from accounts.models import Organisation
from accounts.policy import Permission, may, require
from accounts.refusals import Refused, on_form
from accounts.requests import SignedIn
from workers import supervision
from workers.forms.people import HandOverForm
from workers.models import Agreement, SupervisorStatus
from workers.views.common import posted


def agreement_or_404(request: SignedIn, pk: int) -> Agreement:
    found = Agreement.objects.visible_to(request.user)
    return get_object_or_404(found.select_related("worker__user", "supervisor", "employer"), pk=pk)


@login_required
@require_safe
def agreement(request: SignedIn, pk: int) -> HttpResponse:
    """Who supervises whom, and by what qualification on each day: for all three of them."""
    found = agreement_or_404(request, pk)
    trail.saw("job", subject=found, viewer=request.user, organisation_id=found.employer_id)
    manages = may(request.user, Permission.PEOPLE_MANAGE, on=found)
    waiting = supervision.waiting_under(found)
    context = {
        "agreement": found,
        "statuses": statuses_of(found),
        "delegates": found.delegates.select_related("user").order_by("started_on", "pk"),
        "waiting": waiting.aggregate(minutes=Sum("minutes", default=0))["minutes"],
        "manages": manages,
        "ended": not supervision.today_or_later(found.ended_on),
        "is_mine": found.worker.user_id == request.user.pk,
        "today": timezone.localdate(),
        "panels": panels(request, found),
    }
    return render(request, "workers/agreement.html", context)


def statuses_of(found: Agreement) -> list[SupervisorStatus]:
    """What is put down of the supervisor that bears on an agreement, by the employer or an authority."""
    kept = SupervisorStatus.objects.standing().filter(supervisor=found.supervisor_id)
    bearing = kept.filter(Q(voucher=found.employer_id) | Q(voucher__kind=Organisation.Kind.AUTHORITY))
    return list(bearing.select_related("voucher").order_by("started_on", "pk"))


def panels(request: SignedIn, found: Agreement) -> list[str]:
    """What other apps say of an agreement (settings.AGREEMENT_PANELS)."""
    shown: list[dict[str, Any] | None] = [
        import_string(name)(found, request.user, request.GET) for name in settings.AGREEMENT_PANELS
    ]
    return [render_to_string(one["template"], one["context"], request) for one in shown if one]


@login_required
@require_http_methods(["GET", "POST"])
def hand_over(request: SignedIn, pk: int) -> HttpResponse:
    """Name who signs, or attests, what still waits under an agreement."""
    found = agreement_or_404(request, pk)
    require(request.user, Permission.PEOPLE_MANAGE, on=found)
    form = HandOverForm(posted(request)[0], agreement=found)
    if request.method == "POST" and form.is_valid() and form.person:
        try:
            supervision.hand_over(found, to=form.person, kind=form.kind, by=request.user)
        except Refused as refusal:
            on_form(form, refusal)
        else:
            messages.success(request, _("Named. Both were told."))
            return go_to(request, "workers:agreement", pk)
    return render_form(request, "workers/hand_over.html", {"form": form, "agreement": found}, wrong=form)
