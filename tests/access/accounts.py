"""Who may open what of accounts and of the site as a whole; see tests/access_table.py."""

from accounts.models import Membership
from accounts.roles import Role
from accounts.scopes import Scope
from tests.access_table import row
from tests.builders.accounts import a_notice, a_system, an_invitation
from tests.cast import Cast


def organisation(cast: Cast) -> list:
    return [cast.employer.slug]


def supervisors_membership(cast: Cast) -> list:
    return [cast.employer.slug, Membership.objects.get(user=cast.supervisor).pk]


def open_invitation(cast: Cast) -> list:
    return [cast.employer.slug, an_invitation(cast.employer, by=cast.owner).pk]


def connected_system(cast: Cast) -> list:
    return [cast.employer.slug, a_system(cast.employer, by=cast.owner, scopes=[Scope.HOURS_READ]).pk]


#: Only the owner looks after the members; the others of the employer see that there is something.
OWNER_ONLY = {"supervisor": 403, "manager": 403, "everyone": 404}

ROWS = [
    row("set_language", "POST", data=lambda cast: {"language": "es", "next": "/"}, everyone=302, visitor=302),
    row("manifest", everyone=200, visitor=200),
    row("service_worker", everyone=200, visitor=200),
    row("design", everyone=404, visitor=404),
    row("schema", everyone=200, visitor=200, system=403, system_without_scope=403),
    row("accounts:home", everyone=302, visitor=200),
    row("accounts:welcome", everyone=200),
    row("accounts:notices", everyone=200),
    row("accounts:read_all_notices", "POST", everyone=302),
    row(
        "accounts:read_notice",
        "POST",
        url=lambda cast: [a_notice(cast.worker).pk],
        worker=302,
        everyone=404,
    ),
    row("accounts:settings", everyone=200),
    row("accounts:settings", "POST", everyone=422),
    row("accounts:looks", everyone=200),
    row("accounts:register_organisation", everyone=200),
    row("accounts:register_organisation", "POST", everyone=422),
    row("accounts:members", url=organisation, supervisor=200, owner=200, manager=200, everyone=404),
    row("accounts:member", url=supervisors_membership, owner=200, **OWNER_ONLY),
    row(
        "accounts:member",
        "POST",
        url=supervisors_membership,
        data=lambda cast: {"role": Role.MANAGER},
        owner=302,
        **OWNER_ONLY,
    ),
    row("accounts:end_membership", "POST", url=supervisors_membership, owner=302, **OWNER_ONLY),
    row("accounts:invite", url=organisation, owner=200, **OWNER_ONLY),
    row("accounts:invite", "POST", url=organisation, owner=422, **OWNER_ONLY),
    row("accounts:resend_invitation", "POST", url=open_invitation, owner=302, **OWNER_ONLY),
    row("accounts:withdraw_invitation", "POST", url=open_invitation, owner=302, **OWNER_ONLY),
    row("accounts:systems", url=organisation, owner=200, **OWNER_ONLY),
    row("accounts:systems", "POST", url=organisation, owner=422, **OWNER_ONLY),
    row("accounts:change_secret", "POST", url=connected_system, owner=200, **OWNER_ONLY),
    row("accounts:disconnect_system", "POST", url=connected_system, owner=302, **OWNER_ONLY),
    row("accounts:invited", everyone=200),
    row("accounts:invited", "POST", everyone=422),
    row("accounts:invitation", url=lambda cast: ["unknown"], everyone=404, visitor=404),
    row("accounts:invitation", "POST", url=lambda cast: ["unknown"], everyone=404, visitor=404),
    # API
    row("accounts_api:token", "POST", everyone=400, visitor=400, system=400, system_without_scope=400),
    row("accounts_api:me", everyone=200),
    row("accounts_api:me", "PATCH", everyone=200),
    row("accounts_api:notices", everyone=200),
    row("accounts_api:notices_read", "POST", everyone=204),
    row(
        "accounts_api:notice_read",
        "POST",
        url=lambda cast: [a_notice(cast.worker).pk],
        worker=200,
        everyone=404,
    ),
    row("accounts_api:looks", everyone=200),
    row("accounts_api:employers", everyone=200),
    row("accounts_api:organisations", everyone=200),
    row("accounts_api:organisations", "POST", everyone=422),
    row("accounts_api:members", url=organisation, supervisor=200, owner=200, manager=200, everyone=404),
    row(
        "accounts_api:member",
        "PATCH",
        url=supervisors_membership,
        data=lambda cast: {"role": Role.MANAGER},
        owner=200,
        **OWNER_ONLY,
    ),
    row("accounts_api:member", "DELETE", url=supervisors_membership, owner=204, **OWNER_ONLY),
    row("accounts_api:invitations", url=organisation, owner=200, **OWNER_ONLY),
    row("accounts_api:invitations", "POST", url=organisation, owner=422, **OWNER_ONLY),
    row("accounts_api:invitation", "DELETE", url=open_invitation, owner=204, **OWNER_ONLY),
    row("accounts_api:invitation_again", "POST", url=open_invitation, owner=200, **OWNER_ONLY),
    row(
        "accounts_api:invitation_read",
        "POST",
        data=lambda cast: {"token": "unknown"},
        everyone=404,
        visitor=404,
    ),
    row("accounts_api:invitation_accept", "POST", data=lambda cast: {"token": "unknown"}, everyone=404),
]
