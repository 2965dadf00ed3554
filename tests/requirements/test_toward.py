"""The minutes that a leaf counts of each entry add up to what its judge counts of all."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as some

from certification.requirements.case import Case
from certification.requirements.judge_hours import Counted, days_of
from certification.requirements.language import parse
from certification.requirements.record import ExperienceRow, Record
from certification.requirements.toward import leaves_of_hours, toward

TODAY = date(2026, 6, 10)
WORK = some.sampled_from(["peer_support", "recovery_coaching", "lead_peer_role"])
DOMAIN = some.sampled_from(["advocacy", "other"])
STATE = some.sampled_from(["US-MN", "US-WI"])
rows = some.lists(
    some.builds(
        ExperienceRow,
        work=WORK,
        minutes=some.integers(1, 1440),
        supervised=some.booleans(),
        pay=some.sampled_from(["paid", "volunteer"]),
        start=some.dates(date(2025, 1, 1), TODAY),
        state=STATE,
        domain=DOMAIN,
        practicum=some.booleans(),
    ),
    max_size=12,
)
maybe = some.booleans()
leaves = some.fixed_dictionaries(
    {"hours": some.just(100), "in": WORK},
    optional={
        "supervised": maybe,
        "practicum": maybe,
        "in_state": maybe,
        "pay": some.sampled_from([["paid"], ["volunteer"], ["paid", "volunteer"]]),
        "within_months": some.integers(1, 18),
        "from": some.dates(date(2025, 1, 1), date(2025, 6, 1)).map(str),
        "until": some.dates(date(2025, 6, 2), TODAY).map(str),
        "max_by_domain": some.integers(1, 40).map(lambda most: {"advocacy": most}),
    },
)


@given(rows, leaves)
def test_for_every_leaf_the_minutes_of_all_entries_add_up_to_what_it_counts(worked, asked):
    worked = sorted((day_long(row) for row in worked), key=lambda row: row.start)
    ((path, leaf),) = leaves_of_hours(parse({"experience": asked}))
    record = Record(experience=tuple(worked))
    case = Case(record, TODAY, jurisdiction="US-MN")

    each = [toward(path, leaf, case, row, worked[:n]) for n, row in enumerate(worked)]

    assert sum(one.minutes for one in each) == Counted(leaf, case, days_of(leaf, case)).total()
    assert all(one.because for one, row in zip(each, worked, strict=True) if one.minutes < row.minutes)


def day_long(row):
    return ExperienceRow(**{**vars(row), "end": row.start})
