import signal
import subprocess
import sys

from config import embedded
from tests.infrastructure.test_embedded import processes_of, wait_until

# Its children do not listen to SIGTERM, as a web server in the middle of its start.
DEAF = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("deaf", flush=True)
time.sleep(600)
"""
OWNER = """
import os, sys
from pathlib import Path
from config import processes
processes.sweeper.patience = 0.5
folder, deaf = sys.argv[1:]
command = [sys.executable, "-c", deaf, folder]
child = processes.Process("deaf", command, env=os.environ, log=Path(folder) / "log")
child.wait_until(lambda: "deaf" in child.output())
print("up", flush=True)
sys.stdin.read()
"""


def test_children_that_are_deaf_to_an_end_do_not_outlive_a_killed_owner(tmp_path):
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(tmp_path), DEAF],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=embedded.BASE_DIR,
    )
    assert owner.stdout
    assert owner.stdout.readline() == "up\n"

    owner.send_signal(signal.SIGKILL)
    owner.communicate()

    assert len(processes_of(tmp_path)) == 1
    wait_until(lambda: not processes_of(tmp_path), "the child to be ended")
