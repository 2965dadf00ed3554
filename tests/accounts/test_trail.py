import ast
from pathlib import Path

import pytest
from django.conf import settings
from django.db import InternalError, ProgrammingError, connection, transaction

from accounts import trail
from accounts.models import Access, Event
from accounts.roles import Role
from tests.builders.accounts import a_member, a_person

OURS = ("workers", "certification", "registry", "ladder")
pytestmark = pytest.mark.django_db


@pytest.fixture
def event(cast):
    return trail.record("hours.approved", subject=cast.ana, by=cast.supervisor, entries=3)


@pytest.fixture
def access(cast):
    trail.saw("record", subject=cast.ana, viewer=cast.supervisor, organisation_id=cast.employer.pk)
    return Access.objects.get()


@pytest.mark.parametrize("model", [Event, Access])
@pytest.mark.parametrize("change", ["update", "delete", "truncate"])
def test_nothing_written_is_changed_or_erased(model, change, event, access):
    table = model._meta.db_table
    statement = {
        "update": f"UPDATE {table} SET subject_id = 0",
        "delete": f"DELETE FROM {table}",
        "truncate": f"TRUNCATE {table}",
    }[change]

    with connection.cursor() as cursor:
        # What waits to be checked at the end of the transaction would stop TRUNCATE before our trigger does.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
            cursor.execute(statement)

    assert model.objects.count() == 1


def test_an_event_can_be_found_by_what_it_is_about(cast, event):
    trail.record("hours.approved", subject=cast.ben, by=cast.other_supervisor)

    assert list(trail.of(cast.ana)) == [event]
    assert (event.actor, event.data, event.subject_type) == (
        cast.supervisor,
        {"entries": 3},
        "workers.worker",
    )


def test_many_events_are_one_statement(cast, django_assert_num_queries):
    with django_assert_num_queries(1):
        trail.record_many("x.done", subjects=[cast.ana, cast.ben], by=cast.owner)


def test_a_look_names_whose_record_it_was(cast, access):
    assert (access.about, access.viewer, access.organisation) == (cast.worker, cast.supervisor, cast.employer)
    assert access.what_words == "Your record"


def test_to_look_at_ones_own_record_leaves_no_line(cast):
    trail.saw("record", subject=cast.ana, viewer=cast.worker)

    assert not Access.objects.exists()


def test_a_person_reads_who_looked_at_their_record_and_at_nobody_elses(client, cast, access):
    trail.saw("record", subject=cast.ben, viewer=a_member(Role.MANAGER, given_name="Zoltan"))
    client.force_login(cast.worker)

    page = client.get("/settings/looks/").content.decode()

    assert "Sam Lindqvist" in page
    assert "Hopewell Recovery" in page
    assert "Zoltan" not in page


def test_every_look_that_is_written_down_has_words():
    """Whatever a view hands to `saw`: a word that the person concerned can read."""
    said = {
        argument.value
        for path in Path(settings.BASE_DIR).glob("[a-z]*/**/*.py")
        if path.parts[len(Path(settings.BASE_DIR).parts)] in OURS
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) == "saw"
        for argument in node.args
        if isinstance(argument, ast.Constant)
    }

    assert said
    assert said <= set(Access.WHAT)


def test_somebody_without_a_record_sees_an_empty_page(client):
    client.force_login(a_person())

    assert "Nobody has looked yet" in client.get("/settings/looks/").content.decode()
