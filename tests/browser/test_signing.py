"""Signing as people do it: by keyboard alone, and through a link on a phone without a script."""

from datetime import timedelta

import pytest
from django.conf import global_settings
from django.contrib.auth.hashers import make_password
from django.test import override_settings
from django.utils import timezone
from playwright.sync_api import expect

from accounts.invitations import digest
from accounts.models import Membership, User
from tests.browser.conftest import shot
from tests.browser.test_access_for_all import PASSWORD, faults
from tests.builders.workers import submitted_hours
from tests.cast import make_cast
from workers import links
from workers.models import Agreement, HourEntry, SigningLink

TOKEN = "a-token-of-a-test"
MOST_TABS = 60


@pytest.fixture(scope="module")
def cast(live_stack):
    with live_stack.orm():
        cast = make_cast()
        submitted_hours(cast.employment, 3 * 480, until=timezone.localdate() - timedelta(days=7))
        with override_settings(PASSWORD_HASHERS=global_settings.PASSWORD_HASHERS):
            User.objects.filter(pk=cast.supervisor.pk).update(password=make_password(PASSWORD))
        return cast


def focus(page, words):
    """Go on with Tab until what has the focus says these words."""
    for _again in range(MOST_TABS):
        page.keyboard.press("Tab")
        if words in page.evaluate("document.activeElement.innerText || ''"):
            return
    raise AssertionError(f"Tab does not reach: {words}")


def test_a_week_is_signed_by_keyboard_alone(desktop, cast, live_stack):
    page = desktop()
    page.goto("/accounts/login/?next=/sign/")
    page.locator("input[name=login]").fill(cast.supervisor.email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign/")
    shot(page, "sign-by-keyboard")

    focus(page, "Approve this week")
    page.keyboard.press("Enter")

    expect(page.get_by_text("approved.").first).to_be_visible()
    with live_stack.orm():
        assert HourEntry.objects.filter(worker=cast.ana, status="approved").exists()


def test_a_link_is_used_on_a_phone_without_a_script(phone, cast, live_stack):
    with live_stack.orm():
        today = timezone.localdate()
        submitted_hours(cast.employment, 2 * 480, until=today - timedelta(days=30))
        Agreement.objects.filter(pk=cast.agreement.pk).update(ended_on=today - timedelta(days=1))
        Membership.objects.filter(user=cast.supervisor).update(ended_at=timezone.now())
        agreement = Agreement.objects.get(pk=cast.agreement.pk)
        link = links.ask_supervisor(agreement, by=cast.owner)
        SigningLink.objects.filter(pk=link.pk).update(token_digest=digest(TOKEN))
    address = f"/sign/link/{TOKEN}/"
    looked_at = phone(bypass_csp=True)
    looked_at.goto(address)
    assert faults(looked_at) == []
    shot(looked_at, "sign-by-link")

    page = phone(java_script_enabled=False)
    page.goto(address)
    page.get_by_label("Your full name").fill("Sam Lindqvist")
    page.get_by_label("Your role at that time").fill("Clinical supervisor")
    page.get_by_label("How you know of these hours").fill("I led the team.")
    page.get_by_role("button", name="Sign these hours").click()

    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    with live_stack.orm():
        assert HourEntry.objects.filter(worker=cast.ana, signed_as="link", supervised=True).count() >= 2
