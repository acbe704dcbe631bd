"""The hash chain: what ties an event to the one before it, and its payload to its salt.

    digest = SHA-256(salt ‖ body)                  body: the payload's canonical JSON, salt: 16 bytes of its own
    hash   = SHA-256(JSON [seq, kind, schema, observed, received, origin, digest, previous])

The hash covers the digest, not the payload: a payload can be erased later and the chain still holds. Digest and
previous stand as lower-case hex, times as the shortest decimal that gives the same float64. The first event's
`previous` is made from the record's schema version and site, so that neither can be changed afterwards.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from typing import Final

import msgspec

SALT_BYTES: Final = 16
"""Fixed: with salts of free length a byte could be moved between salt and body under the same digest."""

Salts = Callable[[int], bytes]
"""seq of the event → its salt, SALT_BYTES long."""


def genesis(schema: int, site: str) -> bytes:
    """What the first event has as `previous` (32 bytes)."""
    return hashlib.sha256(msgspec.json.encode(["vedette record", schema, site])).digest()


def payload_digest(salt: bytes, body: bytes) -> bytes:
    """SHA-256 of the salted payload (32 bytes). `body`: UTF-8 of the canonical JSON."""
    return hashlib.sha256(salt + body).digest()


def link_hash(
    seq: int,
    kind: str,
    schema: int,
    observed_s: float,
    received_s: float,
    origin: str,
    digest: bytes,
    previous: bytes,
) -> bytes:
    """The event's hash (32 bytes)."""
    canonical = msgspec.json.encode(
        [seq, kind, schema, observed_s, received_s, origin, digest.hex(), previous.hex()], order="deterministic"
    )
    return hashlib.sha256(canonical).digest()


def drawn_salts(seq: int) -> bytes:
    """Salts of a live watch: drawn from the system's source of randomness."""
    del seq
    return os.urandom(SALT_BYTES)


def derived_salts(key: bytes) -> Salts:
    """Salts of a replay: a function of `key` (the recordings' digests, say) and of the event's place in the sequence.

    They make the same replay the same bytes. They hide nothing from who knows the key.
    """

    def salt(seq: int) -> bytes:
        return hashlib.sha256(key + seq.to_bytes(8, "big")).digest()[:SALT_BYTES]

    return salt
