"""Questions and answers as lines: NDJSON and CSV, in and out. One line is one question or one answer."""

import csv
import io
import json
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.utils.encoders import JSONEncoder

from accounts import problems
from workers.sheets import safe

COLUMNS = (
    "id",
    "outcome",
    "number",
    "name",
    "level",
    "jurisdiction",
    "authority",
    "on",
    "as_known_on",
    "status",
    "good",
    "issued_on",
    "renewed_on",
    "expires_on",
    "since",
    "problems",
)


class NdjsonParser(BaseParser):
    media_type = "application/x-ndjson"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> dict[str, Any]:
        return {
            "questions": [_object(n, line) for n, line in enumerate(_text(stream).splitlines(), 1) if line]
        }


def _object(number: int, line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        raise ParseError(_("Line %(number)d is not JSON.") % {"number": number}) from None


class CsvParser(BaseParser):
    media_type = "text/csv"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> dict[str, Any]:
        rows = csv.DictReader(io.StringIO(_text(stream)), restkey="more", strict=True)
        try:
            return {"questions": [{name: value or "" for name, value in row.items()} for row in rows]}
        except csv.Error as problem:
            raise ParseError(_("Line %(number)d is not CSV.") % {"number": rows.line_num}) from problem


def _text(stream: Any) -> str:
    try:
        return stream.read().decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise ParseError(_("The text is not UTF-8.")) from problem


class LineRenderer(BaseRenderer):
    """Answers as lines; a problem with the whole request stays problem details in JSON."""

    def render(self, data: Any, accepted_media_type: Any = None, renderer_context: Any = None) -> bytes:
        if "results" in data:
            return self.lines(data["results"]).encode()
        if renderer_context:
            renderer_context["response"].content_type = problems.CONTENT_TYPE
        return json.dumps(data, cls=JSONEncoder).encode()

    def lines(self, results: list[Mapping[str, Any]]) -> str:
        raise NotImplementedError


class NdjsonRenderer(LineRenderer):
    media_type = "application/x-ndjson"
    format = "ndjson"

    def lines(self, results: list[Mapping[str, Any]]) -> str:
        encode = JSONEncoder(ensure_ascii=False).encode
        return "".join(encode(result) + "\n" for result in results)


class CsvRenderer(LineRenderer):
    media_type = "text/csv"
    format = "csv"

    def lines(self, results: list[Mapping[str, Any]]) -> str:
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(COLUMNS)
        for result in results:
            told = {**(result["answer"] or {}), **result}
            told["problems"] = "; ".join(f"{one['field']}: {one['message']}" for one in result["problems"])
            writer.writerow(safe(_text_of(told.get(column))) for column in COLUMNS)
        return out.getvalue()


def _text_of(value: Any) -> str:
    return "" if value is None else str(value)
