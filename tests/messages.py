"""Reads translations without GNU gettext, which the machine that runs the tests may lack.

`wanted()` finds every text to translate in our sources, `Catalogue` reads a .po file.
"""

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(settings.BASE_DIR)
SOURCES = ("accounts", "workers", "certification", "registry", "ladder", "config")
PLURAL = {"ngettext", "ngettext_lazy", "npgettext", "npgettext_lazy"}
SINGULAR = {"_", "_t", "gettext", "gettext_lazy", "gettext_noop"}
CONTEXT = {"pgettext", "pgettext_lazy"}
STRING = r"""u?(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")"""
CALL = re.compile(rf"(?:\b(?:p?n?p?gettext)|\b_)\({STRING}(?:,\s*{STRING})*", re.DOTALL)
#: (context, text)
Key = tuple[str | None, str]


@dataclass
class Entry:
    key: Key
    plural: str | None = None
    texts: dict[int, str] = field(default_factory=dict)
    fuzzy: bool = False


def wanted() -> set[Key]:
    """Every text of ours that a person may read."""
    found: set[Key] = set()
    for folder in SOURCES:
        for path in (ROOT / folder).rglob("*.py"):
            found.update(of_python(path.read_text()))
    for path in [*(ROOT / "templates").rglob("*.html"), *(ROOT / "templates").rglob("*.txt")]:
        found.update(of_template(path.read_text(), str(path)))
    return found


def of_python(source: str) -> Iterator[Key]:
    """The texts marked for translation in Python."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and (key := _key(node)):
            yield key


def of_template(source: str, origin: str) -> Iterator[Key]:
    """The texts marked in a template: Django turns each mark into a call, and all else into filling."""
    for call in CALL.findall(templatize(source, origin=origin)):
        yield from of_python(call + ")")


def _key(call: ast.Call) -> Key | None:
    name = getattr(call.func, "id", "") or getattr(call.func, "attr", "")
    texts = [
        part.value for part in call.args if isinstance(part, ast.Constant) and isinstance(part.value, str)
    ]
    if name in CONTEXT and len(texts) > 1:
        return texts[0], texts[1]
    if name in SINGULAR | PLURAL and texts:
        return None, texts[0]
    return None


def left_in_english(template: str) -> list[str]:
    """What a template says outside every mark, in its text or in an attribute that is read aloud."""
    for silent in (
        r"{#.*?#}",
        r"{%\s*comment.*?endcomment\s*%}",
        r"{%\s*blocktrans(?:late)?\b.*?{%\s*endblocktrans(?:late)?\s*%}",
        r"{%\s*block (?:main_class|body_attributes)\s*%}.*?{%\s*endblock\s*%}",
    ):
        template = re.sub(silent, " ", template, flags=re.DOTALL)
    template = re.sub(r"{%.*?%}|{{.*?}}", " ", template, flags=re.DOTALL)
    # An example of a file is the same in every language; what it is called is not.
    template = re.sub(r"(<textarea\b[^>]*\bis-code\b[^>]*>).*?</textarea>", r"\1", template, flags=re.DOTALL)
    read_aloud = re.findall(r'\b(?:alt|title|placeholder|aria-label|data-label)="([^"]*)"', template)
    text = re.sub(r"<(script|style|pre)\b.*?</\1>|<[^>]*>|&\w+;", " ", template, flags=re.DOTALL)
    return re.findall(r"[^\W\d_]{2,}", " ".join([text, *read_aloud]))


def unmarked(source: str) -> Iterator[tuple[int, str]]:
    """Line and text of what Python says to people without a mark: refusals and messages."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = ast.unparse(node.func)
        said = node.args[:1] if name == "Refused" else node.args[1:2] if name.startswith("messages.") else []
        for argument in said:
            if isinstance(argument, (ast.Constant, ast.JoinedStr)):
                yield node.lineno, ast.unparse(argument)


class Catalogue:
    """A .po file."""

    def __init__(self, path: Path) -> None:
        self.entries = {entry.key: entry for entry in _read(path.read_text(encoding="utf-8"))}
        self.entries.pop((None, ""))

    def compiled(self) -> dict[str | tuple[str, int], str]:
        """What the .mo made of it holds, in the form that Python's gettext reads."""
        found: dict[str | tuple[str, int], str] = {}
        for (context, text), entry in self.entries.items():
            key = text if context is None else f"{context}\x04{text}"
            if entry.plural is None:
                found[key] = entry.texts[0]
            else:
                found.update({(key, form): translated for form, translated in entry.texts.items()})
        return found


LINE = re.compile(r'(?:(msgctxt|msgid_plural|msgid|msgstr)(?:\[(\d)\])? )?(".*")$')


def _read(text: str) -> Iterator[Entry]:
    for block in re.split(r"\n{2,}", text):
        parts: dict[tuple[str, int], str] = {}
        place = ("", 0)
        for line in block.splitlines():
            if found := LINE.match(line):
                word, form, quoted = found.groups()
                place = (word, int(form or 0)) if word else place
                parts[place] = parts.get(place, "") + json.loads(quoted)
        if ("msgid", 0) in parts:
            yield Entry(
                key=(parts.get(("msgctxt", 0)), parts["msgid", 0]),
                plural=parts.get(("msgid_plural", 0)),
                texts={form: value for (word, form), value in parts.items() if word == "msgstr"},
                fuzzy=bool(re.search(r"^#,.*fuzzy", block, re.MULTILINE)),
            )
