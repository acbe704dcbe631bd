"""Files that people give to an incident, kept in DIR/media under their SHA-256. The record has the digest.

A file is written under a name of its own and renamed when it is whole, so that what bears a digest has it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import msgspec

from vedette.errors import RecordError

FOLDER: Final = "media"
FILE_MOST: Final = 512 * 1024 * 1024
"""Octets of one file at most: some minutes of film."""
FREE_LEAST: Final = 0.05
"""Share of the disk that stays free: the record goes before pictures."""


class Kept(msgspec.Struct, frozen=True):
    """A file that is kept: its SHA-256 as hex, and how many octets it has."""

    sha256: str
    size_bytes: int


class Incoming:
    """A file on its way in. `write` its octets, then `keep` it, or `drop` it. Belongs to one thread at a time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        try:
            folder.mkdir(exist_ok=True)
            usage = shutil.disk_usage(folder)
            self._room = usage.free - int(usage.total * FREE_LEAST)
            handle, name = tempfile.mkstemp(prefix=".incoming-", dir=folder)
        except OSError as error:
            raise RecordError(folder, f"cannot be written: {error.strerror}") from None
        self._part = Path(name)
        self._file = os.fdopen(handle, "wb")
        self._digest = hashlib.sha256()
        self.size_bytes = 0

    def write(self, octets: bytes) -> None:
        """Some more octets.

        Raises:
            RecordError: too many, or the disk has no room for them.
        """
        self.size_bytes += len(octets)
        if self.size_bytes > FILE_MOST:
            raise RecordError(self._folder, f"a file of more than {FILE_MOST // 1024 // 1024} MB is not taken")
        if self.size_bytes > self._room:
            raise RecordError(self._folder, "the disk has no room for it beside the record")
        try:
            self._file.write(octets)
        except OSError as error:
            raise RecordError(self._folder, f"cannot be written: {error.strerror}") from None
        self._digest.update(octets)

    def keep(self) -> Kept:
        """Make it safe on the disk under its digest. The same octets kept twice are one file."""
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            os.replace(self._part, self._folder / self._digest.hexdigest())
        except OSError as error:
            raise RecordError(self._folder, f"cannot be written: {error.strerror}") from None
        return Kept(self._digest.hexdigest(), self.size_bytes)

    def drop(self) -> None:
        """Forget it; harmless once it is kept."""
        self._file.close()
        with contextlib.suppress(FileNotFoundError):
            self._part.unlink()


class MediaFolder:
    """The media of one data folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / FOLDER

    def receive(self) -> Incoming:
        """Begin to take a file in.

        Raises:
            RecordError: the folder cannot be written.
        """
        return Incoming(self._folder)

    def take(self, chunks: Iterable[bytes]) -> Kept:
        """Take a whole file in.

        Raises:
            RecordError: too large, no room, or the folder cannot be written; nothing of it is left.
        """
        incoming = self.receive()
        try:
            for chunk in chunks:
                incoming.write(chunk)
            return incoming.keep()
        finally:
            incoming.drop()

    def path(self, sha256: str) -> Path | None:
        """Where a file lies, None if it is not there."""
        found = self._folder / sha256
        return found if len(sha256) == 64 and sha256.isalnum() and found.is_file() else None
