"""Forms of the public pages of standards."""

from django import forms
from django.utils.translation import gettext_lazy as _

from certification.models import Jurisdiction


class StandardsFilter(forms.Form):
    q = forms.CharField(label=_("State, title or abbreviation"), required=False, max_length=100)
    status = forms.ChoiceField(
        label=_("Status"), required=False, choices=[("", _("Any")), *Jurisdiction.Status.choices]
    )
