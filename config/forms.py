"""Every form in the look of the US Web Design System, without a class in any form.

Django ties hint, error and field together (`id_x_helptext`, `id_x_error`, `aria-invalid`,
`aria-describedby`); this renderer keeps that and adds what the design system needs: classes by kind of
widget and native date and time fields. `{{ form }}` writes the summary of errors, the fields and their
groups (see templates/forms/form.html); `{{ form.name.as_field_group }}` writes one field.
"""

from datetime import date, datetime, time
from typing import Any

from django.conf import settings
from django.forms.renderers import DjangoTemplates
from django.utils.formats import get_format
from django.utils.functional import cached_property

WIDGETS = "django/forms/widgets/"
CLASSES = {
    "text": "usa-input",
    "email": "usa-input",
    "url": "usa-input",
    "tel": "usa-input",
    "search": "usa-input",
    "password": "usa-input",
    "number": "usa-input usa-input--medium",
    "date": "usa-input usa-input--medium",
    "time": "usa-input usa-input--medium",
    "datetime": "usa-input",
    "textarea": "usa-textarea",
    "select": "usa-select",
    "checkbox": "usa-checkbox__input",
    "file": "pl-file",
    "clearable_file_input": "pl-file",
}
#: A text area of more rows than this is as tall as they are; the design system gives all others one height.
USUAL_ROWS = 10
# Native fields speak ISO only, whatever the language; Django reads ISO in every language.
NATIVE = {
    "date": ("date", "DATE_INPUT_FORMATS", lambda moment: moment.date().isoformat()),
    "time": ("time", "TIME_INPUT_FORMATS", lambda moment: moment.time().isoformat("minutes")),
    "datetime": (
        "datetime-local",
        "DATETIME_INPUT_FORMATS",
        lambda moment: moment.isoformat(timespec="minutes"),
    ),
}


class UswdsFormRenderer(DjangoTemplates):
    """Renders forms, formsets, fields and widgets with the templates under templates/forms/."""

    form_template_name = "forms/form.html"
    formset_template_name = "forms/formset.html"
    field_template_name = "forms/field.html"

    @cached_property
    def engine(self) -> Any:
        templates = settings.BASE_DIR / "templates"
        django = super().engine.dirs
        return self.backend(
            {
                "APP_DIRS": True,
                "DIRS": [templates / "forms", templates, *django],
                "NAME": "forms",
                "OPTIONS": {"builtins": ["django.templatetags.i18n", "accounts.templatetags.ui"]},
            }
        )

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        if "widget" in context:
            dress(context["widget"], template_name)
        return super().render(template_name, context, request)


def dress(widget: dict[str, Any], template_name: str) -> None:
    """Give a widget's context its classes, and native types to dates and times; in place."""
    kind = template_name.removeprefix(WIDGETS).removesuffix(".html")
    if native := NATIVE.get(kind):
        widget["type"], formats, write = native
        widget["value"] = _iso(widget["value"], get_format(formats), write)
    for part in widget.get("subwidgets", ()):
        dress(part, part["template_name"])
    if wanted := CLASSES.get(kind):
        attrs = widget["attrs"] = dict(widget["attrs"])
        given = attrs.get("class", "")
        if kind == "textarea" and int(attrs.get("rows", 0)) > USUAL_ROWS:
            wanted = CLASSES["text"]
        # A size that the form chose wins over the size of the kind.
        base = wanted.split()[0] if "usa-input--" in given else wanted
        error = "usa-input--error" if attrs.get("aria-invalid") else ""
        attrs["class"] = " ".join(part for part in (base, given, error) if part)


def _iso(value: Any, formats: list[str], write: Any) -> Any:
    """A date or time as a native field wants it; what cannot be read stays as typed."""
    if not value or isinstance(value, (date, datetime, time)):
        return value
    for pattern in formats:
        try:
            return write(datetime.strptime(value, pattern))  # noqa: DTZ007
        except ValueError:
            continue
    return value
