"""Files as people hand them in."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Organisation, User
from workers import import_work, imports
from workers.models import Import, Worker


def a_file(content: str | bytes, name: str = "hours.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)


def an_import(
    content: str | bytes,
    *,
    by: User,
    kind: str = "hours",
    worker: Worker | None = None,
    organisation: Organisation | None = None,
    name: str = "hours.csv",
    checked: bool = True,
    stored: bool = False,
    **reading: Any,
) -> Import:
    """A file handed in and, unless said otherwise, checked as guessed."""
    found = imports.upload(
        kind=kind, file=a_file(content, name), by=by, worker=worker, organisation=organisation
    )
    if checked or stored:
        imports.choose(found, by=by, **reading)
        import_work.work()
        found.refresh_from_db()
    if stored:
        assert found.status == "ready", found.problem
        imports.confirm(found, by=by)
        import_work.work()
        found.refresh_from_db()
    return found
