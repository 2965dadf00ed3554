"""Spanish pages: Spanish words, and the figures and dates of the United States."""

from datetime import UTC, date, datetime, time

import pytest
from django import forms
from django.utils.formats import date_format, time_format
from django.utils.translation import override

from accounts.templatetags import ui


@pytest.mark.parametrize(
    ("words", "written"),
    [
        (lambda: ui.minutes(240_030), "4,000 h 30 min"),
        (lambda: ui.number(1234.5), "1,234.5"),
        (lambda: ui.dollars(21.5), "$21.50"),
        (lambda: ui.amount(80, "percent"), "80%"),
        (lambda: ui.month("2026-06"), "junio de 2026"),
        (lambda: ui.day(date(2026, 6, 9)), "9 de junio de 2026"),
        (lambda: ui.moment(datetime(2026, 6, 9, 13, 5, tzinfo=UTC)), "9 de junio de 2026, 1:05 p.m."),
        (lambda: time_format(time(9)), "9:00 a.m."),
        (lambda: date_format(date(2026, 6, 9), "SHORT_DATE_FORMAT"), "06/09/2026"),
    ],
)
def test_spanish_has_its_own_words_and_the_figures_of_the_united_states(words, written):
    with override("es"):
        assert words() == written


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_day_that_is_typed_is_read_month_first_in_both_languages(language):
    with override(language):
        assert forms.DateField().clean("6/9/2026") == date(2026, 6, 9)
