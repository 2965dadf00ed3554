"""A real browser on a live stack.

    def test_a_worker_signs_in(phone, live_stack):
        page = phone()                          # a fresh visitor, 390 px wide; `desktop()` is 1280 px wide
        page.goto("/accounts/login/")           # addresses are relative to the live stack
        page.get_by_label("Email address").fill("ana@example.org")
        shot(page, "sign-in")                   # kept in .data/screenshots/sign-in.png

Each call opens a context of its own, with its own cookies: call twice for two people. Options go to
Playwright's `browser.new_context`: `phone(locale="es-US", java_script_enabled=False)`. A page that logs
an error to its console, or breaks the content security policy, fails the test.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from config import embedded
from tests.stack import Stack

# Playwright's event loop runs in this thread; Django would take our own ORM calls for async code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")
ARGUMENTS = [
    "--no-sandbox",  # as root there is none
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]
SCREENSHOTS = embedded.BASE_DIR / ".data" / "screenshots"
PATIENCE = 10_000  # milliseconds

NewPage = Callable[..., Page]


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    return {"executable_path": CHROMIUM, "args": ARGUMENTS, "headless": True}


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    """What the pages of this test logged as errors; a test that expects one empties the list."""
    seen: list[str] = []
    yield seen
    assert not seen, "The browser's console:\n" + "\n".join(seen)


@pytest.fixture
def open_page(browser: Browser, live_stack: Stack, complaints: list[str]) -> Iterator[NewPage]:
    contexts: list[BrowserContext] = []

    def listen(message: ConsoleMessage) -> None:
        # A form that is wrong answers 422, which the browser reports as an error of ours.
        if message.type == "error" and "status of 4" not in message.text:
            complaints.append(f"{message.text} ({message.location.get('url', '')})")

    def open_one(*, width: int = 1280, height: int = 900, **options: Any) -> Page:
        context = browser.new_context(
            base_url=live_stack.url,
            viewport={"width": width, "height": height},
            # A device lies in its person's zone; here people have the one that a new account has.
            **{"timezone_id": "America/Chicago", **options},
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        page.on("console", listen)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield open_one
    for context in contexts:
        context.close()


@pytest.fixture
def phone(open_page: NewPage) -> NewPage:
    return lambda **options: open_page(**{"width": 390, "height": 844, "has_touch": True, **options})


@pytest.fixture
def desktop(open_page: NewPage) -> NewPage:
    return open_page


def shot(page: Page, name: str) -> None:
    """Keep a picture of the whole page for a person to look at."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)
