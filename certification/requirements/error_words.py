"""What was found and what was expected, in the reader's language.

The readers put their English texts together from phrases, so Spanish knows each phrase by its pattern. The
part named `x` is such a text itself; all others stay as they are: keys, codes and figures are the same in
every language. A test fails while a reader says something that is not here.
"""

from __future__ import annotations

import re

from .values import RequirementError

_PHRASES = (
    # what was found
    (r"nothing", "nada"),
    (r"none of them", "ninguna de ellas"),
    (r"an empty mapping|a mapping with nothing", "un grupo vacío"),
    (r"a list of (?P<n>\d+)", "una lista de {n}"),
    (r"(?P<n>\d+) keys \((?P<keys>.*)\)", "{n} claves ({keys})"),
    (r"(?P<n>\d+) requirements", "{n} requisitos"),
    (r"groups (?P<n>\d+) deep", "grupos de {n} niveles"),
    (r"the unknown key (?P<key>.+)", "la clave desconocida {key}"),
    (r"more groups within groups", "más grupos dentro de grupos"),
    (r"(?P<n>\S+) hours in sum", "{n} horas en total"),
    (r"another document", "otro documento"),
    (r"the alias (?P<name>.+)", "el alias {name}"),
    (r"the tag (?P<name>.+)", "la etiqueta {name}"),
    (r"more lists and mappings within each other", "más listas y grupos unos dentro de otros"),
    (r"a list or a mapping as a key", "una lista o un grupo como clave"),
    (r"the key (?P<key>.+) is written twice", "la clave {key} escrita dos veces"),
    (r"a number of (?P<n>\d+) digits", "un número de {n} cifras"),
    (r"text too deep or too large", "un texto demasiado profundo o grande"),
    (r"bytes that are not UTF-8 at character (?P<n>\d+)", "bytes que no son UTF-8, en el carácter {n}"),
    # What the JSON reader says in English.
    (r"[^'\"].* at character (?P<n>\d+)", "un texto que no es JSON, en el carácter {n}"),
    (r"both a standard and a level", "una norma y un nivel a la vez"),
    (r"neither a standard nor a level", "ni una norma ni un nivel"),
    # what was expected
    (
        r"a whole number, or a mapping with from: \[slug, \.\.\]",
        "un número entero o un grupo con from: [código, ..]",
    ),
    (r"(?P<x>.+), or a list of them", "{x}, o una lista"),
    (r"a list of at least (?P<n>\d+) requirements?", "una lista de al menos {n} requisitos"),
    (r"a list of at least one: (?P<x>.+)", "una lista de al menos uno: {x}"),
    (r"a list of (?P<x>.+)", "una lista de: {x}"),
    (r"a mapping from slugs to (?P<x>.+)", "un grupo de códigos, cada uno con {x}"),
    (r"a mapping with (?P<keys>.+)", "un grupo con las claves {keys}"),
    (r"a mapping", "un grupo de claves"),
    (r"exactly one key: (?P<x>.+)", "exactamente una clave: {x}"),
    (
        r"one group \((?P<groups>.+)\) or one leaf \((?P<leaves>.+)\)",
        "un grupo ({groups}) o una hoja ({leaves})",
    ),
    (r"a date written YYYY-MM-DD", "una fecha escrita AAAA-MM-DD"),
    (r"a day that exists, written YYYY-MM-DD", "un día que exista, escrito AAAA-MM-DD"),
    (r"a slug", "un código"),
    (
        r"a slug \(small letters, digits, - or _ between them\)",
        "un código (minúsculas y números, con - o _ en medio)",
    ),
    (r"text", "un texto"),
    (
        r"text without control characters or half characters",
        "un texto sin caracteres de control ni caracteres a medias",
    ),
    (r"text or a whole number", "un texto o un número entero"),
    (r"a state written US-XX", "un estado escrito US-XX"),
    (r"true or false", "true o false"),
    (
        r"a whole number of at least (?P<n>\d+) and at most (?P<most>\d+)",
        "un número entero de {n} como mínimo y {most} como máximo",
    ),
    (r"a whole number of at least (?P<n>\d+)", "un número entero de {n} como mínimo"),
    (r"a number from (?P<n>\d+) to (?P<most>\d+)", "un número de {n} a {most}"),
    (r"a number of hours", "un número de horas"),
    (r"a number of days", "un número de días"),
    (r"an amount in dollars", "una cantidad en dólares"),
    (r"(?P<x>an? .+) above 0", "{x} mayor que 0"),
    (r"(?P<x>an? .+), 0 or more", "{x}, 0 o más"),
    (r"one of the two", "una de las dos cosas"),
    (r"one of at most (?P<n>\d+)", "uno de {n} como máximo"),
    (r"one of (?P<choices>.+)", "uno de estos valores: {choices}"),
    (r"at most the (?P<n>\S+) hours of the row", "como máximo las {n} horas de la fila"),
    (r"at most (?P<n>\d+)", "como máximo {n}"),
    (r"at least one of (?P<keys>.+)", "al menos una de {keys}"),
    (r"at least (?P<n>\d+)", "al menos {n}"),
    (r"(?P<day>\S+) \((?P<key>\w+)\) or later", "{day} ({key}) o después"),
    (r"(?P<day>\S+) or later", "{day} o después"),
    (r"(?P<state>\S+), as in (?P<path>\S+)", "{state}, como en {path}"),
    (r"one JSON object", "un objeto JSON"),
    (r"one", "uno"),
    (r"the value itself", "el valor mismo"),
    (r"a value without a tag", "un valor sin etiqueta"),
    (r"each key once", "cada clave una sola vez"),
    (r"the worker's facts", "los datos de la persona"),
    (r"the code of a standard, such as (?P<code>\S+)", "el código de una norma, como {code}"),
    (r"the code of a level, such as (?P<code>\S+)", "el código de un nivel, como {code}"),
    (r"a level with a standard in force on (?P<day>\S+)", "un nivel con una norma en vigor el {day}"),
)
PHRASES = tuple((re.compile(pattern, re.DOTALL), said) for pattern, said in _PHRASES)


def told(error: RequirementError, language: str) -> dict[str, str]:
    """What is wrong, for a person to read: {"path", "found", "expected"}. English unless asked in Spanish."""
    if not language.startswith("es"):
        return {"path": error.path, "found": error.found, "expected": error.expected}
    # What the YAML reader says, it says in English.
    found = "un texto que no es YAML" if error.expected == "YAML" else in_spanish(error.found)
    path = re.sub(r", line (\d+)", r", línea \1", error.path)
    return {"path": path, "found": found, "expected": in_spanish(error.expected)}


def in_spanish(text: str) -> str:
    """A text of a RequirementError (`found` or `expected`); a value that was found stays as it is."""
    for pattern, said in PHRASES:
        if match := pattern.fullmatch(text):
            parts = match.groupdict()
            return said.format(
                **{name: in_spanish(part) if name == "x" else part for name, part in parts.items()}
            )
    return text
