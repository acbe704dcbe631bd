"""What the post remembers beside its books: clocks. They go into the watch's snapshot, so that a restart keeps them.

Each part of the post keeps its own here and nowhere else. What a picture gives back at once, or what only saves work,
is none of them.
"""

from __future__ import annotations

from typing import Final

import msgspec

from vedette.model import Disposition

CLOCKS_VERSION: Final = 1
"""Raised when the meaning of a clock changes: those of another version are not taken up, and begin anew."""

ALWAYS_S: Final = 1.0
"""Two ticks: between pictures of a watch that runs there is as much."""
PAUSE_S: Final = 30.0
"""A restart that takes no longer leaves all clocks as they are, that of clear ground too. Our judgement: an update
takes ten seconds, and what flies into closed ground in so short a time is there, or under an alert, when it is over."""

Key = tuple[str, str]
"""(rule, target): in at most one open alert each."""


class Heard(msgspec.Struct, frozen=True):
    """A feed: when it was last heard, and whether it has ended for good."""

    last_s: float
    ended: bool


class AbsenceClocks(msgspec.Struct, kw_only=True):
    """feeds: by sensor and feed. began_s: since when anybody listens. flown_s: own aircraft, when last heard."""

    feeds: dict[str, dict[str, Heard]] = msgspec.field(default_factory=dict)
    began_s: float | None = None
    flown_s: dict[str, float] = msgspec.field(default_factory=dict)


class Now(msgspec.Struct, frozen=True):
    """An open alert's zone in the latest picture."""

    time_to_s: float | None
    distance_m: float | None


class AlertClocks(msgspec.Struct, kw_only=True):
    """holds_since_s, fails_since_s: of rules on targets. farthest_m, now: of alerts, by id."""

    holds_since_s: dict[Key, float] = msgspec.field(default_factory=dict)
    fails_since_s: dict[Key, float] = msgspec.field(default_factory=dict)
    farthest_m: dict[str, float] = msgspec.field(default_factory=dict)
    now: dict[str, Now] = msgspec.field(default_factory=dict)


class First(msgspec.Struct, frozen=True):
    """Where a track was first in a picture."""

    latitude_deg: float | None
    longitude_deg: float | None


class FollowingClocks(msgspec.Struct, kw_only=True):
    """By track: where it was first, when its incident last had a word of it, and since when it is not in the picture.

    missing_since_s: of those alone that an open alert or incident is about.
    """

    first: dict[str, First] = msgspec.field(default_factory=dict)
    written_s: dict[str, float] = msgspec.field(default_factory=dict)
    missing_since_s: dict[str, float] = msgspec.field(default_factory=dict)


class FlyingClocks(msgspec.Struct, kw_only=True):
    """fits_since_s: by flight and track. strays_since_s, gone_since_s: by flight."""

    fits_since_s: dict[Key, float] = msgspec.field(default_factory=dict)
    strays_since_s: dict[str, float] = msgspec.field(default_factory=dict)
    gone_since_s: dict[str, float] = msgspec.field(default_factory=dict)


class IdentityClocks(msgspec.Struct, kw_only=True):
    """calm_since_s: by track, which calmer disposition the evidence says, and since when."""

    calm_since_s: dict[str, tuple[Disposition, float]] = msgspec.field(default_factory=dict)
    flying: FlyingClocks = msgspec.field(default_factory=FlyingClocks)


class ClosureClocks(msgspec.Struct, kw_only=True):
    """How long closed ground has been clear.

    inside_s: by place, when an unexplained aircraft was last in it. looking_s: since when anybody looks; looked_s: when
    anybody last did. said_s: by closure and criterion, when it was last written down. excused_until_s: until when a
    watch that has just begun again may be without a live sensor.
    """

    inside_s: dict[str, float] = msgspec.field(default_factory=dict)
    looking_s: float | None = None
    looked_s: float | None = None
    said_s: dict[Key, float] = msgspec.field(default_factory=dict)
    excused_until_s: float | None = None


class PostClocks(msgspec.Struct, kw_only=True):
    """All of them.

    points_s: by track, when its last point was written. seen_s: when the last picture was judged, received time.
    """

    version: int = CLOCKS_VERSION
    alerting: AlertClocks = msgspec.field(default_factory=AlertClocks)
    absence: AbsenceClocks = msgspec.field(default_factory=AbsenceClocks)
    following: FollowingClocks = msgspec.field(default_factory=FollowingClocks)
    identity: IdentityClocks = msgspec.field(default_factory=IdentityClocks)
    closures: ClosureClocks = msgspec.field(default_factory=ClosureClocks)
    points_s: dict[str, float] = msgspec.field(default_factory=dict)
    seen_s: float | None = None

    def pass_over(self, now_s: float) -> None:
        """After a restart: time in which nobody listened is nobody's silence, and a long one holds no rule."""
        pause_s = 0.0 if self.seen_s is None else now_s - self.seen_s
        if pause_s <= ALWAYS_S:
            return
        heard = self.absence
        heard.feeds = {
            sensor: {feed: Heard(one.last_s + pause_s, one.ended) for feed, one in feeds.items()}
            for sensor, feeds in heard.feeds.items()
        }
        heard.began_s = None if heard.began_s is None else heard.began_s + pause_s
        heard.flown_s = {own: last_s + pause_s for own, last_s in heard.flown_s.items()}
        if pause_s > PAUSE_S:
            flying = self.identity.flying
            for clocks in (
                self.alerting.holds_since_s,
                self.alerting.fails_since_s,
                self.following.missing_since_s,
                self.identity.calm_since_s,
                flying.fits_since_s,
                flying.strays_since_s,
                flying.gone_since_s,
            ):
                clocks.clear()


def encode_clocks(clocks: PostClocks) -> bytes:
    """As they stand, in the order in which they began: what is asked of several is asked in that order again."""
    return msgspec.msgpack.encode(clocks)


def decode_clocks(body: bytes) -> PostClocks:
    """The clocks of a snapshot; new ones where it is of another version."""
    try:
        clocks = msgspec.msgpack.decode(body, type=PostClocks)
    except msgspec.DecodeError:
        return PostClocks()
    return clocks if clocks.version == CLOCKS_VERSION else PostClocks()
