"""What the record says of an earlier time, in bounded pieces: to be played back beside the live watch."""

from __future__ import annotations

import msgspec

from vedette.model.events import IncidentDetections, TrackPoint


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """No watch was kept from the last event before it to the start after it, UTC seconds."""

    from_s: float
    until_s: float


class RecordedSpan(msgspec.Struct, frozen=True, kw_only=True):
    """From the first event of the record to the last, received times, and where no watch was kept between."""

    first_s: float
    last_s: float
    gaps: tuple[Gap, ...]


class RecordedPoints(msgspec.Struct, frozen=True, kw_only=True):
    """Track points in the record's order. next_seq: where the next piece goes on, None: there is no more."""

    points: tuple[TrackPoint, ...]
    next_seq: int | None


class RecordedLook(msgspec.Struct, frozen=True, kw_only=True):
    """A look that had a part in an incident. places: of its rows, degrees north and east; None: a bearing."""

    look: IncidentDetections
    places: tuple[tuple[float, float] | None, ...]


class RecordedLooks(msgspec.Struct, frozen=True, kw_only=True):
    """Looks in the record's order. next_seq as of points."""

    looks: tuple[RecordedLook, ...]
    next_seq: int | None
