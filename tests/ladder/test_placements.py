"""Who stands on which rung."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from accounts import trail
from accounts.models import Notice
from accounts.refusals import Refused
from ladder import placements
from ladder.models import Placement
from tests.builders.accounts import an_organisation
from tests.builders.ladder import a_ladder, a_placement, a_rung, two_rungs
from tests.builders.workers import a_worker, an_employment
from tests.cast import make_cast

pytestmark = pytest.mark.django_db

DAY = date(2026, 3, 2)


@pytest.fixture
def cast(db):
    return make_cast()


@pytest.fixture
def rungs(cast):
    return two_rungs(cast.employer)


def test_a_worker_is_placed_told_and_on_the_trail(cast, rungs):
    placement = placements.place(
        worker=cast.ana, rung=rungs[0], by=cast.manager, on=DAY, wage=Decimal("17.50")
    )

    assert (placement.worker, placement.rung, placement.wage) == (cast.ana, rungs[0], Decimal("17.50"))
    assert [event.verb for event in trail.of(placement)] == ["placement.made"]
    assert rungs[0].title in Notice.objects.get(user=cast.worker).text


def test_nobody_stands_on_two_rungs_of_an_employer(cast, rungs):
    placements.place(worker=cast.ana, rung=rungs[0], by=cast.manager, on=DAY)

    with pytest.raises(Refused, match="one of your rungs") as refusal:
        placements.place(worker=cast.ana, rung=rungs[1], by=cast.manager, on=date(2026, 5, 1))

    assert refusal.value.field == "started_on"
    assert Placement.objects.count() == 1


def test_two_employers_may_each_have_a_rung_for_one_worker(cast, rungs):
    second_job = an_employment(cast.ana, cast.other_employer)
    elsewhere = two_rungs(second_job.employer)
    placements.place(worker=cast.ana, rung=rungs[0], by=cast.manager, on=DAY)

    placements.place(worker=cast.ana, rung=elsewhere[0], by=cast.other_owner, on=DAY)

    assert Placement.objects.on(DAY).filter(worker=cast.ana).count() == 2


def test_only_people_who_work_there_are_placed(cast, rungs):
    with pytest.raises(Refused, match="does not work for you") as refusal:
        placements.place(worker=cast.ben, rung=rungs[0], by=cast.manager, on=DAY)

    assert refusal.value.field == "worker"


def test_nobody_is_placed_before_or_after_their_job(cast, rungs):
    with pytest.raises(Refused, match="does not work for you"):
        placements.place(worker=cast.ana, rung=rungs[0], by=cast.manager, on=date(2019, 1, 1))


def test_nobody_is_placed_on_a_draft(cast):
    rung = a_rung(a_ladder(cast.employer, published=False))

    with pytest.raises(Refused, match="Publish"):
        placements.place(worker=cast.ana, rung=rung, by=cast.manager, on=DAY)


def test_pay_is_above_zero(cast, rungs):
    with pytest.raises(Refused) as refusal:
        placements.place(worker=cast.ana, rung=rungs[0], by=cast.manager, on=DAY, wage=Decimal(0))

    assert refusal.value.field == "wage"


def test_moving_on_ends_the_old_rung_the_day_before(cast, rungs):
    old = placements.place(worker=cast.ana, rung=rungs[0], by=cast.manager, on=DAY)

    new = placements.move(old, to=rungs[1], by=cast.manager, on=date(2026, 6, 1), wage=Decimal(21))

    old.refresh_from_db()
    assert old.ended_on == date(2026, 5, 31)
    assert (new.rung, new.started_on, new.ended_on) == (rungs[1], date(2026, 6, 1), None)
    assert trail.of(new).get().data["along_a_step"] is True


def test_a_move_that_is_refused_leaves_the_worker_where_they_are(cast, rungs):
    old = placements.place(worker=cast.ana, rung=rungs[0], by=cast.manager, on=DAY)

    with pytest.raises(Refused):
        placements.move(old, to=rungs[1], by=cast.manager, on=date(2026, 6, 1), wage=Decimal(-1))

    old.refresh_from_db()
    assert old.ended_on is None


def test_a_move_is_later_than_the_placement(cast, rungs):
    old = placements.place(worker=cast.ana, rung=rungs[0], by=cast.manager, on=DAY)

    with pytest.raises(Refused, match="must be later"):
        placements.move(old, to=rungs[1], by=cast.manager, on=DAY)


def test_nobody_is_moved_to_another_employers_rung(cast, rungs):
    old = placements.place(worker=cast.ana, rung=rungs[0], by=cast.manager, on=DAY)

    with pytest.raises(Refused, match="another employer"):
        placements.move(old, to=two_rungs(an_organisation())[1], by=cast.manager, on=date(2026, 6, 1))


def test_a_placement_ends_once(cast, rungs):
    placement = placements.place(worker=cast.ana, rung=rungs[0], by=cast.manager, on=DAY)

    placements.end(placement, on=date(2026, 4, 1), by=cast.manager)

    placement.refresh_from_db()
    assert placement.ended_on == date(2026, 4, 1)
    with pytest.raises(Refused, match="ended already"):
        placements.end(placement, on=date(2026, 5, 1), by=cast.manager)


def test_a_placement_does_not_end_before_it_began(cast, rungs):
    placement = placements.place(worker=cast.ana, rung=rungs[0], by=cast.manager, on=DAY)

    with pytest.raises(Refused) as refusal:
        placements.end(placement, on=date(2026, 3, 1), by=cast.manager)

    assert refusal.value.field == "ended_on"


def test_the_database_itself_refuses_a_second_rung():
    worker = a_worker()
    below, above = two_rungs(an_organisation())
    a_placement(worker, below, started_on=DAY)

    with pytest.raises(IntegrityError, match="placement_one_rung_at_a_time"), transaction.atomic():
        a_placement(worker, above, started_on=date(2026, 6, 1))
