"""What a feed hands to the sequencer."""

from __future__ import annotations

import msgspec

from vedette.model import CooperativeReport, FeedHealth, Look, Rejected, SensorStatus, TaskAnswer

FeedBody = Look | CooperativeReport | SensorStatus | FeedHealth | TaskAnswer | Rejected


class Arrival(msgspec.Struct, frozen=True, eq=False):
    """One message as it arrived.

    `received_s`: our time, UTC seconds; in a replay the recording's. `feed`: the feed's id.
    """

    received_s: float
    feed: str
    body: FeedBody
