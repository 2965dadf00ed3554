"""Family names however they are typed."""

import pytest

from registry.names import key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Rivera", "RIVERA"),
        ("Núñez", "nunez"),
        ("O’Neill", "O'Neill"),
        ("O’Neill", "oneill"),
        ("García-López", "Garcia Lopez"),
        ("de la Cruz", "Delacruz"),
        ("Straße", "STRASSE"),
        ("Sørensen", "Sorensen"),
        ("Wałęsa", "Walesa"),
        ("  Rivera ", "Rivera"),
        ("Nu\u0301n\u0303ez", "Núñez"),
        ("İnan", "inan"),
    ],
)
def test_these_are_one_name(one, other):
    assert key(one) == key(other) != ""


@pytest.mark.parametrize(("one", "other"), [("Rivera", "Rivero"), ("Li", "Lie"), ("李", "王")])
def test_these_are_not(one, other):
    assert key(one) != key(other)


@pytest.mark.parametrize("nothing", ["", "  ", "-", "'’", "\u0301"])
def test_nothing_is_left_of_marks(nothing):
    assert key(nothing) == ""
