"""checkpoints.log: the chain's head from time to time, outside the database, one JSON object a line.

    {"seq": 1200, "hash": "<64 hex>", "received": 1631393000.5,
     "signer": "<fingerprint>", "public_key": "<64 hex>", "signature": "<128 hex>"}     the last three where signed

A line is written only after the commit of the event it names, and is on the disk before the next: after a crash the log
may trail the record and never leads it. A last line without its newline was cut by a crash and counts for nothing.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final

import msgspec

from vedette.errors import BadInput
from vedette.record.proof.keys import Signer, fingerprint, signature_holds

FILE: Final = "checkpoints.log"
_TAIL_BYTES: Final = 4096
"""More than two lines take."""


class Checkpoint(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The head of the chain at one time: seq and hash (lower-case hex) of an event. Other keys are left alone.

    received: of the event, None where it came as text. signer: fingerprint of public_key, for people.
    """

    seq: int
    hash: str
    received: float | None = None
    signer: str | None = None
    public_key: str | None = None
    signature: str | None = None

    @property
    def signed(self) -> bool:
        """Whether it says so; `holds` tells if it is true."""
        return not (self.signer is None and self.public_key is None and self.signature is None)

    @property
    def holds(self) -> bool:
        """Whether the signature is that of its public key over this head, and the fingerprint that of the key."""
        if self.public_key is None or self.signature is None:
            return False
        if not signature_holds(self.public_key, self.signature, self.seq, self.hash):
            return False
        return self.signer in (None, fingerprint(self.public_key))

    def __str__(self) -> str:
        """As reports print it, and as `vedette verify DIR --checkpoint TEXT` takes it."""
        head = f"{self.seq} {self.hash}"
        return f"{head} signed by {self.public_key} {self.signature}" if self.signed else head


def checkpoint_of(seq: int, hash_: bytes, received_s: float | None, signer: Signer | None) -> Checkpoint:
    """The checkpoint of a head, signed where there is a signer."""
    if signer is None:
        return Checkpoint(seq=seq, hash=hash_.hex(), received=received_s)
    return Checkpoint(
        seq=seq,
        hash=hash_.hex(),
        received=received_s,
        signer=fingerprint(signer.public_key),
        public_key=signer.public_key,
        signature=signer.sign(seq, hash_.hex()),
    )


class CheckpointLog:
    """Appends to a checkpoints.log after `every_events` events or `every_s` seconds of received time, and when told."""

    def __init__(self, folder: Path, every_events: int, every_s: float, signer: Signer | None = None) -> None:
        self._path, self._every_events, self._every_s = folder / FILE, every_events, every_s
        self._signer = signer
        self._cut_torn_line()
        written = read_checkpoints(self._path)
        self.last = written[-1] if written else None

    def _cut_torn_line(self) -> None:
        if self._path.exists():
            text = self._path.read_bytes()
            if not text.endswith(b"\n"):
                os.truncate(self._path, text.rfind(b"\n") + 1)

    def note(self, seq: int, hash_: bytes, received_s: float, must: bool = False) -> None:
        """The head after a commit; writes a line if it is due, or if it `must` and the head has moved.

        Raises:
            OSError: the line could not be written.
        """
        if seq == (self.last.seq if self.last else 0):
            return
        if not (must or self.last is None or self._due(self.last, seq, received_s)):
            return
        self.last = checkpoint_of(seq, hash_, received_s, self._signer)
        with self._path.open("ab", buffering=0) as log:
            log.write(msgspec.json.encode(self.last) + b"\n")
            os.fsync(log.fileno())

    def _due(self, last: Checkpoint, seq: int, received_s: float) -> bool:
        if self._signer is not None and last.public_key != self._signer.public_key:
            return True
        return seq - last.seq >= self._every_events or received_s - (last.received or 0.0) >= self._every_s


def read_checkpoints(path: Path) -> tuple[Checkpoint, ...]:
    """All whole lines of a checkpoints.log, oldest first; none if there is no such file.

    Raises:
        BadInput: a line that is no checkpoint, or a file that cannot be read.
    """
    try:
        lines = path.read_bytes().split(b"\n")[:-1]
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise BadInput(path, f"cannot be read: {error.strerror}") from None
    return tuple(_parse(line, path, number) for number, line in enumerate(lines, start=1))


def newest_checkpoint(path: Path) -> Checkpoint | None:
    """The last whole line of a checkpoints.log, however long it is; None if there is none. Raises as above."""
    try:
        with path.open("rb") as log:
            log.seek(max(0, log.seek(0, os.SEEK_END) - _TAIL_BYTES))
            lines = log.read().split(b"\n")[:-1]
    except FileNotFoundError:
        return None
    except OSError as error:
        raise BadInput(path, f"cannot be read: {error.strerror}") from None
    return _parse(lines[-1], path, 0) if lines else None


def given_checkpoints(checkpoint: str | Path) -> tuple[Checkpoint, ...]:
    """Checkpoints from a person: a file of lines, or the text of one.

    A line is as in checkpoints.log, or as reports print it: `Record head: SEQ HASH signed by KEY SIGNATURE`, with or
    without the words before, and with or without the signature.

    Raises:
        BadInput: neither, or no checkpoint in it.
    """
    if isinstance(checkpoint, str) and (checkpoint.lstrip().startswith("{") or _PRINTED.search(checkpoint)):
        return (_parse(checkpoint.strip().encode(), Path("checkpoint"), 1),)
    path = Path(checkpoint)
    try:
        lines = path.read_bytes().splitlines()
    except (OSError, ValueError) as error:
        raise BadInput(path, f"cannot be read: {getattr(error, 'strerror', error)}") from None
    found = tuple(_parse(line, path, number) for number, line in enumerate(lines, start=1) if line.strip())
    if not found:
        raise BadInput(path, "no checkpoint in it")
    return found


_PRINTED: Final = re.compile(
    r"(?:^|\s)([1-9][0-9]{0,17})\s+([0-9a-fA-F]{64})(?:\s+signed\s+by\s+([0-9a-fA-F]{64})\s+([0-9a-fA-F]{128}))?\s*$"
)


def _parse(line: bytes, path: Path, number: int) -> Checkpoint:
    try:
        printed = _PRINTED.search(line.decode("utf-8"))
        if printed is not None:
            seq, hash_, *signed = (part.lower() if part else None for part in printed.groups())
            return Checkpoint(seq=int(seq or 0), hash=hash_ or "", public_key=signed[0], signature=signed[1])
        found = msgspec.json.decode(line, type=Checkpoint)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise BadInput(path, "not a checkpoint", f"line {number}", line.decode("utf-8", "replace")) from None
    if found.seq < 1:
        raise BadInput(path, "not a checkpoint", f"line {number}", found.seq)
    return found
