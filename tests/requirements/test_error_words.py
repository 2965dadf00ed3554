"""What is wrong in a record or a draft is said in the reader's language."""

import ast
from pathlib import Path

import pytest

from certification import drafts
from certification.requirements import record_files
from certification.requirements.answers import read_record
from certification.requirements.error_words import in_spanish, told
from certification.requirements.language import parse
from certification.requirements.leaves import LEAF_CLASSES
from certification.requirements.values import RequirementError

SOURCES = [*Path(record_files.__file__).parent.glob("*.py"), Path(drafts.__file__)]
#: Who says what was found and expected, and from which argument on.
SAYING = {"RequirementError": 1, "refuse": 1, "self.refuse": 1, "amount": 0, "hours_reader": 0, "Reader": 0}
SAME = {"YAML", "UTF-8"}


def said(tree: ast.AST):
    """Every text given to a RequirementError or a reader, with a figure in each of its gaps."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in SAYING:
            for argument in node.args[SAYING[ast.unparse(node.func)] :]:
                yield from text_of(argument)
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in ("expected", "found"):
            yield from text_of(node.value)


def text_of(node: ast.AST):
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    if isinstance(node, ast.JoinedStr):
        yield "".join(part.value if isinstance(part, ast.Constant) else "7" for part in node.values)


TEXTS = {text for path in SOURCES for text in said(ast.parse(path.read_text()))}


def test_everything_a_reader_says_is_known_in_spanish():
    assert len(TEXTS) > 40
    assert {text for text in TEXTS - SAME if in_spanish(text) == text} == set()


def test_everything_a_leaf_expects_is_known_in_spanish():
    expected = {slot.reader.expected for leaf in LEAF_CLASSES.values() for slot in leaf.keys().values()}

    assert {text for text in expected if in_spanish(text) == text} == set()
    assert [text for text in map(in_spanish, expected) if " a list" in text or "number" in text] == []


@pytest.mark.parametrize(
    ("text", "path", "found", "expected"),
    [
        ("worker: {born: '5/1/1990'}", "worker.born", "'5/1/1990'", "una fecha escrita AAAA-MM-DD"),
        ("worker: {references: -1}", "worker.references", "-1", "un número entero de 0 como mínimo"),
        (
            "worker: {lived_experience: none}",
            "worker.lived_experience",
            "'none'",
            "una lista de: uno de estos valores: mental_health",
        ),
        ("worker: [", "el historial, línea 2", "un texto que no es YAML", "YAML"),
        ("{}", "el historial: worker", "nada", "los datos de la persona"),
    ],
)
def test_a_record_is_refused_in_spanish(text, path, found, expected):
    with pytest.raises(RequirementError) as refused:
        read_record(text, "el historial")

    words = told(refused.value, "es")
    assert (words["path"], words["found"]) == (path, found)
    assert words["expected"].startswith(expected)
    assert told(refused.value, "en")["expected"] == refused.value.expected


def test_a_requirement_is_refused_in_spanish():
    with pytest.raises(RequirementError) as refused:
        parse({"training": {"hours": 0}})

    assert told(refused.value, "es-us")["expected"] == "un número de horas mayor que 0"
