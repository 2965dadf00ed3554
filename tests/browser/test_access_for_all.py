"""What each role reaches from its menu, on a phone: axe finds no violation, and nothing scrolls sideways.

A page is found by its link, from the menus and then from the page itself, so that a new one is looked at too.
"""

import re

import pytest
from django.conf import global_settings
from django.contrib.auth.hashers import make_password
from django.test import override_settings
from playwright.sync_api import Page

from accounts.models import User
from certification.models import Level
from tests.browser.test_design import violations
from tests.builders.accounts import PASSWORD, a_member, a_person
from tests.builders.applications import in_review
from tests.builders.certification import a_goal
from tests.builders.ladder import a_placement, two_rungs
from tests.builders.learning import a_completion, a_course
from tests.builders.workers import a_session, a_status, approved_hours, hours, submitted_hours
from tests.cast import make_cast

ROLES = [
    "newcomer",
    "new_worker",
    "worker",
    "supervisor",
    "owner",
    "new_owner",
    "reviewer",
    "new_administrator",
    "checker",
    "trainer",
]
#: Not pages of ours, or pages that change something.
NOT_PAGES = re.compile(r"\.(json|yaml|pdf|csv|xlsx|zip|ndjson)$|/files/|/evidence/|/logout/")
#: What tells one page of a kind from the next.
WHICH = re.compile(
    r"\?.*|#.*|\d+|(?<=/levels/)[\w-]+|(?<=/standards/)[\w-]+(?=/$)|(?<=/add/)[\w-]+|(?<=/where/)[\w-]+|(?<=/what-if/)[\w-]+"
)
#: The same for everybody: looked at once.
SHARED = re.compile(
    r"^/(accounts|settings|notices|standards|verify|welcome|organisations/register|invitations)/"
)
PHONE = 390


@pytest.fixture(scope="module")
def emails(live_stack) -> dict[str, str]:
    """Role -> address to sign in with; those called new have nothing yet."""
    with live_stack.orm():
        cast = make_cast()
        approved_hours(cast.employment, hours(400), agreement=cast.agreement)
        submitted_hours(cast.employment, hours(16))
        a_session(cast.agreement, confirmed=False)
        a_goal(cast.ana, Level.objects.get(code="mn-cps-2").standards.latest("effective_from"))
        a_placement(cast.ana, two_rungs(cast.employer)[0])
        a_completion(a_course(cast.provider), cast.worker.email)
        a_status(cast.supervisor, cast.employer)
        _application, reviewer = in_review()
        people = {
            "newcomer": a_person("Noor"),
            "new_worker": cast.another_worker,
            "worker": cast.worker,
            "supervisor": cast.supervisor,
            "owner": cast.owner,
            "new_owner": cast.other_owner,
            "reviewer": reviewer,
            "new_administrator": cast.other_administrator,
            "checker": a_member("checker"),
            "trainer": cast.trainer,
        }
        with override_settings(PASSWORD_HASHERS=global_settings.PASSWORD_HASHERS):  # as the stack has them
            password = make_password(PASSWORD)
        for person in people.values():
            User.objects.filter(pk=person.pk).update(password=password)
        return {role: person.email for role, person in people.items()}


@pytest.fixture(scope="module")
def shared() -> set[str]:
    """The pages for everybody that one role has looked at already."""
    return set()


def links(page: Page, where: str) -> list[str]:
    found = page.eval_on_selector_all(f"{where} a[href^='/']", "all => all.map(a => a.getAttribute('href'))")
    return [href for href in found if not NOT_PAGES.search(href)]


def faults(page: Page) -> list[str]:
    wide = page.evaluate("document.documentElement.scrollWidth")
    return violations(page) + ([f"{wide} px wide"] if wide > PHONE else [])


@pytest.mark.parametrize("role", ROLES)
def test_what_a_role_reaches_from_its_menu_is_open_to_all(phone, emails, shared, role):
    page = phone(bypass_csp=True)
    page.goto("/accounts/login/")
    page.locator("input[name=login]").fill(emails[role])
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.locator(".pl-menu").first.wait_for()

    waiting = ["/", *links(page, ".pl-menu"), *links(page, "main")]
    menu, looked_at, wrong = set(waiting), set(shared), {}
    for path in waiting:
        kind = WHICH.sub("", path)
        if kind in looked_at:
            continue
        looked_at.add(kind)
        if SHARED.search(kind):
            shared.add(kind)
        answer = page.goto(path, wait_until="domcontentloaded")
        assert answer
        if answer.status != 200 or (found := faults(page)):
            wrong[path] = answer.status if answer.status != 200 else found
        if path in menu and role in ("worker", "supervisor", "owner", "reviewer"):
            waiting += links(page, "main")[:2]

    assert wrong == {}
