"""Reading what people have: tables in their many ways, cells as they are written; never a trace."""

import io
import zipfile
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.refusals import Refused
from workers import sheets
from workers.calendars import happenings
from workers.cells import Reading, clock, day, email, minutes, one_of, order_of_dates
from workers.columns import fields_of, guess, guess_unit
from workers.import_files import template
from workers.words import Domain


def read(data):
    return list(sheets.rows(io.BytesIO(data.encode() if isinstance(data, str) else data)))


# Tables


@pytest.mark.parametrize(
    "data",
    [
        "Día,Horas\nlunes,3\n".encode(),
        "\ufeffDía,Horas\nlunes,3\n".encode(),
        "Día;Horas\r\nlunes;3\r\n".encode("cp1252"),
        "Día\tHoras\nlunes\t3\n".encode("utf-16"),
        '"Día"|"Horas"\n"lunes"|3\n'.encode(),
    ],
)
def test_csv_is_read_in_the_ways_in_which_it_is_written(data):
    assert read(data) == [["Día", "Horas"], ["lunes", "3"]]


def test_a_spreadsheet_keeps_figures_dates_and_row_numbers():
    data = sheets.workbook([("Rows", [["Day", "Hours"], [], ["2026-06-08", 3.5]], [10, 10])])

    found = read(data)

    assert found[0] == ["Day", "Hours"]
    assert sheets.is_empty(found[1])
    assert found[2] == ["2026-06-08", 3.5]


def zipped(**parts):
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as files:
        for name, data in parts.items():
            files.writestr(name.replace("__", "/").replace("_xml", ".xml"), data)
    return written.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"%PDF-1.4\0\n", "neither a spreadsheet"),
        (b"\x89PNG\r\n\x1a\n\0\0", "neither a spreadsheet"),
        (b"\xd0\xcf\x11\xe0rest", "old Excel"),
        (b"PK\x03\x04 not a zip", "damaged"),
        (zipped(a="b"), "neither a spreadsheet"),
        (zipped(xl__workbook_xml="<nonsense"), "cannot be read"),
        (zipped(xl__workbook_xml="0" * 400_000_000), "too large once it is unpacked"),
        (b'a,b\n"never closed', None),
        (b"a" * 200_000 + b"\n1", "cannot be read"),
    ],
    ids=["pdf", "png", "xls", "no zip", "other zip", "broken", "bomb", "quote", "field"],
)
def test_a_wrong_file_is_refused_in_words(data, said):
    if said is None:
        assert read(data)
        return
    with pytest.raises(Refused, match=said):
        read(data)


def test_a_file_with_too_many_rows_is_refused(monkeypatch):
    monkeypatch.setattr(sheets, "MOST_ROWS", 3)

    with pytest.raises(Refused, match="more than 3 rows"):
        read("a\n1\n2\n3\n")


@given(st.one_of(st.binary(max_size=300), st.binary(max_size=300).map(lambda data: b"PK\x03\x04" + data)))
@settings(max_examples=60)
def test_no_bytes_lead_to_anything_but_rows_or_a_refusal(data):
    with suppress(Refused):
        for row in read(data):
            assert all(isinstance(sheets.in_text(cell), str) for cell in row)


# Cells

US, ELSEWHERE = Reading(), Reading(dates="dmy", unit="minutes")


@pytest.mark.parametrize(
    ("cell", "how", "found"),
    [
        ("6/9/2026", US, date(2026, 6, 9)),
        ("06-09-26", US, date(2026, 6, 9)),
        ("9.6.2026", ELSEWHERE, date(2026, 6, 9)),
        ("2026-06-09", ELSEWHERE, date(2026, 6, 9)),
        ("2026/6/9 00:00:00", US, date(2026, 6, 9)),
        (datetime(2026, 6, 9, 12), US, date(2026, 6, 9)),
        (date(2026, 6, 9), US, date(2026, 6, 9)),
    ],
)
def test_dates_are_read_as_they_are_written(cell, how, found):
    assert day(cell, how) == found


@pytest.mark.parametrize("cell", ["13/13/2026", "yesterday", "2026-02-30", "1/1/0001", 46000, True, "1/2"])
def test_what_is_no_date_is_said_with_what_was_found(cell):
    with pytest.raises(Refused) as refused:
        day(cell, US)
    assert sheets.in_text(cell) in refused.value.message


@pytest.mark.parametrize(
    ("cell", "how", "found"),
    [
        ("3:30", US, 210),
        ("3:30:00", US, 210),
        ("3.5", US, 210),
        ("3,5", US, 210),
        (3.5, US, 210),
        (3, US, 180),
        ("45", ELSEWHERE, 45),
        (45.0, ELSEWHERE, 45),
        ("210 min", US, 210),
        ("3 h 30 min", US, 210),
        (time(3, 30), US, 210),
        (timedelta(hours=26), US, 1560),
        # Nothing is rounded up.
        ("0.33333333333", US, 19),
    ],
)
def test_lengths_are_read_as_they_are_written(cell, how, found):
    assert minutes(cell, how) == found


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("9:00", time(9)),
        ("9 am", time(9)),
        ("1:30 p.m.", time(13, 30)),
        ("12:00 AM", time()),
        ("12 pm", time(12)),
        ("13.45", time(13, 45)),
        (0.375, time(9)),
        (time(9, 0, 30), time(9)),
    ],
)
def test_times_of_day_are_read_as_they_are_written(cell, found):
    assert clock(cell, US) == found


@pytest.mark.parametrize("word", ["advocacy", "Advocacy", "ADVOCACY ", "Defensa de derechos"])
def test_choices_are_known_in_both_languages(word):
    known = one_of([*Domain.choices, ("advocacy", "Defensa de derechos")])

    assert known(word, US) == "advocacy"


def test_a_choice_that_is_none_names_some():
    with pytest.raises(Refused, match="“Juggling” is not one of the choices, such as “Advocacy”"):
        one_of(Domain.choices)("Juggling", US)


cells = st.one_of(
    st.text(max_size=20),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
    st.from_regex(r"[\d:.,/ \-hmap]{0,12}", fullmatch=True),
)


@given(cells, st.sampled_from([US, ELSEWHERE]))
@settings(max_examples=300)
def test_no_cell_leads_to_anything_but_a_value_or_a_refusal(cell, how):
    for reader in (day, minutes, clock, email, one_of(Domain.choices)):
        with suppress(Refused):
            reader(cell, how)


@pytest.mark.parametrize(
    ("written", "order"),
    [
        (["2026-06-09", None], "iso"),
        (["6/9/2026", "6/30/2026"], "mdy"),
        (["9/6/2026", "30/6/2026"], "dmy"),
        (["6/9/2026", "7/9/2026"], "unclear"),
    ],
)
def test_the_order_of_dates_is_asked_only_where_it_is_unclear(written, order):
    assert order_of_dates(written) == order


# Columns


@pytest.mark.parametrize(
    ("headers", "columns"),
    [
        (
            ["Employee Name", "Service Date", "Time In", "Time Out", "Total Hours"],
            {"worker": 0, "day": 1, "starts": 2, "ends": 3, "minutes": 4},
        ),
        (["Fecha", "Trabajador", "Horas", "Actividad"], {"worker": 1, "day": 0, "minutes": 2, "domain": 3}),
        (["x", ""], {}),
    ],
)
def test_columns_are_guessed_from_headers_in_both_languages(headers, columns):
    assert guess(fields_of("hours", employer=True), headers) == columns


@pytest.mark.parametrize(
    ("header", "figures", "unit"),
    [
        ("Minutes", [30], "minutes"),
        ("Horas", [30], "hours"),
        ("Time", [30, 45], "minutes"),
        ("Time", [3.5], "hours"),
    ],
)
def test_the_unit_of_bare_figures_is_guessed(header, figures, unit):
    assert guess_unit(header, figures) == unit


@pytest.mark.parametrize("kind", ["hours", "roster", "sessions", "completions"])
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_an_empty_file_is_read_back_with_every_column_known(kind, form):
    employer = kind != "completions"
    head, example = read(template(kind, form, employer=employer))[:2]
    fields = fields_of(kind, employer=employer)

    found = guess(fields, [str(cell) for cell in head])

    assert found == {field.name: column for column, field in enumerate(fields)}
    for field in fields:
        cell = example[found[field.name]]
        assert cell is None or field.read(cell, US) is not None


# Calendars

CHICAGO = ZoneInfo("America/Chicago")
JUNE = {"first": date(2026, 6, 1), "last": date(2026, 6, 30), "zone": CHICAGO}


def calendar(*events):
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0"]
    for event in events:
        lines += ["BEGIN:VEVENT", "UID:1", *event, "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def days(*events, **span):
    return [
        (one.day.day, one.starts, one.minutes) for one in happenings(calendar(*events), **{**JUNE, **span})
    ]


def test_an_event_is_read_by_the_persons_clock():
    assert days(["DTSTART:20260609T140000Z", "DTEND:20260609T153000Z"]) == [(9, time(9), 90)]


def test_a_repeated_event_is_written_out_within_the_days_asked_for():
    assert days(
        [
            "DTSTART;TZID=America/Chicago:20260105T090000",
            "DURATION:PT2H",
            "RRULE:FREQ=WEEKLY;BYDAY=MO,WE",
            "EXDATE;TZID=America/Chicago:20260608T090000",
        ],
        last=date(2026, 6, 10),
    ) == [(1, time(9), 120), (3, time(9), 120), (10, time(9), 120)]


def test_one_time_that_was_moved_stands_for_itself():
    weekly = ["DTSTART:20260601T140000Z", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;UNTIL=20260615T235959Z"]
    moved = ["RECURRENCE-ID:20260608T140000Z", "DTSTART:20260609T150000Z", "DURATION:PT1H"]

    assert days(weekly, moved) == [(1, time(9), 60), (9, time(10), 60), (15, time(9), 60)]


def test_whole_days_cancelled_and_free_time_are_left_out():
    assert not days(
        ["DTSTART;VALUE=DATE:20260609"],
        ["DTSTART:20260609T140000Z", "DURATION:PT1H", "STATUS:CANCELLED"],
        ["DTSTART:20260609T140000Z", "DURATION:PT1H", "TRANSP:TRANSPARENT"],
    )


@pytest.mark.parametrize(
    "rule",
    ["FREQ=SECONDLY", "FREQ=DAILY;BYSECOND=1,2,3", "FREQ=DAILY;BYHOUR=1,2", "FREQ=DAILY;INTERVAL=0"],
)
def test_a_rule_that_would_not_end_is_refused_or_ends(rule):
    with suppress(Refused):
        assert len(days(["DTSTART:20260601T140000Z", "DURATION:PT1H", f"RRULE:{rule}"])) <= 30


@pytest.mark.parametrize("also", ["", ";COUNT=5", ";INTERVAL=0"], ids=["endless", "counted", "on the spot"])
def test_a_rule_without_days_ends(also):
    impossible = f"RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30{also}"

    with suppress(Refused):
        assert not days(["DTSTART:20260101T140000Z", "DURATION:PT1H", impossible])


def test_a_count_begins_with_the_first_time_however_long_ago():
    weekly = ["DTSTART:20260525T140000Z", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;COUNT=3"]

    assert [day for day, _starts, _minutes in days(weekly)] == [1, 8]


def test_a_calendar_of_events_that_repeat_for_centuries_is_refused():
    ancient = ["DTSTART:19000101T140000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"]

    with pytest.raises(Refused, match="too many years"):
        days(*[ancient] * 250)


@given(
    st.one_of(
        st.binary(max_size=200),
        st.lists(
            st.sampled_from(
                [
                    "DTSTART:20260601T140000Z",
                    "DTSTART:nonsense",
                    "RRULE:FREQ=DAILY",
                    "RRULE:FREQ=NEVER",
                    "RRULE:COUNT=3",
                    "DURATION:PT1H",
                    "DURATION:-P1D",
                    "EXDATE:x",
                    "RECURRENCE-ID:x",
                    "DTEND:20250101T000000Z",
                    "SUMMARY:\\x",
                ]
            ),
            max_size=6,
        ).map(calendar),
    )
)
@settings(max_examples=100)
def test_no_calendar_leads_to_anything_but_events_or_a_refusal(data):
    with suppress(Refused):
        happenings(data, **JUNE)
