"""Supervision received, statements and evidence by API."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.http import FileResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import generics, serializers, status
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from workers import evidence, sessions, statements
from workers.api.common import MOST, DoneSerializer, PersonField, all_of, own_record
from workers.models import Agreement, Evidence, Statement, SupervisionSession


class OwnAgreement(serializers.PrimaryKeyRelatedField):
    """One of the caller's own; whether another is there is not told."""

    def get_queryset(self) -> QuerySet[Agreement]:
        return Agreement.objects.filter(worker__user=self.context["request"].user)


class SessionSerializer(serializers.ModelSerializer):
    """Supervision received."""

    worker = serializers.UUIDField(source="worker.uid", read_only=True)
    agreement = OwnAgreement(help_text="Under which agreement it was held.")
    topics = serializers.DictField(
        child=serializers.IntegerField(min_value=1),
        required=False,
        help_text="Minutes by further subject; the rest belongs to `domain`.",
    )
    confirmed_by = PersonField(read_only=True)

    class Meta:
        model = SupervisionSession
        fields = [
            "id",
            "worker",
            "agreement",
            "day",
            "minutes",
            "format",
            "domain",
            "topics",
            "basis",
            "recorded_at",
            "confirmed_by",
            "confirmed_on",
        ]
        read_only_fields = ["basis", "recorded_at", "confirmed_on"]


class SessionIdsSerializer(serializers.Serializer):
    sessions = serializers.ListField(child=serializers.IntegerField(), min_length=1, max_length=MOST)


def visible_sessions(request: Request) -> QuerySet[SupervisionSession]:
    return SupervisionSession.objects.visible_to(request.user).select_related("worker", "confirmed_by")


class SessionsView(generics.ListAPIView):
    """Sessions that the caller received or may confirm."""

    serializer_class = SessionSerializer
    queryset = SupervisionSession.objects.none()

    def get_queryset(self) -> QuerySet[SupervisionSession]:
        return visible_sessions(self.request)

    @extend_schema(summary="Record a session received", responses={201: SessionSerializer})
    def post(self, request: Request) -> Response:
        sent = SessionSerializer(data=request.data, context={"request": request})
        sent.is_valid(raise_exception=True)
        session = sessions.record(worker=own_record(request.user), by=request.user, **sent.validated_data)
        return Response(SessionSerializer(session).data, status=status.HTTP_201_CREATED)


class SessionView(generics.GenericAPIView):
    serializer_class = SessionSerializer
    queryset = SupervisionSession.objects.none()

    @extend_schema(summary="Take out a session that nobody confirmed", responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        sessions.discard(get_object_or_404(visible_sessions(request), pk=pk), by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class ConfirmSessionsView(APIView):
    @extend_schema(
        summary="Confirm sessions that one held",
        request=SessionIdsSerializer,
        responses={200: DoneSerializer},
    )
    def post(self, request: Request) -> Response:
        sent = SessionIdsSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        chosen = all_of(visible_sessions(request), sent.validated_data["sessions"])
        return Response({"done": sessions.confirm(chosen, by=request.user)})


class EvidenceSerializer(serializers.ModelSerializer):
    """A file; its content is at `/evidence/{uid}`."""

    class Meta:
        model = Evidence
        fields = ["uid", "name", "content_type", "size", "sha256", "uploaded_on"]
        read_only_fields = fields


class UploadSerializer(serializers.Serializer):
    file = serializers.FileField(help_text="PDF, JPEG or PNG, by its content.")


class EvidencesView(generics.ListAPIView):
    """One's own files."""

    serializer_class = EvidenceSerializer
    queryset = Evidence.objects.none()

    def get_queryset(self) -> QuerySet[Evidence]:
        return Evidence.objects.of_person(self.request.user)

    @extend_schema(
        summary="Hand in a file; the same file sent twice is one",
        request={"multipart/form-data": UploadSerializer},
        responses={201: EvidenceSerializer},
    )
    def post(self, request: Request) -> Response:
        sent = UploadSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        stored = evidence.store(
            worker=own_record(request.user), file=sent.validated_data["file"], by=request.user
        )
        return Response(EvidenceSerializer(stored).data, status=status.HTTP_201_CREATED)


class EvidenceView(APIView):
    @extend_schema(
        summary="The file itself", responses={(200, "application/octet-stream"): OpenApiTypes.BINARY}
    )
    def get(self, request: Request, uid: UUID) -> FileResponse:
        return evidence.answer(get_object_or_404(Evidence.objects.of_person(request.user), uid=uid))


class EvidenceList(serializers.ListField):
    child = serializers.UUIDField()


@extend_schema_field({"type": "object", "additionalProperties": True})
class DetailsField(serializers.JSONField):
    """The rarer parts of a statement, by the names of the record format."""


class StatementSerializer(serializers.ModelSerializer):
    """What the worker states. `evidence` names files handed in before; `files` may be sent along."""

    details = DetailsField(required=False, default=dict)
    evidence = EvidenceSerializer(many=True, read_only=True)

    class Meta:
        model = Statement
        fields = ["id", "kind", *statements.FIELDS, "details", "evidence", "stated_at"]
        read_only_fields = ["stated_at"]


class StatementWriteSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(Statement.Kind.choices)
    code = serializers.CharField(required=False, max_length=120)
    name = serializers.CharField(required=False, max_length=300)
    day = serializers.DateField(required=False)
    until = serializers.DateField(required=False)
    minutes = serializers.IntegerField(required=False, min_value=1)
    amount = serializers.DecimalField(required=False, max_digits=9, decimal_places=2)
    details = DetailsField(required=False, default=dict)
    evidence = EvidenceList(required=False, help_text="Uids of files handed in before.")
    files = serializers.ListField(
        child=serializers.FileField(), required=False, help_text="Files sent along (multipart)."
    )

    def validate_details(self, value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise serializers.ValidationError("An object is expected.")
        return value


class AttachSerializer(serializers.Serializer):
    evidence = EvidenceList(required=False)
    files = serializers.ListField(child=serializers.FileField(), required=False)


def _files(request: Request, sent: dict[str, Any]) -> list[Evidence]:
    """The files a statement names, and those sent with it, which are stored."""
    named = all_of(Evidence.objects.of_person(request.user), sent.pop("evidence", []), key="uid")
    files = sent.pop("files", [])
    if not files:
        return named
    worker = own_record(request.user)
    return [*named, *evidence.store_all(worker=worker, files=files, by=request.user)]


def own_statements(request: Request) -> QuerySet[Statement]:
    found = Statement.objects.of_person(request.user).select_related("worker")
    return found.prefetch_related("evidence")


class StatementsView(generics.ListAPIView):
    """What the caller states of themselves."""

    serializer_class = StatementSerializer
    queryset = Statement.objects.none()
    filterset_fields = ["kind"]
    parser_classes = [JSONParser, MultiPartParser]

    def get_queryset(self) -> QuerySet[Statement]:
        return own_statements(self.request)

    @extend_schema(
        summary="State something, with the files that show it",
        request={
            "application/json": StatementWriteSerializer,
            "multipart/form-data": StatementWriteSerializer,
        },
        responses={201: StatementSerializer},
    )
    @transaction.atomic
    def post(self, request: Request) -> Response:
        sent = StatementWriteSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        given = dict(sent.validated_data)
        statement = statements.add(
            worker=own_record(request.user),
            by=request.user,
            **{name: value for name, value in given.items() if name not in ("evidence", "files")},
        )
        if files := _files(request, given):
            statements.attach(statement, files, by=request.user)
        return Response(StatementSerializer(statement).data, status=status.HTTP_201_CREATED)


class StatementView(generics.GenericAPIView):
    serializer_class = StatementSerializer
    queryset = Statement.objects.none()

    @extend_schema(summary="Read a statement")
    def get(self, request: Request, pk: int) -> Response:
        return Response(StatementSerializer(get_object_or_404(own_statements(request), pk=pk)).data)

    @extend_schema(summary="State it no longer", responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        statements.withdraw(get_object_or_404(own_statements(request), pk=pk), by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class StatementEvidenceView(generics.GenericAPIView):
    """More files for a statement."""

    serializer_class = AttachSerializer
    queryset = Statement.objects.none()
    parser_classes = [JSONParser, MultiPartParser]

    @extend_schema(
        summary="Add files that show a statement",
        request={"application/json": AttachSerializer, "multipart/form-data": AttachSerializer},
        responses={200: StatementSerializer},
    )
    @transaction.atomic
    def post(self, request: Request, pk: int) -> Response:
        statement = get_object_or_404(own_statements(request), pk=pk)
        sent = AttachSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        statements.attach(statement, _files(request, dict(sent.validated_data)), by=request.user)
        return Response(StatementSerializer(own_statements(request).get(pk=pk)).data)
