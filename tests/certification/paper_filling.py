"""A record as somebody types it into the form of a paper application."""

from collections.abc import Iterator
from math import ceil
from typing import Any

from django.http import QueryDict

from certification.requirements.record import Record, split
from certification.requirements.record_files import (
    CONTINUING_EDUCATION,
    CREDENTIAL,
    EXPERIENCE,
    SUPERVISION,
    TRAINING,
    write_row,
)

ONE = ("born", "education", "education_field", "recovery_since", "background_check", "employment")
MANY = ("lived_experience", "attestations", "qualifications", "documents")


def filled(record: Record) -> QueryDict:
    data = record.to_data()
    sent = QueryDict(mutable=True)
    for name in ONE:
        sent[f"person-{name}"] = data.get(name, "")
    for name in MANY:
        sent.setlist(f"person-{name}", [text.strip() for text in data.get(name, [])])
    sent.setlist("person-fees_paid", [str(fact.value) for fact in record.fees_paid])
    for field, places in (("lives", record.lives_in), ("works", record.works_in)):
        for place in places:
            sent[f"person-{field}_in"] = place.state
            sent[f"person-{field}_share"] = str(place.share)
    for row in record.references:
        name = f"person-references_{row.by}" if row.by else "person-references"
        sent[name] = str(int(sent.get(name, 0)) + row.count)
    for n, exam in enumerate({row.name: row for row in record.exams}.values()):
        sent[f"person-exam{n}_passed"] = exam.passed.isoformat()
        sent[f"person-exam{n}_percent"] = str(exam.percent or "")
    tables = {
        "training": (TRAINING, record.training, "topic"),
        "continuing_education": (CONTINUING_EDUCATION, record.continuing_education, "topic"),
        "experience": (EXPERIENCE, record.experience, "domain"),
        "supervision": (SUPERVISION, record.supervision, "domain"),
        "credentials": (CREDENTIAL, record.credentials, ""),
    }
    for key, (shape, rows, part) in tables.items():
        typed = [one for row in rows for one in typed_rows(shape, row, part)]
        sent[f"{key}-TOTAL_FORMS"], sent[f"{key}-INITIAL_FORMS"] = str(len(typed)), "0"
        for n, one in enumerate(typed):
            for name, value in one.items():
                sent[f"{key}-{n}-{name}"] = value
    return sent


def typed_rows(shape: Any, row: Any, part: str) -> Iterator[dict[str, str]]:
    """The row as one for each topic or domain."""
    written = write_row(shape, row)
    written.pop("by_topic", None), written.pop("by_domain", None)
    common = {
        key: "on" if value is True else str(value) for key, value in written.items() if value is not False
    }
    for key in ("level", "kind"):
        if key in common:
            common["what"] = f"{key}:{common[key]}"
    if "training_hours" in common:
        common["training_hours"] = f"{row.training_minutes} min"
    if not part:
        yield common
        return
    shares = split(row.minutes, getattr(row, part), getattr(row, f"by_{part}"))
    for n, (slug, minutes) in enumerate(shares.items()):
        # What a course counts once (its days, its sessions) stands in its first row only.
        once = {key: "" for key in ("days", "sessions") if n}
        yield common | once | {"hours": f"{ceil(minutes)} min", part: slug or ""}
