"""Rows of the result table, and how times are taken."""

import http.client
import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import Any, Literal


@dataclass(frozen=True)
class Row:
    """One figure of ours against its limit, both of this run; `goal` is what their ratio should reach."""

    name: str
    ours: float
    limit: float
    unit: str
    goal: float
    better: Literal["higher", "lower"]

    @property
    def ratio(self) -> float:
        return self.ours / self.limit

    @property
    def met(self) -> bool:
        return self.ratio >= self.goal if self.better == "higher" else self.ratio <= self.goal

    def to_json(self) -> dict[str, object]:
        figures = {
            name: round(value, 3) if isinstance(value, float) else value
            for name, value in asdict(self).items()
        }
        return {**figures, "ratio": round(self.ratio, 3), "met": self.met}


def percentile(values: list[float], share: float) -> float:
    """The value that `share` of them do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


class Client:
    """One visitor on one kept connection, so that what is timed is the answer and not the hand-shake."""

    def __init__(self, port: int, cookie: str = "") -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.headers = {"Host": f"localhost:{port}"}
        if cookie:
            # The API takes the key of the same session as its token.
            self.headers |= {"Cookie": cookie, "X-Session-Token": cookie.partition("=")[2]}

    def get(self, path: str) -> bytes:
        return self._call("GET", path)

    def post(self, path: str, data: Any, *, expect: int = 200) -> bytes:
        return self._call("POST", path, json.dumps(data).encode(), expect=expect)

    def _call(self, method: str, path: str, body: bytes | None = None, *, expect: int = 200) -> bytes:
        kind = {"Content-Type": "application/json"} if body else {}
        self.connection.request(method, path, body, headers={**self.headers, **kind})
        response = self.connection.getresponse()
        answer = response.read()
        if response.status != expect:
            raise RuntimeError(f"{path} answered {response.status}: {answer[:300]!r}")
        return answer

    def times(self, path: str, count: int) -> list[float]:
        """Milliseconds of `count` answers in a row, after a few to warm up."""
        for _ in range(5):
            self.get(path)
        return [milliseconds(lambda: self.get(path)) for _ in range(count)]


def milliseconds(action: Callable[[], object]) -> float:
    begun = time.perf_counter()
    action()
    return (time.perf_counter() - begun) * 1000


def per_second(port: int, paths: list[str], *, visitors: int = 4, seconds: float = 4) -> float:
    """Answers a second to several visitors at once, each going through all paths from another place."""
    end = time.perf_counter() + seconds

    def visit(first: int) -> int:
        client, count = Client(port), 0
        while time.perf_counter() < end:
            client.get(paths[(first + count) % len(paths)])
            count += 1
        return count

    with ThreadPoolExecutor(visitors) as pool:
        share = max(1, len(paths) // visitors)
        return sum(pool.map(visit, (n * share for n in range(visitors)))) / seconds
