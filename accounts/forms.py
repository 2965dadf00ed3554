"""The forms of accounts. allauth reads this module while it loads: it must not import allauth's forms."""

import re
from typing import Any, cast

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts import members, people
from accounts.models import ApiClient, Invitation, Organisation, User
from accounts.scopes import Scope
from accounts.states import STATES
from accounts.zones import TIME_ZONES


class SignUpDetails(forms.Form):
    """What we ask at sign-up besides email address and password. The sign-up by API asks the same."""

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


class SettingsForm(forms.ModelForm):
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=TIME_ZONES)

    class Meta:
        model = User
        fields = people.SETTINGS
        labels = {"language": _("Language"), "wants_mail": _("Send my notices by email too")}
        help_texts = {"wants_mail": _("The subject of such a message never says what it is about.")}
        widgets = {
            "given_name": forms.TextInput({"autocomplete": "given-name"}),
            "family_name": forms.TextInput({"autocomplete": "family-name"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("given_name", "family_name"):
            self.fields[name].required = True
        if self.instance.time_zone not in dict(TIME_ZONES):
            # Chosen by API, or a zone that is no longer offered: saving the page must not change it.
            own = (self.instance.time_zone, self.instance.time_zone)
            cast(forms.ChoiceField, self.fields["time_zone"]).choices = [*TIME_ZONES, own]


class EmployerForm(forms.Form):
    name = forms.CharField(
        label=_("Name of the organization"),
        max_length=200,
        widget=forms.TextInput({"autocomplete": "organization"}),
    )
    state = forms.ChoiceField(label=_("State"), choices=[("", _("Choose a state")), *STATES])


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"))

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The role that may do least comes first: whoever sends too fast gives away little.
        cast(forms.ChoiceField, self.fields["role"]).choices = [
            (role.value, role.label.capitalize()) for role in reversed(members.roles_of(organisation))
        ]


class InviteForm(RoleForm):
    email = forms.EmailField(
        label=_("Email address"), help_text=_("The link works only for a person who has this address.")
    )

    field_order = ["email", "role"]

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        Invitation._meta.get_field("email").run_validators(email)
        return email


class LinkForm(forms.Form):
    """The link of an invitation, as somebody pastes it."""

    link = forms.CharField(
        label=_("Link from your invitation"),
        max_length=300,
        help_text=_("Copy the whole link from the message and paste it here."),
        widget=forms.TextInput({"autocomplete": "off", "class": "usa-input--2xl"}),
    )

    def clean_link(self) -> str:
        """The token in the link."""
        found = re.search(r"([A-Za-z0-9_-]{43})/?\s*$", self.cleaned_data["link"])
        if not found:
            raise forms.ValidationError(_("This is not the link of an invitation."))
        return found[1]


class SystemForm(forms.Form):
    name = forms.CharField(
        label=_("Name of the system"),
        max_length=ApiClient._meta.get_field("name").max_length,
        help_text=_("Such as “Payroll”."),
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"), choices=Scope.choices, widget=forms.CheckboxSelectMultiple
    )

    def clean_scopes(self) -> list[Scope]:
        return [Scope(name) for name in self.cleaned_data["scopes"]]


class SuccessorForm(forms.Form):
    """Who takes over what somebody leaves undone."""

    successor = forms.ModelChoiceField(
        User.objects.none(),
        label=_("Who signs the hours that still wait for them"),
        required=False,
        empty_label=_("Nobody for now"),
    )

    def __init__(self, *args: Any, successors: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["successor"]
        field.queryset = successors
