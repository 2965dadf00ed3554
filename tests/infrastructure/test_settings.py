"""The environment decides; production starts only when it is complete."""

import os
import re
import runpy
import subprocess
import sys
import tomllib
from itertools import chain
from pathlib import Path

import pytest
import structlog
import yaml
from django.core.exceptions import ImproperlyConfigured
from environs import EnvError

BASE_DIR = Path(__file__).resolve().parents[2]
COMPLETE = {
    "PEERLADDER_ENV": "production",
    "SECRET_KEY": "a-Secret-0f-some-length-that-no-0ne-else-kn0ws-and-is-not-used",
    "ALLOWED_HOSTS": "peerladder.example",
    "PUBLIC_URL": "https://peerladder.example",
    "DATABASE_URL": "postgresql://db/peerladder",
    "BROKER_URL": "redis://valkey:6379/0",
    "EMAIL_URL": "smtp://mail",
}
READ_BY_CODE = re.compile(
    r"""(?:env\.\w+|os\.environ\.get|os\.getenv)\(\s*"([A-Z_]+)"|os\.environ\["([A-Z_]+)"\]"""
)


@pytest.fixture
def load(monkeypatch, tmp_path):
    """Read the settings anew in an environment of exactly these variables; returns them as a mapping."""
    logging_before = structlog.get_config()

    def read(**environment: str) -> dict[str, object]:
        for name in {*os.environ} - {"PATH"}:
            monkeypatch.delenv(name)
        for name, value in {"PEERLADDER_DATA": str(tmp_path), **environment}.items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(BASE_DIR / "config/settings.py"))

    yield read
    structlog.configure(**logging_before)


def check(environment: dict[str, str], *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "manage.py", "check", *options],
        cwd=BASE_DIR,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def variables_of(*files: str) -> set[str]:
    return {a or b for file in files for a, b in READ_BY_CODE.findall((BASE_DIR / file).read_text())}


def test_complete_production_settings_pass_every_deployment_check(tmp_path):
    done = check({**COMPLETE, "PEERLADDER_DATA": str(tmp_path)}, "--deploy", "--fail-level", "INFO")

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SECRET_KEY", ""),
        ("SECRET_KEY", "short"),
        ("ALLOWED_HOSTS", ""),
        ("ALLOWED_HOSTS", "*"),
        ("PUBLIC_URL", "http://peerladder.example"),
        ("DATABASE_URL", ""),
        ("BROKER_URL", ""),
        ("EMAIL_URL", ""),
        ("DEBUG", "true"),
    ],
)
def test_production_does_not_start_without(load, variable, value):
    with pytest.raises(ImproperlyConfigured) as refusal:
        load(**{**COMPLETE, variable: value})

    assert f"  {variable} must be" in str(refusal.value)
    assert str(refusal.value).count(" must be ") == 1


def test_a_refusal_names_everything_and_is_no_traceback():
    done = check({"PEERLADDER_ENV": "production"})

    assert done.returncode
    named = set(re.findall(r"^  ([A-Z_]+) must be", done.stderr, re.MULTILINE))
    assert named == {"SECRET_KEY", "ALLOWED_HOSTS", "PUBLIC_URL", "DATABASE_URL", "BROKER_URL", "EMAIL_URL"}
    assert "Traceback" not in done.stderr


def test_rabbitmq_as_broker_needs_a_cache_of_its_own(load):
    environment = {**COMPLETE, "BROKER_URL": "amqp://rabbit//"}
    with pytest.raises(ImproperlyConfigured, match="CACHE_URL must be"):
        load(**environment)

    assert load(**environment, CACHE_URL="redis://valkey/1")


def test_every_mistake_is_named_at_once(load):
    with pytest.raises(EnvError, match=r"(?s)DATABASE_POOL_SIZE.*LOG_FORMAT"):
        load(LOG_FORMAT="loud", DATABASE_POOL_SIZE="many")


def test_development_answers_for_this_machine_only(load):
    with pytest.raises(ImproperlyConfigured, match=r"peerladder\.example, which is not this machine"):
        load(ALLOWED_HOSTS="peerladder.example")


def test_development_needs_nothing_and_keeps_a_key_of_its_own(load, tmp_path):
    first, second = str(tmp_path / "first"), str(tmp_path / "second")
    keys = [load(PEERLADDER_DATA=folder)["SECRET_KEY"] for folder in (first, second, first)]

    assert keys[0] == keys[2] != keys[1]
    assert len(str(keys[0])) > 50
    assert (tmp_path / "first/secret_key").stat().st_mode & 0o077 == 0


def test_without_trusted_proxies_nobody_can_claim_https(load):
    assert "SECURE_PROXY_SSL_HEADER" not in load(**COMPLETE)
    assert "SECURE_PROXY_SSL_HEADER" in load(**COMPLETE, TRUSTED_PROXIES="1")


def test_the_cache_is_found_beside_the_broker(load):
    assert load(**COMPLETE)["CACHES"]["default"]["LOCATION"] == "redis://valkey:6379/1"


def test_pages_may_load_nothing_from_elsewhere_and_run_nothing_inline(load):
    policy = load(**COMPLETE)["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]
    sources = {source for values in policy.values() for source in values}

    assert sources == {"'self'", "'none'", "data:"}
    assert "data:" not in policy["default-src"]


def test_every_variable_the_compose_file_sets_is_read():
    services = yaml.safe_load((BASE_DIR / "docker-compose.yml").read_text())["services"]
    ours = {name: service for name, service in services.items() if service["image"] == "peerladder"}
    assert set(ours) == {"prepare", "web", "worker", "beat"}

    read = variables_of("config/settings.py", "config/celery.py", "config/embedded.py")
    for service in ours.values():
        assert set(service["environment"]) <= read


def test_every_variable_is_documented():
    files = [str(path.relative_to(BASE_DIR)) for path in (BASE_DIR / "config").glob("*.py")]
    read = variables_of(*files, "tests/run.py") - {"DJANGO_SETTINGS_MODULE", "MAKELEVEL"}
    documented = set(
        re.findall(r"^\| `([A-Z_]+)`", (BASE_DIR / "docs/configuration.md").read_text(), re.MULTILINE)
    )

    assert documented == read


def test_no_word_of_a_registry_in_the_lock_files():
    for lock in (BASE_DIR / "requirements").glob("*.txt"):
        assert "http" not in lock.read_text()
    assert '"resolved"' not in (BASE_DIR / "package-lock.json").read_text()


def test_pyproject_pins_what_the_lock_holds():
    project = tomllib.loads((BASE_DIR / "pyproject.toml").read_text())["project"]
    pinned = [*project["dependencies"], *chain(*project["optional-dependencies"].values())]
    locked = set(
        re.findall(r"^([\w.-]+==[^ \\]+)", (BASE_DIR / "requirements/dev.txt").read_text(), re.MULTILINE)
    )

    assert {re.sub(r"\[.*\]", "", name) for name in pinned} <= locked
