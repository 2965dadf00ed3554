"""Courses that providers keep, completions that they upload, and what workers make of them."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import Notice
from accounts.refusals import Refused
from tests.builders.accounts import a_person
from tests.builders.learning import a_completion, a_course, a_provider, a_trainer, an_exam
from tests.builders.workers import a_statement, a_worker, hours
from workers import learning, letters
from workers.forms.learning import UploadForm
from workers.hours import SomeRefused
from workers.learning import NewCompletion
from workers.models import Completion, Course, Statement

DAY = date(2026, 3, 2)


@pytest.fixture
def ana(db):
    return a_worker("Ana", "Rivera", user=a_person("Ana", "Rivera", email="ana@example.org"))


@pytest.fixture
def provider(db):
    return a_provider(name="Lakes Training", slug="lakes-training")


@pytest.fixture
def tess(provider):
    return a_trainer(provider)


@pytest.fixture
def course(provider):
    return a_course(provider, title="Peer support basics")


def upload(course, by, *named, **more):
    rows = [NewCompletion(named=one, day=DAY, **more) for one in named]
    return learning.upload(course=course, by=by, completions=rows)


# Courses


def test_a_provider_keeps_a_course_with_hours_by_topic(provider, tess):
    course = learning.add_course(
        provider=provider,
        by=tess,
        kind="training",
        title="Basics",
        code="peer_support",
        minutes=hours(40),
        by_topic={"ethics": hours(6)},
    )

    assert (course.minutes, course.by_topic) == (2400, {"ethics": 360})


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("code", {"code": ""}),
        ("minutes", {"minutes": None}),
        ("kind", {"kind": "exam"}),
        ("by_topic", {"by_topic": {"ethics": hours(41)}}),
        ("by_topic", {"by_topic": {"peer_support": 60}}),
    ],
)
def test_a_course_that_makes_no_sense_is_refused_at_the_field(provider, tess, field, given):
    usual = {"kind": "training", "title": "Basics", "code": "peer_support", "minutes": hours(40)}

    with pytest.raises(Refused) as refusal:
        learning.add_course(provider=provider, by=tess, **usual | given)

    assert refusal.value.field == field


def test_a_title_is_offered_once_whatever_its_case(provider, tess, course):
    with pytest.raises(Refused) as refusal:
        learning.add_course(
            provider=provider,
            by=tess,
            kind="training",
            title="PEER support basics",
            code="ethics",
            minutes=60,
        )

    assert refusal.value.field == "title"


def test_a_course_never_changes(course):
    course.minutes = 60

    with pytest.raises(IntegrityError), transaction.atomic():
        course.save()


def test_nobody_keeps_another_providers_courses(course):
    stranger = a_trainer(a_provider())

    with pytest.raises(PermissionDenied):
        upload(course, stranger, "ana@example.org")


# Uploads


def test_what_is_uploaded_waits_and_is_in_nobodys_record(ana, course, tess):
    upload(course, tess, "ana@example.org")

    assert learning.waiting_for(ana.user).get().course == course
    assert not Statement.objects.exists()


def test_a_person_is_named_by_address_whatever_its_case_or_by_record_number(ana, course, tess):
    upload(course, tess, "ANA@Example.org", str(ana.uid).upper())

    assert learning.waiting_for(ana.user).count() == 2


def test_the_answer_is_the_same_for_somebody_who_is_not_here(ana, course, tess):
    here, stranger = upload(course, tess, "ana@example.org", "nobody@example.org")

    assert here.status == stranger.status
    shown = {
        field.name
        for field in Completion._meta.concrete_fields
        if getattr(here, field.attname) != getattr(stranger, field.attname)
    }
    assert shown <= {"id", "client_id", "email", "uploaded_on"}


def test_the_providers_page_shows_both_alike(ana, course, tess, client):
    upload(course, tess, "ana@example.org", "nobody@example.org")
    client.force_login(tess)

    page = client.get(reverse("workers:course", args=[course.pk])).content.decode()

    assert page.count("Waiting for the person") == 2


def test_somebody_who_comes_later_finds_what_waits(course, tess):
    upload(course, tess, "new@example.org")

    newcomer = a_worker("Nia", user=a_person("Nia", email="new@example.org"))

    assert learning.waiting_for(newcomer.user).count() == 1


def test_an_address_that_is_not_shown_to_be_theirs_finds_nothing(course, tess):
    upload(course, tess, "new@example.org")
    person = a_person("Nia", email="new@example.org")
    person.emailaddress_set.update(verified=False)

    assert not learning.waiting_for(person).exists()


def test_the_same_upload_twice_is_stored_once(course, tess):
    first = upload(course, tess, "ana@example.org", "ben@example.org")
    again = upload(course, tess, "ana@example.org", "ben@example.org")

    assert [one.pk for one in first] == [one.pk for one in again]
    assert Completion.objects.count() == 2


def test_an_id_used_for_another_completion_is_a_conflict(course, tess):
    client_id = uuid4()
    upload(course, tess, "ana@example.org", client_id=client_id)

    with pytest.raises(SomeRefused) as refusal:
        upload(course, tess, "ben@example.org", client_id=client_id)

    assert refusal.value.field == "client_id"


def test_one_wrong_row_stores_nothing_and_is_named(course, tess):
    with pytest.raises(SomeRefused) as refusal:
        upload(course, tess, "ana@example.org", "not an address")

    assert list(refusal.value.problems) == [1]
    assert not Completion.objects.exists()


def test_of_several_what_is_right_is_stored_and_the_rest_said(course, tess):
    rows = [
        NewCompletion("ana@example.org", DAY),
        NewCompletion("ben@example.org", timezone.localdate() + timedelta(days=9)),
        NewCompletion("cal@example.org", DAY, percent=80),
    ]

    done = learning.upload_each(course=course, by=tess, completions=rows)

    assert [one.created for one in done] == [True, False, False]
    assert [one.refused.field for one in done[1:]] == ["day", "percent"]


@pytest.mark.parametrize("n", [1, 30])
def test_an_upload_takes_the_same_queries_whatever_its_length(course, tess, n, django_assert_max_num_queries):
    with django_assert_max_num_queries(16):
        upload(course, tess, *(f"p{one}@example.org" for one in range(n)))


def test_nothing_is_uploaded_for_a_retired_course(course, tess):
    learning.retire_course(course, by=tess)

    with pytest.raises(Refused):
        upload(course, tess, "ana@example.org")


def test_who_is_here_gets_a_notice_and_who_is_not_a_letter(ana, course, tess):
    upload(course, tess, "ana@example.org", "nobody@example.org")

    assert Notice.objects.get().user == ana.user
    assert Completion.objects.get(mail_due=True).email == "nobody@example.org"


def test_a_letter_is_written_once_to_each_who_is_not_here(ana, course, tess, mailoutbox):
    upload(course, tess, "ana@example.org", "nobody@example.org")
    upload(a_course(course.provider), tess, "nobody@example.org")

    assert (letters.drain(), letters.drain()) == (2, 0)
    assert [letter.to for letter in mailoutbox] == [["nobody@example.org"]]


def test_a_letter_names_no_course(course, tess, mailoutbox):
    upload(course, tess, "nobody@example.org")

    letters.drain()

    assert course.title not in mailoutbox[0].subject + mailoutbox[0].body


def test_a_letter_that_could_not_be_sent_stays_due(course, tess, settings, tmp_path):
    upload(course, tess, "nobody@example.org")
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    (tmp_path / "full").touch()
    settings.EMAIL_FILE_PATH = str(tmp_path / "full" / "mail")

    with pytest.raises((OSError, ImproperlyConfigured)):
        letters.drain()

    assert Completion.objects.filter(mail_due=True).exists()


# What the worker makes of it


def test_a_confirmed_completion_is_a_statement_that_the_provider_verified(ana, course):
    completion = a_completion(course, day=DAY)

    statement = learning.confirm(completion, worker=ana, by=ana.user)

    assert (statement.kind, statement.code, statement.minutes) == ("training", "peer_support", 2400)
    assert statement.details == {"provider": "lakes-training", "by_topic": {"ethics": 6}}
    assert statement.completion == completion


def test_an_exams_result_is_confirmed_likewise(ana):
    completion = a_completion(an_exam(title="State exam"), day=DAY, percent="84.50")

    statement = learning.confirm(completion, worker=ana, by=ana.user)

    assert (statement.kind, statement.name, statement.details) == ("exam", "State exam", {"percent": 84.5})


def test_a_refused_completion_leaves_no_trace_in_the_record(ana, course):
    learning.refuse(a_completion(course), by=ana.user)

    assert not Statement.objects.exists()
    assert not learning.waiting_for(ana.user).exists()


def confirmed(completion, ana):
    learning.confirm(completion, worker=ana, by=ana.user)


def refused(completion, ana):
    learning.refuse(completion, by=ana.user)


@pytest.mark.parametrize("first", [confirmed, refused])
@pytest.mark.parametrize("second", [confirmed, refused])
def test_it_is_decided_once(ana, course, first, second):
    completion = a_completion(course)
    first(completion, ana)

    with pytest.raises(Refused):
        second(completion, ana)


def test_nobody_confirms_what_names_another(ana, course):
    ben = a_worker("Ben")

    with pytest.raises(Refused):
        learning.confirm(a_completion(course), worker=ben, by=ben.user)


def test_what_the_worker_stated_themselves_does_not_count_twice(ana, course):
    a_statement(ana, day=DAY)

    with pytest.raises(Refused):
        learning.confirm(a_completion(course, day=DAY), worker=ana, by=ana.user)

    assert Statement.objects.count() == 1


def test_the_database_refuses_to_undo_a_confirmation(ana, course):
    completion = a_completion(course)
    learning.confirm(completion, worker=ana, by=ana.user)

    with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
        Completion.objects.update(status="refused", statement=None)


# The form


def sent(client, course, **data):
    return client.post(reverse("workers:upload", args=[course.pk]), data)


def test_pasted_rows_are_stored(course, tess, client):
    client.force_login(tess)

    answer = sent(client, course, rows="Email,Day\nana@example.org, 3/2/2026\nben@example.org\t2026-03-03\n")

    assert answer.status_code == 302
    assert list(Completion.objects.order_by("day").values_list("email", "day")) == [
        ("ana@example.org", date(2026, 3, 2)),
        ("ben@example.org", date(2026, 3, 3)),
    ]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("ana@example.org, 3/2/2026\nben, 3/2/2026", "Line 2: ben is neither"),
        ("ana@example.org, next May", "Line 1: “next May” is not a day"),
        ("ana@example.org", "Line 1: A person and a day"),
        ("ana@example.org, 3/2/2099", "Line 1: This day is still to come"),
        ("", "There is no row"),
    ],
)
def test_a_wrong_line_is_named_and_nothing_typed_is_lost(course, tess, client, rows, said):
    client.force_login(tess)

    answer = sent(client, course, rows=rows)

    assert answer.status_code == 422
    page = answer.content.decode()
    assert said in page
    assert rows in page
    assert not Completion.objects.exists()


def test_a_file_does_as_well_whatever_its_encoding(course, tess, client, tmp_path):
    client.force_login(tess)
    file = tmp_path / "done.csv"
    file.write_bytes("Courriel;Día\nana@example.org;2026-03-02".encode("cp1252"))

    with file.open("rb") as stream:
        answer = sent(client, course, file=stream)

    assert answer.status_code == 302
    assert Completion.objects.get().email == "ana@example.org"


# The API


def test_the_api_says_of_each_what_became_of_it(course, tess, client):
    client.force_login(tess)
    rows = [{"named": "ana@example.org", "day": "2026-03-02"}, {"named": "who?", "day": "2026-03-02"}]
    body = {"course": course.pk, "completions": [*rows, rows[0]]}

    answer = client.post(reverse("workers_api:completions"), body, content_type="application/json").json()

    said = [one["status"] for one in answer["results"]]
    assert said == ["stored", "refused", "already_stored"]
    assert answer["results"][1]["problems"][0]["field"] == "named"


PIECES = (
    "ana@example.org",
    ",",
    ";",
    "\t",
    "3/2/2026",
    "2026-02-30",
    "80",
    "NaN",
    "1e999",
    '"',
    "\n",
    "\0",
    "%",
)


@given(text=st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=30).map("".join))
@settings(max_examples=300)
def test_whatever_is_pasted_is_an_error_or_completions_and_never_a_fault(text):
    form = UploadForm({"rows": text}, course=Course(kind="exam", title="Exam"))

    assert form.is_valid() == bool(form.completions and not form.errors)
