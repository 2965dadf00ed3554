"""How fast one record is judged by every standard of the catalogue."""

from collections.abc import Iterator
from datetime import date, timedelta

from benchmarks.measuring import Row, milliseconds, percentile
from certification.catalogue.files import shipped
from certification.requirements.explain import explain
from certification.requirements.language import walk
from certification.requirements.record import ExperienceRow, Record, TrainingRow
from tests.stack import Stack

ON = date(2026, 6, 1)
DAYS = 5_000
DOMAINS = ("advocacy", "mentoring_education", "recovery_wellness", "ethical_responsibility")
BUDGET = 300  # milliseconds for a page of all standards
ROUNDS = 15


def rows(stack: Stack) -> Iterator[Row]:
    """A leaf of the language against adding up the record's rows once."""
    asked = [one for one in shipped().standards.values() if one.requires]
    leaves = sum(1 for one in asked for _ in walk(one.requires))
    cold, warm, plain = [], [], []
    for _round in range(ROUNDS):
        record = a_record()
        plain.append(milliseconds(lambda record=record: sum(row.minutes for row in record.experience)))
        cold.append(milliseconds(lambda record=record: judge(asked, record)))
        warm.append(milliseconds(lambda record=record: judge(asked, record)))
    name = f"explain, {len(asked)} standards, {DAYS:,} days"
    leaf = percentile(warm, 0.5) * 1000 / leaves
    yield Row(f"{name}, a leaf", leaf, percentile(plain, 0.5) * 1000, "µs", goal=1, better="lower")
    yield Row(f"{name}, indexed", percentile(warm, 0.5), BUDGET, "ms", goal=1, better="lower")
    yield Row(f"{name}, not indexed yet", percentile(cold, 0.5), BUDGET, "ms", goal=1, better="lower")


def judge(asked: list, record: Record) -> None:
    for one in asked:
        explain(one.requires, record, ON, shipped().catalogue, level=one.level)


def a_record() -> Record:
    """Twenty years of signed days, in turn of four domains, and some training."""
    worked = (
        ExperienceRow(
            "peer_support",
            240 + 15 * (n % 25),
            supervised=n % 3 > 0,
            pay="paid",
            start=(day := ON - timedelta(days=1 + n * 7 // 5)),
            end=day,
            state="US-MN",
            domain=DOMAINS[n % 4],
            practicum=False,
        )
        for n in range(DAYS)
    )
    learned = (
        TrainingRow(topic, 2400, (), True, ON - timedelta(days=900), mode="live")
        for topic in ("peer_support", "ethics", "hiv")
    )
    return Record(born=date(1980, 1, 1), experience=tuple(worked), training=tuple(learned))
