"""Looks in, smoothed tracks out.

The looks are put in order (after the fact nothing is late) and go forward through the tracker itself, which leaves the
filtered modes of each track after each time (vedette.tracking.smoothing.history); then each track goes backward
(vedette.tracking.smoothing.backward). What is believed in the end counts from its first detection on; what was never
believed is not here. A track's life ends with its last detection: that it coasted on after that was a guess.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import attrgetter
from typing import Any

import msgspec
import numpy as np

from vedette.errors import BadScan
from vedette.model import CLASSES, Scan, SmoothedTracks, Status, Tracks
from vedette.site import Site
from vedette.tracking.motion import MODES
from vedette.tracking.smoothing.history import History, Path, Piece, joined
from vedette.tracking.tracker import Tracker

Told = Callable[[int, int], None]


def smooth(
    site: Site,
    looks: Iterable[Scan],
    progress: Told | None = None,
    on_refused: Callable[[Scan, BadScan], None] | None = None,
) -> SmoothedTracks:
    """The smoothed tracks of a site from its looks, in any order; the same looks give the same bytes.

    Numbers are those that a Tracker of the site gives to the same looks in order. Looks repeated are passed over. Holds
    all looks; besides them 1.2 kB a living track and time, for at most the last 1,024 times, and 0.5 kB a row of the
    result, twice that at the end: 230 MB for fifty drones over an hour of looks a second apart.

    Args:
        progress: called with (looks done, of) after each time.
        on_refused: called with each look that makes no sense, which is then passed over; None: the first one is raised.

    Raises:
        BadScan: a sensor the site does not have, a shape or value that makes no sense.
    """
    tracker = Tracker(site)
    ordered = sorted(looks, key=attrgetter("observed_s"))
    history = History(site)
    done = 0
    for _, same in itertools.groupby(ordered, key=attrgetter("observed_s")):
        tracks: Tracks | None = None
        for scan in same:
            done += 1
            try:
                tracks = tracker.observe(scan)
            except BadScan as bad:
                if on_refused is None:
                    raise
                on_refused(scan, bad)
        if tracks is not None:
            history.record(tracks, tracker.state)
        if progress is not None:
            progress(done, len(ordered))
    return assembled(history.finished(), tuple(sensor.id for sensor in site.sensors))


def assembled(paths: Sequence[Path], sensors: tuple[str, ...]) -> SmoothedTracks:
    """The rows of all tracks in one order. Where one is known by direction and with its range, the range holds."""
    pieces: list[tuple[Path, Piece]] = [(path, piece) for path in paths for piece in path.pieces]
    lengths = [len(piece.observed_s) for _, piece in pieces]
    whole = joined([piece for _, piece in pieces], MODES, len(sensors))
    number = np.repeat(np.array([path.number for path, _ in pieces], dtype=np.int64), lengths)
    owner = np.repeat(np.arange(len(pieces)), lengths)
    order = np.lexsort((~whole.range_known, number, whole.observed_s))
    first = np.ones(len(order), dtype=np.bool_)
    first[1:] = (np.diff(whole.observed_s[order]) != 0.0) | (np.diff(number[order]) != 0)
    order = order[first]
    p_classes = np.array([path.p_classes for path, _ in pieces]).reshape(-1, len(CLASSES))
    return SmoothedTracks(
        observed_s=_frozen(whole.observed_s[order]),
        id=_frozen(number[order]),
        position_enu_m=_frozen(whole.state[order, :3]),
        velocity_enu_mps=_frozen(whole.state[order, 3:]),
        covariance=_frozen(whole.covariance[order]),
        p_modes=_frozen(whole.p_modes[order]),
        p_exists=_frozen(whole.p_exists[order]),
        status=_frozen(np.where(whole.coasting[order], Status.COASTING, Status.CONFIRMED).astype(np.int8)),
        p_classes=_frozen(p_classes[owner[order]]),
        identity=tuple(pieces[place][0].identity for place in owner[order].tolist()),
        altitude_known=_frozen(whole.altitude_known[order]),
        range_known=_frozen(whole.range_known[order]),
        sensors=sensors,
        last_seen_s=_frozen(whole.last_seen_s[order]),
    )


def moments(smoothed: SmoothedTracks) -> Iterator[Tracks]:
    """The rows of each time as the tracks of that time, for what takes tracks as they come."""
    starts = np.flatnonzero(np.diff(smoothed.observed_s, prepend=-np.inf))
    columns: dict[str, Any] = {
        field.name: getattr(smoothed, field.name)
        for field in msgspec.structs.fields(Tracks)
        if field.name not in ("observed_s", "sensors")
    }
    for start, end in zip(starts.tolist(), [*starts[1:].tolist(), len(smoothed)], strict=False):
        yield Tracks(
            observed_s=float(smoothed.observed_s[start]),
            sensors=smoothed.sensors,
            **{name: column[start:end] for name, column in columns.items()},
        )


def _frozen(array: Any) -> Any:
    array.flags.writeable = False
    return array
