"""Fields that several forms share."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

WHOLE = re.compile(r"(?P<hours>\d{1,4})\s*(?::|h)\s*(?:(?P<minutes>\d{1,2})(?:\s*m(?:in)?)?)?", re.IGNORECASE)
DECIMAL = re.compile(r"(?P<hours>\d{0,5}(?:[.,]\d{1,4})?)\s*(?:hours?|hrs?|horas?)?", re.IGNORECASE)
MINUTES = re.compile(r"(?P<minutes>\d{1,6})\s*(?:m|min|mins|minutes|minutos)", re.IGNORECASE)


def read_minutes(text: str) -> int | None:
    """Minutes from "7:30", "7h30", "7 h", "7.5", "7,5" or "450 min"; None for anything else.

    Parts of a minute are dropped: nothing is rounded up.
    """
    text = text.strip()
    if found := MINUTES.fullmatch(text):
        return int(found["minutes"])
    if found := WHOLE.fullmatch(text):
        minutes = int(found["minutes"] or 0)
        return int(found["hours"]) * 60 + minutes if minutes < 60 else None
    found = DECIMAL.fullmatch(text)
    if found and found["hours"].strip(".,"):
        return int(Decimal(found["hours"].replace(",", ".")) * 60)
    return None


class TimeWorked(forms.Field):
    """A length of time, typed as people write it; gives whole minutes."""

    widget = forms.TextInput
    default_error_messages = {"invalid": _("Write hours like 7:30 or 7.5.")}

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"inputmode": "decimal", "autocomplete": "off", "class": "usa-input--small"}

    def prepare_value(self, value: Any) -> Any:
        return f"{value // 60}:{value % 60:02}" if isinstance(value, int) else value

    def to_python(self, value: Any) -> int | None:
        if value in self.empty_values:
            return None
        minutes = read_minutes(str(value))
        if minutes is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return minutes

    def has_changed(self, initial: Any, data: Any) -> bool:
        return (data or "") != (self.prepare_value(initial) or "")


class Suggested(forms.TextInput):
    """A text field that offers some answers and takes any."""

    template_name = "workers/suggested.html"

    def __init__(self, choices: list[tuple[str, Any]], attrs: dict[str, Any] | None = None) -> None:
        # The form renderer knows Django's own widgets only.
        super().__init__({"class": "usa-input", **(attrs or {})})
        self.choices = choices

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["suggestions"] = [label for _code, label in self.choices]
        context["widget"]["attrs"]["list"] = f"{context['widget']['attrs'].get('id', name)}_list"
        return context


class CodeField(forms.CharField):
    """A slug of the record format, chosen by its name or typed: "Peer support" gives `peer_support`."""

    default_error_messages = {"unreadable": _("Write it in letters or digits.")}

    def __init__(self, *, known: list[tuple[str, Any]], **options: Any) -> None:
        super().__init__(widget=Suggested(known), max_length=120, **options)
        self.known = known

    def prepare_value(self, value: Any) -> Any:
        return dict(self.known).get(value, value)

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        if not text:
            return ""
        for code, label in self.known:
            if text.casefold() in (code, str(label).casefold()):
                return code
        # A code as a standard writes it stays; other words become one.
        slug = text if re.fullmatch(r"[a-z0-9]+(?:[-_][a-z0-9]+)*", text) else slugify(text).replace("-", "_")
        if not slug:
            raise ValidationError(self.error_messages["unreadable"], code="unreadable")
        return slug
