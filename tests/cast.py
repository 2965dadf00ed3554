"""The one cast that tests share: Ana Rivera, who works; those around her; and strangers to her."""

from dataclasses import dataclass, fields
from datetime import date

from accounts.models import Organisation, User
from accounts.roles import OrganisationKind, Role
from tests.builders.accounts import a_member, a_person, an_organisation
from workers.models import Agreement, Employment, Worker


@dataclass(frozen=True)
class Cast:
    """Everybody, by the part they play. `ana` and `ben` are records, the rest of the parts are people."""

    employer: Organisation
    other_employer: Organisation
    authority: Organisation
    other_authority: Organisation

    worker: User
    ana: Worker
    employment: Employment
    agreement: Agreement
    another_worker: User
    ben: Worker

    supervisor: User
    owner: User
    manager: User
    other_supervisor: User
    other_owner: User

    administrator: User
    reviewer: User
    auditor: User
    other_reviewer: User
    other_administrator: User

    provider: Organisation
    trainer: User

    def people(self) -> dict[str, User]:
        """Name of the part -> person."""
        parts = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: part for name, part in parts.items() if isinstance(part, User)}


def make_cast() -> Cast:
    """Ana works at Hopewell under a qualified supervisor, in Minnesota; Ben works for another employer."""
    employer = an_organisation("Hopewell Recovery", slug="hopewell")
    other_employer = an_organisation("Northside Peers", slug="northside")
    authority = an_organisation("Minnesota Board", slug="minnesota-board", kind=OrganisationKind.AUTHORITY)
    other_authority = an_organisation(
        "Ohio Board", slug="ohio-board", kind=OrganisationKind.AUTHORITY, state="US-OH"
    )
    worker = a_person("Ana", "Rivera", email="ana@example.org")
    another_worker = a_person("Ben", "Okafor", email="ben@example.org")
    ana = Worker.objects.create(user=worker, given_name="Ana", family_name="Rivera", state="US-MN")
    ben = Worker.objects.create(user=another_worker, given_name="Ben", family_name="Okafor", state="US-MN")
    supervisor = a_member(Role.SUPERVISOR, organisation=employer, given_name="Sam", family_name="Lindqvist")
    owner = a_member(Role.OWNER, organisation=employer, given_name="Olive", family_name="Marsh")
    provider = an_organisation(
        "Lakes Training", slug="lakes-training", kind=OrganisationKind.TRAINING_PROVIDER
    )
    employment = an_employment(ana, employer)
    an_employment(ben, other_employer)
    return Cast(
        employer=employer,
        other_employer=other_employer,
        authority=authority,
        other_authority=other_authority,
        worker=worker,
        ana=ana,
        employment=employment,
        agreement=Agreement.objects.create(
            worker=ana,
            supervisor=supervisor,
            employer=employer,
            started_on=employment.started_on,
            made_by=owner,
        ),
        another_worker=another_worker,
        ben=ben,
        supervisor=supervisor,
        owner=owner,
        manager=a_member(Role.MANAGER, organisation=employer, given_name="Maya", family_name="Chen"),
        other_supervisor=a_member(Role.SUPERVISOR, organisation=other_employer, given_name="Theo"),
        other_owner=a_member(Role.OWNER, organisation=other_employer, given_name="Nora"),
        administrator=a_member(Role.ADMINISTRATOR, organisation=authority, given_name="Ada"),
        reviewer=a_member(Role.REVIEWER, organisation=authority, given_name="Rae"),
        auditor=a_member(Role.AUDITOR, organisation=authority, given_name="Odd"),
        other_reviewer=a_member(Role.REVIEWER, organisation=other_authority, given_name="Uma"),
        other_administrator=a_member(Role.ADMINISTRATOR, organisation=other_authority, given_name="Ivo"),
        provider=provider,
        trainer=a_member(Role.TRAINER, organisation=provider, given_name="Tess"),
    )


def an_employment(worker: Worker, employer: Organisation) -> Employment:
    return Employment.objects.create(
        worker=worker,
        employer=employer,
        title="Peer specialist",
        state="US-MN",
        started_on=date(2020, 1, 6),
    )
