"""Databases for tests: migrated once a run, then copied, which takes a tenth of a second.

All workers of a run share the engines. Each gets a database of its own, and so does each live stack.
"""

import fcntl
import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from django.conf import settings

from config import embedded

RUN = Path(os.environ["PEERLADDER_TEST_RUN"])
NO_BROKER = {"BROKER_URL": "memory://", "CACHE_URL": "redis://localhost:1"}
PREFIX = f"test_{RUN.name.rpartition('-')[2].lower()}"


def server_url() -> str:
    return os.environ.get("DATABASE_URL") or embedded.database_url()


def url_of(name: str) -> str:
    parts = urlsplit(server_url())
    return urlunsplit((parts.scheme, parts.netloc, f"/{quote(name)}", parts.query, ""))


@contextmanager
def server(*, fast: bool = True) -> Iterator[None]:
    """Hold the embedded PostgreSQL open, unless DATABASE_URL names another. `fast` is not durable."""
    with embedded.engines(RUN, which=[] if os.environ.get("DATABASE_URL") else ["postgres"], fast=fast):
        yield


def execute(statement: str) -> None:
    # From the address's own database, as `postgres` need not exist on a server we are given.
    with psycopg.connect(server_url(), autocommit=True) as connection:
        connection.execute(statement)


def execute_in(name: str, statement: str) -> None:
    with psycopg.connect(url_of(name), autocommit=True) as connection:
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
    """The template with the tables and nothing else.

    On the embedded PostgreSQL the migrated tables are kept as a dump beside the data, named by a hash of
    all migrations: a second run reads it in half a second instead of migrating for seven.
    """

    def build(name: str) -> None:
        drop(name)
        execute(f'CREATE DATABASE "{name}"')
        dump = settings.BASE_DIR / ".data" / "tests" / f"{hash_of_migrations()}.sql"
        if os.environ.get("DATABASE_URL"):
            migrate(name)
        elif dump.exists():
            restore(name, dump)
        else:
            migrate(name)
            keep_dump(name, dump)

    return template("migrated", build)


def migrate(name: str) -> None:
    manage("migrate", "--verbosity=0", database=name, **NO_BROKER)


def restore(name: str, dump: Path) -> None:
    psql = [embedded.postgres_bin("psql"), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1"]
    subprocess.run([*psql, "--file", dump, url_of(name)], check=True, stdout=subprocess.DEVNULL)


def keep_dump(name: str, dump: Path) -> None:
    dump.parent.mkdir(parents=True, exist_ok=True)
    for old in sorted(dump.parent.glob("*.sql"), key=lambda path: path.stat().st_mtime)[:-4]:
        old.unlink(missing_ok=True)
    draft = dump.with_suffix(f".{os.getpid()}")
    subprocess.run(
        [embedded.postgres_bin("pg_dump"), "--no-owner", "--file", draft, url_of(name)], check=True
    )
    draft.rename(dump)


def hash_of_migrations() -> str:
    base = settings.BASE_DIR
    # The lock file stands for everybody else's migrations, the settings for the list of apps.
    files = [
        *sorted(base.glob("*/migrations/*.py")),
        base / "requirements/dev.txt",
        base / "config/settings.py",
    ]
    digest = hashlib.sha256()
    for path in files:
        digest.update(str(path.relative_to(base)).encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def with_catalogue() -> str:
    """The template with the shipped catalogue loaded, for live stacks."""

    def build(name: str) -> None:
        copy(migrated(), name)
        manage("load_catalogue", database=name, **NO_BROKER)

    return template("catalogue", build)


def drop_all() -> None:
    """At the end of a run on a server that we do not own; the embedded one goes as a whole."""
    with psycopg.connect(server_url(), autocommit=True) as connection:
        ours = connection.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX])
        names = [name for (name,) in ours]
    for name in names:
        drop(name)
