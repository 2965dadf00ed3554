"""Who may open what of the public register: everybody; see tests/access_table.py."""

from typing import Any

from certification.models import Credential
from tests.access_table import Row, row
from tests.builders.certification import a_credential
from tests.cast import Cast

EVERYBODY = {"visitor": 200, "everyone": 200}
WRONG = {"visitor": 422, "everyone": 422}


def credential(cast: Cast) -> Credential:
    return a_credential(cast.ana)


def number(cast: Cast) -> list[Any]:
    return [credential(cast).number]


def asked(cast: Cast) -> dict[str, str]:
    return {"number": credential(cast).number, "family_name": "Rivera"}


ROWS: list[Row] = [
    row("registry:verify", **EVERYBODY),
    row("registry:verify", "POST", data=asked, **EVERYBODY),
    row("registry:search", **EVERYBODY),
    row("registry:credential", url=number, **EVERYBODY),
    row("registry:credential", "POST", url=number, **WRONG),
    row("registry_api:register", data=lambda cast: {"q": "Rivera"}, **EVERYBODY),
    row("registry_api:listed", url=number, visitor=404, everyone=404),  # Ana did not choose to be listed
    row("registry_api:verify", data=asked, **EVERYBODY),
    row(
        "registry_api:verify_many",
        "POST",
        data=lambda cast: {"questions": [asked(cast)]},
        system=200,
        everyone=200,
    ),
]
