"""An incident's tracks after the fact: the looks that its record holds, tracked once more and smoothed.

The record holds those detections of a look that may be of the incident's tracks, from two minutes before each joined
it. A look without any is not in it, so that a miss counts only where another track of the incident was seen. Smoothed
tracks have the names of the recorded ones they fly with.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

import msgspec
import numpy as np

from vedette.assessment import Assessor
from vedette.classification import named_class
from vedette.errors import BadScan
from vedette.model import (
    AnyPayload,
    Event,
    Floats,
    Impact,
    Incident,
    IncidentDetections,
    Scan,
    SmoothedPath,
    SmoothedTracks,
    Status,
    TrackPoint,
    Tracks,
)
from vedette.site import Site
from vedette.tables import BadRow, parse_row, scan_of
from vedette.tracking import moments, same_tracks, smooth

Told = Callable[[int, int], None]

BETTER: Final = 0.6
"""An impact is clearly better known where its ellipse has at most this share of the area: a quarter less in length."""
GONE_S: Final = 60.0
"""Silence after the last look, so that what then is still on its way down counts as come down."""


def smoothed_paths(
    site: Site, incident: Incident, events: Iterable[Event], progress: Told | None = None
) -> tuple[SmoothedPath, ...]:
    """The smoothed paths of an incident's tracks, in its order; none where the record does not hold their looks.

    Args:
        events: the record's, from before the incident's tracks on.
        progress: called with (looks done, of).
    """
    payloads = [event.payload for event in events]
    looks = looks_of(site, incident.incident, payloads)
    names = [track.track for track in incident.tracks]
    points = [one for one in payloads if isinstance(one, TrackPoint) and one.track in names and _is_seen(one)]
    if not looks or not points:
        return ()
    smoothed = smooth(site, looks, progress, lambda *_: None)  # what it refuses, the watch refused and counted
    number = np.array([names.index(one.track) for one in points])
    same = same_tracks(smoothed, np.array([one.observed_s for one in points]), number, _places(site, points))
    impacts = impacts_of(site, smoothed)
    said = {track.track: track.impact for track in incident.tracks}
    found = {
        names[number]: SmoothedPath(
            track=names[number],
            detections=_detections(smoothed, one),
            points=points_of(site, smoothed, one, names[number]),
            impact=_if_better(impacts.get(one), said[names[number]]),
        )
        for one, number in same.items()
    }
    return tuple(found[name] for name in names if name in found)


def _places(site: Site, points: Sequence[TrackPoint]) -> Floats:
    """Where points are (n, 3), in the site's frame; one without an altitude at the reference point's."""
    columns = np.array(
        [
            (one.latitude_deg, one.longitude_deg, one.altitude_ellipsoid_m or site.altitude_ellipsoid_m)
            for one in points
        ],
        dtype=np.float64,
    )
    return site.frame().to_enu_m(*columns.T)


def looks_of(site: Site, incident: str, payloads: Iterable[AnyPayload | None]) -> list[Scan]:
    """The looks of an incident as its record holds them, but for rows that no sensor of the site could have made."""
    rows: dict[tuple[str, float], dict[tuple[Any, ...], dict[str, Any]]] = {}
    known = {sensor.id for sensor in site.sensors}
    for payload in payloads:
        if isinstance(payload, IncidentDetections) and payload.incident == incident and payload.sensor in known:
            look = rows.setdefault((payload.sensor, payload.observed_s), {})
            look.update({tuple(sorted(row.items(), key=str)): row for row in payload.rows})
    found = []
    for look in rows.values():
        read = [row for place, raw in enumerate(look.values()) if not isinstance(row := parse_row(place, raw), BadRow)]
        if not read:
            continue
        with contextlib.suppress(BadScan):
            found.append(scan_of(read))
    return found


def impacts_of(site: Site, smoothed: SmoothedTracks) -> dict[int, Impact]:
    """Where each smoothed track came down, by the watch's own rules; only those that did."""
    assessor = Assessor(site)
    found: dict[int, Impact | None] = {}
    pictures = list(moments(smoothed))
    for tracks in (*pictures, *(_without_any(last) for last in pictures[-1:])):
        found |= {ended.last.id: ended.last.impact for ended in assessor.picture(tracks).ended}
    return {one: impact for one, impact in found.items() if impact is not None}


def _without_any(tracks: Tracks) -> Tracks:
    """The same site some time later, empty."""
    later: dict[str, Any] = {
        name: getattr(tracks, name)[:0] for name in tracks.__struct_fields__ if name not in ("observed_s", "sensors")
    }
    return msgspec.structs.replace(tracks, observed_s=tracks.observed_s + GONE_S, **later)


def points_of(site: Site, smoothed: SmoothedTracks, one: int, name: str) -> tuple[TrackPoint, ...]:
    """The rows of one smoothed track as track points; direction alone gives none."""
    rows = np.flatnonzero((smoothed.id == one) & smoothed.range_known)
    latitude, longitude, altitude = site.frame().to_geodetic(smoothed.position_enu_m[rows])
    sigma_m = np.sqrt((smoothed.covariance[rows, 0, 0] + smoothed.covariance[rows, 1, 1]) / 2.0)
    found = []
    for place, row in enumerate(rows.tolist()):
        class_, p_class = named_class(smoothed.p_classes[row])
        known = bool(smoothed.altitude_known[row])
        east, north, up = smoothed.velocity_enu_mps[row].tolist()
        seen = np.flatnonzero(np.isfinite(smoothed.last_seen_s[row])).tolist()
        found.append(
            TrackPoint(
                track=name,
                observed_s=float(smoothed.observed_s[row]),
                latitude_deg=float(latitude[place]),
                longitude_deg=float(longitude[place]),
                altitude_ellipsoid_m=float(altitude[place]) if known else None,
                velocity_east_mps=east,
                velocity_north_mps=north,
                velocity_up_mps=up if known else None,
                sigma_position_m=float(sigma_m[place]),
                p_exists=float(smoothed.p_exists[row]),
                status=Status(smoothed.status[row]).name.lower(),
                class_=class_,
                p_class=p_class,
                identity=smoothed.identity[row],
                sensors=tuple(sorted(smoothed.sensors[sensor] for sensor in seen)),
            )
        )
    return tuple(found)


def joined(recorded: Iterable[TrackPoint], paths: Iterable[SmoothedPath]) -> list[TrackPoint]:
    """The points to draw: smoothed ones, and recorded ones from before a smoothed path begins and after its end.

    What a track with a smoothed path coasted on in the end, unseen, falls away.
    """
    spans = {path.track: (path.points[0].observed_s, path.points[-1].observed_s) for path in paths if path.points}
    found = [point for path in paths for point in path.points]
    last_seen_s: dict[str, float] = {}
    kept = []
    for point in recorded:
        first_s, last_s = spans.get(point.track, (np.inf, np.inf))
        if point.track not in spans or not first_s <= point.observed_s <= last_s:
            kept.append(point)
        if _is_seen(point):
            last_seen_s[point.track] = max(last_seen_s.get(point.track, last_s), point.observed_s)
    found += [
        point for point in kept if point.track not in spans or point.observed_s <= last_seen_s.get(point.track, -np.inf)
    ]
    return sorted(found, key=lambda point: (point.track, point.observed_s))


def _is_seen(point: TrackPoint) -> bool:
    return point.status != "coasting" and point.latitude_deg is not None


def _detections(smoothed: SmoothedTracks, one: int) -> int:
    """How many detections had a part in a track."""
    seen_s = smoothed.last_seen_s[smoothed.id == one]
    return sum(len(np.unique(column[np.isfinite(column)])) for column in seen_s.T)


def _if_better(after: Impact | None, said: Impact | None) -> Impact | None:
    """The impact after the fact, if it is clearly better known than what the watch said, or the watch saw none."""
    if after is None or after.basis != "descent":
        return None
    if said is None or said.basis != "descent":
        return after
    smaller = after.sigma_major_m * after.sigma_minor_m <= BETTER * said.sigma_major_m * said.sigma_minor_m
    return after if smaller else None
