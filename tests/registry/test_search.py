"""Finding by name: among those who chose to be listed, and nobody else."""

from datetime import date

import pytest

from registry import search
from tests.builders.certification import a_credential, a_standard, an_authority, an_event
from tests.builders.workers import a_worker

pytestmark = pytest.mark.django_db
DAY = date(2026, 1, 1)


def found(words, **options):
    return [str(one.worker) for one in search.listed(words, on=DAY, **options)]


def test_only_listed_people_are_found():
    a_credential(a_worker("Ana", "Rivera", listed=True))
    a_credential(a_worker("Eva", "Rivera"))

    assert found("rivera") == ["Ana Rivera"]


def test_accents_case_and_the_order_of_names_do_not_matter():
    a_credential(a_worker("José", "Núñez", listed=True))

    for words in ("nunez", "NÚÑEZ jose", "Jose Nunez", "nuñ"):
        assert found(words) == ["José Núñez"]


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        (("Johanna", "Rivera"), "joanna riviera"),
        (("María José", "Hernández García"), "garcia hernandez maria jose"),
        (("Siobhán", "O’Brien"), "obrien"),
        (("Siobhán", "O’Brien"), "siobhan o'brian"),
        (("Anna-Lena", "Lindqvist"), "anna lena lindquist"),
        (("Ngọc", "Nguyễn"), "nguyen ngoc"),
    ],
)
def test_a_slip_in_the_spelling_is_forgiven(name, typed):
    a_credential(a_worker(*name, listed=True))
    a_credential(a_worker("Zebulon", "Quark", listed=True))

    assert found(typed) == [" ".join(name)]


def test_the_likest_name_comes_first():
    for family_name in ("Riverton", "Rivera", "Rivero"):
        a_credential(a_worker("Ana", family_name, listed=True))

    assert found("rivera")[0] == "Ana Rivera"


def test_every_word_has_to_match():
    a_credential(a_worker("Ana", "Rivera", listed=True))

    assert found("ana torres") == []


@pytest.mark.parametrize("words", ["", "a", " - ", "%", "__"])
def test_the_register_is_not_read_through(words):
    a_credential(a_worker("Ana", "Rivera", listed=True))

    assert found(words) == []


def test_by_state():
    a_credential(a_worker("Ana", "Rivera", listed=True), a_standard(authority=an_authority()))
    a_credential(
        a_worker("Eva", "Rivera", listed=True), a_standard(authority=an_authority(jurisdiction="US-OH"))
    )

    assert found("rivera", state="US-OH") == ["Eva Rivera"]


def test_by_level():
    credential = a_credential(a_worker("Ana", "Rivera", listed=True))
    a_credential(a_worker("Eva", "Rivera", listed=True))

    assert found("rivera", level=credential.level.code) == ["Ana Rivera"]


def test_credentials_to_come_are_not_found_and_ended_ones_say_so():
    a_credential(a_worker("Ana", "Rivera", listed=True), issued_on=date(2026, 6, 1), expires_on=None)
    ended = a_credential(a_worker("Eva", "Rivera", listed=True))
    an_event(ended, "revoked", date(2025, 12, 1))

    (one,) = search.listed("rivera", on=DAY)
    assert (one, one.status) == (ended, "revoked")


def test_two_queries_however_many(django_assert_num_queries):
    for _ in range(3):
        a_credential(a_worker("Ana", "Rivera", listed=True))

    with django_assert_num_queries(2):
        for one in search.listed("rivera", on=DAY):
            assert one.worker.full_name + one.level.program.jurisdiction.name
