"""Brings catalogue files into the database, in one transaction.

    changes = load(shipped())

What a level asks is never rewritten: changed content is published as a new revision, the old one withdrawn.
Loading the same files again finds nothing to do and writes nothing.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Any, TypeVar

from django.db import connection, models, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from accounts import trail
from certification.catalogue import files
from certification.catalogue.files import CatalogueError, Library, Problem
from certification.catalogue.periods import OverlapError, Period, periods
from certification.catalogue.prefixes import number_prefix
from certification.models import Authority, Jurisdiction, Level, Program, Standard

M = TypeVar("M", bound=models.Model)

#: Any number, the same for every load, so that two loads wait for each other.
LOCK = 7_266_271


@dataclass(frozen=True)
class Change:
    """One line of what a load does. `what` is new, changed or withdrawn."""

    what: str
    sort: str
    code: str
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.what:<10}{self.sort:<13}{self.code}" + (f": {self.detail}" if self.detail else "")


def load(library: Library, *, check: bool = False) -> list[Change]:
    """Make the database say what the files say; with `check` only tell what would change.

    Raises CatalogueError for versions whose periods cannot be told apart.
    """
    spans = periods_of(library)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        changes = _Load(library, spans).run()
        if check:
            transaction.set_rollback(True)
    return changes


def periods_of(library: Library) -> dict[str, Period]:
    found: dict[str, Period] = {}
    problems = []
    for place in library.jurisdictions:
        for level in place.levels():
            try:
                found |= periods(level.standards)
            except OverlapError as overlap:
                told = "versions that begin on the same day or end before they begin"
                problems.append(
                    Problem(
                        place.file, f"{level.code}.standards", f"{told} ({overlap})", "effective_from of each"
                    )
                )
    if problems:
        raise CatalogueError(problems)
    return found


class _Load:
    """One run: each step writes one table, in bulk, and notes its changes."""

    def __init__(self, library: Library, spans: Mapping[str, Period]) -> None:
        self.places = library.jurisdictions
        self.spans = spans
        self.now = timezone.now()
        self.changes: list[Change] = []

    def run(self) -> list[Change]:
        places = self.jurisdictions()
        authorities = self.authorities(places)
        programs = self.programs(places, authorities)
        levels = self.levels(programs)
        self.standards(levels)
        return self.changes

    def jurisdictions(self) -> dict[str, Jurisdiction]:
        wanted = {
            place.code: {
                "name": place.name,
                "status": place.status,
                "body_name": place.authority["name"],
                "body_url": place.authority.get("url") or "",
                "medicaid_reimburses": place.medicaid_reimburses,
                "notes": place.notes.strip(),
                "sources_searched": place.sources_searched,
            }
            for place in self.places
        }
        return self.sync(Jurisdiction, "code", wanted, "jurisdiction")

    def authorities(self, places: Mapping[str, Jurisdiction]) -> dict[tuple[str, str], Authority]:
        """By jurisdiction and name. None is ever withdrawn: credentials were issued under it."""
        known = {(a.jurisdiction.code, a.name): a for a in Authority.objects.select_related("jurisdiction")}
        taken = {authority.number_prefix for authority in known.values()}
        new, changed = [], []
        for place in self.places:
            for program in place.programs:
                body = body_of(program, place)
                url = body.get("url") or ""
                authority = known.get((place.code, body["name"]))
                if authority is None:
                    prefix = number_prefix(place.code, program.abbreviation or program.title, taken)
                    taken.add(prefix)
                    authority = Authority(
                        jurisdiction=places[place.code], name=body["name"], url=url, number_prefix=prefix
                    )
                    known[place.code, body["name"]] = authority
                    new.append(authority)
                    self.note("new", "authority", authority.name, f"numbers begin {prefix}-")
                elif url and not authority.url and authority.pk:
                    authority.url = url
                    changed.append(authority)
                    self.note("changed", "authority", authority.name, "url")
        Authority.objects.bulk_create(new)
        if changed:
            Authority.objects.bulk_update(changed, ["url"])
        return known

    def programs(
        self, places: Mapping[str, Jurisdiction], authorities: Mapping[tuple[str, str], Authority]
    ) -> dict[str, Program]:
        wanted = {
            program.code: {
                "jurisdiction_id": places[place.code].pk,
                "authority_id": authorities[place.code, body_of(program, place)["name"]].pk,
                "title": program.title,
                "abbreviation": program.abbreviation,
                "focus": list(program.focus),
                "population": program.population,
                "regulation": program.regulation,
                "reciprocity": program.reciprocity.strip(),
                "withdrawn_at": None,
            }
            for place in self.places
            for program in place.programs
        }
        return self.sync(Program, "code", wanted, "program")

    def levels(self, programs: Mapping[str, Program]) -> dict[str, Level]:
        wanted = {
            level.code: {
                "program_id": programs[level.program].pk,
                "title": level.title,
                "abbreviation": level.abbreviation,
                "rank": level.rank,
                "role": level.role,
                "endorses": level.endorses or "",
                "withdrawn_at": None,
            }
            for level in self.all_levels()
        }
        return self.sync(Level, "code", wanted, "level")

    def standards(self, levels: Mapping[str, Level]) -> None:
        known = {s.code: s for s in Standard.objects.published().select_related("level")}
        revisions = dict(Standard.objects.values_list("code").annotate(models.Max("revision")))
        withdrawn, moved, new = [], [], []
        wanted = list(chain.from_iterable(level.standards for level in self.all_levels()))
        for one in wanted:
            span, old = self.spans[one.code], known.get(one.code)
            row = row_of(one, levels[one.level], span)
            if old and is_same(old, row):
                if old.in_force.upper != span.until:
                    old.in_force = row.in_force
                    moved.append(old)
                    self.note("changed", "standard", one.code, f"in force {said(span)}")
                continue
            row.revision = revisions.get(one.code, 0) + 1
            row.published_at = self.now
            new.append(row)
            if old:
                withdrawn.append(old)
                self.note(
                    "changed", "standard", one.code, f"revision {row.revision}: {what_changed(old, row)}"
                )
            else:
                self.note("new", "standard", one.code, f"in force {said(span)}")
        gone = [known[code] for code in sorted(known.keys() - {one.code for one in wanted})]
        for old in gone:
            self.note("withdrawn", "standard", old.code)
        self.publish(new=new, moved=moved, withdrawn=[*withdrawn, *gone])

    def publish(self, *, new: list[Standard], moved: list[Standard], withdrawn: list[Standard]) -> None:
        """Room is made before it is taken: no two published versions overlap at any moment."""
        if withdrawn:
            Standard.objects.filter(pk__in=[s.pk for s in withdrawn]).update(withdrawn_at=self.now)
            trail.record_many("standard.withdrawn", subjects=withdrawn, by=None)
        Standard.objects.bulk_update(moved, ["in_force"])
        Standard.objects.bulk_create(new)
        if new:
            trail.record_many("standard.published", subjects=new, by=None)

    # Helpers

    def all_levels(self) -> Iterable[files.Level]:
        return chain.from_iterable(place.levels() for place in self.places)

    def note(self, what: str, sort: str, code: str, detail: str = "") -> None:
        self.changes.append(Change(what, sort, code, detail))

    def sync(
        self, model: type[M], key: str, wanted: Mapping[str, Mapping[str, Any]], sort: str
    ) -> dict[str, M]:
        """Rows of `model` as `wanted`; those that nobody wants are withdrawn where the model knows that."""
        known: dict[str, M] = {getattr(row, key): row for row in model._default_manager.all()}
        new, changed = [], []
        for code, values in wanted.items():
            row = known.get(code)
            if row is None:
                known[code] = row = model(**{key: code}, **values)
                new.append(row)
                self.note("new", sort, code, str(row))
            elif different := [name for name, value in values.items() if getattr(row, name) != value]:
                for name in different:
                    setattr(row, name, values[name])
                changed.append(row)
                self.note("changed", sort, code, ", ".join(different))
        if hasattr(model, "withdrawn_at"):
            for code in sorted(known.keys() - wanted.keys()):
                if getattr(known[code], "withdrawn_at") is None:  # noqa: B009 not every model has it
                    setattr(known[code], "withdrawn_at", self.now)  # noqa: B010
                    changed.append(known[code])
                    self.note("withdrawn", sort, code)
        model._default_manager.bulk_create(new)
        if changed:
            names = {name for values in wanted.values() for name in values} | (
                {"withdrawn_at"} if hasattr(model, "withdrawn_at") else set()
            )
            model._default_manager.bulk_update(changed, sorted(names))
        return known


def body_of(program: files.Program, place: files.Jurisdiction) -> Mapping[str, Any]:
    """Who administers a program: whoever the file names for it, else the jurisdiction's authority."""
    return program.administered_by or place.authority


def row_of(one: files.Standard, level: Level, span: Period) -> Standard:
    content = content_of(one)
    return Standard(
        level=level,
        status=Standard.Status.PUBLISHED,
        in_force=DateRange(span.start, span.until, "[)"),
        in_force_stated=span.stated,
        digest=digest_of(content),
        **content,
    )


def content_of(one: files.Standard) -> dict[str, Any]:
    """The columns that hold what the file says."""
    return {
        "code": one.code,
        "effective_from": one.effective_from or "",
        "effective_until": one.effective_until or "",
        "as_of": one.as_of or "",
        "requires": one.requires.to_data() if one.requires else None,
        "renewal": one.renewal.to_data() if one.renewal else None,
        "term_months": one.term_months,
        "expires_on": one.expires_on or "",
        "grace_months": one.grace_months,
        "renewals_at_most": one.renewals_at_most,
        "sources": [dict(source) for source in one.sources],
        "confidence": one.confidence,
        "renewal_confidence": one.renewal_confidence or "",
        "unclear": list(one.unclear),
        "partial": one.partial,
    }


def digest_of(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def is_same(old: Standard, new: Standard) -> bool:
    """The same content from the same day on; only the end of a published version may still move."""
    return (old.digest, old.level_id, old.in_force.lower) == (new.digest, new.level_id, new.in_force.lower)


def what_changed(old: Standard, new: Standard) -> str:
    names = [name for name in CONTENT if shown(old, name) != shown(new, name)]
    return ", ".join(names) or "in force"


CONTENT: tuple[str, ...] = (
    "effective_from", "effective_until", "as_of", "requires", "renewal", "term_months", "expires_on",
    "grace_months", "renewals_at_most", "sources", "confidence", "renewal_confidence", "unclear", "partial",
)  # fmt: skip


def shown(standard: Standard, name: str) -> Any:
    value = getattr(standard, name)
    return float(value) if name == "grace_months" and value is not None else value


def said(span: Period) -> str:
    """A period in words; the end is its last day."""
    since = f"from {span.start.isoformat()}" + ("" if span.stated else " (not stated by the source)")
    if span.until is None:
        return since
    return f"{since} to {date.fromordinal(span.until.toordinal() - 1).isoformat()}"
