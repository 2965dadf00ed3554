"""How often one visitor, one network and one person may ask: counted in the cache, shared by every process.

A window of fixed length and one count each, so that a question costs one round trip however high the limits
are. With the cache away nothing is counted: see `config.cache`.
"""

import time
from ipaddress import ip_address, ip_network
from typing import Any

from django.core.cache import cache
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle, SimpleRateThrottle

#: What one household or one office shares: an IPv4 neighbourhood, an IPv6 site.
NETWORK = {4: 24, 6: 48}

SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}


class CountingThrottle(BaseThrottle):
    """Refuses what goes over a rate; DRF's settings name the rates."""

    #: Of the window in which the last question fell.
    seconds_left = 0.0

    def allow_request(self, request: Request, view: Any) -> bool:
        limits = [(key, *limit) for scope, key in self.counted(request).items() if (limit := read(scope))]
        if not limits:
            return True
        counted: Any = cache  # as config.cache has it
        counts = counted.count(
            [self._window(key, seconds) for key, _most, seconds in limits],
            seconds=max(seconds for _key, _most, seconds in limits),
        )
        return all(count <= most for count, (_key, most, _seconds) in zip(counts, limits, strict=True))

    def counted(self, request: Request) -> dict[str, str]:
        """What is counted: the name of its rate, and a key that stands for who asks."""
        raise NotImplementedError

    def wait(self) -> float:
        return self.seconds_left

    def _window(self, key: str, seconds: int) -> str:
        window, passed = divmod(time.time(), seconds)
        self.seconds_left = max(self.seconds_left, seconds - passed)
        return f"rate:{key}:{window:.0f}"


class VisitorThrottle(CountingThrottle):
    """Whoever is not signed in, by address and by network: another address next door does not help."""

    def counted(self, request: Request) -> dict[str, str]:
        if request.user.is_authenticated:
            return {}
        address = self.get_ident(request)
        return {"anon": address, "network": network(address)}


class PersonThrottle(CountingThrottle):
    """Whoever is signed in."""

    def counted(self, request: Request) -> dict[str, str]:
        return {"user": f"person-{request.user.pk}"} if request.user.is_authenticated else {}


def read(scope: str) -> tuple[int, int] | None:
    """The rate of a scope as (how often, in how many seconds); None where there is no limit."""
    rate = SimpleRateThrottle.THROTTLE_RATES[scope]
    if not rate:
        return None
    often, _, period = rate.partition("/")
    return int(often), SECONDS[period[0]]


def network(address: str) -> str:
    """The network of an address; what is no address stands for itself."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((known, NETWORK[known.version]), strict=False))
