"""Seals: from time to time all links that were made since are put into one hash, to be kept elsewhere.

The chain of a worker shows what was changed inside it. Whoever owns the database could still take off its
last links, or make a whole chain anew. A seal holds all links by then; its line is printed and logged, so it
stands outside the database too, and bears a code made with the server's secret.

    root = sha256(root before || '[number, first link, last link, links, made at, sha256(all hashes by id)]')
"""

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from workers.models import ChainLink, Seal

log = logging.getLogger(__name__)

LINKS_AT_ONCE = 20_000


def seal(*, at: datetime | None = None) -> Seal | None:
    """Seal all links since the last seal; None when there are none, or somebody else just did it."""
    last = _last_link()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended('workers.seal', 0))")
        if not cursor.fetchone()[0]:
            return None
        before = Seal.objects.order_by("-number").first()
        first = before.last_link + 1 if before else 1
        if last < first:
            return None
        count, hashes = digest(first, last)
        new = Seal(
            number=before.number + 1 if before else 1,
            first_link=first,
            last_link=last,
            links=count,
            made_at=at or timezone.now(),
        )
        new.root = root_of(new, bytes(before.root) if before else b"", hashes)
        new.code = code_of(new.root, settings.SECRET_KEY)
        new.save()
        transaction.on_commit(lambda: log.info("the ledger is sealed: %s", new))
    return new


def _last_link() -> int:
    """The id up to which all links are there.

    Ids are given before their transactions end. The lock waits for those that are under way; each that comes
    after it gets higher ids.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '20s'")
        cursor.execute("LOCK TABLE workers_chainlink IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute("SELECT coalesce(max(id), 0) FROM workers_chainlink")
        last: int = cursor.fetchone()[0]
    return last


def digest(first: int, last: int) -> tuple[int, str]:
    """How many links there are from id to id, and the SHA-256 of their hashes in this order, in hex."""
    count, digest = 0, sha256()
    for value in _hashes(first, last):
        count += 1
        digest.update(value)
    return count, digest.hexdigest()


def _hashes(first: int, last: int) -> Iterator[bytes | memoryview]:
    links = ChainLink.objects.filter(pk__gte=first, pk__lte=last).order_by("pk")
    return links.values_list("hash", flat=True).iterator(chunk_size=LINKS_AT_ONCE)


def root_of(seal: Seal, before: bytes, hashes: str) -> bytes:
    """The root that a seal must have after the root `before`."""
    made_at = seal.made_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    words = [seal.number, seal.first_link, seal.last_link, seal.links, made_at, hashes]
    return sha256(before + json.dumps(words).encode()).digest()


def code_of(root: bytes, secret: str | bytes) -> bytes:
    return salted_hmac("workers.seal", root, secret=secret, algorithm="sha256").digest()


def is_ours(seal: Seal) -> bool:
    """Whether the code was made with the secret of this server, or one that it had before."""
    return any(
        constant_time_compare(bytes(seal.code), code_of(bytes(seal.root), secret))
        for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    )
