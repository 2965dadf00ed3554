"""Whether somebody was allowed to supervise a worker on a day, under a state's rule."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from certification.catalogue.files import shipped
from certification.requirements.language import walk
from certification.requirements.leaves import Supervision
from certification.supervising import Rule, Verdict, allowed, figures, spans
from tests.builders.certification import a_credential, a_goal, a_level, a_standard
from tests.builders.workers import a_session, a_status, a_worker, approved_hours, hours
from workers.models.supervision import Basis

SUPERVISED = {"experience": {"hours": 500, "in": "peer_support", "supervised": True}}


def received(**body):
    return {"supervision": {"hours": 25, **body}}


def answer(cast, standard, on=date(2026, 1, 5)):
    return allowed(supervisor=cast.supervisor, worker=cast.ana, on=on, standard=standard)


def test_who_is_qualified_may_where_the_standard_does_not_say_who(cast):
    assert answer(cast, a_standard(SUPERVISED)).verdict == Verdict.YES


def test_who_holds_nothing_may_not(cast):
    cast.agreement.basis = Basis.NOT_QUALIFIED
    cast.agreement.save()

    assert answer(cast, a_standard(SUPERVISED)).verdict == Verdict.NO


@pytest.mark.parametrize(
    ("by", "verdict"), [("qualified-supervisor", Verdict.YES), ("approved-supervisor", Verdict.NO)]
)
def test_where_the_standard_says_who_the_supervisor_must_be_one(cast, by, verdict):
    found = answer(cast, a_standard(received(by=by)))

    assert found.verdict == verdict


def test_one_of_several_is_enough(cast):
    rule = a_standard(received(by=["approved-supervisor", "qualified-supervisor"]))

    assert answer(cast, rule).verdict == Verdict.YES


def test_a_day_without_an_agreement_is_answered_no(cast):
    found = answer(cast, a_standard(SUPERVISED), on=date(2019, 1, 1))

    assert (found.verdict, "agreement" in found.reason) == (Verdict.NO, True)


def test_a_standard_of_which_nothing_is_known_says_ask_the_authority(cast):
    standard = a_standard()
    standard.requires = None

    assert answer(cast, standard).verdict == Verdict.UNKNOWN


def test_a_standard_that_asks_for_no_supervision_says_so(cast):
    assert answer(cast, a_standard({"age": {"at_least": 18}})).verdict == Verdict.UNASKED


def test_every_answer_names_its_source(cast):
    standard = a_standard(SUPERVISED)

    assert answer(cast, standard).source == f"{standard.code}: Rules of the board"


def test_a_credential_of_the_level_that_the_standard_names_counts_while_it_is_good(cast):
    level = a_level(code="md-rps", role="supervisor")
    sam = a_worker("Sam", "Lindqvist", user=cast.supervisor)
    held = a_standard({"age": {"at_least": 18}}, level=level)
    a_credential(sam, held, issued_on=date(2024, 1, 1), expires_on=date(2025, 12, 31))
    cast.agreement.basis = Basis.NOT_QUALIFIED
    cast.agreement.save()
    standard = a_standard(received(by="md-rps"))

    assert answer(cast, standard, date(2025, 12, 31)).verdict == Verdict.YES
    assert answer(cast, standard, date(2026, 1, 1)).verdict == Verdict.NO


def test_a_credential_that_the_standard_does_not_name_is_not_mentioned(cast):
    a_credential(a_worker("Sam", "Lindqvist", user=cast.supervisor), a_standard(level=a_level(code="mn-cps")))

    assert "mn-cps" not in answer(cast, a_standard(SUPERVISED), timezone.localdate()).reason


def test_every_day_of_an_agreement_is_answered_in_spans_without_gaps(cast):
    a_status(cast.supervisor, cast.employer, started_on=date(2021, 1, 1), ended_on=date(2022, 6, 30))
    a_status(cast.supervisor, cast.employer, started_on=date(2023, 1, 1))

    found = spans(cast.agreement, a_standard(SUPERVISED))

    assert [(span.first, span.last, span.answer.verdict) for span in found] == [
        (date(2020, 1, 6), date(2020, 12, 31), Verdict.NO),
        (date(2021, 1, 1), date(2022, 6, 30), Verdict.YES),
        (date(2022, 7, 1), date(2022, 12, 31), Verdict.NO),
        (date(2023, 1, 1), None, Verdict.YES),
    ]


def test_the_spans_and_the_ledger_agree_on_every_day(cast):
    """What hours signed today would count as, and what the page says, are one rule told twice."""
    from workers.models import Agreement

    a_status(cast.supervisor, cast.employer, started_on=date(2021, 1, 1), ended_on=date(2021, 3, 1))
    a_status(cast.supervisor, cast.authority, basis="approved-supervisor", started_on=date(2021, 4, 1))
    own = Agreement.objects.filter(pk=cast.agreement.pk)

    for span in spans(cast.agreement, a_standard(SUPERVISED)):
        for day in (span.first, span.last or timezone.localdate()):
            assert own.qualified_on(day).get().qualified == (span.answer.verdict == Verdict.YES), day


def test_every_supervisor_that_the_catalogue_names_can_be_put_down():
    named = {
        name
        for standard in shipped().standards.values()
        for tree in (standard.requires, standard.renewal)
        if tree
        for _path, leaf in walk(tree)
        if isinstance(leaf, Supervision)
        for name in leaf.by or ()
    }

    assert named <= set(Basis.values)


def test_the_ratio_of_supervision_to_hours(cast):
    approved_hours(cast.employment, hours(100), agreement=cast.agreement)
    a_session(cast.agreement, minutes=190)
    leaf = Rule.of(a_standard({"supervision": {"per_experience_hours": 20}})).leaves[0]

    found = figures(cast.agreement, leaf, on=timezone.localdate())

    assert found == {"needed": hours(5), "have": 190, "unit": "minutes"}


def test_the_page_of_an_agreement_shows_it_to_all_three(cast, client):
    a_standard(SUPERVISED)
    a_status(cast.supervisor, cast.employer, ended_on=date(2024, 6, 30))

    for person in (cast.worker, cast.supervisor, cast.owner):
        client.force_login(person)
        page = client.get(reverse("workers:agreement", args=[cast.agreement.pk])).content.decode()
        assert "Not allowed" in page
        assert "Jul" in page


def test_an_employer_is_not_told_what_the_worker_aims_at(cast, client):
    aim = a_standard(SUPERVISED, level=a_level(title="A far-off goal", role="trainer"))
    a_goal(cast.ana, aim)
    client.force_login(cast.owner)

    page = client.get(reverse("workers:agreement", args=[cast.agreement.pk])).content.decode()

    assert "A far-off goal" not in page


def test_the_api_says_the_same(cast, client):
    standard = a_standard(SUPERVISED)
    a_status(cast.supervisor, cast.employer, ended_on=timezone.localdate() - timedelta(days=1))
    client.force_login(cast.worker)

    found = client.get(reverse("certification_api:allowed", args=[cast.agreement.pk])).json()

    assert found["standard"] == standard.code
    assert [span["verdict"] for span in found["spans"]] == ["yes", "no"]
