"""Carries out rows of the table: role × address × method -> status."""

import json
from collections.abc import Callable, Iterator
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.scopes import Scope
from tests.access_table import NOTHING, PARTS, SYSTEMS, TO_SIGN_IN, Row
from tests.builders.accounts import a_system, a_token
from tests.cast import Cast, make_cast

Check = Callable[[Row], None]
#: One for all: each would load every middleware anew.
CLIENT = Client()


@pytest.fixture(scope="module")
def scene(django_db_setup: None, django_db_blocker: Any) -> Iterator[Cast]:
    """One cast for all rows of a module, as no row leaves anything behind."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_cast()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def sessions(scene: Cast) -> dict[str, dict[str, str]]:
    """The cookies of everybody, signed in once for all rows."""
    signed_in: dict[str, dict[str, str]] = {"visitor": {}}
    for part in set(PARTS) - {"visitor"}:
        client = Client()
        client.force_login(getattr(scene, part))
        signed_in[part] = {name: morsel.value for name, morsel in client.cookies.items()}
    return signed_in


@pytest.fixture(scope="module")
def tokens(scene: Cast) -> dict[str, str]:
    """Of the connected systems: one has every scope, and of it a token without any."""
    client = a_system(scene.employer, by=scene.owner, scopes=list(Scope))
    return {
        "system": f"Bearer {a_token(client, list(Scope))}",
        "system_without_scope": f"Bearer {a_token(client, [])}",
    }


@pytest.fixture
def check(scene: Cast, sessions: dict[str, dict[str, str]], tokens: dict[str, str]) -> Check:
    """Compares what everybody is answered with what the row says."""

    def check(line: Row) -> None:
        with transaction.atomic():
            address = reverse(line.name, args=line.url(scene))
            answers = {part: _status(line, part, address, scene, sessions[part]) for part in PARTS}
            for system in SYSTEMS:
                answers[system] = _status(line, system, address, scene, {}, token=tokens[system])
            transaction.set_rollback(True)
        assert answers == line.expected

    return check


def _status(
    line: Row, part: str, address: str, cast: Cast, cookies: dict[str, str], *, token: str = ""
) -> int:
    """What `part` of the cast is answered; whatever it did is undone."""
    CLIENT.cookies = SimpleCookie(cookies)
    proof = {"authorization": token} if token else {}
    with transaction.atomic():
        data = line.data(cast)
        if line.is_api and line.method != "GET":
            answer = CLIENT.generic(line.method, address, headers=proof, **_json(data))
        else:
            answer = getattr(CLIENT, line.method.lower())(address, data, headers=proof)
        if answer.streaming:
            b"".join(answer.streaming_content)  # a file is closed once it is read
        transaction.set_rollback(True)
    if part == "visitor" and line.to_sign_in and answer.status_code == TO_SIGN_IN:
        assert answer["Location"].startswith(reverse("account_login")), answer["Location"]
    return answer.status_code


def _json(data: Any) -> dict[str, Any]:
    return {"data": json.dumps({} if data is NOTHING else data), "content_type": "application/json"}
