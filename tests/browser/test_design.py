"""The gallery in a real browser: accessible in both schemes and widths, and alive where scripts help."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import shot

STAFF = "staff@example.org"
PASSWORD = "river-Stone-42"
MAKE_STAFF = f"""
from allauth.account.models import EmailAddress
from accounts.models import User
if not User.objects.filter(email="{STAFF}").exists():
    user = User.objects.create_user("{STAFF}", "{PASSWORD}", given_name="Sam", is_staff=True)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
"""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def staff(live_stack) -> None:
    live_stack.manage("shell", "-v0", "-c", MAKE_STAFF)


def open_gallery(page: Page) -> Page:
    page.goto("/accounts/login/?next=/design/")
    page.get_by_label("Email").fill(STAFF)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/design/")
    return page


def violations(page: Page) -> list[str]:
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    return [f"{rule['id']}: {node['html'][:200]}" for rule in found for node in rule["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_every_component_is_accessible(open_page, staff, scheme, width):
    page = open_gallery(open_page(width=width, color_scheme=scheme, bypass_csp=True))
    shot(page, f"design-{width}-{scheme}")

    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_page_reflows_at_320_pixels(open_page, staff):
    page = open_gallery(open_page(width=320))

    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_a_wrong_form_takes_the_focus_to_its_summary(desktop, staff):
    page = open_gallery(desktop())
    page.get_by_role("button", name="Save").click()

    expect(page.locator("[data-errors]").first).to_be_focused()
    assert page.title().startswith("Error: ")


def test_a_new_row_repeats_what_people_repeat(desktop, staff):
    page = open_gallery(desktop())
    page.locator("[name=entries-1-day]").fill("2026-06-12")
    page.get_by_role("button", name="Add a day").click()

    assert page.locator("[name=entries-2-day]").input_value() == "2026-06-12"
    assert page.locator("[name=entries-TOTAL_FORMS]").input_value() == "3"


def test_the_bar_counts_the_ticked_rows(desktop, staff):
    page = open_gallery(desktop())
    page.locator("label[for=all]").click()
    expect(page.locator("[data-count]")).to_have_text("3 chosen")

    page.locator("label[for=entry-1]").click()
    expect(page.locator("[data-count]")).to_have_text("2 chosen")
    assert page.locator("#all").evaluate("box => box.indeterminate")


def test_a_menu_opens_by_key_and_closes_on_escape(desktop, staff):
    page = open_gallery(desktop())
    menu = page.locator("details.pl-menu", has_text="Account")
    menu.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(menu.get_by_role("button", name="Sign out")).to_be_visible()

    page.keyboard.press("Escape")
    expect(menu.get_by_role("button", name="Sign out")).to_be_hidden()
    expect(menu.locator("summary")).to_be_focused()


def test_without_scripts_nothing_is_lost(open_page, staff):
    page = open_gallery(open_page(java_script_enabled=False))
    page.locator("summary", has_text="Withdraw").click()

    expect(page.get_by_text("What you attached stays in your record.")).to_be_visible()
