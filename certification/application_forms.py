"""Forms of an application: what a requirement asks is filled in already, the rest is the applicant's."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from workers.forms.record import FilesField
from workers.forms.statements import StatementForm
from workers.models import Statement

Kind = Statement.Kind
#: What the requirement itself says and the applicant need not: field of the statement -> key of the leaf.
SAID: dict[str, dict[str, str]] = {
    Kind.TRAINING: {"code": "topic"},
    Kind.EXAM: {"name": "name"},
    Kind.ATTESTATION: {"code": "to"},
    Kind.QUALIFICATION: {"code": "code", "name": "summary"},
    Kind.DOCUMENT: {"name": "what"},
}
#: What stands in the field before the applicant writes: field -> key of the leaf.
PROPOSED: dict[str, dict[str, str]] = {
    Kind.TRAINING: {"name": "name"},
    Kind.EDUCATION: {"code": "at_least", "education_field": "field"},
    Kind.FEE: {"amount": "usd"},
    Kind.EMPLOYMENT: {"code": "status"},
    Kind.CREDENTIAL: {"code": "kind"},
}
#: Only these codes can serve: key of the leaf.
ONE_OF: dict[str, str] = {Kind.LIVED_EXPERIENCE: "of"}
#: The rarer parts of a statement, asked only where the requirement speaks of them.
RARE: dict[str, tuple[str, ...]] = {
    "percent": ("at_least_percent",),
    "education_field": ("field",),
    "mode": ("live_hours", "online_at_most"),
    "days": ("days",),
    "by_topic": ("by_topic", "max_by_topic"),
    "provider": ("by_provider",),
    "share_percent": ("share_percent",),
    "basis": ("basis",),
    "level": ("kind", "any_of"),
    "state": ("kind", "any_of"),
    "training_hours": ("minimum_training_hours",),
}


class ItemStatementForm(StatementForm):
    """The statement that one requirement asks for."""

    def __init__(
        self, *args: Any, kind: str, asked: Mapping[str, Any], jurisdiction: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, kind=kind, **kwargs)
        self.said = {name: asked[key] for name, key in SAID.get(kind, {}).items() if key in asked}
        for name in self.said:
            del self.fields[name]
        for name in [name for name in self.details if not any(key in asked for key in RARE.get(name, ()))]:
            del self.fields[name]
        self.details = tuple(name for name in self.details if name in self.fields)
        for name, key in PROPOSED.get(kind, {}).items():
            if name in self.fields and key in asked:
                self.fields[name].initial = asked[key]
        if kind == Kind.RESIDENCY:
            self.fields["code"].initial = jurisdiction
        if codes := ONE_OF.get(kind):
            field: Any = self.fields["code"]
            field.choices = [choice for choice in field.choices if choice[0] in ("", *asked[codes])]
        self.fields["files"].help_text = _("PDF, JPEG or PNG. The reviewer sees them.")

    def given(self) -> dict[str, Any]:
        return super().given() | self.said


class AnswerForm(forms.Form):
    """What the applicant wants to say or to attach, whatever is stated."""

    answer = forms.CharField(
        label=_("What you want to say about it"),
        required=False,
        max_length=4000,
        help_text=_("Never write down a diagnosis."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    files = FilesField(  # type: ignore[assignment] # the name of a bound form's uploads, which is set later
        label=_("More files"), required=False, help_text=_("PDF, JPEG or PNG")
    )


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label=_("Why, if you want to say"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
