"""Makes `.venv` and installs the locked dependencies: `python3 config/bootstrap.py run` (or `test`).

Runs on the system's Python with nothing installed. What is installed already is remembered by the hash of
its requirements file, so that a second start costs nothing and needs no network.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 this file is read by whatever Python is there
    sys.exit(f"Peerladder needs Python 3.11 or later, not {sys.version.split()[0]}: make PYTHON=python3.12 …")

# Run by path, so that Python put config/ first: our celery.py and the like must not stand for libraries.
sys.path.pop(0)

import hashlib
import shutil
import subprocess
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
VENV = BASE_DIR / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed"
# `run` is part of `test`: whoever has installed for tests can run as well.
REQUIREMENTS = {"run": "embedded.txt", "test": "dev.txt"}


def main(purpose: str) -> None:
    if purpose in installed():
        return
    if not works():
        say(f"Making {VENV.name} with Python {sys.version.split()[0]}")
        shutil.rmtree(VENV, ignore_errors=True)
        do(
            [sys.executable, "-m", "venv", str(VENV)],
            failing="Is python3-venv installed? (apt-get install python3-venv)",
        )
    # Once for tests, always for tests: going back would take the test tools away.
    if "test" in remembered():
        purpose = "test"
    requirements = BASE_DIR / "requirements" / REQUIREMENTS[purpose]
    say(f"Installing locked dependencies ({requirements.name})")
    no_network = "The packages could not be fetched; the network is needed for the first start."
    tool = str(BASE_DIR / "requirements" / "uv.txt")
    do([str(PYTHON), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", tool], failing=no_network)
    sync = [str(PYTHON), "-m", "uv", "pip", "sync", "--quiet", "--require-hashes", "--compile-bytecode"]
    sync += ["--python", str(PYTHON)]
    do([*sync, str(requirements)], failing=no_network)
    STAMP.write_text(stamp_of(purpose))


def stamp_of(purpose: str) -> str:
    content = (BASE_DIR / "requirements" / REQUIREMENTS[purpose]).read_bytes()
    return f"{purpose} {sys.version_info[0]}.{sys.version_info[1]} {hashlib.sha256(content).hexdigest()}"


def remembered() -> str:
    return STAMP.read_text() if STAMP.exists() else ""


def installed() -> "set[str]":
    """The purposes the virtual environment serves as it stands."""
    if not works():
        return set()
    if remembered() == stamp_of("test"):
        return {"run", "test"}
    return {"run"} if remembered() == stamp_of("run") else set()


def works() -> bool:
    """Whether the environment is there and its Python has not been moved or removed since."""
    if not PYTHON.exists():
        return False
    return subprocess.run([str(PYTHON), "-c", "import pip"], capture_output=True, check=False).returncode == 0


def do(command: "list[str]", *, failing: str) -> None:
    done = subprocess.run(command, check=False, cwd=BASE_DIR)
    if done.returncode:
        sys.exit(f"{failing}\nThis failed: {' '.join(command)}")


def say(what: str) -> None:
    print(f"  {what} …", flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
