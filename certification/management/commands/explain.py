"""Explain whether somebody meets a standard, and why.

    manage.py explain --level mn-cps-2 --record ana.yaml
    manage.py explain --standard mn-cps-2@2020 --worker 17 --on 2026-06-01 --json
    manage.py explain --batch applications.ndjson
    manage.py explain --worker 17                      # the worker's record, as a file

Record files and batches are judged by the shipped catalogue and need no database.
"""

import io
import json
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import yaml
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from certification.catalogue import files
from certification.requirements.answers import batch, judged, read_record, standard_asked
from certification.requirements.record import Record
from certification.requirements.values import RequirementError, read_day

MARKS = {"met": "[x]", "waiting": "[?]", "unmet": "[ ]"}


class Command(BaseCommand):
    help = "Explain whether a record file or a worker meets a standard."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--level", metavar="CODE", help="by the version in force on the day")
        what.add_argument("--standard", metavar="CODE")
        what.add_argument(
            "--batch", metavar="FILE", help="requests, one JSON object a line; - reads the input"
        )
        who = parser.add_mutually_exclusive_group()
        who.add_argument(
            "--record", metavar="FILE", type=Path, help="a record file; without it an empty record"
        )
        who.add_argument("--worker", metavar="ID", help="a worker of the database, by number or uid")
        parser.add_argument("--on", metavar="DATE", help="the day of judgement; today unless given")
        parser.add_argument("--renewal", action="store_true", help="judge what a renewal asks")
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self.answer(**options)
        except (RequirementError, files.CatalogueError) as error:
            raise CommandError(str(error)) from error

    def answer(self, *, batch: str | None, worker: str | None, on: str | None, **options: Any) -> None:
        day = read_day(on, "on") if on else timezone.now().date()
        if batch:
            if worker or options["record"]:
                raise CommandError(
                    "Each line of a batch has its own record: leave out --record and --worker."
                )
            self.batch(batch, day, renewal=options["renewal"])
        elif worker:
            self.worker(worker, day, **options)
        elif options["level"] or options["standard"]:
            self.record(day, **options)
        else:
            raise CommandError("Say what to judge by: --level, --standard or --batch.")

    def batch(self, name: str, today: date, *, renewal: bool) -> None:
        for told in batch(lines(name), files.shipped(), today=today, renewal=renewal):
            self.stdout.write(json.dumps(told, ensure_ascii=False))

    def record(self, day: date, *, record: Path | None, renewal: bool, as_json: bool, **asked: Any) -> None:
        known = read_record(text_of(record), str(record)) if record else Record()
        library = files.shipped()
        wanted = standard_asked({key: asked[key] for key in ("level", "standard")}, library, day)
        self.show(judged(wanted, known, day, library.catalogue, renewal=renewal), as_json=as_json)

    def worker(self, who: str, day: date, *, renewal: bool, as_json: bool, **asked: Any) -> None:
        from certification.explaining import explain_worker, record_file

        worker = worker_of(who)
        if asked["level"] or asked["standard"]:
            told = explain_worker(
                worker, on=day, level=asked["level"], standard=asked["standard"], renewal=renewal
            )
            self.show(told, as_json=as_json)
        elif as_json:
            self.stdout.write(json.dumps(record_file(worker, on=day), ensure_ascii=False, indent=2))
        else:
            told = record_file(worker, on=day)
            self.stdout.write(yaml.safe_dump(told, sort_keys=False, allow_unicode=True), ending="")

    def show(self, told: dict[str, Any], *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(told, ensure_ascii=False, indent=2))
            return
        self.stdout.write(f"{told['standard']} on {told['on']}: {told['status']}")
        if told["findings"] is None:
            self.stdout.write("No source tells what is asked.")
        else:
            for line in drawn(told["findings"]):
                self.stdout.write(line)


def drawn(finding: dict[str, Any], depth: int = 0) -> Iterator[str]:
    """The tree of findings, one line each, indented."""
    count = f" {finding['count']}" if "count" in finding else ""
    said = (
        f"{finding['asks']['en']}: {finding['reason']['en']}"
        if "asks" in finding
        else finding["kind"] + count
    )
    yield f"{'  ' * depth}{MARKS[finding['verdict']]} {said}"
    for child in finding.get("children", ()):
        yield from drawn(child, depth + 1)


def lines(name: str) -> Iterator[str]:
    # Bytes that are no text stay in their own line, which is then refused alone.
    if name == "-":
        yield from io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8", errors="surrogateescape")
        return
    try:
        with Path(name).open(encoding="utf-8", errors="surrogateescape") as file:
            yield from file
    except OSError as error:
        raise CommandError(f"{name}: {error}") from error


def text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{path}: {error}") from error


def worker_of(who: str) -> Any:
    """A worker by number or uid."""
    from workers.models import Worker

    try:
        key = {"pk": int(who)} if who.isdecimal() else {"uid": UUID(who)}
        return Worker.objects.get(**key)
    except (ValueError, OverflowError, Worker.DoesNotExist):
        raise CommandError(f"--worker: found {who!r}, expected the number or uid of a worker") from None
