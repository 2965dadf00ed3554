"""Problem details of the API, through a view that raises whatever a test wants."""

import pytest
from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as ModelError
from django.http import Http404
from rest_framework import exceptions, serializers
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from accounts.problems import CONTENT_TYPE
from accounts.refusals import Refused
from tests.builders.accounts import a_person


class Row(serializers.Serializer):
    minutes = serializers.IntegerField(min_value=1)


class Batch(serializers.Serializer):
    day = serializers.DateField()
    entries = Row(many=True)


class View(APIView):
    authentication_classes = ()
    permission_classes = (AllowAny,)
    error: Exception | None = None

    def post(self, request):
        if self.error:
            raise self.error
        Batch(data=request.data).is_valid(raise_exception=True)
        return Response()


def problem(error=None, *, data=None):
    request = APIRequestFactory().post("/", data or {}, format="json")
    answer = View.as_view(error=error)(request)
    assert answer.content_type == CONTENT_TYPE
    assert answer.data["status"] == answer.status_code
    return answer.data


def test_wrong_input_names_each_field_however_deep():
    body = problem(data={"day": "yesterday", "entries": [{"minutes": 5}, {"minutes": 0}, {}]})

    assert (body["status"], body["title"]) == (422, "Unprocessable Entity")
    assert [error["field"] for error in body["errors"]] == ["day", "entries.1.minutes", "entries.2.minutes"]
    assert all(error["message"] for error in body["errors"])


def test_a_step_that_is_not_open_is_a_conflict():
    body = problem(Refused("Approved hours are amended."))

    assert body == {
        "type": "urn:peerladder:problem:refused",
        "title": "Conflict",
        "status": 409,
        "detail": "Approved hours are amended.",
    }


def test_a_refusal_of_an_input_names_it():
    body = problem(Refused("This day is still to come.", field="day"))

    assert body["status"] == 422
    assert body["errors"] == [{"field": "day", "message": "This day is still to come."}]


def test_a_model_that_does_not_hold_is_wrong_input():
    assert problem(ModelError({"day": ["Too late."]}))["errors"] == [{"field": "day", "message": "Too late."}]
    assert problem(ModelError("Too late."))["errors"] == [{"field": "", "message": "Too late."}]


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Http404(), 404),
        (exceptions.NotFound(), 404),
        (PermissionDenied(), 403),
        (exceptions.NotAuthenticated(), 403),
        (exceptions.MethodNotAllowed("POST"), 405),
        (exceptions.UnsupportedMediaType("text/x"), 415),
        (exceptions.ParseError(), 400),
    ],
)
def test_everything_else_has_the_same_shape(error, status):
    body = problem(error)

    assert (body["status"], body["type"]) == (status, "about:blank")
    assert body["detail"]


def test_who_asks_too_often_is_told_how_long_to_wait():
    request = APIRequestFactory().post("/", {}, format="json")
    answer = View.as_view(error=exceptions.Throttled(wait=20))(request)

    assert answer.status_code == 429
    assert answer["Retry-After"] == "20"


def test_what_nobody_foresaw_is_not_dressed_up():
    with pytest.raises(ZeroDivisionError):
        problem(ZeroDivisionError())


def test_unreadable_input_is_400():
    request = APIRequestFactory().post("/", "{", content_type="application/json")

    assert View.as_view()(request).status_code == 400


@pytest.mark.django_db
def test_a_caller_without_proof_is_told_how_to_sign_in(client):
    answer = client.get("/api/v1/me")

    assert (answer.status_code, answer["Content-Type"]) == (401, CONTENT_TYPE)
    assert answer["WWW-Authenticate"] == "X-Session-Token"
    assert client.get("/api/v1/me", headers={"X-Session-Token": "wrong"}).status_code == 401


@pytest.mark.django_db
def test_an_address_that_does_not_exist_is_a_problem_under_the_api_and_a_page_elsewhere(client):
    api, page = client.get("/api/v1/nowhere"), client.get("/nowhere/")

    assert (api.status_code, api["Content-Type"]) == (404, CONTENT_TYPE)
    assert api.json()["status"] == 404
    assert (page.status_code, page["Content-Type"]) == (404, "text/html; charset=utf-8")


@pytest.mark.django_db
def test_a_fault_of_ours_is_a_problem_too(client, monkeypatch):
    client.raise_request_exception = False
    client.force_login(a_person())
    monkeypatch.setattr("accounts.api.MeSerializer", None)

    answer = client.get("/api/v1/me")

    assert (answer.status_code, answer["Content-Type"]) == (500, CONTENT_TYPE)
    assert "NoneType" not in answer.content.decode()
