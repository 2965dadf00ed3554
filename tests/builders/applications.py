"""Applications in any state, by the actions themselves, and a level that asks a little of everything."""

from typing import Any

from accounts.models import Organisation, User
from accounts.roles import OrganisationKind, Role
from certification import applications, review
from certification.models import Application, ApplicationItem, Authority, Standard
from tests.builders.accounts import a_member, an_organisation
from tests.builders.certification import a_standard, an_authority
from tests.builders.workers import a_statement, a_worker, hours
from workers.models import Worker

#: Nothing here is computed, so that a test can apply without hours.
REQUIRES = {
    "all": [
        {"training": {"hours": 40, "topic": "peer_support", "approved": True}},
        {"attestation": {"to": "code_of_ethics"}},
    ]
}


def a_working_authority(**fields: Any) -> Authority:
    """An authority that takes applications here."""
    return an_authority(an_organisation(kind=OrganisationKind.AUTHORITY), **fields)


def staff(authority: Authority | Organisation, role: Role | str = Role.REVIEWER, **person: Any) -> User:
    organisation = authority.organisation if isinstance(authority, Authority) else authority
    return a_member(role, organisation=organisation, **person)


def an_open_standard(requires: dict[str, Any] | None = None, **fields: Any) -> Standard:
    """A standard of an authority that works here; `REQUIRES` unless said otherwise."""
    fields.setdefault("authority", None)
    if not fields.get("level"):
        fields["authority"] = fields["authority"] or a_working_authority()
    return a_standard(requires or REQUIRES, **fields)


def with_statements(worker: Worker) -> Worker:
    """Everything that `REQUIRES` asks, stated."""
    a_statement(worker, "training", minutes=hours(40))
    a_statement(worker, "attestation")
    return worker


def a_draft(worker: Worker | None = None, standard: Standard | None = None) -> Application:
    worker = worker or with_statements(a_worker())
    standard = standard or an_open_standard()
    return applications.start(worker=worker, level=standard.level, by=worker.user)


def a_submitted(worker: Worker | None = None, standard: Standard | None = None) -> Application:
    draft = a_draft(worker, standard)
    return applications.submit(application=draft, by=draft.worker.user)


def in_review(reviewer: User | None = None, **made: Any) -> tuple[Application, User]:
    """An application taken up, and who took it."""
    application = a_submitted(**made)
    reviewer = reviewer or staff(application.authority)
    return review.assign(application=application, by=reviewer), reviewer


def accept_all(application: Application, by: User) -> Application:
    for item in application.items.exclude(decision=ApplicationItem.Decision.ACCEPTED):
        review.decide(item=item, by=by, decision="accepted")
    return application


def approved(**made: Any) -> tuple[Application, User]:
    application, reviewer = in_review(**made)
    review.approve(application=accept_all(application, reviewer), by=reviewer)
    application.refresh_from_db()
    return application, reviewer
