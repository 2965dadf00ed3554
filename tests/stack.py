"""The whole program as real processes: web (granian), Celery worker, beat, Valkey, on a database of its own.

    def test_totals_survive_a_killed_worker(live_stack):
        with live_stack.orm():                  # here the Django ORM speaks with the stack's database
            entry = ...
        live_stack.kill_worker()                # SIGKILL to the worker and all its children
        live_stack.start_worker()
        live_stack.stop_valkey(); live_stack.start_valkey()
        live_stack.wait_until(lambda: total() == 480, "the total to be right")
        live_stack.manage("seed_demo")          # a management command on its database -> what it printed
        live_stack.mailbox("ana@example.org")   # messages sent so far -> list of EmailMessage
        live_stack.url                          # "http://localhost:PORT"
        live_stack.dsn                          # of its database, for psycopg
        live_stack.logs()                       # the ends of all logs; shown by itself when a test fails

`live_stack` (tests/conftest.py) lives for one test module; its database is a copy of the template with the
shipped catalogue loaded and no people in it. For another shape use the class:

    with Stack(tmp_path, catalogue=False, worker=False, beat=False) as stack: ...

Everything is stopped at the end, also when a test fails, and by the kernel when the test run is killed.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar
from uuid import uuid4

from config import embedded, processes
from tests import databases

Value = TypeVar("Value")
BETWEEN_MESSAGES = b"\n" + b"-" * 79 + b"\n"  # as Django's file backend writes them


class Stack:
    def __init__(
        self,
        folder: Path,
        *,
        catalogue: bool = True,
        worker: bool = True,
        beat: bool = True,
        env: dict[str, str] | None = None,
        unblock: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        self.unblock = unblock  # pytest-django's leave to use the ORM
        self.folder = folder
        self.catalogue = catalogue
        self.with_worker, self.with_beat = worker, beat
        self.database = f"{databases.PREFIX}_stack_{uuid4().hex[:8]}"
        self.dsn = databases.url_of(self.database)
        self.port = processes.free_port()
        self.url = f"http://localhost:{self.port}"
        self.valkey: embedded.Keeper | None = None
        self.web: processes.Process | None = None
        self.worker: processes.Process | None = None
        self.beat: processes.Process | None = None
        self.env = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "PEERLADDER_ENV": "development",
            "PEERLADDER_DATA": str(folder),
            "DATABASE_URL": self.dsn,
            "BROKER_URL": embedded.broker_url(folder),
            "CACHE_URL": embedded.cache_url(folder),
            "EMAIL_URL": "",
            "PUBLIC_URL": self.url,
            "LOG_LEVEL": "INFO",
            # The journey signs in many people from one address, which the limits of a real site would stop.
            "API_RATE_ANONYMOUS": "10000/minute",
            "API_RATE_NETWORK": "10000/minute",
            "API_RATE_USER": "10000/minute",
            **(env or {}),
        }

    def __enter__(self) -> Self:
        databases.copy(databases.with_catalogue() if self.catalogue else databases.migrated(), self.database)
        try:
            self.start_valkey()
            self.start_web(wait=False)
            if self.with_worker:
                self.start_worker(wait=False)
            if self.with_beat:
                self.start_beat()
            self.wait_for_web()
            if self.worker:
                self.wait_for_worker()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        for process in (self.beat, self.worker, self.web):
            if process:
                process.kill()  # not asked nicely: its database goes too, and nobody waits for it
        self.stop_valkey()
        databases.drop(self.database)

    # The processes, one by one

    def start_web(self, *, wait: bool = True) -> None:
        self.web = processes.web(self.port, env=self.env, log=self.folder / "web.log")
        if wait:
            self.wait_for_web()

    def wait_for_web(self) -> None:
        assert self.web
        self.web.wait_until(lambda: processes.answers(f"{self.url}/readyz"))

    def start_worker(self, *, wait: bool = True) -> None:
        self.worker = processes.worker(env=self.env, log=self.folder / "worker.log")
        if wait:
            self.wait_for_worker()

    def wait_for_worker(self) -> None:
        worker = self.worker
        assert worker
        worker.wait_until(lambda: processes.worker_is_ready(worker))

    def kill_worker(self) -> None:
        """SIGKILL to the worker and its children: no clean-up, nothing acknowledged."""
        assert self.worker
        self.worker.kill()

    def start_beat(self) -> None:
        self.beat = processes.beat(env=self.env, log=self.folder / "beat.log")

    def stop_beat(self) -> None:
        assert self.beat
        self.beat.stop()

    def start_valkey(self) -> None:
        self.valkey = embedded.Keeper(self.folder, fast=True)
        self.valkey.start("valkey")

    def stop_valkey(self) -> None:
        """Take the broker away with all it held: nothing of it is on disk."""
        if self.valkey:
            self.valkey.stop()
            self.valkey = None

    # What a test does with it

    def manage(self, *args: str) -> str:
        """Run a management command on the stack's database; returns what it printed."""
        return databases.manage(*args, database=self.database, **self.env)

    @contextmanager
    def orm(self) -> Iterator[None]:
        """Inside, this process's Django ORM speaks with the stack's database; what is saved is committed."""
        from django.db import connection

        before = connection.settings_dict["NAME"]
        connection.close()
        connection.settings_dict["NAME"] = self.database
        try:
            with self.unblock():
                yield
        finally:
            connection.close()
            connection.settings_dict["NAME"] = before

    def mailbox(self, to: str = "") -> list[EmailMessage]:
        """Every message sent so far, oldest first, or those to one address."""
        files = sorted((self.folder / "mail").glob("*.log"), key=lambda file: file.stat().st_mtime_ns)
        texts = [raw for file in files for raw in file.read_bytes().split(BETWEEN_MESSAGES) if raw.strip()]
        messages = [BytesParser(EmailMessage, policy=policy.default).parsebytes(text) for text in texts]
        return [message for message in messages if to in str(message["To"])]

    def wait_for_mail(self, to: str, *, within: float = 40) -> EmailMessage:
        """The newest message to an address; mail that waits for beat is sent every 30 s."""
        return self.wait_until(lambda: self.mailbox(to), f"mail to {to}", within=within)[-1]

    def wait_until(self, look: Callable[[], Value], what: str, *, within: float = 15) -> Value:
        """Look again and again until the answer is true, and return it."""
        until = time.monotonic() + within
        while not (answer := look()):
            if time.monotonic() > until:
                raise AssertionError(f"Waited {within:g} s for {what}, in vain.")
            time.sleep(processes.POLL)
        return answer

    def logs(self) -> str:
        parts = []
        for log in sorted(self.folder.glob("*.log")):
            parts += [f"--- {log.name}", *log.read_text(errors="replace").splitlines()[-40:]]
        return "\n".join(parts)
