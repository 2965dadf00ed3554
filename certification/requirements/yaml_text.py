"""YAML and JSON text as plain data, read strictly and from anybody.

Only what a record or a catalogue file needs: mappings with text for keys, lists, text, numbers, true, false
and null. A key written twice, an alias (a file of a few lines can mean billions of values), a tag and nesting
without end are refused with their path. Dates stay the text they were written as, and so does everything
that only old YAML takes for a number or a flag: 1:30, 010, yes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

import yaml

from .values import RequirementError, key_of, shown

DEEPEST = 100
"""Lists and mappings within each other: beyond this it is a slip or an attack."""
LONGEST_NUMBER = 400
"""Digits of a number; no hours, dates or amounts come near."""

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
WORDS = {"": None, "~": None, "null": None, "true": True, "false": False}
WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]*)")
DECIMAL = re.compile(r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
NOT_NUMBERS = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")


def read_yaml(text: str, path: str) -> Any:
    """Plain data from YAML (or JSON) text; `path` names the file in the RequirementError raised."""
    if text.lstrip("\ufeff \t\r\n").startswith("{"):
        try:
            return read_json(text, path)
        except NotJsonError:
            pass  # YAML may begin with a brace too
    try:
        return Builder(path).build(yaml.parse(text.removeprefix("\ufeff"), Loader=LOADER))
    except yaml.MarkedYAMLError as error:
        where = f"{path}, line {error.problem_mark.line + 1}" if error.problem_mark else path
        problem = (error.problem or "text that is not YAML").removeprefix("found ")
        raise RequirementError(where, problem, "YAML") from None
    except (yaml.YAMLError, ValueError) as error:
        if isinstance(error, RequirementError):
            raise
        raise RequirementError(path, shown(str(error)), "YAML") from None


Node = yaml.ScalarEvent | yaml.SequenceStartEvent | yaml.MappingStartEvent


@dataclass
class Open:
    """A list or mapping that is being filled; of a mapping `key` is the key whose value comes next."""

    made: list[Any] | dict[str, Any]
    path: str
    key: str | None = None

    def put(self, value: Any) -> None:
        if isinstance(self.made, list):
            self.made.append(value)
        else:
            self.made[str(self.key)] = value
            self.key = None

    @property
    def next_path(self) -> str:
        """Where the next value stands, such as worker.training[2].hours."""
        if isinstance(self.made, list):
            return f"{self.path}[{len(self.made)}]"
        return self.path if self.key is None else f"{self.path}.{key_of(self.key)}".removeprefix(".")


class Builder:
    """Plain data from the events of one YAML document, without recursion."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.open: list[Open] = []
        self.found: Any = None

    def build(self, events: Iterator[yaml.Event]) -> Any:
        documents = 0
        for event in events:
            match event:
                case yaml.DocumentStartEvent():
                    documents += 1
                    if documents > 1:
                        self.refuse(event, "another document", "one")
                case yaml.AliasEvent():
                    self.refuse(event, f"the alias *{event.anchor}", "the value itself")
                case yaml.ScalarEvent() | yaml.SequenceStartEvent() | yaml.MappingStartEvent():
                    self.value(event)
                case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                    self.open.pop()
        return self.found

    def value(self, event: Node) -> None:
        if event.tag is not None:
            self.refuse(event, f"the tag {shown(event.tag)}", "a value without a tag")
        inside = self.open[-1] if self.open else None
        if inside and isinstance(inside.made, dict) and inside.key is None:
            self.key(event, inside)
            return
        path = inside.next_path if inside else ""
        made = self.scalar(event) if isinstance(event, yaml.ScalarEvent) else EMPTY[type(event)]()
        if inside:
            inside.put(made)
        else:
            self.found = made
        if isinstance(made, list | dict):
            if len(self.open) == DEEPEST:
                self.refuse(event, "more lists and mappings within each other", f"at most {DEEPEST}")
            self.open.append(Open(made, path))

    def key(self, event: Node, inside: Open) -> None:
        if not isinstance(event, yaml.ScalarEvent):
            self.refuse(event, "a list or a mapping as a key", "text")
        inside.key = event.value
        if event.value in inside.made:
            self.refuse(event, f"the key {shown(event.value)} is written twice", "each key once")

    def scalar(self, event: yaml.ScalarEvent) -> Any:
        text: str = event.value
        plain, _quoted = event.implicit
        if not plain:
            return text
        if text.lower() in WORDS and text in (text.lower(), text.upper(), text.capitalize()):
            return WORDS[text.lower()]
        if NOT_NUMBERS.fullmatch(text):
            return float(text.replace(".", "").lower())
        if not (WHOLE.fullmatch(text) or DECIMAL.fullmatch(text)):
            return text
        if len(text) > LONGEST_NUMBER:
            self.refuse(event, f"a number of {len(text)} digits", f"one of at most {LONGEST_NUMBER}")
        return int(text) if WHOLE.fullmatch(text) else float(text)

    def refuse(self, event: yaml.Event, found: str, expected: str) -> NoReturn:
        where = self.open[-1].next_path if self.open else ""
        line = event.start_mark.line + 1 if event.start_mark else 0
        raise RequirementError(f"{self.name}, line {line}{where and ': '}{where}", found, expected)


EMPTY: dict[type[yaml.Event], Callable[[], Any]] = {
    yaml.SequenceStartEvent: list,
    yaml.MappingStartEvent: dict,
}


class NotJsonError(RequirementError):
    """Text that is not JSON at all."""


class Twice(dict[str, Any]):
    """An object in which a key is written more than once: `keys_twice` names them."""

    keys_twice: Sequence[str] = ()


def read_json(text: str, path: str) -> Any:
    """Plain data from JSON text, as strictly as from YAML.

    Raises RequirementError with the path of what is wrong, NotJsonError where the text is not JSON.
    """
    try:
        data = json.loads(text.removeprefix("\ufeff"), object_pairs_hook=_object, parse_int=_whole)
    except json.JSONDecodeError as error:
        raise NotJsonError(path, f"{error.msg} at character {error.pos + 1}", "one JSON object") from None
    except RecursionError:
        raise RequirementError(path, "text too deep or too large", "one JSON object") from None
    _check_json(data, path)
    return data


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) == len(pairs):
        return made
    names = [name for name, _ in pairs]
    twice = Twice(made)
    twice.keys_twice = [name for name in made if names.count(name) > 1]
    return twice


def _whole(text: str) -> int | float:
    # Longer ones are refused where they stand: as a float it is beyond every limit.
    return int(text) if len(text) <= LONGEST_NUMBER else float(text)


def _check_json(data: object, path: str) -> None:
    """Refuses keys written twice and nesting without end, wherever they are."""
    waiting: list[tuple[object, str, int]] = [(data, "", 0)]
    while waiting:
        value, where, depth = waiting.pop()
        if depth > DEEPEST:
            raise RequirementError(
                where or path, "more lists and mappings within each other", f"at most {DEEPEST}"
            )
        if isinstance(value, Twice):
            key = value.keys_twice[0]
            raise RequirementError(
                f"{where}.{key_of(key)}".lstrip("."),
                f"the key {shown(key)} is written twice",
                "each key once",
            )
        if isinstance(value, dict):
            waiting += [(one, f"{where}.{key_of(key)}".lstrip("."), depth + 1) for key, one in value.items()]
        elif isinstance(value, list):
            waiting += [(one, f"{where}[{n}]", depth + 1) for n, one in enumerate(value)]
