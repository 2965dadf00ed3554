"""Files of people, supervision and training, and calendars: each row by the verb that a page would call."""

from datetime import date, time

import pytest

from accounts.refusals import Refused
from accounts.roles import Role
from tests.builders.accounts import a_member, a_person
from tests.builders.imports import an_import
from tests.builders.workers import a_statement, a_worker
from workers import import_work, imports, rosters, sessions
from workers.models import (
    Agreement,
    Employment,
    HourEntry,
    ImportProblem,
    RosterLine,
    Statement,
    SupervisionSession,
)


@pytest.fixture(autouse=True)
def files_of_their_own(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def manager(job):
    return a_member(Role.MANAGER, organisation=job.employer, given_name="Maya")


def said(found):
    rows = ImportProblem.objects.filter(source=found).order_by("place", "pk")
    return list(rows.values_list("place", "field", "message"))


def undone(found):
    imports.undo(found, by=found.uploaded_by)
    import_work.work()
    found.refresh_from_db()
    return found


# Calendars

WEEKLY = (
    "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nUID:1\nDTSTART;TZID=America/Chicago:20260601T090000\nDURATION:PT2H\n"
    "RRULE:FREQ=WEEKLY\nSUMMARY:Group with Mr. Private\nEND:VEVENT\n"
    "BEGIN:VEVENT\nUID:2\nDTSTART:20260602T150000Z\nDURATION:PT1H\nSUMMARY:Dentist\nEND:VEVENT\nEND:VCALENDAR\n"
)


def a_calendar(job, **how):
    chosen = {"job": job.employment.pk, "first": "2026-06-01", "last": "2026-06-14", "word": "group", **how}
    return an_import(WEEKLY, by=job.user, worker=job.worker, kind="calendar", stored=True, **chosen)


def test_chosen_events_of_a_calendar_become_drafts_without_their_titles(job):
    found = a_calendar(job)

    assert found.stored == 2
    assert list(
        HourEntry.objects.order_by("day").values_list("day", "starts", "minutes", "status", "note")
    ) == [
        (date(2026, 6, 1), time(9), 120, "draft", ""),
        (date(2026, 6, 8), time(9), 120, "draft", ""),
    ]


def test_titles_are_kept_only_where_the_worker_chose_that(job):
    a_calendar(job, titles=True)

    assert set(HourEntry.objects.values_list("note", flat=True)) == {"Group with Mr. Private"}


def test_a_private_title_stands_nowhere_else_either(job):
    a_calendar(job, word="")

    assert not ImportProblem.objects.filter(found__icontains="dentist").exists()
    assert HourEntry.objects.count() == 3


# Supervision

SESSIONS = (
    "Supervisor,Date,Length,Format,Topic\n"
    "{supervisor},2026-06-08,1:00,group,Advocacy\nNobody,2026-06-09,1,group,\n"
)


def test_a_worker_hands_in_supervision_received(job):
    found = an_import(
        SESSIONS.format(supervisor=job.supervisor.email),
        by=job.user,
        worker=job.worker,
        kind="sessions",
        stored=True,
    )

    assert (found.stored, found.wrong) == (1, 1)
    assert said(found) == [(3, "supervisor", "“Nobody” is not a supervisor of this worker.")]
    session = SupervisionSession.objects.get()
    assert (session.agreement, session.minutes, session.format, session.confirmed_on) == (
        job.agreement,
        60,
        "group",
        None,
    )


def test_an_employer_hands_in_supervision_and_the_supervisor_confirms(job, manager):
    an_import(
        f"Worker,Supervisor,Date,Length\nAna Rivera,{job.supervisor},2026-06-08,1:00\n",
        by=manager,
        organisation=job.employer,
        kind="sessions",
        stored=True,
    )

    assert sessions.confirm(list(SupervisionSession.objects.all()), by=job.supervisor) == 1


def test_sessions_handed_in_twice_are_there_once(job):
    file = f"Supervisor,Date,Length\n{job.supervisor.email},2026-06-08,1:00\n"
    an_import(file, by=job.user, worker=job.worker, kind="sessions", stored=True)

    again = an_import(file, by=job.user, worker=job.worker, kind="sessions", stored=True)

    assert (again.present, again.stored, SupervisionSession.objects.count()) == (1, 0, 1)


def test_checking_stores_nothing(job):
    found = an_import(
        f"Supervisor,Date,Length\n{job.supervisor.email},2026-06-08,1:00\n",
        by=job.user,
        worker=job.worker,
        kind="sessions",
    )

    assert (found.status, found.rows, found.wrong) == ("ready", 1, 0)
    assert not SupervisionSession.objects.exists()


def test_sessions_nobody_confirmed_are_taken_back(job):
    other = f"{job.supervisor.email},2026-06-09,1:00\n"
    found = an_import(
        f"Supervisor,Date,Length\n{job.supervisor.email},2026-06-08,1:00\n{other}",
        by=job.user,
        worker=job.worker,
        kind="sessions",
        stored=True,
    )
    sessions.confirm(list(SupervisionSession.objects.filter(day=date(2026, 6, 8))), by=job.supervisor)

    undone(found)

    assert (found.status, found.stored) == ("undone", 1)
    assert SupervisionSession.objects.get().day == date(2026, 6, 8)


# Training


def test_completed_training_becomes_statements(job):
    a_statement(job.worker, code="ethics", name="Ethics", minutes=360, day=date(2025, 3, 14))
    found = an_import(
        "Course,Topic,Hours,Completed,Provider\nCore,Peer support,40,2025-01-10,Hopewell Academy\n"
        "Ethics,ethics,6,3/14/2025,\nOld,,1,2025-01-10,\n",
        by=job.user,
        worker=job.worker,
        kind="completions",
        stored=True,
        dates="mdy",
    )

    assert (found.stored, found.present, found.wrong) == (1, 1, 1), said(found)
    made = Statement.objects.get(name="Core")
    assert (made.kind, made.code, made.minutes, made.day) == (
        "training",
        "peer_support",
        2400,
        date(2025, 1, 10),
    )
    assert made.details == {"provider": "hopewell-academy"}
    undone(found)
    assert not Statement.objects.standing().filter(name="Core").exists()


# People

ROSTER = (
    "Email,First name,Last name,Job title,Hire date,Supervisor\n"
    "{email},Cleo,Vance,Peer specialist,2026-01-05,{sam}\n"
)


def a_roster(job, manager, email):
    file = ROSTER.format(email=email, sam=job.supervisor.email)
    return an_import(file, by=manager, organisation=job.employer, kind="roster", stored=True)


def test_a_person_on_a_roster_is_asked_and_it_becomes_a_job_once_they_agree(job, manager):
    cleo = a_worker("Cleo", "Vance")
    a_roster(job, manager, cleo.user.email)
    assert not Employment.objects.filter(worker=cleo).exists()
    assert cleo.user.notices.get().text == (
        f"{job.employer.name} says that you work there as Peer specialist. Say whether that is right."
    )

    rosters.accept(RosterLine.objects.offered_to(cleo.user).get(), by=cleo.user)

    made = Employment.objects.get(worker=cleo)
    assert (made.employer, made.started_on, made.confirmed_by) == (job.employer, date(2026, 1, 5), manager)
    agreement = Agreement.objects.get(worker=cleo)
    assert (agreement.supervisor, agreement.started_on) == (job.supervisor, date(2026, 1, 5))


def test_the_employer_learns_nothing_of_who_has_an_account(job, manager):
    known = a_roster(job, manager, a_person("Cleo").email)
    unknown = a_roster(job, manager, "nobody@example.org")

    assert (known.stored, known.wrong, said(known)) == (unknown.stored, unknown.wrong, said(unknown))


def test_who_says_no_has_nothing_of_it_in_their_record(job, manager):
    cleo = a_worker("Cleo", "Vance")
    a_roster(job, manager, cleo.user.email)

    rosters.decline(RosterLine.objects.offered_to(cleo.user).get(), by=cleo.user)

    assert not Employment.objects.filter(worker=cleo).exists()
    assert not RosterLine.objects.offered_to(cleo.user).exists()


def test_only_the_person_asked_answers(job, manager):
    a_roster(job, manager, a_person("Cleo").email)

    with pytest.raises(Refused):
        rosters.accept(RosterLine.objects.get(), by=job.user)


def test_where_whoever_sent_it_has_left_the_job_is_the_workers_word_alone(job, manager):
    cleo = a_worker("Cleo", "Vance")
    a_roster(job, manager, cleo.user.email)
    manager.memberships.all().delete()

    rosters.accept(RosterLine.objects.get(), by=cleo.user)

    assert Employment.objects.get(worker=cleo).confirmed_on is None
    assert not Agreement.objects.filter(worker=cleo).exists()


def test_a_roster_taken_back_asks_nobody_any_more(job, manager):
    cleo = a_worker("Cleo", "Vance")
    found = a_roster(job, manager, cleo.user.email)

    undone(found)

    assert not RosterLine.objects.offered_to(cleo.user).exists()
    assert a_roster(job, manager, cleo.user.email).stored == 1
