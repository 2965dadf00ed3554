"""What a verifier types."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from certification.models import Jurisdiction


class FamilyNameForm(forms.Form):
    """For a page that knows the number."""

    family_name = forms.CharField(
        label=_("Family name"),
        max_length=100,
        help_text=_("Of the holder, as on the certificate."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    on = forms.DateField(
        label=_("On which day"),
        required=False,
        help_text=_("Leave it empty for today. For a past day, the status of that day is told."),
    )


class VerifyForm(FamilyNameForm):
    number = forms.CharField(
        label=_("Number of the credential"),
        max_length=40,
        help_text=_("Like MNCPS-000123-X. Spaces and small letters do not matter."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    field_order = ["number", "family_name", "on"]


class SearchForm(forms.Form):
    q = forms.CharField(label=_("Name"), max_length=100, min_length=2)
    state = forms.ChoiceField(label=_("State"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        states = Jurisdiction.objects.values_list("code", "name").order_by("name")
        state: Any = self.fields["state"]
        state.choices = [("", _("Any state")), *states]
