"""Forms of the hours ledger."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import date
from typing import Any, cast
from uuid import UUID, uuid4, uuid5

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.refusals import on_form
from workers.entries import NewHours
from workers.forms.fields import TimeWorked
from workers.hours import SomeRefused
from workers.models import Employment, HourEntry, Worker
from workers.words import Domain, Mode, Pay

REPEAT = {"data-repeat": True}
MOST_ROWS = 31
HOURS = gettext_lazy("Hours")
FROM = gettext_lazy("Start time, if you know it")
PRIVATE = gettext_lazy("Never name a person you support, or what they told you.")


def jobs_of(worker: Worker) -> list[tuple[int, str]]:
    """Today's jobs first, then those that ended."""
    today = timezone.localdate()
    jobs = sorted(
        worker.employments.select_related("employer"),
        key=lambda job: (bool(job.ended_on and job.ended_on < today), -job.started_on.toordinal()),
    )
    return [(job.pk, str(job)) for job in jobs]


class RowForm(forms.Form):
    """One line of the page on which hours are logged."""

    day = forms.DateField(label=gettext_lazy("Day"))
    hours = TimeWorked(label=HOURS, error_messages={"required": gettext_lazy("Say how long.")})
    domain = forms.ChoiceField(
        label=gettext_lazy("What you did"), choices=Domain.choices, widget=forms.Select(REPEAT)
    )
    mode = forms.ChoiceField(label=gettext_lazy("How"), choices=Mode.choices, widget=forms.Select(REPEAT))
    employment = forms.TypedChoiceField(label=gettext_lazy("Job"), coerce=int, widget=forms.Select(REPEAT))
    starts = forms.TimeField(label=FROM, required=False)
    note = forms.CharField(label=gettext_lazy("Note"), max_length=300, required=False)

    def __init__(self, *args: Any, jobs: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["employment"]).choices = jobs

    def has_changed(self) -> bool:
        """A row without hours, time or note is a row nobody filled in, whatever else is suggested there."""
        data = (self.data.get(self.add_prefix(name), "") for name in ("hours", "starts", "note"))
        return any(value.strip() for value in data)

    def new_hours(self, jobs: dict[int, Employment], client_id: UUID) -> NewHours:
        given = dict(self.cleaned_data)
        return NewHours(
            employment=jobs[given.pop("employment")],
            minutes=given.pop("hours"),
            client_id=client_id,
            **given,
        )


class BaseLogFormSet(forms.BaseFormSet):
    """Several entries at once. `batch` names the page, so that pressing twice stores once."""

    def __init__(self, data: Any = None, *, worker: Worker, initial: Any = None) -> None:
        super().__init__(data, prefix="hours", initial=initial, form_kwargs={"jobs": jobs_of(worker)})
        self.worker = worker
        self.batch = self._batch()

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        # A row that nobody filled in is neither an error nor an entry, whatever it suggested.
        return super().get_form_kwargs(index) | {"empty_permitted": True}

    def _batch(self) -> UUID:
        with suppress(ValueError):
            return UUID(self.data.get("batch", ""))
        return uuid4()

    def clean(self) -> None:
        if not any(self.errors) and not self.filled():
            raise forms.ValidationError(_("Enter how long you worked on at least one day."))

    def filled(self) -> list[tuple[int, RowForm]]:
        """The rows that somebody filled in, with their places."""
        return [(place, form) for place, form in enumerate(self.forms) if form.has_changed()]

    def entries(self) -> list[NewHours]:
        jobs = {job.pk: job for job in self.worker.employments.select_related("employer")}
        return [
            form.new_hours(jobs, uuid5(self.batch, self.add_prefix(place))) for place, form in self.filled()
        ]

    def refuse(self, refused: SomeRefused) -> None:
        """Put each refusal at the field of its row."""
        rows = [form for _place, form in self.filled()]
        for place, problem in refused.problems.items():
            form = rows[place]
            problem.field = "hours" if problem.field == "minutes" else problem.field
            on_form(form, problem)


LogFormSet = cast(
    type[BaseLogFormSet],
    forms.formset_factory(RowForm, formset=BaseLogFormSet, extra=0, max_num=MOST_ROWS, validate_max=True),
)


def log_initial(
    worker: Worker, *, last: HourEntry | None, days: Iterable[date], again: bool = False
) -> list[dict[str, Any]]:
    """What the rows suggest: the last entry's job, domain and mode; with `again` all of it but the day."""
    jobs = jobs_of(worker)
    usual: dict[str, Any] = {"employment": jobs[0][0] if jobs else None}
    if last:
        usual = {"employment": last.employment_id, "domain": last.domain, "mode": last.mode}
        if again:
            usual |= {"hours": last.minutes, "starts": last.starts}
    return [{"day": day, **usual} for day in days]


class EntryForm(forms.Form):
    """One entry in full: to edit it, or to correct it once it is approved."""

    employment = forms.TypedChoiceField(label=gettext_lazy("Job"), coerce=int)
    day = forms.DateField(label=gettext_lazy("Day"))
    minutes = TimeWorked(label=HOURS, help_text=gettext_lazy("Like 7:30 or 7.5"))
    starts = forms.TimeField(label=FROM, required=False)
    domain = forms.ChoiceField(label=gettext_lazy("What you did"), choices=Domain.choices)
    mode = forms.ChoiceField(label=gettext_lazy("How"), choices=Mode.choices)
    pay = forms.ChoiceField(label=gettext_lazy("Paid or volunteer"), choices=Pay.choices)
    practicum = forms.BooleanField(label=gettext_lazy("Part of a practicum"), required=False)
    note = forms.CharField(label=gettext_lazy("Note"), max_length=300, required=False, help_text=PRIVATE)

    def __init__(self, data: Any = None, *, entry: HourEntry) -> None:
        initial = {name: getattr(entry, name) for name in self.base_fields} | {
            "employment": entry.employment_id
        }
        super().__init__(data, initial=initial)
        self.entry = entry
        cast(forms.ChoiceField, self.fields["employment"]).choices = jobs_of(entry.worker)

    def changes(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        job = self.entry.worker.employments.select_related("employer").get(pk=given["employment"])
        given["employment"] = job
        if job.pk != self.entry.employment_id and given["pay"] == self.entry.pay:
            given.pop("pay")  # not said anew: the other job's
        return given


class HoursFilter(forms.Form):
    """What the list of hours shows."""

    status = forms.ChoiceField(label=gettext_lazy("Status"), required=False)
    job = forms.ChoiceField(label=gettext_lazy("Job"), required=False)
    since = forms.DateField(label=gettext_lazy("From"), required=False)
    until = forms.DateField(label=gettext_lazy("To"), required=False)

    def __init__(self, *args: Any, worker: Worker, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        statuses = [(value, label.capitalize()) for value, label in HourEntry.Status.choices]
        cast(forms.ChoiceField, self.fields["status"]).choices = [("", _("Any")), *statuses]
        cast(forms.ChoiceField, self.fields["job"]).choices = [("", _("All")), *jobs_of(worker)]

    def apply(self, entries: Any) -> Any:
        """The entries that the filter asks for; a field that cannot be read filters nothing."""
        if not self.is_valid():
            self.cleaned_data = getattr(self, "cleaned_data", {})
        given = self.cleaned_data
        lookups = {"status": "status", "job": "employment", "since": "day__gte", "until": "day__lte"}
        return entries.filter(**{lookup: given[name] for name, lookup in lookups.items() if given.get(name)})
