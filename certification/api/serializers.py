"""Shapes of applications and credentials in the API. Rules are the actions' to check."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from certification import credentials, desk, review
from certification.judging import Case, cases_of
from certification.models import Application, ApplicationItem, Credential, CredentialEvent
from certification.steps import Act, Step, open_acts, open_steps
from certification.wording import Wording
from workers.models import Evidence, Statement

Decision = ApplicationItem.Decision


class FileSerializer(serializers.ModelSerializer):
    class Meta:
        model = Evidence
        fields = ("uid", "name", "content_type", "size")


class StatedSerializer(serializers.ModelSerializer):
    class Meta:
        model = Statement
        fields = ("id", "kind", "code", "name", "day", "until", "minutes", "amount", "details")


class ItemSerializer(serializers.ModelSerializer):
    """One requirement that a person looks at. `sentence` is in the reader's language."""

    sentence = serializers.SerializerMethodField()
    statements = StatedSerializer(many=True, read_only=True)
    evidence = serializers.SerializerMethodField()

    class Meta:
        model = ApplicationItem
        fields = (
            "id",
            "path",
            "kind",
            "requirement",
            "sentence",
            "answer",
            "statements",
            "evidence",
            "decision",
            "reason",
            "decided_on",
        )

    def get_sentence(self, item: ApplicationItem) -> str:
        # One for all items: it reads the titles of levels.
        wording: Wording = self.context.setdefault("wording", Wording())
        return wording.requirement(item)

    @extend_schema_field(FileSerializer(many=True))
    def get_evidence(self, item: ApplicationItem) -> Any:
        """Its own files and those of the statements behind it, each once."""
        found = {file.pk: file for file in item.evidence.all()}
        for statement in item.statements.all():
            found |= {file.pk: file for file in statement.evidence.all()}
        return FileSerializer(found.values(), many=True).data


class ApplicationLineSerializer(serializers.ModelSerializer):
    """An application in a list."""

    level = serializers.SlugRelatedField("code", read_only=True)
    authority = serializers.CharField(source="authority.name", read_only=True)
    worker = serializers.CharField(source="worker.full_name", read_only=True)
    assigned_to = serializers.CharField(source="assigned_to.get_full_name", read_only=True, default=None)

    class Meta:
        model = Application
        fields: tuple[str, ...] = (
            "number",
            "status",
            "level",
            "authority",
            "worker",
            "started_at",
            "submitted_on",
            "assigned_to",
            "decided_on",
        )


class HappenedSerializer(serializers.Serializer):
    """A step or a decision, in the reader's language."""

    at = serializers.DateTimeField()
    what = serializers.CharField()
    reason = serializers.CharField(allow_blank=True)


class ApplicationSerializer(ApplicationLineSerializer):
    """An application with its items, the findings as they stood, and the steps open to the reader."""

    standard = serializers.CharField(read_only=True)
    items = ItemSerializer(many=True, read_only=True)
    findings = serializers.JSONField(read_only=True)
    credential = serializers.SerializerMethodField()
    steps = serializers.SerializerMethodField()
    history = serializers.SerializerMethodField()

    class Meta(ApplicationLineSerializer.Meta):
        fields: tuple[str, ...] = (
            *ApplicationLineSerializer.Meta.fields,
            "standard",
            "reason",
            "items",
            "findings",
            "credential",
            "steps",
            "history",
        )

    @extend_schema_field(HappenedSerializer(many=True))
    def get_history(self, application: Application) -> list[dict[str, Any]]:
        """What happened, the oldest first."""
        return [
            {"at": at, "what": told["what"], "reason": told.get("note", "")}
            for at, told in desk.events(application)
        ]

    def get_credential(self, application: Application) -> str | None:
        credential = getattr(application, "credential", None)
        return credential.number if credential else None

    def get_steps(self, application: Application) -> list[str]:
        return sorted(open_steps(application, user=self.context["request"].user))


class ReviewerSerializer(serializers.Serializer):
    name = serializers.CharField()
    email = serializers.EmailField()


class DeskApplicationSerializer(ApplicationSerializer):
    """As the authority reads it: also as it stands now, what stands in the way, and who may be given it."""

    findings_now = serializers.SerializerMethodField()
    obstacles = serializers.SerializerMethodField()
    reviewers = serializers.SerializerMethodField()

    class Meta(ApplicationSerializer.Meta):
        fields = (*ApplicationSerializer.Meta.fields, "findings_now", "obstacles", "reviewers")

    def _cases(self, application: Application) -> tuple[Case, Case]:
        if "cases" not in self.context:
            self.context["cases"] = cases_of(application)
        return self.context["cases"]

    def get_findings_now(self, application: Application) -> dict[str, Any]:
        """The whole tree by the facts of today."""
        return self._cases(application)[1].finding.to_json()

    def get_obstacles(self, application: Application) -> list[str]:
        """Why it cannot be approved yet, in sentences; empty where it can, or where nobody decides now."""
        if Step.APPROVE not in self.get_steps(application):
            return []
        return review.obstacles(application, self._cases(application))

    @extend_schema_field(ReviewerSerializer(many=True))
    def get_reviewers(self, application: Application) -> list[dict[str, str]]:
        """Who may be given it, to those who may give it."""
        if Step.ASSIGN not in self.get_steps(application):
            return []
        people = review.reviewers(application.authority.organisation_id or 0)
        return [{"name": str(person), "email": person.email} for person in people]


class StartSerializer(serializers.Serializer):
    level = serializers.SlugField(help_text="The code of a level of the catalogue.")


class AnswerSerializer(serializers.Serializer):
    answer = serializers.CharField(required=False, allow_blank=True, max_length=4000)
    evidence = serializers.ListField(
        child=serializers.UUIDField(), required=False, help_text="Ids of one's own files, to attach."
    )


class FileUploadSerializer(serializers.Serializer):
    file = serializers.FileField()


class OptionalReasonSerializer(serializers.Serializer):
    reason = serializers.CharField(required=False, allow_blank=True, max_length=2000, default="")


class ReasonSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=2000)


class AssignSerializer(serializers.Serializer):
    to = serializers.EmailField(
        required=False, help_text="The email address of a reviewer; oneself when absent."
    )


class DecisionSerializer(serializers.Serializer):
    decision = serializers.ChoiceField(choices=[Decision.ACCEPTED, Decision.REJECTED, Decision.ASKED])
    reason = serializers.CharField(required=False, allow_blank=True, max_length=2000, default="")


class EventSerializer(serializers.ModelSerializer):
    class Meta:
        model = CredentialEvent
        fields = ("kind", "effective_on", "expires_on", "reason", "recorded_on")


class CredentialSerializer(serializers.ModelSerializer):
    """A credential with its standing today and everything that happened to it."""

    level = serializers.SlugRelatedField("code", read_only=True)
    authority = serializers.CharField(source="authority.name", read_only=True)
    worker = serializers.CharField(source="worker.full_name", read_only=True)
    standard = serializers.CharField(read_only=True)
    status = serializers.ChoiceField(choices=credentials.Status.choices, read_only=True)
    issued_on = serializers.DateField(read_only=True)
    expires_on = serializers.DateField(read_only=True, allow_null=True)
    events = EventSerializer(many=True, read_only=True)
    steps = serializers.SerializerMethodField()

    class Meta:
        model = Credential
        fields = (
            "number",
            "level",
            "authority",
            "worker",
            "standard",
            "status",
            "issued_on",
            "expires_on",
            "events",
            "steps",
        )

    def get_steps(self, credential: Credential) -> list[str]:
        standing = credentials.standing(credential.events.all(), credentials.today())
        return sorted(open_acts(credential, standing.status, user=self.context["request"].user))


class ActSerializer(serializers.Serializer):
    act = serializers.ChoiceField(choices=[act.value for act in Act])
    on = serializers.DateField(required=False, help_text="From which day; today when absent.")
    reason = serializers.CharField(required=False, allow_blank=True, max_length=2000, default="")
    expires_on = serializers.DateField(
        required=False, help_text="For a renewal: the last day; by the standard when absent."
    )
