"""The first page: of the site for visitors, of their own work for people who are signed in."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts import navigation


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return render(request, "accounts/front.html")
    start = next((item for item in navigation.menu(request.user) if item.own), None)
    return redirect(start.url if start else "accounts:welcome")


@require_safe
@login_required
def welcome(request: HttpRequest) -> HttpResponse:
    """What brings you here? The first page after the first sign-in."""
    return render(request, "accounts/welcome.html")
