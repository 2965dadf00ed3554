"""Our own processes (web, worker, beat) as children that never outlive whoever started them."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO

from config.embedded import BASE_DIR, die_with_parent

POLL = 0.05  # seconds between two looks at something we wait for


class ProcessError(RuntimeError):
    """A process did not come up, or ended by itself; the message shows the end of its log."""


class Sweeper:
    """A process beside ours that ends our children should we be gone without having done so."""

    def __init__(self, patience: float = 8) -> None:
        self.patience = patience  # seconds that children get to end by themselves
        self.pipe: IO[str] | None = None

    def tell(self, what: str) -> None:
        if self.pipe is None:
            self.start()
        print(what, file=self.pipe)

    def start(self) -> None:
        reader, writer = os.pipe()
        # Isolated, as Python would else look for modules in config/ first; and silent, as whoever reads our
        # output must not have to wait for it.
        script = str(Path(__file__).with_name("sweeper.py"))
        command = [sys.executable, "-I", "-S", script, str(self.patience)]
        subprocess.run(
            command, stdin=reader, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True
        )
        os.close(reader)
        self.pipe = os.fdopen(writer, "w", buffering=1)


sweeper = Sweeper()


class Process:
    """A child in a process group of its own, with its log in a file."""

    def __init__(self, name: str, command: list[str], *, env: Mapping[str, str], log: Path) -> None:
        self.name = name
        self.log = log
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as out:
            self.log_start = out.tell()
            self.child = subprocess.Popen(
                command,
                cwd=BASE_DIR,
                env=dict(env),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGTERM),  # noqa: PLW1509 one system call, nothing that locks
            )
        sweeper.tell(f"+{self.child.pid}")

    @property
    def running(self) -> bool:
        return self.child.poll() is None

    def kill(self, how: int = signal.SIGKILL) -> None:
        """Send a signal to the process and all its children, as when the machine takes them away."""
        with suppress(ProcessLookupError):
            os.killpg(self.child.pid, how)
        if how == signal.SIGKILL:
            self.child.wait()
            sweeper.tell(f"-{self.child.pid}")

    def stop(self, patience: float = 10) -> None:
        """Ask it to end its work; what still runs after `patience` seconds is killed, children and all."""
        if self.running:
            self.child.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.child.wait(patience)
        self.kill()

    def output(self) -> str:
        with self.log.open(errors="replace") as lines:
            lines.seek(self.log_start)
            return lines.read()

    def wait_until(self, ready: Callable[[], bool], *, within: float = 60) -> None:
        until = time.monotonic() + within
        while not ready():
            if not self.running or time.monotonic() > until:
                what = "did not come up in time" if self.running else f"ended with {self.child.returncode}"
                end = "\n".join(self.output().splitlines()[-25:])
                raise ProcessError(f"{self.name} {what}. The end of {self.log}:\n{end}")
            time.sleep(POLL)


def free_port(wanted: int = 0, host: str = "127.0.0.1") -> int:
    """`wanted`, or when it is taken the next free one; 0 for any."""
    for port in range(wanted, wanted + 100) if wanted else [0]:
        with socket.socket() as probe:
            # As the web server does, so that connections of the last run in TIME_WAIT do not count as busy.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise ProcessError(f"No free port from {wanted} to {wanted + 99}.")


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as response:  # noqa: S310 our own http address
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def web(
    port: int, *, env: Mapping[str, str], log: Path, host: str = "127.0.0.1", threads: int = 4
) -> Process:
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)]
    command += ["--workers", "1", "--blocking-threads", str(threads), "--no-ws", "--log-level", "warning"]
    env = {"DATABASE_POOL_SIZE": str(threads), **env}
    return Process("web", [*command, "config.wsgi:application"], env=env, log=log)


def worker(*, env: Mapping[str, str], log: Path, name: str = "worker", concurrency: int = 2) -> Process:
    command = [
        sys.executable,
        "-m",
        "celery",
        "--skip-checks",
        "--app",
        "config",
        "worker",
        "--loglevel",
        "INFO",
    ]
    # Gossip and mingle speak with other workers, which nothing here needs; without them it starts sooner.
    command += ["--hostname", f"{name}@%h", "--concurrency", str(concurrency)]
    command += ["--without-gossip", "--without-mingle"]
    alive_file(log).unlink(missing_ok=True)
    return Process(name, command, env={**env, "ALIVE_FILE": str(alive_file(log))}, log=log)


def beat(*, env: Mapping[str, str], log: Path) -> Process:
    command = [
        sys.executable,
        "-m",
        "celery",
        "--skip-checks",
        "--app",
        "config",
        "beat",
        "--loglevel",
        "INFO",
    ]
    return Process("beat", command, env=env, log=log)


def worker_is_ready(process: Process) -> bool:
    return alive_file(process.log).exists()


def alive_file(log: Path) -> Path:
    """What a worker touches from when it is ready, see config/celery.py."""
    return log.with_suffix(".alive")
