"""The live stack itself: without it no fault test means anything."""

import urllib.request


def test_web_answers_and_knows_its_engines(live_stack):
    with urllib.request.urlopen(f"{live_stack.url}/readyz") as response:
        assert response.read() == b'{"status": "ok", "database": "ok", "cache": "ok"}'
