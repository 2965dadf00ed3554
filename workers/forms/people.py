"""Forms of employers: agreements and delegates."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from workers import supervision
from workers.models import Agreement
from workers.models.supervision import Basis


def _members(field: Any, employer: Organisation) -> None:
    field.queryset = supervision.supervisors(employer)


class AgreementForm(forms.Form):
    supervisor = forms.ModelChoiceField(
        User.objects.none(),
        label=_("Supervisor"),
        empty_label=_("Choose a supervisor"),
        help_text=_("Members of your organization with the role of supervisor."),
    )
    basis = forms.ChoiceField(
        label=_("What qualifies them"),
        choices=Basis.choices,
        help_text=_(
            "Hours count as supervised only under a qualified supervisor. States differ in whom they take."
        ),
    )
    started_on = forms.DateField(label=_("From"), initial=timezone.localdate)
    ended_on = forms.DateField(label=_("Until"), required=False, help_text=_("Leave it empty if it goes on."))

    def __init__(self, *args: Any, employer: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _members(self.fields["supervisor"], employer)


class DelegateForm(forms.Form):
    user = forms.ModelChoiceField(
        User.objects.none(), label=_("Who stands in"), empty_label=_("Choose a supervisor")
    )
    started_on = forms.DateField(label=_("From"), initial=timezone.localdate)
    ended_on = forms.DateField(label=_("Until"), initial=lambda: timezone.localdate() + timedelta(days=14))

    def __init__(self, *args: Any, agreement: Agreement, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _members(self.fields["user"], agreement.employer)
        users: Any = self.fields["user"]
        users.queryset = users.queryset.exclude(pk=agreement.supervisor_id)


class PeopleFilter(forms.Form):
    """Which of the people an employer sees."""

    show = forms.ChoiceField(
        label=_("Show"),
        required=False,
        choices=[
            ("", _("Who works here now")),
            ("unconfirmed", _("Not confirmed yet")),
            ("unsupervised", _("Without a supervisor")),
            ("former", _("Who worked here")),
        ],
    )
    name = forms.CharField(label=_("Name"), required=False, max_length=100)
