"""What leaves the process by way of the log names no person."""

import io
import json
import logging
import logging.config

import pytest
import structlog

from config import logs


@pytest.fixture
def lines():
    """Log through the product's configuration into memory; returns a function that reads what came out."""
    before = structlog.get_config()
    configuration = logs.configuration(level="INFO", style="json")
    stream = io.StringIO()
    configuration["handlers"]["stderr"]["stream"] = stream
    configuration["loggers"] = {"told": {"handlers": ["stderr"], "level": "INFO", "propagate": False}}
    del configuration["root"]
    logging.config.dictConfig(configuration)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    structlog.configure(**before)
    logging.getLogger("told").handlers.clear()


def test_only_allowed_keys_come_through(lines):
    structlog.get_logger("told").info(
        "approved", worker_id=7, family_name="Ortiz", email="ana@example.org", count=3
    )

    (line,) = lines()
    assert line.keys() == {"event", "worker_id", "count", "level", "logger", "timestamp"}


def test_a_request_is_logged_without_its_query(lines):
    structlog.get_logger("told").info("request_started", request="GET /verify?number=MN-1&family_name=Ortiz")

    assert lines()[0]["request"] == "GET /verify"


@pytest.mark.parametrize(
    ("path", "logged"),
    [
        ("/invitations/Zm9v-IsASecret/", "/invitations/…/"),
        ("/sign/link/Zm9v-IsASecret/", "/sign/link/…/"),
        ("/accounts/confirm-email/MQ:1vM/", "/accounts/confirm-email/…/"),
        ("/accounts/password/reset/key/1-c0ffee/", "/accounts/password/reset/key/…/"),
        ("/organisations/hopewell/invitations/12/again/", "/organisations/hopewell/invitations/12/again/"),
    ],
)
def test_a_link_that_is_as_good_as_a_password_is_cut_short(lines, path, logged):
    structlog.get_logger("told").info(f"Not Found: {path}", request=f"GET {path}")

    (line,) = lines()
    assert (line["request"], line["event"]) == (f"GET {logged}", f"Not Found: {logged}")


def test_ids_of_request_and_task_stand_on_every_line(lines):
    with structlog.contextvars.bound_contextvars(request_id="r-1", task_id="t-1", user_agent="phone"):
        logging.getLogger("told").info("from the standard library")

    (line,) = lines()
    assert (line["request_id"], line["task_id"]) == ("r-1", "t-1")
    assert "user_agent" not in line


def test_the_row_that_broke_a_constraint_is_withheld(lines):
    try:
        raise ValueError(
            "duplicate key value\nDETAIL:  Key (email)=(ana@example.org) already exists.\nCONTEXT: x"
        )
    except ValueError:
        logging.getLogger("told").exception("failed")

    text = lines()[0]["exception"]
    assert "duplicate key value" in text
    assert "CONTEXT: x" in text
    assert "ana@example.org" not in text
