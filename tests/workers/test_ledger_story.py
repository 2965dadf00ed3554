"""Whatever is done in whatever order, no minute counts twice and none is lost: against a naive model."""

from datetime import UTC, date, datetime, timedelta

import time_machine
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.refusals import Refused
from workers import hours, tracking
from workers.entries import NewHours
from workers.models import HourEntry, Tally, Total
from workers.steps import Step, open_steps
from workers.verification import verify
from workers.words import Domain

Status = HourEntry.Status
NOW = datetime(2026, 6, 10, 18, tzinfo=UTC)
MONDAY = date(2026, 6, 1)
FULL = 24 * 60


BECOMES = {"approve": "approved", "return": "returned", "submit": "submitted", "withdraw": "draft"}


class Model:
    """The ledger as one would keep it on paper: a list of notes, and what became of each."""

    def __init__(self):
        self.notes = {}

    def log(self, pk, day, minutes):
        self.notes[pk] = {"day": day, "minutes": minutes, "status": "submitted", "amends": None, "by": None}

    def amend(self, pk, old, minutes):
        self.notes[pk] = {**self.notes[old], "minutes": minutes, "status": "submitted", "amends": old}

    def do(self, pk, act):
        if act == "discard":
            del self.notes[pk]
            return
        note = self.notes[pk]
        note["status"] = BECOMES[act]
        if act == "approve" and note["amends"]:
            self.notes[note["amends"]]["by"] = pk

    @property
    def counted(self):
        return sum(n["minutes"] for n in self.notes.values() if n["status"] == "approved" and not n["by"])

    @property
    def waiting(self):
        return sum(
            n["minutes"] for n in self.notes.values() if n["status"] == "submitted" and not n["amends"]
        )

    def full(self, day):
        """Minutes that take up a day: a correction does so once it is approved, in the place of the old."""
        return sum(
            n["minutes"]
            for n in self.notes.values()
            if n["day"] == day
            and n["status"] != "returned"
            and not n["by"]
            and (n["status"] == "approved" or not n["amends"])
        )


ACTS = st.tuples(
    st.sampled_from(["log", "log", "approve", "approve", "return", "submit", "withdraw", "discard", "amend"]),
    st.integers(0, 30),
    st.integers(1, FULL // 2),
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(ACTS, min_size=5, max_size=25))
def test_totals_are_those_of_a_naive_ledger(job, acts):
    with time_machine.travel(NOW, tick=False), transaction.atomic():
        model = Model()
        for act in acts:
            do(job, model, *act)
        tracking.drain_all()

        assert total(Total.State.COUNTED) == model.counted
        assert total(Total.State.WAITING) == model.waiting
        assert career() == model.counted
        assert verify().breaks == []
        transaction.set_rollback(True)


def do(job, model, act, which, minutes):
    """One act by the verb and on paper; what the one refuses, the other must not allow."""
    if act == "log":
        log(job, model, MONDAY + timedelta(days=which % 3), minutes)
    elif model.notes:
        pk = sorted(model.notes)[which % len(model.notes)]
        entry = HourEntry.objects.get(pk=pk)
        if act == "amend":
            amend(job, model, pk, entry, minutes)
        elif attempt(lambda: VERBS[act](job, entry), expected=may(model, pk, act)):
            model.do(pk, act)


VERBS = {
    "approve": lambda job, entry: hours.approve([entry], by=job.supervisor),
    "return": lambda job, entry: hours.return_([entry], by=job.supervisor, reason="Which group?"),
    "submit": lambda job, entry: hours.submit([entry], by=job.user),
    "withdraw": lambda job, entry: hours.withdraw([entry], by=job.user),
    "discard": lambda job, entry: hours.discard([entry], by=job.user),
}


def may(model, pk, act):
    note = model.notes[pk]
    status, old = note["status"], model.notes.get(note["amends"])
    full = model.full(note["day"])
    if act == "approve":
        more = note["minutes"] - old["minutes"] if old else 0
        return status == "submitted" and full + more <= FULL
    if act == "submit":
        fits = old is not None or full + note["minutes"] <= FULL
        return status == "draft" or (status == "returned" and fits)
    if act == "discard":
        return status != "approved"
    return status == "submitted"


def log(job, model, day, minutes):
    new = NewHours(employment=job.employment, day=day, minutes=minutes, domain=Domain.ADVOCACY)
    stored = attempt(
        lambda: hours.log(worker=job.worker, by=job.user, entries=[new]),
        expected=model.full(day) + minutes <= FULL,
    )
    for entry in stored or ():
        model.log(entry.pk, day, minutes)


def amend(job, model, pk, entry, minutes):
    note = model.notes[pk]
    on_its_way = any(n["amends"] == pk and n["status"] != "approved" for n in model.notes.values())
    fits = model.full(note["day"]) - note["minutes"] + minutes <= FULL
    expected = (
        note["status"] == "approved" and not note["by"] and not on_its_way
        and minutes != note["minutes"] and fits
    )  # fmt: skip
    assert (Step.AMEND in open_steps(entry)) == (note["status"] == "approved" and not note["by"])
    correction = attempt(lambda: hours.amend(entry, by=job.user, minutes=minutes), expected=expected)
    if correction:
        model.amend(correction.pk, pk, minutes)


def attempt(act, *, expected):
    try:
        with transaction.atomic():
            done = act()
    except Refused:
        assert not expected
        return None
    assert expected
    return done


def total(standing):
    return Total.objects.filter(standing=standing).aggregate(sum=Sum("minutes", default=0))["sum"]


def career():
    return sum(tally.minutes[-1] for tally in Tally.objects.filter(domain="*"))
