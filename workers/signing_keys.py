"""The key under documents that leave the house: Ed25519, from the settings, never in the database."""

import base64
import hashlib
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

PURPOSE = b"peerladder documents, Ed25519"
_RAW = (serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def encoded(data: bytes) -> str:
    """Base64 for addresses, without its padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@lru_cache(maxsize=4)
def _private(secret: str, fallback: str) -> Ed25519PrivateKey:
    if secret:
        return Ed25519PrivateKey.from_private_bytes(base64.b64decode(secret))
    # Without a key of its own, one that follows from the secret of this installation.
    derived = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=PURPOSE).derive(fallback.encode())
    return Ed25519PrivateKey.from_private_bytes(derived)


def _key() -> Ed25519PrivateKey:
    return _private(settings.SIGNING_KEY, settings.SECRET_KEY)


def sign(data: bytes) -> bytes:
    return _key().sign(data)


def key_id(public: bytes) -> str:
    return hashlib.sha256(public).hexdigest()[:16]


def current() -> str:
    """The id of the key that signs today."""
    return key_id(_key().public_key().public_bytes(*_RAW))


def public_keys() -> dict[str, bytes]:
    """Id -> raw public key: today's first, then the retired ones of the settings."""
    keys = [_key().public_key().public_bytes(*_RAW), *map(base64.b64decode, settings.SIGNING_KEYS_RETIRED)]
    return {key_id(key): key for key in keys}


def genuine(data: bytes, signature: bytes, key: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, data)
    except (InvalidSignature, ValueError):
        return False
    return True
