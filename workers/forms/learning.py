"""Forms of providers: courses, and who completed them."""

import csv
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.refusals import Refused
from workers import learning
from workers.forms.fields import CodeField, TimeWorked
from workers.forms.statements import HoursByTopic
from workers.hours import SomeRefused
from workers.learning import KINDS, NewCompletion
from workers.models import Course
from workers.words import Topic

BIGGEST_FILE = 200_000
SHOWN_PROBLEMS = 20
DAYS = ("%Y-%m-%d", "%m/%d/%Y", "%m/%d/%y")


class CourseForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"))
    title = forms.CharField(label=_("Title"), max_length=200, help_text=_("As it stands on the certificate."))
    code = CodeField(label=_("Topic"), known=list(Topic.choices), help_text=_("Choose one, or write it."))
    minutes = TimeWorked(label=_("Hours"), help_text=_("All in all, like 40 or 7:30"))
    by_topic = HoursByTopic()
    mode = forms.ChoiceField(
        label=_("How it is held"), choices=[("", _("Either way")), *Course.Mode.choices], required=False
    )

    def __init__(self, *args: Any, provider: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = KINDS.get(provider.kind, ())
        if kinds == (Course.Kind.EXAM,):
            self.fields["title"].help_text = _("The name by which standards know it.")
            for name in ("kind", "code", "minutes", "by_topic", "mode"):
                del self.fields[name]
        else:
            kind: Any = self.fields["kind"]
            kind.choices = [(one.value, one.label) for one in kinds]
            self.fields["by_topic"].help_text = _(
                "If some of the hours are on further topics: one in each line, like “Ethics: 6”."
            )

    def given(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        given.setdefault("kind", Course.Kind.EXAM)
        given["by_topic"] = {topic: round(hours * 60) for topic, hours in given.get("by_topic", {}).items()}
        return given


class UploadForm(forms.Form):
    """Completions pasted as rows, or in a small file of the same form."""

    rows = forms.CharField(
        label=_("Who completed it, and when"),
        required=False,
        widget=forms.Textarea({"rows": 8}),
        max_length=BIGGEST_FILE,
    )
    file = forms.FileField(
        label=_("Or a CSV file"), required=False, help_text=_("With the same columns, up to 1,000 rows.")
    )

    def __init__(self, *args: Any, course: Course, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.course = course
        self.fields["rows"].help_text = (
            _("One in each line: email address or record number, a comma, the day, a comma, the percent.")
            if course.kind == Course.Kind.EXAM
            else _("One in each line: email address or record number, a comma, the day (month/day/year).")
        )
        self.completions: list[NewCompletion] = []
        self._lines: list[int] = []
        self._from = "rows"

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        file, text = given.get("file"), given.get("rows", "")
        if file and text.strip():
            self.add_error("file", gettext("Paste rows or choose a file, not both."))
            return given
        if file:
            self._from, text = "file", self._read(file)
        if not self.errors:
            self._parse(text)
        if not self.errors and not self.completions:
            self.add_error(self._from, gettext("There is no row in it."))
        return given

    def _read(self, file: Any) -> str:
        if file.size > BIGGEST_FILE:
            self.add_error("file", gettext("This file is too big. Send at most 1,000 rows at once."))
            return ""
        content = file.read()
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError:
            return content.decode("cp1252", errors="replace")

    def _parse(self, text: str) -> None:
        problems = []
        for number, line in enumerate(text.splitlines(), start=1):
            cells = _cells(line)
            if not any(cells) or (number == 1 and _is_heading(cells)):
                continue
            try:
                self.completions.append(_completion(cells))
                self._lines.append(number)
            except Refused as refusal:
                problems.append(_in_line(number, refusal.message))
        self._show(problems)

    def refused(self, refusal: Refused) -> None:
        """Show what the action refused, at the lines."""
        if not isinstance(refusal, SomeRefused):
            self.add_error(None, refusal.message)
            return
        self._show([_in_line(self._lines[place], one.message) for place, one in refusal.problems.items()])

    def _show(self, problems: list[str]) -> None:
        for problem in problems[:SHOWN_PROBLEMS]:
            self.add_error(self._from, problem)
        more = len(problems) - SHOWN_PROBLEMS
        if more > 0:
            self.add_error(self._from, gettext("… and %(n)s more lines.") % {"n": more})


def _cells(line: str) -> list[str]:
    mark = next((mark for mark in ("\t", ";") if mark in line), ",")
    try:
        row = next(csv.reader([line.replace("\0", "")], delimiter=mark), [])
    except csv.Error:
        return [line]
    return [cell.strip() for cell in row]


def _is_heading(cells: list[str]) -> bool:
    """The first line may name the columns."""
    return len(cells) > 1 and not any(letter.isdigit() for letter in "".join(cells)) and "@" not in cells[0]


def _in_line(number: int, message: str) -> str:
    return gettext("Line %(n)s: %(problem)s") % {"n": number, "problem": message}


def _completion(cells: list[str]) -> NewCompletion:
    if len(cells) < 2:
        raise Refused(gettext("A person and a day are expected, with a comma between."))
    learning.who(cells[0])
    percent = _percent(cells[2]) if len(cells) > 2 and cells[2] else None
    return NewCompletion(named=cells[0], day=_day(cells[1]), percent=percent)


def _day(text: str) -> date:
    for form in DAYS:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 (a day has no zone)
        except ValueError:
            continue
    raise Refused(gettext("“%(found)s” is not a day. Write it like 3/31/2026.") % {"found": text[:40]})


def _percent(text: str) -> Decimal:
    try:
        number = Decimal(text.rstrip("% "))
    except InvalidOperation:
        raise Refused(gettext("“%(found)s” is not a number of percent.") % {"found": text[:40]}) from None
    if not number.is_finite() or not 0 <= number <= 100:
        raise Refused(gettext("“%(found)s” is not a number of percent.") % {"found": text[:40]})
    return round(number, 2)
