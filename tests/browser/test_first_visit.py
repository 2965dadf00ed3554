from tests.browser.conftest import shot


def test_a_visitor_finds_the_way_to_sign_in_on_a_phone(phone):
    page = phone()
    page.goto("/accounts/login/")
    shot(page, "sign-in")

    assert page.locator("input[type=password]").is_visible()


def test_nothing_is_wider_than_the_phone(phone):
    page = phone()
    page.goto("/accounts/login/")

    assert page.evaluate("document.documentElement.scrollWidth") <= 390
