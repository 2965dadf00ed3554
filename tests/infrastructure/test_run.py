"""`make run`: says what it does, keeps to itself, and leaves nothing behind however it ends.

Here on a database and a broker that the environment names, as the embedded engines have their own tests.
"""

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from config import embedded
from tests import databases
from tests.infrastructure.test_embedded import processes_of, wait_until


@pytest.fixture(scope="module")
def environment(database_server, tmp_path_factory):
    """A database with tables, catalogue and one person in it, so that nothing has to be seeded."""
    folder = tmp_path_factory.mktemp("run")
    name = f"{databases.PREFIX}_run"
    databases.copy(databases.with_catalogue(), name)
    databases.execute_in(
        name,
        """
        INSERT INTO accounts_user (password, is_superuser, email, given_name, family_name, language,
                                   time_zone, wants_mail, is_active, is_staff, created_at)
        VALUES ('', false, 'ana@example.org', 'Ana', 'Ortiz', 'en', 'UTC', true, true, false, now())
        """,
    )
    valkey = embedded.Keeper(folder, fast=True)
    valkey.start("valkey")
    yield {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PEERLADDER_DATA": str(folder),
        "DATABASE_URL": databases.url_of(name),
        "BROKER_URL": embedded.broker_url(folder),
        "LOG_LEVEL": "INFO",
    }
    valkey.stop()
    databases.drop(name)


@pytest.fixture
def run(environment):
    """Start `make run`'s second half; what it printed until it was up is in `said`."""
    started = []

    def start(**more: str) -> tuple[subprocess.Popen[str], str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "config.run"],
            cwd=embedded.BASE_DIR,
            env={**environment, **more},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        started.append(process)
        said = ""
        assert process.stdout
        for line in process.stdout:
            said += line
            if "Ctrl-C stops everything" in line:
                break
        return process, said

    yield start
    for process in started:
        process.kill()
        process.communicate()


def children_of(environment: dict[str, str]) -> list[str]:
    """The processes that write to its logs; the Valkey of this test is not among them."""
    logs = Path(environment["PEERLADDER_DATA"]) / "logs"
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if str(logs) in str((entry / "fd/1").readlink()):
                    found.append(entry.name)
            except OSError:
                continue
    return found


def test_it_comes_up_beside_a_busy_port_alone_and_stops_when_told(run, environment):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        busy = other.getsockname()[1]
        process, said = run(PORT=str(busy))

    assert f"Port {busy} is busy; taking" in said
    url = re.search(r"http://localhost:\d+", said)
    assert url
    assert url.group() != f"http://localhost:{busy}"
    assert len(children_of(environment)) >= 4  # web, worker with its pool, beat

    second, refusal = run()
    assert second.wait(20) == 1
    assert "Peerladder already runs from this folder" in refusal
    assert url.group() in refusal

    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
    assert children_of(environment) == []


def test_a_fallen_worker_is_started_again_and_nothing_outlives_a_killed_runner(run, environment):
    process, _ = run(PORT="0")
    os.killpg(child_with(" worker ", process), signal.SIGKILL)
    assert process.stdout
    assert "worker ended (-9); starting it again." in process.stdout.readline()

    process.kill()

    wait_until(lambda: not children_of(environment), "all processes to end")


def child_with(word: str, parent: subprocess.Popen[str]) -> int:
    """The process id of the child whose command line has the word."""
    for words in processes_of(Path("celery")):
        pid = words.partition(" ")[0]
        if word in words and f"PPid:\t{parent.pid}\n" in Path(f"/proc/{pid}/status").read_text():
            return int(pid)
    raise AssertionError(f"{parent.args} has no child with {word!r}.")
