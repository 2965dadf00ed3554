"""A caller of the API of a live stack: plain HTTP, as a program of somebody else's would do it.

    ana = Caller(live_stack.url)
    ana.sign_up(live_stack, "Ana", "Rivera", "ana@example.org")    # allauth's headless API, with its mail
    goal = ana.post("/goals", {"level": "mha-ncps"})               # under /api/v1; a failure raises
    goal["id"], ana.last.status                                    # what came back, and how

    refusal = ana.refused(422, "POST", "/goals", {})               # checks that it is a problem by RFC 9457
    refusal.fields                                                 # the fields at fault

`Caller.made` collects every request that went well, for a test to hold against the OpenAPI document.
"""

import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

API = "/api/v1"
HEADLESS = "/_allauth/app/v1/auth"
PASSWORD = "a ladder of many rungs"
PROBLEM = "application/problem+json"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Any
    body: bytes

    @property
    def kind(self) -> str:
        return self.headers.get_content_type()

    @property
    def data(self) -> Any:
        return json.loads(self.body) if self.body else None

    @property
    def fields(self) -> set[str]:
        """The fields that a problem names."""
        return {error["field"] for error in self.data.get("errors", [])}


@dataclass
class Caller:
    """Whoever calls; a visitor until they sign in."""

    url: str
    token: str = ""
    last: Answer | None = None
    made: set[tuple[str, str]] = field(default_factory=set)

    # Getting in

    def sign_up(self, stack: Any, given_name: str, family_name: str, email: str) -> "Caller":
        """Create an account, prove the address with the key that is mailed to it, and sign in."""
        known = len(stack.mailbox(email))
        details = {"given_name": given_name, "family_name": family_name, "email": email}
        pending = self.send("POST", f"{HEADLESS}/signup", {**details, "password": PASSWORD})
        assert pending.status == 401, pending.body  # signed up, and still to be confirmed
        self.token = pending.data["meta"].get("session_token", "")
        mail = stack.wait_until(lambda: stack.mailbox(email)[known:], f"mail to {email}")[-1].get_content()
        found = re.search(r"/confirm-email/([^/\s]+)/", mail)
        assert found, mail
        confirmed = self.send("POST", f"{HEADLESS}/email/verify", {"key": found[1]})
        assert confirmed.status in (200, 401), confirmed.body
        self.token = ""
        return self.sign_in(email)

    def sign_in(self, email: str) -> "Caller":
        answer = self.send("POST", f"{HEADLESS}/login", {"email": email, "password": PASSWORD})
        assert answer.status == 200, answer.body
        self.token = answer.data["meta"]["session_token"]
        return self

    # Calling

    def get(self, path: str, **query: Any) -> Any:
        return self.call("GET", path, **query)

    def post(self, path: str, data: Any = None) -> Any:
        return self.call("POST", path, data)

    def patch(self, path: str, data: Any) -> Any:
        return self.call("PATCH", path, data)

    def upload(self, path: str, data: dict[str, Any]) -> Any:
        """A form with files, as `multipart/form-data`."""
        return self.call("POST", path, data, multipart=True)

    def download(self, path: str) -> Answer:
        answer = self.ask("GET", path)
        assert answer.status == 200, answer.body
        return answer

    def call(self, method: str, path: str, data: Any = None, **options: Any) -> Any:
        """What comes back, read as JSON; anything but a success is an AssertionError."""
        answer = self.ask(method, path, data, **options)
        assert 200 <= answer.status < 300, f"{method} {path}: {answer.status} {answer.body.decode()}"
        return answer.data

    def refused(self, status: int, method: str, path: str, data: Any = None, **options: Any) -> Answer:
        """The answer to something wrong: problem details of that status."""
        answer = self.ask(method, path, data, **options)
        assert answer.status == status, f"{method} {path}: {answer.status} {answer.body.decode()}"
        assert answer.kind == PROBLEM
        assert {"type", "title", "status", "detail"} <= answer.data.keys() <= {*PARTS, "errors"}
        assert answer.data["status"] == status
        return answer

    def ask(self, method: str, path: str, data: Any = None, **options: Any) -> Answer:
        self.last = self.send(method, API + path, data, **options)
        if self.last.status < 400:
            self.made.add((method, path))
        return self.last

    def send(
        self,
        method: str,
        path: str,
        data: Any = None,
        *,
        multipart: bool = False,
        kind: str = "application/json",
        **query: Any,
    ) -> Answer:
        """`data` is sent as JSON, as a form, or as the bytes that it is."""
        headers = {"X-Session-Token": self.token} if self.token else {}
        body = None
        if multipart:
            body, headers["Content-Type"] = encode_multipart(BOUNDARY, data), MULTIPART_CONTENT
        elif isinstance(data, bytes):
            body, headers["Content-Type"] = data, kind
        elif data is not None:
            body, headers["Content-Type"] = json.dumps(data).encode(), "application/json"
        address = self.url + path + ("?" + urlencode(query) if query else "")
        request = Request(address, body, headers, method=method)
        try:
            with urlopen(request, timeout=60) as response:
                return Answer(response.status, response.headers, response.read())
        except HTTPError as error:
            with error:
                return Answer(error.code, error.headers, error.read())


PARTS = ("type", "title", "status", "detail")


def a_file(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)
