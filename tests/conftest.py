"""Shared by all tests: the engines, a database a worker, and a live stack of real processes on demand."""

import gc
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.utils import translation
from hypothesis import settings as hypothesis

from tests import databases
from tests.stack import Stack

# No test asserts a time: on a busy machine an example may take longer than Hypothesis allows by default.
hypothesis.register_profile("peerladder", deadline=None)
hypothesis.register_profile("nightly", deadline=None, max_examples=5_000, print_blob=True)
hypothesis.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "peerladder"))


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Browser tests run by themselves (see tests/run.py): only when they are asked for."""
    if collection_path != Path(__file__).parent / "browser":
        return None
    asked = any(
        word.startswith("tests/browser") for word in config.invocation_params.args if isinstance(word, str)
    )
    return None if asked else True


def is_controller(config: pytest.Config) -> bool:
    return not hasattr(config, "workerinput")


@pytest.fixture(scope="session")
def worker_name(request: pytest.FixtureRequest) -> str:
    return getattr(request.config, "workerinput", {}).get("workerid", "main")


@pytest.fixture(scope="session")
def database_server() -> Iterator[None]:
    """PostgreSQL, started when the first test asks for it."""
    with databases.server():
        yield


@pytest.fixture(scope="session")
def django_db_setup(database_server: None, worker_name: str, django_db_blocker: Any) -> Iterator[None]:
    """Takes the place of pytest-django's: a copy of the migrated template instead of migrations a worker."""
    name = f"{databases.PREFIX}_{worker_name}"
    with django_db_blocker.unblock():
        databases.copy(databases.migrated(), name)
        connection.close()
        connection.settings_dict["NAME"] = name
        let_flush_pass_append_only_tables()
        yield
        connection.close()


def let_flush_pass_append_only_tables() -> None:
    """Tables that refuse TRUNCATE must still be emptied between tests that really commit."""
    flush = connection.ops.execute_sql_flush

    def allowed(sql_list: list[str]) -> None:
        flush(["SET LOCAL peerladder.allow_truncate = 'on'", *sql_list])

    connection.ops.execute_sql_flush = allowed


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    """Rate limits counted by one test must not stop the next."""
    cache.clear()


@pytest.fixture(autouse=True)
def in_english() -> None:
    """A request in Spanish leaves Spanish behind for whoever comes next in its thread."""
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture(scope="module")
def live_stack(
    database_server: None, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any
) -> Iterator[Stack]:
    """Web, worker, beat, PostgreSQL and Valkey as real processes; see tests/stack.py."""
    with Stack(tmp_path_factory.mktemp("stack"), unblock=django_db_blocker.unblock) as stack:
        yield stack


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Where a live stack was in play, a failure shows the ends of its logs."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    if not report.failed:
        return
    for value in getattr(item, "funcargs", {}).values():
        if isinstance(value, Stack):
            report.sections.append(("logs of the live stack", value.logs()))


def pytest_collection_finish(session: pytest.Session) -> None:
    """What is imported by now stays to the end; the collector need not look through it again and again."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure(config: pytest.Config) -> None:
    if is_controller(config):
        if os.environ.get("DATABASE_URL"):
            databases.drop_all()
        shutil.rmtree(Path(os.environ["PEERLADDER_TEST_RUN"]), ignore_errors=True)


@pytest.fixture
def cast(db: None) -> Any:
    """Ana Rivera and those around her; see tests/cast.py."""
    from tests.cast import make_cast

    return make_cast()
