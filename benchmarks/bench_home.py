"""The worker's home with a long record: the page that every worker opens every day."""

from collections.abc import Iterator

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.test import Client as InProcess
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from benchmarks import population
from benchmarks.measuring import Client, Row, percentile
from tests.stack import Stack
from workers import tracking

HOME = "/record/"


def rows(stack: Stack) -> Iterator[Row]:
    (worker,) = population.people(workers=1, entries=5_000, name="Home").workers
    tracking.drain_all()
    assert worker.user
    times = Client(stack.port, cookie_of(worker.user)).times(HOME, 200)
    bare = Client(stack.port, cookie_of(worker.user)).times("/bare/", 200)
    name = "worker's home, 5,000 entries"
    yield Row(f"{name}, p95 in budget", percentile(times, 0.95), 60, "ms", goal=1, better="lower")
    yield Row(
        f"{name}, p95 to bare view",
        percentile(times, 0.95),
        percentile(bare, 0.95),
        "ms",
        goal=20,
        better="lower",
    )
    yield Row(f"{name}, queries", queries(worker.user, HOME), 15, "queries", goal=1, better="lower")


def cookie_of(user: User) -> str:
    """A signed-in session, as the sign-in page leaves it."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return f"sessionid={session.session_key}"


def queries(user: User, page: str) -> int:
    client = InProcess(headers={"host": "localhost"})
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    client.get(page)
    with CaptureQueriesContext(connection) as captured:
        client.get(page)
    return len(captured)
