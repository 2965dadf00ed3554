"""How lengths of time and codes are read."""

import pytest
from django.core.exceptions import ValidationError

from workers.forms.fields import CodeField, read_minutes
from workers.forms.statements import HoursByTopic
from workers.words import Topic


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("8", 480),
        ("7.5", 450),
        ("7,5", 450),
        (".5", 30),
        ("7:30", 450),
        ("7:05", 425),
        ("7h30", 450),
        ("7 h", 420),
        ("7 h 30 min", 450),
        ("45 min", 45),
        ("8 hours", 480),
        (" 1:00 ", 60),
        ("7.33", 439),
        ("", None),
        (".", None),
        ("7:60", None),
        ("-1", None),
        ("a day", None),
        ("1:2:3", None),
    ],
)
def test_hours_are_read_as_people_write_them(text, minutes):
    assert read_minutes(text) == minutes


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Peer support", "peer_support"),
        ("peer_support", "peer_support"),
        ("PEER SUPPORT", "peer_support"),
        ("Whole-person care", "whole_person_care"),
        ("mn-mental-health-service-user", "mn-mental-health-service-user"),
    ],
)
def test_a_code_is_known_by_its_words(text, code):
    assert CodeField(known=list(Topic.choices)).clean(text) == code


def test_a_code_of_signs_only_is_refused():
    with pytest.raises(ValidationError):
        CodeField(known=[]).clean("!!!")


def test_hours_by_topic_are_read_line_by_line():
    assert HoursByTopic().clean("Ethics: 6\n\nAdvocacy: 7:30") == {"ethics": 6.0, "advocacy": 7.5}


def test_a_line_without_hours_is_refused():
    with pytest.raises(ValidationError):
        HoursByTopic().clean("Ethics six")
