"""Who may open what of applications, the desk and credentials; see tests/access_table.py."""

from datetime import date
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from certification import review
from certification.models import Application, Authority, Credential, Standard
from tests.access_table import Row, row
from tests.builders.applications import a_draft, a_submitted, accept_all, an_open_standard, with_statements
from tests.builders.certification import a_credential, an_authority
from tests.cast import Cast
from workers import evidence
from workers.models import Evidence

#: People with a record; the others have no applications and no credentials of their own.
WORKERS = {"worker": 200, "another_worker": 200, "everyone": 404}
#: Who may look at the desk of Ana's authority, at a page of its own and at somebody's there.
DESK = {"reviewer": 200, "auditor": 200, "administrator": 200}
DESKS = {**DESK, "other_reviewer": 200, "everyone": 403}
AT_DESK = {**DESK, "everyone": 404}
#: Who may see what a draft would do.
OF_EFFECTS = {"auditor": 200, "administrator": 200}


def deciding(status: int) -> dict[str, int]:
    """A step of reviewers and administrators: the auditor sees and may not, the others see nothing."""
    return {"reviewer": status, "administrator": status, "auditor": 403, "everyone": 404}


def acting(status: int) -> dict[str, int]:
    """A step of administrators alone."""
    return {"administrator": status, "reviewer": 403, "auditor": 403, "everyone": 404}


def authority(cast: Cast) -> Authority:
    return Authority.objects.filter(organisation=cast.authority).first() or an_authority(cast.authority)


def standard(cast: Cast) -> Standard:
    return an_open_standard(authority=authority(cast))


def level_here(cast: Cast) -> list[Any]:
    return [standard(cast).level.code]


def a_draft_text(cast: Cast) -> dict[str, str]:
    return {"requires": "age: {at_least: 18}"}


def draft(cast: Cast) -> Application:
    return a_draft(with_statements(cast.ana), standard(cast))


def submitted(cast: Cast) -> Application:
    return a_submitted(with_statements(cast.ana), standard(cast))


def taken(cast: Cast) -> Application:
    return review.assign(application=submitted(cast), by=cast.reviewer)


def accepted(cast: Cast) -> Application:
    return accept_all(taken(cast), cast.reviewer)


def credential(cast: Cast) -> Credential:
    return a_credential(cast.ana, standard(cast), issued_on=date(2025, 1, 1), expires_on=date(2099, 1, 1))


def number(make: Any) -> Any:
    """The address of what `make` makes of the cast, by its number."""
    return lambda cast: [make(cast).number]


def item(make: Any) -> Any:
    def url(cast: Cast) -> list[Any]:
        made = make(cast)
        return [made.number, made.items.first().pk]

    return url


def a_file(cast: Cast) -> Evidence:
    data = BytesIO()
    Image.new("RGB", (4, 4)).save(data, "PNG")
    return evidence.store(
        worker=cast.ana, file=SimpleUploadedFile("a.png", data.getvalue()), by=cast.ana.user
    )


def with_file(make: Any, *, of_item: bool) -> Any:
    def url(cast: Cast) -> list[Any]:
        made, file = make(cast), a_file(cast)
        one = made.items.first()
        one.evidence.add(file)
        return [made.number, one.pk, file.uid] if of_item else [made.number, file.uid]

    return url


def own(status: int) -> dict[str, int]:
    return {"worker": status, "everyone": 404}


REASON = {"reason": "Because."}

APPLICANT: list[Row] = [
    row("certification:applications", **WORKERS),
    row("certification:apply", url=lambda cast: [standard(cast).level.code], **WORKERS),
    row(
        "certification:apply",
        "POST",
        url=lambda cast: [standard(cast).level.code],
        worker=302,
        another_worker=302,
        everyone=404,
    ),
    row("certification:application", url=number(draft), **own(200)),
    row("certification:item", url=item(draft), **own(200)),
    row("certification:item", "POST", url=item(draft), data=lambda cast: {"answer": "x"}, **own(302)),
    row("certification:detach", "POST", url=with_file(draft, of_item=True), **own(302)),
    row("certification:submit", "POST", url=number(draft), **own(302)),
    row("certification:withdraw", "POST", url=number(submitted), **own(302)),
    row("certification:credentials", everyone=200),
    row("certification:credential", url=number(credential), **own(200)),
    row("certification_api:applications", everyone=200),
    row(
        "certification_api:applications",
        "POST",
        data=lambda cast: {"level": standard(cast).level.code},
        worker=201,
        another_worker=201,
        everyone=404,
    ),
    row("certification_api:application", url=number(draft), **own(200)),
    row(
        "certification_api:application_item",
        "PATCH",
        url=item(draft),
        data=lambda cast: {"answer": "x"},
        **own(200),
    ),
    # JSON where a file is expected: refused as such to everybody before anything is looked up.
    row("certification_api:application_files", "POST", url=item(draft), everyone=415, visitor=401),
    row("certification_api:application_file", "DELETE", url=with_file(draft, of_item=True), **own(200)),
    row("certification_api:submit", "POST", url=number(draft), **own(200)),
    row("certification_api:withdraw", "POST", url=number(submitted), **own(200)),
]

REVIEWERS = {"administrator": 200, "reviewer": 200, "other_reviewer": 200, "everyone": 403}
UNREADABLE = {"administrator": 422, "reviewer": 422, "other_reviewer": 422}

AUTHORITY: list[Row] = [
    row("certification:desk", **DESKS),
    row("certification:desk_application", url=number(submitted), **AT_DESK),
    row("certification:desk_file", url=with_file(submitted, of_item=False), **AT_DESK),
    row("certification:desk_assign", "POST", url=number(submitted), **deciding(302)),
    row("certification:desk_item", "POST", url=item(taken), **deciding(422)),
    row("certification:desk_return", "POST", url=number(taken), **deciding(422)),
    row("certification:desk_deny", "POST", url=number(taken), **deciding(422)),
    row("certification:desk_approve", "POST", url=number(accepted), **deciding(302)),
    row("certification:desk_paper", **REVIEWERS),
    row("certification:desk_paper", "POST", **REVIEWERS),
    row("certification:desk_paper_record", **REVIEWERS),
    row("certification:desk_paper_record", "POST", **(REVIEWERS | UNREADABLE)),
    row("certification:desk_paper_batch", **REVIEWERS),
    row("certification:desk_paper_batch", "POST", **(REVIEWERS | UNREADABLE)),
    row("certification:what_ifs", **OF_EFFECTS, everyone=403),
    row("certification:what_if", url=level_here, **OF_EFFECTS, reviewer=403, everyone=404),
    row(
        "certification:what_if",
        "POST",
        url=level_here,
        data=a_draft_text,
        **OF_EFFECTS,
        reviewer=403,
        everyone=404,
    ),
    row("certification:desk_credentials", **DESKS),
    row("certification:desk_credential", url=number(credential), **AT_DESK),
    row(
        "certification:desk_act",
        "POST",
        url=lambda cast: [credential(cast).number, "suspend"],
        **acting(422),
    ),
    row("certification_api:desk", **DESKS),
    row("certification_api:desk_application", url=number(submitted), **AT_DESK),
    row("certification_api:desk_file", url=with_file(submitted, of_item=False), **AT_DESK),
    row("certification_api:desk_assign", "POST", url=number(submitted), **deciding(200)),
    row(
        "certification_api:desk_decision",
        "POST",
        url=item(taken),
        data=lambda cast: {"decision": "accepted"},
        **deciding(200),
    ),
    row(
        "certification_api:desk_return", "POST", url=number(taken), data=lambda cast: REASON, **deciding(200)
    ),
    row("certification_api:desk_deny", "POST", url=number(taken), data=lambda cast: REASON, **deciding(200)),
    row("certification_api:desk_approve", "POST", url=number(accepted), **deciding(200)),
]

CREDENTIALS: list[Row] = [
    row("certification_api:credentials", everyone=200),
    row(
        "certification_api:credential",
        url=number(credential),
        worker=200,
        reviewer=200,
        auditor=200,
        administrator=200,
        everyone=404,
    ),
    row(
        "certification_api:credential_events",
        "POST",
        url=number(credential),
        data=lambda cast: {"act": "suspend", **REASON},
        worker=403,
        **acting(201),
    ),
]

ROWS: list[Row] = [*APPLICANT, *AUTHORITY, *CREDENTIALS]
