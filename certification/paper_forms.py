"""Forms of paper applications: which standard and day, a record as a file, a batch."""

from collections.abc import Iterable
from datetime import date
from itertools import groupby
from typing import Any, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from certification.models import Level, Standard
from certification.paper import MOST_BYTES, MOST_CHARACTERS, MOST_LINES, Question
from certification.requirements.answers import read_record
from certification.requirements.error_words import told
from certification.requirements.record import Record
from certification.requirements.values import RequirementError

RENEWAL = "renewal"


def today() -> date:
    return timezone.localdate()


def in_words(error: RequirementError) -> str:
    """What is wrong in a record, with its place."""
    return _("%(path)s: found %(found)s, expected %(expected)s.") % told(error, get_language() or "en")


class QuestionForm(forms.Form):
    """By which standard a paper application is judged, for which day, new or renewal."""

    standard = forms.ChoiceField(label=gettext_lazy("Level and version"))
    on = forms.DateField(
        label=gettext_lazy("Judge for which day"),
        help_text=gettext_lazy("As a rule the day on which the application came in."),
        initial=today,
    )
    what = forms.ChoiceField(
        label=gettext_lazy("What it is"),
        choices=[("", gettext_lazy("A first application")), (RENEWAL, gettext_lazy("A renewal"))],
        required=False,
    )

    #: Of a form that is valid.
    question: Question

    def __init__(self, *args: Any, standards: list[Standard], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.standards = standards
        cast(forms.ChoiceField, self.fields["standard"]).choices = list(choices(standards))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if {"standard", "on"} <= given.keys():
            self._ask(given["standard"], given["on"], renewal=given.get("what") == RENEWAL)
        return given

    def _ask(self, chosen: str, on: date, *, renewal: bool) -> None:
        sort, _colon, code = chosen.partition(":")
        if sort == "standard":
            found = [one for one in self.standards if str(one.pk) == code]
        else:
            found = [one for one in self.standards if one.level.code == code and on in one.in_force]
        if not found:
            self.add_error("on", _("No version of this level was in force on that day. Choose a version."))
            return
        requirement = found[0].renewal_requirement if renewal else found[0].requirement
        if requirement is None:
            self.add_error("standard", _("No source says what this asks, so nobody can be judged by it."))
            return
        self.question = Question(found[0], on, requirement, renewal)


def choices(standards: Iterable[Standard]) -> Iterable[tuple[str, list[tuple[str, str]]]]:
    """Each level with the version of the day, and its versions by name."""
    for level, versions in groupby(standards, key=lambda one: one.level):
        options = [(f"level:{level.code}", _("%(level)s: the version of that day") % {"level": title(level)})]
        options += [(f"standard:{one.pk}", f"{title(level)}: {one}") for one in versions]
        yield level.title, options


def title(level: Level) -> str:
    return level.abbreviation or level.title


class TextOrFile(forms.Form):
    """Text that is pasted or comes as a file; either way it is shown again with what is wrong in it."""

    text = forms.CharField(
        label=gettext_lazy("Record"),
        required=False,
        max_length=MOST_CHARACTERS,
        strip=False,
        widget=forms.Textarea({"rows": 14, "spellcheck": "false", "autocomplete": "off", "class": "is-code"}),
    )
    file = forms.FileField(
        label=gettext_lazy("Or a file"),
        required=False,
        help_text=gettext_lazy("YAML or JSON. The file is read and not kept."),
        widget=forms.FileInput({"accept": ".yaml,.yml,.json"}),
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if upload := given.get("file"):
            text = read_text(upload, most=MOST_CHARACTERS)
            # Shown again as text: the browser would lose the file.
            self.data = cast(Any, self.data).copy()
            cast(Any, self.data)[self.add_prefix("text")] = text
            given["text"] = text
        elif not given.get("text", "").strip() and "text" not in self.errors:
            self.add_error("text", _("Paste a record, or choose a file."))
        return given


def read_text(upload: UploadedFile, *, most: int) -> str:
    """The text of a file, or a ValidationError at `file`."""
    if (upload.size or 0) > most:
        size = _("Found a file of %(found)s bytes; at most %(most)s are read.")
        raise forms.ValidationError({"file": size % {"found": upload.size, "most": most}})
    try:
        return upload.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        words = _("The file is not text: byte %(place)s is not UTF-8.") % {"place": error.start + 1}
        raise forms.ValidationError({"file": words}) from None


class RecordForm(TextOrFile):
    """A record in the format of catalogue/RECORD.md; `record` is what it says."""

    record: Record

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if given.get("text") and not self.errors:
            try:
                self.record = read_record(given["text"], _("record"))
            except RequirementError as error:
                self.add_error("text", in_words(error))
        return given


class BatchForm(forms.Form):
    """Requests, one JSON object a line."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "NDJSON: one application a line, 1,000 lines at most. It is read and not kept."
        ),
        widget=forms.FileInput({"accept": ".ndjson,.jsonl,.json,.txt"}),
    )
    answer = forms.ChoiceField(
        label=gettext_lazy("Answer as"),
        choices=[
            ("csv", gettext_lazy("A table (CSV)")),
            ("ndjson", gettext_lazy("NDJSON with all findings")),
        ],
    )

    def clean_file(self) -> list[str]:
        """The lines of the file, empty ones left out."""
        upload: UploadedFile = self.cleaned_data["file"]
        if (upload.size or 0) > MOST_BYTES:
            raise forms.ValidationError(
                _("Found a file of %(found)s bytes; at most %(most)s are read."),
                params={"found": upload.size, "most": MOST_BYTES},
            )
        # Bytes that are no text stay in their own line, which is then refused alone.
        text = upload.read().decode("utf-8-sig", errors="surrogateescape")
        lines = text.split("\n")
        count = sum(bool(line.strip()) for line in lines)
        if not count:
            raise forms.ValidationError(_("The file holds no line."))
        if count > MOST_LINES:
            raise forms.ValidationError(
                _("Found %(count)s lines; at most %(most)s are answered at once."),
                params={"count": count, "most": MOST_LINES},
            )
        return lines
