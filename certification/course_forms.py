"""Forms of the authority's page of courses."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from certification.models import Authority


class CourseFilter(forms.Form):
    show = forms.ChoiceField(
        label=_("Show"),
        required=False,
        choices=[
            ("", _("All courses")),
            ("approved", _("Approved by us")),
            ("open", _("Not approved by us")),
        ],
    )
    words = forms.CharField(label=_("Title or provider"), required=False, max_length=100)


class ApprovalForm(forms.Form):
    authority = forms.ModelChoiceField(Authority.objects.none(), label=_("Authority"), empty_label=None)
    started_on = forms.DateField(
        label=_("From"),
        initial=timezone.localdate,
        help_text=_("Completions of this day and later count. It may lie in the past."),
    )
    ended_on = forms.DateField(label=_("Until"), required=False, help_text=_("Leave it empty if it goes on."))

    def __init__(self, *args: Any, authorities: QuerySet[Authority], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._only = None
        field: Any = self.fields["authority"]
        field.queryset = authorities
        if len(authorities) == 1:
            self._only = authorities[0]
            del self.fields["authority"]

    def given(self) -> dict[str, Any]:
        return {"authority": self._only, **self.cleaned_data} if self._only else self.cleaned_data


class EndApprovalForm(forms.Form):
    ended_on = forms.DateField(label=_("Last day of completion that counts"), initial=timezone.localdate)
