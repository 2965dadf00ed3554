"""What a draft would do: counted over everybody, shown as numbers that find nobody out."""

import csv
from datetime import date
from io import StringIO

import pytest
import time_machine
import yaml
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import trail
from accounts.models import Event, Organisation
from accounts.refusals import Refused
from accounts.roles import Role
from certification import drafts, whatif
from certification.requirements.language import parse
from certification.requirements.values import RequirementError
from certification.small_cells import Count
from certification.whatif import Outcome, Reach
from tests.builders.accounts import a_member, an_organisation
from tests.builders.certification import a_credential, a_level, a_standard, an_authority
from workers import tracking
from workers.models import Agreement, Employment, HourEntry, Mark, Worker

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("june")]
TODAY = date(2026, 6, 1)


@pytest.fixture
def june():
    with time_machine.travel("2026-06-01T12:00Z", tick=False):
        yield


def work(hours: int) -> dict:
    return {"experience": {"hours": hours, "in": "peer_support"}}


def crowd(people: int, *, worked: int, employer: Organisation | None, state: str = "US-MN") -> None:
    """So many workers with `worked` approved hours each, at one employer or at none any more."""
    workers = Worker.objects.bulk_create(
        Worker(given_name="Ana", family_name="Rivera", state=state) for _ in range(people)
    )
    ended = None if employer else date(2025, 12, 31)
    at = employer or an_organisation()
    jobs = Employment.objects.bulk_create(
        Employment(
            worker=one, employer=at, title="Peer", state=state, started_on=date(2020, 1, 1), ended_on=ended
        )
        for one in workers
    )
    signer = a_member(Role.SUPERVISOR, organisation=at)
    under = Agreement.objects.bulk_create(
        Agreement(worker=one, supervisor=signer, employer=at, started_on=date(2020, 1, 1), made_by=signer)
        for one in workers
    )
    HourEntry.objects.bulk_create(
        HourEntry(
            worker=job.worker,
            employment=job,
            agreement=agreement,
            day=date(2025, 1, 1 + n),
            minutes=min(worked - 20 * n, 20) * 60,
            work="peer_support",
            domain="advocacy",
            mode="phone",
            pay="paid",
            state=state,
            status="approved",
            decided_by=signer,
            decided_on="2025-02-01T12:00Z",
            submitted_at="2025-02-01T12:00Z",
            supervised=True,
        )
        for job, agreement in zip(jobs, under, strict=True)
        for n in range(-(-worked // 20))
    )
    tracking.rewrite_totals([one.pk for one in workers])
    Mark.objects.all().delete()


@pytest.fixture
def board():
    return an_organisation("Minnesota Board", kind="authority", state="US-MN")


@pytest.fixture
def ada(board):
    return a_member(Role.ADMINISTRATOR, organisation=board, given_name="Ada")


@pytest.fixture
def standard(board):
    return a_standard(work(20), authority=an_authority(board))


@pytest.fixture
def as_ada(client, ada):
    client.force_login(ada)
    return client


@pytest.fixture
def country():
    """Fifty who have the 20 hours, forty who have 10, sixty who have one."""
    hopewell, northside = an_organisation("Hopewell"), an_organisation("Northside")
    crowd(50, worked=20, employer=hopewell)
    crowd(40, worked=10, employer=northside)
    crowd(60, worked=1, employer=northside, state="US-WI")


def weighed(standard, ada, requires, **asked):
    return whatif.weigh(
        level=standard.level, today=standard.requirement, draft=parse(requires), on=TODAY, by=ada, **asked
    )


def counted(standard, requires):
    rows = whatif.count(standard.level, standard.requirement, parse(requires), on=TODAY)
    return whatif.Counted(rows)


def near(figure, people):
    return figure is not None and figure % 10 == 0 and abs(figure - people) <= 9


# Counting


def test_each_worker_is_counted_by_what_becomes_of_them(standard, country):
    flows = counted(standard, work(10)).flows

    assert {one: flows["outcome", one].count.people for one in Outcome} == {
        "kept": 50,
        "gained": 40,
        "lost": 0,
        "near": 60,
        "papers": 0,
        "far": 0,
    }


def test_a_harder_draft_takes_it_from_some(standard, country):
    flows = counted(standard, work(600)).flows

    assert flows["outcome", Outcome.LOST].count.people == 50
    assert flows["outcome", Outcome.FAR].count.people == 100


def test_250_hours_to_go_are_near_and_more_are_not(standard, country):
    # Ten worked, 250 to go: forty. One worked, 259 to go: sixty.
    flows = counted(standard, work(260)).flows

    assert flows["outcome", Outcome.NEAR].count.people == 40
    assert flows["outcome", Outcome.FAR].count.people == 60
    assert flows["draft", Reach.H250].count.people == 50 + 40


def test_hours_to_go_are_told_for_both_versions(standard, country):
    flows = counted(standard, work(265)).flows

    def people(name):
        return {one.value: flows[name, one].count.people for one in Reach if flows[name, one].count.people}

    assert people("today") == {"eligible": 50, "250": 100}
    assert people("draft") == {"250": 50, "500": 100}


def test_a_paper_that_is_missing_leaves_no_hours_to_go(standard, country):
    flows = counted(standard, {"all": [work(20), {"exam": {"name": "Board exam"}}]}).flows

    assert flows["draft", Reach.PAPERS].count.people == 50
    assert flows["outcome", Outcome.LOST].count.people == 50


def test_a_worker_counts_where_they_began_last_or_else_at_no_employer(standard):
    first, second = an_organisation("First"), an_organisation("Second")
    crowd(30, worked=15, employer=first)
    crowd(20, worked=15, employer=None)
    Employment.objects.bulk_create(
        Employment(worker=one, employer=second, title="New", state="US-WI", started_on=date(2026, 1, 1))
        for one in Worker.objects.filter(employments__employer=first)[:20]
    )

    groups = counted(standard, work(10)).found

    assert {key: one.people for key, one in groups["employers"].items()} == {
        (str(first.pk), "gained"): 10,
        (str(second.pk), "gained"): 20,
        ("", "gained"): 20,
    }
    assert {key: one.people for key, one in groups["states"].items()} == {
        ("US-MN", "gained"): 30,
        ("US-WI", "gained"): 20,
    }


def test_it_is_judged_as_the_authority_of_the_level_judges(standard):
    crowd(30, worked=15, employer=an_organisation())
    for one in Worker.objects.all()[:25]:
        a_credential(one, standard)

    flows = counted(standard, {"credential": {"any_of": [standard.level.code]}}).flows

    assert flows["outcome", Outcome.GAINED].count.people == 25


def test_without_a_version_in_force_everybody_eligible_becomes_so(board, ada, country):
    level = a_level(authority=an_authority(board))

    effect = whatif.weigh(level=level, today=None, draft=parse(work(10)), on=TODAY, by=ada)

    assert effect.today is None
    assert near(effect.outcomes[Outcome.GAINED].figure, 90)


def test_papers_can_be_left_aside(standard, ada, country):
    draft = {"all": [work(10), {"exam": {"name": "Board exam"}}]}

    with_papers = weighed(standard, ada, draft)
    without = weighed(standard, ada, draft, without_papers=True)

    assert near(with_papers.outcomes[Outcome.LOST].figure, 50)
    assert near(without.outcomes[Outcome.GAINED].figure, 40)


def test_where_only_papers_are_asked_everybody_is_eligible_without_them(standard, ada, country):
    effect = weighed(standard, ada, {"exam": {"name": "Board exam"}}, without_papers=True)

    assert near(effect.outcomes[Outcome.GAINED].figure, 100)
    assert near(effect.everybody.figure, 150)


# Hiding


def test_figures_come_in_tens_and_small_ones_not_at_all(standard, ada, country):
    crowd(3, worked=40, employer=an_organisation("Tiny"))

    effect = weighed(standard, ada, work(40))

    assert near(effect.everybody.figure, 153)
    assert near(effect.outcomes[Outcome.LOST].figure, 50)
    assert effect.outcomes[Outcome.KEPT].is_hidden
    assert "Tiny" not in {row.label for row in effect.employers}


def test_nobody_small_is_shown_and_no_total_gives_one_away(standard, ada, country):
    found = counted(standard, work(10))

    for key, flow in found.flows.items():
        if flow.count.people < 10:
            assert found.cell(key).is_hidden
    for node in {flow.tail for flow in found.flows.values()}:
        there = [key for key, flow in found.flows.items() if node in (flow.tail, flow.head)]
        assert sum(found.cell(key).is_hidden for key in there) != 1


def test_the_answer_is_the_last_to_be_hidden():
    """Nobody loses it, which three others would give away: the least asked of them goes with it."""
    outcomes = [("gained", 37), ("kept", 140), ("papers", 99_800)]
    reaches = [("eligible", 177), ("papers", 99_800)]
    found = whatif.Counted(
        [
            *(("employers", "", part, people, 4) for part, people in outcomes),
            *(("states", "US-MN", part, people, 4) for part, people in outcomes),
            *((name, "", part, people, 4) for name in ("today", "draft") for part, people in reaches),
        ]
    )

    shown = found.effect(TODAY, compared=True)

    assert shown.outcomes[Outcome.GAINED].figure == 40
    assert shown.outcomes[Outcome.KEPT].figure == 140
    assert shown.draft[Reach.ELIGIBLE].figure == 180
    assert shown.outcomes[Outcome.PAPERS].is_hidden


def test_the_network_is_balanced(standard, country):
    flows = counted(standard, work(10)).flows

    for node in {flow.tail for flow in flows.values()}:
        into = sum(flow.count.people for flow in flows.values() if flow.head == node)
        out = sum(flow.count.people for flow in flows.values() if flow.tail == node)
        assert into == out


def test_the_same_question_has_the_same_answer(standard, ada, country):
    assert weighed(standard, ada, work(10)) == weighed(standard, ada, work(10))


def test_only_the_largest_groups_keep_their_names():
    counts = {(str(n), "kept"): Count(100 + n, 4) for n in range(30)} | {("x", "lost"): Count(5, 4)}

    shown = whatif.folded(counts, most=2)

    assert list(shown) == ["29", "28", "others"]
    assert shown["others"]["lost"].people == 5
    assert sum(one["kept"].people for one in shown.values()) == sum(100 + n for n in range(30))


# Asking


def test_that_it_was_asked_stays_in_the_trail(standard, ada):
    weighed(standard, ada, work(10))

    [event] = trail.of(standard.level)
    assert (event.verb, event.actor, event.data["draft"]) == ("effect.seen", ada, work(10))


def test_a_draft_that_takes_too_long_is_refused_at_the_field(standard, ada, country, monkeypatch):
    monkeypatch.setattr(whatif, "PATIENCE", "1ms")
    crowd(300, worked=20, employer=an_organisation())

    with pytest.raises(Refused, match="too long") as refusal:
        weighed(standard, ada, {"all": [work(20 + n) for n in range(60)]})

    assert refusal.value.field == "requires"
    assert Event.objects.get(verb="effect.seen").actor == ada


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("experience: {hour: 3}", "requires.experience.hour"),
        ("all: [{age: {at_least: x}}]", "requires.all[0].age.at_least"),
        ("all: [", "requires, line 2"),
        ("all: &a [*a]", "requires"),
        ("\n".join(["all:", *["- age: {at_least: 18}"] * 101]), "requires"),
        ("not: {" * 11 + "age: {at_least: 18}" + "}" * 11, "requires"),
    ],
)
def test_a_draft_that_cannot_be_read_is_refused_with_the_place(text, path):
    with pytest.raises(RequirementError) as refusal:
        drafts.read(text)

    assert refusal.value.path.startswith(path)


def test_the_text_of_a_standard_reads_back_as_the_standard(standard):
    assert drafts.read(drafts.text_of(standard.requires)) == standard.requirement


# The pages


def test_the_desk_lists_the_levels_of_its_authority(as_ada, standard):
    foreign = a_standard(authority=an_authority(an_organisation(kind="authority")))

    page = as_ada.get(reverse("certification:what_ifs")).text

    assert standard.level.title in page
    assert foreign.level.title not in page


def test_the_page_begins_with_today_s_version(as_ada, standard):
    page = as_ada.get(reverse("certification:what_if", args=[standard.level.code]))

    assert yaml.safe_load(page.context["form"].initial["requires"]) == work(20)
    assert "What would follow" not in page.text


def test_a_draft_shows_its_effect_in_words_and_numbers(as_ada, standard, country):
    address = reverse("certification:what_if", args=[standard.level.code])

    page = as_ada.post(address, {"requires": "experience: {hours: 10, in: peer_support}"}).text

    assert "Changed: 20 hours of work in peer support → 10 hours of work in peer support" in page
    assert "Become eligible" in page
    assert "Eligible: all that is asked is on record" in page
    assert "Hopewell" in page
    assert "experience: {hours: 10, in: peer_support}" in page


def test_the_page_can_leave_papers_aside(as_ada, standard, country):
    address = reverse("certification:what_if", args=[standard.level.code])
    text = "all: [experience: {hours: 10, in: peer_support}, exam: {name: Board}]"

    page = as_ada.post(address, {"requires": text, "without_papers": "on"})

    assert "Papers are left aside" in page.text
    assert near(int(page.context["effect"]["stats"][1]["value"].removeprefix("about ")), 40)


def test_a_wrong_draft_comes_back_as_it_was_typed_with_the_place(as_ada, standard):
    address = reverse("certification:what_if", args=[standard.level.code])

    answer = as_ada.post(address, {"requires": "experience:\n  hour: 10 # mine"})

    assert answer.status_code == 422
    assert "requires.experience.hour" in answer.text
    assert "hour: 10 # mine" in answer.text


def test_the_file_hides_what_the_page_hides(as_ada, standard, country):
    crowd(20, worked=20, employer=an_organisation("=1+1"))
    address = reverse("certification:what_if", args=[standard.level.code])
    text = "experience: {hours: 10, in: peer_support}"

    page = as_ada.post(address, {"requires": text}).context["effect"]
    answer = as_ada.post(address, {"requires": text, "as": "csv"})

    rows = list(csv.DictReader(StringIO(answer.text)))
    assert answer["Content-Type"].startswith("text/csv")
    shown = {(row["group"], row["outcome"]): row["workers"] for row in rows if row["table"] == "employer"}
    assert "'=1+1" in {group for group, _ in shown}
    for row in page["tables"][0]["rows"]:
        figures = [shown[row["label"].replace("=", "'="), one.value] for one in Outcome]
        assert figures == ["hidden" if figure is None else str(figure) for _, figure in row["cells"]]


@pytest.mark.parametrize("people", [1, 40])
def test_the_effect_costs_the_same_queries_however_many_workers(as_ada, standard, people):
    crowd(people, worked=20, employer=an_organisation())
    address = reverse("certification:what_if", args=[standard.level.code])
    as_ada.post(address, {"requires": "age: {at_least: 18}"})

    with CaptureQueriesContext(connection) as captured:
        as_ada.post(address, {"requires": "age: {at_least: 18}"})

    assert len(captured) <= 24
