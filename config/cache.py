"""A cache that may be away: then everything is a miss, and the page still comes."""

import time
from collections.abc import Callable, Sequence
from functools import cached_property, wraps
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.core.cache.backends.redis import RedisCache
from redis import exceptions
from redis.backoff import NoBackoff
from redis.retry import Retry

REST = 2.0  # seconds without asking, after the cache did not answer


def cache_beside(broker_url: str) -> str:
    """The cache's address on the broker's server: its database 1, so that flushing one leaves the other."""
    parts = urlsplit(broker_url)
    if parts.scheme == "redis+socket":
        return f"unix://{parts.path}?db=1"
    return urlunsplit((parts.scheme, parts.netloc, "/1", parts.query, ""))


def forgiving(name: str, otherwise: Callable[..., Any]) -> Callable[..., Any]:
    return tolerant(getattr(RedisCache, name), otherwise)


def tolerant(original: Callable[..., Any], otherwise: Callable[..., Any]) -> Callable[..., Any]:
    """The method `original`, or `otherwise` with the same arguments while the cache is away."""

    @wraps(original)
    def method(self: "ForgivingCache", *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() < self.resting_until:
            return otherwise(*args, **kwargs)
        try:
            return original(self, *args, **kwargs)
        except (exceptions.ConnectionError, exceptions.TimeoutError):
            self.resting_until = time.monotonic() + REST
            return otherwise(*args, **kwargs)

    return method


class ForgivingCache(RedisCache):
    """Rate limits and cached answers live here, nothing that must not be lost.

    With the cache away, limits are not counted: an outage of the cache must not close the service.
    """

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        params["OPTIONS"] = {"retry": Retry(NoBackoff(), 0), **params.get("OPTIONS", {})}
        super().__init__(server, params)
        self.resting_until = 0.0

    @cached_property
    def _counter(self) -> Any:
        # Django makes a client for each call, which takes as long as the call.
        return self._cache.get_client(write=True)

    def _count(self, keys: Sequence[str], *, seconds: int) -> list[int]:
        made = [self.make_and_validate_key(key) for key in keys]
        with self._counter.pipeline(transaction=False) as pipe:
            for key in made:
                pipe.incr(key)
            counts = pipe.execute()
            for key, count in zip(made, counts, strict=True):
                if count == 1:
                    pipe.expire(key, seconds)
            if 1 in counts:
                pipe.execute()
        return counts

    def answers(self) -> bool:
        try:
            return bool(self._cache.get_client().ping())
        except exceptions.RedisError:
            return False

    get = forgiving("get", lambda key, default=None, version=None: default)
    get_many = forgiving("get_many", lambda keys, version=None: {})
    add = forgiving("add", lambda *args, **kwargs: True)
    set = forgiving("set", lambda *args, **kwargs: None)
    set_many = forgiving("set_many", lambda data, *args, **kwargs: [])
    touch = forgiving("touch", lambda *args, **kwargs: False)
    delete = forgiving("delete", lambda *args, **kwargs: False)
    delete_many = forgiving("delete_many", lambda *args, **kwargs: None)
    has_key = forgiving("has_key", lambda *args, **kwargs: False)
    incr = forgiving("incr", lambda key, delta=1, version=None: delta)
    clear = forgiving("clear", lambda: False)
    #: `count(keys, seconds=60)` adds one to each and returns the counts, which are forgotten after that time.
    count = tolerant(_count, lambda keys, *, seconds: [0] * len(keys))
