"""The embedded engines live exactly as long as somebody uses them, however their users go."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from config import embedded

HOLDER = """
import sys
from pathlib import Path
from config import embedded
with embedded.engines(Path(sys.argv[1]), which=sys.argv[2].split(), fast=True):
    print("up", flush=True)
    sys.stdin.read()
"""


def processes_of(folder: Path) -> list[str]:
    """Command lines of all processes that were told of the folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and entry.name != str(os.getpid()):
            try:
                words = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
            if str(folder) in words:
                found.append(f"{entry.name} {words}")
    return found


def wait_until(true: Callable[[], bool], what: str, within: float = 20) -> None:
    until = time.monotonic() + within
    while not true():
        assert time.monotonic() < until, f"Waited for {what} in vain."
        time.sleep(0.02)


@pytest.fixture
def hold():
    """Start a process that uses engines of a folder until its standard input closes."""
    started: list[subprocess.Popen[str]] = []

    def start(folder: Path, which: str = "valkey") -> subprocess.Popen[str]:
        holder = subprocess.Popen(
            [sys.executable, "-c", HOLDER, str(folder), which],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=embedded.BASE_DIR,
        )
        started.append(holder)
        assert holder.stdout
        assert holder.stdout.readline() == "up\n"
        return holder

    yield start
    for holder in started:
        holder.kill()
        holder.communicate()


def test_a_user_that_is_killed_leaves_nothing_running(hold, tmp_path):
    holder = hold(tmp_path, "postgres valkey")
    assert embedded.postgres_is_up(tmp_path)
    assert embedded.valkey_is_up(tmp_path)

    holder.send_signal(signal.SIGKILL)

    wait_until(lambda: not processes_of(tmp_path), "all processes to end")


def test_an_orderly_user_returns_when_all_is_stopped(hold, tmp_path):
    holder = hold(tmp_path)

    holder.communicate()

    assert processes_of(tmp_path) == []


def test_engines_stay_for_the_second_user_when_the_first_leaves(hold, tmp_path):
    first, second = hold(tmp_path), hold(tmp_path)
    assert len([words for words in processes_of(tmp_path) if "valkey-server" in words]) == 1

    first.communicate()

    assert embedded.valkey_is_up(tmp_path)
    second.communicate()
    assert processes_of(tmp_path) == []


def test_a_killed_keeper_takes_its_engines_along_and_the_data_is_there_again(hold, tmp_path):
    holder = hold(tmp_path, "postgres valkey")
    with psycopg.connect(embedded.database_url(tmp_path)) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    keeper = next(words for words in processes_of(tmp_path) if "embedded.py" in words)

    os.kill(int(keeper.split()[0]), signal.SIGKILL)
    wait_until(lambda: len(processes_of(tmp_path)) == 1, "the engines to follow their keeper")
    holder.communicate()

    hold(tmp_path, "postgres valkey")
    with psycopg.connect(embedded.database_url(tmp_path)) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (7,)


def test_a_stale_pid_file_and_socket_mean_nothing(hold, tmp_path):
    hold(tmp_path, "postgres valkey").communicate()
    # As after a reboot: the number in the pid file belongs to some other program by now.
    (tmp_path / "postgres/postmaster.pid").write_text(f"{os.getpid()}\n{tmp_path / 'postgres'}\n")
    (tmp_path / "sockets/valkey.sock").touch()

    hold(tmp_path, "postgres valkey")

    assert embedded.postgres_is_up(tmp_path)
    assert embedded.valkey_is_up(tmp_path)


def test_a_folder_too_deep_for_a_socket_gets_its_sockets_elsewhere(hold, tmp_path):
    deep = tmp_path / ("deep" * 30)
    deep.mkdir()
    assert str(embedded.socket_dir(deep)).startswith("/tmp/")

    holder = hold(deep)

    assert embedded.valkey_is_up(deep)
    holder.communicate()
    embedded.socket_dir(deep).rmdir()


def test_what_does_not_start_is_said_with_the_end_of_its_log(tmp_path):
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres/PG_VERSION").write_text("9\n")

    with (
        pytest.raises(embedded.EngineError, match=r"(?s)postgres did not start\..*"),
        embedded.engines(tmp_path, which=["postgres"], fast=True),
    ):
        pass
    assert processes_of(tmp_path) == []
