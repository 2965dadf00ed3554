"""The people one can sign in as, and what each may try first. All of them are invented."""

from dataclasses import dataclass

from accounts.roles import Role

PASSWORD = "walk-the-ladder"  # noqa: S105 for the demonstration only; production mode refuses it
DOMAIN = "demo.example"


@dataclass(frozen=True)
class SignIn:
    """One person of the demonstration: `role` at `organisation` (a slug), or a worker without either."""

    part: str
    given_name: str
    family_name: str
    tries: str
    organisation: str = ""
    role: Role | None = None

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}"

    @property
    def email(self) -> str:
        return address(self.given_name, self.family_name)


def address(given_name: str, family_name: str) -> str:
    return f"{given_name}.{family_name}@{DOMAIN}".lower().replace(" ", "-")


ANA = SignIn(
    "Worker",
    "Ana",
    "Rivera",
    "A few hours short of Minnesota Level II. Last week waits for Samuel; once he signs, apply.",
)
LINH = SignIn(
    "Another worker",
    "Linh",
    "Pham",
    "The state asks for more: open the returned application, answer, hand it in again.",
)
SAMUEL = SignIn(
    "Supervisor",
    "Samuel",
    "Lindqvist",
    "Sign Ana's last week under “To sign”, and look at her goal right after.",
    "northern-lights",
    Role.SUPERVISOR,
)
OLIVE = SignIn(
    "Employer: owner",
    "Olive",
    "Marsh",
    "Make a ladder from a template and publish it; invite a member.",
    "northern-lights",
    Role.OWNER,
)
MAYA = SignIn(
    "Employer: manager",
    "Maya",
    "Chen",
    "The readiness board: once Ana is Level II she is ready for Senior Peer Specialist. Move her.",
    "northern-lights",
    Role.MANAGER,
)
ADA = SignIn(
    "State: administrator",
    "Ada",
    "Whitfield",
    "Credentials of Minnesota: suspend one, reinstate it, and look it up as the public does.",
    "mn-dhs",
    Role.ADMINISTRATOR,
)
RAE = SignIn(
    "State: reviewer",
    "Rae",
    "Okonkwo",
    "Take Ana's application from the desk and approve it: the credential is issued at once.",
    "mn-dhs",
    Role.REVIEWER,
)
OTTO = SignIn(
    "State: auditor",
    "Otto",
    "Brandt",
    "Reads every application and decision of Minnesota; changes nothing.",
    "mn-dhs",
    Role.AUDITOR,
)
UMA = SignIn(
    "Second authority: reviewer",
    "Uma",
    "Castellano",
    "The desk of the national NCPS. Minnesota's files stay closed to her.",
    "mental-health-america",
    Role.REVIEWER,
)
VERA = SignIn(
    "Payer",
    "Vera",
    "Lindgren",
    "Verify a credential by its number and family name, today or on the day of a service.",
    "prairie-health-plan",
    Role.CHECKER,
)

TESS = SignIn(
    "Training provider",
    "Tess",
    "Halvorsen",
    "Upload who completed a course; Ana confirms it, and Minnesota accepts it by itself.",
    "open-door-institute",
    Role.TRAINER,
)

SIGN_INS = (ANA, LINH, SAMUEL, OLIVE, MAYA, ADA, RAE, OTTO, UMA, VERA, TESS)
