"""The pipeline: tracking, assessment and post as plain calls, one message at a time. No clock, no I/O, no threads.

What it answers is a function of the messages it was given, in their order.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Final

import msgspec
import numpy as np

from vedette.assessment import Assessor
from vedette.errors import BadScan
from vedette.model import (
    Action,
    CooperativeReport,
    Draft,
    Event,
    FeedHealth,
    Look,
    Origin,
    Picture,
    Scan,
    Sequenced,
    TaskAnswer,
    Tick,
    Tracks,
)
from vedette.model.tracks import Ints
from vedette.post import Books, Post, Refused, decode_clocks, encode_clocks
from vedette.site import Site
from vedette.tracking import BadSnapshot, Tracker
from vedette.watch.site_changes import CHANGE_SITE, changed_site, version_of

SNAPSHOT_S = 5.0
"""Time of the picture between two snapshots: what a restart has to run again at most."""


AHEAD_S = 1.0
"""How far in the future a sensor's time may lie before it is taken for a wrong clock."""


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one message. picture: the new one, on a tick.

    before: the state before this message, when a snapshot is due; snapshot: the state after it, where nothing before
    it may ever be run again.
    """

    drafts: tuple[Draft, ...] = ()
    picture: Picture | None = None
    before: bytes | None = None
    snapshot: bytes | None = None


class State(msgspec.Struct, frozen=True, kw_only=True):
    """A snapshot: what cannot be folded from events. consumed: source messages and ticks up to and with this one.

    site_sha256: of the site file that it was made under. clocks: the post's; both None in a snapshot of an earlier
    version. picture: the newest, where no tick comes before
    whatever is run next; a tick makes its own.
    """

    consumed: int
    tracker: bytes
    assessor: bytes
    site_sha256: str | None = None
    clocks: bytes | None = None
    picture: Picture | None = None


class Pipeline:
    """One site's tracker, assessor and post, fed by `step`."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.post = Post(site)
        self.refused_looks: dict[str, int] = {}
        self.clocks_ahead: dict[str, int] = {}
        self.consumed = 0
        self._tracker = Tracker(site)
        self._assessor = Assessor(site)
        self._picture: Picture | None = None
        self._snapshot_s: float | None = None
        self._recalled = Books()

    @property
    def dropped(self) -> dict[str, int]:
        """Looks that changed nothing, by reason."""
        counts = {f"looks {reason}": self._tracker.counts[reason] for reason in ("late", "repeated")}
        counts |= {f"looks with bad {key}": count for key, count in self.refused_looks.items()}
        return {reason: count for reason, count in counts.items() if count}

    def step(self, message: Sequenced) -> Step:
        """Take one message.

        Raises:
            vedette.post.Refused: an action that the post does not take; nothing has changed but by its drafts.
        """
        before = self._snapshot_if_due(message.received_s) if isinstance(message.body, Tick) else None
        step = self._take(message)
        return step if before is None else msgspec.structs.replace(step, before=before)

    def _take(self, message: Sequenced) -> Step:
        body, at_s, origin = message.body, message.received_s, message.origin
        if isinstance(body, Action) and body.verb == CHANGE_SITE:
            return self._change_site(body, message)
        if isinstance(body, Action):
            return Step(drafts=tuple(self.post.act(body, at_s, origin)))
        self.consumed += 1
        if isinstance(body, Tick):
            return self._tick(message)
        tracks = self._perceive(message)
        if isinstance(body, Look) and self._picture is not None:
            drafts = self.post.look(body, self._picture, at_s, origin)
            return Step(drafts=(*drafts, *self._glance(body.scan, tracks, message)))
        if isinstance(body, CooperativeReport):
            return Step(drafts=tuple(self.post.cooperative(body, at_s, origin)))
        if isinstance(body, TaskAnswer):
            return Step(drafts=tuple(self.post.answered(body, at_s, origin)))
        if isinstance(body, FeedHealth):
            return Step(drafts=tuple(self.post.hear(body, at_s, origin)))
        return Step()

    def _glance(self, scan: Scan, tracks: Tracks | None, message: Sequenced) -> list[Draft]:
        """Judge at once what a look has brought to its time: an alert that is due does not wait for the tick."""
        if tracks is None:
            return []
        due = self.post.due(tracks.observed_s)
        updated = _updated(tracks, scan, message.received_s) if self.post.hasty else _NONE
        if not due and not len(updated):
            return []
        pictures = self._assessor.glance(tracks, updated, due)
        return self.post.glance(pictures, tracks.observed_s, message.received_s, message.origin)

    def _perceive(self, message: Sequenced) -> Tracks | None:
        """The tracks after a look that was taken."""
        body = message.body
        if isinstance(body, Look):
            try:
                scan = self._in_time(body.scan, message.received_s)
                tracks = self._tracker.observe(scan)
                self._assessor.look(scan, tracks)
                return tracks
            except BadScan as bad:
                self.refused_looks[bad.key] = self.refused_looks.get(bad.key, 0) + 1
        elif isinstance(body, CooperativeReport):
            self._assessor.hear(body)
        return None

    def _in_time(self, scan: Scan, received_s: float) -> Scan:
        """The scan, taken at its receive time where its sensor's clock runs ahead; which is counted, by sensor."""
        at_s = taken_s(scan, received_s)
        if at_s == scan.observed_s:
            return scan
        self.clocks_ahead[scan.sensor] = self.clocks_ahead.get(scan.sensor, 0) + 1
        return msgspec.structs.replace(scan, observed_s=at_s)

    def _look_around(self, at_s: float) -> Picture:
        """The picture at a tick. Silence moves time too, but never so far that a look in good time comes late."""
        tracks = self._tracker.advance(at_s - self.site.late_s)
        self._picture = self._assessor.picture(tracks)
        return self._picture

    def _tick(self, message: Sequenced) -> Step:
        picture = self._look_around(message.received_s)
        drafts = self.post.see(picture, message.received_s, message.origin)
        return Step(drafts=tuple(drafts), picture=self.post.picture)

    def _snapshot_if_due(self, at_s: float) -> bytes | None:
        if self._snapshot_s is not None and at_s - self._snapshot_s < SNAPSHOT_S:
            return None
        self._snapshot_s = at_s
        return self.snapshot()

    def snapshot(self, *, picture: bool = False) -> bytes:
        """The state as it stands. picture: with the newest, for what goes on by another message than a tick."""
        return msgspec.msgpack.encode(
            State(
                consumed=self.consumed,
                tracker=self._tracker.snapshot(),
                assessor=self._assessor.snapshot(),
                site_sha256=self.site.sha256,
                clocks=encode_clocks(self.post.clocks),
                picture=self._picture if picture else None,
            )
        )

    def _change_site(self, action: Action, message: Sequenced) -> Step:
        """Go on under another site from here on; what stood under the old one alone no longer stands.

        The snapshot goes into the record with the events: nothing is ever run again across the change.

        Raises:
            Refused: the site is another than the change was made from, it has faults, or a running watch cannot follow.
        """
        site, changed = changed_site(self.site, action, message.received_s)
        self.site, self.post = site, self.post.under(site)
        self._tracker = Tracker.restored(site, self._tracker.snapshot())
        self._assessor = self._assessor.under(site)
        drafts = [
            Draft(observed_s=message.received_s, received_s=message.received_s, origin=message.origin, payload=payload)
            for payload in (changed, version_of(site))
        ]
        lapsed = self.take_up(message.received_s, message.origin)
        return Step(drafts=(*drafts, *lapsed), snapshot=self.snapshot(picture=True))

    def take_up(self, at_s: float, origin: Origin) -> tuple[Draft, ...]:
        """What no longer stands after a restart, before anything is shown."""
        return tuple(self.post.take_up(self._picture, at_s, origin))

    def recall(self, event: Event, *, again: bool = False) -> None:
        """Fold one recorded event, oldest first, before `resume`. again: what led to it is run again by `resume`."""
        self._recalled.apply(event)
        if not again:
            self.post.apply(event)

    def resume(self, snapshot: bytes | None, journal: tuple[Sequenced, ...], *, exactly: bool) -> Picture | None:
        """Take up everything where a watch left it: its last snapshot, and the messages since, taken once more.

        What they led to is in the events already; run again is what has left no event, such as clocks. Where the site
        is another now, tracks begin anew if its reference point is, under names that go on.

        exactly: the post takes the messages again too, from the books as they were at the snapshot (`recall`); else it
        goes on with the clocks of the snapshot.
        """
        state = self._restored(snapshot)
        if state is not None and state.clocks is not None:
            books, self.post = self.post.books, Post(self.site, clocks=decode_clocks(state.clocks))
            self.post.books = books
        same_site = state is not None and state.site_sha256 == self.site.sha256
        self._run_again(journal, self._take if exactly and same_site else self._perceive_again)
        self.post.settle(self._recalled)
        self._recalled = Books()
        return self._picture

    def follow(self, snapshot: bytes | None, journal: tuple[Sequenced, ...]) -> Picture | None:
        """Take up another watch's picture, by its snapshot and the messages since; nothing else of it."""
        self._restored(snapshot)
        self._run_again(journal, self._perceive_again)
        return self._picture

    def _restored(self, snapshot: bytes | None) -> State | None:
        state = msgspec.msgpack.decode(snapshot, type=State) if snapshot is not None else None
        if state is not None:
            self.consumed, self._picture = state.consumed, state.picture
            self._assessor.restore(state.assessor)
            try:
                self._tracker.restore(state.tracker)
            except BadSnapshot:
                self._assessor.picture(self._tracker.tracks())  # none: every name has ended
                self._picture = None
        return state

    def _run_again(self, journal: tuple[Sequenced, ...], take: Callable[[Sequenced], object]) -> None:
        for message in journal:
            with contextlib.suppress(Refused):  # as it was then
                take(message)

    def _perceive_again(self, message: Sequenced) -> None:
        """What a message does to tracks and picture."""
        if isinstance(message.body, Action):
            return
        self.consumed += 1
        if isinstance(message.body, Tick):
            self._look_around(message.received_s)
        else:
            self._perceive(message)


def journalled(message: Sequenced) -> tuple[Sequenced, ...]:
    """What a restart runs again: everything but a change of the site, which has a snapshot of its own if it was one."""
    body = message.body
    return () if isinstance(body, Action) and body.verb == CHANGE_SITE else (message,)


def taken_s(scan: Scan, received_s: float) -> float:
    """The time that a scan is taken at."""
    return scan.observed_s if scan.observed_s <= received_s + AHEAD_S else received_s


_NONE: Final = np.array([], dtype=np.int64)


def _updated(tracks: Tracks, scan: Scan, received_s: float) -> Ints:
    """Rows of the tracks that a scan has updated."""
    offsets_s = scan.time_offset_s
    began_s = taken_s(scan, received_s) + (0.0 if offsets_s is None else float(np.min(offsets_s, initial=0.0)))
    return np.flatnonzero(tracks.last_seen_s[:, tracks.sensors.index(scan.sensor)] >= began_s)
