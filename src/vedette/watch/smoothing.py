"""Incidents' paths smoothed after the fact, beside a running watch: made by a process of its own, kept, one at a time.

    paths of an incident → what is kept of it, and whether more is on its way
                           ↘ python -m vedette.watch.smoothing FOLDER INCIDENT → MessagePack on its standard output

Smoothing takes seconds of a core, which the watch's own threads have not. The other process reads the record alone.
"""

from __future__ import annotations

import contextlib
import logging
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Final

import msgspec

from vedette.clock import monotonic_s
from vedette.errors import VedetteError
from vedette.model import Incident, SmoothedPath
from vedette.watch.archive import Archive

log = logging.getLogger(__name__)
AGAIN_S: Final = 60.0
"""An incident that goes on is smoothed anew this long after it was, if anybody asks."""
KEPT: Final = 8
"""Incidents whose paths are kept at most, the latest asked for."""
NICE: Final = 10

_Paths = tuple[SmoothedPath, ...]
_Basis = tuple[str, tuple[tuple[str, bool, float], ...]]


class Smoothed(msgspec.Struct, frozen=True):
    """What there is: paths, none where nothing is smoothed yet; pending: they, or better ones, are on their way."""

    paths: _Paths
    pending: bool


class _Known(msgspec.Struct, frozen=True):
    basis: _Basis
    paths: _Paths
    made_s: float


class Smoothing:
    """The smoothed paths of one folder's incidents. May be asked from any thread; never waits."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._known: dict[str, _Known] = {}
        self._process: subprocess.Popen[bytes] | None = None
        self._thread: threading.Thread | None = None
        self._closed = False

    def of(self, incident: Incident) -> Smoothed:
        """An incident's, and have them made where they are missing or no longer the newest."""
        basis = _basis_of(incident)
        with self._lock:
            known = self._known.get(incident.incident)
            if known is None:
                self._begin(incident.incident, basis)
                return Smoothed((), not self._closed)
            self._keep(incident.incident, known)
            if known.basis == basis:
                return Smoothed(known.paths, pending=False)
            over = incident.state == "closed"
            if over or monotonic_s() - known.made_s >= AGAIN_S:
                self._begin(incident.incident, basis)
            return Smoothed(known.paths, pending=over and not self._closed)

    def close(self) -> None:
        """End what is being made."""
        with self._lock:
            self._closed = True
            if self._process is not None:
                self._process.kill()

    def settle(self) -> None:
        """Return when what is being made is made."""
        if self._thread is not None:
            self._thread.join()

    def _begin(self, incident: str, basis: _Basis) -> None:
        """Begin, unless something is being made: whoever asks again then has it begun."""
        if self._process is not None or self._closed:
            return
        command = [sys.executable, "-P", "-m", __name__, str(self._folder), incident]
        try:
            self._process = subprocess.Popen(  # noqa: S603 - ourselves, no shell; a terminal's signals are the watch's
                command, stdout=subprocess.PIPE, start_new_session=True
            )
        except OSError as error:
            log.warning("incident %s cannot be smoothed: %s", incident, error)
            self._keep(incident, _Known(basis, (), monotonic_s()))
            return
        self._thread = threading.Thread(
            target=self._take, args=(self._process, incident, basis), name="smoothing", daemon=True
        )
        self._thread.start()

    def _take(self, process: subprocess.Popen[bytes], incident: str, basis: _Basis) -> None:
        """Wait for what is made. What fails gives no paths, and is tried again when the incident has changed."""
        octets, _ = process.communicate()
        paths: _Paths = ()
        with contextlib.suppress(msgspec.DecodeError):
            paths = msgspec.msgpack.decode(octets, type=_Paths)
        with self._lock:
            self._process = None
            if process.returncode != 0 and not self._closed:
                log.warning("incident %s could not be smoothed: exit %d", incident, process.returncode)
            self._keep(incident, _Known(basis, paths, monotonic_s()))

    def _keep(self, incident: str, known: _Known) -> None:
        """As the latest asked for."""
        self._known.pop(incident, None)
        self._known[incident] = known
        while len(self._known) > KEPT:
            del self._known[next(iter(self._known))]


def _basis_of(incident: Incident) -> _Basis:
    """What its paths rest on, as far as the incident tells."""
    return incident.state, tuple((one.track, one.ended, one.last_s) for one in incident.tracks)


def main(folder: str, incident: str) -> int:
    """The other process: the paths on standard output; 1 where the record has none to give."""
    os.nice(NICE)
    try:
        archive = Archive(Path(folder))
        paths = archive.paths(archive.incident(incident))
    except VedetteError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.buffer.write(msgspec.msgpack.encode(paths))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
