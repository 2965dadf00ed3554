"""Sign-up, sign-in and what goes with them, by page and by API."""

import base64
import hmac
import re
import struct
import time

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.builders.accounts import PASSWORD, a_person

pytestmark = pytest.mark.django_db

ANA = {"given_name": "Ana", "family_name": "Rivera", "email": "ana@example.org", "password1": PASSWORD}
API = "/_allauth/app/v1/auth/"


def link_in(message) -> str:
    return re.search(r"http://[^/\s]+(/\S+)", message.body)[1]


def test_a_new_person_signs_up_confirms_and_is_asked_what_brings_them(client, mailoutbox):
    answer = client.post(reverse("account_signup"), {**ANA, "language": "en"})
    assert answer["Location"] == reverse("account_email_verification_sent")

    answer = client.post(link_in(mailoutbox[0]), follow=True)
    if not answer.wsgi_request.user.is_authenticated:
        answer = client.post(
            reverse("account_login"), {"login": "ana@example.org", "password": PASSWORD}, follow=True
        )

    assert answer.redirect_chain[-1][0] == reverse("accounts:welcome")
    user = User.objects.get()
    assert (user.given_name, user.family_name, user.language) == ("Ana", "Rivera", "en")


def test_the_language_of_the_page_is_the_language_of_the_account(client):
    client.post(reverse("account_signup"), ANA, headers={"Accept-Language": "es"})

    assert User.objects.get().language == "es"


@pytest.mark.parametrize("missing", ["given_name", "family_name", "email", "password1"])
def test_what_is_missing_is_said_at_its_field(client, missing):
    answer = client.post(reverse("account_signup"), {**ANA, missing: ""})

    assert answer.context["form"].errors.keys() == {missing}
    assert not User.objects.exists()


def test_nobody_learns_from_sign_up_who_has_an_account(client, mailoutbox):
    known = a_person(email="ana@example.org", password=PASSWORD)

    answer = client.post(reverse("account_signup"), ANA)
    other = Client().post(reverse("account_signup"), {**ANA, "email": "new@example.org"})

    assert (answer.status_code, answer["Location"]) == (other.status_code, other["Location"])
    assert "/confirm-email/" not in mailoutbox[0].body
    assert User.objects.get(email="ana@example.org") == known


def test_nobody_learns_from_a_reset_who_has_an_account(client, mailoutbox):
    a_person(email="ana@example.org", password=PASSWORD)

    known = client.post(reverse("account_reset_password"), {"email": "ana@example.org"})
    unknown = client.post(reverse("account_reset_password"), {"email": "nobody@example.org"})

    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert "/password/reset/key/" in mailoutbox[0].body


def test_nobody_learns_from_sign_in_who_has_an_account(client):
    a_person(email="ana@example.org", password=PASSWORD)

    errors = [
        client.post(reverse("account_login"), {"login": email, "password": "wrong"}).context["form"].errors
        for email in ("ana@example.org", "nobody@example.org")
    ]

    assert errors[0] == errors[1]


def test_a_person_who_has_not_confirmed_cannot_sign_in(client):
    user = a_person(email="ana@example.org", password=PASSWORD)
    EmailAddress.objects.update(verified=False)

    answer = client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})

    assert answer["Location"] == reverse("account_email_verification_sent")
    assert client.get(reverse("accounts:settings")).status_code == 302


def test_guessing_passwords_is_slowed_down(client):
    a_person(email="ana@example.org", password=PASSWORD)
    for _ in range(10):
        client.post(reverse("account_login"), {"login": "ana@example.org", "password": "wrong"})

    answer = client.post(reverse("account_login"), {"login": "ana@example.org", "password": PASSWORD})

    assert answer.status_code != 302


def test_mail_to_a_person_is_in_their_language_whatever_page_they_stand_on(client, mailoutbox):
    a_person("Luz", "Soto", email="luz@example.org", password=PASSWORD, language="es")

    client.post(reverse("account_reset_password"), {"email": "luz@example.org"})

    assert "Peerladder" in mailoutbox[0].body
    assert "contraseña" in mailoutbox[0].body


def code(secret: str) -> str:
    """What an authenticator app shows now (RFC 6238)."""
    counter = struct.pack(">Q", int(time.time()) // 30)
    digest = hmac.digest(base64.b32decode(secret), counter, "sha1")
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 10**6:06}"


def test_with_a_second_step_the_password_alone_does_not_open(client):
    user = a_person(email="ana@example.org", password=PASSWORD)
    secret = "JBSWY3DPEHPK3PXP"
    TOTP.activate(user, secret)
    assert secret not in str(Authenticator.objects.get().data)

    first = client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    assert first["Location"] == reverse("mfa_authenticate")
    assert client.get(reverse("accounts:settings")).status_code == 302

    client.post(first["Location"], {"code": code(secret)})
    assert client.get(reverse("accounts:settings")).status_code == 200


@pytest.mark.parametrize(
    "name",
    ["mfa_index", "usersessions_list", "account_email", "account_change_password", "mfa_list_webauthn"],
)
def test_pages_about_signing_in_open(client, name):
    user = a_person(email="ana@example.org", password=PASSWORD)
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})

    assert client.get(reverse(name)).status_code == 200


def test_a_passkey_may_sign_in(client):
    assert client.get(reverse("mfa_login_webauthn"), headers={"X-Requested-With": "XMLHttpRequest"}).json()
    assert not Authenticator.objects.exists()


# By API


def test_by_api_a_person_signs_up_confirms_signs_in_and_reads_who_they_are(client, mailoutbox):
    asked = {**ANA, "password": PASSWORD, "language": "es"}
    del asked["password1"]
    signed_up = client.post(f"{API}signup", asked, content_type="application/json")
    assert signed_up.status_code == 401  # signed up, and still to confirm
    key = re.search(r"/confirm-email/([^/\s]+)/", mailoutbox[0].body)[1]

    confirmed = client.post(f"{API}email/verify", {"key": key}, content_type="application/json")
    assert confirmed.status_code in (200, 401)
    signed_in = client.post(
        f"{API}login", {"email": "ana@example.org", "password": PASSWORD}, content_type="application/json"
    )
    token = signed_in.json()["meta"]["session_token"]

    me = Client().get("/api/v1/me", headers={"X-Session-Token": token})

    assert me.json()["family_name"] == "Rivera"
    assert me.json()["language"] == "es"


def test_a_browser_session_is_no_way_into_the_api_without_a_csrf_token():
    user = a_person(password=PASSWORD)
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)

    answer = client.patch("/api/v1/me", {"given_name": "Eve"}, content_type="application/json")

    assert answer.status_code == 403
