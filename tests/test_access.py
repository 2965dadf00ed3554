"""The table of tests/access_table.py, carried out: role × address × method -> status."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from tests.access_table import NOTHING, PARTS, TO_SIGN_IN, Row, addresses, row, rows
from tests.cast import Cast, make_cast

ROWS = rows()


@pytest.fixture(scope="module")
def scene(django_db_setup: None, django_db_blocker: Any) -> Iterator[Cast]:
    """One cast for the whole table, as no row leaves anything behind."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_cast()
        transaction.set_rollback(True)


def test_every_address_has_rows():
    have = {(found.name, found.method) for found in ROWS}
    names = {name for name, _method in have}
    missing = [name for name in addresses() if name not in names]
    missing += [
        f"{method} {name}"
        for name, methods in addresses().items()
        for method in methods
        if name in names and (name, method) not in have
    ]
    assert not missing


def test_no_row_is_about_an_address_that_is_gone():
    assert {found.name for found in ROWS} <= set(addresses())


def test_a_row_says_something_about_everybody():
    with pytest.raises(TypeError, match="no status for worker"):
        row("accounts:home")
    with pytest.raises(TypeError, match="nobody in the cast plays woker"):
        row("accounts:home", everyone=200, woker=403)


@pytest.fixture(scope="module")
def sessions(scene: Cast) -> dict[str, dict[str, str]]:
    """The cookies of everybody, signed in once for the whole table."""
    signed_in: dict[str, dict[str, str]] = {"visitor": {}}
    for part in set(PARTS) - {"visitor"}:
        client = Client()
        client.force_login(getattr(scene, part))
        signed_in[part] = {name: morsel.value for name, morsel in client.cookies.items()}
    return signed_in


@pytest.mark.parametrize("line", ROWS, ids=str)
def test_access(line: Row, scene: Cast, sessions: dict[str, dict[str, str]]):
    with transaction.atomic():
        address = reverse(line.name, args=line.url(scene))
        answers = {part: status(line, part, address, scene, sessions[part]) for part in PARTS}
        transaction.set_rollback(True)

    assert answers == line.expected


def status(line: Row, part: str, address: str, cast: Cast, cookies: dict[str, str]) -> int:
    """What `part` of the cast is answered; whatever it did is undone."""
    client = Client()
    client.cookies.load(cookies)
    with transaction.atomic():
        data = line.data(cast)
        if line.is_api and line.method != "GET":
            answer = client.generic(line.method, address, **json_of(data))
        else:
            answer = getattr(client, line.method.lower())(address, data)
        if answer.streaming:
            b"".join(answer.streaming_content)  # a file is closed once it is read
        transaction.set_rollback(True)
    if part == "visitor" and line.to_sign_in and answer.status_code == TO_SIGN_IN:
        assert answer["Location"].startswith(reverse("account_login")), answer["Location"]
    return answer.status_code


def json_of(data: Any) -> dict[str, Any]:
    return {"data": json.dumps({} if data is NOTHING else data), "content_type": "application/json"}
