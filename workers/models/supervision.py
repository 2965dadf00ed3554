"""Who supervises whom, and what supervision was received."""

from typing import TYPE_CHECKING, Any

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Case, Exists, F, Func, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from accounts.policy import Permission, organisations_where
from workers.marking import marks
from workers.models.people import Worker
from workers.words import Domain

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class Basis(models.TextChoices):
    """Why a person may supervise peer workers; the slugs that the catalogue's `by` names."""

    QUALIFIED_SUPERVISOR = "qualified-supervisor", _("Qualified supervisor at this employer")
    MENTAL_HEALTH_PROFESSIONAL = "mental-health-professional", _("Licensed mental health professional")
    REGISTERED_PEER_SUPERVISOR = "registered-peer-supervisor", _("Registered peer supervisor")
    PEER_RECOVERY_PEER_SUPERVISOR = "peer-recovery-peer-supervisor", _("Peer recovery peer supervisor")
    APPROVED_SUPERVISOR = "approved-supervisor", _("Supervisor approved by the authority")
    QUALIFIED_SUPERVISORY_STAFF = "qualified-supervisory-staff", _("Qualified supervisory staff")
    RECOVERY_COACH_SUPERVISOR = "recovery-coach-supervisor", _("Recovery coach supervisor")
    MARYLAND_PEER_SUPERVISOR = "md-rps", _("Registered peer supervisor (Maryland)")
    ORGANIZATION_QUALIFIED = (
        "organization-qualified-supervisor",
        _("Supervisor whom the organization finds qualified"),
    )
    NCB_APPROVED_SUPERVISOR = "ncb-approved-supervisor", _("Supervisor approved by the NCB")
    COACHERVISION_TRAINED = "coachervision-trained-supervisor", _("Supervisor trained in CoacherVision")
    HUMAN_SERVICES_DEGREE = (
        "human-services-degreed-supervisor",
        _("Supervisor with a degree in human services"),
    )
    CERTIFIED_COUNSELOR = "certified-counselor-supervisor", _("Certified counselor who supervises")
    LICENSED_CLINICAL_COUNSELOR = (
        "licensed-clinical-counselor-supervisor",
        _("Licensed clinical counselor who supervises"),
    )
    NOT_QUALIFIED = "not-qualified", _("Does not hold a supervisor's qualification")


def _outer(day: Any) -> Any:
    """A day of the agreement's query, or of the one around it, seen from a query inside it."""
    if isinstance(day, OuterRef):
        return OuterRef(day)
    return OuterRef(str(vars(day)["name"])) if isinstance(day, F) else day


class AgreementQuerySet(models.QuerySet["Agreement"]):
    def signable_by(self, user: "User | AnonymousUser") -> "AgreementQuerySet":
        """Agreements under which `user` signs today: as the supervisor, a delegate or a substitute.

        Somebody who no longer supervises for the employer signs nothing there; a substitute does.
        """
        if not user.is_authenticated:
            return self.none()
        named = Delegate.objects.today().filter(user=user).exclude(kind=Delegate.Kind.COLLEAGUE)
        return self.filter(
            Q(supervisor=user) | Q(pk__in=named.values("agreement")),
            employer__in=organisations_where(user, Permission.HOURS_SIGN),
        )

    def attested_by(self, user: "User | AnonymousUser") -> "AgreementQuerySet":
        """Agreements for which `user` was asked, as a colleague, to attest hours that wait."""
        if not user.is_authenticated:
            return self.none()
        asked = Delegate.objects.today().filter(user=user, kind=Delegate.Kind.COLLEAGUE)
        return self.filter(pk__in=asked.values("agreement"))

    def signed_by(self, user: User) -> "AgreementQuerySet":
        """Annotates `signing_as`, in which part `user` would sign under each (`SignedAs`)."""
        named = Delegate.objects.today().filter(user=user, agreement=OuterRef("pk"))
        return self.annotate(
            signing_as=Case(
                When(supervisor=user, then=Value(SignedAs.SUPERVISOR)),
                # A colleague's word is the weakest: whoever is named twice signs as the other.
                default=Subquery(named.order_by("-kind").values("kind")[:1]),
                output_field=models.CharField(),
            )
        )

    def held_on(self, day: Any) -> Any:
        """The agreements with `held`: what qualified the supervisor on a day, as known today (`Basis`).

        `day` is a date or an expression of the query. See `SupervisorStatus` for what decides.
        """
        dated = SupervisorStatus.objects.standing().for_agreement()
        another = Case(When(basis=OuterRef("basis"), then=Value(0)), default=Value(1))
        covering = dated.covering(_outer(day)).annotate(another=another)
        covering = covering.order_by("another", "started_on", "pk")
        undated = When(~Exists(dated.filter(basis=OuterRef("basis"))), then=F("basis"))
        return self.annotate(
            held=Coalesce(
                Subquery(covering.values("basis")[:1]),
                Case(undated, default=Value(Basis.NOT_QUALIFIED.value)),
                output_field=models.CharField(),
            )
        )

    def qualified_on(self, day: Any) -> Any:
        """The agreements with `qualified` beside `held`: whether hours of a day signed now are supervised."""
        return self.held_on(day).annotate(
            qualified=Case(When(held=Basis.NOT_QUALIFIED, then=Value(False)), default=Value(True))
        )

    def visible_to(self, user: "User | AnonymousUser") -> "AgreementQuerySet":
        """To the worker, to who signs under them, and to whoever sees the people of the employer."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(
            Q(worker__user=user)
            | Q(pk__in=Agreement.objects.signable_by(user).values("pk"))
            | Q(employer__in=organisations_where(user, Permission.PEOPLE_VIEW))
        )

    def in_force(self, day: Any) -> "AgreementQuerySet":
        """On a day, given as a date or as an expression of the query."""
        return self.filter(Q(ended_on=None) | Q(ended_on__gte=day), started_on__lte=day)


class Agreement(models.Model):
    """This supervisor supervises this worker at this employer, from a day to a day."""

    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="agreements")
    supervisor = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="agreements", verbose_name=_("supervisor")
    )
    employer = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="agreements")
    basis = models.CharField(
        _("what qualifies the supervisor"),
        max_length=40,
        choices=Basis,
        default=Basis.QUALIFIED_SUPERVISOR,
    )
    started_on = models.DateField(_("from"))
    ended_on = models.DateField(_("until"), null=True, blank=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_on = models.DateTimeField(default=timezone.now)

    objects = AgreementQuerySet.as_manager()

    class Meta:
        ordering = ["-started_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="agreement_ends_after_it_starts",
                condition=Q(ended_on=None) | Q(ended_on__gte=F("started_on")),
            ),
            models.CheckConstraint(name="agreement_basis_is_known", condition=Q(basis__in=Basis.values)),
            ExclusionConstraint(
                name="agreement_once_at_a_time",
                expressions=[
                    ("worker", RangeOperators.EQUAL),
                    ("supervisor", RangeOperators.EQUAL),
                    ("employer", RangeOperators.EQUAL),
                    (
                        Func(F("started_on"), F("ended_on"), Value("[]"), function="daterange"),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.supervisor}, {self.started_on:%Y-%m-%d}"

    @property
    def qualifies(self) -> bool:
        """Whether the employer says that the supervisor is qualified; by day: `qualified_on`."""
        return self.basis != Basis.NOT_QUALIFIED

    @property
    def policy_organisation_id(self) -> int:
        return self.employer_id

    @property
    def policy_user_id(self) -> int | None:
        return self.worker.user_id


class SignedAs(models.TextChoices):
    """In which part somebody signed hours."""

    SUPERVISOR = "supervisor", _("the supervisor")
    DELEGATE = "delegate", _("a delegate of the supervisor")
    SUBSTITUTE = "substitute", _("the substitute of a supervisor who left")
    COLLEAGUE = "colleague", _("a colleague, who attested them")
    LINK = "link", _("by a single-use link")


class DelegateQuerySet(models.QuerySet["Delegate"]):
    def today(self) -> "DelegateQuerySet":
        today = timezone.localdate()
        return self.filter(started_on__lte=today, ended_on__gte=today)


class Delegate(models.Model):
    """Someone who may sign in the supervisor's place, from a day to a day of signing.

    A delegate stands in for a supervisor, a substitute takes over what one who left did not sign: both sign
    as the supervisor would. A colleague attests that the work was done, which makes no hour supervised.
    """

    class Kind(models.TextChoices):
        DELEGATE = "delegate", _("stands in for the supervisor")
        SUBSTITUTE = "substitute", _("takes over from the supervisor")
        COLLEAGUE = "colleague", _("attests as a colleague")

    kind = models.CharField(
        _("as what"), max_length=10, choices=Kind.choices, default=Kind.DELEGATE, db_default=Kind.DELEGATE
    )
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="delegates")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="delegations")
    started_on = models.DateField(_("from"))
    ended_on = models.DateField(_("until"))

    objects = DelegateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="delegate_ends_after_it_starts", condition=Q(ended_on__gte=F("started_on"))
            ),
            models.CheckConstraint(
                name="delegate_kind_is_known", condition=Q(kind__in=["delegate", "substitute", "colleague"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.started_on:%Y-%m-%d}"


class StatusQuerySet(models.QuerySet["SupervisorStatus"]):
    def standing(self) -> "StatusQuerySet":
        return self.filter(withdrawn_on=None)

    def covering(self, day: Any) -> "StatusQuerySet":
        return self.filter(Q(ended_on=None) | Q(ended_on__gte=day), started_on__lte=day)

    def for_agreement(self) -> "StatusQuerySet":
        """Those that bear on the agreement of the outer query: its employer's word, or any authority's."""
        return self.filter(
            Q(voucher=OuterRef("employer")) | Q(voucher__kind=Organisation.Kind.AUTHORITY),
            supervisor=OuterRef("supervisor"),
        )

    def visible_to(self, user: "User | AnonymousUser") -> "StatusQuerySet":
        """To the supervisor, to whoever may vouch there, and where it bears on an agreement one sees."""
        if not user.is_authenticated:
            return self.none()
        seen = Agreement.objects.visible_to(user)
        return self.filter(
            Q(supervisor=user)
            | Q(voucher__in=organisations_where(user, Permission.SUPERVISORS_VOUCH))
            | Q(voucher__in=seen.values("employer"), supervisor__in=seen.values("supervisor"))
            | Q(voucher__kind=Organisation.Kind.AUTHORITY, supervisor__in=seen.values("supervisor"))
        )


class SupervisorStatus(models.Model):
    """From when to when somebody held what qualifies a supervisor, and who vouches for it.

    On each day an agreement is qualified by every standing status of its supervisor that covers the day, if
    its employer or an authority vouches for it; and by its own `basis`, for all its days, as long as nobody
    has dated that basis.
    """

    supervisor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="supervisor_statuses")
    basis = models.CharField(_("what qualifies the supervisor"), max_length=40, choices=Basis)
    voucher = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    evidence = models.CharField(_("how it can be checked"), max_length=200, blank=True)
    started_on = models.DateField(_("from"))
    ended_on = models.DateField(_("until"), null=True, blank=True)
    vouched_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    vouched_on = models.DateTimeField(default=timezone.now)
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_on = models.DateTimeField(null=True)

    objects = StatusQuerySet.as_manager()

    class Meta:
        ordering = ["-started_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="status_ends_after_it_starts",
                condition=Q(ended_on=None) | Q(ended_on__gte=F("started_on")),
            ),
            models.CheckConstraint(
                name="status_basis_is_known",
                condition=Q(basis__in=[basis for basis in Basis.values if basis != "not-qualified"]),
            ),
            models.CheckConstraint(
                name="status_withdrawn_by_someone_on_a_day",
                condition=Q(withdrawn_by=None, withdrawn_on=None)
                | Q(withdrawn_by__isnull=False, withdrawn_on__isnull=False),
            ),
            ExclusionConstraint(
                name="status_once_at_a_time",
                expressions=[
                    ("supervisor", RangeOperators.EQUAL),
                    ("voucher", RangeOperators.EQUAL),
                    ("basis", RangeOperators.EQUAL),
                    (
                        Func(F("started_on"), F("ended_on"), Value("[]"), function="daterange"),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(withdrawn_on=None),
            ),
        ]
        triggers = marks(
            "SELECT a.worker_id FROM {table} s JOIN workers_agreement a ON a.supervisor_id = s.supervisor_id"
        )

    def __str__(self) -> str:
        return f"{self.supervisor}: {self.basis}, {self.started_on:%Y-%m-%d}"

    @property
    def policy_organisation_id(self) -> int:
        return self.voucher_id


class SessionQuerySet(models.QuerySet["SupervisionSession"]):
    def to_confirm_by(self, user: "User | AnonymousUser") -> "SessionQuerySet":
        """Sessions under agreements that `user` signs for, as supervisor or delegate."""
        return self.filter(agreement__in=Agreement.objects.signable_by(user))

    def visible_to(self, user: "User | AnonymousUser") -> "SessionQuerySet":
        """One's own, and those one may confirm or has confirmed."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(Q(worker__user=user) | Q(agreement__in=Agreement.objects.signable_by(user)))


class SupervisionSession(models.Model):
    """Supervision a worker received. Counts once the supervisor has confirmed it."""

    class Format(models.TextChoices):
        INDIVIDUAL = "individual", _("one to one")
        GROUP = "group", _("group")

    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="sessions")
    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, related_name="sessions", verbose_name=_("supervisor")
    )
    day = models.DateField(_("day"))
    minutes = models.PositiveSmallIntegerField(_("minutes"))
    format = models.CharField(_("format"), max_length=10, choices=Format.choices)
    domain = models.CharField(_("subject"), max_length=40, choices=Domain.choices)
    # Minutes by further subject, where a session had several; the rest of it belongs to `domain`.
    topics = models.JSONField(default=dict, blank=True, db_default=Value({}, models.JSONField()))
    # What qualified the supervisor on the day, as known at confirmation; empty: as the agreement says.
    basis = models.CharField(max_length=40, choices=Basis, blank=True, default="", db_default="")
    recorded_at = models.DateTimeField(default=timezone.now)
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_on = models.DateTimeField(null=True)

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ["-day", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="session_whole_minutes_of_one_day", condition=Q(minutes__gte=1, minutes__lte=24 * 60)
            ),
            models.CheckConstraint(
                name="session_confirmed_by_someone_on_a_day",
                condition=Q(confirmed_by=None, confirmed_on=None)
                | Q(confirmed_by__isnull=False, confirmed_on__isnull=False),
            ),
        ]
        triggers = [
            *marks(),
            pgtrigger.Protect(
                name="confirmed_is_final",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Condition("OLD.confirmed_on IS NOT NULL"),
            ),
            pgtrigger.Trigger(
                name="confirmed_by_another",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Insert,
                condition=pgtrigger.Condition("NEW.confirmed_on IS NOT NULL"),
                func="""
                    IF EXISTS (
                        SELECT FROM workers_worker w
                        WHERE w.id = NEW.worker_id AND w.user_id = NEW.confirmed_by_id
                    ) THEN
                        RAISE EXCEPTION 'Nobody confirms their own supervision.'
                            USING ERRCODE = 'check_violation',
                                CONSTRAINT = 'session_not_confirmed_by_oneself';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d}, {self.minutes} min"

    @property
    def further(self) -> list[tuple[str, int]]:
        """Further subjects in words, with their minutes."""
        words = dict(Domain.choices)
        return [(str(words.get(code, code)), minutes) for code, minutes in self.topics.items()]

    @property
    def policy_user_id(self) -> int | None:
        return self.worker.user_id


class Reminder(models.Model):
    """That somebody was told once of what the calendar brings, so that nobody is told twice.

    `key` names the thing, what about it, and the day it is about: another day is another reminder.
    """

    key = models.CharField(max_length=100, unique=True)
    made_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.key
