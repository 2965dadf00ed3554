"""What `make run` does once the dependencies are there: engines, tables, catalogue, demonstration, processes.

Every step is said as it is done. Ctrl-C, SIGTERM and SIGHUP end all processes; should this one be killed
outright, the kernel tells its children (see processes.py) and frees the engines (see embedded.py).
"""

import fcntl
import hashlib
import logging
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Self

from django.core.exceptions import ImproperlyConfigured

from config import embedded, processes
from config.processes import Process, ProcessError

STEP_WIDTH = 44
HURRIED = 5.0  # a process that ended sooner than this after its start did not do its work
GIVE_UP_AFTER = 3


def main() -> int:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # A hang-up that nohup asked us to ignore stays ignored; an interrupt that a shell set aside does not.
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, stop_on_signal)
    # Started by make: when make is killed, nobody is there to press Ctrl-C any more.
    if os.environ.get("MAKELEVEL") and sys.platform == "linux":
        embedded.LIBC.prctl(embedded.PR_SET_PDEATHSIG, int(signal.SIGTERM))
    data = embedded.data_dir()
    data.mkdir(parents=True, exist_ok=True)
    try:
        with only_one(data) as lock:
            run(data, lock)
    except KeyboardInterrupt:
        print("\n  Stopped.", flush=True)
    except PermissionError as problem:
        print(f"\n{problem}\nDoes the folder belong to another user?", file=sys.stderr)
        return 1
    except (embedded.EngineError, ProcessError, AlreadyRunningError, ImproperlyConfigured) as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 1
    return 0


def stop_on_signal(number: int, frame: object) -> None:
    raise KeyboardInterrupt


class AlreadyRunningError(RuntimeError):
    """Another `make run` works in this folder."""


@contextmanager
def only_one(data: Path) -> Iterator[IO[str]]:
    with (data / "run.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            where = lock.read().strip() or "it is still starting"
            raise AlreadyRunningError(
                f"Peerladder already runs from this folder ({where}).\n"
                "Stop it with Ctrl-C in its window, or give this one its own data: make run PEERLADDER_DATA=…"
            ) from None
        lock.truncate(0)
        yield lock


def run(data: Path, lock: IO[str]) -> None:
    started = time.monotonic()
    print("Peerladder", flush=True)
    logging.disable(logging.INFO)  # here; the processes keep their own logs
    with step("PostgreSQL and Valkey" if embedded.needed() else "Databases given by the environment"):
        engines = embedded.engines()
        engines.__enter__()
    try:
        prepare(data)
        host = os.environ.get("HOST") or "127.0.0.1"
        wanted = int(os.environ.get("PORT") or 8000)
        port = port_for(host, wanted)
        url = os.environ.get("PUBLIC_URL") or f"http://localhost:{port}"
        os.environ["PUBLIC_URL"] = url
        with Crew(host, port, data / "logs") as crew:
            with step("Web server, worker and beat"):
                crew.start()
            lock.write(f"{url}, process {os.getpid()}")
            lock.flush()
            announce(url, data, time.monotonic() - started)
            crew.watch()
    finally:
        engines.__exit__(None, None, None)


@contextmanager
def step(what: str) -> Iterator[None]:
    print(f"  {what + ' …':<{STEP_WIDTH}}", end="", flush=True)
    begun = time.monotonic()
    try:
        yield
    except BaseException:
        print(flush=True)
        raise
    print(f"{time.monotonic() - begun:6.1f} s", flush=True)


def prepare(data: Path) -> None:
    """Bring tables, rules and, in a fresh database, the demonstration in."""
    with step("Reading the program"):
        import django

        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
        django.setup()
    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.core.management import call_command
    from django.db import connection

    with step("Tables"):
        call_command("migrate", verbosity=0, interactive=False)
    if settings.PRODUCTION:
        with step("Static files"):
            call_command("collectstatic", verbosity=0, interactive=False)
    fresh = not get_user_model().objects.exists()
    catalogue = settings.BASE_DIR / "certification/catalogue"
    stamp = data / "catalogue.sha256"
    content = hash_of(sorted(catalogue.glob("*")))
    # A database elsewhere may have been filled from another folder; there the command itself finds out.
    if fresh or "postgres" not in embedded.needed() or not stamp.exists() or stamp.read_text() != content:
        with step("Catalogue of states' standards"):
            call_command("load_catalogue", verbosity=0, stdout=Quiet())
        stamp.write_text(content)
    if fresh and not settings.PRODUCTION:
        with step("A demonstration with people in it"):
            call_command("seed_demo", verbosity=0, stdout=Quiet())
    connection.close()


def hash_of(paths: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        if path.is_file():
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


class Quiet:
    """A command's output that nobody reads; what goes wrong comes as an exception."""

    def write(self, text: str) -> None:
        pass

    def flush(self) -> None:
        pass


def port_for(host: str, wanted: int) -> int:
    port = processes.free_port(wanted, host)
    # Browsers may take "localhost" for ::1, where another program could answer in our place.
    while port_is_taken_on_ipv6(port):
        port = processes.free_port(port + 1, host)
    if wanted and port != wanted:
        print(f"  Port {wanted} is busy; taking {port} instead.", flush=True)
    return port


def port_is_taken_on_ipv6(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("::1", port), timeout=0.5):
        return True
    return False


class Crew:
    """Web, worker and beat: started together, watched, started again when one falls, stopped together."""

    def __init__(self, host: str, port: int, logs: Path) -> None:
        self.host, self.port, self.logs = host, port, logs
        self.members: dict[str, Process] = {}
        self.born: dict[str, float] = {}
        self.falls: dict[str, int] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        # A second Ctrl-C must not leave half of it running; what stops does so within seconds.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        print("\n  Stopping …", flush=True)
        members = list(self.members.values())
        for member in members:
            if member.running:
                member.child.terminate()
        for member in members:
            member.stop()

    def start(self) -> None:
        for name in ("web", "worker", "beat"):
            (self.logs / f"{name}.log").unlink(missing_ok=True)
            self.launch(name)
        web, worker = self.members["web"], self.members["worker"]
        address = "127.0.0.1" if self.host == "0.0.0.0" else self.host  # noqa: S104 compared, not bound
        web.wait_until(lambda: processes.answers(f"http://{address}:{self.port}/readyz"))
        worker.wait_until(lambda: processes.worker_is_ready(worker))

    def launch(self, name: str) -> None:
        log = self.logs / f"{name}.log"
        if name == "web":
            self.members[name] = processes.web(self.port, env=os.environ, log=log, host=self.host)
        elif name == "worker":
            self.members[name] = processes.worker(env=os.environ, log=log)
        else:
            self.members[name] = processes.beat(env=os.environ, log=log)
        self.born[name] = time.monotonic()

    def watch(self) -> None:
        while True:
            for name, member in list(self.members.items()):
                if not member.running:
                    self.again(name, member)
            time.sleep(0.5)

    def again(self, name: str, member: Process) -> None:
        member.kill()  # its children, where only the parent fell
        hurried = time.monotonic() - self.born[name] < HURRIED
        self.falls[name] = self.falls.get(name, 0) + 1 if hurried else 1
        if self.falls[name] >= GIVE_UP_AFTER:
            end = "\n".join(member.output().splitlines()[-25:])
            raise ProcessError(f"{name} keeps falling. The end of {member.log}:\n{end}")
        print(f"  {name} ended ({member.child.returncode}); starting it again.", flush=True)
        self.launch(name)


def announce(url: str, data: Path, seconds: float) -> None:
    from django.conf import settings
    from django.core.management import call_command

    print(f"\nPeerladder is up after {seconds:.1f} s:\n\n    {url}\n", flush=True)
    if not settings.PRODUCTION:
        call_command("demo_sign_ins")
        print(f"\nMail is written to {data / 'mail'}, logs to {data / 'logs'}.", flush=True)
    print("Ctrl-C stops everything; the data stays for the next time.", flush=True)


if __name__ == "__main__":
    sys.exit(main())
