"""The trail: written in the same transaction as what it records."""

from typing import Any

from django.db import models

from accounts.models import Access, Event, User


def _name(subject: models.Model) -> str:
    return subject._meta.label_lower


def record(
    verb: str, *, subject: models.Model, by: User | None, organisation_id: int | None = None, **data: Any
) -> Event:
    """One event. `data` holds plain JSON values, never the content of a sensitive field."""
    return Event.objects.create(
        verb=verb,
        subject_type=_name(subject),
        subject_id=subject.pk,
        actor=by,
        organisation_id=organisation_id,
        data=data,
    )


def record_many(
    verb: str, *, subjects: list[Any], by: User | None, organisation_id: int | None = None, **data: Any
) -> None:
    """The same event for many subjects, in one statement."""
    Event.objects.bulk_create(
        Event(
            verb=verb,
            subject_type=_name(subject),
            subject_id=subject.pk,
            actor=by,
            organisation_id=organisation_id,
            data=data,
        )
        for subject in subjects
    )


def saw(what: str, *, subject: models.Model, viewer: User, organisation_id: int | None = None) -> None:
    """Somebody looked at another person's record, which that person can read of.

    `subject` is theirs by its `policy_user_id`. To look at one's own record leaves no line. `what` is a word
    of `Access.WHAT`; KeyError for any other, which the person could not read.
    """
    if what not in Access.WHAT:
        raise KeyError(what)
    about_id = getattr(subject, "policy_user_id", None)
    if about_id == viewer.pk:
        return
    Access.objects.create(
        about_id=about_id,
        what=what,
        subject_type=_name(subject),
        subject_id=subject.pk,
        viewer=viewer,
        organisation_id=organisation_id,
    )


def of(subject: models.Model) -> models.QuerySet[Event]:
    """What happened to `subject`, oldest first."""
    return (
        Event.objects.filter(subject_type=_name(subject), subject_id=subject.pk)
        .select_related("actor")
        .order_by("at", "pk")
    )
