"""Organisations come to be: employers by themselves, authorities and the rest by an operator."""

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts import members, trail
from accounts.models import Organisation, User
from accounts.refusals import Refused
from accounts.roles import OrganisationKind, Role

#: Words that stand in addresses where a slug may stand too.
RESERVED = frozenset({"register"})


@transaction.atomic
def register_employer(*, name: str, state: str, by: User) -> Organisation:
    """A new employer, with `by` as its owner."""
    organisation = _create(kind=OrganisationKind.EMPLOYER, name=name, state=state, by=by)
    members.start(user=by, organisation=organisation, role=Role.OWNER, by=by)
    return organisation


@transaction.atomic
def create(*, kind: OrganisationKind, name: str, state: str = "", slug: str = "") -> Organisation:
    """What an operator sets up on the command line. Raises Refused when the slug is taken."""
    return _create(kind=kind, name=name, state=state, slug=slug, by=None)


def _create(
    *, kind: OrganisationKind, name: str, state: str, by: User | None, slug: str = ""
) -> Organisation:
    if slug and Organisation.objects.filter(slug=slug).exists():
        raise Refused(_("There is an organization of that short name already."), field="slug")
    organisation = Organisation.objects.create(
        kind=kind, name=name, state=state, slug=slug or free_slug(name)
    )
    trail.record(
        "organisation.created", subject=organisation, by=by, organisation_id=organisation.pk, kind=kind
    )
    return organisation


def free_slug(name: str) -> str:
    """A slug made of `name` that no organisation has."""
    stem = slugify(name)[:40].strip("-") or "organisation"
    taken = RESERVED | set(Organisation.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    numbered = (f"{stem}-{n}" for n in range(2, len(taken) + 3))
    return next(slug for slug in (stem, *numbered) if slug not in taken)
