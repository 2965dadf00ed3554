"""Laws that hold for any requirement and any record."""

import json
import os
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from certification.requirements.difference import difference
from certification.requirements.explain import explain
from certification.requirements.findings import Finding, Verdict
from certification.requirements.forecast import PACE_DAYS, forecast
from certification.requirements.language import GROUP_KINDS, LEAF_KINDS, Not, parse
from certification.requirements.leaves import Experience
from certification.requirements.ledger import Filter, Series
from certification.requirements.nearest import can_apply, keeps_out, waiting_on
from certification.requirements.record_files import KEYS, parse_record
from certification.requirements.sentences import LANGUAGES, reason, sentence
from certification.requirements.values import RequirementError

from .builders import LEVELS
from .strategies import (
    ON,
    TABLES,
    all_accepted,
    experience_leaves,
    experience_rows,
    growing,
    joined,
    records,
    requirements,
)

# More of them at night: EXAMPLES=5000 make test ARGS=tests/requirements/test_properties.py
EXAMPLES = int(os.environ.get("EXAMPLES", "40"))
often = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def judge(requirement, of) -> Finding:
    return explain(requirement, of, ON, LEVELS, level="mn-cps-2")


@often
@given(requirements)
def test_a_requirement_survives_being_written_and_read(requirement):
    data = json.loads(json.dumps(requirement.to_data()))

    assert parse(data) == requirement
    assert parse(data).to_data() == data
    assert difference(requirement, parse(data)) == []


@often
@given(records)
def test_a_record_survives_being_written_and_read(of):
    once = parse_record(json.loads(json.dumps(of.to_data())))

    assert parse_record(once.to_data()) == once


plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from(
        ["", "x", "2020-01-01", "0001-01-01", "9999-12-31", "US-MN", "peer_support", "peer support"]
    ),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*LEAF_KINDS, *GROUP_KINDS, *KEYS, "hours", "in", "of", "from"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=12,
)


@often
@given(plain)
def test_whatever_comes_in_is_read_or_refused(data):
    for read in (parse, parse_record):
        with suppress(RequirementError):
            read(data)


@often
@given(requirements, records, st.sampled_from([date.min, date(1900, 3, 1), date(9000, 1, 1), date.max]))
def test_any_day_can_be_judged(requirement, of, on):
    assert explain(requirement, of, on, LEVELS, level="mn-cps-2").verdict in set(Verdict)


@often
@given(requirements, records)
def test_judging_twice_finds_the_same_and_the_finding_survives_json(requirement, of):
    finding = judge(requirement, of)

    assert judge(parse(requirement.to_data()), replace(of)) == finding
    assert Finding.from_json(json.loads(json.dumps(finding.to_json()))) == finding


@often
@given(requirements, records, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_no_verdict_and_no_figure(requirement, of, random):
    shuffled = {name: list(getattr(of, name)) for name in TABLES}
    for rows in shuffled.values():
        random.shuffle(rows)
    other = judge(requirement, replace(of, **{name: tuple(rows) for name, rows in shuffled.items()}))
    finding = judge(requirement, of)

    assert other.verdict == finding.verdict
    figures = [
        (one.path, one.verdict, one.unit == "minutes" and (one.have, one.remaining))
        for one in finding.leaves()
    ]
    assert figures == [
        (one.path, one.verdict, one.unit == "minutes" and (one.have, one.remaining)) for one in other.leaves()
    ]


@often
@given(growing, records, records)
def test_more_accepted_facts_never_make_it_worse(requirement, of, more):
    # An expired or suspended credential beside a good one takes nothing away either.
    before, after = judge(requirement, of), judge(requirement, joined(of, all_accepted(more)))

    assert after.verdict.rank >= before.verdict.rank


@often
@given(growing, records)
def test_accepting_what_waits_never_makes_it_worse(requirement, of):
    before, after = judge(requirement, of), judge(requirement, all_accepted(of))

    assert after.verdict.rank >= before.verdict.rank
    assert after.verdict != Verdict.WAITING
    if before.verdict == Verdict.WAITING:
        assert after.verdict == Verdict.MET


@often
@given(requirements, records)
def test_a_not_turns_the_verdict(requirement, of):
    assert judge(Not((requirement,)), of).verdict == judge(requirement, of).verdict.opposite
    assert judge(Not((Not((requirement,)),)), of).verdict == judge(requirement, of).verdict


@often
@given(requirements, records)
def test_there_is_always_something_that_keeps_out_or_waits(requirement, of):
    finding = judge(requirement, of)
    out, waits = keeps_out(finding), waiting_on(finding)

    assert bool(out) == (finding.verdict == Verdict.UNMET)
    if finding.verdict == Verdict.WAITING:
        assert waits
    if finding.verdict == Verdict.MET:
        assert not waits
        assert can_apply(finding)
    assert all(leaf.verdict == Verdict.UNMET for leaf in out)
    assert len({leaf.path for leaf in out}) == len(out)


@often
@given(requirements, records)
def test_everything_can_be_said(requirement, of):
    finding = judge(requirement, of)
    for language in LANGUAGES:
        assert "{" not in sentence(requirement, language)
        assert all(reason(leaf, language) for leaf in [finding, *finding.leaves(), *keeps_out(finding)])


@often
@given(experience_leaves, records)
def test_figures_of_experience_agree(leaf, of):
    finding = judge(leaf, of)

    assert finding.verdict in (Verdict.MET, Verdict.UNMET)
    assert (finding.verdict == Verdict.MET) == (finding.remaining == 0)
    assert finding.have >= 0


@often
@given(st.lists(experience_rows, max_size=8), st.integers(0, 400), st.integers(0, 400))
def test_the_index_sums_what_a_plain_loop_sums(rows, first, length):
    """Every row's minutes, day by day."""
    start = ON - timedelta(days=first)
    end = start + timedelta(days=length)
    plain = Fraction(0)
    for row in rows:
        many = (row.end - row.start).days + 1
        inside = sum(start <= row.start + timedelta(days=n) <= end for n in range(many))
        plain += Fraction(row.minutes * inside, many)

    assert Series((row.start, row.end, row.minutes) for row in rows).sum([(start, end)]) == plain
    assert all(Filter(pending=row.pending).takes(row) for row in rows)


@settings(max_examples=EXAMPLES // 4, deadline=None)
@given(
    st.builds(
        Experience,
        work=st.just("peer_support"),
        minutes=st.integers(60, 3000),
        within_months=st.none() | st.integers(1, 6),
        span_months=st.none() | st.integers(1, 4),
    ),
    st.lists(st.tuples(st.integers(0, 200), st.integers(10, 300)), min_size=1, max_size=8),
)
def test_the_forecast_is_the_first_day_that_a_day_by_day_count_finds(leaf, worked):
    rows = [
        {"in": "peer_support", "hours": minutes / 60, "from": day.isoformat(), "to": day.isoformat()}
        for ago, minutes in worked
        for day in [ON - timedelta(days=ago)]
    ]
    of = parse_record({"experience": rows})
    found = forecast(leaf, of, ON)
    recent = sum(minutes for ago, minutes in worked if ago < PACE_DAYS)
    daily = Fraction(recent, PACE_DAYS)
    first = next(
        (day for day in (ON + timedelta(days=n) for n in range(150)) if met_by(leaf, of, daily, day)), None
    )

    if first is not None and (recent or first == ON):
        assert found == first
    else:
        assert not isinstance(found, type(ON)) or found >= ON + timedelta(days=150)


def met_by(leaf: Experience, of, daily: Fraction, day) -> bool:
    row = {
        "work": "peer_support",
        "start": ON + timedelta(days=1),
        "end": day,
        "minutes": daily * (day - ON).days,
    }
    made = type(of.experience[0])(**row)
    later = of if day == ON or not daily else replace(of, experience=(*of.experience, made))
    return explain(leaf, later, day).verdict == Verdict.MET
