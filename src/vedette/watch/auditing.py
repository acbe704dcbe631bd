"""The record for who audits it: its events, its head and newest checkpoint, and whether it holds.

Whether it holds is told by `vedette verify` in a process of its own, of low priority: the watch is not slowed, and who
doubts this process is answered by another.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from pathlib import Path

from vedette.clock import LiveClock
from vedette.model.auditing import LogPage, LogSearch, RecordState, Verified
from vedette.record import head_text, kinds_of, newest_events

NICE = 10


class Auditing:
    """Of one folder. `verify` belongs to the console's loop; all else to any thread."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._clock = folder, LiveClock()
        self._verified: Verified | None = None
        self._verifying: asyncio.Task[None] | None = None

    def events(self, search: LogSearch, most: int) -> LogPage:
        """The newest events that are looked for. Raises RecordError."""
        return newest_events(self._folder, search, most)

    def state(self) -> RecordState:
        """How the record stands. Raises RecordError."""
        lines = (head_text(self._folder) or "").splitlines()
        return RecordState(
            head=lines[0] if lines else None,
            checkpoint=lines[-1] if lines and "signed by" in lines[-1] else None,
            kinds=tuple(kinds_of(self._folder)),
            verified=self._verified,
            verifying=self._verifying is not None,
        )

    def verify(self, by: str) -> None:
        """Begin to check the whole record; nothing where that is under way."""
        if self._verifying is None:
            self._verifying = asyncio.create_task(self._verify(by))

    async def done(self) -> None:
        """Return when no check is under way."""
        if self._verifying is not None:
            await asyncio.gather(self._verifying, return_exceptions=True)

    async def _verify(self, by: str) -> None:
        try:
            begun_s = self._clock.now_s()
            command = (sys.executable, "-P", "-m", "vedette", "verify", str(self._folder))
            pipe = asyncio.subprocess.PIPE
            process = await asyncio.create_subprocess_exec(*command, stdout=pipe, stderr=pipe)
            try:
                with contextlib.suppress(OSError):
                    os.setpriority(os.PRIO_PROCESS, process.pid, NICE)
                said, notes = await process.communicate()
            finally:
                if process.returncode is None:
                    process.kill()
            self._verified = Verified(
                at_s=begun_s,
                by=by,
                intact=process.returncode == 0,
                says=said.decode().strip() or "the check did not come to its end",
                notes=tuple(notes.decode().splitlines()),
            )
        finally:
            self._verifying = None
