"""When a requirement will be met at the pace of the last 90 days."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from certification.requirements.forecast import Never, forecast, forecasts, leaves_window
from certification.requirements.language import parse
from certification.requirements.record import Record

from .builders import LEVELS, ON, judge_record, record, work


def looks_ahead(requirement: dict, of: Record, on: date = ON):
    return forecast(parse(requirement), of, on, LEVELS, level="mn-cps-2")


def daily(minutes: float, days: int, until: date = ON, **more) -> Record:
    """So many minutes on each of the days up to and including one."""
    rows = [work(minutes / 60, (until - timedelta(days=n)).isoformat(), **more) for n in range(days)]
    return record(experience=rows)


def by_hand(requirement: dict, of: Record, minutes: int, limit: int) -> date | None:
    """The same by brute force: the work to come spread over the days, judged day after day."""
    for n in range(limit):
        day = ON + timedelta(days=n)
        to_come = [work(minutes / 60 * n, (ON + timedelta(days=1)).isoformat(), day.isoformat())] if n else []
        full = replace(of, experience=of.experience + record(experience=to_come).experience)
        if judge_record(requirement, full, day).verdict == "met":
            return day
    return None


def hours(number: float, **more) -> dict:
    return {"experience": {"hours": number, "in": "peer_support", **more}}


def test_what_is_met_is_met_today():
    assert looks_ahead(hours(10), daily(60, 10)) == ON


def test_the_rest_at_the_pace_of_the_last_90_days():
    # One hour a day: 90 done, 10 to go.
    assert looks_ahead(hours(100), daily(60, 90)) == ON + timedelta(days=10)


def test_a_part_of_a_day_needs_the_whole_day():
    assert looks_ahead(hours(100.01), daily(60, 90)) == ON + timedelta(days=11)


def test_hours_recorded_for_days_to_come_bring_no_day_nearer():
    done = [work(20, "2025-11-15"), work(9, "2025-12-15"), work(6, "2025-09-13"), work(1, "2025-11-19")]
    to_come = [work(17, "2026-01-31"), work(20, "2026-01-07")]
    asked = hours(52, within_months=5)

    assert looks_ahead(asked, record(experience=done + to_come)) == date(2026, 3, 8)
    assert looks_ahead(asked, record(experience=done)) == date(2026, 3, 8)


def test_only_the_last_90_days_make_the_pace():
    of = daily(60, 200)
    assert looks_ahead(hours(210), of) == ON + timedelta(days=10)
    few = daily(60, 9)  # 9 hours in 90 days: a tenth of an hour a day
    assert looks_ahead(hours(10), few) == ON + timedelta(days=10)


def test_the_day_90_days_ago_is_out():
    old = record(experience=[work(90, (ON - timedelta(days=90)).isoformat())])
    in_time = record(experience=[work(90, (ON - timedelta(days=89)).isoformat())])

    assert looks_ahead(hours(100), old) == Never("no_pace")
    assert looks_ahead(hours(100), in_time) == ON + timedelta(days=10)


def test_a_row_over_months_counts_for_its_days_within_the_90():
    of = record(experience=[work(180, (ON - timedelta(days=179)).isoformat(), ON.isoformat())])

    assert looks_ahead(hours(190), of) == ON + timedelta(days=10)


def test_nothing_counted_lately_is_no_pace():
    assert looks_ahead(hours(1), Record()) == Never("no_pace")


def test_pending_hours_make_no_pace():
    of = daily(60, 90)
    of = replace(of, experience=tuple(replace(row, pending=True) for row in of.experience))

    assert looks_ahead(hours(1), of) == Never("no_pace")


def test_sixty_years_are_too_far():
    assert looks_ahead(hours(1_000_000), daily(60, 90)) == Never("too_far")


@pytest.mark.parametrize("needed", [100, 181, 300, 365])
def test_hours_that_leave_the_window_are_not_counted(needed):
    asks = hours(needed, within_months=12)
    of = daily(60, 120)

    assert looks_ahead(asks, of) == by_hand(asks, of, 60, 400)


def test_hours_leaving_the_window_push_the_day_out():
    # 200 hours a year ago are about to leave; only the hour a day of the last 90 days stays.
    of = daily(60, 90)
    burst = record(experience=[work(200, "2025-01-15")])
    of = replace(of, experience=of.experience + burst.experience)
    asks = hours(300, within_months=12)

    assert looks_ahead(asks, of) == by_hand(asks, of, 60, 400)
    assert looks_ahead(hours(300), of) == ON + timedelta(days=10)


def test_minutes_rounded_down_today_do_not_hide_the_day():
    leap_day = date(2024, 2, 29)
    rows = [work(94 / 60, "2024-02-29"), work(11 / 60, "2024-02-21")]

    # On 31 March the window still begins on 29 February: 94 minutes, and 31 days at 105/90 make 130.17.
    found = looks_ahead(hours(130 / 60, within_months=1), record(experience=rows), leap_day)
    assert found == date(2024, 3, 31)


def test_a_window_shorter_than_90_days_does_not_hide_the_pace():
    of = record(experience=[work(90, (ON - timedelta(days=60)).isoformat())])  # an hour a day

    assert looks_ahead(hours(10, within_months=1), of) == ON + timedelta(days=10)


def test_a_pace_that_never_fills_the_window_says_so():
    assert looks_ahead(hours(368, within_months=12), daily(60, 400)) == Never("window")


def test_a_window_only_a_leap_year_fills():
    # From 2027-02-28 to 2028-02-29, both counted, are 367 days.
    assert looks_ahead(hours(367, within_months=12), daily(60, 90)) == date(2028, 2, 29)


def test_work_until_a_day_that_has_come_is_closed():
    assert looks_ahead(hours(100, until="2019-06-30"), daily(60, 90)) == Never("closed")
    assert looks_ahead(hours(100, until="2026-01-05"), daily(60, 90)) == Never("closed")
    assert looks_ahead(hours(100, until="2026-01-11"), daily(60, 90)) == date(2026, 1, 11)


def test_a_domain_has_a_pace_of_its_own():
    of = record(
        experience=[
            work(1, (ON - timedelta(days=n)).isoformat(), domain="a" if n % 3 == 0 else "b")
            for n in range(90)
        ]
    )

    assert looks_ahead(hours(1, by_domain={"a": 40}), of) == ON + timedelta(days=30)
    assert looks_ahead(hours(1, by_domain={"c": 1}), of) == Never("no_pace")


def test_hours_above_a_cap_do_not_bring_the_day_nearer():
    of = daily(60, 90, domain="office")

    assert looks_ahead(hours(95, max_by_domain={"office": 92}), of) == Never("too_far")


def test_part_of_it_supervised():
    of = record(
        experience=[work(1, (ON - timedelta(days=n)).isoformat(), supervised=n % 2 == 0) for n in range(90)]
    )

    assert looks_ahead(hours(1, of_which_supervised=50), of) == ON + timedelta(days=10)


def test_work_without_supervision_makes_no_pace_where_it_is_asked():
    assert looks_ahead(hours(1, of_which_supervised=50), daily(60, 90)) == Never("no_pace")


def test_only_work_while_holding_the_level_makes_the_pace():
    of = daily(60, 90)
    held = record(credentials=[{"level": "mn-cps-1", "issued": "2020-01-01", "expires": "2026-01-05"}])
    asks = hours(100, after="mn-cps-1")

    assert looks_ahead(asks, of) == Never("no_pace")
    # A credential good today is taken to be renewed.
    assert looks_ahead(asks, replace(of, credentials=held.credentials)) == ON + timedelta(days=10)


def test_months_of_work_and_their_span():
    of = daily(60, 20)
    assert looks_ahead({"experience": {"months": 3, "in": "peer_support"}}, of) == date(2026, 2, 1)
    assert looks_ahead(hours(1, span_months=6), of) == date(2026, 6, 13)


def test_supervision_goes_on_as_it_did():
    of = record(
        supervision=[{"hours": 1, "date": (ON - timedelta(days=10 * n)).isoformat()} for n in range(9)]
    )

    assert looks_ahead({"supervision": {"hours": 10}}, of) == ON + timedelta(days=10)
    assert looks_ahead({"supervision": {"hours": 99, "within_months": 6}}, of) == Never("window")
    assert looks_ahead({"supervision": {"hours": 10}}, Record()) == Never("no_pace")


def test_supervision_owed_grows_with_the_work():
    # An hour of work a day owes 3 minutes of supervision; 6 a day are given, 90 hours behind is 270 minutes.
    done = daily(60, 90)
    given = record(supervision=[{"hours": 9 * 6 / 60 * 10 / 90, "date": ON.isoformat()} for _ in range(90)])
    of = replace(done, supervision=given.supervision)
    asks = {"supervision": {"per_experience_hours": 20}}

    assert looks_ahead(asks, of) == ON
    less = replace(of, supervision=of.supervision[:40])
    assert looks_ahead(asks, less) == Never("too_far")


# Months are exact by the calendar


@pytest.mark.parametrize(
    ("since", "day"),
    [("2024-02-29", date(2026, 2, 28)), ("2024-03-31", date(2026, 3, 31)), ("2025-01-01", date(2027, 1, 1))],
)
def test_recovery(since, day):
    assert looks_ahead({"recovery": {"months": 24}}, record(recovery_since=since)) == day


def test_age():
    assert looks_ahead({"age": {"at_least": 18}}, record(born="2008-06-15")) == date(2026, 6, 15)
    assert looks_ahead({"age": {"at_most": 18}}, record(born="1990-06-15")) == Never("age")
    assert looks_ahead({"age": {"at_least": 18}}, Record()) is None


def test_a_credential_held_long_enough():
    asks = {"credential": {"any_of": ["mn-cps-1"], "held_months": 24}}

    assert looks_ahead(asks, record(credentials=[{"level": "mn-cps-1", "issued": "2025-08-31"}])) == date(
        2027, 8, 31
    )
    assert looks_ahead(asks, Record()) is None


def test_what_a_person_judges_has_no_day():
    assert looks_ahead({"attestation": {"to": "code_of_ethics"}}, Record()) is None


# Groups

AGE = {"age": {"at_least": 18}}
YOUNG = {"born": "2008-06-15"}
SIGNED = {"attestation": {"to": "code_of_ethics"}}
LEVEL = {"credential": {"any_of": ["mn-cps-1"]}}
NO_DAY = hours(1)


@pytest.mark.parametrize(
    ("asks", "day"),
    [
        ({"all": [AGE, {"recovery": {"months": 24}}]}, date(2027, 1, 1)),
        ({"all": [AGE, SIGNED]}, date(2026, 6, 15)),
        ({"all": [AGE, LEVEL]}, None),
        ({"all": [AGE, NO_DAY]}, Never("no_pace")),
        ({"all": [SIGNED, SIGNED]}, None),
        ({"any": [AGE, {"recovery": {"months": 24}}]}, date(2026, 6, 15)),
        ({"any": [NO_DAY, AGE]}, date(2026, 6, 15)),
        ({"any": [NO_DAY, SIGNED]}, None),
        ({"any": [NO_DAY, NO_DAY]}, Never("no_pace")),
        ({"at_least": {"count": 2, "of": [AGE, NO_DAY, {"recovery": {"months": 24}}]}}, date(2027, 1, 1)),
        ({"at_least": {"count": 2, "of": [AGE, NO_DAY, NO_DAY]}}, Never("no_pace")),
        ({"not": SIGNED}, ON),
        ({"not": AGE}, ON),
        ({"all": [AGE, {"not": SIGNED}]}, date(2026, 6, 15)),
        ({"not": {"recovery": {"months": 0}}}, None),
    ],
)
def test_groups(asks, day):
    assert looks_ahead(asks, record(recovery_since="2025-01-01", **YOUNG)) == day


def test_every_node_has_its_forecast_by_path():
    tree = parse({"all": [AGE, {"any": [SIGNED, NO_DAY]}]})
    found = forecasts(tree, record(**YOUNG), ON)

    assert found == {
        "requires.all[0].age": date(2026, 6, 15),
        "requires.all[1].any[0].attestation": None,
        "requires.all[1].any[1].experience": Never("no_pace"),
        "requires.all[1].any": None,
        "requires.all": date(2026, 6, 15),
    }


# Hours about to leave


def test_hours_about_to_leave_the_window():
    of = record(
        experience=[
            work(8, "2025-01-10"),
            work(4, "2025-01-31"),
            work(2, "2025-02-01"),
            work(90, "2025-12-01"),
        ]
    )
    (leaving,) = leaves_window(parse(hours(100, within_months=12)), of, ON)

    # By 2026-01-31 the window begins on 2025-01-31, which still counts.
    assert (leaving.minutes, leaving.first, leaving.by) == (8 * 60, date(2026, 1, 11), date(2026, 1, 31))
    assert leaving.path == "requires.experience"
    assert leaving.matters


def test_hours_to_spare_do_not_matter():
    of = record(experience=[work(8, "2025-01-10"), work(100, "2025-12-01")])
    (leaving,) = leaves_window(parse(hours(100, within_months=12)), of, ON)

    assert not leaving.matters


def test_where_hours_are_missing_anyway_none_that_leave_matter():
    of = record(experience=[work(8, "2025-01-10"), work(50, "2025-12-01")])
    (leaving,) = leaves_window(parse(hours(100, within_months=12)), of, ON)

    assert leaving.minutes == 8 * 60
    assert not leaving.matters


def test_without_a_window_nothing_leaves():
    of = record(experience=[work(8, "2025-01-10")])

    assert leaves_window(parse(hours(100)), of, ON) == []
    assert leaves_window(parse(hours(100, within_months=24)), of, ON) == []


def test_hours_recorded_for_days_to_come_hide_nothing():
    of = record(
        experience=[work(8, "2025-01-10"), work(62, "2025-12-02", "2026-02-01"), work(9, "2026-01-20")]
    )
    (leaving,) = leaves_window(parse(hours(100, within_months=12)), of, ON)

    assert leaving.minutes == 8 * 60


def test_training_and_supervision_leave_too():
    of = record(
        training=[{"topic": "a", "hours": 3, "completed": "2024-01-10"}],
        supervision=[{"hours": 2, "date": "2025-01-10"}],
        continuing_education=[{"hours": 1, "date": "2025-01-10"}],
    )
    tree = {
        "all": [
            {"training": {"topic": "a", "hours": 3, "within_months": 24}},
            {"supervision": {"hours": 2, "within_months": 12}},
            {"continuing_education": {"hours": 1, "within_months": 12}},
            {"continuing_education": {"hours": 1, "within_months": 12, "window": "calendar_year"}},
        ]
    }

    assert [(one.kind, one.minutes) for one in leaves_window(parse(tree), of, ON)] == [
        ("training", 180),
        ("supervision", 120),
        ("continuing_education", 60),
    ]
