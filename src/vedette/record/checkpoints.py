"""checkpoints.log: the chain's head from time to time, outside the database, one JSON object a line.

    {"seq": 1200, "hash": "<64 hex>", "received": 1631393000.5}     later also "signature"

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

FILE: Final = "checkpoints.log"


class Checkpoint(msgspec.Struct, frozen=True):
    """The head of the chain at one time: seq and hash (lower-case hex) of an event. Other keys are left alone."""

    seq: int
    hash: str
    received: float
    signature: str | None = None


class CheckpointLog:
    """Appends to a checkpoints.log after `every_events` events or `every_s` seconds of received time, and when told."""

    def __init__(self, folder: Path, every_events: int, every_s: float) -> None:
        self._path, self._every_events, self._every_s = folder / FILE, every_events, every_s
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
        self.last = Checkpoint(seq=seq, hash=hash_.hex(), received=received_s)
        line = {"seq": seq, "hash": hash_.hex(), "received": received_s}
        with self._path.open("ab", buffering=0) as log:
            log.write(msgspec.json.encode(line) + b"\n")
            os.fsync(log.fileno())

    def _due(self, last: Checkpoint, seq: int, received_s: float) -> bool:
        return seq - last.seq >= self._every_events or received_s - last.received >= self._every_s


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


def given_checkpoints(checkpoint: str | Path) -> tuple[Checkpoint, ...]:
    """Checkpoints from a person: a file of lines, or the text of one line itself.

    A line is as in checkpoints.log, or as reports print it: `Record head: SEQ HASH`, with or without the words.

    Raises:
        BadInput: neither, or no checkpoint in it.
    """
    if isinstance(checkpoint, str) and (checkpoint.lstrip().startswith("{") or _PRINTED.search(checkpoint)):
        return (_parse(checkpoint.strip().encode(), Path("checkpoint"), 1),)
    path = Path(checkpoint)
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise BadInput(path, f"cannot be read: {error.strerror}") from None
    found = tuple(_parse(line, path, number) for number, line in enumerate(lines, start=1) if line.strip())
    if not found:
        raise BadInput(path, "no checkpoint in it")
    return found


_PRINTED: Final = re.compile(r"(?:^|\s)([1-9][0-9]{0,17})\s+([0-9a-fA-F]{64})\s*$")


def _parse(line: bytes, path: Path, number: int) -> Checkpoint:
    try:
        printed = _PRINTED.search(line.decode("utf-8"))
        if printed is not None:
            return Checkpoint(seq=int(printed[1]), hash=printed[2].lower(), received=0.0)
        found = msgspec.json.decode(line, type=Checkpoint)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise BadInput(path, "not a checkpoint", f"line {number}", line.decode("utf-8", "replace")) from None
    if found.seq < 1:
        raise BadInput(path, "not a checkpoint", f"line {number}", found.seq)
    return found
