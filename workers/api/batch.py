"""Hours by the thousand: POST /api/v1/hours/batch. Each entry is stored or refused by itself."""

from collections.abc import Iterator
from typing import Any

from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import problems
from accounts.models import Organisation, User
from accounts.refusals import Refused
from accounts.scopes import Scope, System
from workers import intake
from workers.api import quick
from workers.api.common import MOST, own_record
from workers.api.hours import HoursSerializer, OneSerializer
from workers.api.jobs import Jobs, of_a_record
from workers.entries import NewHours
from workers.models import HourEntry

Shown = HourEntry | quick.Fresh


class Became(TextChoices):
    STORED = "stored", gettext_lazy("stored")
    ALREADY_STORED = "already_stored", gettext_lazy("stored before")
    CONFLICT = "conflict", gettext_lazy("the id is taken")
    REFUSED = "refused", gettext_lazy("refused")


class BatchEntrySerializer(OneSerializer):
    """As for one entry; here the `client_id` is what makes it safe to send the batch again."""

    class Meta(OneSerializer.Meta):
        extra_kwargs = OneSerializer.Meta.extra_kwargs

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        fields["client_id"].required = True
        return fields


class BatchSerializer(serializers.Serializer):
    """Up to 1,000 entries."""

    entries = BatchEntrySerializer(many=True)


class FieldProblemSerializer(serializers.Serializer):
    field = serializers.CharField(help_text="Empty where the entry as a whole is meant.")
    message = serializers.CharField()


class ResultSerializer(serializers.Serializer):
    """What became of one entry."""

    client_id = serializers.CharField(allow_null=True, help_text="As it was sent.")
    status = serializers.ChoiceField(
        Became.choices,
        help_text="`stored` now; `already_stored` before, with the same content; `conflict`: other content"
        " is stored under this id; `refused`: see `problems`.",
    )
    entry = HoursSerializer(allow_null=True, help_text="As it stands in the ledger.")
    problems = FieldProblemSerializer(many=True)
    existing = HoursSerializer(
        allow_null=True, help_text="What is in the way: stored under the same id, or at the same time."
    )


class BatchResultSerializer(serializers.Serializer):
    results = ResultSerializer(many=True, help_text="In the order of the entries sent.")


ENTRY = {
    "client_id": "5f0c7c1e-2a0e-4c53-9a3e-0c6a8f4a1b11",
    "employment": 12,
    "day": "2026-06-09",
    "minutes": 450,
    "domain": "advocacy",
}
REFUSED = {
    "client_id": "0d3c1a52-6f0b-4f0f-a2a8-5d1f3c9c7e02",
    "status": "refused",
    "entry": None,
    "problems": [{"field": "minutes", "message": "Hours are from 1 minute to 24 hours a day."}],
    "existing": None,
}


class BatchView(APIView):
    """Log up to 1,000 entries at once.

    Safe to send again: an entry is stored once under its `client_id`. An entry that is wrong does not stop
    the others.
    """

    scopes = {"POST": Scope.HOURS_WRITE}

    @extend_schema(
        summary="Log up to 1,000 entries",
        request=BatchSerializer,
        responses={200: BatchResultSerializer},
        examples=[
            OpenApiExample(
                "Two entries, one of them wrong",
                {
                    "entries": [
                        ENTRY,
                        {**ENTRY, "client_id": "0d3c1a52-6f0b-4f0f-a2a8-5d1f3c9c7e02", "minutes": 0},
                    ]
                },
                request_only=True,
            ),
            OpenApiExample("The second was refused", {"results": [REFUSED]}, response_only=True),
        ],
    )
    def post(self, request: Request) -> Response:
        with of_a_record(request.user):
            sent = _entries(request.data)
        jobs = Jobs.named_in(sent, by=request.user)
        reader = BatchEntrySerializer()
        read = [_read(entry, jobs, reader) for entry in sent]
        if not any(isinstance(one, NewHours) for one in read) and not isinstance(request.user, System):
            own_record(request.user)
        done = _taken([one for one in read if isinstance(one, NewHours)], by=request.user)
        return Response({"results": [next(done) if isinstance(one, NewHours) else one for one in read]})


def _taken(new: list[NewHours], *, by: User | System) -> Iterator[dict[str, Any]]:
    """What became of each of these."""
    organisation = by.client.organisation if isinstance(by, System) else None
    at = timezone.now()
    results = intake.take(new, by=by, at=at, seen_by=organisation)
    entries: dict[int, Shown] = {**_entries_before(results, organisation)}
    for one, result in zip(new, results, strict=True):
        if result.created and result.entry_id:
            entries[result.entry_id] = quick.Fresh(one, pk=result.entry_id, at=at)
    return (_result(one, result, entries) for one, result in zip(new, results, strict=True))


def _entries_before(results: list[intake.Result], seen_by: Organisation | None) -> dict[int, HourEntry]:
    """The entries that were there before; a connected system is shown those of its organisation."""
    named = {result.entry_id for result in results if not result.created}
    named |= {problem.beside for result in results for problem in result.problems}
    entries = HourEntry.objects.select_related("worker", "decided_by")
    if seen_by:
        entries = entries.filter(employment__employer=seen_by)
    return entries.in_bulk([pk for pk in named if pk])


def _entries(data: Any) -> list[Any]:
    entries = data.get("entries") if isinstance(data, dict) else None
    if not isinstance(entries, list) or not 1 <= len(entries) <= MOST:
        raise Refused(_("Send 1 to 1,000 entries."), field="entries")
    return entries


def _read(entry: Any, jobs: Jobs, reader: BatchEntrySerializer) -> NewHours | dict[str, Any]:
    """An entry of a batch, or the result that says why it cannot be read."""
    try:
        return jobs.new_hours(quick.read(entry) or reader.run_validation(entry))
    except ValidationError as wrong:
        return _refusal(entry, list(problems.flat(wrong.detail)))
    except Refused as refusal:
        return _refusal(entry, [_said(refusal)])


def _refusal(entry: Any, said: list[dict[str, str]]) -> dict[str, Any]:
    client_id = entry.get("client_id") if isinstance(entry, dict) else None
    return {
        "client_id": client_id if isinstance(client_id, str) else None,
        "status": Became.REFUSED,
        "entry": None,
        "problems": said,
        "existing": None,
    }


def _result(new: NewHours, result: intake.Result, entries: dict[int, Shown]) -> dict[str, Any]:
    in_the_way = next((problem.beside for problem in result.problems if problem.beside), result.entry_id)
    return {
        "client_id": str(new.client_id),
        "status": _became(result),
        "entry": _shown(entries.get(result.entry_id or 0)) if result.stored else None,
        "problems": [{"field": problem.field, "message": problem.message} for problem in result.problems],
        "existing": _shown(entries.get(in_the_way or 0)) if result.problems else None,
    }


def _became(result: intake.Result) -> Became:
    if result.problems:
        taken = any(problem.field == "client_id" for problem in result.problems)
        return Became.CONFLICT if taken else Became.REFUSED
    return Became.STORED if result.created else Became.ALREADY_STORED


def _said(refusal: Refused) -> dict[str, str]:
    return {"field": refusal.field or "", "message": refusal.message}


def _shown(entry: Shown | None) -> dict[str, Any] | None:
    return quick.shown(entry) if entry else None
