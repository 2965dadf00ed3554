"""The organisations of the demonstration: real authorities, invented everything else."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from allauth.account.models import EmailAddress

from accounts.models import Membership, Organisation, User
from accounts.roles import OrganisationKind, Role
from certification.models import Authority, Level
from config.demonstration.cast import SIGN_INS, address

if TYPE_CHECKING:
    from config.demonstration.world import World

Kind = OrganisationKind


@dataclass(frozen=True)
class AuthorityPlan:
    """An authority of the catalogue: the one that administers `level`."""

    slug: str
    name: str
    state: str
    level: str


@dataclass(frozen=True)
class EmployerPlan:
    """An employer: its ladder, and the level its people first hold. `advanced` is the next one, or none."""

    slug: str
    name: str
    state: str
    template: str
    ladder: str
    work: str
    level: str
    advanced: str = "mha-ncps"

    @property
    def authority(self) -> str:
        return next(plan.slug for plan in AUTHORITIES if plan.state == self.state)


AUTHORITIES = (
    AuthorityPlan("mn-dhs", "Minnesota Department of Human Services", "US-MN", "mn-cps-2"),
    AuthorityPlan("mental-health-america", "Mental Health America", "", "mha-ncps"),
    AuthorityPlan("kiva-centers", "Kiva Centers (Massachusetts)", "US-MA", "ma-cps"),
    AuthorityPlan("pa-certification-board", "Pennsylvania Certification Board", "US-PA", "pa-cps"),
)
MHA = AUTHORITIES[1]

EMPLOYERS = (
    EmployerPlan(
        "northern-lights",
        "Northern Lights Peer Services",
        "US-MN",
        "four-tracks",
        "Northern Lights career ladder",
        "peer_support",
        "mn-cps-1",
        "mn-cps-2",
    ),
    EmployerPlan(
        "lakeshore",
        "Lakeshore Community Mental Health",
        "US-MN",
        "four-tracks",
        "Lakeshore peer ladder",
        "peer_support",
        "mn-cps-1",
        "mn-cps-2",
    ),
    EmployerPlan(
        "harbor-recovery",
        "Harbor Recovery Center",
        "US-MA",
        "massachusetts-provider",
        "Harbor recovery coaching ladder",
        "recovery_coaching",
        "ma-cps",
    ),
    EmployerPlan(
        "merrimack-wellness",
        "Merrimack Wellness Collaborative",
        "US-MA",
        "massachusetts-provider",
        "Merrimack ways up",
        "peer_support",
        "ma-cps",
    ),
    EmployerPlan(
        "keystone-peers",
        "Keystone Peer Alliance",
        "US-PA",
        "four-tracks",
        "Keystone peer career ladder",
        "peer_support",
        "pa-cps",
    ),
    EmployerPlan(
        "three-rivers",
        "Three Rivers Crisis Network",
        "US-PA",
        "four-tracks",
        "Three Rivers crisis and peer ladder",
        "peer_support",
        "pa-cps",
    ),
)
OTHERS = (
    ("prairie-health-plan", "Prairie Health Plan", Kind.VERIFIER, "US-MN"),
    ("open-door-institute", "Open Door Training Institute", Kind.TRAINING_PROVIDER, "US-MN"),
)
#: Who works for an organisation of a kind, by role, and how many of them.
STAFF = {
    Kind.AUTHORITY: ((Role.ADMINISTRATOR, 1), (Role.REVIEWER, 2), (Role.AUDITOR, 1)),
    Kind.EMPLOYER: ((Role.OWNER, 1), (Role.MANAGER, 1), (Role.SUPERVISOR, 3)),
    Kind.VERIFIER: ((Role.CHECKER, 1),),
    Kind.TRAINING_PROVIDER: ((Role.TRAINER, 1),),
}
FOUNDED_DAYS_AGO = 1600
ZONES = {"US-MA": "America/New_York", "US-PA": "America/New_York"}


def found(world: "World", password: str) -> None:
    """All organisations with their members. The authorities are those that the catalogue names."""
    founded = world.at(world.ago(FOUNDED_DAYS_AGO))
    planned = [
        *((one.slug, one.name, Kind.AUTHORITY, one.state) for one in AUTHORITIES),
        *((one.slug, one.name, Kind.EMPLOYER, one.state) for one in EMPLOYERS),
        *OTHERS,
    ]
    made = Organisation.objects.bulk_create(
        Organisation(slug=slug, name=name, kind=kind, state=state, created_at=founded)
        for slug, name, kind, state in planned
    )
    world.organisations = {one.slug: one for one in made}
    world.employers = list(EMPLOYERS)
    for plan in AUTHORITIES:
        authority = Level.objects.select_related("program__authority").get(code=plan.level).program.authority
        world.authorities[plan.slug] = authority
        authority.organisation = world.organisations[plan.slug]
    Authority.objects.bulk_update(world.authorities.values(), ["organisation"])
    _hire(world, password)


def _hire(world: "World", password: str) -> None:
    cast = {(one.organisation, one.role): one for one in SIGN_INS if one.role}
    posts: list[tuple[Organisation, Role, User]] = []
    for organisation in world.organisations.values():
        for role, count in STAFF[OrganisationKind(organisation.kind)]:
            for n in range(count):
                known = cast.get((organisation.slug, role)) if n == 0 else None
                given, family = (known.given_name, known.family_name) if known else next(world.names)
                person = a_user(world, given, family, password, state=organisation.state)
                posts.append((organisation, role, person))
    save_users(world, [person for _organisation, _role, person in posts])
    started = world.at(world.ago(FOUNDED_DAYS_AGO - 10))
    Membership.objects.bulk_create(
        Membership(user=person, organisation=organisation, role=role, started_at=started)
        for organisation, role, person in posts
    )
    for organisation, role, person in posts:
        world.members.setdefault((organisation.slug, role), []).append(person)


def a_user(
    world: "World", given: str, family: str, password: str, *, state: str, language: str = "en"
) -> User:
    """Somebody with the one password of the demonstration, not stored yet."""
    email = address(given, family)
    if email in world.people:
        email = email.replace("@", f".{len(world.people)}@")
    user = User(
        email=email,
        given_name=given,
        family_name=family,
        password=password,
        language=language,
        time_zone=ZONES.get(state, "America/Chicago"),
        created_at=world.at(world.ago(FOUNDED_DAYS_AGO - 20)),
    )
    world.people[email] = user
    return user


def save_users(world: "World", users: list[User]) -> None:
    User.objects.bulk_create(users)
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in users
    )
