"""The demonstration looks alive, keeps every rule, is the same each time, and can be walked to the end."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from typing import Any

import filetype
import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import Max, Min, Sum
from django.utils import timezone

from accounts.models import Event, Organisation, User
from certification import applications, review
from certification.judging import case_of
from certification.models import Application, Credential, Level, Progress
from certification.requirements.findings import Verdict
from config import demonstration
from config.demonstration import cast, people
from config.demonstration.organisations import AUTHORITIES, EMPLOYERS
from ladder.models import Ladder, Placement, Readiness
from workers import hours, tracking
from workers.models import Evidence, HourEntry, Mark, Total, Worker

Status = Application.Status


@pytest.fixture(scope="module")
def made(catalogue: None) -> Iterator[demonstration.Made]:
    """The whole world, once for this module."""
    with transaction.atomic():
        yield demonstration.seed(timezone.localdate())
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def undone(request: pytest.FixtureRequest, django_db_blocker: Any) -> Iterator[None]:
    """What a test changes is gone before the next."""
    if "catalogue" not in request.fixturenames:
        yield
        return
    request.getfixturevalue("made" if "made" in request.fixturenames else "catalogue")
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def ana(made) -> Worker:
    return Worker.objects.get(user__email=cast.ANA.email)


def test_it_is_large_enough_to_look_alive(catalogue, made):
    span = HourEntry.objects.aggregate(first=Min("day"), last=Max("day"))

    assert made.workers == Worker.objects.count() >= 120
    assert made.entries > 25_000
    assert timedelta(days=1000) < span["last"] - span["first"] < timedelta(days=4 * 366 + 30)
    assert span["last"] < timezone.localdate()


def test_authorities_work_here_and_employers_have_ladders_with_people_on_them(catalogue, made):
    linked = Organisation.objects.filter(authority__isnull=False)
    published = Ladder.objects.filter(published_at__isnull=False)

    assert set(linked.values_list("slug", flat=True)) == {one.slug for one in AUTHORITIES}
    assert set(published.values_list("employer__slug", flat=True)) == {one.slug for one in EMPLOYERS}
    standing = Placement.objects.on(timezone.localdate())
    assert standing.values("employer").distinct().count() == len(EMPLOYERS)


def test_there_are_applications_in_every_state(catalogue, made):
    assert set(Application.objects.values_list("status", flat=True)) == set(Status.values)


def test_there_are_credentials_of_every_standing_and_some_about_to_expire(catalogue, made):
    today = timezone.localdate()
    standings = Counter(Credential.objects.with_status(today).values_list("status", flat=True))
    soon = Credential.objects.with_status(today).filter(
        status="active", events__expires_on__range=(today, today + timedelta(days=60))
    )

    assert {"active", "expired", "suspended", "revoked", "surrendered"} <= set(standings)
    assert standings["active"] > 50
    assert soon.exists()


def test_what_was_approved_meets_its_standard(catalogue, made):
    approved = Application.objects.filter(status=Status.APPROVED).select_related(
        "worker", "standard__level__program__jurisdiction"
    )

    assert len(approved) >= 5
    for application in approved:
        assert application.credential
        assert case_of(application).finding.verdict == Verdict.MET, application.level


def test_supervisors_have_hours_to_sign_and_some_were_returned(catalogue, made):
    samuel = User.objects.get(email=cast.SAMUEL.email)

    waiting = HourEntry.objects.to_sign_by(samuel).filter(status="submitted")
    assert waiting.values("worker").distinct().count() >= 3
    assert set(HourEntry.objects.values_list("status", flat=True)) == set(HourEntry.Status.values)
    assert HourEntry.objects.filter(superseded=True).exists()


def test_the_tracking_has_worked_everything_off(catalogue, made):
    counted = HourEntry.objects.counted().aggregate(Sum("minutes"))
    totals = Total.objects.filter(standing="counted").aggregate(Sum("minutes"))

    assert not Mark.objects.exists()
    assert counted == totals
    assert Progress.objects.count() > 100
    assert Readiness.objects.filter(verdict="met").exists()


def test_evidence_is_real_files(catalogue, made):
    found = list(Evidence.objects.all())

    assert {one.content_type for one in found} == {"application/pdf", "image/png"}
    for one in found[:20]:
        data = one.file.read()
        one.file.close()
        assert len(data) == one.size
        assert filetype.guess(data).mime == one.content_type


def test_the_trail_tells_of_it_in_the_past(catalogue, made):
    verbs = set(Event.objects.values_list("verb", flat=True))

    assert {"hours.approved", "application.approved", "credential.suspended", "placement.made"} <= verbs
    assert Event.objects.filter(at__lt=timezone.now() - timedelta(days=365)).exists()


@pytest.mark.parametrize("person", cast.SIGN_INS, ids=lambda person: person.part)
def test_everybody_listed_can_sign_in(catalogue, made, client, person):
    user = User.objects.get(email=person.email)

    assert user.check_password(cast.PASSWORD)
    assert EmailAddress.objects.filter(user=user, verified=True, primary=True).exists()
    if person.role:
        assert user.memberships.get().role == person.role
        assert user.memberships.get().organisation.slug == person.organisation
    else:
        assert user.worker.employments.exists()


def test_the_sign_ins_are_printed(catalogue, made):
    out = StringIO()
    call_command("demo_sign_ins", stdout=out)

    printed = out.getvalue()
    assert cast.PASSWORD in printed
    assert all(person.email in printed for person in cast.SIGN_INS)


def test_a_second_seeding_changes_nothing(catalogue, made):
    out = StringIO()
    call_command("seed_demo", stdout=out)

    assert "there already" in out.getvalue()
    assert Worker.objects.count() == made.workers


def test_ana_is_a_few_hours_short_and_they_wait_for_samuel(catalogue, ana):
    goal = ana.goals.get(level__code="mn-cps-2")

    assert (goal.progress.verdict, goal.progress.can_apply) == ("unmet", False)
    assert goal.progress.remaining_minutes == 4000 * 60 - people.ANA_SIGNED
    waiting = ana.hours.filter(status="submitted").aggregate(Sum("minutes"))["minutes__sum"]
    assert waiting == people.ANA_WAITING > goal.progress.remaining_minutes


def test_anas_journey_can_be_walked_to_the_end(catalogue, ana):
    samuel, rae = (User.objects.get(email=person.email) for person in (cast.SAMUEL, cast.RAE))
    level = Level.objects.get(code="mn-cps-2")

    hours.approve(HourEntry.objects.to_sign_by(samuel).filter(worker=ana, status="submitted"), by=samuel)
    tracking.drain_all()
    assert ana.goals.get(level=level).progress.verdict == "met"

    application = applications.start(worker=ana, level=level, by=ana.user)
    applications.submit(application=application, by=ana.user)
    review.assign(application=application, by=rae)
    credential = review.approve(application=application, by=rae)
    tracking.drain_all()

    assert credential.worker == ana
    assert ana.readiness.get(rung__code="senior-peer-specialist").verdict == "met"


def test_linh_can_answer_what_was_asked_and_hand_it_in_again(catalogue, made):
    linh = User.objects.get(email=cast.LINH.email)
    application = linh.worker.applications.get()
    asked = application.items.get(decision="asked")
    assert application.status == Status.RETURNED

    applications.answer(item=asked, by=linh, text="It had 80 hours; see the second page.")
    applications.submit(application=application, by=linh)

    application.refresh_from_db()
    assert application.status == Status.SUBMITTED


@pytest.mark.parametrize("command", ["seed_demo", "demo_sign_ins"])
def test_there_is_none_in_production(settings, command):
    settings.PRODUCTION = True

    with pytest.raises(CommandError, match="production"):
        call_command(command)


@pytest.mark.django_db
def test_without_the_catalogue_it_says_what_to_do():
    with pytest.raises(CommandError, match="load_catalogue"):
        call_command("seed_demo")


@pytest.mark.django_db
def test_without_it_nobody_is_listed():
    out = StringIO()
    call_command("demo_sign_ins", stdout=out)

    assert "no demonstration" in out.getvalue()
