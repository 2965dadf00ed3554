"""Agreements that end, who signs in a supervisor's place, and what qualifies a supervisor on each day."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts import members
from accounts.models import Event, Membership
from accounts.refusals import Refused
from accounts.roles import OrganisationKind, Role
from tests.builders.accounts import a_member, an_organisation
from tests.builders.workers import (
    a_delegate,
    a_session,
    a_status,
    a_supervisor,
    a_worker,
    an_agreement,
    an_employment,
    an_entry,
)
from workers import hours, sessions, signing, supervision, vouching
from workers.models import Agreement, Delegate, HourEntry, SupervisionSession
from workers.models.supervision import Basis

APPROVED = HourEntry.Status.APPROVED


@pytest.fixture
def owner(job):
    return a_member(Role.OWNER, organisation=job.employer, given_name="Olive")


def yesterday():
    return timezone.localdate() - timedelta(days=1)


def signed(entry, by):
    hours.approve([entry], by=by)
    entry.refresh_from_db()
    return entry


def has_left(job):
    """The supervisor supervised until today."""
    job.agreement.ended_on = timezone.localdate()
    job.agreement.save()


def held(agreement, day):
    return Agreement.objects.filter(pk=agreement.pk).held_on(day).get().held


# What qualifies a supervisor, by day


def test_an_undated_basis_holds_for_all_days_of_the_agreement(job):
    assert held(job.agreement, date(2021, 5, 1)) == Basis.QUALIFIED_SUPERVISOR


@pytest.mark.parametrize(("day", "qualified"), [(date(2024, 5, 1), True), (date(2024, 5, 2), False)])
def test_a_dated_status_holds_up_to_and_including_its_last_day(job, day, qualified):
    a_status(job.supervisor, job.employer, started_on=date(2024, 1, 1), ended_on=date(2024, 5, 1))

    found = Agreement.objects.filter(pk=job.agreement.pk).qualified_on(day).get()

    assert found.qualified is qualified


def test_what_another_employer_says_of_a_supervisor_counts_there_alone(job):
    a_status(job.supervisor, an_organisation(), ended_on=date(2020, 2, 1))

    assert held(job.agreement, yesterday()) == Basis.QUALIFIED_SUPERVISOR


def test_what_an_authority_says_counts_everywhere(job):
    job.agreement.basis = Basis.NOT_QUALIFIED
    job.agreement.save()
    board = an_organisation(kind=OrganisationKind.AUTHORITY)
    a_status(job.supervisor, board, basis=Basis.REGISTERED_PEER_SUPERVISOR, started_on=date(2024, 1, 1))

    assert held(job.agreement, date(2023, 12, 31)) == Basis.NOT_QUALIFIED
    assert held(job.agreement, date(2024, 1, 1)) == Basis.REGISTERED_PEER_SUPERVISOR


def test_of_several_the_one_that_the_agreement_names_comes_first(job):
    a_status(
        job.supervisor, job.employer, basis=Basis.MENTAL_HEALTH_PROFESSIONAL, started_on=date(2019, 1, 1)
    )
    a_status(job.supervisor, job.employer)

    assert held(job.agreement, yesterday()) == Basis.QUALIFIED_SUPERVISOR


def test_a_withdrawn_status_qualifies_for_no_day(job, owner):
    status = a_status(job.supervisor, job.employer, basis=Basis.APPROVED_SUPERVISOR)
    job.agreement.basis = Basis.NOT_QUALIFIED
    job.agreement.save()

    vouching.withdraw(status, by=owner)

    assert held(job.agreement, yesterday()) == Basis.NOT_QUALIFIED


def test_hours_signed_for_a_day_without_a_qualification_count_unsupervised(job):
    a_status(job.supervisor, job.employer, ended_on=yesterday() - timedelta(days=1))
    before = an_entry(job.employment, day=yesterday() - timedelta(days=1))
    after = an_entry(job.employment, day=yesterday())

    hours.approve([before, after], by=job.supervisor)

    said = dict(HourEntry.objects.values_list("pk", "supervised"))
    assert said == {before.pk: True, after.pk: False}


def test_sealed_hours_do_not_change_when_a_status_turns_out_to_have_ended(job, owner):
    status = a_status(job.supervisor, job.employer)
    entry = signed(an_entry(job.employment, day=yesterday()), by=job.supervisor)

    vouching.change_end(status, ended_on=yesterday() - timedelta(days=30), by=owner)

    entry.refresh_from_db()
    assert entry.supervised
    assert vouching.signed_outside(job.supervisor).get() == entry


def test_whose_hours_lie_outside_is_told_and_so_is_the_employer(job, owner):
    status = a_status(job.supervisor, job.employer)
    signed(an_entry(job.employment, day=yesterday()), by=job.supervisor)

    vouching.change_end(status, ended_on=yesterday() - timedelta(days=30), by=owner)

    assert job.user.notices.filter(message=vouching.SEALED).get().params["hours"] == "8 h"
    assert owner.notices.filter(message=vouching.SEALED).exists()
    assert Event.objects.filter(verb="supervisor.sealed_outside").get().data == {"minutes": 480, "workers": 1}


def test_to_date_what_was_undated_tells_of_the_days_before(job, owner):
    signed(an_entry(job.employment, day=yesterday()), by=job.supervisor)

    vouching.vouch(
        supervisor=job.supervisor,
        basis=Basis.QUALIFIED_SUPERVISOR,
        voucher=job.employer,
        started_on=timezone.localdate(),
        by=owner,
    )

    assert job.user.notices.filter(message=vouching.SEALED).exists()


def test_a_longer_status_tells_nobody_of_sealed_hours(job, owner):
    status = a_status(job.supervisor, job.employer, ended_on=yesterday())
    signed(an_entry(job.employment, day=yesterday()), by=job.supervisor)

    vouching.change_end(status, ended_on=None, by=owner)

    assert not job.user.notices.filter(message=vouching.SEALED).exists()


def test_an_employer_vouches_for_its_own_supervisors_only(job, owner):
    stranger = a_supervisor(an_organisation())

    with pytest.raises(Refused) as refusal:
        vouching.vouch(
            supervisor=stranger,
            basis=Basis.QUALIFIED_SUPERVISOR,
            voucher=job.employer,
            started_on=yesterday(),
            by=owner,
        )

    assert refusal.value.field == "supervisor"


def test_the_same_status_is_put_down_once_at_a_time(job, owner):
    a_status(job.supervisor, job.employer)

    with pytest.raises(Refused) as refusal:
        vouching.vouch(
            supervisor=job.supervisor,
            basis=Basis.QUALIFIED_SUPERVISOR,
            voucher=job.employer,
            started_on=yesterday(),
            by=owner,
        )

    assert refusal.value.field == "started_on"


def test_a_supervisor_does_not_vouch_for_themselves(job):
    with pytest.raises(PermissionDenied):
        vouching.vouch(
            supervisor=job.supervisor,
            basis=Basis.QUALIFIED_SUPERVISOR,
            voucher=job.employer,
            started_on=yesterday(),
            by=job.supervisor,
        )


# Sessions


def test_what_qualified_the_supervisor_is_sealed_with_a_session(job, owner):
    status = a_status(job.supervisor, job.employer, basis=Basis.MENTAL_HEALTH_PROFESSIONAL)
    job.agreement.basis = Basis.NOT_QUALIFIED
    job.agreement.save()
    session = a_session(job.agreement, confirmed=False)
    sessions.confirm([session], by=job.supervisor)

    vouching.withdraw(status, by=owner)

    session.refresh_from_db()
    assert session.basis == Basis.MENTAL_HEALTH_PROFESSIONAL


def a_session_on(job, **topics):
    return sessions.record(
        worker=job.worker,
        by=job.user,
        agreement=job.agreement,
        day=yesterday(),
        minutes=60,
        format="group",
        domain="advocacy",
        topics=topics,
    )


def test_a_session_has_further_subjects(job):
    assert a_session_on(job, harm_reduction=20).topics == {"harm_reduction": 20}


@pytest.mark.parametrize(
    "topics", [{"harm_reduction": 61}, {"harm_reduction": 0}, {"advocacy": 5}, {"gardening": 5}]
)
def test_further_subjects_fit_into_the_session(job, topics):
    with pytest.raises(Refused) as refusal:
        a_session_on(job, **topics)

    assert refusal.value.field == "topics"
    assert not SupervisionSession.objects.exists()


# A supervisor who leaves


def test_sealed_weeks_stay_and_open_weeks_go_to_the_substitute(job, owner):
    sealed = signed(an_entry(job.employment, day=yesterday() - timedelta(days=7)), by=job.supervisor)
    waits = an_entry(job.employment, day=yesterday())
    substitute = a_supervisor(job.employer, given_name="Sue")

    supervision.end(job.agreement, by=owner, on=timezone.localdate(), substitute=substitute)
    signed(waits, by=substitute)

    sealed.refresh_from_db()
    assert (sealed.status, sealed.supervised, sealed.signed_as) == (APPROVED, True, "supervisor")
    assert (waits.status, waits.supervised, waits.signed_as) == (APPROVED, True, "substitute")


def test_a_colleague_attests_open_hours_which_are_then_approved_and_not_supervised(job, owner):
    waits = an_entry(job.employment, day=yesterday())
    colleague = an_employment(
        a_worker("Cal"), job.employer, confirmed_on=timezone.now(), confirmed_by=owner
    ).worker.user
    supervision.end(job.agreement, by=owner, on=timezone.localdate(), substitute=colleague, attested=True)

    signed(waits, by=colleague)

    assert (waits.status, waits.supervised, waits.signed_as) == (APPROVED, False, "colleague")


def test_a_colleague_declares_nothing_of_supervision(job, owner):
    own = an_agreement(an_employment(a_worker("Ben"), job.employer))
    both = [an_entry(job.employment), an_entry(own.worker.employments.get())]
    has_left(job)
    supervision.hand_over(job.agreement, to=own.supervisor, by=owner, kind=Delegate.Kind.COLLEAGUE)

    hours.approve(both, by=own.supervisor)

    said = {}
    for entry in HourEntry.objects.select_related("signature__declaration"):
        said[entry.signed_as] = entry.signature.declaration.text
    assert said == {"supervisor": signing.WORDING["en"], "colleague": signing.ATTESTATION["en"]}


def test_a_colleague_sees_what_waits_and_nothing_else(job, owner):
    sealed = signed(an_entry(job.employment, day=yesterday() - timedelta(days=7)), by=job.supervisor)
    waits = an_entry(job.employment, day=yesterday())
    colleague = a_member(Role.MANAGER, organisation=job.employer)
    has_left(job)
    supervision.hand_over(job.agreement, to=colleague, by=owner, kind=Delegate.Kind.COLLEAGUE)

    found = HourEntry.objects.visible_to(colleague)

    assert list(found) == [waits]
    assert sealed not in found


def test_a_colleague_confirms_no_supervision(job, owner):
    session = a_session(job.agreement, confirmed=False)
    colleague = a_member(Role.MANAGER, organisation=job.employer)
    has_left(job)
    supervision.hand_over(job.agreement, to=colleague, by=owner, kind=Delegate.Kind.COLLEAGUE)

    with pytest.raises(PermissionDenied):
        sessions.confirm([session], by=colleague)


def test_a_colleague_who_is_a_delegate_as_well_signs_as_the_delegate(job, owner):
    both = a_supervisor(job.employer, given_name="Dee")
    a_delegate(job.agreement, both)
    has_left(job)
    supervision.hand_over(job.agreement, to=both, by=owner, kind=Delegate.Kind.COLLEAGUE)

    entry = signed(an_entry(job.employment), by=both)

    assert (entry.supervised, entry.signed_as) == (True, "delegate")


def test_while_the_supervision_goes_on_nobody_takes_over(job, owner):
    with pytest.raises(Refused):
        supervision.hand_over(job.agreement, to=a_supervisor(job.employer), by=owner)

    assert not job.user.notices.exists()


def test_pressed_twice_somebody_is_named_once(job, owner):
    colleague = a_member(Role.MANAGER, organisation=job.employer)
    has_left(job)
    supervision.hand_over(job.agreement, to=colleague, by=owner, kind=Delegate.Kind.COLLEAGUE)

    with pytest.raises(Refused):
        supervision.hand_over(job.agreement, to=colleague, by=owner, kind=Delegate.Kind.COLLEAGUE)

    assert Delegate.objects.count() == 1


def test_a_colleague_attests_on_the_page_of_what_waits(job, owner, client):
    waits = an_entry(job.employment, day=yesterday())
    colleague = an_employment(
        a_worker("Cal"), job.employer, confirmed_on=timezone.now(), confirmed_by=owner
    ).worker.user
    client.force_login(colleague)
    assert client.get(reverse("workers:sign")).status_code == 403
    has_left(job)
    supervision.hand_over(job.agreement, to=colleague, by=owner, kind=Delegate.Kind.COLLEAGUE)

    page = client.get(reverse("workers:sign"))
    context = page.context
    seen = [f"{group['key']} {group['seen']}" for group in context["groups"]]
    sent = {"step": "all", "seen": seen, "declaration": context["version"]}
    answer = client.post(reverse("workers:sign"), sent)

    assert "I did not supervise them" in page.content.decode()
    assert answer.status_code == 302
    waits.refresh_from_db()
    assert (waits.status, waits.signed_as) == (APPROVED, "colleague")


@pytest.mark.parametrize("kind", list(Delegate.Kind)[1:])
def test_a_stranger_to_the_employer_takes_nothing_over(job, owner, kind):
    has_left(job)
    with pytest.raises(Refused) as refusal:
        supervision.hand_over(job.agreement, to=a_supervisor(an_organisation()), by=owner, kind=kind)

    assert refusal.value.field == "substitute"


@pytest.mark.parametrize("kind", list(Delegate.Kind)[1:])
def test_nobody_takes_over_their_own_hours(job, owner, kind):
    Membership.objects.create(user=job.user, organisation=job.employer, role=Role.SUPERVISOR)

    has_left(job)
    with pytest.raises(Refused):
        supervision.hand_over(job.agreement, to=job.user, by=owner, kind=kind)


def test_the_database_refuses_attested_hours_that_are_supervised(job):
    entry = signed(an_entry(job.employment), by=job.supervisor)

    with pytest.raises(IntegrityError), transaction.atomic():
        HourEntry.objects.bulk_create(
            [
                HourEntry(
                    worker=job.worker,
                    employment=job.employment,
                    day=yesterday() - timedelta(days=2),
                    minutes=60,
                    work=entry.work,
                    domain=entry.domain,
                    pay=entry.pay,
                    state=entry.state,
                    status=APPROVED,
                    decided_by=job.supervisor,
                    decided_on=timezone.now(),
                    supervised=True,
                    signed_as="colleague",
                    agreement=job.agreement,
                )
            ]
        )


def test_the_worker_is_told_who_signs_what_waits(job, owner):
    substitute = a_supervisor(job.employer, given_name="Sue", family_name="Park")

    supervision.end(job.agreement, by=owner, on=timezone.localdate(), substitute=substitute)

    notice = job.user.notices.get()
    assert notice.message == supervision.ENDED_WITH_SUBSTITUTE
    assert notice.params["substitute"] == "Sue Park"


def test_a_refused_end_names_no_substitute(job, owner):
    substitute = a_supervisor(job.employer, given_name="Sue")
    signed(an_entry(job.employment, day=yesterday()), by=job.supervisor)

    with pytest.raises(Refused):
        supervision.end(job.agreement, by=owner, on=date(2021, 1, 1), substitute=substitute)

    assert not Delegate.objects.exists()


def membership_of(job):
    return Membership.objects.get(user=job.supervisor, organisation=job.employer)


def test_a_membership_that_ends_ends_what_they_supervised_and_hands_it_over(job, owner):
    waits = an_entry(job.employment, day=yesterday())
    successor = a_supervisor(job.employer, given_name="Sue")

    members.end(membership=membership_of(job), by=owner, successor=successor)

    job.agreement.refresh_from_db()
    assert job.agreement.ended_on == timezone.localdate()
    assert signed(waits, by=successor).signed_as == "substitute"


def test_a_membership_that_ends_without_a_successor_costs_the_worker_nothing(job, owner):
    waits = an_entry(job.employment, day=yesterday())

    members.end(membership=membership_of(job), by=owner)

    assert supervision.waiting_under(job.agreement).get() == waits
    assert job.user.notices.get().message == supervision.ENDED


def test_the_employers_other_keepers_are_asked_to_name_somebody(job, owner):
    manager = a_member(Role.MANAGER, organisation=job.employer)
    an_entry(job.employment, day=yesterday())

    supervision.end(job.agreement, by=owner, on=timezone.localdate())

    assert manager.notices.get().message == supervision.NOBODY_SIGNS


def test_who_becomes_a_manager_no_longer_supervises(job, owner):
    members.change_role(membership=membership_of(job), role=Role.MANAGER, by=owner)

    job.agreement.refresh_from_db()
    assert job.agreement.ended_on == timezone.localdate()


def test_who_keeps_the_role_of_supervisor_goes_on(job, owner):
    other = Membership.objects.create(user=job.supervisor, organisation=job.employer, role=Role.MANAGER)

    members.end(membership=other, by=owner)

    job.agreement.refresh_from_db()
    assert job.agreement.ended_on is None


def test_another_agreement_of_the_same_supervisor_elsewhere_goes_on(job, owner):
    elsewhere = an_agreement(an_employment(a_worker("Ben")), job.supervisor)

    members.end(membership=membership_of(job), by=owner)

    elsewhere.refresh_from_db()
    assert elsewhere.ended_on is None
