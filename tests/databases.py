"""Databases for tests: migrated once a run, then copied, which takes a tenth of a second.

All workers of a run share the engines. Each gets a database of its own, and so does each live stack.
"""

import fcntl
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from django.conf import settings
from django.core.management import get_commands

from config import embedded

RUN = Path(os.environ["PEERLADDER_TEST_RUN"])
PREFIX = f"test_{RUN.name.rpartition('-')[2].lower()}"


def server_url() -> str:
    return os.environ.get("DATABASE_URL") or embedded.database_url()


def url_of(name: str) -> str:
    parts = urlsplit(server_url())
    return urlunsplit((parts.scheme, parts.netloc, f"/{quote(name)}", parts.query, ""))


@contextmanager
def server() -> Iterator[None]:
    """Hold the embedded PostgreSQL open, unless DATABASE_URL names another."""
    with embedded.engines(RUN, which=[] if os.environ.get("DATABASE_URL") else ["postgres"], fast=True):
        yield


def execute(statement: str) -> None:
    # From the address's own database, as `postgres` need not exist on a server we are given.
    with psycopg.connect(server_url(), autocommit=True) as connection:
        connection.execute(statement)


def drop(name: str) -> None:
    execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def copy(source: str, name: str) -> None:
    drop(name)
    execute(f'CREATE DATABASE "{name}" TEMPLATE "{source}" STRATEGY FILE_COPY')


def manage(*args: str, database: str, **env: str) -> str:
    """Run a management command in a process of its own; raises RuntimeError with its output."""
    done = subprocess.run(
        [sys.executable, "manage.py", *args],
        cwd=settings.BASE_DIR,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATABASE_URL": url_of(database),
            **env,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(
            f"manage.py {' '.join(args)} ended with {done.returncode}\n{done.stdout}{done.stderr}"
        )
    return done.stdout


def template(name: str, build: Callable[[str], None]) -> str:
    """A database that is built once a run, by whichever worker comes first, and only ever copied."""
    full = f"{PREFIX}_{name}"
    with (RUN / f"{name}.lock").open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.seek(0)
        if lock.read() != "built":
            build(full)
            lock.truncate(0)
            lock.write("built")
    return full


def migrated() -> str:
    """The template with the tables and nothing else."""

    def build(name: str) -> None:
        drop(name)
        execute(f'CREATE DATABASE "{name}"')
        manage(
            "migrate", "--verbosity=0", database=name, BROKER_URL="memory://", CACHE_URL="redis://localhost:1"
        )

    return template("migrated", build)


def with_catalogue() -> str:
    """The template with the shipped catalogue loaded, for live stacks."""

    def build(name: str) -> None:
        copy(migrated(), name)
        if "load_catalogue" in get_commands():
            manage("load_catalogue", database=name, BROKER_URL="memory://", CACHE_URL="redis://localhost:1")

    return template("catalogue", build)


def drop_all() -> None:
    """At the end of a run on a server that we do not own; the embedded one goes as a whole."""
    with psycopg.connect(server_url(), autocommit=True) as connection:
        ours = connection.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX])
        names = [name for (name,) in ours]
    for name in names:
        drop(name)
