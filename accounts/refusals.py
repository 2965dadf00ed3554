"""A step that is not open, said in a sentence; and what the database refuses, said in the same way."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.db import IntegrityError, transaction
from django.forms import BaseForm
from django.utils.functional import Promise


class Refused(Exception):  # noqa: N818 (a refusal is an answer, not a fault)
    """An action was not done. `message` is for the person who asked; `field` names the input at fault."""

    def __init__(self, message: str | Promise, *, field: str | None = None) -> None:
        self.message = str(message)
        super().__init__(self.message)
        self.field = field


@contextmanager
def translate(sentences: Mapping[str, tuple[str | None, str | Promise]]) -> Iterator[None]:
    """Turn violations of the named constraints into `Refused`; `{constraint: (field, message)}`.

    Runs its body in a transaction of its own, so that the caller's goes on after a refusal.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as problem:
        diagnosis = getattr(problem.__cause__, "diag", None)
        name = getattr(diagnosis, "constraint_name", None) or ""
        if name not in sentences:
            raise
        field, message = sentences[name]
        raise Refused(message, field=field) from problem


def on_form(form: BaseForm, refusal: Refused) -> None:
    """Show a refusal at the input at fault, or above the form where it has no such input."""
    form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
