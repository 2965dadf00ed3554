"""One small form for each kind of statement, made from its shape."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.states import STATES
from workers.forms.fields import CodeField, TimeWorked, read_minutes
from workers.forms.record import FilesField
from workers.statements import SHAPES, Kind
from workers.words import Attested, Basis, Certificate, Education, LivedExperience, Offer, Referee, Topic

#: What people read above a kind's form.
LEADS: dict[str, Any] = {
    Kind.LIVED_EXPERIENCE: _("Only that you have it. Never write down a diagnosis."),
    Kind.RECOVERY: _("Only since when. Never write down a diagnosis or a treatment."),
    Kind.ATTESTATION: _("You say this of yourself; a state you apply to may ask for it in writing."),
    Kind.DOCUMENT: _("Anything else that a state asks you to hand in, under the name it uses."),
    Kind.BACKGROUND_CHECK: _("The day of the check. What it said stays with you and the state."),
    Kind.CREDENTIAL: _("A certificate from another state or body. Those issued here are known already."),
}

_CODES: dict[str, tuple[Any, Any]] = {
    Kind.TRAINING: (_("Topic"), Topic.choices),
    Kind.CONTINUING_EDUCATION: (_("Topic"), Topic.choices),
    Kind.EDUCATION: (_("Highest level"), Education.choices),
    Kind.LIVED_EXPERIENCE: (_("With what"), LivedExperience.choices),
    Kind.ATTESTATION: (_("What you attest"), Attested.choices),
    Kind.REFERENCE: (_("Who gives it"), Referee.choices),
    Kind.QUALIFICATION: (_("Qualification"), []),
    Kind.RESIDENCY: (_("State"), STATES),
    Kind.EMPLOYMENT: (_("What you have"), Offer.choices),
    Kind.CREDENTIAL: (_("Kind"), Certificate.choices),
}
_NAMES: dict[str, Any] = {
    Kind.TRAINING: _("Name of the course"),
    Kind.CONTINUING_EDUCATION: _("Name of the course"),
    Kind.EDUCATION: _("School"),
    Kind.EXAM: _("Name of the exam"),
    Kind.REFERENCE: _("Who wrote it"),
    Kind.DOCUMENT: _("What it is"),
    Kind.FEE: _("For what"),
    Kind.EMPLOYMENT: _("Employer"),
    Kind.CREDENTIAL: _("Name of the credential"),
    Kind.QUALIFICATION: _("In your own words"),
}
_DAYS: dict[str, Any] = {
    Kind.TRAINING: _("Completed on"),
    Kind.CONTINUING_EDUCATION: _("Completed on"),
    Kind.EXAM: _("Passed on"),
    Kind.RECOVERY: _("In recovery since"),
    Kind.BACKGROUND_CHECK: _("Checked on"),
    Kind.CREDENTIAL: _("Issued on"),
    Kind.FEE: _("Paid on"),
}


def _choice(label: Any, choices: list[tuple[str, Any]], *, required: bool) -> forms.Field:
    return forms.ChoiceField(label=label, choices=[("", _("Choose")), *choices], required=required)


def _code(kind: str, required: bool) -> forms.Field:
    label, choices = _CODES[kind]
    if SHAPES[kind].codes:
        return _choice(label, list(choices), required=required)
    return CodeField(
        label=label, known=list(choices), required=required, help_text=_("Choose one, or write it yourself.")
    )


def _field(kind: str, name: str, required: bool) -> forms.Field:
    match name:
        case "code":
            return _code(kind, required)
        case "name":
            return forms.CharField(label=_NAMES.get(kind, _("Name")), max_length=300, required=required)
        case "day":
            return forms.DateField(label=_DAYS.get(kind, _("Date")), required=required)
        case "until":
            return forms.DateField(label=_("Valid until"), required=required)
        case "minutes":
            return TimeWorked(label=_("Hours"), required=required, help_text=_("Like 40 or 7:30"))
        case _:
            return forms.DecimalField(
                label=_("Amount in dollars"), min_value=0, decimal_places=2, max_digits=9, required=required
            )


class HoursByTopic(forms.CharField):
    """Lines of "topic: hours"; gives hours by the topic's code."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Hours by topic"),
            help_text=_(
                "If the certificate splits its hours: a topic and its hours in each line, like “Ethics: 6”."
            ),
            widget=forms.Textarea({"rows": 3}),
            required=False,
        )
        self.topic = CodeField(known=list(Topic.choices))

    def clean(self, value: Any) -> dict[str, float]:
        split = {}
        for line in super().clean(value).splitlines():
            if not line.strip():
                continue
            topic, _colon, hours = line.rpartition(":") if line.count(":") == 1 else line.partition(":")
            minutes = read_minutes(hours)
            if not topic.strip() or minutes is None:
                raise forms.ValidationError(
                    _("Write “%(line)s” as a topic, a colon and hours."), params={"line": line.strip()}
                )
            split[self.topic.clean(topic.strip())] = round(minutes / 60, 4)
        return split


_DETAILS: dict[str, Any] = {
    "provider": lambda: CodeField(label=_("Provider"), known=[], required=False),
    "mode": lambda: _choice(
        _("How it was held"), [("live", _("In person")), ("online", _("Online"))], required=False
    ),
    "days": lambda: forms.DecimalField(label=_("Days"), min_value=0, required=False),
    "approved": lambda: forms.NullBooleanField(
        label=_("Approved by the state or board"),
        required=False,
        widget=forms.Select(choices=[("", _("I do not know")), ("true", _("Yes")), ("false", _("No"))]),
    ),
    "by_topic": HoursByTopic,
    "education_field": lambda: CodeField(label=_("Field of study"), known=[], required=False),
    "percent": lambda: forms.DecimalField(
        label=_("Score in percent"), min_value=0, max_value=100, required=False
    ),
    "count": lambda: forms.IntegerField(
        label=_("How many references"), min_value=1, max_value=20, required=False
    ),
    "basis": lambda: _choice(_("Why there"), list(Basis.choices), required=False),
    "share_percent": lambda: forms.DecimalField(
        label=_("Share of your time there, in percent"), min_value=0, max_value=100, required=False
    ),
    "level": lambda: forms.SlugField(label=_("Code of the level, if you know it"), required=False),
    "state": lambda: _choice(_("State that issued it"), list(STATES), required=False),
    "training_hours": lambda: forms.DecimalField(
        label=_("Hours of training behind it"), min_value=0, required=False
    ),
}


class StatementForm(forms.Form):
    """The fields of one kind, and the files that show it."""

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shape = SHAPES[kind]
        for name in (*shape.needs, *shape.takes):
            self.fields[name] = _field(kind, name, name in shape.needs)
        for name in shape.details:
            self.fields[name] = _DETAILS[name]()
        self.fields["files"] = FilesField(
            label=_("Files that show it"), help_text=_("PDF, JPEG or PNG"), required=False
        )
        self.details = shape.details

    def given(self) -> dict[str, Any]:
        """As `statements.add` takes it, without the files."""
        given = {
            name: value
            for name, value in self.cleaned_data.items()
            if name not in self.details and name != "files"
        }
        details = {name: self.cleaned_data[name] for name in self.details}
        return given | {
            "details": {name: value for name, value in details.items() if value not in (None, "")}
        }
