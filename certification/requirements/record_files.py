"""The file form of a worker's record (catalogue/RECORD.md): read strictly, written back.

parse_record({"born": "1990-05-01", "experience": [{"in": "peer_support", "hours": 40}]})
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any, TypeVar

from .leaves import EMPLOYMENT, FORMATS, LIVED_EXPERIENCE, PAY, SCHOOLING
from .record import (
    CredentialRow,
    EducationRow,
    ExamRow,
    ExperienceRow,
    Fact,
    Place,
    Record,
    ReferenceRow,
    Schooling,
    SupervisionRow,
    TrainingRow,
)
from .values import (
    DATE,
    FLAG,
    HOURS_DONE,
    PERCENT,
    SLUG_TEXT,
    STATE_CODE,
    TEXT,
    Reader,
    RequirementError,
    amount,
    breakdown,
    check_keys,
    hours_of,
    list_of,
    number_of,
    one_of,
    refuse,
    tidy,
    whole_from,
)

T = TypeVar("T")
MODE = one_of("live", "online")
PARTS = breakdown(HOURS_DONE)
DAYS = amount("a number of days, 0 or more")

# key in the file -> (field of the row, reader)
Shape = dict[str, tuple[str, Reader]]

PLACE: Shape = {"state": ("state", STATE_CODE), "share_percent": ("share_percent", PERCENT)}
SUSPENSION: Shape = {"from": ("start", DATE), "until": ("until", DATE)}
CREDENTIAL: Shape = {
    "level": ("level", SLUG_TEXT),
    "kind": ("kind", SLUG_TEXT),
    "training_hours": ("training_minutes", HOURS_DONE),
    "state": ("state", STATE_CODE),
    "issued": ("issued", DATE),
    "renewed": ("renewed", DATE),
    "expires": ("expires", DATE),
}
TRAINING: Shape = {
    "topic": ("topic", SLUG_TEXT),
    "hours": ("minutes", HOURS_DONE),
    "by_topic": ("by_topic", PARTS),
    "approved": ("approved", FLAG),
    "completed": ("completed", DATE),
    "days": ("days", DAYS),
    "mode": ("mode", MODE),
    "provider": ("provider", SLUG_TEXT),
    "name": ("name", TEXT),
}
EXPERIENCE: Shape = {
    "in": ("work", SLUG_TEXT),
    "hours": ("minutes", HOURS_DONE),
    "supervised": ("supervised", FLAG),
    "pay": ("pay", one_of(*PAY)),
    "from": ("start", DATE),
    "to": ("end", DATE),
    "state": ("state", STATE_CODE),
    "domain": ("domain", SLUG_TEXT),
    "by_domain": ("by_domain", PARTS),
    "practicum": ("practicum", FLAG),
}
SUPERVISION: Shape = {
    "hours": ("minutes", HOURS_DONE),
    "by": ("by", SLUG_TEXT),
    "date": ("on", DATE),
    "domain": ("domain", SLUG_TEXT),
    "by_domain": ("by_domain", PARTS),
    "sessions": ("sessions", whole_from(0)),
    "format": ("format", one_of(*FORMATS)),
}
EXAM: Shape = {"name": ("name", TEXT), "passed": ("passed", DATE), "percent": ("percent", PERCENT)}
CONTINUING_EDUCATION: Shape = {
    "hours": ("minutes", HOURS_DONE),
    "topic": ("topic", SLUG_TEXT),
    "by_topic": ("by_topic", PARTS),
    "date": ("on", DATE),
    "provider": ("provider", SLUG_TEXT),
    "mode": ("mode", MODE),
}
OTHER_REFEREE = "other"
# What comes first must not be later than what comes second.
ORDERS = (
    ("issued", "expires"),
    ("issued", "renewed"),
    ("renewed", "expires"),
    ("from", "to"),
    ("from", "until"),
)


def read_row(shape: Shape, data: object, path: str, needs: tuple[str, ...] = ()) -> dict[str, Any]:
    """The fields of one row, its dates in order and its breakdown no larger than its hours."""
    given = check_keys(data, path, tuple(shape))
    for key in needs:
        if key not in given:
            raise RequirementError(f"{path}.{key}", "nothing", shape[key][1].expected)
    row = {shape[key][0]: shape[key][1].read(value, f"{path}.{key}") for key, value in given.items()}
    for first, second in ORDERS:
        if (
            first in given
            and second in given
            and (early := row[shape[first][0]]) > (late := row[shape[second][0]])
        ):
            raise RequirementError(
                f"{path}.{second}", late.isoformat(), f"{early.isoformat()} ({first}) or later"
            )
    for key in ("by_topic", "by_domain"):
        if key not in given:
            continue
        parts = tidy(sum((Fraction(share) for _, share in row[key]), Fraction(0)))
        if parts > row.setdefault("minutes", parts):
            found = f"{hours_of(parts)} hours in sum"
            raise RequirementError(
                f"{path}.{key}", found, f"at most the {hours_of(row['minutes'])} hours of the row"
            )
    return row


def rows_of(make: Callable[..., T], shape: Shape, *needs: str) -> Callable[[object, str], tuple[T, ...]]:
    item = Reader("a mapping", lambda data, path: make(**read_row(shape, data, path, needs)))
    return list_of(item).read


def facts_of(reader: Reader) -> Callable[[object, str], tuple[Fact[Any], ...]]:
    item = Reader(reader.expected, lambda value, path: Fact(reader.read(value, path)))
    return list_of(item).read


def one_fact(reader: Reader) -> Callable[[object, str], tuple[Fact[Any], ...]]:
    return lambda value, path: (Fact(reader.read(value, path)),)


def read_credentials(data: object, path: str) -> tuple[CredentialRow, ...]:
    shape: Shape = CREDENTIAL | {"suspended": ("suspended", list_of(Reader("a mapping", read_suspension)))}
    return rows_of(CredentialRow, shape)(data, path)


def read_suspension(data: object, path: str) -> tuple[date, date | None]:
    row = read_row(SUSPENSION, data, path, ("from",))
    return row["start"], row.get("until")


def read_references(data: object, path: str) -> tuple[ReferenceRow, ...]:
    if isinstance(data, Mapping):
        given = check_keys(data, path, ("from",))
        referees = list_of(SLUG_TEXT).read(given.get("from"), f"{path}.from")
        return tuple(ReferenceRow(by=slug) for slug in referees)
    if isinstance(data, bool) or not isinstance(data, int):
        raise refuse(path, data, "a whole number, or a mapping with from: [slug, ..]")
    count = whole_from(0).read(data, path)
    return (ReferenceRow(count=count),) if count else ()


def read_place(data: object, path: str) -> tuple[Place, ...]:
    return (Place(**read_row(PLACE, data, path, ("state",))),)


READERS: dict[str, tuple[str, Callable[[Any, str], Any]]] = {
    "born": ("born", DATE.read),
    "lived_experience": ("lived_experience", facts_of(one_of(*LIVED_EXPERIENCE))),
    "recovery_since": ("recovery", one_fact(DATE)),
    "works_in": ("works_in", read_place),
    "credentials": ("credentials", read_credentials),
    "training": ("training", rows_of(TrainingRow, TRAINING)),
    "experience": ("experience", rows_of(ExperienceRow, EXPERIENCE)),
    "supervision": ("supervision", rows_of(SupervisionRow, SUPERVISION)),
    "exams": ("exams", rows_of(ExamRow, EXAM, "name")),
    "continuing_education": ("continuing_education", rows_of(EducationRow, CONTINUING_EDUCATION)),
    "references": ("references", read_references),
    "attestations": ("attestations", facts_of(SLUG_TEXT)),
    "background_check": ("background_checks", one_fact(DATE)),
    "qualifications": ("qualifications", facts_of(SLUG_TEXT)),
    "documents": ("documents", facts_of(TEXT)),
    "fees_paid": ("fees_paid", facts_of(amount("an amount in dollars, 0 or more"))),
    "employment": ("employment", one_fact(one_of(*EMPLOYMENT))),
}
KEYS = (*READERS, "education", "education_field", "state", "residency")


def parse_record(data: object, path: str = "worker") -> Record:
    """The record that plain data (from YAML or JSON) writes, every fact of it accepted.

    Raises RequirementError with the path of the key, what was found and what was expected.
    """
    given = check_keys(data, path, KEYS)
    values = {
        READERS[key][0]: READERS[key][1](given[key], f"{path}.{key}") for key in given if key in READERS
    }
    return Record(**values, schooling=_schooling(given, path), lives_in=_home(given, path))


def _schooling(given: Mapping[str, Any], path: str) -> tuple[Schooling, ...]:
    shape: Shape = {"education": ("level", one_of(*SCHOOLING)), "education_field": ("field", SLUG_TEXT)}
    known = {key: given[key] for key in shape if key in given}
    return (Schooling(**read_row(shape, known, path)),) if known else ()


def _home(given: Mapping[str, Any], path: str) -> tuple[Place, ...]:
    state = STATE_CODE.read(given["state"], f"{path}.state") if "state" in given else None
    if "residency" not in given:
        return (Place(state),) if state else ()
    places = read_place(given["residency"], f"{path}.residency")
    if state and places[0].state != state:
        raise RequirementError(f"{path}.residency.state", places[0].state, f"{state}, as in {path}.state")
    return places


def record_data(record: Record) -> dict[str, Any]:
    """A record as the mapping under `worker:`; the inverse of parse_record."""
    tables: tuple[tuple[str, Shape, tuple[Any, ...]], ...] = (
        ("training", TRAINING, record.training),
        ("experience", EXPERIENCE, tuple(row for row in record.experience if not row.pending)),
        ("supervision", SUPERVISION, tuple(row for row in record.supervision if not row.pending)),
        ("exams", EXAM, record.exams),
        ("continuing_education", CONTINUING_EDUCATION, record.continuing_education),
    )
    lists = (
        ("lived_experience", record.lived_experience),
        ("attestations", record.attestations),
        ("qualifications", record.qualifications),
        ("documents", record.documents),
    )
    data: dict[str, Any] = _data_of_person(record)
    data["credentials"] = [_credential(row) for row in record.credentials]
    data |= {key: [write_row(shape, row) for row in rows] for key, shape, rows in tables}
    data |= {key: [fact.value for fact in facts] for key, facts in lists}
    data["references"] = _references(record.references)
    data["fees_paid"] = [number_of(fact.value) for fact in record.fees_paid]
    return {key: value for key, value in data.items() if value}


def _data_of_person(record: Record) -> dict[str, Any]:
    """The facts of which a file holds one each: of several the one that reaches furthest."""
    data: dict[str, Any] = {"born": record.born and record.born.isoformat()}
    if record.schooling:
        best = max(
            record.schooling, key=lambda one: (SCHOOLING.index(one.level or "none"), one.field is not None)
        )
        data |= {"education": best.level, "education_field": best.field}
    for place in record.lives_in[:1]:
        whole = place.share_percent is None
        data |= {"state": place.state} if whole else {"residency": write_row(PLACE, place)}
    for place in record.works_in[:1]:
        data["works_in"] = write_row(PLACE, place)
    if record.recovery:
        data["recovery_since"] = min(fact.value for fact in record.recovery).isoformat()
    if record.background_checks:
        data["background_check"] = max(fact.value for fact in record.background_checks).isoformat()
    if record.employment:
        data["employment"] = min((fact.value for fact in record.employment), key=EMPLOYMENT.index)
    return data


def _references(rows: tuple[ReferenceRow, ...]) -> Any:
    """A number where nobody says who they are. A file cannot mix both: beside named referees the others are
    written as `other`, which never counts for more than it did."""
    if not any(row.by for row in rows):
        return sum(row.count for row in rows)
    return {"from": [row.by or OTHER_REFEREE for row in rows for _ in range(row.count)]}


def write_row(shape: Shape, row: Any) -> dict[str, Any]:
    written = {}
    for key, (name, reader) in shape.items():
        value = getattr(row, name)
        if value is not None and value != () and not (key == "hours" and value == 0):
            written[key] = reader.write(value)
    return written


def _credential(row: CredentialRow) -> dict[str, Any]:
    data = write_row(CREDENTIAL, row)
    if row.suspended:
        data["suspended"] = [
            {"from": start.isoformat()} | ({"until": until.isoformat()} if until else {})
            for start, until in row.suspended
        ]
    return data
