"""Logging without a connection: in a real browser, on a real server, on a phone."""

import os
import signal
from collections.abc import Callable, Iterator
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

import pytest
from django.conf import global_settings
from django.contrib.auth.hashers import make_password
from django.test import override_settings
from django.utils import timezone
from playwright.sync_api import BrowserContext, BrowserType, Page, expect

from accounts.models import User
from tests.browser.conftest import ARGUMENTS, CHROMIUM, PATIENCE, shot
from tests.browser.test_design import violations
from tests.builders.accounts import PASSWORD
from tests.builders.workers import an_entry
from tests.cast import Cast, make_cast
from tests.stack import Stack
from workers.models import Employment, HourEntry, Timer

OPEN = Callable[..., BrowserContext]
#: Where the device lies and its person lives; a new account begins there.
ZONE = "America/Chicago"


def today() -> date:
    return timezone.localdate(timezone=ZoneInfo(ZONE))


@pytest.fixture(scope="module")
def people(live_stack) -> Cast:
    with live_stack.orm():
        cast = make_cast()
        an_entry(cast.employment, day=today() - timedelta(days=20), minutes=210, domain="harm_reduction")
        with override_settings(PASSWORD_HASHERS=global_settings.PASSWORD_HASHERS):  # as the stack has them
            password = make_password(PASSWORD)
        User.objects.filter(pk__in=[cast.worker.pk, cast.another_worker.pk]).update(password=password)
        return cast


@pytest.fixture(autouse=True)
def empty_ledger(live_stack, people) -> Iterator[None]:
    """Each test begins with the one entry of three weeks ago."""
    yield
    with live_stack.orm():
        HourEntry.objects.filter(day__gte=today() - timedelta(days=15)).delete()
        Timer.objects.all().delete()
        Employment.objects.update(ended_on=None)


@pytest.fixture
def device(browser_type: BrowserType, live_stack, tmp_path: Path) -> Iterator[OPEN]:
    """The same phone each time it is opened: what it keeps, it keeps on its disk."""
    opened: list[BrowserContext] = []

    def open_it(**options: Any) -> BrowserContext:
        context = browser_type.launch_persistent_context(
            tmp_path / "phone",
            executable_path=CHROMIUM,
            args=ARGUMENTS,
            base_url=live_stack.url,
            viewport={"width": 390, "height": 844},
            has_touch=True,
            timezone_id=ZONE,
            **options,
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


#: Cookies of who signed in once, as signing in takes its time; (stack, address) -> cookies.
SESSIONS: dict[tuple[str, str], Any] = {}


def sign_in(page: Page, stack: Stack, email: str, *, anew: bool = False) -> None:
    """Go home as this person; `anew` where the session is about to end."""
    known = SESSIONS.get((stack.url, email))
    if known and not anew:
        page.context.add_cookies(known)
        page.goto("/record/")
    else:
        page.goto("/accounts/login/")
        page.locator("input[name=login]").fill(email)
        page.locator("input[name=password]").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url("**/record/")
        if not anew:
            SESSIONS[stack.url, email] = page.context.cookies()
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


def entries(live_stack: Stack, user: User | None = None) -> list[int]:
    """The minutes of the entries of the last days, the shortest first."""
    with live_stack.orm():
        found = HourEntry.objects.filter(day__gte=today() - timedelta(days=15))
        if user:
            found = found.filter(worker__user=user)
        return sorted(found.values_list("minutes", flat=True))


def test_three_entries_without_a_connection_outlive_the_page_and_are_stored_once(
    device, live_stack, people, tmp_path
):
    context = device()
    page = context.pages[0]
    sign_in(page, live_stack, people.worker.email)
    assert context.new_cdp_session(page).send("Page.getInstallabilityErrors")["installabilityErrors"] == []
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

    live_stack.wait_until(lambda: entries(live_stack), "what waited to be sent")
    assert entries(live_stack) == [45, 90, 210]
    expect(page.locator("[data-outbox]")).to_be_hidden()


SEND_TEN_TIMES = """async records => {
    const server = await (await fetch("/record/device/")).json();
    const body = JSON.stringify({
        entries: records.map(({ client_id, entry }) => ({ client_id, ...entry })),
    });
    const headers = { "Content-Type": "application/json", "X-CSRFToken": server.csrf };
    const answers = await Promise.all(
        Array.from({ length: 10 }, () => fetch("/api/v1/hours/batch", { method: "POST", headers, body }))
    );
    const said = await Promise.all(answers.map(answer => answer.json()));
    return said.flatMap(({ results }) => results.map(({ status }) => status));
}"""


def test_the_same_batch_sent_ten_times_is_stored_once(device, live_stack, people):
    context = device()
    page = context.pages[0]
    sign_in(page, live_stack, people.worker.email)
    context.set_offline(True)
    page.goto("/record/")
    keep(page, "2")
    keep(page, "3")
    records = stored(page, "entries")
    context.set_offline(False)

    expect(page.get_by_text("Sent.")).to_be_visible()
    said = page.evaluate(SEND_TEN_TIMES, records)

    assert said == ["already_stored"] * 20
    assert entries(live_stack) == [120, 180]


def test_a_conflict_shows_both_sides_and_drops_nothing(device, live_stack, people):
    context = device(bypass_csp=True)  # for axe
    page = context.pages[0]
    sign_in(page, live_stack, people.worker.email)
    context.set_offline(True)
    page.goto("/record/")
    page.get_by_text("Start time, kind of work, note").click()
    page.get_by_label("Start time, if you know it").fill("09:00")
    yesterday = (today() - timedelta(days=1)).isoformat()
    keep(page, "3", day=yesterday)
    with live_stack.orm():  # meanwhile, from another device
        an_entry(people.employment, day=today() - timedelta(days=1), starts=time(11), minutes=120)
    context.set_offline(False)

    card = page.locator("[data-id]")
    expect(card.get_by_text("Overlaps with 11 a.m.–1 p.m.")).to_be_visible()
    expect(card.get_by_text("09:00 · 3 h")).to_be_visible()
    expect(card.get_by_text("11:00 · 2 h")).to_be_visible()
    shot(page, "offline-conflict")
    assert violations(page) == []
    page.goto("/offline/en/")
    expect(card.get_by_text("Overlaps with")).to_be_visible()
    assert entries(live_stack) == [120]

    card.get_by_role("button", name="Change").click()
    page.get_by_label("Another length").fill("2")
    page.get_by_role("button", name="Save").click()
    expect(card).to_have_count(0)
    assert entries(live_stack) == [120, 120]


def test_other_hours_under_the_same_id_are_replaced_or_left(device, live_stack, people):
    context = device()
    page = context.pages[0]
    sign_in(page, live_stack, people.worker.email)
    context.set_offline(True)
    page.goto("/record/")
    keep(page, "3")
    (record,) = stored(page, "entries")
    with live_stack.orm():  # an earlier version of it got through after all
        an_entry(people.employment, day=today(), minutes=60, client_id=record["client_id"])
    context.set_offline(False)

    card = page.locator("[data-id]")
    expect(card.get_by_text("stored under this id before")).to_be_visible()
    expect(card.locator("[data-theirs]")).to_contain_text("1 h")
    card.get_by_role("button", name="Put mine in its place").click()

    expect(card).to_have_count(0)
    assert entries(live_stack) == [180]


def test_another_person_on_the_same_phone_neither_sees_nor_sends(device, live_stack, people):
    context = device()
    page = context.pages[0]
    sign_in(page, live_stack, people.worker.email)
    context.set_offline(True)
    page.goto("/record/")
    keep(page, "3")
    context.clear_cookies()  # she is signed out meanwhile
    context.set_offline(False)
    expect(page.get_by_text("You are signed out.")).to_be_visible()

    sign_in(page, live_stack, people.another_worker.email, anew=True)
    expect(page.locator("[data-outbox]")).to_be_hidden()
    assert [known["jobs"][0]["label"] for known in stored(page, "people")] == [
        "Peer specialist, Northside Peers"
    ]
    page.goto("/offline/en/")
    expect(page.get_by_text("You are online.")).to_be_visible()
    expect(page.locator("[data-id]")).to_have_count(0)
    assert entries(live_stack) == []

    page.goto("/record/")
    page.locator("details.pl-menu").first.click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in").first).to_be_visible()
    sign_in(page, live_stack, people.worker.email)
    live_stack.wait_until(lambda: entries(live_stack), "what waited to be sent")
    assert entries(live_stack, people.worker) == [180]
    assert entries(live_stack, people.another_worker) == []


#: The addresses of all that the service worker keeps.
CACHED = """async () => {
    const open = (await caches.keys()).map(async name => (await caches.open(name)).keys());
    return (await Promise.all(open)).flat().map(({ url }) => new URL(url).pathname);
}"""


def test_who_signs_out_while_hours_wait_is_asked(device, live_stack, people):
    context = device()
    page = context.pages[0]
    sign_in(page, live_stack, people.worker.email, anew=True)
    context.set_offline(True)
    page.goto("/record/")
    keep(page, "3")
    with live_stack.orm():  # the job ended before today, as the server learned meanwhile
        Employment.objects.filter(pk=people.employment.pk).update(ended_on=today() - timedelta(days=1))
    context.set_offline(False)
    expect(page.get_by_text("This job ended on")).to_be_visible()

    page.goto("/record/")
    expect(page.get_by_text("1 entry waits on this device to be sent.")).to_be_visible()
    page.locator("details.pl-menu").first.click()
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_role("heading", name="Hours on this device were not sent yet")).to_be_visible()
    shot(page, "offline-leaving")
    page.get_by_role("button", name="Delete them and sign out").click()
    expect(page.get_by_role("link", name="Sign in").first).to_be_visible()

    assert stored(page, "entries") == stored(page, "people") == []
    assert {path.split("/")[1] for path in page.evaluate(CACHED)} == {"static", "offline"}


def test_a_form_that_does_not_get_through_is_kept_and_a_new_version_keeps_it_too(device, live_stack, people):
    context = device()
    page = context.pages[0]
    sign_in(page, live_stack, people.worker.email)
    page.goto("/record/hours/week/?day=" + (today() - timedelta(days=7)).isoformat())
    batch = page.locator("input[name=batch]").input_value()
    page.locator("input[name=hours-0-hours]").fill("2:30")
    page.locator("input[name=hours-3-hours]").fill("1")
    context.set_offline(True)
    page.get_by_role("button", name="Save and send for a signature").click()

    expect(page.locator("[data-id]")).to_have_count(2)
    assert {record["client_id"] for record in stored(page, "entries")} == {
        str(uuid5(UUID(batch), f"hours-{row}")) for row in (0, 3)
    }
    page.evaluate("navigator.serviceWorker.getRegistration().then(found => found.unregister())")
    context.set_offline(False)
    expect(page.locator("[data-id]")).to_have_count(0)
    assert entries(live_stack) == [60, 150]


def test_a_usual_day_takes_three_taps(phone, live_stack, people):
    page = phone()
    sign_in(page, live_stack, people.worker.email)
    for role, name in [
        ("link", "Log hours"),
        ("radio", "3 h 30 min"),
        ("button", "Save and send for a signature"),
    ]:
        target = page.get_by_role(role, name=name, exact=True).first
        target.wait_for()
        box = target.bounding_box()
        assert box
        assert box["y"] + box["height"] <= 844, f"{name} is below the screen: {box}"
        target.tap()

    expect(page.get_by_text("3 h 30 min logged and sent for a signature.")).to_be_visible()
    with live_stack.orm():
        entry = HourEntry.objects.get(day=today())
        assert (entry.domain, entry.employment_id) == ("harm_reduction", people.employment.pk)


def test_the_timer_goes_on_while_the_page_is_closed(device, live_stack, people):
    context = device()
    page = context.pages[0]
    sign_in(page, live_stack, people.worker.email)
    page.goto("/record/hours/log/")
    page.get_by_role("button", name="Start the timer").click()
    expect(page.get_by_text("Running since")).to_be_visible()
    page.close()
    with live_stack.orm():
        Timer.objects.update(started_at=timezone.now() - timedelta(minutes=61))
    page = context.new_page()
    page.goto("/record/hours/log/")
    expect(page.locator("[data-since]")).to_have_text("1:01")
    page.get_by_role("button", name="Throw it away").click()
    expect(page.get_by_role("button", name="Start the timer")).to_be_visible()
    live_stack.wait_until(lambda: stored(page, "people")[0]["timer"] is None, "the device to know")

    context.set_offline(True)
    page.goto("/record/hours/log/")
    page.get_by_role("button", name="Start the timer").click()
    expect(page.get_by_role("button", name="Stop and log")).to_be_visible()
    page.close()
    page = context.new_page()
    page.goto("/record/hours/log/")
    page.get_by_role("button", name="Stop and log").click()

    expect(page.get_by_label("Start time, if you know it")).not_to_have_value("")
    keep(page, "0:10")
    expect(page.get_by_role("button", name="Start the timer")).to_be_visible()
