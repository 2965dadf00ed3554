"""The rules of the catalogue's README, "How they are read": a test for each sentence."""

from datetime import date, timedelta

import pytest

from certification.requirements.ledger import PEER_WORK
from certification.requirements.nearest import keeps_out

from .builders import ON, judge, met, work

HOURS = {"hours": 8, "in": "peer_support"}


# A topic or domain matches by its slug.


def test_a_topic_matches_by_its_slug():
    assert met(
        judge({"training": {"topic": "ethics", "hours": 1}}, training=[{"topic": "ethics", "hours": 1}])
    )
    assert not met(
        judge({"training": {"topic": "ethics", "hours": 1}}, training=[{"topic": "peer_ethics", "hours": 1}])
    )


def test_a_domain_matches_by_its_slug():
    asks = {"experience": HOURS | {"by_domain": {"advocacy": 8}}}

    assert met(judge(asks, experience=[work(8, domain="advocacy")]))
    assert not met(judge(asks, experience=[work(8, domain="advocacy_work")]))


# A leaf counts hours of its own topic and of every topic in its by_topic; hours given with a breakdown
# count once toward the total and once toward their topic.

BY_TOPIC = {"training": {"hours": 46, "topic": "peer_recovery", "by_topic": {"advocacy": 10, "ethics": 16}}}


def test_hours_of_the_topics_asked_count_toward_the_total():
    rows = [
        {"topic": "peer_recovery", "hours": 20},
        {"topic": "advocacy", "hours": 10},
        {"topic": "ethics", "hours": 16},
        {"topic": "gardening", "hours": 99},
    ]
    finding = judge(BY_TOPIC, training=rows)

    assert met(finding)
    assert finding.have == 46 * 60


def test_hours_with_a_breakdown_count_once_toward_the_total():
    row = {"topic": "peer_recovery", "hours": 46, "by_topic": {"advocacy": 10, "ethics": 16}}
    finding = judge(BY_TOPIC, training=[row])

    assert met(finding)
    assert finding.have == 46 * 60


def test_of_a_row_on_another_topic_only_the_part_asked_counts():
    finding = judge(BY_TOPIC, training=[{"topic": "gardening", "hours": 50, "by_topic": {"ethics": 16}}])

    assert finding.have == 16 * 60


def test_a_leaf_without_by_topic_counts_a_breakdown_on_its_own_topic():
    row = {"topic": "peer_recovery", "hours": 46, "by_topic": {"ethics": 16}}

    assert judge({"training": {"topic": "ethics", "hours": 16}}, training=[row]).have == 16 * 60


# `in: peer_support` takes any peer work; every other slug takes only itself.


def test_peer_support_takes_any_peer_work():
    assert len(PEER_WORK) == 8
    for slug in PEER_WORK:
        assert met(judge({"experience": HOURS}, experience=[work(8) | {"in": slug}])), slug


def test_every_other_slug_takes_only_itself():
    asks = {"experience": {"hours": 8, "in": "peer_recovery"}}

    assert met(judge(asks, experience=[work(8) | {"in": "peer_recovery"}]))
    assert not met(judge(asks, experience=[work(8)]))
    assert not met(judge({"experience": HOURS}, experience=[work(8) | {"in": "peer_support_or_related"}]))


# A credential of a practitioner or advanced level of any state's program is of kind state_peer_certification.


@pytest.mark.parametrize(
    ("row", "counts"),
    [
        ({"level": "ma-cps"}, True),
        ({"level": "mn-cps-2"}, True),
        ({"level": "ma-trainee"}, False),
        ({"level": "us-ncps"}, False),
        ({"kind": "state_peer_certification"}, True),
        ({"kind": "other"}, False),
    ],
)
def test_levels_of_states_are_state_peer_certifications(row, counts):
    assert met(judge({"credential": {"kind": "state_peer_certification"}}, credentials=[row])) is counts


# Its training hours are those on the record's row, or else those its level's standard asks.


@pytest.mark.parametrize(
    ("row", "counts"),
    [
        ({"level": "ma-cps"}, True),
        ({"level": "ma-cps", "training_hours": 45.5}, False),
        ({"level": "ma-cps", "training_hours": 46}, True),
        ({"level": "mn-cps-2"}, False),
        ({"kind": "state_peer_certification"}, False),
    ],
)
def test_the_training_behind_a_credential(row, counts):
    asks = {"kind": "state_peer_certification", "minimum_training_hours": 46}

    assert met(judge({"credential": asks}, credentials=[row])) is counts


# `pay` naming both takes a row that does not say; `pay` naming one takes only rows that say it.


@pytest.mark.parametrize(
    ("asked", "paid", "volunteer", "unsaid"),
    [
        (["paid", "volunteer"], True, True, True),
        (["volunteer", "paid"], True, True, True),
        (["paid"], True, False, False),
        (["volunteer"], False, True, False),
        (None, True, True, True),
    ],
)
def test_pay(asked, paid, volunteer, unsaid):
    asks = {"experience": HOURS | ({"pay": asked} if asked else {})}

    assert met(judge(asks, experience=[work(8, pay="paid")])) is paid
    assert met(judge(asks, experience=[work(8, pay="volunteer")])) is volunteer
    assert met(judge(asks, experience=[work(8)])) is unsaid


# `employed` satisfies `offer` and `employed_or_volunteer` too. A fee is met by one payment.


@pytest.mark.parametrize(
    ("asked", "by"),
    [
        ("employed", {"employed"}),
        ("offer", {"employed", "offer"}),
        ("employed_or_volunteer", {"employed", "employed_or_volunteer"}),
    ],
)
def test_employment(asked, by):
    statuses = ("employed", "offer", "employed_or_volunteer")
    asks = {"employment": {"status": asked}}

    assert {status for status in statuses if met(judge(asks, employment=status))} == by


def test_a_fee_is_met_by_one_payment_of_at_least_its_amount():
    assert met(judge({"fee": {"usd": 50}}, fees_paid=[10, 75]))
    assert not met(judge({"fee": {"usd": 50}}, fees_paid=[25, 25]))


# A training without hours is met by one matching row; its name is for people and does not restrict.


def test_training_without_hours_is_met_by_one_row():
    asks = {"training": {"topic": "peer_support", "approved": True, "name": "The official course"}}

    assert met(judge(asks, training=[{"topic": "peer_support", "approved": True, "name": "Another name"}]))
    assert not met(judge(asks, training=[{"topic": "peer_support"}]))


# An exam matches by its name; names of exams and documents match whatever their case and spacing.


@pytest.mark.parametrize(
    "name", ["IC&RC Peer Recovery exam", "ic&rc  peer recovery EXAM", " IC & RC peer recovery exam "]
)
def test_names_match_whatever_their_case_and_spacing(name):
    assert met(
        judge({"exam": {"name": "IC&RC Peer Recovery Exam"}}, exams=[{"name": name, "passed": "2025-01-01"}])
    )
    assert met(judge({"document": {"what": "IC&RC Peer Recovery Exam"}}, documents=[name]))


def test_other_names_do_not_match():
    assert not met(
        judge({"exam": {"name": "IC&RC exam"}}, exams=[{"name": "ICRC exam", "passed": "2025-01-01"}])
    )


# `after: LEVEL-CODE`: only what was worked while holding it counts. An event restricts nothing.


def test_only_work_while_holding_the_level_counts():
    asks = {"experience": {"hours": 3, "in": "peer_support", "after": "mn-cps-1"}}
    held = {"level": "mn-cps-1", "issued": "2024-01-01", "expires": "2024-12-31"}
    days = ["2023-12-31", "2024-01-01", "2024-12-31", "2025-01-01"]
    finding = judge(asks, credentials=[held], experience=[work(1, day) for day in days])

    assert finding.have == 120
    assert judge(asks, experience=[work(9)]).have == 0


def test_days_of_suspension_do_not_count_as_holding():
    asks = {"experience": {"hours": 3, "in": "peer_support", "after": "mn-cps-1"}}
    held = {
        "level": "mn-cps-1",
        "issued": "2024-01-01",
        "suspended": [{"from": "2024-02-01", "until": "2024-03-01"}],
    }
    days = ["2024-01-31", "2024-02-01", "2024-02-29", "2024-03-01"]

    assert judge(asks, credentials=[held], experience=[work(1, day) for day in days]).have == 120


def test_holding_a_level_twice_at_once_counts_once():
    asks = {"experience": {"hours": 3, "in": "peer_support", "after": "mn-cps-1"}}
    held = [{"level": "mn-cps-1", "issued": "2024-01-01"}, {"level": "mn-cps-1", "issued": "2024-06-01"}]

    assert judge(asks, credentials=held, experience=[work(1, "2024-07-01")]).have == 60


def test_training_after_a_level():
    asks = {"training": {"topic": "a", "hours": 1, "after": "mn-cps-1"}}
    held = [{"level": "mn-cps-1", "issued": "2024-01-01"}]

    assert met(
        judge(asks, credentials=held, training=[{"topic": "a", "hours": 1, "completed": "2024-01-01"}])
    )
    assert not met(
        judge(asks, credentials=held, training=[{"topic": "a", "hours": 1, "completed": "2023-12-31"}])
    )
    assert not met(judge(asks, training=[{"topic": "a", "hours": 1, "completed": "2024-01-01"}]))


def test_an_event_restricts_nothing():
    assert met(judge({"experience": HOURS | {"after": "employment"}}, experience=[work(8)]))
    assert met(judge({"training": {"topic": "a", "after": "employment"}}, training=[{"topic": "a"}]))


# span_months runs from the first counted day to the last; months counts the calendar months touched.


@pytest.mark.parametrize(("last", "counts"), [("2025-06-30", False), ("2025-07-01", True)])
def test_span_runs_from_the_first_counted_day_to_the_last(last, counts):
    asks = {"experience": {"hours": 2, "in": "peer_support", "span_months": 6}}
    finding = judge(asks, experience=[work(1, "2025-01-01"), work(1, last)])

    assert met(finding) is counts
    if not counts:
        assert (finding.unit, finding.have, finding.needed) == ("months", 5, 6)


def test_days_that_do_not_count_do_not_stretch_the_span():
    asks = {"experience": {"hours": 1, "in": "peer_support", "span_months": 6, "within_months": 6}}

    assert not met(judge(asks, experience=[work(1, "2020-01-01"), work(1, "2025-12-31")]))


def test_months_are_the_calendar_months_touched():
    asks = {"experience": {"months": 3, "in": "peer_support"}}

    assert met(judge(asks, experience=[{"in": "peer_support", "from": "2025-01-31", "to": "2025-03-01"}]))
    finding = judge(asks, experience=[work(1, "2025-01-05"), work(1, "2025-01-25"), work(1, "2025-04-01")])
    assert (finding.have, finding.remaining, finding.unit) == (2, 1, "months")


# `excluding_training` is for people.


def test_excluding_training_changes_nothing():
    assert met(judge({"experience": HOURS | {"excluding_training": True}}, experience=[work(8)]))


# A window of N months ending on day D takes D minus N calendar months, clamped, up to and including D.


@pytest.mark.parametrize(
    ("on", "months", "first"),
    [
        ("2026-01-01", 12, "2025-01-01"),
        ("2024-03-31", 1, "2024-02-29"),
        ("2025-03-31", 1, "2025-02-28"),
        ("2024-02-29", 12, "2023-02-28"),
        ("2025-08-31", 6, "2025-02-28"),
    ],
)
def test_a_window_takes_its_first_and_its_last_day(on, months, first):
    day = date.fromisoformat(on)
    before = (date.fromisoformat(first) - timedelta(days=1)).isoformat()
    after = (day + timedelta(days=1)).isoformat()
    asks = {"experience": {"hours": 9, "in": "peer_support", "within_months": months}}
    rows = [work(1, before), work(2, first), work(4, on), work(8, after)]

    assert judge(asks, day, experience=rows).have == 6 * 60


def test_hours_of_a_row_are_spread_evenly_over_its_days():
    asks = {"experience": {"hours": 99, "in": "peer_support", "within_months": 1}}
    row = work(62, "2025-11-01", "2026-01-01")  # one hour a day, 32 days of them within the month

    assert judge(asks, experience=[row]).have == 32 * 60


# Nothing is rounded up. Minutes are the smallest unit.


def test_nothing_is_rounded_up():
    asks = {"experience": {"hours": 1, "in": "peer_support", "within_months": 1}}
    third = work(1.5, "2025-11-30", "2025-12-02")  # thirty minutes a day, two of the three days count
    finding = judge(asks, experience=[third])

    assert finding.have == 60
    assert judge(asks, experience=[work(1.49, "2025-11-30", "2025-12-02")]).have == 59


def test_three_thousand_nine_hundred_and_ninety_nine_hours_fifty_nine_are_not_four_thousand():
    finding = judge({"experience": {"hours": 4000, "in": "peer_support"}}, experience=[work(3999 + 59 / 60)])

    assert (finding.verdict, finding.remaining) == ("unmet", 1)


def test_supervision_for_each_so_many_hours_worked():
    asks = {"supervision": {"per_experience_hours": 20, "within_months": 12}}
    rows = [work(100, "2025-06-01"), work(999, "2024-12-31")]

    assert met(judge(asks, experience=rows, supervision=[{"hours": 5, "date": "2025-06-01"}]))
    finding = judge(asks, experience=rows, supervision=[{"hours": 4.5, "date": "2025-06-01"}])
    assert (finding.needed, finding.have, finding.remaining) == (300, 270, 30)


def test_of_hours_and_a_ratio_the_larger_is_asked():
    asks = {"supervision": {"hours": 4, "per_experience_hours": 25}}

    assert judge(asks, experience=[work(50)]).needed == 4 * 60
    assert judge(asks, experience=[work(200)]).needed == 8 * 60


# `..._before` and `..._after` exclude the day itself.


def test_completed_before_and_after_exclude_the_day():
    asks = {"topic": "a", "hours": 1, "completed_after": "2020-01-01", "completed_before": "2020-02-01"}
    days = {"2020-01-01": False, "2020-01-02": True, "2020-01-31": True, "2020-02-01": False}
    for day, counts in days.items():
        row = {"topic": "a", "hours": 1, "completed": day}
        assert met(judge({"training": asks}, training=[row])) is counts, day


def test_issued_before_and_after_exclude_the_day():
    asks = {"any_of": ["mn-cps-1"], "issued_after": "2015-04-15", "issued_before": "2017-01-01"}
    days = {"2015-04-15": False, "2015-04-16": True, "2016-12-31": True, "2017-01-01": False}
    for day, counts in days.items():
        assert (
            met(judge({"credential": asks}, credentials=[{"level": "mn-cps-1", "issued": day}])) is counts
        ), day


# Above a max_by_topic or online_at_most, further hours of that kind count for nothing.


def test_above_a_topics_cap_hours_count_for_nothing():
    asks = {"training": {"hours": 20, "topic": "behavioral_health", "max_by_topic": {"families": 8}}}
    row = {"topic": "behavioral_health", "hours": 20, "by_topic": {"families": 12}}

    assert judge(asks, training=[row]).have == 16 * 60
    assert met(judge(asks, training=[row, {"topic": "behavioral_health", "hours": 4}]))


def test_above_the_online_cap_hours_count_for_nothing():
    asks = {"continuing_education": {"hours": 40, "online_at_most": 20}}
    online, live = {"hours": 30, "mode": "online"}, {"hours": 15, "mode": "live"}

    assert judge(asks, continuing_education=[online, live]).have == 35 * 60
    assert met(judge(asks, continuing_education=[online, live, {"hours": 5}]))


def test_two_caps_at_once_leave_the_most_that_they_allow():
    asks = {"hours": 40, "online_at_most": 5, "max_by_topic": {"a": 10}}
    rows = [
        {"hours": 8, "topic": "a", "mode": "live"},
        {"hours": 8, "topic": "a", "mode": "online"},
        {"hours": 4, "topic": "b", "mode": "online"},
    ]
    # Of a, 8 live and 2 online fit under its cap; with b that is 6 online, of which 5 count.
    assert judge({"continuing_education": asks}, continuing_education=rows).have == 13 * 60


def test_hours_online_fill_what_hours_in_person_leave_of_a_cap():
    asks = {"continuing_education": {"hours": 40, "max_by_topic": {"a": 10}}}
    live, online = ({"hours": 8, "topic": "a", "mode": mode} for mode in ("live", "online"))

    assert judge(asks, continuing_education=[live]).have == 8 * 60
    assert judge(asks, continuing_education=[live, online]).have == 10 * 60


def test_above_a_domains_cap_work_counts_for_nothing():
    asks = {"experience": {"hours": 100, "in": "peer_support", "max_by_domain": {"office": 10}}}
    rows = [work(50, domain="office"), work(60), work(30, by_domain={"office": 30})]

    assert judge(asks, experience=rows).have == 70 * 60


# An unmet `not` is reported under the kind of what it forbids.


def test_an_unmet_not_is_reported_under_what_it_forbids():
    asks = {"not": {"qualification": {"code": "excluded", "summary": "Excluded"}}}
    finding = judge(asks, qualifications=["excluded"])
    (kept_out_by,) = keeps_out(finding)

    assert (kept_out_by.kind, kept_out_by.forbidden, kept_out_by.remaining) == ("qualification", True, None)
    assert kept_out_by.path == "requires.not.qualification"
    assert met(judge(asks))


# window: term and calendar_year.


def test_a_term_begins_when_the_credential_was_issued_or_last_renewed():
    asks = {"continuing_education": {"hours": 1, "within_months": 1, "window": "term"}}
    rows = [{"hours": 1, "date": "2024-01-01"}, {"hours": 2, "date": "2025-01-01"}]
    row = {"level": "mn-cps-2", "issued": "2024-01-01", "expires": "2026-06-01"}

    assert judge(asks, continuing_education=rows, credentials=[row]).have == 180
    assert judge(asks, continuing_education=rows, credentials=[row | {"renewed": "2025-01-01"}]).have == 120
    assert judge(asks, continuing_education=rows, credentials=[row | {"renewed": "2026-03-01"}]).have == 180


@pytest.mark.parametrize(
    "row",
    [
        {"level": "mn-cps-1", "issued": "2020-01-01"},
        {"level": "mn-cps-2", "issued": "2020-01-01", "expires": "2025-12-31"},
    ],
)
def test_without_a_current_credential_of_the_level_no_term_runs(row):
    asks = {"continuing_education": {"hours": 1, "window": "term"}}

    assert judge(asks, continuing_education=[{"hours": 9, "date": "2025-06-01"}], credentials=[row]).have == 0


def test_a_calendar_year_is_that_of_the_day_of_judgement():
    asks = {"continuing_education": {"hours": 9, "within_months": 12, "window": "calendar_year"}}
    rows = [{"hours": 1, "date": "2025-12-31"}, {"hours": 2, "date": "2026-01-01"}]

    assert judge(asks, ON, continuing_education=rows).have == 120


def test_a_rolling_window_is_the_rule():
    asks = {"continuing_education": {"hours": 9, "within_months": 12}}
    rows = [{"hours": 1, "date": "2024-12-31"}, {"hours": 2, "date": "2025-01-01"}, {"hours": 4}]

    assert judge(asks, continuing_education=rows).have == 120


# A credential leaf wants the credential active on the day of judgement.


def test_a_credential_counts_through_its_last_day():
    row = {"level": "mn-cps-1", "issued": "2024-01-01", "expires": "2025-12-31"}
    asks = {"credential": {"any_of": ["mn-cps-1"]}}

    assert met(judge(asks, ON.replace(year=2025, month=12, day=31), credentials=[row]))
    assert not met(judge(asks, credentials=[row]))
