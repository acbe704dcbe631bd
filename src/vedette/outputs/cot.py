"""Packages → Cursor on Target events."""

from __future__ import annotations

from collections.abc import Iterator

from vedette.model import Package, Parcel, ReleasedAlert, ReleasedTrack
from vedette.outputs.seam import Context, Encoder
from vedette.wire.cot import CotEvent, encode_event

STALE_S = 15.0


class CotEncoder(Encoder):
    """One event a track."""

    def __init__(self, context: Context) -> None:
        self._delay_s = context.output.release.delay_s

    def parcels(self, package: Package) -> Iterator[Parcel]:
        """See the class."""
        for track in package.tracks:
            yield Parcel(kind="track", about=track.track, octets=encode_event(self._event(track)))
        for alert in package.alerts:
            if alert.latitude_deg is not None and alert.longitude_deg is not None:
                event = _alarm(alert, alert.latitude_deg, alert.longitude_deg)
                yield Parcel(kind="alert", about=alert.alert, octets=encode_event(event), urgent=True)

    def _event(self, track: ReleasedTrack) -> CotEvent:
        return CotEvent(
            uid=f"vedette-{track.track}",
            type="a-u-A",
            time_s=track.observed_s,
            stale_s=track.observed_s + self._delay_s + STALE_S,
            latitude_deg=track.latitude_deg,
            longitude_deg=track.longitude_deg,
            altitude_ellipsoid_m=track.altitude_ellipsoid_m,
            course_true_deg=track.course_true_deg,
            speed_mps=track.speed_mps,
            callsign=track.track,
        )


def _alarm(alert: ReleasedAlert, latitude_deg: float, longitude_deg: float) -> CotEvent:
    return CotEvent(
        uid=f"vedette-{alert.alert}",
        type="b-a-o-tbl",
        time_s=alert.changed_s,
        stale_s=alert.changed_s + 3600.0,
        latitude_deg=latitude_deg,
        longitude_deg=longitude_deg,
        callsign=alert.title,
    )
