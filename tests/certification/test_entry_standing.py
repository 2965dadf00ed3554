"""Every entry explains itself: what it counts toward, why not, and what would make it count."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from certification import records
from certification.assessment import catalogue
from certification.entry_standing import Standing, standing_of
from certification.models import Goal
from certification.requirements.case import Case
from certification.requirements.judge_hours import Counted, days_of
from ladder import readiness
from tests.builders.certification import a_credential, a_goal, a_standard, an_authority
from tests.builders.ladder import a_placement, two_rungs
from tests.builders.workers import a_worker, an_agreement, an_employment, an_entry, approved_hours
from workers import hours
from workers.models import HourEntry
from workers.models.supervision import Basis

Status = HourEntry.Status
TODAY = date(2026, 6, 10)
YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(datetime(2026, 6, 10, 18, tzinfo=UTC), tick=False) as stopped:
        yield stopped


@pytest.fixture
def job(db):
    employment = an_employment(a_worker())
    an_agreement(employment)
    return employment


def aim(job, **asked):
    return a_goal(job.worker, a_standard({"experience": {"hours": 100, "in": "peer_support", **asked}}))


def approved(job, **fields):
    return an_entry(job, status=Status.APPROVED, agreement=job.worker.agreements.first(), **fields)


def line_of(entry):
    (answer,) = standing_of(entry)
    (line,) = answer.lines
    return line


def told(entry):
    line = line_of(entry)
    return line.standing, line.minutes


def test_approved_supervised_hours_count(job):
    goal = aim(job, supervised=True)

    (answer,) = standing_of(approved(job))

    assert (answer.target.title, answer.target.code) == (goal.level.title, goal.level.standards.get().code)
    assert answer.target.sources[0]["title"] == "Rules of the board"
    assert told(approved(job, day=YESTERDAY - timedelta(days=1))) == (Standing.COUNTED, 480)
    assert answer.lines[0].reason == answer.lines[0].hint == ""
    assert "100 hours" in answer.lines[0].asked


def test_hours_that_wait_for_a_signature_are_pending_with_what_they_will_count(job):
    aim(job, supervised=True)

    line = line_of(an_entry(job))

    assert (line.standing, line.minutes) == (Standing.PENDING, 480)
    assert line.reason == "These hours wait for a signature."


@pytest.mark.parametrize(
    ("status", "hint"),
    [
        (Status.DRAFT, "Send them for a signature."),
        (Status.RETURNED, "Correct these hours and send them again."),
    ],
)
def test_hours_that_nobody_was_asked_to_sign_count_for_nothing_and_say_what_to_do(job, status, hint):
    aim(job)
    fields = {"agreement": job.worker.agreements.get()} if status == Status.RETURNED else {}

    entry = an_entry(job, status=status, **fields)

    assert told(entry) == (Standing.NOT_COUNTED, 0)
    assert line_of(entry).hint == hint


@pytest.mark.parametrize(
    ("asked", "fields", "reason"),
    [
        ({}, {"work": "mental_health_services"}, "Only this kind of work counts here: Peer support."),
        ({"pay": ["paid"]}, {"pay": "volunteer"}, "Only work of this kind counts here: Paid."),
        ({"in_state": True}, {"state": "US-WI"}, "Only work in this state counts here: Minnesota."),
        ({"practicum": True}, {}, "Only hours of a practicum count here."),
        ({"from": "2026-06-10"}, {}, "Work counts here from June 10, 2026 on."),
        ({"until": "2026-06-01"}, {}, "Work counts here up to June 1, 2026."),
    ],
)
@pytest.mark.parametrize("status", [Status.APPROVED, Status.SUBMITTED])
def test_an_entry_that_does_not_fit_says_the_first_reason(job, asked, fields, reason, status):
    aim(job, **asked)
    signed = {"agreement": job.worker.agreements.get()} if status == Status.APPROVED else {}

    line = line_of(an_entry(job, status=status, **signed, **fields))

    assert (line.standing, line.minutes) == (Standing.NOT_COUNTED, 0)
    assert line.reason == reason


def test_work_before_the_window_says_from_when_on_work_counts(job):
    aim(job, within_months=12)

    line = line_of(approved(job, day=date(2025, 6, 9)))

    assert line.standing == Standing.NOT_COUNTED
    assert "2025" in line.reason
    assert told(approved(job, day=date(2025, 6, 10))) == (Standing.COUNTED, 480)


def test_unsupervised_hours_say_what_would_make_them_count(job):
    aim(job, supervised=True)
    job.worker.agreements.update(basis=Basis.NOT_QUALIFIED)

    line = line_of(approved(job))

    assert line.standing == Standing.NOT_COUNTED
    assert "supervised" in line.reason
    assert "agreement" in line.hint


def test_above_a_cap_the_first_hours_fill_it(job):
    aim(job, max_by_domain={"advocacy": 10})
    first = approved(job, day=date(2026, 6, 1))
    second = approved(job, day=date(2026, 6, 2))
    third = approved(job, day=date(2026, 6, 3))

    assert told(first) == (Standing.COUNTED, 480)
    assert told(second) == (Standing.COUNTED, 120)
    assert "10 h" in line_of(second).reason
    assert told(third) == (Standing.NOT_COUNTED, 0)
    assert told(an_entry(job, day=date(2026, 5, 1), minutes=60)) == (Standing.NOT_COUNTED, 0)


def test_work_that_must_follow_a_credential_says_so(job):
    before = a_standard()
    aim(job, after=before.level.code)

    line = line_of(approved(job))

    assert line.standing == Standing.NOT_COUNTED
    assert before.level.title in line.reason


def test_a_superseded_entry_says_that_a_correction_counts(job):
    aim(job)
    entry = approved(job)
    correction = an_entry(job, amends=entry, minutes=60)
    assert told(correction) == (Standing.PENDING, 60)
    assert "it corrects" in line_of(correction).hint
    hours.approve([correction], by=job.worker.agreements.get().supervisor)
    entry.refresh_from_db()

    assert told(entry) == (Standing.NOT_COUNTED, 0)
    assert "correction" in line_of(entry).reason


def test_of_several_ways_each_is_told(job):
    two = {
        "any": [
            {"experience": {"hours": 100, "in": "peer_support"}},
            {"all": [{"experience": {"hours": 50, "in": "lead_peer_role"}}, {"age": {"at_least": 18}}]},
        ]
    }
    a_goal(job.worker, a_standard(two))

    (answer,) = standing_of(approved(job))

    assert [line.standing for line in answer.lines] == [Standing.COUNTED, Standing.NOT_COUNTED]
    assert answer.standing == Standing.COUNTED


def test_a_target_without_hours_has_no_lines(job):
    a_goal(job.worker, a_standard({"age": {"at_least": 18}}))

    (answer,) = standing_of(approved(job))

    assert (answer.lines, answer.standing) == ([], Standing.NOT_COUNTED)


def test_what_one_holds_is_told_by_its_renewal(job):
    standard = a_standard(
        renewal={"experience": {"hours": 20, "in": "peer_support", "within_months": 24}},
        authority=an_authority(),
    )
    a_goal(job.worker, standard)
    a_credential(job.worker, standard)

    (answer,) = standing_of(approved(job))

    assert answer.target.kind == "renewal"
    assert answer.lines[0].path.startswith("renewal.")


def test_rungs_within_reach_are_told_too(job):
    asked = {"experience": {"hours": 10, "in": "peer_support"}}
    below, above = two_rungs(job.employer, asked)
    a_placement(job.worker, below)
    readiness.refresh([job.worker_id])

    (answer,) = standing_of(approved(job))

    assert (answer.target.kind, answer.target.title) == ("rung", above.title)
    assert answer.target.place == job.employer.name
    assert answer.standing == Standing.COUNTED


def test_the_minutes_of_all_entries_add_up_to_what_the_goal_counts(job):
    standard = a_standard(
        {
            "experience": {
                "hours": 100,
                "in": "peer_support",
                "supervised": True,
                "within_months": 3,
                "max_by_domain": {"advocacy": 20},
            }
        }
    )
    goal: Goal = a_goal(job.worker, standard)
    agreement = job.worker.agreements.get()
    approved_hours(job, 60 * 60, agreement=agreement, a_day=300)
    approved_hours(job, 10 * 60, agreement=agreement, until=date(2026, 3, 12), domain="other", a_day=100)
    approved_hours(job, 10 * 60, agreement=agreement, until=date(2026, 5, 1), work="lead_peer_role")
    leaf = standard.requirement
    facts = records.load([job.worker_id], on=TODAY)[job.worker_id]
    case = Case(facts.record(goal.level.program.authority_id), TODAY, catalogue(TODAY))

    counted = sum(line_of(entry).minutes for entry in HourEntry.objects.all())

    assert counted == Counted(leaf, case, days_of(leaf, case)).total() > 0


# Page and API


def test_the_page_of_an_entry_tells_its_worker(client, job):
    goal = aim(job)
    entry = approved(job)
    client.force_login(job.worker.user)

    page = client.get(f"/record/hours/{entry.pk}/").content.decode()

    assert "What these hours count toward" in page
    assert goal.level.title in page
    assert "Rules of the board" in page


def test_nobody_else_reads_what_a_worker_aims_at(client, job):
    goal = aim(job)
    entry = approved(job)
    client.force_login(job.worker.agreements.get().supervisor)

    assert goal.level.title not in client.get(f"/record/hours/{entry.pk}/").content.decode()
    assert client.get(f"/api/v1/hours/{entry.pk}/standing").status_code == 404


def test_without_a_goal_the_page_offers_one(client, job):
    client.force_login(job.worker.user)

    page = client.get(f"/record/hours/{approved(job).pk}/").content.decode()

    assert "You aim at nothing yet" in page


def test_the_api_tells_the_same(client, job):
    goal = aim(job, supervised=True)
    entry = approved(job)
    client.force_login(job.worker.user)

    answer = client.get(f"/api/v1/hours/{entry.pk}/standing").json()

    (target,) = answer["toward"]
    assert (answer["entry"], target["kind"], target["title"]) == (entry.pk, "level", goal.level.title)
    assert target["sources"][0]["title"] == "Rules of the board"
    assert [(line["standing"], line["minutes"]) for line in target["lines"]] == [("counted", 480)]


@pytest.mark.parametrize("goals", [1, 5])
def test_however_many_targets_the_queries_are_the_same(job, goals, django_assert_max_num_queries):
    authority = an_authority()
    for _each in range(goals):
        a_goal(job.worker, a_standard(authority=authority))
    entry = HourEntry.objects.select_related("worker", "employment").get(pk=approved(job).pk)

    with django_assert_max_num_queries(16):
        assert len(standing_of(entry)) == goals
