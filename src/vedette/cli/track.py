"""`vedette track`: the tracker alone, table to table."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from vedette.classification import named_class
from vedette.cli.smoothed import Shown, smoothed_with_progress
from vedette.errors import BadInput
from vedette.geo import LocalFrame
from vedette.model import Scan, Status, Tracks
from vedette.site import Site, load_site
from vedette.tables import TrackTable, kind_of, read_looks
from vedette.tracking import Tracker, moments

DROPPED = ("late", "repeated")
"""The tracker's counts of looks that changed nothing."""


def run_track(detections: Path, site_path: Path, out: Path, smoothed: Path | None = None) -> None:
    """Read the looks, track them, write the table; nothing is written unless all of it could be read.

    Args:
        smoothed: a second table, of the same tracks smoothed over all looks.

    Raises:
        BadInput, BadTable, BadScan: a file, a row or a sensor that cannot be used.
    """
    site = load_site(site_path)
    _check(out, detections)
    if smoothed is not None:
        _check(smoothed, detections, "--smooth")
        if smoothed.resolve() == out.resolve():
            raise BadInput(smoothed, "cannot be both tables", "--smooth")
    tracker = Tracker(site)
    looks = read_looks(detections, sensors=[sensor.id for sensor in site.sensors])
    if smoothed is None:
        _write(out, distinct_times(tracker, looks), site)
    else:
        _write_both(out, smoothed, tracker, list(looks), site)
    dropped = [f"{tracker.counts[name]} {name}" for name in DROPPED if tracker.counts[name]]
    if dropped:
        print(f"vedette: looks dropped: {', '.join(dropped)}", file=sys.stderr)


def _check(out: Path, detections: Path, option: str = "--out") -> None:
    kind_of(out)
    if out.resolve() == detections.resolve():
        raise BadInput(out, "would overwrite the detections", option)
    if not out.parent.is_dir():
        raise BadInput(out, "its folder does not exist")
    if out.is_dir():
        raise BadInput(out, "cannot be written: a directory")


def _write(out: Path, seen: Iterable[Tracks], site: Site) -> None:
    frame = site.frame()
    with TrackTable(out) as table:
        for tracks in seen:
            for row in track_rows(tracks, site, frame):
                table.add(row)


def _write_both(out: Path, smoothed: Path, tracker: Tracker, looks: list[Scan], site: Site) -> None:
    """Both tables, or neither. Where no look came late the smoothed tracks have the tracker's numbers of themselves."""
    shown = Shown()
    _write(out, shown.noting(distinct_times(tracker, looks)), site)
    try:
        after = smoothed_with_progress(site, looks)
        if tracker.counts["late"] or tracker.counts["late_taken"]:
            after = shown.numbers_for(after)
        _write(smoothed, moments(after), site)
    except BaseException:
        out.unlink(missing_ok=True)
        raise


def distinct_times(tracker: Tracker, looks: Iterable[Scan]) -> Iterator[Tracks]:
    """The picture at each distinct time the tracker reaches, after the last look of that time."""
    latest: Tracks | None = None
    for look in looks:
        if latest is not None and look.observed_s > latest.observed_s:
            yield latest
        latest = tracker.observe(look)
    if latest is not None:
        yield latest


def track_rows(tracks: Tracks, site: Site, frame: LocalFrame) -> Iterator[dict[str, Any]]:
    """One track-table row a track, in order of id."""
    if not len(tracks):
        return
    latitude, longitude, altitude = frame.to_geodetic(tracks.position_enu_m)
    sigma = np.sqrt((tracks.covariance[:, 0, 0] + tracks.covariance[:, 1, 1]) / 2.0)
    for i in range(len(tracks)):
        class_, p_class = named_class(tracks.p_classes[i])
        known = bool(tracks.altitude_known[i])
        row: dict[str, Any] = {
            "observed_s": tracks.observed_s,
            "track": f"{site.id}-T-{int(tracks.id[i]):04d}",
            "latitude_deg": float(latitude[i]),
            "longitude_deg": float(longitude[i]),
            "altitude_ellipsoid_m": float(altitude[i]) if known else None,
            "velocity_east_mps": float(tracks.velocity_enu_mps[i, 0]),
            "velocity_north_mps": float(tracks.velocity_enu_mps[i, 1]),
            "velocity_up_mps": float(tracks.velocity_enu_mps[i, 2]) if known else None,
            "sigma_position_m": float(sigma[i]),
            "p_exists": float(tracks.p_exists[i]),
            "status": Status(tracks.status[i]).name.lower(),
            "class": class_,
            "p_class": p_class,
            "identity": tracks.identity[i],
        }
        if not tracks.range_known[i]:
            row.update(latitude_deg=None, longitude_deg=None, altitude_ellipsoid_m=None)
            row.update(_bearing(tracks, i, site, frame))
        yield row


def _bearing(tracks: Tracks, i: int, site: Site, frame: LocalFrame) -> dict[str, Any]:
    """Direction of a track known by bearing alone, from the sensor that last saw it."""
    seen = tracks.last_seen_s[i]
    if np.all(np.isnan(seen)):
        return {}
    sensor = site.sensor(tracks.sensors[int(np.nanargmax(seen))])
    if sensor.latitude_deg is None or sensor.longitude_deg is None:
        return {"sensor": sensor.id}
    own = LocalFrame(
        sensor.latitude_deg, sensor.longitude_deg, sensor.altitude_ellipsoid_m or frame.altitude_ellipsoid_m
    )
    origin, rotation = frame.pose_of(own)
    east, north, up = rotation.T @ (tracks.position_enu_m[i] - origin)
    azimuth = math.degrees(math.atan2(east, north)) % 360.0
    elevation = math.degrees(math.atan2(up, math.hypot(east, north))) if tracks.altitude_known[i] else None
    return {"sensor": sensor.id, "azimuth_true_deg": azimuth, "elevation_deg": elevation}
