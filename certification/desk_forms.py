"""Forms of the authority's desk."""

from typing import Any, cast

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from certification import drafts
from certification.credentials import Status as Standing
from certification.models import Application, ApplicationItem, Level
from certification.requirements.error_words import told
from certification.requirements.language import Requirement
from certification.requirements.values import RequirementError

Status = Application.Status
Decision = ApplicationItem.Decision

WAITING = "waiting"
MINE, NOBODY = "me", "nobody"


class QueueFilter(forms.Form):
    """What the queue shows. Without a choice: what waits for the authority."""

    q = forms.CharField(label=_("Number or name"), required=False, max_length=100)
    status = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[
            ("", _("Waiting for us")),
            ("any", _("Any")),
            *[choice for choice in Status.choices if choice[0] != Status.DRAFT],
        ],
    )
    level = forms.ModelChoiceField(
        label=_("Level"), queryset=Level.objects.none(), required=False, empty_label=_("Any level")
    )
    assigned = forms.ChoiceField(
        label=_("Reviewer"),
        required=False,
        choices=[("", _("Anybody")), (MINE, _("Me")), (NOBODY, _("Nobody yet"))],
    )

    def __init__(self, *args: Any, organisations: set[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        levels = Level.objects.filter(program__authority__organisation__in=organisations)
        cast(forms.ModelChoiceField, self.fields["level"]).queryset = levels.order_by("title")


class CredentialFilter(forms.Form):
    q = forms.CharField(label=_("Number or name"), required=False, max_length=100)
    status = forms.ChoiceField(
        label=_("Status today"), required=False, choices=[("", _("Any")), *Standing.choices]
    )


class AssignForm(forms.Form):
    to = forms.ModelChoiceField(label=_("Reviewer"), queryset=User.objects.none())

    def __init__(self, *args: Any, reviewers: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.filter(pk__in=[user.pk for user in reviewers])
        cast(forms.ModelChoiceField, self.fields["to"]).queryset = people


class DecisionForm(forms.Form):
    """One requirement of an application, looked at."""

    decision = forms.ChoiceField(
        label=_("Your decision"),
        widget=forms.RadioSelect,
        choices=[
            (Decision.ACCEPTED, _("Accept")),
            (Decision.ASKED, _("Ask for more")),
            (Decision.REJECTED, _("Do not accept")),
        ],
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The applicant reads it. Needed unless you accept."),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class ReasonForm(forms.Form):
    """A step that the applicant or holder is told the reason of."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The person reads it. Do not name a diagnosis."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ActForm(ReasonForm):
    """What happens to a credential, and from which day."""

    on = forms.DateField(label=_("From which day"), help_text=_("Today, earlier or later."))


class RenewForm(forms.Form):
    on = forms.DateField(label=_("From which day"))
    expires_on = forms.DateField(
        label=_("Valid through"),
        required=False,
        help_text=_("Leave it empty for the term that the standard sets."),
    )


class WhatIfForm(forms.Form):
    """A draft of what a level asks."""

    requires = forms.CharField(
        label=_("What the level would ask"),
        help_text=_("Change it and see what would follow. Nothing is saved or published."),
        max_length=drafts.LONGEST,
        widget=forms.Textarea(attrs={"rows": 18, "spellcheck": "false", "autocapitalize": "off"}),
    )

    without_papers = forms.BooleanField(
        label=_("Leave papers aside"),
        help_text=_(
            "Takes exams, references, training and all else that a person looks at as handed in: "
            "hours, supervision, age and credentials decide."
        ),
        required=False,
        initial=True,
    )

    def clean_requires(self) -> Requirement:
        """Raises ValidationError with the path of what is wrong, what was found and what was expected."""
        try:
            return drafts.read(self.cleaned_data["requires"])
        except RequirementError as error:
            raise forms.ValidationError(
                _("At %(path)s: found %(found)s, expected %(expected)s."),
                params=told(error, get_language() or "en"),
            ) from None
