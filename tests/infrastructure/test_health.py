import os
import time

import pytest
from django.db import OperationalError, connection

from config.healthcheck import OLDEST, is_healthy


def test_alive_without_database_session_or_known_host(client):
    response = client.get("/healthz", headers={"host": "10.0.0.7:8000"})

    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert not response.cookies


@pytest.mark.django_db
def test_ready_with_a_database(client):
    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.json()["database"] == "ok"


@pytest.mark.django_db
def test_not_ready_without_one(client, monkeypatch):
    def away():
        raise OperationalError("connection refused")

    monkeypatch.setattr(connection, "cursor", away)
    response = client.get("/readyz")

    assert (response.status_code, response.json()["database"]) == (503, "away")


def test_a_worker_is_healthy_while_it_touches_its_file(tmp_path):
    alive = tmp_path / "alive"
    alive.touch()
    assert is_healthy(str(alive), "http://127.0.0.1:1/")

    long_ago = time.time() - OLDEST - 1
    os.utime(alive, (long_ago, long_ago))
    assert not is_healthy(str(alive), "http://127.0.0.1:1/")


def test_nobody_there_is_unhealthy(tmp_path):
    assert not is_healthy("", "http://127.0.0.1:1/")
    assert not is_healthy(str(tmp_path / "never-made"), "http://127.0.0.1:1/")
