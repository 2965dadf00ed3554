"""The pages of a file, from the choice of it to the way back."""

import io

import pytest
from django.urls import reverse

from accounts.roles import Role
from tests.builders.accounts import a_member
from tests.builders.imports import a_file, an_import
from tests.builders.workers import a_worker, an_employment
from tests.workers.browsing import go, send
from workers import import_work, sheets
from workers.models import HourEntry, Import, RosterLine

FILE = "Employee,Service Date,Hours\nAna Rivera,6/8/2026,3\nAna Rivera,6/9/2026,lots\n"


@pytest.fixture(autouse=True)
def files_of_their_own(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def manager(job):
    return a_member(Role.MANAGER, organisation=job.employer, given_name="Maya")


def handed_in(client, job, manager, content=FILE):
    send(client, manager, "team_imports", job.employer.slug, kind="hours", file=a_file(content))
    return Import.objects.get()


def worked(found):
    import_work.work()
    found.refresh_from_db()
    return found


def test_from_the_file_to_the_ledger_and_back(client, job, manager):
    found = handed_in(client, job, manager)
    page = go(client, manager, "import", found.uid).content.decode()
    assert "Service Date (6/8/2026)" in page
    assert "The dates of this file can be read in two ways." in page

    send(
        client,
        manager,
        "import",
        found.uid,
        column_worker="0",
        column_day="1",
        column_minutes="2",
        dates="mdy",
        unit="hours",
        domain="advocacy",
    )
    assert "being checked" in go(client, manager, "import", found.uid).content.decode()
    worked(found)
    page = go(client, manager, "import", found.uid).content.decode()
    assert "Store 1 row" in page
    assert "“lots” is not a length of time" in page
    assert not HourEntry.objects.exists()

    send(client, manager, "import_step", found.uid, "confirm")
    worked(found)
    assert HourEntry.objects.get().minutes == 180
    assert "Take all back" in go(client, manager, "import", found.uid).content.decode()

    send(client, manager, "import_step", found.uid, "undo")
    assert worked(found).status == "undone"
    assert not HourEntry.objects.exists()


def test_what_is_unclear_is_asked_and_nothing_typed_is_lost(client, job, manager):
    found = handed_in(client, job, manager)

    answer = send(
        client,
        manager,
        "import",
        found.uid,
        column_worker="0",
        column_day="0",
        column_minutes="",
        unit="minutes",
        domain="advocacy",
    )

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "This column was chosen for “Worker” already." in page
    assert '<option value="advocacy" selected>' in page
    found.refresh_from_db()
    assert found.status == "uploaded"


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (a_file(b"%PDF-1.4\0", "hours.csv"), "neither a spreadsheet (.xlsx) nor a CSV file"),
        (a_file("Day,Hours\n"), "no rows below its header"),
        (a_file(""), "This file is empty"),
        (a_file("BEGIN:VCALENDAR\n"), "This is a calendar file"),
    ],
    ids=["pdf", "header only", "empty", "calendar"],
)
def test_a_file_that_cannot_be_taken_is_refused_at_its_field(client, job, manager, file, said):
    answer = send(client, manager, "team_imports", job.employer.slug, kind="hours", file=file)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Import.objects.exists()


def test_a_file_larger_than_allowed_is_refused(client, job, manager, settings):
    settings.IMPORT_MAX_BYTES = 10

    answer = send(client, manager, "team_imports", job.employer.slug, kind="hours", file=a_file(FILE))

    assert answer.status_code == 422


def test_wrong_rows_come_back_as_a_table_that_can_be_mended(client, job, manager):
    found = an_import(FILE, by=manager, organisation=job.employer, dates="mdy")

    answer = go(client, manager, "import_problems", found.uid)

    table = list(sheets.rows(io.BytesIO(b"".join(answer.streaming_content))))
    assert table == [
        ["Row", "Employee", "Service Date", "Hours", "What is wrong"],
        [
            "3",
            "Ana Rivera",
            "6/9/2026",
            "lots",
            "Time worked: “lots” is not a length of time. Write it like 3:30 or 3.5.",
        ],
    ]


def test_a_page_of_problems_takes_as_many_queries_as_one(client, job, manager, django_assert_max_num_queries):
    lines = "".join(f"Nobody {n},6/9/2026,3\n" for n in range(120))
    found = an_import(
        f"Employee,Service Date,Hours\n{lines}", by=manager, organisation=job.employer, dates="mdy"
    )
    client.force_login(manager)

    with django_assert_max_num_queries(16):
        page = client.get(reverse("workers:import", args=[found.uid])).content.decode()

    assert page.count("Nobody of this name") == 50


def test_a_person_answers_what_an_employer_says_of_them(client, job, manager):
    cleo = a_worker("Cleo", "Vance")
    an_employment(cleo)
    file = (
        f"Email,First name,Last name,Job title,Hire date\n{cleo.user.email},Cleo,Vance,Trainer,2026-01-05\n"
    )
    an_import(file, by=manager, organisation=job.employer, kind="roster", stored=True)
    assert "says that you work there" in go(client, cleo.user, "jobs").content.decode()

    send(client, cleo.user, "answer_offer", RosterLine.objects.get().pk, "accept")

    assert cleo.employments.filter(employer=job.employer, title="Trainer").exists()
    assert "says that you work there" not in go(client, cleo.user, "jobs").content.decode()
