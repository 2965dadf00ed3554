"""What one entry of the ledger counts toward: GET /api/v1/hours/{id}/standing."""

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from certification.entry_standing import Standing, standing_of
from workers.models import HourEntry

STANDINGS = [(one.value, one.value.replace("_", " ")) for one in Standing]


class LineSerializer(serializers.Serializer):
    path = serializers.CharField(help_text="Of the requirement, as in the findings of a goal.")
    asked = serializers.CharField(help_text="What it asks, in words.")
    standing = serializers.ChoiceField(STANDINGS)
    minutes = serializers.IntegerField(help_text="That count; where it is pending, that will once signed.")
    reason = serializers.CharField(help_text="Why not, or not all of it; empty where all of it counts.")
    hint = serializers.CharField(help_text="What would make it count; empty where nothing would.")


class SourceSerializer(serializers.Serializer):
    title = serializers.CharField(allow_null=True, default=None)
    url = serializers.CharField(allow_null=True, default=None)
    as_of = serializers.CharField(allow_null=True, default=None)


class TargetSerializer(serializers.Serializer):
    """A level that one aims at, the renewal of a credential, or a rung."""

    kind = serializers.ChoiceField(
        [("level", "level"), ("renewal", "renewal"), ("rung", "rung")], source="target.kind"
    )
    title = serializers.CharField(source="target.title")
    place = serializers.CharField(source="target.place", help_text="The jurisdiction, or the employer.")
    code = serializers.CharField(source="target.code", help_text="Of the standard, or of the rung.")
    standing = serializers.ChoiceField(STANDINGS, help_text="The best of the lines.")
    lines = LineSerializer(many=True, help_text="One for each requirement of hours; empty where none is.")
    sources = SourceSerializer(source="target.sources", many=True)


class StandingSerializer(serializers.Serializer):
    entry = serializers.IntegerField()
    toward = TargetSerializer(many=True)


class EntryStanding(APIView):
    """Whether an entry of one's own counts, toward what, by which standard, and what would make it count."""

    @extend_schema(
        summary="What an entry counts toward",
        responses={200: StandingSerializer},
        examples=[
            OpenApiExample(
                "Unsupervised",
                {
                    "entry": 4711,
                    "toward": [
                        {
                            "kind": "level",
                            "title": "Certified Peer Specialist, Level II",
                            "place": "Minnesota",
                            "code": "mn-cps-2@2024",
                            "standing": "not_counted",
                            "lines": [
                                {
                                    "path": "requires.all[1].experience",
                                    "asked": "4,000 hours of supervised peer support",
                                    "standing": "not_counted",
                                    "minutes": 0,
                                    "reason": "Only supervised hours count here.",
                                    "hint": "Ask your employer to enter the agreement for that day.",
                                }
                            ],
                            "sources": [{"title": "Statute", "url": "https://example.org", "as_of": "2024"}],
                        }
                    ],
                },
                response_only=True,
            )
        ],
    )
    def get(self, request: Request, pk: int) -> Response:
        own = HourEntry.objects.of_person(request.user).select_related("worker", "employment")
        entry = get_object_or_404(own, pk=pk)
        found = standing_of(entry)
        return Response(StandingSerializer({"entry": entry.pk, "toward": found}).data)
