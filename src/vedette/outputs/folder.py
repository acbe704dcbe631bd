"""A folder as a partner: each message a file, there whole or not at all. Who takes them removes them."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from vedette.model import Parcel
from vedette.outputs.seam import Line
from vedette.site import Output

_ENDINGS: Final = {"application/cap+xml": ".xml", "application/json": ".json"}


@contextlib.asynccontextmanager
async def open_folder(output: Output, heard: Callable[[bytes], None], will: Parcel | None) -> AsyncIterator[Line]:
    """A file: line (see vedette.outputs.seam.Opener)."""
    del heard, will
    folder = Path(unquote(output.url.removeprefix("file:").removeprefix("//")))
    if not await asyncio.to_thread(folder.is_dir):
        raise NotADirectoryError(f"{folder} is no folder")
    yield _FolderLine(folder)


class _FolderLine:
    """Files, one a message."""

    stands = False

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def send(self, parcel: Parcel) -> None:
        """Write one message."""
        await asyncio.to_thread(write_whole, self._folder / file_name(parcel), parcel.octets)

    async def ended(self) -> None:
        """A folder does not end by itself."""
        await asyncio.Event().wait()


def file_name(parcel: Parcel) -> str:
    """A name for the message: its topic or what it is about, and of its octets so much that no other has it."""
    stem = re.sub(r"[^A-Za-z0-9._-]", "_", parcel.topic or parcel.about).lstrip(".")[:120] or parcel.kind
    digest = hashlib.sha256(parcel.octets).hexdigest()[:8]
    return f"{stem}.{digest}{_ENDINGS.get(parcel.content_type, '.bin')}"


def write_whole(path: Path, octets: bytes) -> None:
    """Write a file that nobody sees half written, and that a crash leaves whole or not at all.

    Raises:
        OSError: it cannot be written; nothing of it is left.
    """
    begun = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with begun.open("wb") as file:
            file.write(octets)
            file.flush()
            os.fsync(file.fileno())
        begun.replace(path)
    except BaseException:
        begun.unlink(missing_ok=True)
        raise
