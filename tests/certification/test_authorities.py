import pytest
from django.core.management import CommandError, call_command

from accounts.models import Event
from accounts.roles import OrganisationKind
from tests.builders.accounts import an_organisation
from tests.builders.certification import a_program, an_authority

pytestmark = pytest.mark.django_db


@pytest.fixture
def board():
    return an_organisation("Board of Peers", kind=OrganisationKind.AUTHORITY, slug="board-of-peers")


def test_an_organisation_takes_charge_of_the_authority_of_a_program(board, capsys):
    program = a_program(an_authority())

    call_command("open_desk", program.code, board.slug)
    call_command("open_desk", program.code, board.slug)

    program.authority.refresh_from_db()
    assert program.authority.organisation == board
    assert Event.objects.filter(verb="authority.taken_charge").count() == 1
    assert "now receives the applications" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("taken", "said"),
    [
        (
            lambda board: an_authority(an_organisation(kind=OrganisationKind.AUTHORITY)),
            "Another organization",
        ),
        (lambda board: an_authority(board) and an_authority(), "another authority already"),
    ],
    ids=["authority taken", "organisation busy"],
)
def test_nobody_takes_over(board, taken, said):
    program = a_program(taken(board))

    with pytest.raises(CommandError, match=said):
        call_command("open_desk", program.code, board.slug)


def test_an_employer_certifies_nobody():
    program, employer = a_program(an_authority()), an_organisation()

    with pytest.raises(CommandError, match="not a certifying authority"):
        call_command("open_desk", program.code, employer.slug)


def test_what_does_not_exist_is_named(board):
    with pytest.raises(CommandError, match="no program 'nowhere'"):
        call_command("open_desk", "nowhere", board.slug)
