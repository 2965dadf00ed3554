"""Courses and completions by API: providers keep and upload, workers confirm."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Organisation
from accounts.policy import Permission, organisations_where
from accounts.refusals import Refused
from workers import learning
from workers.api.common import own_record
from workers.api.people import BySlug
from workers.api.record import StatementSerializer
from workers.learning import NewCompletion
from workers.models import Completion, Course


class OwnProvider(BySlug):
    """An organisation for which the caller keeps courses; whether another is there is not told."""

    def get_queryset(self) -> QuerySet[Organisation]:
        where = organisations_where(self.context["request"].user, Permission.COURSES_KEEP)
        return Organisation.objects.filter(pk__in=where)


class CourseSerializer(serializers.ModelSerializer):
    """A course or an examination. `by_topic`: minutes of further topics; the rest is on `code`."""

    provider = OwnProvider(slug_field="slug", queryset=Organisation.objects.none())
    minutes = serializers.IntegerField(required=False, allow_null=True, min_value=1)
    by_topic = serializers.DictField(child=serializers.IntegerField(min_value=1), required=False)

    class Meta:
        model = Course
        fields = ["id", "provider", "kind", "title", "code", "minutes", "by_topic", "mode", "retired_on"]
        read_only_fields = ["retired_on"]
        validators: list[Any] = []


class CoursesView(generics.ListAPIView):
    """The courses that one keeps; for authorities, all of them."""

    serializer_class = CourseSerializer
    queryset = Course.objects.none()
    filterset_fields = ["kind", "provider__slug"]

    def get_queryset(self) -> QuerySet[Course]:
        return Course.objects.visible_to(self.request.user).select_related("provider")

    @extend_schema(summary="Keep a course", responses={201: CourseSerializer})
    def post(self, request: Request) -> Response:
        sent = CourseSerializer(data=request.data, context={"request": request})
        sent.is_valid(raise_exception=True)
        course = learning.add_course(by=request.user, **sent.validated_data)
        return Response(CourseSerializer(course).data, status=status.HTTP_201_CREATED)


class CourseView(generics.GenericAPIView):
    """One course."""

    serializer_class = CourseSerializer
    queryset = Course.objects.none()

    @extend_schema(summary="Read a course")
    def get(self, request: Request, pk: int) -> Response:
        found = Course.objects.visible_to(request.user).select_related("provider")
        return Response(CourseSerializer(get_object_or_404(found, pk=pk)).data)

    @extend_schema(summary="Retire a course", responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        learning.retire_course(
            get_object_or_404(Course.objects.kept_by(request.user), pk=pk), by=request.user
        )
        return Response(status=status.HTTP_204_NO_CONTENT)


class CompletionSerializer(serializers.ModelSerializer):
    """What a provider says; `status` is `sent` until the person confirms or refuses it."""

    course = serializers.PrimaryKeyRelatedField(read_only=True)
    title = serializers.CharField(source="course.title", read_only=True)
    provider = serializers.CharField(source="course.provider.slug", read_only=True)
    named = serializers.CharField(read_only=True)

    class Meta:
        model = Completion
        fields = [
            "id",
            "client_id",
            "course",
            "title",
            "provider",
            "named",
            "day",
            "percent",
            "status",
            "uploaded_on",
            "decided_on",
        ]
        read_only_fields = fields


class NewCompletionSerializer(serializers.Serializer):
    client_id = serializers.UUIDField(
        required=False, help_text="An id of your own; without one, person and day make it."
    )
    named = serializers.CharField(max_length=254, help_text="Email address or record number.")
    day = serializers.DateField()
    percent = serializers.DecimalField(
        required=False, allow_null=True, max_digits=5, decimal_places=2, min_value=0, max_value=100
    )


class CompletionsUploadSerializer(serializers.Serializer):
    """Up to 1,000 completions of one course; each is stored or refused by itself."""

    course = serializers.IntegerField(help_text="Id of one of your courses.")
    completions = NewCompletionSerializer(many=True)

    def validate_completions(self, value: list[Any]) -> list[Any]:
        if not 1 <= len(value) <= learning.MOST:
            raise serializers.ValidationError("From 1 to 1,000 completions are expected.")
        return value


class CompletionProblemSerializer(serializers.Serializer):
    field = serializers.CharField()
    message = serializers.CharField()


class CompletionResultSerializer(serializers.Serializer):
    """What became of one completion, in the order of the request."""

    status = serializers.ChoiceField(choices=["stored", "already_stored", "conflict", "refused"])
    completion = CompletionSerializer(allow_null=True)
    problems = CompletionProblemSerializer(many=True)


class CompletionResultsSerializer(serializers.Serializer):
    results = CompletionResultSerializer(many=True)


def visible_completions(request: Request) -> QuerySet[Completion]:
    return Completion.objects.visible_to(request.user).select_related("course__provider")


class CompletionsView(generics.ListAPIView):
    """Completions that one uploaded, and those that are about oneself."""

    serializer_class = CompletionSerializer
    queryset = Completion.objects.none()
    filterset_fields = ["status", "course"]

    def get_queryset(self) -> QuerySet[Completion]:
        return visible_completions(self.request)

    @extend_schema(
        summary="Upload who completed a course",
        description="The answer is the same whether or not a person has an account here. Sent again, a"
        " completion is stored once.",
        request=CompletionsUploadSerializer,
        responses={200: CompletionResultsSerializer},
    )
    def post(self, request: Request) -> Response:
        sent = CompletionsUploadSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        given = sent.validated_data
        kept = Course.objects.kept_by(request.user).select_related("provider")
        course = get_object_or_404(kept, pk=given["course"])
        rows = [NewCompletion(**row) for row in given["completions"]]
        outcomes = learning.upload_each(course=course, by=request.user, completions=rows)
        return Response({"results": [_result(outcome) for outcome in outcomes]})


def _result(outcome: learning.Outcome) -> dict[str, Any]:
    refused, stored = outcome.refused, outcome.completion
    word = "stored" if outcome.created else "already_stored"
    if refused:
        word = "conflict" if stored else "refused"
    return {
        "status": word,
        "completion": CompletionSerializer(stored).data if stored else None,
        "problems": [_problem(refused)] if refused else [],
    }


def _problem(refused: Refused) -> dict[str, str]:
    return {"field": refused.field or "", "message": refused.message}


class ConfirmCompletionView(generics.GenericAPIView):
    serializer_class = StatementSerializer
    queryset = Completion.objects.none()

    @extend_schema(
        summary="Take a completion into one's record", request=None, responses={201: StatementSerializer}
    )
    def post(self, request: Request, pk: int) -> Response:
        found = get_object_or_404(Completion.objects.about(request.user), pk=pk)
        statement = learning.confirm(found, worker=own_record(request.user), by=request.user)
        return Response(StatementSerializer(statement).data, status=status.HTTP_201_CREATED)


class RefuseCompletionView(generics.GenericAPIView):
    serializer_class = CompletionSerializer
    queryset = Completion.objects.none()

    @extend_schema(
        summary="Say that a completion is wrong", request=None, responses={200: CompletionSerializer}
    )
    def post(self, request: Request, pk: int) -> Response:
        about = Completion.objects.about(request.user).select_related("course__provider")
        found = learning.refuse(get_object_or_404(about, pk=pk), by=request.user)
        return Response(CompletionSerializer(found).data)
