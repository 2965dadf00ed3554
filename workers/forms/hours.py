"""Forms of the hours ledger."""

from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workers.forms.fields import TimeWorked
from workers.models import HourEntry, Worker
from workers.words import Mode, Pay, domains_offered

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


class EntryForm(forms.Form):
    """One entry in full: to edit it, or to correct it once it is approved."""

    employment = forms.TypedChoiceField(label=gettext_lazy("Job"), coerce=int)
    day = forms.DateField(label=gettext_lazy("Day"))
    minutes = TimeWorked(label=HOURS, help_text=gettext_lazy("Like 7:30 or 7.5"))
    starts = forms.TimeField(label=FROM, required=False)
    domain = forms.ChoiceField(label=gettext_lazy("What you did"), choices=domains_offered)
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
