"""Logging without a connection: in a real browser, on a real server, on a phone."""

import os
import signal
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import global_settings
from django.contrib.auth.hashers import make_password
from django.test import override_settings
from playwright.sync_api import BrowserContext, BrowserType, Page, expect

from accounts.models import User
from tests.browser.conftest import ARGUMENTS, CHROMIUM, PATIENCE, shot
from tests.builders.accounts import PASSWORD
from tests.builders.workers import an_entry
from tests.cast import Cast, make_cast
from tests.stack import Stack
from workers.models import HourEntry, Timer

OPEN = Callable[[], BrowserContext]


@pytest.fixture(scope="module")
def people(live_stack) -> Cast:
    with live_stack.orm():
        cast = make_cast()
        an_entry(cast.employment, day=date.today() - timedelta(days=20), minutes=210, domain="harm_reduction")
        with override_settings(PASSWORD_HASHERS=global_settings.PASSWORD_HASHERS):  # as the stack has them
            password = make_password(PASSWORD)
        User.objects.filter(pk__in=[cast.worker.pk, cast.another_worker.pk]).update(password=password)
        return cast


@pytest.fixture(autouse=True)
def empty_ledger(live_stack, people) -> Iterator[None]:
    """Each test begins with the one entry of three weeks ago."""
    yield
    with live_stack.orm():
        HourEntry.objects.filter(day__gte=date.today() - timedelta(days=15)).delete()
        Timer.objects.all().delete()


@pytest.fixture
def device(browser_type: BrowserType, live_stack, tmp_path: Path) -> Iterator[OPEN]:
    """The same phone each time it is opened: what it keeps, it keeps on its disk."""
    opened: list[BrowserContext] = []

    def open_it() -> BrowserContext:
        context = browser_type.launch_persistent_context(
            tmp_path / "phone",
            executable_path=CHROMIUM,
            args=ARGUMENTS,
            base_url=live_stack.url,
            viewport={"width": 390, "height": 844},
            has_touch=True,
        )
        context.set_default_timeout(PATIENCE)
        opened.append(context)
        return context

    yield open_it
    for context in opened:
        context.close()


def kill(profile: Path) -> None:
    """SIGKILL to the browser that works in this folder, as when a phone's battery gives out."""
    for process in Path("/proc").iterdir():
        if not process.name.isdecimal():
            continue
        try:
            words = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if str(profile).encode() in words and b"--type=" not in words:
            os.kill(int(process.name), signal.SIGKILL)


def sign_in(page: Page, stack: Stack, email: str) -> None:
    page.goto("/accounts/login/")
    page.locator("input[name=login]").fill(email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/record/")
    stack.wait_until(lambda: answered_for(page) and stored(page, "people"), "the device to know the jobs")


def answered_for(page: Page) -> bool:
    """Whether the service worker answers for this page."""
    return bool(page.evaluate("navigator.serviceWorker.controller !== null"))


#: All that a store of the device holds.
STORED = """name => new Promise((done) => {
    const request = indexedDB.open("peerladder", 1);
    request.onsuccess = () => {
        const all = request.result.transaction(name).objectStore(name).getAll();
        all.onsuccess = () => { request.result.close(); done(all.result); };
    };
})"""


def stored(page: Page, name: str) -> list[dict[str, Any]]:
    """All that a store of the device holds, whoever it belongs to."""
    found: list[dict[str, Any]] = page.evaluate(STORED, name)
    return found


def keep(page: Page, length: str, **fields: str) -> None:
    """Log one entry on the page that works without a connection."""
    before = page.locator("[data-id]").count()
    page.get_by_label("Another length").fill(length)
    for label, value in fields.items():
        page.get_by_label(label.capitalize(), exact=False).first.fill(value)
    page.get_by_role("button", name="Save").click()
    expect(page.locator("[data-id]")).to_have_count(before + 1)


def entries(live_stack, user: User | None = None) -> list[tuple[Any, ...]]:
    with live_stack.orm():
        found = HourEntry.objects.filter(day__gte=date.today() - timedelta(days=15))
        if user:
            found = found.filter(worker__user=user)
        return sorted(found.values_list("minutes", flat=True))


def test_three_entries_without_a_connection_outlive_the_page_and_are_stored_once(
    device, live_stack, people, tmp_path
):
    context = device()
    page = context.pages[0]
    sign_in(page, live_stack, people.worker.email)
    context.set_offline(True)
    page.goto("/record/hours/log/")
    expect(page.get_by_text("No connection.")).to_be_visible()
    for length in ("3 h 30", "0:45", "1.5"):
        keep(page, length)
    shot(page, "offline-waiting")
    kill(tmp_path / "phone")
    assert entries(live_stack) == []

    # The browser had not written down yet that she was signed in; the hours it had.
    page = device().pages[0]
    sign_in(page, live_stack, people.worker.email)

    expect(page.get_by_text("What waited on this device was sent.")).to_be_visible()
    assert entries(live_stack) == [45, 90, 210]
    expect(page.locator("[data-outbox]")).to_be_hidden()
