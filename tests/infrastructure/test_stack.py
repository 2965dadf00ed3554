"""The live stack itself: without it no fault test means anything."""

import urllib.request


def test_web_answers_and_knows_its_engines(live_stack):
    with urllib.request.urlopen(f"{live_stack.url}/readyz") as response:
        assert response.read() == b'{"status": "ok", "database": "ok", "cache": "ok"}'


def test_pages_come_without_the_cache_and_the_probe_says_that_it_is_away(live_stack):
    live_stack.stop_valkey()
    try:
        with urllib.request.urlopen(f"{live_stack.url}/readyz") as response:
            assert response.read() == b'{"status": "ok", "database": "ok", "cache": "away"}'
        # Sign-in counts attempts in the cache.
        with urllib.request.urlopen(f"{live_stack.url}/accounts/login/") as response:
            assert response.status == 200
    finally:
        live_stack.start_valkey()


def test_a_command_runs_on_the_database_of_the_stack(live_stack):
    from accounts.models import User

    live_stack.manage(
        "shell", "-c", "from accounts.models import User; User.objects.create(email='ana@example.org')"
    )

    with live_stack.orm():
        assert User.objects.filter(email="ana@example.org").exists()
