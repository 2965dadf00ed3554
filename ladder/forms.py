"""The forms of ladders. They check shape; the actions check the rules."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from ladder import plans
from ladder.board import When
from ladder.models import Placement, Rung
from workers.models import Worker


class NewLadder(forms.Form):
    employer = forms.ModelChoiceField(
        label=_("Employer"), queryset=Organisation.objects.none(), empty_label=None
    )
    template = forms.ChoiceField(label=_("Start from"), widget=forms.RadioSelect)
    title = forms.CharField(
        label=_("Title"),
        max_length=120,
        required=False,
        help_text=_("What your people will call it. Leave it empty to keep the template's own title."),
    )

    def __init__(self, *args: Any, employers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField, self.fields["employer"]).queryset = employers
        cast(forms.ChoiceField, self.fields["template"]).choices = [
            (code, f"{plan.title}: {plan.summary}") for code, plan in plans.shipped().items()
        ]
        if len(employers) == 1:
            self.fields["employer"].widget = forms.HiddenInput()
            self.fields["employer"].initial = employers[0]


class PersonWithRung(forms.ModelChoiceField):
    """A worker to place; says nothing but the name."""

    def label_from_instance(self, worker: Worker) -> str:
        return f"{worker.family_name}, {worker.given_name}"


class Place(forms.Form):
    worker = PersonWithRung(
        label=_("Who"),
        queryset=Worker.objects.none(),
        empty_label=_("Choose a person"),
        help_text=_("People who work for you and stand on none of your rungs."),
    )
    started_on = forms.DateField(label=_("From"))
    wage = forms.DecimalField(
        label=_("Pay"), required=False, max_digits=9, decimal_places=2, help_text=_("In dollars. Optional.")
    )

    def __init__(self, *args: Any, workers: Any, rung: Rung, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField, self.fields["worker"]).queryset = workers
        self.fields["wage"].label = pay_label(rung)


class Move(forms.Form):
    rung = forms.ModelChoiceField(label=_("To"), queryset=Rung.objects.none(), empty_label=_("Choose a rung"))
    started_on = forms.DateField(
        label=_("From"), help_text=_("They leave their present rung the day before.")
    )
    wage = forms.DecimalField(
        label=_("New pay"),
        required=False,
        max_digits=9,
        decimal_places=2,
        help_text=_("In dollars. Optional."),
    )

    def __init__(self, *args: Any, rungs: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField, self.fields["rung"]).queryset = rungs


class End(forms.Form):
    ended_on = forms.DateField(label=_("Last day on this rung"))

    def __init__(self, *args: Any, placement: Placement, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ended_on"].widget.attrs["min"] = placement.started_on.isoformat()


class BoardFilter(forms.Form):
    rung = forms.TypedChoiceField(label=_("Rung"), required=False, coerce=int, empty_value=None)
    when = forms.ChoiceField(label=_("When"), required=False)

    def __init__(self, *args: Any, rungs: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        titles = [(rung.pk, rung.title) for rung in rungs]
        cast(forms.ChoiceField, self.fields["rung"]).choices = [("", _("All rungs")), *titles]
        cast(forms.ChoiceField, self.fields["when"]).choices = [("", _("Any time")), *When.choices]


def pay_label(rung: Rung) -> str:
    return f"{_('Pay')} ({rung.get_wage_unit_display()})"
