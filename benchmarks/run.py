"""`make bench`: every benchmark, or those with NAME in their file's name; one table and results/latest.json.

A benchmark is a file `bench_x.py` with a function `rows(stack) -> Iterator[Row]`. All share one stack of real
processes (tests/stack.py) on a database with the catalogue, and Django's ORM here speaks with it too. Each
makes what data it needs with `population`.
"""

import json
import os
import shutil
import sys
import tempfile
import time
from importlib import import_module
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import connection

from benchmarks.measuring import Row
from config.celery import app

if TYPE_CHECKING:
    from tests.stack import Stack

HERE = Path(__file__).parent


def main(names: list[str]) -> int:
    chosen = [
        path.stem
        for path in sorted(HERE.glob("bench_*.py"))
        if any(name in path.stem for name in names or [""])
    ]
    if not chosen:
        print(f"No benchmark has {' or '.join(names)} in its name.")
        return 1
    folder = Path(tempfile.mkdtemp(prefix="peerladder-bench-"))
    os.environ.update(PEERLADDER_TEST_RUN=str(folder), PEERLADDER_DATA=str(folder), LOG_LEVEL="WARNING")
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    try:
        return measure(chosen, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def measure(chosen: list[str], folder: Path) -> int:
    import django

    django.setup()
    # Only now, as the test databases look for their folder when they are imported.
    from tests import databases
    from tests.stack import Stack

    env = {
        "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
        "API_RATE_ANONYMOUS": "1000000/minute",
        "API_RATE_NETWORK": "1000000/minute",
        "LOG_LEVEL": "WARNING",
    }
    rows: list[Row] = []
    with databases.server(fast=False), Stack(folder, beat=False, env=env) as stack:
        speak_with(stack)
        for name in chosen:
            begun = time.monotonic()
            rows += import_module(f"benchmarks.{name}").rows(stack)
            print(f"{name} took {time.monotonic() - begun:.0f} s", flush=True)
        connection.close()
    show(rows)
    write(rows)
    return 0


def speak_with(stack: "Stack") -> None:
    """Point the ORM and Celery of this process at the stack's database and broker."""
    connection.close()
    connection.settings_dict["NAME"] = stack.database
    app.conf.broker_url = stack.env["BROKER_URL"]


def show(rows: list[Row]) -> None:
    print(f"\n{'benchmark':<48}{'ours':>11}{'limit':>11}  {'unit':<11}{'ratio':>7}{'goal':>8}  met")
    for row in rows:
        goal = f"{'≥' if row.better == 'higher' else '≤'} {row.goal:g}"
        figures = f"{row.ours:>11.2f}{row.limit:>11.2f}  {row.unit:<11}{row.ratio:>7.2f}{goal:>8}"
        print(f"{row.name:<48}{figures}  {'yes' if row.met else 'NO'}")


def write(rows: list[Row]) -> None:
    """Figures of benchmarks that were not chosen stay as they were."""
    path = HERE / "results" / "latest.json"
    fresh = [row.to_json() for row in rows]
    measured = {row.name for row in rows}
    before = json.loads(path.read_text()) if path.exists() else []
    kept = [row for row in before if row["name"] not in measured]
    path.write_text(json.dumps(sorted([*kept, *fresh], key=itemgetter("name")), indent=2) + "\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
