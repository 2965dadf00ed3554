"""Forms of files handed in: which, how it is to be read, and which days of a calendar."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workers.calendars import LONGEST_SPAN
from workers.columns import fields_of
from workers.models import Employment, Import
from workers.words import Domain

Kind = Import.Kind
ACCEPT = ".csv,.txt,.xlsx,.ics,text/csv,text/calendar"


class UploadForm(forms.Form):
    kind = forms.ChoiceField(label=gettext_lazy("What it holds"), widget=forms.RadioSelect)
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("CSV or Excel (.xlsx); for a calendar .ics."),
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPT}),
        allow_empty_file=True,
    )

    def __init__(self, *args: Any, kinds: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["kind"]
        chosen.choices = [(kind, Kind(kind).label) for kind in kinds]
        self.initial.setdefault("kind", kinds[0])


class JobChoice(forms.ModelChoiceField):
    def label_from_instance(self, job: Any) -> str:
        return str(job)


def _jobs(found: Import) -> Any:
    return Employment.objects.filter(worker=found.worker_id).select_related("employer")


class ColumnsForm(forms.Form):
    """Which column holds what, and how the file writes dates and lengths."""

    def __init__(self, *args: Any, found: Import, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.found, reading = found, found.reading
        self.columns = [
            (str(column), (header or _("Column %(n)s") % {"n": column + 1}) + _example(reading, column))
            for column, header in enumerate(reading["headers"])
        ]
        self.of_file = fields_of(found.kind, employer=found.organisation_id is not None)
        for field in self.of_file:
            self.fields[f"column_{field.name}"] = forms.ChoiceField(
                label=str(field.label),
                required=field.needed,
                choices=[("", _("Not in this file")), *self.columns],
                initial=str(reading["columns"].get(field.name, "")),
                help_text=str(field.hint),
            )
        self._ask(reading)

    def _ask(self, reading: dict[str, Any]) -> None:
        """What the file does not tell by itself."""
        if reading["dates"] != "iso":
            self.fields["dates"] = forms.ChoiceField(
                label=gettext_lazy("How dates are written"),
                choices=[
                    ("mdy", gettext_lazy("Month first: 6/9/2026 is June 9")),
                    ("dmy", gettext_lazy("Day first: 9/6/2026 is June 9")),
                ],
                initial="" if reading["dates"] == "unclear" else reading["dates"],
                widget=forms.RadioSelect,
                help_text=gettext_lazy("The dates of this file can be read in two ways.")
                if reading["dates"] == "unclear"
                else "",
            )
        if any(field.name == "minutes" for field in self.of_file):
            self.fields["unit"] = forms.ChoiceField(
                label=gettext_lazy("A bare figure such as 3.5 or 45 means"),
                choices=[("hours", gettext_lazy("hours")), ("minutes", gettext_lazy("minutes"))],
                initial=reading["unit"],
                widget=forms.RadioSelect,
            )
        if self.found.kind == Kind.HOURS:
            self.fields["domain"] = forms.ChoiceField(
                label=gettext_lazy("What you did, where the file does not say"),
                choices=Domain.choices,
                initial=reading["domain"],
            )
            if self.found.worker_id:
                jobs = _jobs(self.found)
                self.fields["job"] = JobChoice(
                    jobs,
                    label=gettext_lazy("Job, where the file does not say"),
                    required=False,
                    empty_label=gettext_lazy("The job of that day"),
                    initial=reading.get("job") or (jobs[0].pk if len(jobs) == 1 else None),
                )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        chosen: dict[str, str] = {}
        for field in self.of_file:
            column = given.get(f"column_{field.name}")
            if not column:
                continue
            if column in chosen:
                self.add_error(
                    f"column_{field.name}",
                    _("This column was chosen for “%(field)s” already.") % {"field": chosen[column]},
                )
            chosen[column] = str(field.label)
        if self.found.kind == Kind.HOURS and not self.errors:
            timed = given.get("column_starts") and given.get("column_ends")
            if not given.get("column_minutes") and not timed:
                self.add_error(
                    "column_minutes",
                    ValidationError(
                        _("Choose the column of the length, or those of the beginning and the end.")
                    ),
                )
        return given

    def reading(self) -> dict[str, Any]:
        given = self.cleaned_data
        columns = {
            field.name: int(given[f"column_{field.name}"])
            for field in self.of_file
            if given.get(f"column_{field.name}")
        }
        said = {name: given[name] for name in ("dates", "unit", "domain") if given.get(name)}
        job = given.get("job")
        return {
            "columns": columns,
            **said,
            **({"job": job.pk if job else None} if "job" in self.fields else {}),
        }


def _example(reading: dict[str, Any], column: int) -> str:
    examples = reading.get("example") or []
    shown = examples[column] if column < len(examples) else ""
    return f" ({shown})" if shown else ""


class CalendarForm(forms.Form):
    """Which days of a calendar, which events, and for which job."""

    job = JobChoice(Employment.objects.none(), label=gettext_lazy("Job"), empty_label=None)
    first = forms.DateField(label=gettext_lazy("From"))
    last = forms.DateField(label=gettext_lazy("Until"))
    word = forms.CharField(
        label=gettext_lazy("Only events with this word in their title"),
        required=False,
        max_length=100,
        help_text=gettext_lazy("Empty: all events of these days."),
    )
    domain = forms.ChoiceField(label=gettext_lazy("What you did"), choices=Domain.choices)
    titles = forms.BooleanField(
        label=gettext_lazy("Keep the titles of the events as notes"),
        required=False,
        help_text=gettext_lazy("Only if they name nobody whom you support."),
    )

    def __init__(self, *args: Any, found: Import, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        reading = {"first": today - timedelta(days=30), "last": today, **found.reading}
        for name, value in reading.items():
            if name in self.fields:
                self.fields[name].initial = value
        jobs: Any = self.fields["job"]
        jobs.queryset = _jobs(found)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        first, last = given.get("first"), given.get("last")
        if first and last and last < first:
            self.add_error("last", _("The last day lies before the first."))
        elif first and last and last - first > LONGEST_SPAN:
            self.add_error("last", _("At most a year at once."))
        elif last and last > timezone.localdate():
            self.add_error("last", _("This day is still to come."))
        return given

    def reading(self) -> dict[str, Any]:
        given = self.cleaned_data
        days: dict[str, date] = {name: given[name] for name in ("first", "last")}
        return {
            **{name: day.isoformat() for name, day in days.items()},
            "job": given["job"].pk,
            "word": given["word"],
            "domain": given["domain"],
            "titles": given["titles"],
        }
