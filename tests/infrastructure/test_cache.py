"""With the cache away everything is a miss, and it is asked again after a short rest."""

import time

import pytest

from config import embedded
from config.cache import ForgivingCache, cache_beside


@pytest.fixture
def cache(tmp_path):
    forgiving = ForgivingCache(embedded.cache_url(tmp_path), {"OPTIONS": {"socket_timeout": 1}})
    yield forgiving
    forgiving.close()


def test_nobody_there(cache):
    cache.set("rate", 1)
    assert cache.get("rate", "nothing") == "nothing"
    assert cache.get_many(["rate"]) == {}
    assert cache.add("rate", 1)
    assert cache.incr("rate") == 1
    assert cache.get_or_set("rate", 7) == 7
    assert not cache.answers()


def test_it_is_used_again_once_it_is_back(cache, tmp_path):
    assert cache.get("rate") is None
    assert cache.resting_until > time.monotonic()
    valkey = embedded.Keeper(tmp_path, fast=True)
    valkey.start("valkey")
    try:
        cache.resting_until = time.monotonic() + 1000
        cache.set("rate", 1)
        assert cache.get("rate") is None  # it rests still

        cache.resting_until = 0.0
        cache.set("rate", 1)
        assert cache.get("rate") == 1
    finally:
        valkey.stop()


@pytest.mark.parametrize(
    ("broker", "cache"),
    [
        ("redis://valkey:6379/0", "redis://valkey:6379/1"),
        (
            "rediss://:secret@valkey/0?ssl_cert_reqs=required",
            "rediss://:secret@valkey/1?ssl_cert_reqs=required",
        ),
        ("redis+socket:///run/valkey.sock?virtual_host=0", "unix:///run/valkey.sock?db=1"),
    ],
)
def test_the_cache_lies_beside_the_broker(broker, cache):
    assert cache_beside(broker) == cache
