"""Letters to people whom a provider named and who have no account here yet.

The completion is its own outbox row (`mail_due`), as a notice is: nothing is lost with the broker, and a
process that dies after a letter went out sends it again. A letter says that
something waits, never which course.
"""

from itertools import groupby

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from workers.models import Completion

BATCH = 100


def drain(limit: int = BATCH) -> int:
    """Write to up to `limit` people named in completions that wait; how many completions are off the list.

    Raises OSError when the mail server is away; they stay due.
    """
    with transaction.atomic():
        due = list(
            Completion.objects.waiting()
            .filter(mail_due=True)
            .select_for_update(skip_locked=True, of=("self",))
            .select_related("course__provider")
            .order_by("email", "pk")[:limit]
        )
        for email, several in groupby(due, key=lambda row: row.email):
            _letter(email, list(several)).send()
        Completion.objects.filter(pk__in=[row.pk for row in due]).update(mail_due=False)
    return len(due)


def _letter(email: str, rows: list[Completion]) -> EmailMessage:
    """In both languages, as nothing is known of the reader."""
    providers = sorted({row.course.provider.name for row in rows})
    parts = []
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            subject = _("A training provider sent you something to confirm")
            body = render_to_string(
                "workers/mail/completions.txt",
                {"providers": providers, "link": settings.PUBLIC_URL + reverse("workers:learning")},
            )
            parts.append((subject, body))
    return EmailMessage(
        " / ".join(dict.fromkeys(subject for subject, _body in parts)),
        "\n\n".join(dict.fromkeys(body for _subject, body in parts)),
        to=[email],
    )
