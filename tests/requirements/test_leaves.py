"""Every leaf: met, missed by the least there is, and waiting where a person judges."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from certification.requirements.language import COMPUTED_KINDS, LEAF_KINDS

from .builders import ON, judge, judge_record, record, work

CODE = {"attestation": {"to": "code_of_ethics"}}
# kind -> (requirement, a record that meets it, one that misses it by the least there is)
CASES = {
    "age": ({"at_least": 18}, {"born": "2008-01-01"}, {"born": "2008-01-02"}),
    "education": ({"at_least": "associate"}, {"education": "associate"}, {"education": "high_school"}),
    "lived_experience": (
        {"of": ["mental_health", "family"]},
        {"lived_experience": ["family"]},
        {"lived_experience": ["youth"]},
    ),
    "recovery": ({"months": 24}, {"recovery_since": "2024-01-01"}, {"recovery_since": "2024-01-02"}),
    "training": (
        {"hours": 80, "topic": "peer_support"},
        {"training": [{"topic": "peer_support", "hours": 80}]},
        {"training": [{"topic": "peer_support", "hours": 79 + 59 / 60}]},
    ),
    "experience": (
        {"hours": 4000, "in": "peer_support"},
        {"experience": [work(4000)]},
        {"experience": [work(3999 + 59 / 60)]},
    ),
    "supervision": (
        {"hours": 25},
        {"supervision": [{"hours": 25}]},
        {"supervision": [{"hours": 24 + 59 / 60}]},
    ),
    "exam": (
        {"name": "State exam", "at_least_percent": 80},
        {"exams": [{"name": "State exam", "passed": "2025-01-01", "percent": 80}]},
        {"exams": [{"name": "State exam", "passed": "2025-01-01", "percent": 79.5}]},
    ),
    "credential": (
        {"any_of": ["mn-cps-1"]},
        {"credentials": [{"level": "mn-cps-1", "issued": "2026-01-01"}]},
        {"credentials": [{"level": "mn-cps-1", "issued": "2026-01-02"}]},
    ),
    "references": ({"count": 3}, {"references": 3}, {"references": 2}),
    "background_check": (
        {"within_days": 90},
        {"background_check": "2025-10-03"},
        {"background_check": "2025-10-02"},
    ),
    "attestation": (CODE["attestation"], {"attestations": ["code_of_ethics"]}, {"attestations": ["other"]}),
    "residency": (
        {"basis": "live", "share_percent": 51},
        {"residency": {"state": "US-MN", "share_percent": 51}},
        {"residency": {"state": "US-MN", "share_percent": 50.5}},
    ),
    "employment": ({"status": "employed"}, {"employment": "employed"}, {"employment": "offer"}),
    "continuing_education": (
        {"hours": 20},
        {"continuing_education": [{"hours": 20}]},
        {"continuing_education": [{"hours": 19 + 59 / 60}]},
    ),
    "qualification": (
        {"code": "fluent", "summary": "Fluent"},
        {"qualifications": ["fluent"]},
        {"qualifications": ["fluently"]},
    ),
    "document": ({"what": "resume"}, {"documents": ["resume"]}, {"documents": ["CV"]}),
    "fee": ({"usd": 50}, {"fees_paid": [50]}, {"fees_paid": [49.99]}),
}
TABLES = {
    "education": "schooling",
    "lived_experience": "lived_experience",
    "recovery": "recovery",
    "training": "training",
    "exam": "exams",
    "references": "references",
    "background_check": "background_checks",
    "attestation": "attestations",
    "residency": "lives_in",
    "employment": "employment",
    "continuing_education": "continuing_education",
    "qualification": "qualifications",
    "document": "documents",
    "fee": "fees_paid",
}


def test_every_leaf_stands_in_the_table():
    assert set(CASES) == set(LEAF_KINDS)
    assert set(TABLES) == set(LEAF_KINDS) - COMPUTED_KINDS


@pytest.mark.parametrize("kind", LEAF_KINDS)
def test_a_leaf_is_met(kind):
    asks, enough, _ = CASES[kind]
    finding = judge({kind: asks}, **enough)

    assert finding.verdict == "met"
    assert (finding.kind, finding.path, finding.asked) == (kind, f"requires.{kind}", asks)
    assert finding.remaining in (0, None)
    assert finding.computed is (kind in COMPUTED_KINDS)


@pytest.mark.parametrize("kind", LEAF_KINDS)
def test_a_leaf_is_missed_by_the_least_there_is(kind):
    asks, _, too_little = CASES[kind]

    assert judge({kind: asks}, **too_little).verdict == "unmet"


@pytest.mark.parametrize("kind", LEAF_KINDS)
def test_what_is_not_recorded_does_not_meet_a_leaf(kind):
    assert judge({kind: CASES[kind][0]}).verdict == "unmet"


@pytest.mark.parametrize("kind", TABLES)
def test_a_judged_leaf_waits_for_a_person(kind):
    asks, enough, too_little = CASES[kind]

    assert judge({kind: asks}, stated=TABLES[kind], **enough).verdict == "waiting"
    assert judge({kind: asks}, stated=TABLES[kind], **too_little).verdict == "unmet"


def test_hours_missing_to_the_minute():
    finding = judge({"experience": {"hours": 4000, "in": "peer_support"}}, experience=[work(3999.5)])

    assert (finding.needed, finding.have, finding.remaining, finding.unit) == (
        240_000,
        239_970,
        30,
        "minutes",
    )


def test_hours_waiting_are_shown_beside_those_accepted():
    accepted = {"topic": "ethics", "hours": 2}
    of = record(training=[accepted, accepted | {"hours": 3}])
    of = replace(of, training=(of.training[0], replace(of.training[1], accepted=False)))
    finding = judge_record({"training": {"topic": "ethics", "hours": 5}}, of)

    assert (finding.verdict, finding.have, finding.pending, finding.remaining) == ("waiting", 120, 180, 180)


def test_pending_work_never_counts_and_is_shown_beside():
    of = record(experience=[work(10), work(5)])
    of = replace(of, experience=(of.experience[0], replace(of.experience[1], pending=True)))
    finding = judge_record({"experience": {"hours": 15, "in": "peer_support"}}, of)

    assert (finding.verdict, finding.have, finding.pending) == ("unmet", 600, 300)


def test_pending_supervision_never_counts():
    of = record(supervision=[{"hours": 3}])
    of = replace(of, supervision=(replace(of.supervision[0], pending=True),))
    finding = judge_record({"supervision": {"hours": 3}}, of)

    assert (finding.verdict, finding.have, finding.pending) == ("unmet", 0, 180)


def test_a_credential_of_another_body_that_nobody_verified_waits():
    of = record(credentials=[{"level": "ma-cps", "issued": "2020-01-01"}])
    of = replace(of, credentials=(replace(of.credentials[0], accepted=False),))

    assert judge_record({"credential": {"any_of": ["ma-cps"]}}, of).verdict == "waiting"


def test_evidence_names_the_rows():
    of = record(qualifications=["other", "fluent"])
    of = replace(of, qualifications=(of.qualifications[0], replace(of.qualifications[1], id="q7")))
    asks = {"qualification": {"code": "fluent", "summary": "Fluent"}}

    assert judge_record(asks, of).evidence == ("q7",)
    assert judge(asks, qualifications=["other", "fluent"]).evidence == ("qualifications[1]",)


# What single leaves do beyond the common


@pytest.mark.parametrize(
    ("born", "on", "verdict"),
    [
        ("2008-01-01", date(2025, 12, 31), "unmet"),
        ("2008-02-29", date(2026, 2, 27), "unmet"),
        ("2008-02-29", date(2026, 2, 28), "met"),
        ("1995-01-02", date(2026, 1, 1), "met"),
        ("1995-01-01", date(2026, 1, 1), "unmet"),
        ("2027-01-01", date(2026, 1, 1), "unmet"),
    ],
)
def test_age_is_in_whole_years_between_both_ends(born, on, verdict):
    assert judge({"age": {"at_least": 18, "at_most": 30}}, on, born=born).verdict == verdict


def test_too_old_has_nothing_remaining():
    finding = judge({"age": {"at_most": 30}}, born="1990-01-01")

    assert (finding.verdict, finding.needed, finding.have, finding.remaining) == ("unmet", 30, 36, None)
    assert finding.reason == "age.over"


def test_a_field_of_education_matches_by_its_slug():
    asks = {"education": {"at_least": "bachelor", "field": "behavioral_science"}}

    assert judge(asks, education="master", education_field="behavioral_science").verdict == "met"
    assert judge(asks, education="master", education_field="history").verdict == "unmet"
    assert judge(asks, education="master").verdict == "unmet"


def test_recovery_of_no_months_still_wants_it_recorded():
    asks = {"recovery": {"months": 0}}

    assert judge(asks, recovery_since="2026-01-01").verdict == "met"
    assert judge(asks, recovery_since="2026-01-02").verdict == "unmet"
    assert judge(asks).verdict == "unmet"


@pytest.mark.parametrize(
    ("row", "verdict"),
    [
        ({"topic": "peer_support", "hours": 8, "approved": True}, "met"),
        ({"topic": "peer_support", "hours": 8, "approved": False}, "unmet"),
        ({"topic": "peer_support", "hours": 8}, "unmet"),
        ({"topic": "peer_recovery", "hours": 8, "approved": True}, "unmet"),
        ({"topic": "peer_support", "hours": 8, "approved": True, "completed": "2026-01-02"}, "unmet"),
    ],
)
def test_training_must_be_approved_where_asked_on_topic_and_done(row, verdict):
    asks = {"training": {"hours": 8, "topic": "peer_support", "approved": True}}

    assert judge(asks, training=[row]).verdict == verdict


def test_days_of_training_add_up():
    asks = {"training": {"topic": "peer_support", "days": 2.5}}
    half = {"topic": "peer_support", "days": 1.25}

    assert judge(asks, training=[half, half]).verdict == "met"
    finding = judge(asks, training=[half])
    assert (finding.unit, finding.have, finding.verdict) == ("days", 1.25, "unmet")


def test_live_hours_want_to_be_said():
    asks = {"training": {"hours": 10, "topic": "a", "live_hours": 6}}

    assert (
        judge(asks, training=[{"topic": "a", "hours": 6, "mode": "live"}, {"topic": "a", "hours": 4}]).verdict
        == "met"
    )
    finding = judge(asks, training=[{"topic": "a", "hours": 10}])
    assert (finding.verdict, finding.remaining) == ("unmet", 360)


@pytest.mark.parametrize(
    ("change", "counts"),
    [
        ({}, True),
        ({"supervised": None}, False),
        ({"supervised": False}, False),
        ({"practicum": None}, False),
        ({"state": "US-MA"}, False),
        ({"state": None}, False),
        ({"in": "peer_recovery"}, True),
        ({"in": "mental_health_services"}, False),
        ({"in": None}, False),
    ],
)
def test_experience_counts_rows_that_fit_in_every_way(change, counts):
    asks = {"hours": 8, "in": "peer_support", "supervised": True, "practicum": True, "in_state": True}
    row = work(8, supervised=True, practicum=True, state="US-MN") | change
    finding = judge({"experience": asks}, experience=[{k: v for k, v in row.items() if v is not None}])

    assert finding.verdict == ("met" if counts else "unmet")


def test_part_of_the_hours_must_be_supervised():
    asks = {"experience": {"hours": 500, "in": "peer_support", "of_which_supervised": 50}}

    assert judge(asks, experience=[work(450), work(50, supervised=True)]).verdict == "met"
    finding = judge(asks, experience=[work(460), work(40, supervised=True)])
    assert (finding.verdict, finding.have, finding.remaining) == ("unmet", 500 * 60, 10 * 60)


def test_one_hour_can_fill_the_total_and_a_domain_at_once():
    asks = {"experience": {"hours": 100, "in": "peer_support", "by_domain": {"a": 20, "b": 20}}}
    finding = judge(asks, experience=[work(10, domain="a"), work(70)])

    assert finding.remaining == 30 * 60  # 20 short in all, 10 + 20 short in the domains
    assert [(part.name, part.have) for part in finding.parts] == [
        ("total", 80 * 60),
        ("by_domain.a", 10 * 60),
        ("by_domain.b", 0),
    ]


def test_experience_between_two_dates_counts_both_days():
    asks = {"experience": {"hours": 4, "in": "peer_support", "from": "2004-01-01", "until": "2019-06-30"}}
    days = ["2003-12-31", "2004-01-01", "2019-06-30", "2019-07-01"]
    finding = judge(asks, experience=[work(2, day) for day in days])

    assert (finding.verdict, finding.have) == ("met", 240)


def test_undated_work_counts_only_where_no_dates_are_asked():
    undated = {"in": "peer_support", "hours": 8}
    asks = {"hours": 8, "in": "peer_support"}

    assert judge({"experience": asks}, experience=[undated]).verdict == "met"
    assert judge({"experience": asks | {"within_months": 12}}, experience=[undated]).verdict == "unmet"
    assert judge({"experience": asks}, experience=[undated | {"from": "2026-01-01"}]).verdict == "met"
    assert judge({"experience": asks}, experience=[undated | {"from": "2026-01-02"}]).verdict == "unmet"


@pytest.mark.parametrize(
    ("change", "counts"),
    [
        ({}, True),
        ({"by": "md-rps"}, True),
        ({"by": "friend"}, False),
        ({"by": None}, False),
        ({"format": "group"}, False),
        ({"format": None}, False),
        ({"date": "2024-12-31"}, False),
        ({"date": "2025-01-01"}, True),
        ({"date": "2026-01-02"}, False),
        ({"date": None}, False),
    ],
)
def test_supervision_counts_rows_that_fit_in_every_way(change, counts):
    asks = {"hours": 1, "by": ["rps", "md-rps"], "within_months": 12, "format": "individual"}
    row = {"hours": 1, "by": "rps", "date": "2026-01-01", "format": "individual"} | change
    finding = judge({"supervision": asks}, supervision=[{k: v for k, v in row.items() if v is not None}])

    assert finding.verdict == ("met" if counts else "unmet")


def test_sessions_are_counted_where_rows_say_them():
    asks = {"supervision": {"sessions": 4, "within_months": 12}}
    row = {"date": "2025-06-01", "sessions": 2}

    assert judge(asks, supervision=[row, row]).verdict == "met"
    finding = judge(asks, supervision=[row, {"date": "2025-06-01", "hours": 9}])
    assert (finding.have, finding.remaining, finding.unit) == (2, 2, "count")


def test_supervision_by_domain():
    asks = {"supervision": {"hours": 10, "by_domain": {"ethics": 5}}}

    assert judge(asks, supervision=[{"hours": 10, "by_domain": {"ethics": 5}}]).verdict == "met"
    assert judge(asks, supervision=[{"hours": 5, "domain": "ethics"}, {"hours": 5}]).verdict == "met"
    assert judge(asks, supervision=[{"hours": 10, "by_domain": {"ethics": 4}}]).remaining == 60


def test_an_exam_not_passed_by_the_day_does_not_count():
    asks = {"exam": {"name": "Exam"}}

    assert judge(asks, exams=[{"name": "Exam", "passed": "2026-01-01"}]).verdict == "met"
    assert judge(asks, exams=[{"name": "Exam", "passed": "2026-01-02"}]).verdict == "unmet"
    assert judge(asks, exams=[{"name": "Exam", "percent": 99}]).verdict == "unmet"


def test_a_pass_without_a_score_does_not_meet_a_percentage():
    finding = judge(
        {"exam": {"name": "Exam", "at_least_percent": 80}}, exams=[{"name": "Exam", "passed": "2025-01-01"}]
    )

    assert (finding.verdict, finding.reason) == ("unmet", "exam.no_score")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({}, ""),
        ({"expires": "2026-01-01"}, ""),
        ({"expires": "2025-12-31"}, "credential.expired"),
        ({"issued": "2026-01-02"}, "credential.not_yet"),
        ({"suspended": [{"from": "2025-12-01"}]}, "credential.suspended"),
        ({"suspended": [{"from": "2025-12-01", "until": "2026-01-01"}]}, ""),
        ({"level": "ma-cps"}, "credential.not_held"),
    ],
)
def test_a_credential_must_be_good_on_the_day(change, reason):
    row = {"level": "mn-cps-1", "issued": "2024-01-01", "expires": "2026-12-31"} | change
    finding = judge({"credential": {"any_of": ["mn-cps-1", "mn-cps-2"]}}, credentials=[row])

    assert finding.reason == reason
    assert finding.verdict == ("unmet" if reason else "met")


def test_a_credential_must_have_been_held_long_enough():
    asks = {"credential": {"any_of": ["mn-cps-1"], "held_months": 12}}

    assert judge(asks, credentials=[{"level": "mn-cps-1", "issued": "2025-01-01"}]).verdict == "met"
    finding = judge(asks, credentials=[{"level": "mn-cps-1", "issued": "2025-01-02"}])
    assert (finding.have, finding.needed, finding.unit, finding.reason) == (
        11,
        12,
        "months",
        "credential.held_short",
    )


def test_a_credential_of_another_state():
    asks = {"credential": {"kind": "state_peer_certification", "other_state": True}}

    assert judge(asks, credentials=[{"level": "ma-cps"}]).verdict == "met"
    assert judge(asks, credentials=[{"level": "mn-cps-1"}]).reason == "credential.same_state"
    by_hand = {"kind": "state_peer_certification"}
    assert judge(asks, credentials=[by_hand | {"state": "US-WA"}]).verdict == "met"
    assert judge(asks, credentials=[by_hand | {"state": "US-MN"}]).verdict == "unmet"
    assert judge(asks, credentials=[by_hand]).verdict == "unmet"


def test_of_several_credentials_the_best_one_speaks():
    rows = [
        {"level": "mn-cps-1", "issued": "2020-01-01", "expires": "2022-01-01"},
        {"level": "mn-cps-1", "issued": "2023-01-01", "expires": "2027-01-01"},
    ]
    finding = judge({"credential": {"any_of": ["mn-cps-1"]}}, credentials=rows)

    assert (finding.verdict, finding.evidence) == ("met", ("credentials[1]",))


def test_referees_of_the_kinds_asked_count():
    asks = {"references": {"count": 2, "from": ["supervisor", "colleague"]}}

    assert judge(asks, references={"from": ["supervisor", "colleague"]}).verdict == "met"
    assert judge(asks, references={"from": ["supervisor", "friend"]}).have == 1


def test_any_background_check_will_do_where_no_days_are_asked():
    assert judge({"background_check": {}}, background_check="2001-01-01").verdict == "met"
    assert judge({"background_check": {}}, background_check="2026-01-02").verdict == "unmet"


def test_an_old_background_check_says_so():
    finding = judge({"background_check": {"within_days": 90}}, background_check="2020-01-01")

    assert (finding.reason, finding.facts) == ("background_check.too_old", {"date": "2020-01-01"})


@pytest.mark.parametrize(
    ("basis", "worker", "verdict"),
    [
        ("live", {"state": "US-MN"}, "met"),
        ("live", {"works_in": {"state": "US-MN"}}, "unmet"),
        ("work", {"works_in": {"state": "US-MN"}}, "met"),
        ("work", {"state": "US-MN"}, "unmet"),
        ("live_or_work", {"state": "US-WI", "works_in": {"state": "US-MN", "share_percent": 51}}, "met"),
        ("live_or_work", {"state": "US-MN", "works_in": {"state": "US-WI", "share_percent": 100}}, "met"),
        ("live_or_work", {"state": "US-WI", "works_in": {"state": "US-MN", "share_percent": 50}}, "unmet"),
    ],
)
def test_residency_is_of_the_jurisdiction_for_the_share_asked(basis, worker, verdict):
    assert judge({"residency": {"basis": basis, "share_percent": 51}}, **worker).verdict == verdict


def test_continuing_education_by_topic_and_provider():
    asks = {"hours": 12, "by_topic": {"ethics": 2}, "by_provider": {"gmhcn": 6}}
    rows = [{"hours": 6, "provider": "gmhcn"}, {"hours": 6, "topic": "ethics"}]

    assert judge({"continuing_education": asks}, continuing_education=rows).verdict == "met"
    finding = judge({"continuing_education": asks}, continuing_education=rows[:1])
    assert (finding.have, finding.remaining) == (6 * 60, 6 * 60)


def test_a_judgement_takes_nothing_from_after_its_day():
    tomorrow = (ON + timedelta(days=1)).isoformat()

    assert judge({"experience": {"hours": 1, "in": "peer_support"}}, experience=[work(1, tomorrow)]).have == 0
    assert (
        judge(
            {"continuing_education": {"hours": 1}}, continuing_education=[{"hours": 1, "date": tomorrow}]
        ).have
        == 0
    )
