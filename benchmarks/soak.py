"""`make soak MINUTES=30`: many clients on real processes that are killed again and again.

Twenty clients log by API (one by one and by batch), approve, amend and import, while the web and the worker
process get SIGKILL at random. A client that gets no answer sends the same again until it is acknowledged. At
the end every acknowledged entry must be stored once, as it was sent, every acknowledged import whole, every
change be in the feed, the totals be those of the ledger, and `verify_ledger` be clean. Prints the counts;
ends with 1 when something is wrong.
"""

import http.client
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.db import connection

from benchmarks.run import speak_with

if TYPE_CHECKING:
    from tests.stack import Stack

CLIENTS = 20
SIGNERS = 4
BATCH = 20
FIRST_DAY, DAYS = date(2012, 1, 2), 4_000
#: Seconds between two kills, and how long a client waits before it tries again.
BETWEEN_KILLS = (4, 12)
AGAIN = 0.3
#: Seconds that the background work gets at the end.
PATIENCE = 300


class NotAnswered(Exception):  # noqa: N818 (nothing is known, which is no fault yet)
    """The connection broke, or the server was not there: whether it was done is not known."""


@dataclass
class Caller:
    """A client of one person: asks again until it is answered, on a connection anew after each break."""

    port: int
    token: str
    line: http.client.HTTPConnection | None = None

    def ask(self, method: str, path: str, data: Any = None) -> tuple[int, Any]:
        body = json.dumps(data).encode() if data is not None else None
        headers = {"Host": f"localhost:{self.port}", "X-Session-Token": self.token}
        if body:
            headers["Content-Type"] = "application/json"
        try:
            self.line = self.line or http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
            self.line.request(method, f"/api/v1{path}", body, headers)
            response = self.line.getresponse()
            answer = response.read()
        except (OSError, http.client.HTTPException) as broken:
            self.line = None
            raise NotAnswered from broken
        if response.status >= 500:
            raise NotAnswered(f"{response.status}")
        return response.status, json.loads(answer) if answer else None

    def insist(self, method: str, path: str, data: Any = None) -> tuple[int, Any]:
        while True:
            try:
                return self.ask(method, path, data)
            except NotAnswered:
                time.sleep(AGAIN)


@dataclass
class Told:
    """What was acknowledged, by all clients."""

    counts: Counter[str] = field(default_factory=Counter)
    #: client_id -> what was sent
    entries: dict[str, dict[str, Any]] = field(default_factory=dict)
    approved: set[int] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, what: str, n: int = 1) -> None:
        with self.lock:
            self.counts[what] += n


class Soak:
    def __init__(self, stack: "Stack", seconds: float) -> None:
        self.stack = stack
        self.told = Told()
        self.end = time.monotonic() + seconds
        self.people = self._people()

    def _people(self) -> Any:
        """Workers with a job and an agreement each, a few supervisors, and a manager who imports."""
        from accounts.roles import Role
        from benchmarks.bench_home import cookie_of
        from tests.builders.accounts import a_member, an_organisation
        from tests.builders.workers import a_supervisor, a_worker, an_agreement, an_employment

        employer = an_organisation("Soak House")
        self.employer, self.manager = employer, a_member(Role.MANAGER, organisation=employer)
        signers = [a_supervisor(employer) for _each in range(SIGNERS)]
        self.jobs = []
        for n in range(CLIENTS):
            job = an_employment(a_worker("Worker", f"Number{n}"), employer, started_on=FIRST_DAY)
            an_agreement(job, signers[n % SIGNERS])
            self.jobs.append(job)
        tokens = [cookie_of(job.worker.user).partition("=")[2] for job in self.jobs if job.worker.user]
        self.signers = [cookie_of(signer).partition("=")[2] for signer in signers]
        return list(zip(self.jobs, tokens, strict=True))

    def run(self) -> None:
        clients = [
            threading.Thread(target=self.guarded, args=(self.work, n, job, token))
            for n, (job, token) in enumerate(self.people)
        ]
        clients += [threading.Thread(target=self.guarded, args=(self.sign, token)) for token in self.signers]
        clients.append(threading.Thread(target=self.guarded, args=(self.imports,)))
        for client in clients:
            client.start()
        self.kill()
        for client in clients:
            client.join()

    def guarded(self, what: Any, *args: Any) -> None:
        try:
            what(*args)
        except Exception as problem:  # noqa: BLE001 (whatever it is, the soak failed and says so)
            self.told.wrong.append(f"{what.__name__}: {problem!r}")
        finally:
            connection.close()

    @property
    def over(self) -> bool:
        return time.monotonic() > self.end

    # Who does what

    def work(self, n: int, job: Any, token: str) -> None:
        """A worker: logs, sends batches, corrects approved hours."""
        dice, caller = random.Random(n), Caller(self.stack.port, token)
        while not self.over:
            what = dice.choices([self.log, self.batch, self.amend], weights=[6, 2, 2])[0]
            what(dice, job, caller)

    def log(self, dice: random.Random, job: Any, caller: Caller) -> None:
        sent = an_entry(dice, job)
        status, answer = caller.insist("POST", "/hours", sent)
        if status in (200, 201):
            self.acknowledge([sent])
        else:
            self.refused("entries", status, answer)

    def batch(self, dice: random.Random, job: Any, caller: Caller) -> None:
        sent = [an_entry(dice, job) for _each in range(BATCH)]
        status, answer = caller.insist("POST", "/hours/batch", {"entries": sent})
        if status != 200:
            self.told.wrong.append(f"a batch was answered {status}: {answer}")
            return
        stored = [result["status"] in ("stored", "already_stored") for result in answer["results"]]
        self.acknowledge([one for one, good in zip(sent, stored, strict=True) if good])
        self.told.count("entries refused", stored.count(False))

    def amend(self, dice: random.Random, job: Any, caller: Caller) -> None:
        status, answer = caller.insist("GET", "/hours?status=approved&limit=50")
        able = [one for one in answer["results"] if not one["superseded"]] if status == 200 else []
        if not able:
            return
        entry = dice.choice(able)
        status, _answer = caller.insist(
            "POST", f"/hours/{entry['id']}/amend", {"minutes": entry["minutes"] + 1}
        )
        self.told.count("amendments sent" if status == 201 else "amendments refused")

    def sign(self, token: str) -> None:
        """A supervisor: signs whatever waits."""
        caller = Caller(self.stack.port, token)
        while not self.over:
            status, answer = caller.insist("GET", "/hours?status=submitted&limit=100")
            waiting = [entry["id"] for entry in answer["results"]] if status == 200 else []
            if waiting:
                status, answer = caller.insist("POST", "/hours/approve", {"entries": waiting})
                if status == 200:
                    with self.told.lock:
                        self.told.approved.update(waiting)
                self.told.count("approvals acknowledged" if status == 200 else "approvals refused")
            time.sleep(1)

    def imports(self) -> None:
        """A manager: one file after another, each of entries of all workers."""
        from tests.builders.imports import a_file
        from workers import imports
        from workers.models import Import

        round_ = 0
        while not self.over:
            # Through the days again and again, a minute longer each time: none in the future, none twice.
            again, part = divmod(round_, DAYS // 10)
            days = [FIRST_DAY + timedelta(days=10 * part + n) for n in range(10)]
            lines = [f"{job.worker.user.email},{day},0:{40 + again}" for day in days for job in self.jobs]
            file = a_file("\n".join(["Worker,Date,Hours", *lines]))
            found = imports.upload(kind="hours", file=file, by=self.manager, organisation=self.employer)
            imports.choose(found, by=self.manager)
            if not self.becomes(found.pk, Import.Status.READY):
                return
            imports.confirm(Import.objects.get(pk=found.pk), by=self.manager)
            if not self.becomes(found.pk, Import.Status.DONE):
                return
            self.told.count("imports acknowledged")
            self.told.count("rows imported", len(lines))
            self.told.count("rows of files refused", Import.objects.get(pk=found.pk).wrong)
            round_ += 1

    def becomes(self, pk: int, status: str) -> bool:
        from workers.models import Import

        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if Import.objects.filter(pk=pk, status=status).exists():
                return True
            time.sleep(AGAIN)
        self.told.wrong.append(f"an import did not become {status} in {PATIENCE} s")
        return False

    def kill(self) -> None:
        dice = random.Random(0)
        while not self.over:
            time.sleep(dice.uniform(*BETWEEN_KILLS))
            if dice.random() < 0.5:
                assert self.stack.web
                self.stack.web.kill()
                self.stack.start_web()
                self.told.count("kills of the web process")
            else:
                self.stack.kill_worker()
                self.stack.start_worker()
                self.told.count("kills of the worker")

    def acknowledge(self, sent: list[dict[str, Any]]) -> None:
        with self.told.lock:
            self.told.entries.update({one["client_id"]: one for one in sent})

    def refused(self, what: str, status: int, answer: Any) -> None:
        if status == 422:
            self.told.count(f"{what} refused")
        else:
            self.told.wrong.append(f"{what} answered {status}: {answer}")

    # What must hold at the end

    def check(self) -> list[str]:
        from workers.models import Mark

        until = time.monotonic() + PATIENCE
        while Mark.objects.exists() and time.monotonic() < until:
            time.sleep(1)
        return [*self.told.wrong, *self.missing(), *self.unsigned(), *self.unfed(), *self.broken()]

    def missing(self) -> list[str]:
        from workers.models import HourEntry

        found = HourEntry.objects.filter(client_id__in=list(self.told.entries))
        stored = Counter[str]()
        wrong = []
        for entry in found.iterator():
            sent = self.told.entries[str(entry.client_id)]
            stored[str(entry.client_id)] += 1
            if (entry.employment_id, entry.day.isoformat(), entry.minutes) != (
                sent["employment"],
                sent["day"],
                sent["minutes"],
            ):
                wrong.append(f"entry {entry.pk} is not as it was sent")
        wrong += [f"{one} is stored {stored[one]} times" for one in self.told.entries if stored[one] != 1]
        imported = HourEntry.objects.filter(source__isnull=False).count()
        if imported < self.told.counts["rows imported"]:
            wrong.append(f"{imported} rows of {self.told.counts['rows imported']} imported are stored")
        self.told.counts["entries acknowledged"] = len(self.told.entries)
        self.told.counts["entries in the ledger"] = HourEntry.objects.count()
        return wrong

    def unsigned(self) -> list[str]:
        from workers.models import HourEntry

        signed = HourEntry.objects.filter(pk__in=self.told.approved, status=HourEntry.Status.APPROVED).count()
        self.told.counts["entries whose approval was acknowledged"] = len(self.told.approved)
        lost = len(self.told.approved) - signed
        return [f"{lost} acknowledged approvals are not in the ledger"] if lost else []

    def unfed(self) -> list[str]:
        from workers import changes
        from workers.models import HourEntry

        seen: set[int] = set()
        cursor, more = "", True
        while more:
            page = changes.since(cursor, employer=self.employer)
            seen.update(pk for pk, _entry in page.changes)
            cursor, more = page.cursor, page.more
        missed = set(HourEntry.objects.values_list("pk", flat=True)) - seen
        return [f"{len(missed)} entries are not in the feed of changes"] if missed else []

    def broken(self) -> list[str]:
        try:
            print(self.stack.manage("verify_ledger").strip())
        except (SystemExit, subprocess.CalledProcessError, RuntimeError, AssertionError) as problem:
            return [f"verify_ledger: {problem}"]
        return []


def an_entry(dice: random.Random, job: Any) -> dict[str, Any]:
    return {
        "client_id": str(uuid4()),
        "employment": job.pk,
        "day": (FIRST_DAY + timedelta(days=dice.randrange(DAYS))).isoformat(),
        "minutes": dice.randrange(1, 30),
        "domain": "advocacy",
    }


def main(minutes: float) -> int:
    folder = Path(tempfile.mkdtemp(prefix="peerladder-soak-"))
    os.environ.update(PEERLADDER_TEST_RUN=str(folder), PEERLADDER_DATA=str(folder), LOG_LEVEL="WARNING")
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    try:
        return soak(minutes, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def soak(minutes: float, folder: Path) -> int:
    import django

    django.setup()
    from tests import databases
    from tests.stack import Stack

    env = {"LOG_LEVEL": "WARNING", "API_RATE_USER": "1000000/minute"}
    with databases.server(fast=False), Stack(folder, env=env) as stack:
        speak_with(stack)
        one = Soak(stack, minutes * 60)
        one.run()
        wrong = one.check()
        connection.close()
    print(f"\n{minutes:g} minutes, {CLIENTS} clients who log and amend, {SIGNERS} who sign, one who imports")
    for what, count in sorted(one.told.counts.items()):
        print(f"{count:>10,}  {what}")
    for line in wrong[:20]:
        print(f"WRONG: {line}")
    print(
        "Something is wrong."
        if wrong
        else "Every acknowledged entry is stored once, and the ledger is clean."
    )
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else 30))
