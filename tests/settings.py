"""The product's settings, with what tests need otherwise: speed, and no traffic to anywhere."""

import os
import tempfile
from pathlib import Path

# One folder a test run: the first process to come here (the controller) makes it, its workers inherit it.
RUN_DIR = Path(os.environ.setdefault("PEERLADDER_TEST_RUN", tempfile.mkdtemp(prefix="peerladder-tests-")))
os.environ["PEERLADDER_DATA"] = str(RUN_DIR)
os.environ.setdefault("LOG_LEVEL", "ERROR")

from config.settings import *  # noqa: E402, F403
from config.settings import REST_FRAMEWORK  # noqa: E402

ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {"default": {"BACKEND": "tests.memory.MemoryCache"}}
# Tasks are sent to nowhere; tests with real processes (tests/stack.py) use a real broker.
CELERY_BROKER_URL = "memory://"
REST_FRAMEWORK = {**REST_FRAMEWORK, "DEFAULT_THROTTLE_RATES": {"anon": None, "network": None, "user": None}}
TRACKING_QUIET = 0  # a wake of one test must not hold up that of the next
WHITENOISE_AUTOREFRESH = True  # does not read every static file at each start of a client
