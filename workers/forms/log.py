"""Forms for logging: one entry with few taps, a week, and patterns that repeat."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID, uuid4, uuid5

from django import forms
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.refusals import Refused, on_form
from workers.entries import NewHours
from workers.forms.fields import TimeWorked
from workers.forms.hours import FROM, PRIVATE, jobs_of
from workers.hours import SomeRefused
from workers.models import Employment, Pattern, Worker
from workers.models.hours import DAY_MINUTES
from workers.patterns import on_days
from workers.remembered import Remembered
from workers.timer import Span
from workers.words import Mode, domains_offered, work_offered

MOST_ROWS = 31
#: What a row of the week says in short, to be unfolded.
FOLDED = ("domain", "mode", "employment")
SAY_HOW_LONG = gettext_lazy("Say how long you worked.")


def refuse(form: forms.BaseForm, refusal: Refused) -> None:
    """Put a refusal at its field, by the names of these forms."""
    names = {"minutes": "hours", "client_id": None}
    field = names.get(refusal.field or "", refusal.field)
    on_form(form, Refused(refusal.message, field=field))


class _Job(forms.Form):
    """What every form here asks of: the job. Only the worker's own are offered."""

    def __init__(self, *args: Any, jobs: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["employment"]).choices = jobs


class QuickForm(_Job):
    """One entry. A length is tapped or typed; what is typed counts."""

    length = forms.IntegerField(required=False, min_value=1, max_value=DAY_MINUTES)
    hours = TimeWorked(
        label=gettext_lazy("Another length"),
        required=False,
        help_text=gettext_lazy("Like 3:30, 3.5 or 3 h 30"),
    )
    day = forms.DateField(label=gettext_lazy("Day"))
    employment = forms.TypedChoiceField(label=gettext_lazy("Job"), coerce=int)
    domain = forms.ChoiceField(label=gettext_lazy("What you did"), choices=domains_offered)
    mode = forms.ChoiceField(label=gettext_lazy("How"), choices=Mode.choices)
    starts = forms.TimeField(label=FROM, required=False)
    work = forms.ChoiceField(
        label=gettext_lazy("Kind of work"),
        choices=lambda: [("", gettext_lazy("As in the job")), *work_offered()],
        required=False,
    )
    note = forms.CharField(label=gettext_lazy("Note"), max_length=300, required=False, help_text=PRIVATE)
    client_id = forms.UUIDField(widget=forms.HiddenInput)
    #: When the timer was started that this entry comes from, in seconds since 1970.
    timer = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=2**33)

    def __init__(self, *args: Any, lengths: Sequence[int] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lengths = self._with_chosen(lengths)
        if len(kwargs["jobs"]) == 1:
            self.fields["employment"].widget = forms.HiddenInput()

    def _with_chosen(self, lengths: Sequence[int]) -> list[int]:
        """A length chosen on a page made earlier is offered still."""
        chosen = str(self["length"].value() or "")
        known = set(lengths) | ({int(chosen)} if chosen.isdecimal() and len(chosen) < 5 else set())
        return sorted(minutes for minutes in known if 1 <= minutes <= DAY_MINUTES)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if "hours" in given and not given["hours"] and not given.get("length"):
            self.add_error("length" if "length" in self.errors else "hours", SAY_HOW_LONG)
        return given

    @property
    def more(self) -> bool:
        """Whether one of the fields that are folded away says something, or is wrong."""
        names = ("starts", "work", "note")
        return any(self[name].value() or self[name].errors for name in names)

    def entry(self, worker: Worker) -> NewHours:
        given = {name: value for name, value in self.cleaned_data.items() if name != "timer"}
        typed, tapped = given.pop("hours"), given.pop("length")
        job = worker.employments.select_related("employer").get(pk=given.pop("employment"))
        return NewHours(employment=job, minutes=typed or tapped, **given)


def quick_initial(remembered: Remembered, *, day: date, jobs: list[tuple[int, str]]) -> dict[str, Any]:
    """The last entry's job, kind of work, domain and mode; nothing is suggested of how long."""
    initial: dict[str, Any] = {"day": day, "client_id": uuid4(), "employment": jobs[0][0] if jobs else None}
    last = remembered.last
    if last:
        initial |= {
            "employment": last.employment_id,
            "domain": last.domain,
            "mode": last.mode,
            "work": last.work if last.work != last.employment.work else "",
        }
    return initial


def of_timer(spans: Sequence[Span], started_at: datetime) -> dict[str, Any]:
    """What a stopped timer fills in; without a span only when it began."""
    begin = timezone.localtime(started_at)
    first = spans[0] if spans else Span(begin.date(), begin.time().replace(second=0, microsecond=0), 0)
    return {
        "day": first.day,
        "starts": first.starts,
        "hours": first.minutes or None,
        "timer": int(started_at.timestamp()),
    }


class WeekRow(_Job):
    """One line of the week."""

    day = forms.DateField(label=gettext_lazy("Day"), widget=forms.HiddenInput)
    hours = TimeWorked(label=gettext_lazy("Hours"), required=False)
    starts = forms.TimeField(label=gettext_lazy("Start time"), required=False)
    domain = forms.ChoiceField(label=gettext_lazy("What you did"), choices=domains_offered)
    mode = forms.ChoiceField(label=gettext_lazy("How"), choices=Mode.choices)
    employment = forms.TypedChoiceField(label=gettext_lazy("Job"), coerce=int)
    note = forms.CharField(label=gettext_lazy("Note"), max_length=300, required=False)

    def has_changed(self) -> bool:
        """A row without hours, time or note is a row nobody filled in, whatever else is suggested there."""
        data = (self.data.get(self.add_prefix(name), "") for name in ("hours", "starts", "note"))
        return any(value.strip() for value in data)

    def clean_hours(self) -> int:
        minutes: int | None = self.cleaned_data["hours"]
        if not minutes:
            raise forms.ValidationError(SAY_HOW_LONG)
        return minutes

    @property
    def date(self) -> date | None:
        """The day of the row, also of one that came back."""
        value = self["day"].value()
        if isinstance(value, date):
            return value
        with suppress(ValueError, TypeError):
            return date.fromisoformat(value)
        return None

    @property
    def folded_error(self) -> bool:
        return any(self[name].errors for name in (*FOLDED, "note"))

    def words(self) -> str:
        """What stands in the folded fields, in short; the job only where there are several."""
        known: dict[str, dict[Any, Any]] = {
            name: dict(cast(Any, self.fields[name]).choices) for name in FOLDED
        }
        # Where nothing is chosen yet, a list shows its first choice.
        chosen = [
            words.get(self._chosen(name), next(iter(words.values()), ""))
            for name, words in known.items()
            if name != "employment" or len(words) > 1
        ]
        return " · ".join(str(words) for words in chosen)

    def _chosen(self, name: str) -> Any:
        value = self[name].value()
        return int(value) if name == "employment" and str(value).isdecimal() else value

    def new_hours(self, jobs: dict[int, Employment], client_id: UUID) -> NewHours:
        given = dict(self.cleaned_data)
        return NewHours(
            employment=jobs[given.pop("employment")],
            minutes=given.pop("hours"),
            client_id=client_id,
            **given,
        )


class BaseWeekFormSet(forms.BaseFormSet):
    """Several entries at once, all of them or none. `batch` names the page: pressed twice, it stores once."""

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

    def filled(self) -> list[tuple[int, WeekRow]]:
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
            refuse(rows[place], problem)

    def days(self) -> list[date]:
        return [form.date for form in self.forms if form.date]


WeekFormSet = cast(
    type[BaseWeekFormSet],
    forms.formset_factory(WeekRow, formset=BaseWeekFormSet, extra=0, max_num=MOST_ROWS, validate_max=True),
)


def week_initial(
    worker: Worker,
    *,
    remembered: Remembered,
    days: Iterable[date],
    patterns: Iterable[Pattern] = (),
    spans: Iterable[Span] = (),
    taken: frozenset[date] = frozenset(),
) -> list[dict[str, Any]]:
    """A row for each day, with the last entry's job, domain and mode; filled in by patterns or a timer.

    A pattern fills in no day that holds hours already (`taken`).
    """
    usual = quick_initial(remembered, day=date.min, jobs=jobs_of(worker))
    usual = {name: usual[name] for name in ("employment", "domain", "mode") if name in usual}
    suggested: dict[date, list[dict[str, Any]]] = {}
    for day, pattern in on_days(patterns, [day for day in days if day not in taken]):
        suggested.setdefault(day, []).append(_of_pattern(pattern))
    for span in spans:
        suggested.setdefault(span.day, []).append({"starts": span.starts, "hours": span.minutes})
    return [{**usual, **more, "day": day} for day in days for more in suggested.get(day, [{}])]


def _of_pattern(pattern: Pattern) -> dict[str, Any]:
    return {
        "employment": pattern.employment_id,
        "hours": pattern.minutes,
        "starts": pattern.starts,
        "domain": pattern.domain,
        "mode": pattern.mode,
    }


class PatternForm(_Job):
    """Hours that repeat."""

    weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Days"),
        choices=[(number + 1, name) for number, name in WEEKDAYS.items()],
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
    )
    starts = forms.TimeField(label=gettext_lazy("From"), required=False)
    until = forms.TimeField(label=gettext_lazy("To"), required=False)
    hours = TimeWorked(
        label=gettext_lazy("Or how long"),
        required=False,
        help_text=gettext_lazy("Where the times differ from day to day. Like 3:30, 3.5 or 3 h 30"),
    )
    employment = forms.TypedChoiceField(label=gettext_lazy("Job"), coerce=int)
    domain = forms.ChoiceField(label=gettext_lazy("What you did"), choices=domains_offered)
    mode = forms.ChoiceField(label=gettext_lazy("How"), choices=Mode.choices)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        starts, until = given.get("starts"), given.pop("until", None)
        if starts and until:
            minutes = (until.hour - starts.hour) * 60 + until.minute - starts.minute
            if minutes <= 0:
                self.add_error("until", _("The end lies before the beginning."))
            given["hours"] = given.get("hours") or minutes
        elif until:
            self.add_error("starts", _("Say from when."))
        if not given.get("hours") and not self.errors:
            self.add_error("hours", _("Say from when to when, or how long."))
        return given

    def pattern(self, worker: Worker) -> dict[str, Any]:
        """The arguments of `patterns.add`."""
        given = dict(self.cleaned_data)
        job = worker.employments.select_related("employer").get(pk=given.pop("employment"))
        minutes = given.pop("hours")
        return {**given, "employment": job, "minutes": minutes}
