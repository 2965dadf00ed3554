"""The trail: written in the same transaction as what it records."""

from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import Any

from django.db import connection, models
from django.utils import timezone
from psycopg.types.json import Json

from accounts.models import Access, Event, User
from accounts.scopes import System


def _name(subject: models.Model) -> str:
    return subject._meta.label_lower


def record(
    verb: str,
    *,
    subject: models.Model,
    by: User | System | None,
    organisation_id: int | None = None,
    **data: Any,
) -> Event:
    """One event. `data` holds plain JSON values, never the content of a sensitive field."""
    return Event.objects.create(
        verb=verb,
        subject_type=_name(subject),
        subject_id=subject.pk,
        **_done_by(by, organisation_id, data),
    )


def record_many(
    verb: str,
    *,
    subjects: list[Any],
    by: User | System | None,
    organisation_id: int | None = None,
    **data: Any,
) -> None:
    """The same event for many subjects, in one statement."""
    Event.objects.bulk_create(
        Event(
            verb=verb,
            subject_type=_name(subject),
            subject_id=subject.pk,
            **_done_by(by, organisation_id, data),
        )
        for subject in subjects
    )


def record_ids(
    verb: str,
    *,
    model: type[models.Model],
    ids: Collection[int],
    by: User | System | None,
    organisation_id: int | None = None,
) -> None:
    """The same event for many rows of a model that stand in the database only, in one statement."""
    line, params = line_for_each("named", verb, model=model, by=by, organisation_id=organisation_id)
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH named AS (SELECT unnest(%s::bigint[]) AS id) {line}",
            [list(ids), *params],
        )


def line_for_each(
    rows: str,
    verb: str,
    *,
    model: type[models.Model],
    by: User | System | None,
    organisation_id: int | None = None,
) -> tuple[str, list[Any]]:
    """The same as SQL, with its parameters: for the column `id` of `rows`, a part of the same statement."""
    done = _done_by(by, organisation_id, {})
    sql = f"""
        INSERT INTO accounts_event (at, verb, actor_id, subject_type, subject_id, organisation_id, data)
        SELECT %s::timestamptz, %s, %s::bigint, %s, id, %s::bigint, %s::jsonb FROM {rows}
    """  # noqa: S608
    actor_id = done["actor"] and done["actor"].pk
    about = model._meta.label_lower
    return sql, [timezone.now(), verb, actor_id, about, done["organisation_id"], Json(done["data"])]


def _done_by(by: User | System | None, organisation_id: int | None, data: dict[str, Any]) -> dict[str, Any]:
    """A person is the actor; a connected system is named in the data, and acts as its organisation."""
    if isinstance(by, System):
        return {
            "actor": None,
            "organisation_id": by.organisation_id,
            "data": {**data, "system": by.client.pk},
        }
    return {"actor": by, "organisation_id": organisation_id, "data": data}


def saw(
    what: str, *, subject: models.Model, viewer: User | System, organisation_id: int | None = None
) -> None:
    """Somebody looked at another person's record, which that person can read of.

    `subject` is theirs by its `policy_user_id`. To look at one's own record leaves no line. `what` is a word
    of `Access.WHAT`; KeyError for any other, which the person could not read.
    """
    if what not in Access.WHAT:
        raise KeyError(what)
    about_id = _about(subject)
    if about_id == viewer.pk:
        return
    Access.objects.create(
        about_id=about_id,
        what=what,
        subject_type=_name(subject),
        subject_id=subject.pk,
        **_seen_by(viewer, organisation_id),
    )


def saw_lately(what: str, *, subjects: Iterable[models.Model], viewer: User | System) -> None:
    """Somebody looked at a list of other people's records: a line for each person, one a day is enough."""
    seen = {subject.pk: subject for subject in subjects if _about(subject) != viewer.pk}
    if not seen:
        return
    kind = _name(next(iter(seen.values())))
    by = _seen_by(viewer)
    noted = Access.objects.filter(
        **by,
        subject_type=kind,
        subject_id__in=seen,
        what=what,
        at__gte=timezone.now() - timedelta(days=1),
    )
    for pk in noted.values_list("subject_id", flat=True):
        seen.pop(pk, None)
    Access.objects.bulk_create(
        Access(**by, about_id=_about(subject), subject_type=kind, subject_id=pk, what=what)
        for pk, subject in seen.items()
    )


def _seen_by(viewer: User | System, organisation_id: int | None = None) -> dict[str, Any]:
    if isinstance(viewer, System):
        return {"system": viewer.client, "organisation_id": viewer.organisation_id}
    return {"viewer": viewer, **({"organisation_id": organisation_id} if organisation_id else {})}


def _about(subject: models.Model) -> int | None:
    """Whose record it is, where that person has an account."""
    return getattr(subject, "policy_user_id", None)


def of(subject: models.Model) -> models.QuerySet[Event]:
    """What happened to `subject`, oldest first."""
    return (
        Event.objects.filter(subject_type=_name(subject), subject_id=subject.pk)
        .select_related("actor")
        .order_by("at", "pk")
    )
