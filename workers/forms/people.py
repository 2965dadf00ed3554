"""Forms of employers: agreements and delegates."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from workers import supervision
from workers.models import Agreement, Delegate
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


TAKES_OVER = [
    (Delegate.Kind.SUBSTITUTE, _("A supervisor takes over and signs them")),
    (Delegate.Kind.COLLEAGUE, _("A colleague attests them: approved, but not supervised hours")),
]


class _WhoSigns(forms.Form):
    """Who takes over what waits: one field for both kinds, as a person may be either."""

    kind: str
    person: User | None

    def __init__(self, *args: Any, agreement: Agreement, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        signers: Any = self.fields["substitute"]
        signers.queryset = supervision.supervisors(agreement.employer).exclude(pk=agreement.supervisor_id)
        colleagues: Any = self.fields["colleague"]
        colleagues.queryset = supervision.colleagues(agreement).exclude(pk=agreement.supervisor_id)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("substitute") and given.get("colleague"):
            raise forms.ValidationError({"colleague": _("Name a substitute or a colleague, not both.")})
        self.person = given.get("substitute") or given.get("colleague")
        self.kind = Delegate.Kind.COLLEAGUE if given.get("colleague") else Delegate.Kind.SUBSTITUTE
        return given


def _substitute() -> forms.ModelChoiceField:
    return forms.ModelChoiceField(
        User.objects.none(),
        label=_("Substitute, who signs what still waits"),
        required=False,
        empty_label=_("Nobody for now"),
        help_text=_("A supervisor of yours. Hours count as they would have under the supervisor who left."),
    )


def _colleague() -> forms.ModelChoiceField:
    return forms.ModelChoiceField(
        User.objects.none(),
        label=_("Or a colleague, who attests it"),
        required=False,
        empty_label=_("Nobody for now"),
        help_text=_(
            "Somebody who saw the work. The hours are marked as attested and count as approved, never as"
            " supervised."
        ),
    )


class EndAgreementForm(_WhoSigns):
    ended_on = forms.DateField(label=_("Last day"), initial=timezone.localdate)
    substitute = _substitute()
    colleague = _colleague()


class HandOverForm(_WhoSigns):
    substitute = _substitute()
    colleague = _colleague()

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if not self.errors and self.person is None:
            raise forms.ValidationError({"substitute": _("Name a substitute or a colleague.")})
        return given


class VouchForm(forms.Form):
    """What qualifies a supervisor. Employers choose one of theirs; authorities name one by email address."""

    supervisor = forms.ModelChoiceField(
        User.objects.none(), label=_("Supervisor"), empty_label=_("Choose a supervisor")
    )
    email = forms.EmailField(
        label=_("Email address of the supervisor"),
        help_text=_("The one that they sign in with. They must supervise somebody here."),
    )
    basis = forms.ChoiceField(
        label=_("What qualifies them"),
        choices=[choice for choice in Basis.choices if choice[0] != Basis.NOT_QUALIFIED],
    )
    evidence = forms.CharField(
        label=_("How it can be checked"),
        required=False,
        max_length=200,
        help_text=_("Like the number of a license, and who issued it."),
    )
    started_on = forms.DateField(label=_("From"))
    ended_on = forms.DateField(
        label=_("Until"), required=False, help_text=_("The day on which it runs out, if it does.")
    )

    def __init__(self, *args: Any, voucher: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if voucher.kind == Organisation.Kind.AUTHORITY:
            del self.fields["supervisor"]
        else:
            del self.fields["email"]
            _members(self.fields["supervisor"], voucher)

    def clean_email(self) -> str:
        email = self.cleaned_data["email"]
        found = User.objects.filter(email__iexact=email, agreements__isnull=False).first()
        if found is None:
            raise forms.ValidationError(_("Nobody of this address supervises here."))
        self.cleaned_data["supervisor"] = found
        return email

    def given(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "email"}


class StatusEndForm(forms.Form):
    ended_on = forms.DateField(
        label=_("Until"), required=False, help_text=_("Leave it empty if it goes on without an end.")
    )


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
