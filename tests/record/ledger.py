"""Records to test on: drafts, batches and folders made of them."""

from __future__ import annotations

import hashlib
from pathlib import Path

from vedette.model import (
    AlertAcknowledged,
    CooperativeSeen,
    Draft,
    FeedChanged,
    FeedState,
    Origin,
    Payload,
    Sequenced,
    Tick,
    TrackPoint,
)
from vedette.record import Batch, Grouping, Record, derived_salts

BEGIN_S = 1_631_392_000.25
SITE = "erbil"
REPLAY = Grouping(deterministic=True, group_batches=8, every_events=25, every_s=1e9)


def draft(payload: Payload, at_s: float = 0.0) -> Draft:
    return Draft(observed_s=BEGIN_S + at_s, received_s=BEGIN_S + at_s + 0.125, origin=Origin.REPLAY, payload=payload)  # type: ignore[arg-type]


def point(number: int) -> TrackPoint:
    return TrackPoint(
        track=f"erbil-T-{number % 3:04d}",
        observed_s=BEGIN_S + number,
        latitude_deg=36.2 + number / 7.0,
        longitude_deg=43.9,
        altitude_ellipsoid_m=None,
        velocity_east_mps=-1.0 / 3.0,
        velocity_north_mps=0.0,
        velocity_up_mps=None,
        sigma_position_m=8.0,
        p_exists=0.99,
        status="confirmed",
        class_="uav",
        p_class=0.9,
        identity=None,
        sensors=("radar-1", "rf-1"),
    )


def payload(number: int) -> Payload:
    """Events of several kinds, every second one a track point."""
    if number % 2:
        return point(number)
    return (
        AlertAcknowledged(alert=f"erbil-A-{number:04d}", by="Şefîn", note="ok", at_s=BEGIN_S + number),
        FeedChanged(feed="f", sensor="s", state=FeedState.LIVE, messages=number, rejected={"crc": 2, "age": 1}),
        CooperativeSeen(identity="rid:1", source="remote_id", sensor="rid", operator_latitude_deg=36.1),
    )[number // 2 % 3]


def batch(number: int, snapshot: bytes | None = None, flush: bool = False) -> Batch:
    at_s = BEGIN_S + number
    tick = Sequenced(seq=number, received_s=at_s, origin=Origin.REPLAY, body=Tick())
    return Batch(drafts=(draft(payload(number), float(number)),), journal=(tick,), snapshot=snapshot, flush=flush)


def begin(folder: Path, grouping: Grouping = REPLAY) -> Record:
    return Record.open(folder, SITE, derived_salts(b"key"), grouping)


def fill(folder: Path, events: int, grouping: Grouping = REPLAY) -> Path:
    """A closed record of so many events, with a snapshot every tenth."""
    with begin(folder, grouping) as record:
        for number in range(1, events + 1):
            record.writer.put(batch(number, snapshot=b"state %d" % number * 400 if number % 10 == 0 else None))
    return folder


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
