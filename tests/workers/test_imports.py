"""Files of hours: read, checked, stored once, taken back."""

from datetime import date, time

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import Notice
from accounts.refusals import Refused
from accounts.roles import Role
from tests.builders.accounts import a_member
from tests.builders.imports import a_file, an_import
from tests.builders.workers import a_worker, an_employment, an_entry
from workers import history, hours, import_work, imports
from workers.models import HourEntry, Import, ImportProblem, ImportRow

OWN = "Date,Hours,Activity,Start\n2026-06-08,3:30,Advocacy,\n2026-06-09,2,Advocacy,9:00\n"


@pytest.fixture(autouse=True)
def files_of_their_own(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def manager(job):
    return a_member(Role.MANAGER, organisation=job.employer, given_name="Maya")


def said(found):
    return list(
        ImportProblem.objects.filter(source=found)
        .order_by("place", "pk")
        .values_list("place", "field", "weight", "message")
    )


def test_nothing_is_in_the_ledger_before_it_is_confirmed(job):
    found = an_import(OWN, by=job.user, worker=job.worker)

    assert (found.status, found.rows, found.wrong, found.present) == ("ready", 2, 0, 0)
    assert not HourEntry.objects.exists()
    assert not said(found)


def test_confirmed_rows_are_hours_sent_for_a_signature(job):
    found = an_import(OWN, by=job.user, worker=job.worker, stored=True)

    assert (found.status, found.stored) == ("done", 2)
    assert list(
        HourEntry.objects.order_by("day").values_list(
            "day", "minutes", "domain", "starts", "status", "source"
        )
    ) == [
        (date(2026, 6, 8), 210, "advocacy", None, "submitted", found.pk),
        (date(2026, 6, 9), 120, "advocacy", time(9), "submitted", found.pk),
    ]
    assert not ImportRow.objects.exists()


def test_an_entry_says_who_handed_it_in(job, manager):
    an_import(
        "Worker,Date,Hours\nAna Rivera,2026-06-08,3\n", by=manager, organisation=job.employer, stored=True
    )

    (line,) = history.of(HourEntry.objects.get())

    assert (str(line["what"]), line["note"]) == ("Came with a file", str(manager))


def test_the_same_file_twice_stores_once(job):
    an_import(OWN, by=job.user, worker=job.worker, stored=True)

    again = an_import(OWN, by=job.user, worker=job.worker, stored=True)

    assert (again.present, again.stored) == (2, 0)
    assert HourEntry.objects.count() == 2
    assert said(again) == [
        (2, "", "present", "Already in the record."),
        (3, "", "present", "Already in the record."),
    ]


def test_hours_logged_by_hand_are_already_there(job):
    an_entry(job.employment, day=date(2026, 6, 8), minutes=210, domain="advocacy")

    found = an_import(OWN, by=job.user, worker=job.worker, stored=True)

    assert (found.present, found.stored) == (1, 1)


def test_a_row_that_was_changed_after_it_came_in_is_left_as_it_is(job):
    an_import(OWN, by=job.user, worker=job.worker, stored=True)
    entry = HourEntry.objects.get(day=date(2026, 6, 8))
    hours.edit(entry, by=job.user, minutes=200)

    again = an_import(OWN, by=job.user, worker=job.worker, stored=True)

    assert again.stored == 0
    assert (2, "", "present") in [one[:3] for one in said(again)]
    entry.refresh_from_db()
    assert entry.minutes == 200


def test_rows_that_say_the_same_twice_are_stored_once_and_said(job):
    found = an_import(
        "Date,Hours\n2026-06-08,3:30\n2026-06-08,3:30\n", by=job.user, worker=job.worker, stored=True
    )

    assert found.stored == 1
    assert said(found) == [
        (3, "", "present", "The same as row 2. If both took place, give each a beginning.")
    ]


def test_every_error_of_a_row_is_said_by_column(job):
    found = an_import(
        "Date,Hours,Activity\n13/13/2026,lots,Juggling\n\n,3:30,Advocacy\n2030-01-01,1,Advocacy\n",
        by=job.user,
        worker=job.worker,
    )

    assert (found.rows, found.wrong) == (3, 3)
    assert [(place, field) for place, field, _weight, _message in said(found)] == [
        (2, "day"),
        (2, "minutes"),
        (2, "domain"),
        (4, "day"),
        (5, "day"),
    ]
    assert said(found)[0][3] == "“13/13/2026” is not a date. Write it like 6/9/2026."
    assert said(found)[1][3] == "“lots” is not a length of time. Write it like 3:30 or 3.5."
    assert said(found)[4][3] == "This day is still to come."


def test_right_rows_are_stored_beside_wrong_ones(job):
    found = an_import(
        "Date,Hours\n2026-06-08,3:30\n2026-06-09,zero\n", by=job.user, worker=job.worker, stored=True
    )

    assert (found.status, found.stored, found.wrong) == ("done", 1, 1)


def test_a_length_follows_from_beginning_and_end(job):
    an_import(
        "Date,Start,End\n2026-06-08,9:00 AM,12:30 PM\n2026-06-09,22:00,0:00\n",
        by=job.user,
        worker=job.worker,
        stored=True,
    )

    assert list(HourEntry.objects.order_by("day").values_list("starts", "minutes")) == [
        (time(9), 210),
        (time(22), 120),
    ]


def test_what_became_wrong_between_check_and_storing_is_said(job):
    found = an_import("Date,Hours,Start\n2026-06-08,2,9:00\n", by=job.user, worker=job.worker)
    an_entry(job.employment, day=date(2026, 6, 8), starts=time(8), minutes=90)

    imports.confirm(found, by=job.user)
    import_work.work()

    found.refresh_from_db()
    assert (found.status, found.stored, found.wrong) == ("done", 0, 1)
    assert said(found)[0][:2] == (2, "starts")


# An employer's


@pytest.fixture
def team(job):
    """Ana and Ben, with a job each at the employer."""
    ben = a_worker("Ben", "Okafor")
    an_employment(ben, job.employer)
    return ben


def test_an_employer_hands_in_hours_of_its_people(job, team, manager):
    found = an_import(
        "Employee;Fecha;Horas\nAna Rivera;2026-06-08;3,5\n"
        f"{team.user.email};2026-06-08;2\nOkafor, Ben;2026-06-09;1\n",
        by=manager,
        organisation=job.employer,
        stored=True,
    )

    assert found.stored == 3, said(found)
    assert sorted(HourEntry.objects.values_list("worker__given_name", "minutes")) == [
        ("Ana", 210),
        ("Ben", 60),
        ("Ben", 120),
    ]


def test_each_worker_is_told_what_their_employer_handed_in(job, team, manager):
    an_import(
        "Worker,Date,Hours\nAna Rivera,2026-06-08,3\nAna Rivera,2026-06-09,2\n",
        by=manager,
        organisation=job.employer,
        stored=True,
    )

    assert Notice.objects.get(user=job.user).text == (
        f"{job.employer.name} handed in hours of yours: 5 h."
        " Look at them: you can correct them or take them back."
    )
    assert not Notice.objects.filter(user=team.user).exists()


def test_a_person_of_another_employer_is_unknown(job, manager):
    stranger = an_employment(a_worker("Cleo", "Vance")).worker

    found = an_import(
        f"Worker,Date,Hours\n{stranger.user.email},2026-06-08,3\n", by=manager, organisation=job.employer
    )

    assert said(found) == [
        (2, "worker", "error", "Nobody of this name or address says that they work for you.")
    ]


def test_two_people_of_one_name_are_told_apart_by_address(job, manager):
    twin = an_employment(a_worker(), job.employer).worker

    found = an_import(
        f"Worker,Date,Hours\nAna Rivera,2026-06-08,3\n{twin.user.email},2026-06-08,3\n",
        by=manager,
        organisation=job.employer,
    )

    assert said(found) == [(2, "worker", "error", "Several people have this name. Write the email address.")]


def test_several_jobs_on_a_day_need_a_name(job):
    an_employment(job.worker, job.employer, title="Trainer")

    found = an_import(
        "Date,Hours,Job\n2026-06-08,3,\n2026-06-08,2,trainer\n2026-06-08,1,Cook\n",
        by=job.user,
        worker=job.worker,
        stored=True,
    )

    assert [one[:2] for one in said(found)] == [(2, "job"), (4, "job")]
    assert HourEntry.objects.get().employment.title == "Trainer"


def test_only_whoever_speaks_for_the_employer_may_hand_in(job):
    with pytest.raises(PermissionDenied):
        imports.upload(kind="hours", file=a_file(OWN), by=job.supervisor, organisation=job.employer)


def test_only_the_worker_hands_in_for_their_record(job, manager):
    with pytest.raises(PermissionDenied):
        imports.upload(kind="hours", file=a_file(OWN), by=manager, worker=job.worker)


# Taking back


def test_taken_back_whole(job):
    found = an_import(OWN, by=job.user, worker=job.worker, stored=True)

    imports.undo(found, by=job.user)
    import_work.work()

    found.refresh_from_db()
    assert (found.status, found.stored) == ("undone", 0)
    assert not HourEntry.objects.exists()


def test_what_was_signed_or_changed_since_stays_and_is_named(job):
    found = an_import(
        "Date,Hours\n2026-06-07,1\n2026-06-08,2\n2026-06-09,3\n", by=job.user, worker=job.worker, stored=True
    )
    signed, changed, _untouched = found.hours.order_by("day")
    hours.approve([signed], by=job.supervisor)
    hours.edit(changed, by=job.user, minutes=90)

    imports.undo(found, by=job.user)
    import_work.work()

    found.refresh_from_db()
    assert (found.status, found.stored) == ("undone", 2)
    assert set(found.hours.all()) == {signed, changed}


def test_taken_back_it_can_be_handed_in_again(job):
    found = an_import(OWN, by=job.user, worker=job.worker, stored=True)
    imports.undo(found, by=job.user)
    import_work.work()

    again = an_import(OWN, by=job.user, worker=job.worker, stored=True)

    assert again.stored == 2


def test_a_step_that_is_not_open_is_refused(job):
    found = an_import(OWN, by=job.user, worker=job.worker, checked=False)

    with pytest.raises(Refused, match="uploaded"):
        imports.confirm(found, by=job.user)


def test_a_file_of_which_nothing_was_stored_can_be_deleted(job, django_capture_on_commit_callbacks):
    found = an_import(OWN, by=job.user, worker=job.worker)
    path = found.file.path

    with django_capture_on_commit_callbacks(execute=True):
        imports.discard(found, by=job.user)

    assert not Import.objects.exists()
    with pytest.raises(FileNotFoundError):
        open(path)  # noqa: PTH123, SIM115


def test_columns_are_remembered_for_files_of_the_same_kind(job):
    odd = "Wann,Wieviel\n2026-06-08,3\n"
    an_import(odd, by=job.user, worker=job.worker, columns={"day": 0, "minutes": 1}, unit="minutes")

    again = imports.upload(kind="hours", file=a_file(odd), by=job.user, worker=job.worker)

    assert again.reading["columns"] == {"day": 0, "minutes": 1}
    assert again.reading["unit"] == "minutes"


def test_it_is_stored_in_parts_that_go_on_where_they_ended(job, monkeypatch):
    monkeypatch.setattr(import_work, "CHUNK", 2)
    lines = "".join(f"2026-05-{day:02},1\n" for day in range(1, 6))
    found = an_import(f"Date,Hours\n{lines}", by=job.user, worker=job.worker)
    imports.confirm(found, by=job.user)

    assert import_work.go_on(found.pk)
    found.refresh_from_db()
    assert (found.status, found.position, found.stored) == ("running", 3, 2)

    import_work.work()
    found.refresh_from_db()
    assert (found.status, found.stored, HourEntry.objects.count()) == ("done", 5, 5)
