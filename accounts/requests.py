"""What a view knows of its request."""

from django.http import HttpRequest

from accounts.models import User


class SignedIn(HttpRequest):
    """The request of a view that is only for people who are signed in (`login_required`)."""

    user: User
