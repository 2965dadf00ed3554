"""Forms about signing by a link."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class AskForm(forms.Form):
    """Where a link is sent; the worker cannot choose it."""

    email = forms.EmailField(
        label=_("Their email address"),
        help_text=_("The link works once and for 30 days. Whoever has it can sign: make sure it is theirs."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, chooses: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not chooses:
            del self.fields["email"]


class LinkForm(forms.Form):
    """What somebody who signs through a link states of themselves."""

    name = forms.CharField(
        label=_("Your full name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    role = forms.CharField(
        label=_("Your role at that time"),
        max_length=200,
        help_text=_("For example: clinical supervisor"),
    )
    relationship = forms.CharField(
        label=_("How you know of these hours"),
        max_length=300,
        help_text=_("For example: I supervised this person every week."),
    )
