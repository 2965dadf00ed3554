"""Forms of the record: the person, jobs, supervision received, files."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.states import STATES
from workers.evidence import ACCEPT
from workers.forms.fields import TimeWorked, read_minutes
from workers.models import Agreement, Employment, SupervisionSession, Worker
from workers.words import Domain, domains_offered, work_offered

STATE_CHOICES = [("", _("Choose a state")), *STATES]


class StartForm(forms.Form):
    """The beginning of a record."""

    given_name = forms.CharField(label=_("Given name"), max_length=100)
    family_name = forms.CharField(
        label=_("Family name"),
        max_length=100,
        help_text=_("As it should stand on a credential. Whoever checks a credential types it."),
    )
    born_on = forms.DateField(
        label=_("Date of birth"),
        required=False,
        help_text=_("Some states ask for an age. Nobody but you and a state you apply to sees it."),
    )
    state = forms.ChoiceField(label=_("State you live in"), choices=STATE_CHOICES, required=False)


class ProfileForm(StartForm):
    listed = forms.BooleanField(
        label=_("Anyone may find my credentials by my name"),
        required=False,
        help_text=_(
            "To be listed says something about your own experience. Without it, your credential can be "
            "checked only by somebody who has its number and your family name."
        ),
    )

    def __init__(self, data: Any = None, *, worker: Worker) -> None:
        super().__init__(data, initial={name: getattr(worker, name) for name in self.base_fields})


class JobForm(forms.ModelForm):
    class Meta:
        model = Employment
        fields = ["employer", "title", "work", "pay", "state", "started_on", "ended_on"]
        labels = {
            "employer": _("Employer"),
            "title": _("Job title"),
            "work": _("Kind of work"),
            "pay": _("Paid or volunteer"),
            "state": _("State you work in"),
            "started_on": _("First day"),
            "ended_on": _("Last day"),
        }
        help_texts = {
            "employer": _(
                "Not in the list? Ask your employer to register here. It takes two minutes and costs nothing."
            ),
            "ended_on": _("Leave it empty while you work there."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        employers = Organisation.objects.filter(kind=Organisation.Kind.EMPLOYER).order_by("name")
        field: Any = self.fields["employer"]
        field.queryset = employers
        field.empty_label = _("Choose an employer")
        kinds: Any = self.fields["work"]
        kinds.choices = work_offered()

    def _post_clean(self) -> None:
        """The action and the database check; nothing is written to an instance here."""


class EndForm(forms.Form):
    ended_on = forms.DateField(label=_("Last day"), initial=timezone.localdate)


class FurtherSubjects(forms.CharField):
    """Lines of "subject: time"; gives minutes by subject."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Further subjects"),
            help_text=_("If there were several: one in each line with its time, like “Advocacy: 0:20”."),
            widget=forms.Textarea({"rows": 2}),
            required=False,
        )

    def clean(self, value: Any) -> dict[str, int]:
        known = {str(word).casefold(): code for code, label in Domain.choices for word in (code, label)}
        split: dict[str, int] = {}
        for line in super().clean(value).splitlines():
            if not line.strip():
                continue
            subject, _colon, time = line.partition(":")
            code, minutes = known.get(subject.strip().casefold()), read_minutes(time)
            if code is None or not minutes:
                raise forms.ValidationError(
                    _("Write “%(line)s” as one of the subjects above, a colon and a time."),
                    params={"line": line.strip()},
                )
            split[code] = split.get(code, 0) + minutes
        return split


class SessionForm(forms.Form):
    agreement = forms.ModelChoiceField(
        Agreement.objects.none(), label=_("Supervisor"), empty_label=_("Choose your supervisor")
    )
    day = forms.DateField(label=_("Day"), initial=timezone.localdate)
    minutes = TimeWorked(label=_("How long"), help_text=_("Like 1:00 or 1.5"))
    format = forms.ChoiceField(
        label=_("Format"),
        choices=[(value, label.capitalize()) for value, label in SupervisionSession.Format.choices],
    )
    domain = forms.ChoiceField(label=_("Subject"), choices=domains_offered)
    topics = FurtherSubjects()

    def __init__(self, *args: Any, worker: Worker, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["agreement"]
        field.queryset = worker.agreements.select_related("supervisor", "employer")
        field.label_from_instance = lambda agreement: f"{agreement.supervisor}, {agreement.employer}"


class SeveralFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files, each checked where it is stored."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=SeveralFiles({"accept": ACCEPT, "multiple": True}), **options)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = data if isinstance(data, (list, tuple)) else [data]
        single = super().clean
        return [single(file, initial) for file in files if file] or (
            [] if not self.required else [single(None)]
        )


class FilesForm(forms.Form):
    files = FilesField(  # type: ignore[assignment] # the name of a bound form's uploads, which is set later
        label=_("Files that show it"), help_text=_("PDF, JPEG or PNG")
    )
