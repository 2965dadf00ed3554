"""What leaves as tables: a worker's own record for life, an employer's hours and no more."""

import csv
import io
import zipfile
from datetime import date, time

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from tests.builders.accounts import a_member
from tests.builders.workers import a_session, a_statement, a_worker, an_employment, an_entry
from tests.workers.browsing import go
from workers.models import Agreement, Employment
from workers.sheets import csv_lines


def table(answer):
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.fixture
def manager(job):
    return a_member(Role.MANAGER, organisation=job.employer)


def test_a_worker_takes_all_their_hours(client, job):
    an_entry(
        job.employment,
        day=date(2026, 6, 8),
        minutes=90,
        starts=time(9),
        status="approved",
        agreement=job.agreement,
    )
    an_entry(job.employment, day=date(2026, 6, 9), status="draft", note="Team, day")

    first, second = table(go(client, job.user, "export_hours"))

    assert (first["Day"], first["From"], first["Minutes"]) == ("2026-06-08", "09:00", "90")
    assert (first["Signed by"], first["Supervised"]) == (str(job.supervisor), "yes")
    assert (second["Status"], second["Note"]) == ("draft", "Team, day")


def test_the_whole_record_comes_as_tables_in_one_file(client, job):
    a_session(job.agreement)
    a_statement(job.worker)

    files = zipfile.ZipFile(io.BytesIO(go(client, job.user, "export_all").content))

    assert sorted(files.namelist()) == ["hours.csv", "jobs.csv", "qualifications.csv", "supervision.csv"]
    assert b"Peer specialist" in files.read("jobs.csv")
    assert b"Peer support" in files.read("qualifications.csv")


def test_no_cell_is_taken_for_a_formula():
    lines = "".join(csv_lines([["=1+1", "+1", "-1", "@x", "\tx", "fine", -1]]))

    assert lines == "\ufeff'=1+1,'+1,'-1,'@x,'\tx,fine,-1\r\n"


def test_an_employer_sees_the_hours_worked_for_it_and_no_others(client, job, manager):
    an_entry(job.employment, day=date(2026, 6, 8), note="My own words")
    an_entry(job.employment, day=date(2026, 6, 9), status="draft")
    an_entry(an_employment(job.worker), day=date(2026, 6, 8), minutes=60)
    an_entry(an_employment(a_worker("Ben", "Okafor")), day=date(2026, 6, 8))

    answer = go(client, manager, "team_hours", job.employer.slug)

    (only,) = table(answer)
    assert (only["Worker"], only["Day"], only["Minutes"]) == ("Ana Rivera", "2026-06-08", "480")
    assert "My own words" not in only.values()


def test_an_employer_takes_the_hours_of_some_days(client, job, manager):
    for day in (7, 8, 9):
        an_entry(job.employment, day=date(2026, 6, day))

    answer = go(
        client, manager, "team_hours", job.employer.slug, **{"from": "2026-06-08", "until": "2026-06-08"}
    )

    assert [row["Day"] for row in table(answer)] == ["2026-06-08"]


def test_the_table_takes_as_many_queries_as_it_has_parts(client, job, manager, django_assert_max_num_queries):
    for day in range(1, 28):
        an_entry(job.employment, day=date(2026, 5, day))
    client.force_login(manager)

    with django_assert_max_num_queries(9):
        rows = table(client.get(reverse("workers:team_hours", args=[job.employer.slug])))

    assert len(rows) == 27


def test_a_worker_keeps_everything_whatever_the_employer_does(client, job, manager):
    """The employer ends the job and the supervision, and everybody there leaves."""
    an_entry(job.employment, day=date(2026, 6, 8), status="approved", agreement=job.agreement)
    Agreement.objects.update(ended_on=date(2026, 6, 30))
    Employment.objects.update(ended_on=date(2026, 6, 30))
    job.employer.memberships.update(ended_at=timezone.now())

    assert go(client, job.user, "record").status_code == 200
    assert len(table(go(client, job.user, "export_hours"))) == 1
    client.post(reverse("workers:issue_transcript"))
    (found,) = job.worker.transcripts.all()
    assert found.approved_minutes == 480
    assert go(client, job.user, "transcript_pdf", found.uid).content.startswith(b"%PDF-")
