"""What is signed, and by whom: the declaration in its wording, the act, and links for those outside."""

from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.append_only import append_only
from accounts.models import User
from accounts.policy import Permission, organisations_where
from workers.models.people import Employment, Worker
from workers.models.supervision import Agreement

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class Declaration(models.Model):
    """What a signer declares, in one wording and language, kept word for word from its first use."""

    version = models.PositiveSmallIntegerField()
    language = models.CharField(max_length=5)
    text = models.TextField(unique=True)
    first_used_at = models.DateTimeField(default=timezone.now)

    class Meta:
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.version} ({self.language})"


class SigningLinkQuerySet(models.QuerySet["SigningLink"]):
    def open(self) -> "SigningLinkQuerySet":
        """Those that still work."""
        return self.filter(used_on=None, withdrawn_on=None, expires_at__gt=timezone.now())

    def visible_to(self, user: "User | AnonymousUser") -> "SigningLinkQuerySet":
        """To the worker whose hours it is about, and to whoever manages the employer's people."""
        if not user.is_authenticated:
            return self.none()
        employers = organisations_where(user, Permission.PEOPLE_MANAGE)
        return self.filter(Q(worker__user=user) | Q(employment__employer__in=employers))


class SigningLink(models.Model):
    """Somebody without a sign-in is asked to sign certain hours, by a link that works once."""

    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="signing_links")
    employment = models.ForeignKey(Employment, on_delete=models.PROTECT, related_name="+")
    #: Under which the hours count as supervised; null: the signer had none.
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, null=True, related_name="+")
    email = models.EmailField(_("email address"))
    token_digest = models.CharField(max_length=64, unique=True)
    #: Ids of the entries it is limited to.
    entries = ArrayField(models.BigIntegerField())
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_on = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_on = models.DateTimeField(null=True)
    declined = models.BooleanField(default=False)
    withdrawn_on = models.DateTimeField(null=True)

    objects = SigningLinkQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="signing_link_expires_after_it_is_sent", condition=Q(expires_at__gt=F("asked_on"))
            ),
            models.CheckConstraint(
                name="signing_link_used_or_withdrawn", condition=Q(used_on=None) | Q(withdrawn_on=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{len(self.entries)} entries, {self.asked_on:%Y-%m-%d}"

    @property
    def policy_user_id(self) -> int | None:
        return self.worker.user_id

    @property
    def policy_organisation_id(self) -> int:
        return self.employment.employer_id


class Signature(models.Model):
    """One act of signing: who declared what about which content, and when."""

    signed_at = models.DateTimeField()
    signer = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    #: As the signer was called then; by a link, as they stated it.
    name = models.CharField(_("your name"), max_length=200)
    role = models.CharField(_("your role then"), max_length=200, blank=True)
    relationship = models.CharField(_("how you know of these hours"), max_length=300, blank=True)
    link = models.OneToOneField(SigningLink, on_delete=models.PROTECT, null=True, related_name="signature")
    declaration = models.ForeignKey(Declaration, on_delete=models.PROTECT, related_name="+")
    #: SHA-256, in hex, of what the worker said of the entries; see workers/canonical.py.
    fingerprint = models.CharField(max_length=64)
    entries = models.PositiveIntegerField()
    minutes = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="signature_by_a_member_or_a_link",
                condition=Q(signer__isnull=False, link=None)
                | Q(signer=None, link__isnull=False) & ~Q(name="") & ~Q(role="") & ~Q(relationship=""),
            ),
            models.CheckConstraint(name="signature_of_something", condition=Q(entries__gte=1)),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.name}, {self.signed_at:%Y-%m-%d}"
