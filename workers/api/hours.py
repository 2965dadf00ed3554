"""Hours by API: /api/v1/hours and /api/v1/totals."""

from collections.abc import Callable
from typing import Any

import django_filters
from django.db.models import QuerySet, Sum
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import trail
from accounts.models import User
from accounts.refusals import Refused
from accounts.scopes import Scope, System
from workers import hours, intake, oddities, signing
from workers.api import quick
from workers.api.common import (
    MOST,
    DoneSerializer,
    PersonField,
    all_of,
    own_record,
)
from workers.api.jobs import Jobs, of_a_record
from workers.canonical import fingerprint
from workers.entries import RULES, NewHours
from workers.hours import LONGEST_REASON
from workers.models import HourEntry, Total
from workers.models.hours import DAY_MINUTES

#: What a caller says of hours; the rest is taken from the job.
WRITTEN = ("day", "minutes", "domain", "starts", "mode", "work", "pay", "state", "practicum", "note")
FROM_JOB = ("work", "pay", "state")


class HoursSerializer(serializers.ModelSerializer):
    """An entry of the ledger."""

    worker = serializers.UUIDField(source="worker.uid")
    decided_by = PersonField()
    odd = serializers.SerializerMethodField(help_text="In a list: what a signer should look at twice.")
    fingerprint = serializers.SerializerMethodField(help_text="SHA-256 of what the worker said.")

    class Meta:
        model = HourEntry
        fields = [
            "id",
            "client_id",
            "worker",
            "employment",
            *WRITTEN,
            "status",
            "recorded_at",
            "submitted_at",
            "decided_by",
            "decided_on",
            "reason",
            "supervised",
            "agreement",
            "amends",
            "superseded",
            "signature",
            "odd",
            "fingerprint",
        ]
        read_only_fields = fields

    def get_fingerprint(self, entry: HourEntry) -> str:
        return fingerprint(entry)

    def get_odd(self, entry: HourEntry) -> list[str]:
        found: dict[int, list[str]] = self.context.get("odd", {})
        return found.get(entry.pk, [])


class HoursWriteSerializer(serializers.ModelSerializer):
    """Hours to store. Send a `client_id` of your own: sent again, the entry is stored once."""

    client_id = serializers.UUIDField(required=False)
    employment = serializers.IntegerField(help_text="Id of one of the worker's jobs.")
    minutes = serializers.IntegerField(
        min_value=1,
        max_value=DAY_MINUTES,
        error_messages=dict.fromkeys(("min_value", "max_value"), RULES["hours_whole_minutes_of_one_day"][1]),
        help_text="Whole minutes, 1 to 1440.",
    )

    class Meta:
        model = HourEntry
        fields = ["client_id", "employment", *WRITTEN]
        validators: list[Any] = []  # the id and what it stands for are the action's matter
        extra_kwargs = {
            **{name: {"required": False, "help_text": "As in the job, unless said."} for name in FROM_JOB},
            "starts": {"required": False, "help_text": "Clock time, where it is known."},
        }


class OneSerializer(HoursWriteSerializer):
    """For a connected system: name the job, or the worker by the number of their record."""

    employment = serializers.IntegerField(required=False, help_text="Id of the job.")
    worker = serializers.UUIDField(
        required=False, help_text="Number of the record, where the job is the only one on that day."
    )
    draft = serializers.BooleanField(default=False, help_text="Keep it back instead of sending it.")

    class Meta(HoursWriteSerializer.Meta):
        fields = [*HoursWriteSerializer.Meta.fields, "worker", "draft"]


class IdsSerializer(serializers.Serializer):
    entries = serializers.ListField(child=serializers.IntegerField(), min_length=1, max_length=10 * MOST)


class ApproveSerializer(IdsSerializer):
    """Who calls this declares what GET /hours/declaration says."""

    seen = serializers.DictField(
        child=serializers.CharField(max_length=64),
        required=False,
        default=None,
        allow_null=True,
        help_text="Id -> fingerprint of the entries as they were read: what changed since is not signed.",
    )
    declaration = serializers.IntegerField(
        required=False, default=None, allow_null=True, help_text="Version of the declaration that was read."
    )

    def validate_seen(self, seen: dict[str, str] | None) -> dict[int, str] | None:
        if seen is None:
            return None
        return {int(pk): value for pk, value in seen.items() if pk.isdecimal()}


class ReturnSerializer(IdsSerializer):
    reason = serializers.CharField(max_length=LONGEST_REASON)


class HoursFilterSet(django_filters.FilterSet):
    # A number, not a choice: whether there is a job of that id elsewhere is not told.
    employment = django_filters.NumberFilter("employment", label="At one job.")
    since = django_filters.DateFilter("day", "gte", label="Worked on or after this day.")
    until = django_filters.DateFilter("day", "lte", label="Worked on or before this day.")
    worker = django_filters.UUIDFilter("worker__uid", label="One worker's.")

    class Meta:
        model = HourEntry
        fields = ["status", "employment", "since", "until", "worker"]


def visible(request: Request) -> QuerySet[HourEntry]:
    return HourEntry.objects.visible_to(request.user).select_related("worker", "decided_by")


class HoursView(generics.ListAPIView):
    """Hours that the caller logged or may sign, the newest first."""

    scopes = {"GET": Scope.HOURS_READ, "POST": Scope.HOURS_WRITE}
    serializer_class = HoursSerializer
    filterset_class = HoursFilterSet
    queryset = HourEntry.objects.none()

    def get_queryset(self) -> QuerySet[HourEntry]:
        return visible(self.request)

    def paginate_queryset(self, queryset: QuerySet[HourEntry]) -> list[HourEntry] | None:
        page = super().paginate_queryset(queryset)
        trail.saw_lately("hours", subjects=[entry.worker for entry in page or ()], viewer=self.request.user)
        return page

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        page = args[0] if args else []
        to_sign = [
            entry
            for entry in page
            if entry.status == HourEntry.Status.SUBMITTED and entry.worker.user_id != self.request.user.pk
        ]
        kwargs["context"] = {**self.get_serializer_context(), "odd": oddities.flags(to_sign)}
        return HoursSerializer(*args, **kwargs)

    @extend_schema(
        summary="Log hours",
        request=OneSerializer,
        responses={200: HoursSerializer, 201: HoursSerializer},
        examples=[
            OpenApiExample(
                "One day",
                {
                    "client_id": "5f0c7c1e-2a0e-4c53-9a3e-0c6a8f4a1b11",
                    "employment": 12,
                    "day": "2026-06-09",
                    "minutes": 450,
                    "domain": "advocacy",
                },
                request_only=True,
            )
        ],
    )
    def post(self, request: Request) -> Response:
        with of_a_record(request.user):
            new = Jobs.named_in([request.data], by=request.user).new_hours(_given(request.data))
        entry, created = _log(new, by=request.user)
        code = status.HTTP_201_CREATED if created else status.HTTP_200_OK
        return Response(quick.shown(entry), status=code)


def _given(sent: Any) -> dict[str, Any]:
    given = quick.read(sent)
    if given is None:
        read = OneSerializer(data=sent)
        read.is_valid(raise_exception=True)
        given = dict(read.validated_data)
    return given


def _log(new: NewHours, *, by: User | System) -> tuple[HourEntry, bool]:
    """The entry as it stands, and whether it was stored now. Raises Refused."""
    if isinstance(by, System):
        (result,) = intake.take([new], by=by, seen_by=by.client.organisation)
        for problem in result.problems:
            raise Refused(problem.message, field=problem.field)
        stored = HourEntry.objects.select_related("worker", "decided_by")
        return stored.get(pk=result.entry_id or 0), result.created
    (done,) = hours.log_each(worker=new.employment.worker, by=by, entries=[new])
    if done.entry is None:
        raise done.refused or Refused(_("These hours were not stored."))
    return done.entry, done.created


class EntryView(generics.GenericAPIView):
    """One entry."""

    scopes = {"GET": Scope.HOURS_READ}
    serializer_class = HoursSerializer
    queryset = HourEntry.objects.none()

    def _found(self, pk: int) -> HourEntry:
        return get_object_or_404(visible(self.request), pk=pk)

    @extend_schema(summary="Read an entry")
    def get(self, request: Request, pk: int) -> Response:
        entry = self._found(pk)
        trail.saw("hours", subject=entry, viewer=request.user)
        return Response(HoursSerializer(entry).data)

    @extend_schema(
        summary="Change hours that are not approved yet",
        request=HoursWriteSerializer(partial=True),
        responses={200: HoursSerializer},
    )
    def patch(self, request: Request, pk: int) -> Response:
        entry = self._found(pk)
        changed = hours.edit(entry, by=request.user, **_changes(request, entry))
        return Response(HoursSerializer(changed).data)

    @extend_schema(summary="Delete hours that are not approved yet", responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        hours.discard([self._found(pk)], by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _changes(request: Request, entry: HourEntry) -> dict[str, Any]:
    sent = HoursWriteSerializer(data=request.data, partial=True)
    sent.is_valid(raise_exception=True)
    given = {name: value for name, value in sent.validated_data.items() if name != "client_id"}
    if "employment" in given:
        job = entry.worker.employments.filter(pk=given["employment"]).first()
        if job is None:
            raise Refused(_("This is not one of your jobs."), field="employment")
        given["employment"] = job
    return given


class AmendView(generics.GenericAPIView):
    """Correct approved hours."""

    serializer_class = HoursWriteSerializer
    queryset = HourEntry.objects.none()

    @extend_schema(
        summary="Hand in a correction of approved hours",
        request=HoursWriteSerializer(partial=True),
        responses={201: HoursSerializer},
    )
    def post(self, request: Request, pk: int) -> Response:
        entry = get_object_or_404(visible(request), pk=pk)
        correction = hours.amend(entry, by=request.user, **_changes(request, entry))
        return Response(HoursSerializer(correction).data, status=status.HTTP_201_CREATED)


class StepView(APIView):
    """A step for several entries, all of them or none."""

    takes: type[IdsSerializer] = IdsSerializer
    step: Callable[..., int]

    def post(self, request: Request) -> Response:
        sent = self.takes(data=request.data)
        sent.is_valid(raise_exception=True)
        given = dict(sent.validated_data)
        entries = all_of(HourEntry.objects.visible_to(request.user), given.pop("entries"))
        return Response({"done": type(self).step(entries, by=request.user, **given)})


def _step_schema(summary: str, takes: type[IdsSerializer]) -> Any:
    return extend_schema(summary=summary, request=takes, responses={200: DoneSerializer})


@_step_schema("Send drafts or returned hours for a signature", IdsSerializer)
class SubmitView(StepView):
    step = staticmethod(hours.submit)


@_step_schema("Take submitted hours back", IdsSerializer)
class WithdrawView(StepView):
    step = staticmethod(hours.withdraw)


@_step_schema("Sign hours", ApproveSerializer)
class ApproveView(StepView):
    takes = ApproveSerializer
    step = staticmethod(hours.approve)


class DeclarationSerializer(serializers.Serializer):
    version = serializers.IntegerField()
    text = serializers.CharField()


class DeclarationView(APIView):
    """What a signature declares."""

    @extend_schema(
        summary="What one declares by signing hours, in one's language",
        responses={200: DeclarationSerializer},
    )
    def get(self, request: Request) -> Response:
        return Response({"version": signing.VERSION, "text": signing.wording()})


@_step_schema("Return hours to be corrected", ReturnSerializer)
class ReturnView(StepView):
    takes = ReturnSerializer
    step = staticmethod(hours.return_)


class TotalSerializer(serializers.ModelSerializer):
    class Meta:
        model = Total
        fields = [
            "month",
            "standing",
            "work",
            "domain",
            "pay",
            "state",
            "supervised",
            "practicum",
            "minutes",
        ]


class TotalsSerializer(serializers.Serializer):
    """Minutes by month and by all that requirements tell hours apart by."""

    counted = serializers.IntegerField(help_text="Approved minutes in all.")
    waiting = serializers.IntegerField(help_text="Minutes that wait for a signature.")
    rows = TotalSerializer(many=True)


class TotalsView(generics.GenericAPIView):
    """The caller's own totals."""

    serializer_class = TotalsSerializer
    queryset = Total.objects.none()
    filter_backends: list[Any] = []
    pagination_class = None

    @extend_schema(summary="One's own totals", responses={200: TotalsSerializer})
    def get(self, request: Request) -> Response:
        rows = Total.objects.filter(worker=own_record(request.user)).order_by("month", "pk")
        sums = dict(rows.order_by().values_list("standing").annotate(total=Sum("minutes")))
        return Response(
            {
                "counted": sums.get(Total.State.COUNTED, 0),
                "waiting": sums.get(Total.State.WAITING, 0),
                "rows": TotalSerializer(rows, many=True).data,
            }
        )
