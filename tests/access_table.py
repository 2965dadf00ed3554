"""Who may open what. The rows of an app stand in tests/access/<app>.py as `ROWS`; a row is

    row("workers:entry", "POST",
        url=lambda cast: [an_entry(cast.ana).pk],      # positional arguments of the address
        data=lambda cast: {"minutes": 60},             # form data; JSON for the API
        worker=302, supervisor=403, everyone=404)

Each part of the cast (`PARTS`) has a status; those not named take `everyone`. A visitor, where not named, is
sent to sign in (302; 401 for the API). Connected systems (`SYSTEMS`) are visitors to pages, and the API
refuses them (403) where nothing else is said: `system` is of Ana's employer and has every scope, the other
has none. An address of ours without a row fails tests/test_access.py; the rows are carried out in
tests/access/test_<app>.py.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from tests.cast import Cast

PARTS = (
    "visitor",
    "worker",
    "another_worker",
    "supervisor",
    "other_supervisor",
    "owner",
    "manager",
    "reviewer",
    "other_reviewer",
    "auditor",
    "administrator",
    "trainer",
)
SYSTEMS = ("system", "system_without_scope")
REFUSED = 403
APPS = ("accounts", "workers", "certification", "registry", "ladder")
#: allauth's own pages and API, which allauth tests.
NOT_OURS = ("account_", "mfa_", "usersessions_", "headless:")
TO_SIGN_IN, UNKNOWN_CALLER = 302, 401
#: What a browser sends with an empty form.
NOTHING = {"csrfmiddlewaretoken": "x"}


@dataclass(frozen=True)
class Row:
    name: str
    method: str
    url: Callable[[Cast], list[Any]]
    data: Callable[[Cast], Any]
    expected: dict[str, int]
    to_sign_in: bool

    @property
    def is_api(self) -> bool:
        return "_api:" in self.name

    def __str__(self) -> str:
        return f"{self.method} {self.name}"


def row(
    name: str,
    method: str = "GET",
    *,
    url: Callable[[Cast], list[Any]] = lambda cast: [],
    data: Callable[[Cast], Any] = lambda cast: NOTHING,
    everyone: int | None = None,
    **expected: int,
) -> Row:
    """One line of the table; see the head of this file."""
    if unknown := expected.keys() - {*PARTS, *SYSTEMS}:
        raise TypeError(f"{name}: nobody in the cast plays {', '.join(sorted(unknown))}")
    is_api = "_api:" in name
    to_sign_in = "visitor" not in expected and not is_api
    expected.setdefault("visitor", UNKNOWN_CALLER if is_api else TO_SIGN_IN)
    for part in PARTS:
        if expected.setdefault(part, everyone) is None:  # type: ignore[arg-type]
            raise TypeError(f"{name}: no status for {part}")
    for system in SYSTEMS:
        expected.setdefault(system, REFUSED if is_api else expected["visitor"])
    return Row(name, method, url, data, {part: expected[part] for part in (*PARTS, *SYSTEMS)}, to_sign_in)


def rows() -> list[Row]:
    return [found for app in APPS for found in import_module(f"tests.access.{app}").ROWS]


def addresses() -> dict[str, set[str]]:
    """Name of each of our addresses -> the methods that its view names (empty where it names none)."""
    found: dict[str, set[str]] = {}
    for name, pattern in _walk(get_resolver().url_patterns, ()):
        if not name.startswith(NOT_OURS):
            found.setdefault(name, set()).update(methods(pattern.callback))
    return found


def _walk(patterns: list[Any], spaces: tuple[str, ...]) -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = (*spaces, pattern.namespace) if pattern.namespace else spaces
            yield from _walk(pattern.url_patterns, inner)
        elif "(?P<format>" not in str(pattern.pattern) and "drf_format_suffix" not in str(pattern.pattern):
            yield ":".join((*spaces, pattern.name or f"(unnamed) {pattern.pattern}")), pattern


def methods(view: Any) -> set[str]:
    """GET, POST … as far as a view says which it takes."""
    if hasattr(view, "actions"):
        named = {method.upper() for method in view.actions}
    elif hasattr(view, "cls"):
        named = {method.upper() for method in view.cls.http_method_names if hasattr(view.cls, method)}
    elif hasattr(view, "view_class"):
        view_class = view.view_class
        named = {method.upper() for method in view_class.http_method_names if hasattr(view_class, method)}
    else:
        named = _required_methods(view)
    return named - {"HEAD", "OPTIONS"}


def _required_methods(view: Any) -> set[str]:
    """What django.views.decorators.http made a function view refuse to go beyond."""
    while view is not None:
        code = getattr(view, "__code__", None)
        cells = dict(zip(code.co_freevars, view.__closure__ or (), strict=True)) if code else {}
        if "request_method_list" in cells:
            return set(cells["request_method_list"].cell_contents)
        view = getattr(view, "__wrapped__", None)
    return set()
