"""The table of who may open what is complete. It is carried out app by app, in tests/access/test_*.py."""

import pytest

from tests.access_table import addresses, row, rows


def test_every_address_has_rows():
    have = {(found.name, found.method) for found in rows()}
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
    assert {found.name for found in rows()} <= set(addresses())


def test_a_row_says_something_about_everybody():
    with pytest.raises(TypeError, match="no status for worker"):
        row("accounts:home")
    with pytest.raises(TypeError, match="nobody in the cast plays woker"):
        row("accounts:home", everyone=200, woker=403)
