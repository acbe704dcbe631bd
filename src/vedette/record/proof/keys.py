"""The machine's signing key (Ed25519) and what a signature over the chain's head says.

    $XDG_CONFIG_HOME/vedette/record.key (else ~/.config/…), or the file that VEDETTE_KEY names: PKCS 8 in PEM, mode 0600

Made at the first watch, never inside a record's folder: who copies the record does not get the key. Signed is
canonical JSON of ["vedette checkpoint", seq, hash]; the hash holds all that was recorded up to there, the site too.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from vedette.errors import RecordError

VARIABLE: Final = "VEDETTE_KEY"
_NAME: Final = Path("vedette", "record.key")
_MOST_BYTES: Final = 4096
"""More than any Ed25519 key in PEM takes."""


def fingerprint(public_key: str) -> str:
    """What people compare: the first 16 bytes of SHA-256 over the key's 32, as eight groups of four hex digits.

    Raises:
        ValueError: `public_key` is no hex.
    """
    digits = hashlib.sha256(bytes.fromhex(public_key)).hexdigest()[:32]
    return "-".join(digits[at : at + 4] for at in range(0, 32, 4))


def signed_bytes(seq: int, hash_: str) -> bytes:
    """What a checkpoint's signature covers. `hash_`: lower-case hex."""
    return msgspec.json.encode(["vedette checkpoint", seq, hash_])


def signature_holds(public_key: str, signature: str, seq: int, hash_: str) -> bool:
    """Whether the signature (64 bytes, hex) is the key's (32 bytes, hex) over this head; False for any that is none."""
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
        key.verify(bytes.fromhex(signature), signed_bytes(seq, hash_))
    except (ValueError, InvalidSignature):
        return False
    return True


class Signer:
    """A key that signs heads. `path`: the file it came from; `public_key`: 32 bytes as hex."""

    def __init__(self, key: Ed25519PrivateKey, path: Path) -> None:
        self._key, self.path = key, path
        self.public_key = key.public_key().public_bytes_raw().hex()

    def sign(self, seq: int, hash_: str) -> str:
        """The signature over a head, 64 bytes as hex. The same head gives the same signature (RFC 8032)."""
        return self._key.sign(signed_bytes(seq, hash_)).hex()


def key_path(environ: Mapping[str, str]) -> Path:
    """Where this user's key on this machine lies."""
    if named := environ.get(VARIABLE):
        return Path(named).absolute()
    home = environ.get("XDG_CONFIG_HOME", "")
    return (Path(home) if os.path.isabs(home) else Path("~/.config").expanduser()) / _NAME


def machine_signer(path: Path | None = None) -> Signer | None:
    """The signer of this machine and user; its key is made where there is none, None where none can be made.

    Raises:
        RecordError: it cannot be read, others may read it, it is another user's, or it is no Ed25519 key.
    """
    try:
        path = path or key_path(os.environ)
        with contextlib.suppress(FileExistsError):
            _make(path)
        return Signer(_read(path), path)
    except (OSError, RuntimeError) as error:  # RuntimeError: a user without a home
        if path is None or not os.path.lexists(path):
            return None
        why = getattr(error, "strerror", None) or str(error)
        raise RecordError(path, f"the signing key: {why} (another place: {VARIABLE}=FILE)") from None


def _make(path: Path) -> None:
    """Whole or not at all, and never over another: two watches may begin at once."""
    if os.path.lexists(path):
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    handle, part = tempfile.mkstemp(prefix=".record.key.", dir=path.parent)  # mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(made)
            file.flush()
            os.fsync(file.fileno())
        os.link(part, path)
    finally:
        os.unlink(part)


def _read(path: Path) -> Ed25519PrivateKey:
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode):
            raise RecordError(path, "the signing key is not a file")
        if found.st_uid != os.geteuid():
            raise RecordError(path, "the signing key belongs to another user")
        if found.st_mode & 0o077:
            raise RecordError(path, f"the signing key is open to others (mode {found.st_mode & 0o777:04o}, not 0600)")
        pem = file.read(_MOST_BYTES)
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise RecordError(path, "the signing key is not an Ed25519 key in PEM without a password")
    return key
