"""Numbers of credentials and applications: how they are given out, typed and checked."""

import re
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import F
from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_37_36

from certification.models import Authority

if TYPE_CHECKING:
    from certification.models import Application

FORM = re.compile(r"([A-Z]{2,8})([0-9]{6,9})([0-9A-Z])")


class NumberError(ValueError):
    """What was typed cannot be a credential's number. Known from the number alone: no register was asked."""


def credential_number(prefix: str, count: int) -> str:
    """`PREFIX-NNNNNN-C`; C is the check character of what stands before it (ISO 7064 Mod 37, 36)."""
    digits = f"{count:06}"
    return f"{prefix}-{digits}-{mod_37_36.calc_check_digit(prefix + digits)}"


def take(authority: Authority) -> str:
    """The authority's next number. Its row stays locked until the transaction ends: none is given twice."""
    Authority.objects.filter(pk=authority.pk).update(last_number=F("last_number") + 1)
    authority.refresh_from_db(fields=["last_number", "number_prefix"])
    return credential_number(authority.number_prefix, authority.last_number)


def read(typed: str) -> str:
    """The number as it is written, whatever its case, spaces and dashes were.

    Raises NumberError for what has not the form of a number or whose check character is wrong.
    """
    found = FORM.fullmatch(re.sub(r"[^A-Z0-9]", "", typed.upper()))
    if not found:
        raise NumberError(typed)
    try:
        mod_37_36.validate("".join(found.groups()))
    except ValidationError as problem:
        raise NumberError(typed) from problem
    return "-".join(found.groups())


def number_application(application: "Application") -> None:
    """Give an application that is not saved yet its key and the number that follows from it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('certification_application', 'id'))")
        application.pk = cursor.fetchone()[0]
    application.number = f"A-{application.pk:06}"
