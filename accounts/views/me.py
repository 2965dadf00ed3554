"""What belongs to the person alone: notices, settings, who looked at their record, the language."""

from django.conf import settings as config
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.i18n import set_language

from accounts import people
from accounts.forms import SettingsForm
from accounts.htmx import go_to, render_form
from accounts.models import Access, User
from accounts.requests import SignedIn

PAGE = 25


@login_required
@require_safe
def notices(request: SignedIn) -> HttpResponse:
    page = Paginator(request.user.notices.order_by("-created_at", "-pk"), PAGE).get_page(
        request.GET.get("page")
    )
    return render(request, "accounts/notices.html", {"page": page})


@login_required
@require_POST
def read_notice(request: SignedIn, pk: int) -> HttpResponse:
    """Mark it read and go where it leads."""
    notice = get_object_or_404(request.user.notices, pk=pk)
    people.read_notices(user=request.user, notice=notice)
    ours = url_has_allowed_host_and_scheme(notice.url, allowed_hosts=None)
    return redirect(notice.url if notice.url and ours else "accounts:notices")


@login_required
@require_POST
def read_all_notices(request: SignedIn) -> HttpResponse:
    people.read_notices(user=request.user)
    messages.success(request, _("All notices are marked as read."))
    return redirect("accounts:notices")


@login_required
@require_http_methods(["GET", "POST"])
def settings(request: SignedIn) -> HttpResponse:
    # The form's instance takes the new values before the action compares them: a copy of its own.
    form = SettingsForm(request.POST or None, instance=User.objects.get(pk=request.user.pk))
    if request.method == "POST" and form.is_valid():
        people.change_settings(user=request.user, by=request.user, **form.cleaned_data)
        translation.activate(request.user.language)
        messages.success(request, _("Your settings are stored."))
        return go_to(request, "accounts:settings")
    return render_form(request, "accounts/settings.html", {"form": form}, wrong=form)


@login_required
@require_safe
def looks(request: SignedIn) -> HttpResponse:
    """Who looked at my record, when, and at what."""
    seen = Access.objects.filter(about=request.user).select_related("viewer", "system", "organisation")
    page = Paginator(seen.order_by("-at", "-pk"), PAGE).get_page(request.GET.get("page"))
    return render(request, "accounts/looks.html", {"page": page})


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Django's switch, which sets a cookie; a person who is signed in keeps the choice with their account."""
    chosen = request.POST.get("language", "")
    if request.user.is_authenticated and chosen in dict(config.LANGUAGES):
        people.choose_language(user=request.user, language=chosen)
    return set_language(request)
