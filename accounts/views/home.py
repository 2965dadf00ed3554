"""The first page: of the site for visitors, of their own work for people who are signed in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts import navigation


def home(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return render(request, "accounts/front.html")
    items = navigation.menu(request.user)
    return redirect(items[0].url if items else "accounts:welcome")
