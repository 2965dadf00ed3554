"""Loading the catalogue: everything shipped comes in, once, and what was published is never rewritten."""

import shutil
from datetime import date, timedelta
from io import StringIO
from itertools import pairwise

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from certification.catalogue import files
from certification.catalogue.files import SHIPPED, CatalogueError, read_directory, shipped
from certification.catalogue.loader import load
from certification.catalogue.periods import OverlapError, periods
from certification.catalogue.prefixes import number_prefix
from certification.models import Authority, Jurisdiction, Level, Program, Standard
from tests.builders.certification import a_goal
from tests.builders.workers import a_worker
from workers.models import Mark


@pytest.fixture
def directory(tmp_path):
    """A catalogue of its own: Minnesota and the nation."""
    for name in ("us-mn.yaml", "us.yaml"):
        shutil.copy(SHIPPED / name, tmp_path)
    return tmp_path


def edit(directory, old, new, file="us-mn.yaml", times=1):
    path = directory / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, times))


def a_version(code, *, effective_from=None, effective_until=None, as_of=None):
    return files.Standard(
        code=code, level="x", jurisdiction="US-MN", requires=None, renewal=None, term_months=None,
        effective_from=effective_from, effective_until=effective_until, as_of=as_of, confidence="high",
        renewal_confidence=None, partial=False, unclear=(), sources=(), renewals_at_most=None,
        expires_on=None, grace_months=None,
    )  # fmt: skip


# Periods


def test_a_version_is_in_force_until_the_next_begins():
    found = periods([a_version("x@2018", effective_from="2018-07-02"), a_version("x@2021", as_of="2021")])

    assert (found["x@2018"].start, found["x@2018"].until) == (date(2018, 7, 2), date(2021, 1, 1))
    assert (found["x@2021"].start, found["x@2021"].until) == (date(2021, 1, 1), None)
    assert (found["x@2018"].stated, found["x@2021"].stated) == (True, False)


def test_a_version_ends_where_its_source_says_even_if_the_next_begins_later():
    found = periods(
        [
            a_version("x@2019", effective_until="2019-06-30", as_of="2019"),
            a_version("x@2024", as_of="2024"),
        ]
    )

    assert found["x@2019"].until == date(2019, 7, 1)


def test_what_was_written_about_a_version_after_its_end_is_not_when_it_began():
    found = periods([a_version("x@2020", effective_until="2021-02-28", as_of="2021-03")])

    assert found["x@2020"].start == date(2020, 1, 1)


def test_the_order_in_which_versions_are_written_does_not_matter_where_dates_tell():
    one, two = a_version("x@2018", as_of="2018"), a_version("x@2021", as_of="2021")

    assert periods([one, two]) == periods([two, one])


def test_versions_that_nothing_tells_apart_are_refused():
    with pytest.raises(OverlapError):
        periods([a_version("x@2018", as_of="2018"), a_version("x@2019", as_of="2018")])


texts = st.one_of(
    st.none(),
    st.integers(2000, 2030).map(str),
    st.dates(date(2000, 1, 1), date(2030, 12, 31)).map(date.isoformat),
)


@given(st.lists(st.tuples(texts, texts, texts, st.integers(2000, 2030)), min_size=1, max_size=5))
def test_no_two_versions_of_a_level_are_ever_in_force_on_one_day(dates):
    versions = [
        a_version(f"x@{year}-{n:02}", effective_from=since, effective_until=until, as_of=as_of)
        for n, (since, until, as_of, year) in enumerate(dates, 1)
    ]
    try:
        found = sorted(periods(versions).values(), key=lambda period: period.start)
    except OverlapError:
        return

    for one, following in pairwise(found):
        assert one.start < one.until <= following.start
    assert found[-1].until is None or found[-1].start < found[-1].until


def test_the_database_and_the_files_agree_on_the_current_version_of_every_level():
    today = date(2026, 11, 21)
    for level in shipped().levels.values():
        spans = periods(level.standards)
        in_force = [
            code
            for code, span in spans.items()
            if span.start <= today and (span.until is None or today < span.until)
        ]
        current = shipped().current(level.code, today)
        assert in_force == ([current.code] if current else [])


# Loading


@pytest.mark.django_db
def test_every_jurisdiction_level_and_standard_shipped_is_loaded():
    load(shipped())

    assert Jurisdiction.objects.count() == len(shipped().jurisdictions) >= 52
    assert Level.objects.open().count() == len(shipped().levels)
    assert Standard.objects.published().count() == len(shipped().standards)
    for standard in Standard.objects.published():
        source = shipped().standards[standard.code]
        assert standard.sources == list(source.sources)
        assert standard.confidence == source.confidence
        assert standard.unclear == list(source.unclear)
        assert standard.partial == source.partial
        assert (standard.as_of or None) == source.as_of
        assert standard.requires == (source.requires and source.requires.to_data())
        assert standard.renewal == (source.renewal and source.renewal.to_data())


@pytest.mark.django_db
def test_loading_twice_changes_and_writes_nothing(directory):
    load(read_directory(directory))

    with CaptureQueriesContext(connection) as captured:
        assert load(read_directory(directory)) == []

    written = [q["sql"] for q in captured if q["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    assert written == []


@pytest.mark.django_db
def test_check_says_what_would_change_and_changes_nothing(directory):
    said = StringIO()

    call_command("load_catalogue", "--check", "--from", str(directory), stdout=said)

    assert "new       standard     mn-cps-2@2020: in force from 2020-10-01" in said.getvalue()
    assert not Jurisdiction.objects.exists()


@pytest.mark.django_db
def test_changed_content_becomes_a_new_revision_and_the_old_one_stays_as_it_was(directory):
    load(read_directory(directory))
    edit(directory, "{hours: 4000, in: peer_support, supervised: true}", "{hours: 3000, in: peer_support}")

    changes = load(read_directory(directory))

    assert [(change.what, change.code) for change in changes] == [("changed", "mn-cps-2@2020")]
    old, new = Standard.objects.filter(code="mn-cps-2@2020").order_by("revision")
    assert (old.revision, new.revision) == (1, 2)
    assert old.withdrawn_at is not None
    assert "4000" in str(old.requires)
    assert "3000" in str(new.requires)
    assert list(Standard.objects.in_force(date(2026, 6, 1)).filter(level=new.level)) == [new]


@pytest.mark.django_db
def test_a_new_version_closes_the_period_of_the_one_before(directory):
    load(read_directory(directory))
    edit(
        directory,
        "          - code: mn-cps-2@2012\n",
        "          - {code: mn-cps-2@2030, effective_from: 2030-01-01, as_of: null, requires: null,"
        " confidence: low, sources: [{url: u, title: t}]}\n          - code: mn-cps-2@2012\n",
    )

    changes = load(read_directory(directory))

    assert {(c.what, c.code) for c in changes} == {("changed", "mn-cps-2@2020"), ("new", "mn-cps-2@2030")}
    before = Standard.objects.published().get(code="mn-cps-2@2020")
    assert before.revision == 1
    assert before.in_force.upper == date(2030, 1, 1)


@pytest.mark.django_db
def test_what_the_files_no_longer_hold_is_withdrawn_and_comes_back_as_a_revision(directory):
    load(read_directory(directory))
    saved = (directory / "us.yaml").read_text()
    (directory / "us.yaml").write_text(saved[: saved.index("programs:")] + "programs: []\n")

    load(read_directory(directory))

    assert Program.objects.get(code="mha-ncps-program").withdrawn_at
    assert not Level.objects.open().filter(code="mha-ncps").exists()
    assert not Standard.objects.published().filter(code__startswith="mha-ncps@").exists()

    (directory / "us.yaml").write_text(saved)
    load(read_directory(directory))

    assert Level.objects.open().filter(code="mha-ncps").exists()
    assert Standard.objects.published().get(code="mha-ncps@2024").revision == 2


@pytest.mark.django_db
def test_a_bad_file_is_refused_with_its_name_the_path_and_what_was_expected(directory):
    edit(directory, "{hours: 4000, in: peer_support", "{hours: many, in: peer_support")

    with pytest.raises(CommandError) as refused:
        call_command("load_catalogue", "--from", str(directory))

    told = str(refused.value)
    assert "us-mn.yaml: programs[0].levels[1].standards[2].requires.all[1].any[0].experience.hours" in told
    assert "found 'many', expected a number of hours" in told
    assert not Jurisdiction.objects.exists()


@pytest.mark.django_db
def test_versions_that_cannot_be_told_apart_in_time_are_refused_and_nothing_is_loaded(directory):
    edit(directory, 'as_of: "2018-05"', 'as_of: "2020-10"')

    with pytest.raises(CatalogueError, match=r"us-mn.yaml: mn-cps-2.standards"):
        load(read_directory(directory))

    assert not Jurisdiction.objects.exists()


@pytest.mark.django_db
def test_a_changed_standard_marks_everyone_who_aims_at_its_level(directory):
    load(read_directory(directory))
    worker, other = a_worker(), a_worker()
    a_goal(worker, Standard.objects.published().get(code="mn-cps-2@2020"))
    a_goal(other, Standard.objects.published().get(code="mha-ncps@2024"))
    Mark.objects.all().delete()
    edit(directory, "{hours: 4000, in: peer_support", "{hours: 3000, in: peer_support")

    load(read_directory(directory))

    assert set(Mark.objects.values_list("worker", flat=True)) == {worker.pk}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change", [{"requires": None}, {"term_months": 1}, {"as_of": "1999"}, {"partial": False}]
)
def test_the_database_refuses_to_rewrite_a_published_standard(directory, change):
    load(read_directory(directory))

    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        Standard.objects.filter(code="mn-cps-2@2020").update(**change)
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        Standard.objects.filter(code="mn-cps-2@2020").delete()


@pytest.mark.django_db
def test_the_database_refuses_two_versions_at_a_time(directory):
    load(read_directory(directory))
    one = Standard.objects.get(code="mn-cps-2@2020")
    one.pk, one.code, one._state.adding = None, "mn-cps-2@2021", True

    with pytest.raises(IntegrityError, match="standard_one_version_at_a_time"), transaction.atomic():
        one.save()


# Numbers


@pytest.mark.django_db
def test_every_authority_has_letters_of_its_own_for_its_numbers():
    load(shipped())

    prefixes = list(Authority.objects.values_list("number_prefix", flat=True))

    assert len(set(prefixes)) == len(prefixes)
    assert all(prefix.isalpha() and prefix.isupper() and 2 <= len(prefix) <= 8 for prefix in prefixes)


def test_letters_of_a_number_come_from_the_state_and_the_program():
    assert number_prefix("US-MN", "CPS", set()) == "MNCPS"
    assert number_prefix("US-MN", "CPS", {"MNCPS"}) == "MNCPSA"
    assert number_prefix("US-OK", "C-PRSS", set()) == "OKCPRSS"
    assert number_prefix("US-AK", "Peer Support Professional certification", set()) == "AKPSP"
    assert number_prefix("US-TX", "ABCDEFGHIJ", {"TXABCDEF"}) == "TXABCDA"


def test_today_is_covered_by_periods_of_one_day_at_least():
    assert all(
        span.until is None or span.until - span.start >= timedelta(days=1)
        for level in shipped().levels.values()
        for span in periods(level.standards).values()
    )
