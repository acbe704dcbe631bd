"""Files that people give to an incident, kept in DIR/media under their SHA-256. The record has the digest.

A file is written under a name of its own; whole, it is sealed under a name with its digest; and it gets the digest as
its name once the record has it. So what bears a digest is whole and is in the record, and what a kill leaves between
can be told: what the record has is moved in, what it has not goes (`settle`).
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Collection
from pathlib import Path
from typing import Final

import msgspec

from vedette.errors import RecordError

FOLDER: Final = "media"
INCOMING: Final = ".incoming-"
SEALED: Final = ".sealed-"
_DIGEST: Final = re.compile("[0-9a-f]{64}")
FILE_MOST: Final = 512 * 1024 * 1024
"""Octets of one file at most: some minutes of film."""
FREE_LEAST: Final = 0.05
"""Share of the disk that stays free: the record goes before pictures."""


class Kept(msgspec.Struct, frozen=True):
    """A file that is kept: its SHA-256 as hex, and how many octets it has."""

    sha256: str
    size_bytes: int


class Incoming:
    """A file on its way in: `write` its octets, `seal` it, and `keep` it once the record has it; else `drop` it.

    Belongs to one thread at a time.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        try:
            folder.mkdir(exist_ok=True)
            usage = shutil.disk_usage(folder)
            self._room = usage.free - int(usage.total * FREE_LEAST)
            handle, name = tempfile.mkstemp(prefix=INCOMING, dir=folder)
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

    def seal(self) -> Kept:
        """Make it safe on the disk, under a name that says what it is; it is not yet among the media."""
        sha256 = self._digest.hexdigest()
        sealed = self._part.with_name(f"{SEALED}{sha256}{self._part.name.removeprefix(INCOMING)}")
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            os.replace(self._part, sealed)
        except OSError as error:
            raise RecordError(self._folder, f"cannot be written: {error.strerror}") from None
        self._part = sealed
        return Kept(sha256, self.size_bytes)

    def keep(self) -> None:
        """Give it its name: the record has it. The same octets kept twice are one file."""
        try:
            os.replace(self._part, self._folder / self._digest.hexdigest())
        except OSError as error:
            raise RecordError(self._folder, f"cannot be written: {error.strerror}") from None

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

    def path(self, sha256: str) -> Path | None:
        """Where a file that the record has lies, None if it is not there. One that is only sealed is moved in."""
        if _DIGEST.fullmatch(sha256) is None:
            return None
        found = self._folder / sha256
        if not found.is_file():
            self._move_in(sha256)
        return found if found.is_file() else None

    def settle(self, recorded: Collection[str]) -> int:
        """At a start, after a kill at any moment: have the files that the record has, and no others.

        recorded: their digests. Returns how many were removed.

        Raises:
            RecordError: the folder cannot be written.
        """
        if not self._folder.is_dir():
            return 0
        try:
            for sha256 in recorded:
                if not (self._folder / sha256).is_file():
                    self._move_in(sha256)
            orphans = [path for path in self._folder.iterdir() if _is_orphan(path.name, recorded)]
            for path in orphans:
                path.unlink()
        except OSError as error:
            raise RecordError(self._folder, f"cannot be written: {error.strerror}") from None
        return len(orphans)

    def _move_in(self, sha256: str) -> None:
        sealed = next(iter(sorted(self._folder.glob(f"{SEALED}{sha256}*"))), None)
        if sealed is not None:
            os.replace(sealed, self._folder / sha256)


def _is_orphan(name: str, recorded: Collection[str]) -> bool:
    """Whether a file of the folder is ours and nobody's: what somebody else put there under another name stays."""
    if name.startswith((INCOMING, SEALED)):
        return True
    return _DIGEST.fullmatch(name) is not None and name not in recorded
