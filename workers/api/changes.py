"""What changed since a cursor: GET /api/v1/hours/changes."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import trail
from accounts.scopes import Scope, System
from workers import changes
from workers.api import quick
from workers.api.common import own_record
from workers.api.hours import HoursSerializer


class AskedSerializer(serializers.Serializer):
    cursor = serializers.CharField(required=False, default="", allow_blank=True)
    limit = serializers.IntegerField(default=changes.MOST, min_value=1, max_value=changes.MOST)


class ChangeSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    deleted = serializers.BooleanField(help_text="The entry is gone, or no longer yours to see.")
    entry = HoursSerializer(allow_null=True, help_text="As it is now.")


class ChangesSerializer(serializers.Serializer):
    changes = ChangeSerializer(many=True)
    cursor = serializers.CharField(help_text="Send it to get what comes next. Keep it.")
    more = serializers.BooleanField(help_text="There is more already: ask again at once.")


class ChangesView(APIView):
    """What changed in one's own hours, or in those of an organisation's people, since a cursor.

    Every change comes at least once, in an order in which the last state of an entry comes last. A change
    shows up as soon as every change that was under way before it has ended, mostly at once.
    """

    scopes = {"GET": Scope.HOURS_READ}

    @extend_schema(
        summary="Hours that changed since a cursor",
        parameters=[
            OpenApiParameter("cursor", str, description="From the answer before; none for all there is."),
            OpenApiParameter("limit", int, description="At most so many, 1 to 500."),
        ],
        responses={200: ChangesSerializer},
        examples=[
            OpenApiExample(
                "A draft was deleted",
                {
                    "changes": [{"id": 4711, "deleted": True, "entry": None}],
                    "cursor": "7710758354873576093.753.12",
                    "more": False,
                },
                response_only=True,
            )
        ],
    )
    def get(self, request: Request) -> Response:
        asked = AskedSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        page = changes.since(**asked.validated_data, **_whose(request.user))
        seen = [entry for _pk, entry in page.changes if entry]
        trail.saw_lately("hours", subjects={entry.worker for entry in seen}, viewer=request.user)
        return Response(
            {
                "changes": [
                    {"id": pk, "deleted": entry is None, "entry": entry and quick.shown(entry)}
                    for pk, entry in page.changes
                ],
                "cursor": page.cursor,
                "more": page.more,
            }
        )


def _whose(caller: Any) -> dict[str, Any]:
    if isinstance(caller, System):
        return {"employer": caller.client.organisation}
    return {"worker": own_record(caller)}
