"""What a script does in the server's place, it does as the server does: lengths of time, and midnight."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page

from workers.forms.fields import read_minutes
from workers.models import Timer
from workers.timer import spans

SCRIPTS = settings.BASE_DIR / "assets/js/device"
ZONE = "America/Chicago"
TYPED = [
    *("8", "7.5", "7,5", ".5", "7:30", "7:05", "7h30", "7 h", "7 h 30 min", "3 h 30", "45 min", "8 hours"),
    *(" 1:00 ", "7.33", "0.29", "1.15", "", ".", "7:60", "-1", "a day", "1:2:3", "99999", "8 HORAS", "1e3"),
]


@pytest.fixture
def page(browser: Browser) -> Any:
    context = browser.new_context(timezone_id=ZONE)
    yield context.new_page()
    context.close()


def run(page: Page, script: str, call: str, argument: Any) -> Any:
    source = (SCRIPTS / script).read_text()
    plain = "\n".join(
        line.removeprefix("export ") for line in source.splitlines() if not line.startswith("import ")
    )
    return page.evaluate(f"argument => {{ {plain}\nreturn {call}; }}", argument)


def test_lengths_are_read_as_the_server_reads_them(page):
    assert run(page, "lengths.js", "argument.map(readMinutes)", TYPED) == [
        read_minutes(text) for text in TYPED
    ]


@pytest.mark.parametrize(
    ("began", "ended"),
    [
        (datetime(2026, 6, 10, 14, 0, 30, tzinfo=UTC), datetime(2026, 6, 10, 15, 29, tzinfo=UTC)),
        (datetime(2026, 6, 10, 3, tzinfo=UTC), datetime(2026, 6, 10, 7, 15, tzinfo=UTC)),  # past midnight
        (datetime(2026, 11, 1, 3, tzinfo=UTC), datetime(2026, 11, 1, 9, tzinfo=UTC)),  # clocks go back
        (datetime(2026, 3, 8, 4, tzinfo=UTC), datetime(2026, 3, 8, 10, tzinfo=UTC)),  # and forward
        (datetime(2026, 6, 10, 5, tzinfo=UTC), datetime(2026, 6, 10, 6, tzinfo=UTC)),  # from midnight on
    ],
)
def test_a_timer_is_cut_at_midnight_as_the_server_cuts_it(page, began, ended):
    here = run(page, "offline_timer.js", "split(...argument)", [began.timestamp(), ended.timestamp()])

    there = spans(Timer(started_at=began, stopped_at=ended), ZoneInfo(ZONE))
    assert here == [
        {"day": span.day.isoformat(), "starts": f"{span.starts:%H:%M}", "minutes": span.minutes}
        for span in there
    ]
