"""Notices go out by mail."""

import smtplib
import threading

import pytest
from django.db import connection, transaction
from django.utils.translation import gettext_noop

from accounts import notices, outbox
from accounts.models import Notice
from accounts.tasks import send_mail
from tests.builders.accounts import a_person

pytestmark = pytest.mark.django_db


def test_a_notice_is_mailed_once(mailoutbox, settings):
    settings.PUBLIC_URL = "https://peerladder.example"
    person = a_person()
    notices.tell(person, gettext_noop("Hello %(name)s."), url="/record/", name="Ana")

    assert send_mail() == 1
    assert send_mail() == 0

    (message,) = mailoutbox
    assert message.to == [person.email]
    assert "Hello Ana." in message.body
    assert "https://peerladder.example/record/" in message.body
    assert Notice.objects.get().mailed_at


def test_the_subject_never_says_what_it_is_about(mailoutbox):
    notices.tell(a_person(), "Your application was denied.")

    send_mail()

    assert "denied" not in mailoutbox[0].subject


def test_several_notices_of_one_person_are_one_message(mailoutbox):
    ana, ben = a_person(), a_person("Ben", "Okafor")
    for word in ("first", "second"):
        notices.tell_many([ana, ben], word)

    assert send_mail() == 4
    assert [message.body.count("first") + message.body.count("second") for message in mailoutbox] == [2, 2]


def test_who_does_not_want_mail_gets_none(mailoutbox):
    notices.tell(a_person(wants_mail=False), "Hello.")
    notices.tell(None, "Hello.")

    assert send_mail() == 0
    assert Notice.objects.count() == 1


def test_mail_speaks_the_readers_language(mailoutbox):
    notices.tell(a_person("Luz", language="es"), "Hello.")

    send_mail()

    assert "Hola, Luz" in mailoutbox[0].body


def test_while_the_server_is_away_notices_stay_due(mailoutbox, monkeypatch):
    notices.tell(a_person(), "Hello.")
    monkeypatch.setattr(
        "django.core.mail.backends.locmem.EmailBackend.send_messages",
        lambda *args: (_ for _ in ()).throw(ConnectionRefusedError()),
    )

    with pytest.raises(ConnectionRefusedError):
        send_mail()
    assert Notice.objects.get().mailed_at is None

    monkeypatch.undo()
    assert send_mail() == 1


def test_what_went_out_before_the_server_went_away_stays_marked(monkeypatch):
    for _ in range(2):
        notices.tell(a_person(), "Hello.")
    answers = iter([1, smtplib.SMTPServerDisconnected()])

    def send(self, messages):
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", send)

    with pytest.raises(smtplib.SMTPServerDisconnected):
        send_mail()
    assert Notice.objects.exclude(mailed_at=None).count() == 1


def test_an_address_that_does_not_work_does_not_hold_up_the_others(monkeypatch):
    for _ in range(2):
        notices.tell(a_person(), "Hello.")
    refused = Notice.objects.order_by("pk").first().user.email

    def send(self, messages):
        if messages[0].to == [refused]:
            raise smtplib.SMTPRecipientsRefused({refused: (550, b"unknown")})
        return 1

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", send)

    assert send_mail() == 2
    assert send_mail() == 0


@pytest.mark.django_db(transaction=True)
def test_two_senders_at_once_do_not_send_the_same(mailoutbox):
    notices.tell(a_person(), "Hello.")
    sent = []

    def other() -> None:
        try:
            sent.append(outbox.drain())
        finally:
            connection.close()

    with transaction.atomic():
        list(Notice.objects.select_for_update().all())
        thread = threading.Thread(target=other)
        thread.start()
        thread.join(timeout=10)

    assert sent == [0]
    assert outbox.drain() == 1
