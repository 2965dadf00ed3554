"""Mail for notices. The notice itself is the outbox row, so nothing is lost with the broker.

At least once: a notice is marked in the transaction that read it, after its mail was handed over. A process
that dies in between leaves the notice due, and the mail goes out again.
"""

import smtplib
from itertools import groupby

import structlog
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import ngettext

from accounts.models import Notice, User
from accounts.reading import as_read_by

log = structlog.get_logger(__name__)

BATCH = 100


def drain(limit: int = BATCH) -> int:
    """Mail up to `limit` waiting notices, one mail a person; how many notices are off the list.

    Raises OSError (smtplib's errors are such) when the mail server is away; what went out stays marked.
    """
    with transaction.atomic():
        due = list(
            Notice.objects.filter(mail_due=True, mailed_at=None)
            .select_for_update(skip_locked=True, of=("self",))
            .select_related("user")
            .order_by("pk")[:limit]
        )
        if not due:
            return 0
        done, trouble = _mail_all(due)
        Notice.objects.filter(pk__in=done).update(mailed_at=timezone.now())
    if trouble:
        raise trouble
    return len(done)


def _mail_all(due: list[Notice]) -> tuple[list[int], OSError | None]:
    """Ids of notices that need no further try, and what stopped us."""
    done: list[int] = []
    due.sort(key=lambda notice: (notice.user_id, notice.pk))
    try:
        with get_connection() as connection:
            for _user_id, notices in groupby(due, key=lambda notice: notice.user_id):
                letter = list(notices)
                try:
                    _message(letter[0].user, letter, connection).send()
                except smtplib.SMTPRecipientsRefused:
                    # Their address does not work: the notice stays on their page; the next person is served.
                    log.warning("notice_mail_refused", notices=len(letter))
                done += [notice.pk for notice in letter]
    except OSError as trouble:
        return done, trouble
    return done, None


def _message(user: User, notices: list[Notice], connection: BaseEmailBackend) -> EmailMessage:
    # The subject shows on a locked phone: it says nothing about anyone's record.
    with as_read_by(user):
        count = len(notices)
        subject = ngettext(
            "You have a notice in Peerladder", "You have %(count)d notices in Peerladder", count
        ) % {"count": count}
        body = render_to_string(
            "accounts/mail/notices.txt", {"user": user, "notices": notices, "site": settings.PUBLIC_URL}
        )
        return EmailMessage(subject, body, to=[user.email], connection=connection)
