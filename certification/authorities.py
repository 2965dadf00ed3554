"""Which organisation works for an authority of the catalogue here."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import trail
from accounts.models import Organisation, User
from accounts.refusals import Refused
from certification.models import Authority


@transaction.atomic
def put_in_charge(*, authority: Authority, organisation: Organisation, by: User | None) -> Authority:
    """Let the members of `organisation` receive the applications of `authority`. Once; never taken over.

    `by` is None for an operator at the command line.
    """
    fresh = Authority.objects.select_for_update().get(pk=authority.pk)
    if organisation.kind != Organisation.Kind.AUTHORITY:
        raise Refused(_("%(name)s is not a certifying authority.") % {"name": organisation.name})
    if fresh.organisation_id == organisation.pk:
        return fresh
    if fresh.organisation_id:
        raise Refused(_("Another organization is in charge of this authority already."))
    if Authority.objects.filter(organisation=organisation).exists():
        raise Refused(_("%(name)s is in charge of another authority already.") % {"name": organisation.name})
    fresh.organisation = organisation
    fresh.save(update_fields=["organisation"])
    trail.record("authority.taken_charge", subject=fresh, by=by, organisation_id=organisation.pk)
    return fresh
