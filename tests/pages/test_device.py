"""The program as an app on a device: manifest, service worker, and the page that needs no connection."""

import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.urls import reverse

from accounts.devices import device_key
from config import device
from tests.builders.workers import an_entry
from workers.models import Timer

ADDRESSES = settings.BASE_DIR / "assets/js/device/addresses.js"


@pytest.fixture(autouse=True)
def fresh():
    device._shell.cache_clear()


def shell_of(client):
    script = client.get("/sw.js").content.decode()
    return json.loads(re.match(r"self\.SHELL = (.*);", script)[1])


def test_the_manifest_says_what_a_device_needs_to_install_it(client, db):
    answer = client.get(reverse("manifest"))

    manifest = answer.json()
    assert answer["Content-Type"] == "application/manifest+json"
    assert {"name", "start_url", "scope", "display", "icons", "theme_color"} <= set(manifest)
    assert {icon["sizes"] for icon in manifest["icons"]} == {"192x192", "512x512"}
    assert all(finders.find(icon["src"].removeprefix("/static/")) for icon in manifest["icons"])


def test_every_page_names_the_manifest(client, db):
    assert f'href="{reverse("manifest")}"' in client.get("/").content.decode()


def test_the_service_worker_stands_at_the_root_and_is_asked_for_anew_each_time(client, db):
    answer = client.get("/sw.js")

    assert (answer["Content-Type"], answer["Cache-Control"]) == ("text/javascript", "no-cache")


def test_what_it_keeps_is_there_and_is_about_nobody(client, cast):
    client.force_login(cast.worker)
    shell = shell_of(client)

    assert all(finders.find(name.removeprefix("/static/")) for name in shell["files"])
    assert shell["shells"] == ["/offline/en/", "/offline/es/"]
    for address in shell["shells"]:
        page = client.get(address).content.decode()
        assert "Ana" not in page
        assert "Hopewell" not in page
        assert "csrf" not in page
        assert device_key(cast.worker) not in page


def test_the_page_is_in_the_language_that_its_address_names(client, cast):
    client.force_login(cast.worker)  # who reads English

    answer = client.get("/offline/es/")

    assert answer["Content-Language"] == "es"
    assert '<html lang="es"' in answer.content.decode()
    assert client.get("/offline/xx/").status_code == 404


def test_a_change_of_the_page_is_a_new_version(client, db, monkeypatch):
    before = shell_of(client)["version"]
    device._shell.cache_clear()
    assert shell_of(client)["version"] == before

    device._shell.cache_clear()
    monkeypatch.setattr(device, "_page", lambda language: b"another page")
    assert shell_of(client)["version"] != before


def test_a_page_says_whose_device_it_is_by_an_opaque_key(client, cast):
    assert 'data-person=""' in client.get("/verify/").content.decode()

    client.force_login(cast.worker)
    page = client.get("/settings/").content.decode()

    assert f'data-person="{device_key(cast.worker)}"' in page
    assert device_key(cast.worker) != device_key(cast.another_worker)


def test_the_device_learns_what_its_form_offers(client, cast):
    an_entry(cast.employment, minutes=435, domain="harm_reduction", mode="phone")
    timer = Timer.objects.create(worker=cast.ana, started_at="2026-06-10T12:00:00Z")
    client.force_login(cast.worker)

    answer = client.get(reverse("workers:device"))

    told = answer.json()
    assert answer["Cache-Control"] == "private, no-store"
    assert told.pop("csrf")
    assert told == {
        "person": device_key(cast.worker),
        "jobs": [
            {
                "id": cast.employment.pk,
                "label": "Peer specialist, Hopewell Recovery",
                "from": "2020-01-06",
                "until": None,
            }
        ],
        "last": {
            "employment": cast.employment.pk,
            "domain": "harm_reduction",
            "mode": "phone",
            "work": "",
        },
        "lengths": [60, 120, 240, 435],
        "timer": {"started_at": 1781092800, "stopped_at": timer.stopped_at},
    }


def test_scripts_ask_at_the_servers_own_addresses():
    named = dict(re.findall(r'export const (\w+) = "([^"]+)"', Path(ADDRESSES).read_text()))

    assert named == {
        "DEVICE": reverse("workers:device"),
        "BATCH": reverse("workers_api:batch"),
        "HOURS": reverse("workers_api:hours"),
        "LOG": reverse("workers:log"),
        "WEEK": reverse("workers:week"),
        "CLEAR_TIMER": reverse("workers:timer", args=["clear"]),
        "SIGN_OUT": reverse("account_logout"),
        "WORKER": reverse("service_worker"),
    }
