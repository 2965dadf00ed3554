"""The forms of accounts. allauth reads this module while it loads: it must not import allauth's forms."""

from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class SignUpDetails(forms.Form):
    """What we ask at sign-up besides e-mail address and password. The sign-up by API asks the same."""

    given_name = forms.CharField(
        label=_("Given name"), max_length=100, widget=forms.TextInput({"autocomplete": "given-name"})
    )
    family_name = forms.CharField(
        label=_("Family name"), max_length=100, widget=forms.TextInput({"autocomplete": "family-name"})
    )
    language = forms.ChoiceField(
        label=_("Language"), choices=settings.LANGUAGES, initial=get_language, required=False
    )

    field_order = ["given_name", "family_name", "email", "password1", "language"]

    def signup(self, request: HttpRequest, user: User) -> None:
        user.given_name = self.cleaned_data["given_name"]
        user.family_name = self.cleaned_data["family_name"]
        user.language = self.cleaned_data["language"] or get_language() or settings.LANGUAGE_CODE
        user.save(update_fields=["given_name", "family_name", "language"])
