"""The free-disk watch: below 5 % free every screen says so and the capture stops, long before the record must."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

from vedette.model import Draft, Origin, StorageLow

LOW_FRACTION: Final = 0.05
"""Of the disk: below it, storage is low (decision 6)."""
WELL_FRACTION: Final = 0.06
"""At or above it, storage is well again: the gap keeps the state from flapping."""


def disk_bytes(folder: Path) -> tuple[int, int]:
    """Free (to us) and total bytes of the disk that holds the folder; OSError if it cannot be asked."""
    usage = shutil.disk_usage(folder)
    return usage.free, usage.total


class StorageWatch:
    """Whether the folder's disk has room. For a live watch: a replay's record must not depend on the disk.

    `low` is the state; while it holds, nothing may be captured.
    """

    def __init__(self, folder: Path | str, free_bytes: Callable[[Path], tuple[int, int]] = disk_bytes) -> None:
        self._folder, self._free_bytes = Path(folder), free_bytes
        self.low = False
        self.free_bytes = 0

    def check(self, now_s: float, origin: Origin) -> tuple[Draft, ...]:
        """Look at the disk; a StorageLow draft when the state changes. Call it every few seconds.

        Raises:
            OSError: the disk cannot be asked.
        """
        self.free_bytes, total = self._free_bytes(self._folder)
        share = self.free_bytes / total if total > 0 else 0.0
        low = share < (WELL_FRACTION if self.low else LOW_FRACTION)
        if low == self.low:
            return ()
        self.low = low
        detail = f"{share:.1%} of the disk is free: the capture {'has stopped' if low else 'goes on'}"
        payload = StorageLow(ok=not low, free_bytes=self.free_bytes, detail=detail)
        return (Draft(observed_s=now_s, received_s=now_s, origin=origin, payload=payload),)
