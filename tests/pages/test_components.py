"""The form renderer, the words, the components and the rules that every template keeps."""

import gzip
import json
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpResponse
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import timezone, translation

from accounts.htmx import go_to, render_form
from accounts.templatetags import ui
from config.design import SampleForm, gallery, sample_finding

ROOT = Path(settings.BASE_DIR)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
PAGES = [path for path in TEMPLATES if "django/forms" not in str(path)]


def draw(source: str, **context: Any) -> str:
    return Template("{% load i18n ui %}" + source).render(Context(context))


def page_of(response: HttpResponse) -> str:
    return response.content.decode()


# --- forms -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "html_class"),
    [
        ("name", "usa-input"),
        ("email", "usa-input"),
        ("born", "usa-input--medium"),
        ("hours", "usa-input--medium"),
        ("state", "usa-select"),
        ("pay", "usa-radio__input"),
        ("languages", "usa-checkbox__input"),
        ("note", "usa-textarea"),
        ("proof", "pl-file"),
        ("password", "usa-input"),
        ("agree", "usa-checkbox__input"),
    ],
)
def test_every_kind_of_widget_gets_its_classes(field, html_class):
    assert html_class in SampleForm()[field].as_field_group()


def test_hint_and_error_stand_above_the_field_and_are_tied_to_it():
    class One(forms.Form):
        name = forms.CharField(label="Name", help_text="As on paper.")

    html = str(One({}))

    assert html.index('id="id_name_helptext"') < html.index('id="id_name_error"') < html.index("<input")
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'aria-invalid="true"' in html
    assert "usa-input--error" in html


def test_the_summary_links_to_fields_that_exist():
    html = str(SampleForm({"pay": "maybe"}))
    links = re.findall(r'<a href="#([^"]+)"', html)

    assert "id_pay_0" in links
    for link in links:
        assert f'id="{link}"' in html


def test_a_form_without_errors_has_no_summary():
    assert "pl-errors" not in str(SampleForm())


def test_groups_come_with_their_legend_and_the_rest_last():
    html = str(SampleForm())

    assert html.index("About you") < html.index('name="name"') < html.index("The work")
    assert html.index("The work") < html.index('name="proof"') < html.index('name="agree"')


@pytest.mark.parametrize("language", ["en", "es"])
def test_dates_and_times_are_native_fields_in_iso_whatever_the_language(language):
    class Two(forms.Form):
        day = forms.DateField()
        start = forms.TimeField()
        seen = forms.DateTimeField()

    initial = {
        "day": date(2026, 3, 4),
        "start": timezone.datetime(2026, 3, 4, 8, 30).time(),
        "seen": timezone.datetime(2026, 3, 4, 8, 30),
    }
    with translation.override(language):
        html = str(Two(initial=initial))

        assert 'type="date" name="day" value="2026-03-04"' in html
        assert 'type="time" name="start" value="08:30"' in html
        assert 'type="datetime-local" name="seen" value="2026-03-04T08:30"' in html
        assert Two({"day": "2026-03-04", "start": "08:30", "seen": "2026-03-04T08:30"}).is_valid()


def test_what_was_typed_is_kept_even_where_it_is_no_date():
    class One(forms.Form):
        day = forms.DateField()

    assert 'value="soon"' in str(One({"day": "soon"}))


def test_several_entries_are_one_table_with_a_row_to_copy():
    class Entry(forms.Form):
        day = forms.DateField(label="Day")

    html = str(forms.formset_factory(Entry, extra=2)())

    assert html.count('type="date"') == 3
    assert "__prefix__" in html.split("<template>")[1]
    assert 'name="form-TOTAL_FORMS"' in html


# --- answers ---------------------------------------------------------------------------------------------


class Name(forms.Form):
    name = forms.CharField()


@pytest.mark.parametrize(("data", "status"), [({"name": "Ana"}, 200), ({}, 422)])
def test_a_wrong_form_answers_422(rf, data, status):
    form = Name(data)

    assert render_form(rf.get("/"), "error.html", {"form": form}, wrong=form).status_code == status


def test_a_fragment_answers_htmx_alone(rf):
    request = rf.get("/")
    request.htmx = True

    answer = render_form(request, "error.html", {"title": "Done"}, fragment="components/done.html")

    assert "<html" not in page_of(answer)


def test_htmx_is_sent_on_by_its_header(rf):
    request = rf.post("/")
    request.htmx = True

    answer = go_to(request, "/hours/")

    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/hours/")


# --- words -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "0 h"),
        (45, "45 min"),
        (60, "1 h"),
        (750, "12 h 30 min"),
        (240_000, "4,000 h"),
        (-90, "−1 h 30 min"),
        (None, ""),
    ],
)
def test_minutes_are_written_as_hours_and_minutes(value, words):
    assert ui.minutes(value) == words


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (1, "months", "1 month"),
        (24, "months", "24 months"),
        (21.5, "usd", "$21.50"),
        (50, "usd", "$50"),
        (80, "percent", "80%"),
        (1200.5, "hours", "1,200 h 30 min"),
        (3, None, "3"),
    ],
)
def test_figures_carry_their_unit(value, unit, words):
    assert ui.amount(value, unit) == words


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "today"),
        (1, "tomorrow"),
        (-1, "yesterday"),
        (12, "in 12 days"),
        (-3, "3 days ago"),
        (150, "in 4 months"),
    ],
)
def test_a_day_is_told_from_today(days, words):
    assert ui.from_today(timezone.localdate() + timedelta(days=days)) == words


def test_somebody_who_is_gone_stays_a_person():
    assert ui.person(None) == "someone no longer here"


def test_a_browser_is_named_in_words():
    agent = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/150.0.0.0 Mobile Safari/537.36"

    assert ui.browser(agent) == "Chrome, Android"


# --- components ------------------------------------------------------------------------------------------


def test_a_bar_is_never_full_before_the_last_minute():
    assert ui.share(239_999, 240_000) == 99
    assert ui.share(240_000, 240_000) == 100
    assert ui.bar({"needed": 1000.0, "have": 999.9, "verdict": "unmet"})["share"] == 99


def test_progress_says_in_words_what_the_bar_shows():
    html = draw("{% progress 'Experience' have=72030 needed=240000 pending=480 %}")

    assert "1,200 h 30 min of 4,000 h" in html
    assert "2,799 h 30 min to go" in html
    assert "8 h wait for approval" in html


def test_every_finding_of_the_tree_says_its_verdict():
    html = draw(
        '{% include "components/findings.html" with finding=finding only %}', finding=sample_finding()
    )

    assert "Waiting for review" in html
    assert html.count("Not yet") == 4
    assert "Met" in html
    assert html.count("Your nearest way") == 1


def test_texts_from_people_are_escaped_in_every_block():
    evil = "<script>alert(1)</script>"

    html = draw(
        "{% card title=evil %}{{ evil }}{% endcard %}{% alert 'info' title=evil %}{{ evil }}{% endalert %}"
        "{% empty title=evil text=evil %}{{ evil }}{% endempty %}"
        "{% page_head title=evil %}{{ evil }}{% endpage_head %}"
        "{% badge evil 'ok' %}{% status evil %}{% fold summary=evil %}{{ evil }}{% endfold %}",
        evil=evil,
    )

    assert "<script" not in html


def test_page_links_keep_the_filters(rf):
    context = Context({"request": rf.get("/?who=Ana&page=3")})

    assert ui.page_url(context, 4) == "?who=Ana&page=4"


# --- pages -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["400", "403", "403_csrf", "404", "429", "500", "503"])
def test_an_error_page_stands_without_request_or_database(code):
    html = render_to_string(f"{code}.html")

    assert html.count("<h1>") == 1
    assert "usa-button" in html


def test_the_frame_stands_without_a_menu():
    html = render_to_string("base.html")

    assert '<html lang="en"' in html
    assert 'href="#main"' in html


def test_the_menu_says_where_one_is():
    html = render_to_string(
        "base.html", {"nav": [{"label": "Hours", "url": "/hours/", "current": True, "badge": 3}]}
    )

    assert html.count('href="/hours/" aria-current="page"') == 2  # the desk's bar and the phone's menu


@pytest.fixture
def visit(rf: RequestFactory):
    def visit(method: str = "get", data: dict | None = None, *, staff: bool = True) -> HttpResponse:
        request = getattr(rf, method)("/design/", data or {})
        request.user = AnonymousUser()
        request.user.is_staff = staff
        return gallery(request)

    return visit


def test_the_gallery_shows_every_component(visit):
    html = page_of(visit())
    own = {"language", "messages", "header", "footer", "sources", "side_nav"}

    for path in (ROOT / "templates/components").glob("*.html"):
        opening = re.search(r'<\w+[^>]*class="([\w-]+)', path.read_text())
        if path.stem not in own and opening:
            assert opening[1] in html, path.stem


def test_the_gallery_is_for_staff(visit):
    with pytest.raises(Http404):
        visit(staff=False)


def test_the_gallery_answers_a_wrong_form(visit):
    assert visit("post", {"sample-name": ""}).status_code == 422


# --- rules of the house ----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_no_template_has_what_the_security_policy_refuses(path):
    source = path.read_text()

    assert not re.search(r"\sstyle=[\"']", source)
    assert not re.search(r"\son(click|change|submit|load|input)=", source)
    assert not re.search(r"<style", source)
    for script in re.findall(r"<script([^>]*)>", source):
        assert "src=" in script or "application/json" in script
    assert not re.search(r"(src|href)=\"(https?:)?//", source), "a third-party address"


def test_every_icon_that_a_page_names_is_in_the_sprite():
    sprite = set(re.findall(r'<symbol id="(\w+)"', (ROOT / "static/img/icons.svg").read_text()))
    named = {icon for _tone, icon, _words in ui.STATUSES.values()}
    for path in TEMPLATES:
        named |= set(re.findall(r"{% icon [\"'](\w+)[\"']", path.read_text()))
        named |= set(re.findall(r"{% (?:empty|confirm)[^%]*icon=[\"'](\w+)[\"']", path.read_text()))

    assert named <= sprite


def test_a_first_view_is_light():
    parts = ["css/app.css", "js/app.js", "img/icons.svg", "img/mark.svg"]
    text = sum(len(gzip.compress((ROOT / "static" / part).read_bytes())) for part in parts)
    fonts = sum(path.stat().st_size for path in (ROOT / "static/fonts").iterdir())

    assert text + fonts < 110_000  # bytes; leaves 40 KB for the page itself


def test_the_stylesheet_asks_for_nothing_that_is_not_shipped():
    css = (ROOT / "static/css/app.css").read_text()

    for address in set(re.findall(r"url\(([^)]+)\)", css)):
        assert (ROOT / "static/css" / address).resolve().exists(), address


def test_the_lock_file_names_no_registry():
    lock = json.loads((ROOT / "package-lock.json").read_text())

    assert not [name for name, package in lock["packages"].items() if "resolved" in package]


# --- contrast --------------------------------------------------------------------------------------------

PAIRS = [
    *[
        (text, ground, 4.5)
        for text in ("ink", "ink-soft", "accent", "accent-strong")
        for ground in ("paper", "surface", "sunken")
    ],
    *[(tone, f"{tone}-soft", 4.5) for tone in ("ok", "wait", "bad", "info")],
    *[("ink", f"{tone}-soft", 4.5) for tone in ("ok", "wait", "bad", "info", "accent")],
    *[("ink-soft", f"{tone}-soft", 4.5) for tone in ("accent", "info")],
    *[("on-accent", ground, 4.5) for ground in ("accent", "accent-strong", "bad", "ok")],
    *[(tone, "surface", 4.5) for tone in ("ok", "wait", "bad", "info")],
    ("accent-strong", "accent-soft", 4.5),
    ("accent", "accent-soft", 4.5),
    *[
        (edge, ground, 3)
        for edge in ("edge", "focus")
        for ground in ("paper", "surface", "sunken", "accent-soft")
    ],
    *[("bar", ground, 3) for ground in ("surface", "bar-track")],
]


def colours(scheme: str) -> dict[str, str]:
    source = (ROOT / "assets/scss/_tokens.scss").read_text()
    block = source.split(f"@mixin {scheme} {{")[1].split("\n}")[0]
    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", block))
    return {
        name: "#" + "".join(c * 2 for c in value[1:]) if len(value) == 4 else value
        for name, value in found.items()
    }


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("front", "ground", "least"), PAIRS)
def test_colours_can_be_told_apart(scheme, front, ground, least):
    palette = colours(scheme)
    lighter, darker = sorted((luminance(palette[front]), luminance(palette[ground])), reverse=True)

    assert (lighter + 0.05) / (darker + 0.05) >= least
