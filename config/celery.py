"""The background worker. What it does is in the apps; when, is in `settings.CELERY_BEAT_SCHEDULE`."""

import os
from pathlib import Path
from typing import Any

from celery import Celery
from celery.signals import after_task_publish, beat_init, heartbeat_sent, setup_logging, worker_ready
from django_structlog.celery.steps import DjangoStructLogInitStep

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("peerladder")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# Carries the id of the request that sent a task into the log lines of the task.
app.steps["worker"].add(DjangoStructLogInitStep)

ALIVE_FILE = os.environ.get("ALIVE_FILE")


@setup_logging.connect
def keep_our_logging(**kwargs: Any) -> None:
    """Django's LOGGING is already in force; Celery must not lay its own over it."""


def touch_alive_file(**kwargs: Any) -> None:
    """The sign that config/healthcheck.py looks for: a worker's heartbeat, or a message that beat sent."""
    if ALIVE_FILE:
        Path(ALIVE_FILE).touch()


@beat_init.connect
def watch_beat(**kwargs: Any) -> None:
    touch_alive_file()
    after_task_publish.connect(touch_alive_file, weak=False)


worker_ready.connect(touch_alive_file)
heartbeat_sent.connect(touch_alive_file)
