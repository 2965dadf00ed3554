"""Log lines: one event each, with the id of the request or task it belongs to, and no personal data.

Only the keys named here leave the process. Whoever logs something new adds its key, and thinks once
whether it can name a person or a health fact.
"""

import re
from collections.abc import MutableMapping
from typing import Any

import structlog

ALLOWED_KEYS = frozenset(
    {
        # what structlog and Django put on every line
        *("event", "level", "logger", "timestamp", "exception", "stack", "_record", "_from_structlog"),
        # whose line it is: ids, never names
        *("request_id", "correlation_id", "task_id", "parent_task_id", "parent_request_id", "user_id"),
        *("worker_id", "application_id", "credential_id", "organisation_id", "entry_id", "run_id"),
        # what was done, how long it took, how it ended
        *("request", "code", "status", "task", "child_task_id", "child_task_name", "result", "error"),
        *("duration", "duration_ms", "count", "batch", "marks", "level_code", "standard", "file", "retry"),
        *("engine", "attempt", "queue", "signal", "reason"),
    }
)
# PostgreSQL names the offending row: "DETAIL:  Key (email)=(ana@example.org) already exists."
ROW_DETAIL = re.compile(r"^DETAIL: .*$", re.MULTILINE)
# Invitations, links to sign by, email confirmations and password resets: whoever holds the link may use it.
SECRET_LINK = re.compile(r"(/(?:invitations|sign/link|confirm-email|reset/key)/)[^/\s]*[^/\s\d][^/\s]*")

Event = MutableMapping[str, Any]


def keep_allowed_keys(logger: Any, method: str, event: Event) -> Event:
    dropped = sorted(key for key in event if key not in ALLOWED_KEYS)
    for key in dropped:
        del event[key]
    return event


def without_query(logger: Any, method: str, event: Event) -> Event:
    """A verifier's query holds a family name; of a request only method and path are kept.

    Links that are as good as a password are cut short as well.
    """
    if "request" in event:
        event["request"] = str(event["request"]).partition("?")[0]
    for key in ("request", "event"):
        if isinstance(text := event.get(key), str):
            event[key] = SECRET_LINK.sub(r"\1…", text)
    return event


def without_row_details(logger: Any, method: str, event: Event) -> Event:
    for key in ("event", "exception", "error"):
        if isinstance(text := event.get(key), str) and "DETAIL:" in text:
            event[key] = ROW_DETAIL.sub("DETAIL: (withheld)", text)
    return event


def shared_processors() -> list[Any]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def configuration(*, level: str, style: str) -> dict[str, Any]:
    """Configure structlog and return Django's LOGGING. `style` is json or console."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared_processors(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    renderer = (
        structlog.processors.JSONRenderer()
        if style == "json"
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": shared_processors(),
                "processors": [
                    structlog.processors.format_exc_info,
                    keep_allowed_keys,
                    without_query,
                    without_row_details,
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    renderer,
                ],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"handlers": [], "propagate": True},
            # django_structlog writes a line for each request, with its traceback where it failed.
            "django.request": {"level": "CRITICAL"},
            "django.server": {"handlers": [], "propagate": True},
        },
    }
