"""Our own captures in place of a site's feeds: each moment through the same reception as live, in the order it came.

What a live watch was told of its feeds comes again: the same arrivals, at the same times, in the same order. VEDCAP1
says less: there a look that waited for more is finished before the next octets.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from vedette.errors import BadInput
from vedette.feeds.arrival import Arrival
from vedette.feeds.reception import Reception, intake_maker
from vedette.feeds.recording import Recording, read_bytes
from vedette.model import FeedState, Rejected
from vedette.site import Feed, Site
from vedette.wire.capture import (
    MAGIC_1,
    CaptureFrame,
    CaptureKind,
    Moment,
    begins_at,
    is_vedette_capture,
    read_frames,
)

LAST_S = 1.0
"""Where a capture does not say what time alone brought, what waits is finished so long after its last octets."""
_HEAD_BYTES = 4096
_DEFAULT_STALE_S = 5.0
Frame = CaptureFrame | Rejected


def files_below(folder: Path) -> list[Path]:
    """The capture files of a folder and its folders.

    Raises:
        BadInput: there are none.
    """
    files = [one for one in sorted(folder.rglob("*")) if one.is_file() and is_vedette_capture(_beginning(one))]
    if not files:
        raise BadInput(folder, "no capture files in this folder")
    return files


def _beginning(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_HEAD_BYTES)


def feed_of(site: Site, recording: Recording, sensor: str | None) -> Feed:
    """The feed that a capture is played as: the one it names, or one of `sensor`.

    Raises:
        BadInput: the site has no such feed, or no feed can be of its source.
    """
    head = recording.capture
    assert head is not None  # noqa: S101 - only captures come here
    known = [feed for feed in site.feeds if feed.id == head.feed]
    if sensor is not None:
        known = [feed for feed in site.feeds if feed.sensor == sensor and head.source in ("", feed.source)]
        if not known and head.source:
            known = [Feed(id=sensor, sensor=sensor, source=head.source, url="", stale_s=_DEFAULT_STALE_S)]
    if not known:
        raise BadInput(recording.path, f"the site has no feed {head.feed!r}: name its sensor with SENSOR=FILE")
    feed = known[0]
    if head.source:
        feed = msgspec.structs.replace(feed, source=head.source, url=f"{head.scheme}://captured", listens=head.listens)
    elif feed.source == "sapient":  # many nodes in one line, as from a middleware
        feed = msgspec.structs.replace(feed, listens=False)
    if intake_maker(feed) is None:
        raise BadInput(recording.path, f"its source {feed.source!r} is none that a feed can have")
    return feed


def play(site: Site, captures: Sequence[tuple[Recording, Feed]]) -> Iterator[Arrival]:
    """All that the captures say, merged by receive time and order. Same files, same arrivals."""
    feeds = {feed.id: feed for _, feed in captures}
    arrivals: list[Arrival] = []

    def sink(arrival: Arrival) -> bool:
        arrivals.append(arrival)
        return True

    receptions = [Reception(site, feed, sink) for feed in feeds.values()]
    streams = [_keyed(place, [r for r, feed in captures if feed.id == name]) for place, name in enumerate(feeds)]
    now_s = 0.0
    for received_s, _, place, frame in heapq.merge(*streams, key=lambda one: one[:3]):
        for due_s, silent in _silences(receptions, received_s):
            now_s = max(now_s, due_s)
            silent.tell(now_s)
        now_s = max(now_s, received_s)
        if isinstance(frame, Rejected):
            receptions[place].refuse(frame.reason)
        else:
            receptions[place].hear(msgspec.structs.replace(frame.moment, received_s=now_s))
        yield from arrivals
        arrivals.clear()
    for reception in receptions:
        reception.turn(FeedState.ENDED, "end of the capture")
        reception.tell(now_s)
    yield from arrivals


def _silences(receptions: Sequence[Reception], until_s: float) -> Iterator[tuple[float, Reception]]:
    """Whose health time alone brings, and when."""
    while True:
        due_s, place = min((one.next_s(), place) for place, one in enumerate(receptions))
        if math.isinf(due_s) or due_s > until_s:
            return
        yield due_s, receptions[place]


def _keyed(place: int, recordings: list[Recording]) -> Iterator[tuple[float, int, int, Frame]]:
    """One feed's frames, file after file, by receive time and order; what could not be read stands where it was met."""
    now_s, order = 0.0, 0
    for recording in sorted(recordings, key=lambda one: begins(one) or (0.0, 0)):
        octets = read_bytes(recording.path)
        frames = read_frames(octets)
        for frame in _filled(frames) if octets.startswith(MAGIC_1) else frames:
            if isinstance(frame, CaptureFrame):
                order = frame.order if frame.moment.received_s > now_s else max(order, frame.order)
                now_s = max(now_s, frame.moment.received_s)
            yield now_s, order, place, frame


def begins(recording: Recording) -> tuple[float, int] | None:
    """Receive time and order of a capture's first frame; None where it has none."""
    return begins_at(_beginning(recording.path))


def _filled(frames: Iterable[Frame]) -> Iterator[Frame]:
    """VEDCAP1's frames with time between."""
    last_s = None
    for frame in frames:
        if isinstance(frame, CaptureFrame):
            last_s = frame.moment.received_s
            yield _time(last_s, frame.offset)
        yield frame
    if last_s is not None:
        yield _time(last_s + LAST_S, 0)


def _time(at_s: float, offset: int) -> CaptureFrame:
    return CaptureFrame(moment=Moment(received_s=at_s, kind=CaptureKind.TIME), order=0, offset=offset)
