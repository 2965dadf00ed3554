"""People, the organisations they act for, and the traces of what they did."""

from typing import TYPE_CHECKING, Any, ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.append_only import append_only
from accounts.policy import Permission, organisations_where
from accounts.roles import KIND_OF_ROLE, OrganisationKind, Role
from accounts.scopes import Scope
from accounts.states import STATES

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

_KIND_OF_ROLE_SQL = " ".join(f"WHEN '{role}' THEN '{kind}'" for role, kind in KIND_OF_ROLE.items())
_ROLE_FITS_KIND = f"""
    IF NOT EXISTS (
        SELECT FROM accounts_organisation o
        WHERE o.id = NEW.organisation_id AND o.kind = (CASE NEW.role {_KIND_OF_ROLE_SQL} END)
    ) THEN
        RAISE EXCEPTION 'A % is not a role of this kind of organisation.', NEW.role
            USING ERRCODE = 'check_violation', CONSTRAINT = 'membership_role_fits_kind';
    END IF;
    RETURN NEW;
"""


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in. Whether they are a peer worker is not said here."""

    email = models.EmailField(_("email address"), unique=True)
    given_name = models.CharField(_("given name"), max_length=100, blank=True)
    family_name = models.CharField(_("family name"), max_length=100, blank=True)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, default="en")
    time_zone = models.CharField(_("time zone"), max_length=40, default="America/Chicago")
    wants_mail = models.BooleanField(_("send my notices by email too"), default=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_once_whatever_its_case"),
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.email

    def get_full_name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()

    def get_short_name(self) -> str:
        return self.given_name or self.email

    @cached_property
    def active_memberships(self) -> list["Membership"]:
        """Read once a request: policy questions are asked many times a page."""
        return list(self.memberships.filter(ended_at=None).select_related("organisation").order_by("pk"))


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def visible_to(self, user: "User | AnonymousUser") -> "OrganisationQuerySet":
        """Those one is a member of."""
        return self.filter(pk__in=organisations_where(user, Permission.MEMBERS_VIEW))


class Organisation(models.Model):
    """An authority, an employer, a verifier (payer, hospital) or a training provider."""

    Kind = OrganisationKind

    kind = models.CharField(_("kind"), max_length=20, choices=OrganisationKind.choices)
    name = models.CharField(_("name"), max_length=200)
    slug = models.SlugField(unique=True)
    state = models.CharField(_("state"), max_length=5, choices=STATES, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="organisation_kind_is_known", condition=Q(kind__in=OrganisationKind.values)
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def policy_organisation_id(self) -> int:
        return self.pk


class Membership(models.Model):
    """What a person may do for an organisation; ended, never deleted."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    started_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation", "role"],
                condition=Q(ended_at=None),
                name="membership_once_at_a_time",
            ),
            models.CheckConstraint(name="membership_role_is_known", condition=Q(role__in=Role.values)),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="role_fits_kind",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                func=_ROLE_FITS_KIND,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()}, {self.organisation}"

    @property
    def policy_organisation_id(self) -> int:
        return self.organisation_id


class Invitation(models.Model):
    """A link, sent by email, that makes its reader a member. Only its token's digest is stored."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="invitations")
    email = models.EmailField(_("email address"))
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    token_digest = models.CharField(max_length=64, unique=True)
    # Nobody: the operator, on the command line.
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    invited_on = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    accepted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    accepted_on = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="invitation_accepted_by_someone_on_a_day",
                condition=Q(accepted_by=None, accepted_on=None)
                | Q(accepted_by__isnull=False, accepted_on__isnull=False),
            ),
            models.UniqueConstraint(
                Lower("email"),
                "organisation",
                "role",
                condition=Q(accepted_on=None, withdrawn_at=None),
                name="invitation_open_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email}, {self.organisation}"

    @property
    def policy_organisation_id(self) -> int:
        return self.organisation_id


class ApiClientQuerySet(models.QuerySet["ApiClient"]):
    def visible_to(self, user: "User | AnonymousUser") -> "ApiClientQuerySet":
        """Those of the organisations whose systems one looks after."""
        return self.filter(organisation__in=organisations_where(user, Permission.SYSTEMS_MANAGE))


class ApiClient(models.Model):
    """A connected system: a program of an organisation that uses the API. Disconnected, never deleted."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="api_clients")
    # Holds the id and the hash of the secret.
    application = models.OneToOneField(
        "oauth2_provider.Application", on_delete=models.PROTECT, related_name="api_client"
    )
    name = models.CharField(_("name"), max_length=100)
    scopes = ArrayField(models.CharField(max_length=20, choices=Scope.choices), verbose_name=_("scopes"))
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_on = models.DateTimeField(default=timezone.now)
    secret_changed_on = models.DateTimeField(default=timezone.now)
    last_used_on = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    revoked_on = models.DateTimeField(null=True)

    objects = ApiClientQuerySet.as_manager()

    class Meta:
        ordering = ["-made_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                "organisation",
                Lower("name"),
                condition=Q(revoked_on=None),
                name="api_client_named_once",
            ),
            models.CheckConstraint(
                name="api_client_with_known_scopes",
                condition=Q(scopes__len__gt=0, scopes__contained_by=Scope.values),
            ),
            models.CheckConstraint(
                name="api_client_revoked_by_someone_on_a_day",
                condition=Q(revoked_by=None, revoked_on=None)
                | Q(revoked_by__isnull=False, revoked_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def policy_organisation_id(self) -> int:
        return self.organisation_id

    @property
    def scope_words(self) -> list[str]:
        """What it may do, in words."""
        return [str(Scope(name).label) for name in self.scopes]


class Event(models.Model):
    """One line of the trail: who did what, to what, when. Append-only in the database."""

    at = models.DateTimeField(default=timezone.now)
    verb = models.CharField(max_length=60)
    actor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    data = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["subject_type", "subject_id", "at"], name="event_by_subject")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_type} {self.subject_id}"


class Access(models.Model):
    """Somebody other than the person looked at a person's record. Append-only."""

    at = models.DateTimeField(default=timezone.now)
    # A person, or a connected system of an organisation.
    viewer = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    system = models.ForeignKey("ApiClient", on_delete=models.PROTECT, null=True, related_name="+")
    # Whose record it is, where that person has an account.
    about = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    what = models.CharField(max_length=60)

    class Meta:
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "-at"], name="access_by_subject"),
            models.Index(fields=["about", "-at"], name="access_by_person"),
        ]
        constraints = [
            models.CheckConstraint(
                name="access_by_a_person_or_a_system",
                condition=Q(viewer__isnull=False, system=None) | Q(viewer=None, system__isnull=False),
            ),
        ]
        triggers = append_only()

    #: What somebody may look at, by the word that `trail.saw` takes.
    WHAT = {
        "record": _("Your record"),
        "hours": _("Your hours"),
        "job": _("Your job"),
        "statements": _("Your qualifications"),
        "evidence": _("A file of yours"),
        "application": _("Your application"),
        "credential": _("Your credential"),
        "readiness": _("How far you are on the ladder"),
    }

    def __str__(self) -> str:
        return f"{self.what} {self.subject_type} {self.subject_id}"

    @property
    def what_words(self) -> str:
        return str(self.WHAT.get(self.what, self.what))


class Notice(models.Model):
    """Something a person should know, on their page and, if they wish, by email.

    The text is a message id and its parameters, so that it is read in the reader's language. A notice is
    its own outbox row: mail is sent by a task that finds `mail_due` and sets `mailed_at`.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notices")
    message = models.TextField()
    params = models.JSONField(default=dict)
    url = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)
    mail_due = models.BooleanField(default=False)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["user", "-created_at"], name="notice_by_user"),
            models.Index(fields=["id"], condition=Q(mail_due=True, mailed_at=None), name="notice_to_mail"),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def text(self) -> str:
        return gettext(self.message) % self.params
