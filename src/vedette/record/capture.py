"""The capture: bytes as received, by feed and hour, under a budget. Each closed file's digest becomes an event.

    capture/FEED/YYYYMMDDTHH.bin      then -2, -3, … where a watch began again within the hour

What a file holds is in vedette.wire.capture.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection
from pathlib import Path
from typing import BinaryIO, Final

from vedette.clock import iso_utc
from vedette.model import CaptureClosed
from vedette.wire.capture import CaptureHead, Moment, encode_head, encode_moment

FOLDER: Final = "capture"
_FEED_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_.-]*")


class _Open:
    """One feed's file of the present hour."""

    def __init__(self, path: Path, hour: str, head: CaptureHead) -> None:
        self.path, self.hour, self.head, self.size = path, hour, head, 0
        self._digest = hashlib.sha256()
        self._file: BinaryIO = path.open("xb")
        self.append(encode_head(head))

    def append(self, data: bytes) -> None:
        self._file.write(data)
        self._digest.update(data)
        self.size += len(data)

    def flush(self) -> None:
        self._file.flush()

    def close(self) -> str:
        self._file.close()
        return self._digest.hexdigest()


class Capture:
    """Writes one folder's capture. Belongs to one thread. OSError of the disk goes to the caller.

    `stopped`: set it while storage is low; what comes then is counted in `skipped_bytes` and not kept.
    `dropped`: files that the budget or age has thinned, oldest first. keep_s: files whose hour ended longer ago are
    dropped as each hour begins, because they may hold personal data; None: the budget alone decides.
    """

    def __init__(self, folder: Path | str, budget_bytes: int, keep_s: float | None = None) -> None:
        self._root, self._budget, self._keep_s = Path(folder) / FOLDER, budget_bytes, keep_s
        self._aged_in = ""
        self._open: dict[str, _Open] = {}
        self._order = 0
        self._kept = {path: path.stat().st_size for path in sorted(self._root.glob("*/*.bin"), key=_age)}
        self.stopped = False
        self.skipped_bytes = 0
        self.dropped: list[str] = []

    def recover(self, closed: Collection[str]) -> tuple[CaptureClosed, ...]:
        """What a killed watch left without a digest: files not among `closed` (names as in CaptureClosed.file).

        Call it before the first `write`; then the digests of these files are part of the chain too.
        """
        left = [path for path in self._kept if self._name(path) not in closed]
        return tuple(
            self._closed(path, hashlib.sha256(path.read_bytes()).hexdigest(), self._kept[path]) for path in left
        )

    def write(self, head: CaptureHead, moment: Moment) -> tuple[CaptureClosed, ...]:
        """Keep what happened on a feed; returns the files that were closed: a new hour (UTC) began, or a new source."""
        feed = head.feed
        self._order += 1
        hour = _hour(moment.received_s)
        self._drop_aged(hour, moment.received_s)
        if self.stopped or self._budget <= 0:
            self.skipped_bytes += len(moment.octets)
            return ()
        closed: tuple[CaptureClosed, ...] = ()
        if feed in self._open and (self._open[feed].hour, self._open[feed].head) != (hour, head):
            closed = (self._close(feed),)
        if feed not in self._open:
            self._open[feed] = _Open(self._new_path(feed, hour), hour, head)
        self._open[feed].append(encode_moment(moment, self._order))
        self._thin()
        return closed

    def follow(self, budget_bytes: int, keep_s: float | None) -> None:
        """Other limits from now on."""
        self._budget, self._keep_s, self._aged_in = budget_bytes, keep_s, ""

    def flush(self) -> None:
        """Hand what is buffered to the system."""
        for each in self._open.values():
            each.flush()

    def close(self) -> tuple[CaptureClosed, ...]:
        """Close all files."""
        return tuple(self._close(feed) for feed in sorted(self._open))

    def _new_path(self, feed: str, hour: str) -> Path:
        if not _FEED_NAME.fullmatch(feed):
            raise ValueError(f"not the id of a feed: {feed!r}")
        folder = self._root / feed
        folder.mkdir(parents=True, exist_ok=True)
        path, part = folder / f"{hour}.bin", 1
        while path.exists() or self._name(path) in self.dropped:
            part += 1
            path = folder / f"{hour}-{part}.bin"
        return path

    def _close(self, feed: str) -> CaptureClosed:
        done = self._open.pop(feed)
        self._kept[done.path] = done.size
        return self._closed(done.path, done.close(), done.size)

    def _closed(self, path: Path, sha256: str, size: int) -> CaptureClosed:
        return CaptureClosed(file=self._name(path), feed=path.parent.name, sha256=sha256, size_bytes=size)

    def _name(self, path: Path) -> str:
        return path.relative_to(self._root.parent).as_posix()

    def _thin(self) -> None:
        """Delete the oldest closed files while all together are over the budget."""
        used = sum(self._kept.values()) + sum(each.size for each in self._open.values())
        for path in sorted(self._kept, key=_age) if used > self._budget else ():
            if used <= self._budget:
                return
            used -= self._drop(path)

    def _drop_aged(self, hour: str, now_s: float) -> None:
        if self._keep_s is None or hour == self._aged_in:
            return
        self._aged_in = hour
        oldest = _hour(now_s - self._keep_s)
        for path in [each for each in sorted(self._kept, key=_age) if _age(each)[0] < oldest]:
            self._drop(path)

    def _drop(self, path: Path) -> int:
        path.unlink(missing_ok=True)
        self.dropped.append(self._name(path))
        return self._kept.pop(path)


def _hour(at_s: float) -> str:
    """The hour (UTC) as files are named by it; they sort by time."""
    return re.sub(r"[-:]", "", iso_utc(at_s))[:11]


def _age(path: Path) -> tuple[str, int, str]:
    """Oldest first: hour, part, feed."""
    hour, _, part = path.stem.partition("-")
    return hour, int(part) if part.isdigit() else 1, path.parent.name
