"""Who may open what of links by which hours are signed; see tests/access_table.py."""

from typing import Any

from accounts.invitations import digest
from tests.access_table import Row, row
from tests.builders.workers import an_entry
from tests.cast import Cast
from workers import links
from workers.models import SigningLink

TOKEN = "a-token"


def left(cast: Cast) -> None:
    """Sam, who supervised Ana, does so no more; hours of theirs wait."""
    an_entry(cast.employment)
    cast.supervisor.memberships.update(ended_at=cast.supervisor.created_at)
    vars(cast.supervisor).pop("active_memberships", None)


def agreement(cast: Cast) -> list[Any]:
    left(cast)
    return [cast.agreement.pk]


def job(cast: Cast) -> list[Any]:
    an_entry(cast.employment)
    return [cast.employment.pk]


def _link(cast: Cast) -> SigningLink:
    left(cast)
    link = links.ask_supervisor(cast.agreement, by=cast.owner)
    SigningLink.objects.filter(pk=link.pk).update(token_digest=digest(TOKEN))
    return link


def link(cast: Cast) -> list[Any]:
    return [_link(cast).pk]


def token(cast: Cast) -> list[Any]:
    _link(cast)
    return [TOKEN]


PAGES = [
    row(
        "workers:ask_supervisor",
        url=agreement,
        worker=200,
        owner=200,
        manager=200,
        supervisor=404,
        everyone=404,
    ),
    row(
        "workers:ask_supervisor",
        "POST",
        url=agreement,
        worker=302,
        owner=422,
        manager=422,
        supervisor=404,
        everyone=404,
    ),
    row("workers:ask_outsider", url=job, owner=200, manager=200, worker=403, everyone=404),
    row("workers:ask_outsider", "POST", url=job, owner=422, manager=422, worker=403, everyone=404),
    row("workers:withdraw_link", "POST", url=link, worker=302, owner=302, manager=302, everyone=404),
    # Whoever has the link, but for the worker.
    row("workers:signing_link", url=token, visitor=200, worker=403, everyone=200),
    row("workers:signing_link", "POST", url=token, visitor=422, worker=403, everyone=422),
    row("workers:signing_link", url=lambda cast: ["wrong"], visitor=404, everyone=404),
]

ROWS: list[Row] = [*PAGES]
